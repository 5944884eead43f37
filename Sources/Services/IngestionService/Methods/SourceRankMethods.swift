import API
import Core
import Domain
import Ledger
import Postgres
import ServiceRuntime

/// Which source counts where several tell of the same call: set and shown.
struct SourceRankMethods: Sendable {
    @Sendable func set(
        _ request: SetSourceRanksRequest, _ call: Call
    ) async throws -> API.SourceRanks {
        try Self.check(request.sources)
        let expected = request.expectedVersion
        guard expected >= 0 else {
            throw ServiceError(
                .invalidArgument, "EXPECTED_VERSION_NEGATIVE", field: "expected_version",
                "expected_version is a version that was read, or 0 for any.")
        }
        let book = SourceRankBook(organization: try call.organizationID)
        let now = call.clock.now
        return try await call.transaction { transaction in
            let (before, after) = try await book.set(
                request.sources, expectedVersion: expected, in: transaction, now: now)
            let made = API.SourceRanks(after)
            if after.version != before.version {
                try call.changed(
                    .sourceRanks, "\(made.version)",
                    from: before.version == 0 ? nil : API.SourceRanks(before).json(),
                    to: made.json())
            }
            return made
        }
    }

    /// Which of them are at fault is told by the first.
    private static func check(_ sources: [String]) throws(ServiceError) {
        guard sources.count <= SourceRankBook.sourcesMax else {
            throw ServiceError(
                .invalidArgument, "SOURCES_TOO_MANY", field: "sources",
                "Rank at most \(SourceRankBook.sourcesMax) sources; those that are left out are "
                    + "behind all others.")
        }
        /// By bytes, as sources are told apart.
        var seen: Set<[UInt8]> = []
        for (index, source) in sources.enumerated() {
            let field = "sources[\(index)]"
            try EventText.check(
                source, field, bytesMax: EventLimits.sourceBytesMax, isRequired: true)
            try EventText.checkUnreserved(source: source, field)
            guard seen.insert(Array(source.utf8)).inserted else {
                throw ServiceError(
                    .invalidArgument, "SOURCE_REPEATED", field: field,
                    "A source has one rank; leave this one out.")
            }
        }
    }

    @Sendable func get(
        _ request: GetSourceRanksRequest, _ call: Call
    ) async throws -> API.SourceRanks {
        let book = SourceRankBook(organization: try call.organizationID)
        return API.SourceRanks(try await call.snapshot { try await book.ranks(in: $0) })
    }
}

extension API.SourceRanks {
    init(_ ranks: Ledger.SourceRanks) {
        self.init(
            version: ranks.version, sources: ranks.sources,
            updateTime: ranks.updateTime.map { Timestamp($0) })
    }
}
