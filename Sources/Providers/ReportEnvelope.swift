/// The envelope both providers' reports share: `data` of buckets with `results`, `has_more` and
/// `next_page`.
enum ReportEnvelope {
    /// Reads the buckets and their rows; `decode` reads one row.
    static func decode<Row: Sendable>(
        _ root: JSONField, bucket readBucket: (JSONField) throws(ProviderError) -> ReportWindow,
        row decode: (JSONField, ReportWindow) throws(ProviderError) -> Row
    ) throws(ProviderError) -> ReportPage<Row> {
        var buckets: [ReportWindow] = []
        var rows: [Row] = []
        for element in try root.required("data").elements() {
            let bucket = try readBucket(element)
            guard bucket.from < bucket.through else { throw element.wrongType() }
            buckets.append(bucket)
            for result in try element.required("results").elements() {
                rows.append(try decode(result, bucket))
            }
        }
        return ReportPage(buckets: buckets, rows: rows, nextCursor: try nextPage(root))
    }

    /// What asks for the next page; nil on the last.
    static func nextPage(_ root: JSONField) throws(ProviderError) -> String? {
        let hasMore = try root.required("has_more").bool()
        let nextPage = try root.optionalText("next_page")
        guard hasMore else { return nil }
        guard let nextPage, !nextPage.isEmpty else {
            throw ProviderError(.malformed(.cursorDoesNotAdvance))
        }
        return nextPage
    }
}
