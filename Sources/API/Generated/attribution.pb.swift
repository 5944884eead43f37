// Written by tally-generator. Change proto/ and run deploy/scripts/generate.sh.
// Source: tally/v1/attribution.proto

import CMessages
import CProtobufC
public import Wire

/// Derives one dimension of an event from others, where its sender left it out.
///
/// The rules of a set are tried in order, each on what was sent and what the rules before it
/// derived. The
/// first whose conditions all hold, and which has a value, decides its target; the others of that
/// target
/// are passed over.
public struct AttributionRule: WireMessage {
    /// What the target becomes. Required. Where it would be empty, or longer than the target may
    /// be, the
    /// rule decides nothing.
    public enum Value: Hashable, Sendable {
        /// Always this: 1 to 200 bytes; of a tag up to 256.
        case constant(String)
        /// The value of this dimension. A user is sealed where it is the user alone: what is copied
        /// from there
        /// into another dimension, whole or in part, stands in clear.
        case copyOf(String)
        /// A part of another dimension's value.
        case part(AttributionPart)
        /// What a table has for another dimension's value.
        case mapping(AttributionMapping)
    }

    public static let messageName = "tally.v1.AttributionRule"

    /// Unique in the set, 1 to 100 bytes. Explanations name it.
    public var name: String = ""
    /// All must hold; at most 16. Without any, the rule is for every event.
    public var conditions: [AttributionCondition] = []
    /// What it derives: user, feature, customer, team, environment or tag:<key>; not project, by
    /// which events
    /// are matched with their provider's bill. Required.
    public var target: String = ""
    /// What the target becomes. Required. Where it would be empty, or longer than the target may
    /// be, the
    /// rule decides nothing.
    public var value: Value?
    /// Whether the rule also decides where a value was sent, which it then replaces. Otherwise it
    /// is for
    /// events without one alone.
    public var replace: Bool = false

    public init() {}

    public init(
        name: String = "", conditions: [AttributionCondition] = [], target: String = "",
        value: Value? = nil, replace: Bool = false
    ) {
        self.name = name
        self.conditions = conditions
        self.target = target
        self.value = value
        self.replace = replace
    }
}

/// One demand on an event: it holds where any of what it names does.
public struct AttributionCondition: WireMessage {
    public static let messageName = "tally.v1.AttributionCondition"

    /// provider, model, requested_model, operation, region, service_tier, project, api_key_id,
    /// user, feature,
    /// customer, team, environment, source, connection or tag:<key>. Required.
    public var dimension: String = ""
    /// Values that it may have, exact, at most 1,000. An empty one is a tag without a value.
    public var values: [String] = []
    /// What its value may begin with, at most 100.
    public var prefixes: [String] = []
    /// Whether it may have no value, or there may be no such tag. At least this, a value or a
    /// prefix is
    /// required.
    public var orAbsent: Bool = false

    public init() {}

    public init(
        dimension: String = "", values: [String] = [], prefixes: [String] = [],
        orAbsent: Bool = false
    ) {
        self.dimension = dimension
        self.values = values
        self.prefixes = prefixes
        self.orAbsent = orAbsent
    }
}

/// The part of a value between two texts. Where the value does not have them, there is none.
public struct AttributionPart: WireMessage {
    public static let messageName = "tally.v1.AttributionPart"

    /// The dimension, as in a condition. Required.
    public var dimension: String = ""
    /// What the value must begin with; the part follows it. Empty: the part begins the value. At
    /// least
    /// this or before is required.
    public var after: String = ""
    /// The part ends before the first of these behind it. Empty: it ends the value.
    public var before: String = ""

    public init() {}

    public init(
        dimension: String = "", after: String = "", before: String = ""
    ) {
        self.dimension = dimension
        self.after = after
        self.before = before
    }
}

/// A table of values. Where a value is not in it, there is none.
public struct AttributionMapping: WireMessage {
    public static let messageName = "tally.v1.AttributionMapping"

