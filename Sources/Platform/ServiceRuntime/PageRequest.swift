package import Core

/// Which part of a list a caller asks for.
package struct PageRequest: Sendable {
    package let size: Int
    /// Key of the last row of the page before; nil for the first page.
    package let after: String?
    private let list: PageToken.List

    package static let sizeMax = 1000

    /// Checks in order: `PAGE_SIZE_OUT_OF_RANGE`, `PAGE_TOKEN_INVALID`. Size 0 is the default.
    package init(
        size: Int32, token: String, of list: PageToken.List, sizeDefault: Int
    ) throws(ServiceError) {
        guard (0...Int32(Self.sizeMax)).contains(size) else {
            throw ServiceError(
                .invalidArgument, "PAGE_SIZE_OUT_OF_RANGE", field: "page_size",
                "A page has 1 to \(Self.sizeMax) rows.")
        }
        self.size = size == 0 ? sizeDefault : Int(size)
        self.list = list
        after = token.isEmpty ? nil : try PageToken(token, of: list).key
    }

    /// Rows to ask the database for: one more than the page has, to know whether another follows.
    package var limit: Int { size + 1 }

    /// Cuts what the database gave to the page, and names the next one; "" where there is none.
    package func page<Row>(
        _ rows: [Row], key: (Row) -> String
    ) -> (rows: [Row], nextPageToken: String) {
        let shown = Array(rows.prefix(size))
        guard rows.count > size, let last = shown.last else { return (shown, "") }
        return (shown, PageToken(list, after: key(last)).text)
    }
}
