package import Core

/// Asks a provider what a key may read. The program composes it of connectors, which this service does
/// not know.
package protocol KeyTester: Sendable {
    /// Bounded in time; the provider's refusals stand in the report.
    /// - Throws: `PROVIDER_UNKNOWN` where this server cannot reach the provider at all.
    func test(
        _ key: Secret<String>, of provider: ConnectedProvider
    ) async throws(ServiceError) -> KeyReport
}

/// What a key may read, as its provider answered just now.
package struct KeyReport: Sendable, Hashable {
    package enum Outcome: Sendable, Hashable {
        case granted
        /// The provider refuses: only another key helps.
        case refused
        /// The provider did not answer the question.
        case undecided
    }

    package struct Finding: Sendable, Hashable {
        package let outcome: Outcome
        /// Stable, in UPPER_SNAKE; empty where it is granted.
        package let reason: String
        /// In words, with the remedy; empty where it is granted.
        package let message: String

        package init(_ outcome: Outcome, reason: String = "", message: String = "") {
            self.outcome = outcome
            self.reason = reason
            self.message = message
        }
    }

    package let usage: Finding
    package let costs: Finding
    package let names: Finding
    /// Nil where the provider does not tell.
    package let account: ProviderAccount?

    package init(usage: Finding, costs: Finding, names: Finding, account: ProviderAccount?) {
        self.usage = usage
        self.costs = costs
        self.names = names
        self.account = account
    }

    /// The first thing that keeps reports from being pulled; nil where nothing does.
    func obstacle(for record: RecordKind) -> Finding? {
        var needed: [Finding] = []
        if record.includes(.usage) { needed.append(usage) }
        if record.includes(.costs) { needed.append(costs) }
        return needed.first { $0.outcome == .refused }
            ?? needed.first { $0.outcome == .undecided }
    }
}

/// A provider's own organization, whose figures a key reads.
package struct ProviderAccount: Sendable, Hashable {
    /// The provider's id of it: 1 to 200 visible ASCII characters.
    package let id: String
    /// As the provider has it; may be empty.
    package let name: String

    package init(id: String, name: String) {
        self.id = id
        self.name = name
    }
}
