/// The page of buckets that Anthropic's usage and cost reports share.
struct AnthropicPage: Sendable {
    let account: SimulatedAccount
    let now: Int64

    func answer(
        _ request: SimulatedRequest, _ query: QueryReader, width: BucketWidth, limit: Int64,
        rows: (BucketPage.Bucket) -> [JSONValue]
    ) throws(Refusal) -> JSONValue {
        guard let start = try Self.time(query, "starting_at") else {
            throw .badRequest("starting_at", "starting_at: Field required")
        }
        let end = try Self.time(query, "ending_at")
        guard start >= 0, end ?? .max > start else {
            throw .badRequest("ending_at", "ending_at: must be later than starting_at")
        }
        let cursor = PageCursor(account: account.hash, request: request)
        var first = start
        if let page = query.text("page") {
            guard let next = cursor.next(of: page) else {
                throw .badRequest("page", "page: invalid cursor")
            }
            first = next
        }
        let page = BucketPage(from: first, until: end ?? now, now: now, width: width, limit: limit)
        let data = page.buckets.map { bucket -> JSONValue in
            [
                "starting_at": .string(CivilTime(seconds: bucket.start).rfc3339),
                "ending_at": .string(CivilTime(seconds: bucket.end).rfc3339),
                "results": .array(rows(bucket)),
            ]
        }
        return [
            "data": .array(data), "has_more": .boolean(page.next != nil),
            "next_page": JSONValue(page.next.map(cursor.text(next:))),
        ]
    }

    private static func time(_ query: QueryReader, _ name: String) throws(Refusal) -> Int64? {
        guard let text = query.text(name) else { return nil }
        guard let seconds = CivilTime.seconds(ofRFC3339: text) else {
            throw .badRequest(name, "\(name): must be an RFC 3339 time with a zone")
        }
        return seconds
    }
}
