import API
import Core
import Domain
import Postgres
import ServiceRuntime

extension PageToken.List {
    static let codingActivity = Self(number: 20)
}

extension Service {
    /// By the keyed hashes of who it was, which tell nobody who that is: names are sealed, so no order of the
    /// database's is one of names. Pages are read one by one; who is new meanwhile may be on none.
    func listCodingActivity(_ request: ListCodingActivityRequest, _ call: Call) async throws
        -> ListCodingActivityResponse
    {
        let organization = try call.organizationID
        let days = try DaySpan(from: request.from, through: request.through).bounds(in: .utc)
        let connection =
            try request.connectionID.isEmpty
            ? nil : Self.activityConnection(request.connectionID)
        let page = try PageRequest(
            size: request.pageSize, token: request.pageToken, of: .codingActivity,
            sizeDefault: 50)
        let after = try page.after.map { try Self.actorKey(ofToken: $0) } ?? []
        let keys = try await call.keysUnlessAway()
        return try await call.snapshot { transaction in
            if let connection {
                let select = SelectConnection(organizationID: organization, id: connection)
                guard try await transaction.first(select) != nil else {
                    throw ServiceError(
                        .notFound, "CONNECTION_NOT_FOUND", field: "connection_id",
                        "the organization has no connection with this id; list its connections")
                }
            }
            let (rows, next) = page.page(
                try await transaction.run(
                    SelectCodingActivity(
                        organizationID: organization, days: days, connectionID: connection,
                        after: after, limit: page.limit))
            ) { $0.actorKey.hexDigits }
            let estimates = Dictionary(
                grouping: try await transaction.run(
                    SelectCodingEstimates(
                        organizationID: organization, days: days, connectionID: connection,
                        actorKeys: rows.map(\.actorKey))), by: \.actorKey)
            let readThrough =
                try await transaction.first(
                    SelectActivityReadThrough(
                        organizationID: organization, connectionID: connection)) ?? nil
            return ListCodingActivityResponse(
                activity: try rows.map { row in
                    try row.wire(estimates[row.actorKey] ?? [], keys)
                }, nextPageToken: next, readThrough: readThrough.map { Timestamp($0) })
        }
    }

    private static func activityConnection(_ text: String) throws(ServiceError) -> ConnectionID {
        do throws(ServiceError) {
            return try ConnectionID(text)
        } catch {
            throw error.within("connection_id")
        }
    }

    /// - Throws: `PAGE_TOKEN_INVALID`: it is of no page of this list.
    private static func actorKey(ofToken text: String) throws(ServiceError) -> [UInt8] {
        let digits = text.utf8.compactMap { Character(Unicode.Scalar($0)).hexDigitValue }
        guard digits.count == text.utf8.count, digits.count.isMultiple(of: 2) else {
            throw ServiceError(
                .invalidArgument, "PAGE_TOKEN_INVALID", field: "page_token",
                "The token is of no page of this list. Begin with the first page.")
        }
        return stride(from: 0, to: digits.count, by: 2).map {
            UInt8(digits[$0] << 4 | digits[$0 + 1])
        }
    }
}

extension SelectCodingActivity.Row {
    fileprivate func wire(
        _ estimates: [SelectCodingEstimates.Row], _ keys: OrganizationKeys
    ) throws -> API.CodingActivity {
        API.CodingActivity(
            actor: try keys.codingActor(
                sealedActor, connection: connectionID.text, rowKey: rowKey),
            person: isPerson, days: days,
            lastDay: API.Date(CivilDate(dayNumber: Int(lastDay.seconds / 86_400))),
            sessions: counts[0], linesAdded: counts[1], linesRemoved: counts[2],
            commits: counts[3], pullRequests: counts[4], suggestionsAccepted: counts[5],
            suggestionsRejected: counts[6], inputTokens: counts[7], cacheReadTokens: counts[8],
            cacheWriteTokens: counts[9], outputTokens: counts[10],
            estimatedCosts: try estimates.map {
                API.Money(Domain.Money(picos: $0.picos, currency: try Currency($0.currency)))
            })
    }
}
