/// The page of buckets that all of OpenAI's usage and cost answers share.
struct OpenAIPage: Sendable {
    let account: SimulatedAccount
    let now: Int64

    func answer(
        _ request: SimulatedRequest, _ query: QueryReader, width: BucketWidth, limit: Int64,
        rows: (BucketPage.Bucket) -> [JSONValue]
    ) throws(Refusal) -> JSONValue {
        guard let start = try query.integer("start_time") else {
            throw .badRequest("start_time", "Missing required parameter: 'start_time'.")
        }
        let end = try query.integer("end_time")
        guard start >= 0, end ?? .max > start else {
            throw .badRequest("end_time", "'end_time' must be later than 'start_time'.")
        }
        let cursor = PageCursor(account: account.hash, request: request)
        var first = start
        if let page = query.text("page") {
            guard let next = cursor.next(of: page) else {
                throw .badRequest("page", "Invalid value for 'page'.")
            }
            first = next
        }
        let page = BucketPage(from: first, until: end ?? now, now: now, width: width, limit: limit)
        let data = page.buckets.map { bucket -> JSONValue in
            [
                "object": "bucket", "start_time": .integer(bucket.start),
                "end_time": .integer(bucket.end), "results": .array(rows(bucket)),
            ]
        }
        return [
            "object": "page", "data": .array(data), "has_more": .boolean(page.next != nil),
            "next_page": JSONValue(page.next.map(cursor.text(next:))),
        ]
    }
}