    /// The dimension whose value is looked up, as in a condition. Required.
    public var dimension: String = ""
    /// 1 to 10,000, each value once.
    public var lines: [AttributionMappingLine] = []

    public init() {}

    public init(
        dimension: String = "", lines: [AttributionMappingLine] = []
    ) {
        self.dimension = dimension
        self.lines = lines
    }
}

/// One line of a table of values.
public struct AttributionMappingLine: WireMessage {
    public static let messageName = "tally.v1.AttributionMappingLine"

    /// The value, exact; an empty one is a tag without a value.
    public var from: String = ""
    /// What the target becomes, 1 to 200 bytes; of a tag up to 256.
    public var to: String = ""

    public init() {}

    public init(
        from: String = "", to: String = ""
    ) {
        self.from = from
        self.to = to
    }
}

/// A version of an organization's rules.
public struct AttributionRuleSet: WireMessage {
    public static let messageName = "tally.v1.AttributionRuleSet"

    /// From 1, per organization; 0 where there is none.
    public var version: Int64 = 0
    /// In order. Left out of lists, and of what SetAttributionRules answers.
    public var rules: [AttributionRule] = []
    /// First instant, of events, at which it holds.
    public var effectiveTime: Timestamp?
    /// First instant at which a later version holds; absent while there is none. Where it is not
    /// behind
    /// effective_time, this version holds for no event that is still to come.
    public var endTime: Timestamp?
    /// For people.
    public var note: String = ""
    /// When it was made.
    public var createTime: Timestamp?
    /// How many rules it has.
    public var ruleCount: Int32 = 0

    public init() {}

    public init(
        version: Int64 = 0, rules: [AttributionRule] = [], effectiveTime: Timestamp? = nil,
        endTime: Timestamp? = nil, note: String = "", createTime: Timestamp? = nil,
        ruleCount: Int32 = 0
    ) {
        self.version = version
        self.rules = rules
        self.effectiveTime = effectiveTime
        self.endTime = endTime
        self.note = note
        self.createTime = createTime
        self.ruleCount = ruleCount
    }
}

public struct SetAttributionRulesRequest: WireMessage {
    public static let messageName = "tally.v1.SetAttributionRulesRequest"

    /// All rules of the version, in order: at most 500, which derive at most 32 tags and are at
    /// most 1 MiB
    /// as JSON. None: nothing is derived any more.
    public var rules: [AttributionRule] = []
    /// First instant, of events, at which they hold: at most 3 years ago, and at most 366 days
    /// ahead. What
    /// was recorded keeps what it has. Default: now.
    public var effectiveTime: Timestamp?
    /// The newest version, as it was read; any other is RULE_SET_CHANGED. 0: any.
    public var expectedVersion: Int64 = 0
    /// For people, up to 200 bytes.
    public var note: String = ""

    public init() {}

    public init(
        rules: [AttributionRule] = [], effectiveTime: Timestamp? = nil, expectedVersion: Int64 = 0,
        note: String = ""
    ) {
        self.rules = rules
        self.effectiveTime = effectiveTime
        self.expectedVersion = expectedVersion
        self.note = note
    }
}

public struct GetAttributionRulesRequest: WireMessage {
    public static let messageName = "tally.v1.GetAttributionRulesRequest"

    /// Number of a version. Default: the newest, whether or not it holds yet.
    public var version: Int64 = 0

    public init() {}

    public init(
        version: Int64 = 0
    ) {
        self.version = version
    }
}

public struct ListAttributionRuleSetsRequest: WireMessage {
    public static let messageName = "tally.v1.ListAttributionRuleSetsRequest"

    /// 1 to 1,000. Default 100.
    public var pageSize: Int32 = 0
    /// next_page_token of the page before; empty for the first.
    public var pageToken: String = ""

    public init() {}

