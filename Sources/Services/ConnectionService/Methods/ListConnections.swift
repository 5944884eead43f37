import API
import Core
import Domain
import Postgres
import ServiceRuntime

extension Service {
    /// Pages go on after the last name seen, so that connections made meanwhile shift nothing.
    func listConnections(_ request: ListConnectionsRequest, _ call: Call) async throws
        -> ListConnectionsResponse
    {
        let organization = try call.organizationID
        let size = request.pageSize == 0 ? 100 : Int(request.pageSize)
        guard (1...1000).contains(size) else {
            throw ServiceError(
                .invalidArgument, "PAGE_SIZE_OUT_OF_RANGE", field: "page_size",
                "page_size is 1 to 1000, or 0 for 100")
        }
        let after = try ConnectionPageToken(text: request.pageToken)
        let records = try await call.snapshot { transaction in
            try await transaction.run(
                SelectConnections(
                    organizationID: organization, afterName: after.lastName, limit: size + 1))
        }
        var response = ListConnectionsResponse()
        response.connections = records.prefix(size).map(\.wire)
        if records.count > size, let last = records.prefix(size).last {
            response.nextPageToken = ConnectionPageToken(lastName: last.displayName).text
        }
        return response
    }
}

/// Where a listing goes on: the last name seen, in hexadecimal so that nobody builds on it.
struct ConnectionPageToken: Hashable {
    let lastName: String

    init(lastName: String) {
        self.lastName = lastName
    }

    /// An empty text is the beginning.
    init(text: String) throws(ServiceError) {
        let digits = Array(text.utf8)
        var bytes: [UInt8] = []
        var isWellFormed = digits.count % 2 == 0 && digits.count <= 2000
        for index in stride(from: 0, to: digits.count - 1, by: 2) where isWellFormed {
            let pair = String(decoding: digits[index...(index + 1)], as: UTF8.self)
            guard let byte = UInt8(pair, radix: 16) else {
                isWellFormed = false
                break
            }
            bytes.append(byte)
        }
        guard isWellFormed, let name = String(validating: bytes, as: UTF8.self) else {
            throw ServiceError(
                .invalidArgument, "PAGE_TOKEN_MALFORMED", field: "page_token",
                "page_token must come from the previous page; leave it empty to begin")
        }
        self.lastName = name
    }

    var text: String {
        lastName.utf8.map { byte in
            let digits = String(byte, radix: 16)
            return digits.count == 1 ? "0\(digits)" : digits
        }
        .joined()
    }
}
