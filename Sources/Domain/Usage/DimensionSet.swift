/// Everything an amount can be broken down by, as it was when the call was made.
///
/// An absent value is the empty string. The set is stored once per organization and named by a
/// number in the hot tables. Sets are equal where their bytes are, as those of `canonicalText`.
package struct DimensionSet: Hashable, Sendable {
    package var provider: String
    package var model: String
    package var requestedModel: String
    package var operation: String
    package var region: String
    package var serviceTier: String
    /// The provider's own context tier, such as `200k-1M`; empty where it names none. The ledger adds
    /// to an event's whether it was charged at long rates.
    package var contextTier: String
    package var project: String
    package var apiKeyID: String
    package var user: String
    package var feature: String
    package var customer: String
    package var team: String
    package var environment: String
    /// The feed it came from: an event's source, or a provider's report, such as `openai-usage`,
    /// `openai-usage-images` or `openai-costs`.
    package var source: String
    package var connectionID: ConnectionID?
    /// A bill's own words for the line.
    package var lineItem: String
    /// What a bill's line meters, where its words tell.
    package var chargeClass: QuantityClass?
    /// Sorted by key, bytewise.
    package private(set) var tags: [Tag]
    /// What of the set rules derived; nil where all of it was sent.
    package var attribution: Attribution?

    package struct Tag: Hashable, Sendable {
        package let key: String
        package let value: String

        package init(key: String, value: String) {
            self.key = key
            self.value = value
        }

        package static func == (left: Tag, right: Tag) -> Bool {
            left.key.hasSameBytes(as: right.key) && left.value.hasSameBytes(as: right.value)
        }
    }

    package init(
        provider: String, model: String, requestedModel: String = "", operation: String = "",
        region: String = "", serviceTier: String = "", contextTier: String = "",
        project: String = "", apiKeyID: String = "", user: String = "", feature: String = "",
        customer: String = "", team: String = "", environment: String = "", source: String = "",
        connectionID: ConnectionID? = nil, lineItem: String = "",
        chargeClass: QuantityClass? = nil, tags: [Tag] = []
    ) {
        self.provider = provider
        self.model = model
        self.requestedModel = requestedModel
        self.operation = operation
        self.region = region
        self.serviceTier = serviceTier
        self.contextTier = contextTier
        self.project = project
        self.apiKeyID = apiKeyID
        self.user = user
        self.feature = feature
        self.customer = customer
        self.team = team
        self.environment = environment
        self.source = source
        self.connectionID = connectionID
        self.lineItem = lineItem
        self.chargeClass = chargeClass
        self.tags = Self.sorted(tags)
    }

    /// Replaces the tags, sorted by key.
    package mutating func setTags(_ tags: [Tag]) {
        self.tags = Self.sorted(tags)
    }

    private static func sorted(_ tags: [Tag]) -> [Tag] {
        tags.count < 2
            ? tags
            : tags.sorted { $0.key.utf8.lexicographicallyPrecedes($1.key.utf8) }
    }

    /// Value of a tag; empty where it is absent.
    package func tag(_ key: String) -> String {
        tags.first { $0.key.hasSameBytes(as: key) }?.value ?? ""
    }

    // Hashing may stay the strings' own: what is the same in bytes also looks alike.
    package static func == (left: DimensionSet, right: DimensionSet) -> Bool {
        left.connectionID == right.connectionID && left.chargeClass == right.chargeClass
            && left.provider.hasSameBytes(as: right.provider)
            && left.model.hasSameBytes(as: right.model)
            && left.requestedModel.hasSameBytes(as: right.requestedModel)
            && left.operation.hasSameBytes(as: right.operation)
            && left.region.hasSameBytes(as: right.region)
            && left.serviceTier.hasSameBytes(as: right.serviceTier)
            && left.contextTier.hasSameBytes(as: right.contextTier)
            && left.project.hasSameBytes(as: right.project)
            && left.apiKeyID.hasSameBytes(as: right.apiKeyID)
            && left.user.hasSameBytes(as: right.user)
            && left.feature.hasSameBytes(as: right.feature)
            && left.customer.hasSameBytes(as: right.customer)
            && left.team.hasSameBytes(as: right.team)
            && left.environment.hasSameBytes(as: right.environment)
            && left.source.hasSameBytes(as: right.source)
            && left.lineItem.hasSameBytes(as: right.lineItem)
            && left.tags == right.tags && left.attribution == right.attribution
    }

    /// Orders rows where shares tie, compared bytewise: provider, model, project, API key, user,
    /// service tier, context and region, joined by U+001F.
    package var dimensionKey: String {
        [provider, model, project, apiKeyID, user, serviceTier, contextTier, region]
            .joined(separator: "\u{1f}")
    }

    /// Bytes of all texts.
    package var textByteCount: Int {
        let texts =
            [
                provider, model, requestedModel, operation, region, serviceTier, contextTier,
                project,
                apiKeyID, user, feature, customer, team, environment, source, lineItem,
            ] + tags.flatMap { [$0.key, $0.value] }
            + (attribution?.derived ?? []).flatMap { [$0.rule.text, $0.sent?.text ?? ""] }
        return texts.reduce(0) { $0 + $1.utf8.count }
    }

    /// Every dimension, unambiguous and stable: equal sets have equal texts, others never.
    ///
    /// Each value is preceded by its length in bytes, so no value can imitate a separator.
    package var canonicalText: String {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(512)
        appendCanonicalText(to: &bytes)
        return String(decoding: bytes, as: UTF8.self)
    }

    /// Appends the bytes of `canonicalText`: every event needs them.
    package func appendCanonicalText(to bytes: inout [UInt8]) {
        Self.append(provider, to: &bytes)
        Self.append(model, to: &bytes)
        Self.append(requestedModel, to: &bytes)
        Self.append(operation, to: &bytes)
        Self.append(region, to: &bytes)
        Self.append(serviceTier, to: &bytes)
        Self.append(contextTier, to: &bytes)
        Self.append(project, to: &bytes)
        Self.append(apiKeyID, to: &bytes)
        Self.append(user, to: &bytes)
        Self.append(feature, to: &bytes)
        Self.append(customer, to: &bytes)
        Self.append(team, to: &bytes)
        Self.append(environment, to: &bytes)
        Self.append(source, to: &bytes)
        Self.append(connectionID?.text ?? "", to: &bytes)
        Self.append(lineItem, to: &bytes)
        Self.append(chargeClass?.rawValue ?? "", to: &bytes)
        for tag in tags {
            Self.append(tag.key, to: &bytes)
            Self.append(tag.value, to: &bytes)
        }
        guard let attribution else { return }
        // No tag has an empty key.
        Self.append("", to: &bytes)
        Self.append(String(attribution.ruleSetVersion), to: &bytes)
        for derived in attribution.derived {
            Self.append(derived.target.text, to: &bytes)
            Self.append(derived.rule.text, to: &bytes)
            Self.append(derived.sent.map { "=\($0.text)" } ?? "", to: &bytes)
        }
    }

    private static func append(_ value: String, to bytes: inout [UInt8]) {
        bytes.append(decimal: Int64(value.utf8.count))
        bytes.append(UInt8(ascii: ":"))
        bytes.append(contentsOf: value.utf8)
        bytes.append(UInt8(ascii: ","))
    }
}

extension [UInt8] {
    /// Appends a whole number's decimal digits. Every event has a dozen, so they are made on the stack and
    /// appended at once.
    package mutating func append(decimal number: Int64) {
        // Most are small counts and lengths.
        if (0..<10).contains(number) {
            append(UInt8(ascii: "0") + UInt8(truncatingIfNeeded: number))
            return
        }
        // The longest is that of `Int64.min`.
        withUnsafeTemporaryAllocation(of: UInt8.self, capacity: 20) { digits in
            var start = digits.endIndex
            var rest = number.magnitude
            repeat {
                start -= 1
                digits[start] = UInt8(ascii: "0") + UInt8(truncatingIfNeeded: rest % 10)
                rest /= 10
            } while rest > 0
            if number < 0 {
                start -= 1
                digits[start] = UInt8(ascii: "-")
            }
            append(contentsOf: UnsafeBufferPointer(rebasing: digits[start...]))
        }
    }
}