    public init(
        pageSize: Int32 = 0, pageToken: String = ""
    ) {
        self.pageSize = pageSize
        self.pageToken = pageToken
    }
}

public struct ListAttributionRuleSetsResponse: WireMessage {
    public static let messageName = "tally.v1.ListAttributionRuleSetsResponse"

    /// The newest first, without their rules.
    public var ruleSets: [AttributionRuleSet] = []
    /// Empty on the last page.
    public var nextPageToken: String = ""

    public init() {}

    public init(
        ruleSets: [AttributionRuleSet] = [], nextPageToken: String = ""
    ) {
        self.ruleSets = ruleSets
        self.nextPageToken = nextPageToken
    }
}

extension AttributionRule {
    public init(
        serialized bytes: UnsafeRawBufferPointer, in arena: MessageArena
    ) throws {
        let descriptor = Self.descriptor
        try DecodeGuard.check(
            bytes, descriptor: descriptor, messageName: Self.messageName)
        let raw = try arena.unpack(
            bytes, as: Tally__V1__AttributionRule.self, descriptor: descriptor,
            messageName: Self.messageName)
        self = try withExtendedLifetime(arena) { try Self(raw) }
    }

    public func packed(in arena: MessageArena) -> PackedMessage {
        PackedMessage(pack(into: arena))
    }

    /// protobuf-c's description of the message, at its own address.
    static var descriptor: UnsafePointer<ProtobufCMessageDescriptor> {
        var raw = Tally__V1__AttributionRule()
        tally__v1__attribution_rule__init(&raw)
        return raw.base.descriptor
    }

    /// The value of an unpacked message.
    init(_ raw: UnsafePointer<Tally__V1__AttributionRule>) throws {
        self.name = try MessageArena.string(
            raw.pointee.name, messageName: Self.messageName, field: "name")
        self.conditions = try MessageArena.values(
            raw.pointee.conditions, count: raw.pointee.n_conditions
        ) { try AttributionCondition($0) }
        self.target = try MessageArena.string(
            raw.pointee.target, messageName: Self.messageName, field: "target")
        self.replace = raw.pointee.replace != 0
        switch raw.pointee.value_case {
        case TALLY__V1__ATTRIBUTION_RULE__VALUE_CONSTANT:
            self.value = .constant(
                try MessageArena.string(
                    raw.pointee.constant, messageName: Self.messageName, field: "constant"))
        case TALLY__V1__ATTRIBUTION_RULE__VALUE_COPY_OF:
            self.value = .copyOf(
                try MessageArena.string(
                    raw.pointee.copy_of, messageName: Self.messageName, field: "copy_of"))
        case TALLY__V1__ATTRIBUTION_RULE__VALUE_PART:
            self.value = (try raw.pointee.part.map { try AttributionPart($0) }).map { .part($0) }
        case TALLY__V1__ATTRIBUTION_RULE__VALUE_MAPPING:
            self.value = (try raw.pointee.mapping.map { try AttributionMapping($0) }).map {
                .mapping($0)
            }
        default: break
        }
    }

    /// The message as protobuf-c packs it; it lives as long as the arena.
    func pack(into arena: MessageArena) -> UnsafeMutablePointer<Tally__V1__AttributionRule> {
        let raw = arena.allocateMessage(Tally__V1__AttributionRule.self)
        tally__v1__attribution_rule__init(raw)
        if !self.name.isEmpty {
            raw.pointee.name = arena.copy(self.name)
        }
        if !self.conditions.isEmpty {
            raw.pointee.n_conditions = self.conditions.count
            raw.pointee.conditions = arena.copy(self.conditions) { $0.pack(into: arena) }
        }
        if !self.target.isEmpty {
            raw.pointee.target = arena.copy(self.target)
        }
        raw.pointee.replace = self.replace ? 1 : 0
        switch self.value {
        case .constant(let value):
            raw.pointee.value_case = TALLY__V1__ATTRIBUTION_RULE__VALUE_CONSTANT
            raw.pointee.constant = arena.copy(value)
        case .copyOf(let value):
            raw.pointee.value_case = TALLY__V1__ATTRIBUTION_RULE__VALUE_COPY_OF
            raw.pointee.copy_of = arena.copy(value)
        case .part(let value):
            raw.pointee.value_case = TALLY__V1__ATTRIBUTION_RULE__VALUE_PART
            raw.pointee.part = value.pack(into: arena)
        case .mapping(let value):
            raw.pointee.value_case = TALLY__V1__ATTRIBUTION_RULE__VALUE_MAPPING
            raw.pointee.mapping = value.pack(into: arena)
        case nil: break
        }
        return raw
    }
}

