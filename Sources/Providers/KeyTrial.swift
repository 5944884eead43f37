package import Core
import Domain

/// What a key may read at its provider, as the provider answered just now.
package struct KeyTrial: Sendable {
    /// What connections read with a key.
    package enum Permission: Sendable, CaseIterable {
        case usage
        case costs
        /// Names of projects or workspaces.
        case names
    }

    /// The organization that the key is of.
    package struct Account: Sendable, Hashable {
        /// 1 to 200 visible ASCII characters. Of OpenAI, which names no organization, its oldest project's.
        package let id: String
        /// As the provider has it; empty where it could not be shown.
        package let name: String
    }

    /// Why each could not be read; those that could are not there.
    package let failures: [Permission: ProviderError]
    /// Nil where the provider does not tell, or did not answer.
    package let account: Account?
}

/// What a provider says when it is asked whose account a key is of.
package enum AccountAnswer: Sendable, Hashable {
    case told(KeyTrial.Account)
    /// It does not tell, not to this key, or nothing that could be shown: to ask again tells no more.
    case untold

    fileprivate init(_ account: KeyTrial.Account?) {
        self = account.map { .told($0) } ?? .untold
    }
}

extension ProviderRegistry {
    /// Asks for a little of everything, all at once, each request once; nil for a provider that is not
    /// reachable here. It takes as long as the transport allows one exchange, or `accountMax`, if that is longer.
    /// - Parameter accountMax: how long is waited for the account, which some tell by a list alone; afterwards it counts
    ///   as not told.
    package func trial(
        of provider: ProviderName, key: Secret<String>, now: Instant,
        accountMax: Duration = .seconds(10)
    ) async -> KeyTrial? {
        guard let connector = connector(for: provider, key: key),
            let transport = transports[provider]
        else { return nil }
        let questions = KeyQuestions(provider: provider, key: key, transport: transport)
        async let usage = Self.failure { () async throws(ProviderError) in
            try await Self.ask(connector, .usage, now)
        }
        async let costs = Self.failure { () async throws(ProviderError) in
            try await Self.ask(connector, .costs, now)
        }
        async let names = Self.failure { () async throws(ProviderError) in
            try await questions.askForNames()
        }
        async let account = Self.within(accountMax) {
            // A trial of the reports says what is wrong.
            guard case .told(let account)? = try? await questions.account({}) else {
                return KeyTrial.Account?.none
            }
            return account
        }
        var failures: [KeyTrial.Permission: ProviderError] = [:]
        failures[.usage] = await usage
        failures[.costs] = await costs
        failures[.names] = await names
        return KeyTrial(failures: failures, account: await account)
    }

    /// Whose account a key is of.
    /// - Parameter beforeEach: waits until the next request may be sent; some providers are asked several.
    /// - Throws: `ProviderError` where the provider does not answer; what `beforeEach` throws.
    package func account(
        of provider: ProviderName, key: Secret<String>, _ beforeEach: () async throws -> Void
    ) async throws -> AccountAnswer {
        guard let transport = transports[provider] else { return .untold }
        return try await KeyQuestions(provider: provider, key: key, transport: transport)
            .account(beforeEach)
    }

    /// What `body` comes to; nil where that takes longer, and then it is cancelled.
    private static func within<R: Sendable>(
        _ limit: Duration, _ body: @escaping @Sendable () async -> R?
    ) async -> R? {
        await withTaskGroup(of: R?.self) { group in
            group.addTask { await body() }
            group.addTask {
                // Cancelled once the body has come to something.
                try? await Task.sleep(for: limit)
                return nil
            }
            defer { group.cancelAll() }
            return await group.next() ?? nil
        }
    }

