import Domain

/// LiteLLM's price map, `model_prices_and_context_window.json`, read whole or refused whole.
///
/// Its rates are JSON numbers in USD per token. They are read digit by digit, never as binary
/// fractions. What is not understood is named by a remark: a field that meters nothing here is passed
/// over, a model whose price would come out wrong without it is left out.
struct LiteLLMPriceMap {
    let rows: [PriceFile.Row]
    let remarks: [PriceRemark]

    init(parsing bytes: [UInt8]) throws(PriceFileError) {
        let document: ExactJSON
        do {
            document = try ExactJSONReader.parse(bytes)
        } catch .truncated {
            throw PriceFileError(.truncated)
        } catch {
            throw PriceFileError(.malformed)
        }
        guard case .object(let entries) = document else { throw PriceFileError(.malformed) }
        var remarks = PriceRemarks()
        var rows: [PriceFile.Row] = []
        var seen: [[String]: ModelPrice] = [:]
        // Where a bare name and one behind its provider's route mean one model, the latter says more.
        let order = { (key: String) in (key.contains("/") ? 0 : 1, key) }
        for (key, entry) in entries.sorted(by: { order($0.key) < order($1.key) })
        where !Self.notModels.contains(key) {
            guard case .object(let fields) = entry else {
                throw PriceFileError(.valueMalformed, model: key)
            }
            let reader = LiteLLMModelReader(key: key, fields: fields)
            guard let price = try reader.price(&remarks) else { continue }
            if let other = seen[price.name] {
                if other != price { remarks.add(.namedTwice, field: "", model: key) }
                continue
            }
            seen[price.name] = price
            rows.append(PriceFile.Row(key: key, price: price, source: reader.source))
        }
        guard !rows.isEmpty else { throw PriceFileError(.empty) }
        self.rows = rows
        self.remarks = remarks.all
    }

    /// Entries that document the file.
    private static let notModels: Set<String> = ["sample_spec", "fallback_generalizations"]
}