extension AttributionCondition {
    public init(
        serialized bytes: UnsafeRawBufferPointer, in arena: MessageArena
    ) throws {
        let descriptor = Self.descriptor
        try DecodeGuard.check(
            bytes, descriptor: descriptor, messageName: Self.messageName)
        let raw = try arena.unpack(
            bytes, as: Tally__V1__AttributionCondition.self, descriptor: descriptor,
            messageName: Self.messageName)
        self = try withExtendedLifetime(arena) { try Self(raw) }
    }

    public func packed(in arena: MessageArena) -> PackedMessage {
        PackedMessage(pack(into: arena))
    }

    /// protobuf-c's description of the message, at its own address.
    static var descriptor: UnsafePointer<ProtobufCMessageDescriptor> {
        var raw = Tally__V1__AttributionCondition()
        tally__v1__attribution_condition__init(&raw)
        return raw.base.descriptor
    }

    /// The value of an unpacked message.
    init(_ raw: UnsafePointer<Tally__V1__AttributionCondition>) throws {
        self.dimension = try MessageArena.string(
            raw.pointee.dimension, messageName: Self.messageName, field: "dimension")
        self.values = try MessageArena.strings(
            raw.pointee.values, count: raw.pointee.n_values, messageName: Self.messageName,
            field: "values")
        self.prefixes = try MessageArena.strings(
            raw.pointee.prefixes, count: raw.pointee.n_prefixes, messageName: Self.messageName,
            field: "prefixes")
        self.orAbsent = raw.pointee.or_absent != 0
    }

    /// The message as protobuf-c packs it; it lives as long as the arena.
    func pack(into arena: MessageArena) -> UnsafeMutablePointer<Tally__V1__AttributionCondition> {
        let raw = arena.allocateMessage(Tally__V1__AttributionCondition.self)
        tally__v1__attribution_condition__init(raw)
        if !self.dimension.isEmpty {
            raw.pointee.dimension = arena.copy(self.dimension)
        }
        if !self.values.isEmpty {
            raw.pointee.n_values = self.values.count
            raw.pointee.values = arena.copy(self.values)
        }
        if !self.prefixes.isEmpty {
            raw.pointee.n_prefixes = self.prefixes.count
            raw.pointee.prefixes = arena.copy(self.prefixes)
        }
        raw.pointee.or_absent = self.orAbsent ? 1 : 0
        return raw
    }
}

extension AttributionPart {
    public init(
        serialized bytes: UnsafeRawBufferPointer, in arena: MessageArena
    ) throws {
        let descriptor = Self.descriptor
        try DecodeGuard.check(
            bytes, descriptor: descriptor, messageName: Self.messageName)
        let raw = try arena.unpack(
            bytes, as: Tally__V1__AttributionPart.self, descriptor: descriptor,
            messageName: Self.messageName)
        self = try withExtendedLifetime(arena) { try Self(raw) }
    }

    public func packed(in arena: MessageArena) -> PackedMessage {
        PackedMessage(pack(into: arena))
    }

    /// protobuf-c's description of the message, at its own address.
    static var descriptor: UnsafePointer<ProtobufCMessageDescriptor> {
        var raw = Tally__V1__AttributionPart()
        tally__v1__attribution_part__init(&raw)
        return raw.base.descriptor
    }

