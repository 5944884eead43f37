/// What a provider calls one of the things that its reports tell by id alone.
package struct NormalizedName: Hashable, Sendable {
    /// As the dimensions of usage are called.
    package enum Kind: String, Sendable, CaseIterable {
        /// A project, or a workspace.
        case project
        case apiKey = "api_key"
        case user
    }

    package let kind: Kind
    /// The provider's id, as its usage reports have it.
    package let id: String
    /// Empty where it has none.
    package let name: String
    /// Empty of what is no person, or has none.
    package let email: String
    /// The provider's own word, such as `active` or `archived`; empty where it says none.
    package let status: String

    package init(kind: Kind, id: String, name: String, email: String = "", status: String = "") {
        self.kind = kind
        self.id = id
        self.name = name
        self.email = email
        self.status = status
    }
}

/// One page of a provider's list of things: what OpenAI's and Anthropic's lists share.
struct NameList {
    let names: [NormalizedName]
    /// Id after which the next page begins; nil on the last.
    let after: String?

    /// - Parameter read: the name of one item, from its id.
    static func decode(
        _ response: ProviderResponse,
        _ read: (JSONField, String) throws(ProviderError) -> NormalizedName
    ) throws(ProviderError) -> NameList {
        let root = try ResponseCheck.report(response)
        do throws(ProviderError) {
            var names: [NormalizedName] = []
            for item in try root.required("data").elements() {
                names.append(try read(item, try item.required("id").text()))
            }
            let hasMore = try root.required("has_more").bool()
            guard hasMore else { return NameList(names: names, after: nil) }
            return NameList(names: names, after: try root.required("last_id").text())
        } catch {
            throw error.answering(response)
        }
    }
}
