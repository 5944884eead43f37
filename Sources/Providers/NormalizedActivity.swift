package import Domain

/// What somebody did with a coding tool on one UTC day, as its provider counts it.
///
/// Its tokens and costs are those of calls that usage, the bill or a seat has already: no total takes them
/// in.
package struct NormalizedActivity: Hashable, Sendable {
    /// Who worked with the tool.
    package enum Actor: Hashable, Sendable {
        /// A person, by the address of their account.
        case user(email: String)
        /// A program, by the name of its API key.
        case apiKey(name: String)
    }

    /// Suggestions of one of the tool's own tools that were taken, and that were not.
    package struct Suggestions: Hashable, Sendable {
        /// The provider's name, such as `edit_tool`.
        package let tool: String
        package let accepted: Int64
        package let rejected: Int64
    }

    /// What one model was used for it; the four kinds of tokens are disjoint.
    package struct ModelUse: Hashable, Sendable {
        package let model: String
        package let input: Int64
        package let cacheRead: Int64
        /// Of every lifetime.
        package let cacheWrite: Int64
        /// Visible output and reasoning.
        package let output: Int64
        /// The provider's estimate; no bill has it.
        package let estimatedCost: Money
    }

    /// Names the row in its account, whatever its figures.
    package let naturalKey: String
    package let day: ReportWindow
    package let actor: Actor
    /// How the account pays: `api` or `subscription`, in the provider's own word.
    package let customer: String
    /// Which subscription, such as `team`; empty where there is none.
    package let subscription: String
    /// Where it ran, such as `vscode`; empty where the provider does not tell.
    package let terminal: String
    /// Whether it ran on the provider's machines.
    package let isRemote: Bool
    package let sessions: Int64
    package let linesAdded: Int64
    package let linesRemoved: Int64
    package let commits: Int64
    package let pullRequests: Int64
    /// By name of the tool.
    package let suggestions: [Suggestions]
    package let models: [ModelUse]
}
