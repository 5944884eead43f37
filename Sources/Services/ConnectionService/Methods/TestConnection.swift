import API
import Core
import Domain
import Postgres
import ServiceRuntime

extension Service {
    /// Asks the provider outside of any transaction, and stores nothing.
    ///
    /// Checks in order: the key that is given, the id, that the connection is there and not deleted, its
    /// provider; without an id the provider, then the key.
    func testConnection(_ request: TestConnectionRequest, _ call: Call) async throws
        -> TestConnectionResponse
    {
        let organization = try call.organizationID
        let given = request.apiKey.isEmpty ? nil : try ProviderKey(request.apiKey)
        let keys = try await call.keys()
        let subject =
            request.id.isEmpty
            ? try Self.newKey(request, given)
            : try await storedConnection(request, given, keys, call)
        let report = try await tested(
            subject.key.secret, of: subject.provider, for: organization)
        let statement = SelectOverlaps(
            organizationID: organization, provider: subject.provider,
            accountID: report.account?.id,
            keyIndex: keys.areAway ? nil : try KeyVault.index(of: subject.key.secret, with: keys),
            record: subject.record, except: subject.id)
        let overlaps = try await call.snapshot { try await $0.run(statement) }
        return TestConnectionResponse(
            usable: report.obstacle(for: subject.record) == nil, permissions: report.wire,
            account: report.account?.wire, overlappingConnectionIds: overlaps.map(\.text))
    }

    /// A key, and what it is for.
    private struct Subject {
        let provider: ConnectedProvider
        let key: ProviderKey
        let record: RecordKind
        /// Nil where there is no connection yet.
        let id: ConnectionID?
    }

    private static func newKey(
        _ request: TestConnectionRequest, _ given: ProviderKey?
    ) throws(ServiceError) -> Subject {
        let provider = try ConnectionDraft.provider(request.provider)
        guard let given else { throw ProviderKey.missing }
        return Subject(provider: provider, key: given, record: .both, id: nil)
    }

    private func storedConnection(
        _ request: TestConnectionRequest, _ given: ProviderKey?, _ keys: OrganizationKeys,
        _ call: Call
    ) async throws -> Subject {
        let organization = try call.organizationID
        let id = try Self.connectionID(request.id)
        let (connection, sealedKey) = try await call.snapshot { transaction in
            (
                try await transaction.first(SelectConnection(organizationID: organization, id: id)),
                try await transaction.first(
                    SelectSealedKey(organizationID: organization, connectionID: id))
            )
        }
        guard let connection, let sealedKey else { throw Self.connectionNotFound }
        try connection.mustNotBeDeleted()
        guard request.provider == .unspecified || request.provider == connection.provider.wire
        else {
            throw ServiceError(
                .invalidArgument, "PROVIDER_OF_ANOTHER", field: "provider",
                "The connection is to an account of another provider. Leave the provider out.")
        }
        let key =
            try given ?? ProviderKey(KeyVault.open(sealedKey, of: id, with: keys).reveal())
        return Subject(
            provider: connection.provider, key: key, record: connection.recordOf, id: id)
    }

    /// What the provider says of a key.
    /// - Throws: `KEY_TESTS_OF_ORGANIZATION_AT_LIMIT`, `KEY_TESTS_AT_LIMIT`; as `KeyTester.test`.
    func tested(
        _ key: Secret<String>, of provider: ConnectedProvider, for organization: OrganizationID
    ) async throws(ServiceError) -> KeyReport {
        guard let keyTester else {
            throw ServiceError(
                .failedPrecondition, "PROVIDER_UNKNOWN", field: "provider",
                "This server reaches no provider, so it tests no keys.")
        }
        return try await keyTests.taking(for: organization) { () async throws(ServiceError) in
            try await keyTester.test(key, of: provider)
        }
    }

    /// The account of a key that may read what a connection is the record of; nil where the provider does
    /// not tell it.
    /// - Throws: the obstacle's reason, where there is one.
    func accountOfUsable(
        _ key: ProviderKey, of provider: ConnectedProvider, for record: RecordKind,
        _ organization: OrganizationID
    ) async throws(ServiceError) -> ProviderAccount? {
        let report = try await tested(key.secret, of: provider, for: organization)
        guard let obstacle = report.obstacle(for: record) else { return report.account }
        throw ServiceError(
            .failedPrecondition, ServiceError.Reason(rawValue: obstacle.reason),
            field: obstacle.outcome == .refused ? "api_key" : "test_first", obstacle.message)
    }
}

extension KeyReport {
    fileprivate var wire: [KeyFinding] {
        [
            usage.wire(.usage), costs.wire(.costs), names.wire(.names),
        ]
    }
}

extension KeyReport.Finding {
    fileprivate func wire(_ permission: KeyFinding.Permission) -> KeyFinding {
        let state: KeyFinding.State =
            switch outcome {
            case .granted: .granted
            case .refused: .refused
            case .undecided: .undecided
            }
        return KeyFinding(
            permission: permission, state: state, reason: reason, message: message)
    }
}

extension ProviderAccount {
    var wire: ConnectionAccount { ConnectionAccount(id: id, displayName: name) }
}