    /// The value of an unpacked message.
    init(_ raw: UnsafePointer<Tally__V1__AttributionPart>) throws {
        self.dimension = try MessageArena.string(
            raw.pointee.dimension, messageName: Self.messageName, field: "dimension")
        self.after = try MessageArena.string(
            raw.pointee.after, messageName: Self.messageName, field: "after")
        self.before = try MessageArena.string(
            raw.pointee.before, messageName: Self.messageName, field: "before")
    }

    /// The message as protobuf-c packs it; it lives as long as the arena.
    func pack(into arena: MessageArena) -> UnsafeMutablePointer<Tally__V1__AttributionPart> {
        let raw = arena.allocateMessage(Tally__V1__AttributionPart.self)
        tally__v1__attribution_part__init(raw)
        if !self.dimension.isEmpty {
            raw.pointee.dimension = arena.copy(self.dimension)
        }
        if !self.after.isEmpty {
            raw.pointee.after = arena.copy(self.after)
        }
        if !self.before.isEmpty {
            raw.pointee.before = arena.copy(self.before)
        }
        return raw
    }
}

extension AttributionMapping {
    public init(
        serialized bytes: UnsafeRawBufferPointer, in arena: MessageArena
    ) throws {
        let descriptor = Self.descriptor
        try DecodeGuard.check(
            bytes, descriptor: descriptor, messageName: Self.messageName)
        let raw = try arena.unpack(
            bytes, as: Tally__V1__AttributionMapping.self, descriptor: descriptor,
            messageName: Self.messageName)
        self = try withExtendedLifetime(arena) { try Self(raw) }
    }

    public func packed(in arena: MessageArena) -> PackedMessage {
        PackedMessage(pack(into: arena))
    }

    /// protobuf-c's description of the message, at its own address.
    static var descriptor: UnsafePointer<ProtobufCMessageDescriptor> {
        var raw = Tally__V1__AttributionMapping()
        tally__v1__attribution_mapping__init(&raw)
        return raw.base.descriptor
    }

    /// The value of an unpacked message.
    init(_ raw: UnsafePointer<Tally__V1__AttributionMapping>) throws {
        self.dimension = try MessageArena.string(
            raw.pointee.dimension, messageName: Self.messageName, field: "dimension")
        self.lines = try MessageArena.values(raw.pointee.lines, count: raw.pointee.n_lines) {
            try AttributionMappingLine($0)
        }
    }

    /// The message as protobuf-c packs it; it lives as long as the arena.
    func pack(into arena: MessageArena) -> UnsafeMutablePointer<Tally__V1__AttributionMapping> {
        let raw = arena.allocateMessage(Tally__V1__AttributionMapping.self)
        tally__v1__attribution_mapping__init(raw)
        if !self.dimension.isEmpty {
            raw.pointee.dimension = arena.copy(self.dimension)
        }
        if !self.lines.isEmpty {
            raw.pointee.n_lines = self.lines.count
            raw.pointee.lines = arena.copy(self.lines) { $0.pack(into: arena) }
        }
        return raw
    }
}

extension AttributionMappingLine {
    public init(
        serialized bytes: UnsafeRawBufferPointer, in arena: MessageArena
    ) throws {
        let descriptor = Self.descriptor
        try DecodeGuard.check(
            bytes, descriptor: descriptor, messageName: Self.messageName)
        let raw = try arena.unpack(
            bytes, as: Tally__V1__AttributionMappingLine.self, descriptor: descriptor,
            messageName: Self.messageName)
        self = try withExtendedLifetime(arena) { try Self(raw) }
    }

    public func packed(in arena: MessageArena) -> PackedMessage {
        PackedMessage(pack(into: arena))
    }

