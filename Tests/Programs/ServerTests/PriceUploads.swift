import API
import Foundation
import TestSupport

/// Price files to send.
enum PriceUploads {
    private static let header = """
        provider,model_key,mode,input,cache_read,cache_write_5m,cache_write_1h,output,\
        tier_threshold_tokens,input_above,cache_read_above,cache_write_above,output_above,\
        batch_input,batch_output,flex_input,flex_output,priority_input,priority_output,notes,\
        date,source
        """

    /// A CSV of rows.
    static func file(_ rows: [String]) -> [UInt8] {
        Array((([header] + rows).joined(separator: "\n") + "\n").utf8)
    }

    /// The file that ships, as of a day that the harness's clock has come to.
    static func shipped() throws -> String {
        let file = URL(filePath: ProjectFolder.root + "/deploy/catalogue/prices.csv")
        return String(decoding: try Data(contentsOf: file), as: UTF8.self)
            .replacing(",2026-11-21,", with: ",2026-11-01,")
    }

    /// The file that ships, with a model of OpenAI whose input costs 4 times what it did.
    static func dearer(_ model: String) throws -> PriceUpload {
        let lines = try shipped().split(separator: "\n", omittingEmptySubsequences: false)
        let changed = lines.map { line in
            guard line.hasPrefix("openai,\(model),") else { return String(line) }
            var fields = line.split(separator: ",", omittingEmptySubsequences: false)
            let dearer = (Int(fields[3]) ?? 1) * 4
            fields[3] = "\(dearer)"
            return fields.joined(separator: ",")
        }
        return PriceUpload(
            content: Array(changed.joined(separator: "\n").utf8), fileName: "dearer.csv")
    }
}
