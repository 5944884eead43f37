import Foundation
import FuzzTargets
import TestSupport
import Testing

/// What fuzzing found once, and what reaches most of the code: `deploy/local/fuzz` keeps it in
/// `Tests/Fuzz/Corpus`.
struct CorpusReplayTests {
    @Test(arguments: FuzzTarget.allCases)
    func findsStayFound(target: FuzzTarget) throws {
        let folder = ProjectFolder.root + "/Tests/Fuzz/Corpus/" + target.rawValue
        let names = try FileManager.default.contentsOfDirectory(atPath: folder).sorted()
        #expect(names.count >= 10)
        for name in names {
            let input = [UInt8](try Data(contentsOf: URL(filePath: "\(folder)/\(name)")))
            #expect(throws: Never.self, "\(name)") { try target.run(input) }
        }
    }
}