    /// protobuf-c's description of the message, at its own address.
    static var descriptor: UnsafePointer<ProtobufCMessageDescriptor> {
        var raw = Tally__V1__AttributionMappingLine()
        tally__v1__attribution_mapping_line__init(&raw)
        return raw.base.descriptor
    }

    /// The value of an unpacked message.
    init(_ raw: UnsafePointer<Tally__V1__AttributionMappingLine>) throws {
        self.from = try MessageArena.string(
            raw.pointee.from, messageName: Self.messageName, field: "from")
        self.to = try MessageArena.string(
            raw.pointee.to, messageName: Self.messageName, field: "to")
    }

    /// The message as protobuf-c packs it; it lives as long as the arena.
    func pack(into arena: MessageArena) -> UnsafeMutablePointer<Tally__V1__AttributionMappingLine> {
        let raw = arena.allocateMessage(Tally__V1__AttributionMappingLine.self)
        tally__v1__attribution_mapping_line__init(raw)
        if !self.from.isEmpty {
            raw.pointee.from = arena.copy(self.from)
        }
        if !self.to.isEmpty {
            raw.pointee.to = arena.copy(self.to)
        }
        return raw
    }
}

extension AttributionRuleSet {
    public init(
        serialized bytes: UnsafeRawBufferPointer, in arena: MessageArena
    ) throws {
        let descriptor = Self.descriptor
        try DecodeGuard.check(
            bytes, descriptor: descriptor, messageName: Self.messageName)
        let raw = try arena.unpack(
            bytes, as: Tally__V1__AttributionRuleSet.self, descriptor: descriptor,
            messageName: Self.messageName)
        self = try withExtendedLifetime(arena) { try Self(raw) }
    }

    public func packed(in arena: MessageArena) -> PackedMessage {
        PackedMessage(pack(into: arena))
    }

    /// protobuf-c's description of the message, at its own address.
    static var descriptor: UnsafePointer<ProtobufCMessageDescriptor> {
        var raw = Tally__V1__AttributionRuleSet()
        tally__v1__attribution_rule_set__init(&raw)
        return raw.base.descriptor
    }

    /// The value of an unpacked message.
    init(_ raw: UnsafePointer<Tally__V1__AttributionRuleSet>) throws {
        self.version = raw.pointee.version
        self.rules = try MessageArena.values(raw.pointee.rules, count: raw.pointee.n_rules) {
            try AttributionRule($0)
        }
        self.effectiveTime = try raw.pointee.effective_time.map { try Timestamp($0) }
        self.endTime = try raw.pointee.end_time.map { try Timestamp($0) }
        self.note = try MessageArena.string(
            raw.pointee.note, messageName: Self.messageName, field: "note")
        self.createTime = try raw.pointee.create_time.map { try Timestamp($0) }
        self.ruleCount = raw.pointee.rule_count
    }

    /// The message as protobuf-c packs it; it lives as long as the arena.
    func pack(into arena: MessageArena) -> UnsafeMutablePointer<Tally__V1__AttributionRuleSet> {
        let raw = arena.allocateMessage(Tally__V1__AttributionRuleSet.self)
        tally__v1__attribution_rule_set__init(raw)
        raw.pointee.version = self.version
        if !self.rules.isEmpty {
            raw.pointee.n_rules = self.rules.count
            raw.pointee.rules = arena.copy(self.rules) { $0.pack(into: arena) }
        }
        if let value = self.effectiveTime {
            raw.pointee.effective_time = value.pack(into: arena)
        }
        if let value = self.endTime {
            raw.pointee.end_time = value.pack(into: arena)
        }
        if !self.note.isEmpty {
            raw.pointee.note = arena.copy(self.note)
        }
        if let value = self.createTime {
            raw.pointee.create_time = value.pack(into: arena)
        }
        raw.pointee.rule_count = self.ruleCount
        return raw
    }
}