    /// The last buckets of the provider's first report of a kind, which stands for all of the kind.
    private static func ask(
        _ connector: any ProviderConnector, _ kind: ProviderReport.Kind, _ now: Instant
    ) async throws(ProviderError) {
        guard let report = type(of: connector).reports.first(where: { $0.kind == kind }) else {
            return
        }
        // Some providers refuse a bucket that is not over.
        let end = report.endedBucketsOnly ? now.advanced(bySeconds: -report.width.seconds) : now
        _ = try await connector.fetch(
            report,
            .whole(
                report.width, from: end.advanced(bySeconds: -report.width.seconds), through: end),
            cursor: nil)
    }

    private static func failure(
        _ read: () async throws(ProviderError) -> Void
    ) async -> ProviderError? {
        do throws(ProviderError) {
            try await read()
            return nil
        } catch {
            // More than may be read is more than enough to see that it may be read.
            if case .tooLarge = error.kind, error.status == 200 { return nil }
            return error
        }
    }
}

extension KeyTrial.Account {
    /// Nil where the id is none that could be shown.
    fileprivate init?(shownOf id: String, _ name: String) {
        guard (1...200).contains(id.utf8.count),
            id.utf8.allSatisfy({ (0x21...0x7E).contains($0) })
        else { return nil }
        let isShown = name.unicodeScalars.count <= 200 && UnseenCharacter.first(in: name) == nil
        self.init(id: id, name: isShown ? name : "")
    }
}

/// What a key is asked for beside the reports.
struct KeyQuestions: Sendable {
    let provider: ProviderName
    let key: Secret<String>
    let transport: any ProviderTransport

    /// One name of a list that is read for names; nothing of a provider that has none.
    func askForNames() async throws(ProviderError) {
        let path: String
        switch provider {
        case .openAI: path = "/v1/organization/projects"
        case .anthropic: path = "/v1/organizations/workspaces"
        default: return
        }
        let response = try await transport.send(
            request(path, query: [(name: "limit", value: "1")]))
        _ = try ResponseCheck.report(response)
    }

    /// Anthropic's organization, or what stands for OpenAI's, whose reference names none.
    func account(_ beforeEach: () async throws -> Void) async throws -> AccountAnswer {
        do {
            switch provider {
            case .anthropic:
                try await beforeEach()
                let response = try await transport.send(request("/v1/organizations/me", query: []))
                let root = try ResponseCheck.report(response)
                return AccountAnswer(
                    KeyTrial.Account(
                        shownOf: try root.required("id").text(),
                        try root.optionalText("name") ?? ""))
            case .openAI:
                let names = OpenAINames(requests: OpenAIRequests(key: key), transport: transport)
                let oldest = try await names.oldestProject(beforeEach)
                return AccountAnswer(oldest.flatMap { KeyTrial.Account(shownOf: $0, "") })
            default: return .untold
            }
        } catch let error as ProviderError where error.refusesKey {
            // It may read reports all the same.
            return .untold
        }
    }

    private func request(
        _ path: String, query: [(name: String, value: String)]
    ) -> ProviderRequest {
        if provider == .anthropic {
            return ProviderRequest(
                path: path, query: query,
                headers: [(name: "anthropic-version", value: "2023-06-01")],
                credential: (name: "x-api-key", value: key))
        }
        return ProviderRequest(
            path: path, query: query,
            credential: (name: "authorization", value: Secret("Bearer \(key.reveal())")))
    }
}

extension ProviderError {
    /// What happened and the remedy, in words for whoever holds the key that is tried.
    package var wordsOfTrial: String {
        switch kind {
        case .keyRefused:
            "\(happening) Create a new admin key at the provider."
        case .missingPermission:
            "\(happening) An owner of the provider's organization must create an admin key; keys for "
                + "inference and project keys do not suffice."
        case .billing: "\(happening) Settle the account at the provider."
        case .rateLimited, .unavailable, .overloaded, .timedOut, .unreachable:
            "\(happening) Try again in a moment."
        case .badRequest, .notFound, .tooLarge, .malformed: "\(self)"
        }
    }
}
