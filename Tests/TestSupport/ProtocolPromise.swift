package import Testing

/// What of the protocol's page a test holds the code to.
///
/// `.rule(5)` and `.section(.framing)` are named at the test, or at the suite where all its tests
/// are about the same; `everyPromiseOfTheProtocolHasATest` looks for both in the text. A test that
/// fails says which promise is broken.
package struct ProtocolPromise: TestTrait, SuiteTrait {
    /// What the page promises outside of its numbered rules.
    package enum Section: String, Sendable, CaseIterable {
        case transport, framing, messages, metadataKeys, alwaysThere
    }

    /// The page's rules in their order; the first is number 1.
    package static let rules = [
        "Hello", "Stream ids", "Unary", "Order", "Flow control", "Late frames", "Deadlines",
        "Too many streams", "Drain", "Limits on the peer", "Metadata", "Unknown and malformed",
        "Order of checks",
    ]

    package let comments: [Comment]
    package var isRecursive: Bool { true }

    fileprivate init(_ texts: [String]) {
        comments = texts.map { Comment(rawValue: "The protocol's \($0).") }
    }
}

extension Trait where Self == ProtocolPromise {
    /// The test is about rules of the page.
    package static func rule(_ numbers: Int...) -> Self {
        ProtocolPromise(numbers.map { "rule \($0), \(ProtocolPromise.rules[$0 - 1])" })
    }

    /// The test is about a section of the page beside the rules.
    package static func section(_ section: ProtocolPromise.Section) -> Self {
        ProtocolPromise(["section \(section.rawValue)"])
    }
}