extension SetAttributionRulesRequest {
    public init(
        serialized bytes: UnsafeRawBufferPointer, in arena: MessageArena
    ) throws {
        let descriptor = Self.descriptor
        try DecodeGuard.check(
            bytes, descriptor: descriptor, messageName: Self.messageName)
        let raw = try arena.unpack(
            bytes, as: Tally__V1__SetAttributionRulesRequest.self, descriptor: descriptor,
            messageName: Self.messageName)
        self = try withExtendedLifetime(arena) { try Self(raw) }
    }

    public func packed(in arena: MessageArena) -> PackedMessage {
        PackedMessage(pack(into: arena))
    }

    /// protobuf-c's description of the message, at its own address.
    static var descriptor: UnsafePointer<ProtobufCMessageDescriptor> {
        var raw = Tally__V1__SetAttributionRulesRequest()
        tally__v1__set_attribution_rules_request__init(&raw)
        return raw.base.descriptor
    }

    /// The value of an unpacked message.
    init(_ raw: UnsafePointer<Tally__V1__SetAttributionRulesRequest>) throws {
        self.rules = try MessageArena.values(raw.pointee.rules, count: raw.pointee.n_rules) {
            try AttributionRule($0)
        }
        self.effectiveTime = try raw.pointee.effective_time.map { try Timestamp($0) }
        self.expectedVersion = raw.pointee.expected_version
        self.note = try MessageArena.string(
            raw.pointee.note, messageName: Self.messageName, field: "note")
    }

    /// The message as protobuf-c packs it; it lives as long as the arena.
    func pack(into arena: MessageArena) -> UnsafeMutablePointer<
        Tally__V1__SetAttributionRulesRequest
    > {
        let raw = arena.allocateMessage(Tally__V1__SetAttributionRulesRequest.self)
        tally__v1__set_attribution_rules_request__init(raw)
        if !self.rules.isEmpty {
            raw.pointee.n_rules = self.rules.count
            raw.pointee.rules = arena.copy(self.rules) { $0.pack(into: arena) }
        }
        if let value = self.effectiveTime {
            raw.pointee.effective_time = value.pack(into: arena)
        }
        raw.pointee.expected_version = self.expectedVersion
        if !self.note.isEmpty {
            raw.pointee.note = arena.copy(self.note)
        }
        return raw
    }
}

extension GetAttributionRulesRequest {
    public init(
        serialized bytes: UnsafeRawBufferPointer, in arena: MessageArena
    ) throws {
        let descriptor = Self.descriptor
        try DecodeGuard.check(
            bytes, descriptor: descriptor, messageName: Self.messageName)
        let raw = try arena.unpack(
            bytes, as: Tally__V1__GetAttributionRulesRequest.self, descriptor: descriptor,
            messageName: Self.messageName)
        self = try withExtendedLifetime(arena) { try Self(raw) }
    }

    public func packed(in arena: MessageArena) -> PackedMessage {
        PackedMessage(pack(into: arena))
    }

    /// protobuf-c's description of the message, at its own address.
    static var descriptor: UnsafePointer<ProtobufCMessageDescriptor> {
        var raw = Tally__V1__GetAttributionRulesRequest()
        tally__v1__get_attribution_rules_request__init(&raw)
        return raw.base.descriptor
    }

    /// The value of an unpacked message.
    init(_ raw: UnsafePointer<Tally__V1__GetAttributionRulesRequest>) throws {
        self.version = raw.pointee.version
    }

    /// The message as protobuf-c packs it; it lives as long as the arena.
    func pack(into arena: MessageArena) -> UnsafeMutablePointer<
        Tally__V1__GetAttributionRulesRequest
    > {
        let raw = arena.allocateMessage(Tally__V1__GetAttributionRulesRequest.self)
        tally__v1__get_attribution_rules_request__init(raw)
        raw.pointee.version = self.version
        return raw
    }
}

extension ListAttributionRuleSetsRequest {
    public init(
        serialized bytes: UnsafeRawBufferPointer, in arena: MessageArena
    ) throws {
        let descriptor = Self.descriptor
        try DecodeGuard.check(
            bytes, descriptor: descriptor, messageName: Self.messageName)
        let raw = try arena.unpack(
            bytes, as: Tally__V1__ListAttributionRuleSetsRequest.self, descriptor: descriptor,
            messageName: Self.messageName)
        self = try withExtendedLifetime(arena) { try Self(raw) }
    }

    public func packed(in arena: MessageArena) -> PackedMessage {
        PackedMessage(pack(into: arena))
    }

    /// protobuf-c's description of the message, at its own address.
    static var descriptor: UnsafePointer<ProtobufCMessageDescriptor> {
        var raw = Tally__V1__ListAttributionRuleSetsRequest()
        tally__v1__list_attribution_rule_sets_request__init(&raw)
        return raw.base.descriptor
    }

    /// The value of an unpacked message.
    init(_ raw: UnsafePointer<Tally__V1__ListAttributionRuleSetsRequest>) throws {
        self.pageSize = raw.pointee.page_size
        self.pageToken = try MessageArena.string(
            raw.pointee.page_token, messageName: Self.messageName, field: "page_token")
    }

    /// The message as protobuf-c packs it; it lives as long as the arena.
    func pack(into arena: MessageArena) -> UnsafeMutablePointer<
        Tally__V1__ListAttributionRuleSetsRequest
    > {
        let raw = arena.allocateMessage(Tally__V1__ListAttributionRuleSetsRequest.self)
        tally__v1__list_attribution_rule_sets_request__init(raw)
        raw.pointee.page_size = self.pageSize
        if !self.pageToken.isEmpty {
            raw.pointee.page_token = arena.copy(self.pageToken)
        }
        return raw
    }
}

extension ListAttributionRuleSetsResponse {
    public init(
        serialized bytes: UnsafeRawBufferPointer, in arena: MessageArena
    ) throws {
        let descriptor = Self.descriptor
        try DecodeGuard.check(
            bytes, descriptor: descriptor, messageName: Self.messageName)
        let raw = try arena.unpack(
            bytes, as: Tally__V1__ListAttributionRuleSetsResponse.self, descriptor: descriptor,
            messageName: Self.messageName)
        self = try withExtendedLifetime(arena) { try Self(raw) }
    }

    public func packed(in arena: MessageArena) -> PackedMessage {
        PackedMessage(pack(into: arena))
    }

    /// protobuf-c's description of the message, at its own address.
    static var descriptor: UnsafePointer<ProtobufCMessageDescriptor> {
        var raw = Tally__V1__ListAttributionRuleSetsResponse()
        tally__v1__list_attribution_rule_sets_response__init(&raw)
        return raw.base.descriptor
    }

    /// The value of an unpacked message.
    init(_ raw: UnsafePointer<Tally__V1__ListAttributionRuleSetsResponse>) throws {
        self.ruleSets = try MessageArena.values(
            raw.pointee.rule_sets, count: raw.pointee.n_rule_sets
        ) { try AttributionRuleSet($0) }
        self.nextPageToken = try MessageArena.string(
            raw.pointee.next_page_token, messageName: Self.messageName, field: "next_page_token")
    }

    /// The message as protobuf-c packs it; it lives as long as the arena.
    func pack(into arena: MessageArena) -> UnsafeMutablePointer<
        Tally__V1__ListAttributionRuleSetsResponse
    > {
        let raw = arena.allocateMessage(Tally__V1__ListAttributionRuleSetsResponse.self)
        tally__v1__list_attribution_rule_sets_response__init(raw)
        if !self.ruleSets.isEmpty {
            raw.pointee.n_rule_sets = self.ruleSets.count
            raw.pointee.rule_sets = arena.copy(self.ruleSets) { $0.pack(into: arena) }
        }
        if !self.nextPageToken.isEmpty {
            raw.pointee.next_page_token = arena.copy(self.nextPageToken)
        }
        return raw
    }
}
