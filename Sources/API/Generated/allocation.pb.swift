// Written by tally-generator. Change proto/ and run deploy/scripts/generate.sh.
// Source: tally/v1/allocation.proto

import CMessages
import CProtobufC
public import Wire

/// Ordered rules: the first whose conditions all hold decides; what none takes is unallocated.
public struct AllocationRuleSet: WireMessage {
    public static let messageName = "tally.v1.AllocationRuleSet"

    /// Counts up from 1; 0 where none was ever set.
    public var version: Int64 = 0
    /// In the order in which they are tried.
    public var rules: [AllocationRule] = []
    /// When this version was set; absent where none was.
    public var createTime: Timestamp?

    public init() {}

    public init(
        version: Int64 = 0, rules: [AllocationRule] = [], createTime: Timestamp? = nil
    ) {
        self.version = version
        self.rules = rules
        self.createTime = createTime
    }
}

/// One rule: what it takes, and who answers for it.
public struct AllocationRule: WireMessage {
    /// Who answers for what the rule takes. Required.
    public enum Target: Hashable, Sendable {
        /// Code of the unit that takes all.
        case unit(String)
        /// Shares among several units.
        case split(Split)
    }

    public static let messageName = "tally.v1.AllocationRule"

    /// Unique within the set: [a-z0-9-]{1,63}.
    public var id: String = ""
    /// All must hold; a rule without conditions takes everything. At most 16.
    public var conditions: [Condition] = []
    /// Who answers for what the rule takes. Required.
    public var target: Target?

    public init() {}

    public init(
        id: String = "", conditions: [Condition] = [], target: Target? = nil
    ) {
        self.id = id
        self.conditions = conditions
        self.target = target
    }
}

/// One demand on a row of spend.
public struct Condition: WireMessage {
    public static let messageName = "tally.v1.Condition"

    /// provider, model, project, api_key_id, user, feature, customer, team, environment,
    /// connection,
    /// operation, or tag:<key>.
    public var dimension: String = ""
    /// Exact value, at most 1,024 bytes that are seen; a trailing * matches any rest. "" matches
    /// what has no
    /// value.
    public var value: String = ""

    public init() {}

    public init(
        dimension: String = "", value: String = ""
    ) {
        self.dimension = dimension
        self.value = value
    }
}

/// Shares of what a rule takes, exact: the parts sum to the whole.
public struct Split: WireMessage {
    /// How the shares are measured.
    public struct Method: RawRepresentable, CaseIterable, Hashable, Sendable {
        public let rawValue: Int32

        public init(rawValue: Int32) {
            self.rawValue = rawValue
        }

        /// Not allowed.
        public static let unspecified = Self(rawValue: 0)
        /// Equal parts.
        public static let even = Self(rawValue: 1)
        /// In proportion to what the period's unshared rules give to each of the units by its own
        /// code,
        /// whoever has taken over from it. Where that is nothing for all, the amount stays
        /// unallocated.
        public static let proportional = Self(rawValue: 2)

        /// Every value that the contract names, in its order.
        public static let allCases: [Self] = [
            .unspecified, .even, .proportional,
        ]

        /// The name in the contract; nil for a value that it does not know.
        public var name: String? {
            switch rawValue {
            case 0: "METHOD_UNSPECIFIED"
            case 1: "METHOD_EVEN"
            case 2: "METHOD_PROPORTIONAL"
            default: nil
            }
        }
    }

    public static let messageName = "tally.v1.Split"

    /// How the shares are measured. Required.
    public var method: Split.Method = Split.Method(rawValue: 0)
    /// Codes of 1 to 1000 units, each once.
    public var units: [String] = []

    public init() {}

    public init(
        method: Split.Method = Split.Method(rawValue: 0), units: [String] = []
    ) {
        self.method = method
        self.units = units
    }
}

public struct SetAllocationRulesRequest: WireMessage {
    public static let messageName = "tally.v1.SetAllocationRulesRequest"

    /// At most 500.
    public var rules: [AllocationRule] = []
    /// Version that the caller read, against lost updates; 0 replaces whatever is there.
    public var expectedVersion: Int64 = 0

    public init() {}

    public init(
        rules: [AllocationRule] = [], expectedVersion: Int64 = 0
    ) {
        self.rules = rules
        self.expectedVersion = expectedVersion
    }
}

public struct GetAllocationRulesRequest: WireMessage {
    public static let messageName = "tally.v1.GetAllocationRulesRequest"

    public init() {}
}

public struct GetChargebackReportRequest: WireMessage {
    public static let messageName = "tally.v1.GetChargebackReportRequest"

    /// Required.
    public var month: Month?
    /// Record that the figures rest on. Default: effective.
    public var basis: Basis = Basis(rawValue: 0)

    public init() {}

    public init(
        month: Month? = nil, basis: Basis = Basis(rawValue: 0)
    ) {
        self.month = month
        self.basis = basis
    }
}

/// One month of spend, each pico of it with one unit or unallocated. The spend of a day counts
/// under
/// the tree of that day, so a unit that moves within the month counts for both units above it, each
/// for its days. What rules give to a unit that has ended goes to the one that took over: its
/// successor, or the nearest unit above; what they give to one that does not exist yet is
/// unallocated.
/// Callers who are limited to some units are shown each unit for the days on which it stands below
/// those, as if there were no other.
public struct ChargebackReport: WireMessage {
    public static let messageName = "tally.v1.ChargebackReport"

    /// The month that was asked for.
    public var month: Month?
    /// Bounds of the month as instants.
    public var startTime: Timestamp?
    /// First instant after the month.
    public var endTime: Timestamp?
    /// By code, every unit that answers for spend on some day of the month.
    public var units: [UnitCharge] = []
    /// Everything; the units' direct and shared amounts and the unallocated sum to it.
    public var total: Money?
    /// What no rule took, or what no unit answered for on its day. Absent for callers who are
    /// limited to
    /// some units.
    public var unallocated: Money?
    /// How complete the figures are.
    public var completeness: Completeness?
    /// Version of the rules that were used.
    public var ruleSetVersion: Int64 = 0

    public init() {}

    public init(
        month: Month? = nil, startTime: Timestamp? = nil, endTime: Timestamp? = nil,
        units: [UnitCharge] = [], total: Money? = nil, unallocated: Money? = nil,
        completeness: Completeness? = nil, ruleSetVersion: Int64 = 0
    ) {
        self.month = month
        self.startTime = startTime
        self.endTime = endTime
        self.units = units
        self.total = total
        self.unallocated = unallocated
        self.completeness = completeness
        self.ruleSetVersion = ruleSetVersion
    }
}

/// What one unit answers for.
public struct UnitCharge: WireMessage {
    public static let messageName = "tally.v1.UnitCharge"

    /// The unit's code.
    public var unitCode: String = ""
    /// The unit's name for people, on its last day within the month.
    public var displayName: String = ""
    /// Code of the unit above on that day; empty at the top, and for one that the caller may not
    /// see.
    public var parentCode: String = ""
    /// By rules that name the unit, or one that it took over.
    public var direct: Money?
    /// Its shares of split costs.
    public var shared: Money?
    /// Direct and shared.
    public var own: Money?
    /// Own and that of all units below.
    public var total: Money?

    public init() {}

    public init(
        unitCode: String = "", displayName: String = "", parentCode: String = "",
        direct: Money? = nil, shared: Money? = nil, own: Money? = nil, total: Money? = nil
    ) {
        self.unitCode = unitCode
        self.displayName = displayName
        self.parentCode = parentCode
        self.direct = direct
        self.shared = shared
        self.own = own
        self.total = total
    }
}

extension AllocationRuleSet {
    public init(
        serialized bytes: UnsafeRawBufferPointer, in arena: MessageArena
    ) throws {
        let descriptor = Self.descriptor
        try DecodeGuard.check(
            bytes, descriptor: descriptor, messageName: Self.messageName)
        let raw = try arena.unpack(
            bytes, as: Tally__V1__AllocationRuleSet.self, descriptor: descriptor,
            messageName: Self.messageName)
        self = try withExtendedLifetime(arena) { try Self(raw) }
    }

    public func packed(in arena: MessageArena) -> PackedMessage {
        PackedMessage(pack(into: arena))
    }

    /// protobuf-c's description of the message, at its own address.
    static var descriptor: UnsafePointer<ProtobufCMessageDescriptor> {
        var raw = Tally__V1__AllocationRuleSet()
        tally__v1__allocation_rule_set__init(&raw)
        return raw.base.descriptor
    }

    /// The value of an unpacked message.
    init(_ raw: UnsafePointer<Tally__V1__AllocationRuleSet>) throws {
        self.version = raw.pointee.version
        self.rules = try MessageArena.values(raw.pointee.rules, count: raw.pointee.n_rules) {
            try AllocationRule($0)
        }
        self.createTime = try raw.pointee.create_time.map { try Timestamp($0) }
    }

    /// The message as protobuf-c packs it; it lives as long as the arena.
    func pack(into arena: MessageArena) -> UnsafeMutablePointer<Tally__V1__AllocationRuleSet> {
        let raw = arena.allocateMessage(Tally__V1__AllocationRuleSet.self)
        tally__v1__allocation_rule_set__init(raw)
        raw.pointee.version = self.version
        if !self.rules.isEmpty {
            raw.pointee.n_rules = self.rules.count
            raw.pointee.rules = arena.copy(self.rules) { $0.pack(into: arena) }
        }
        if let value = self.createTime {
            raw.pointee.create_time = value.pack(into: arena)
        }
        return raw
    }
}

extension AllocationRule {
    public init(
        serialized bytes: UnsafeRawBufferPointer, in arena: MessageArena
    ) throws {
        let descriptor = Self.descriptor
        try DecodeGuard.check(
            bytes, descriptor: descriptor, messageName: Self.messageName)
        let raw = try arena.unpack(
            bytes, as: Tally__V1__AllocationRule.self, descriptor: descriptor,
            messageName: Self.messageName)
        self = try withExtendedLifetime(arena) { try Self(raw) }
    }

    public func packed(in arena: MessageArena) -> PackedMessage {
        PackedMessage(pack(into: arena))
    }

    /// protobuf-c's description of the message, at its own address.
    static var descriptor: UnsafePointer<ProtobufCMessageDescriptor> {
        var raw = Tally__V1__AllocationRule()
        tally__v1__allocation_rule__init(&raw)
        return raw.base.descriptor
    }

    /// The value of an unpacked message.
    init(_ raw: UnsafePointer<Tally__V1__AllocationRule>) throws {
        self.id = try MessageArena.string(
            raw.pointee.id, messageName: Self.messageName, field: "id")
        self.conditions = try MessageArena.values(
            raw.pointee.conditions, count: raw.pointee.n_conditions
        ) { try Condition($0) }
        switch raw.pointee.target_case {
        case TALLY__V1__ALLOCATION_RULE__TARGET_UNIT:
            self.target = .unit(
                try MessageArena.string(
                    raw.pointee.unit, messageName: Self.messageName, field: "unit"))
        case TALLY__V1__ALLOCATION_RULE__TARGET_SPLIT:
            self.target = (try raw.pointee.split.map { try Split($0) }).map { .split($0) }
        default: break
        }
    }

    /// The message as protobuf-c packs it; it lives as long as the arena.
    func pack(into arena: MessageArena) -> UnsafeMutablePointer<Tally__V1__AllocationRule> {
        let raw = arena.allocateMessage(Tally__V1__AllocationRule.self)
        tally__v1__allocation_rule__init(raw)
        if !self.id.isEmpty {
            raw.pointee.id = arena.copy(self.id)
        }
        if !self.conditions.isEmpty {
            raw.pointee.n_conditions = self.conditions.count
            raw.pointee.conditions = arena.copy(self.conditions) { $0.pack(into: arena) }
        }
        switch self.target {
        case .unit(let value):
            raw.pointee.target_case = TALLY__V1__ALLOCATION_RULE__TARGET_UNIT
            raw.pointee.unit = arena.copy(value)
        case .split(let value):
            raw.pointee.target_case = TALLY__V1__ALLOCATION_RULE__TARGET_SPLIT
            raw.pointee.split = value.pack(into: arena)
        case nil: break
        }
        return raw
    }
}

extension Condition {
    public init(
        serialized bytes: UnsafeRawBufferPointer, in arena: MessageArena
    ) throws {
        let descriptor = Self.descriptor
        try DecodeGuard.check(
            bytes, descriptor: descriptor, messageName: Self.messageName)
        let raw = try arena.unpack(
            bytes, as: Tally__V1__Condition.self, descriptor: descriptor,
            messageName: Self.messageName)
        self = try withExtendedLifetime(arena) { try Self(raw) }
    }

    public func packed(in arena: MessageArena) -> PackedMessage {
        PackedMessage(pack(into: arena))
    }

    /// protobuf-c's description of the message, at its own address.
    static var descriptor: UnsafePointer<ProtobufCMessageDescriptor> {
        var raw = Tally__V1__Condition()
        tally__v1__condition__init(&raw)
        return raw.base.descriptor
    }

    /// The value of an unpacked message.
    init(_ raw: UnsafePointer<Tally__V1__Condition>) throws {
        self.dimension = try MessageArena.string(
            raw.pointee.dimension, messageName: Self.messageName, field: "dimension")
        self.value = try MessageArena.string(
            raw.pointee.value, messageName: Self.messageName, field: "value")
    }

    /// The message as protobuf-c packs it; it lives as long as the arena.
    func pack(into arena: MessageArena) -> UnsafeMutablePointer<Tally__V1__Condition> {
        let raw = arena.allocateMessage(Tally__V1__Condition.self)
        tally__v1__condition__init(raw)
        if !self.dimension.isEmpty {
            raw.pointee.dimension = arena.copy(self.dimension)
        }
        if !self.value.isEmpty {
            raw.pointee.value = arena.copy(self.value)
        }
        return raw
    }
}

extension Split {
    public init(
        serialized bytes: UnsafeRawBufferPointer, in arena: MessageArena
    ) throws {
        let descriptor = Self.descriptor
        try DecodeGuard.check(
            bytes, descriptor: descriptor, messageName: Self.messageName)
        let raw = try arena.unpack(
            bytes, as: Tally__V1__Split.self, descriptor: descriptor,
            messageName: Self.messageName)
        self = try withExtendedLifetime(arena) { try Self(raw) }
    }

    public func packed(in arena: MessageArena) -> PackedMessage {
        PackedMessage(pack(into: arena))
    }

    /// protobuf-c's description of the message, at its own address.
    static var descriptor: UnsafePointer<ProtobufCMessageDescriptor> {
        var raw = Tally__V1__Split()
        tally__v1__split__init(&raw)
        return raw.base.descriptor
    }

    /// The value of an unpacked message.
    init(_ raw: UnsafePointer<Tally__V1__Split>) throws {
        self.method = Split.Method(rawValue: Int32(truncatingIfNeeded: raw.pointee.method.rawValue))
        self.units = try MessageArena.strings(
            raw.pointee.units, count: raw.pointee.n_units, messageName: Self.messageName,
            field: "units")
    }

    /// The message as protobuf-c packs it; it lives as long as the arena.
    func pack(into arena: MessageArena) -> UnsafeMutablePointer<Tally__V1__Split> {
        let raw = arena.allocateMessage(Tally__V1__Split.self)
        tally__v1__split__init(raw)
        raw.pointee.method = .init(rawValue: .init(truncatingIfNeeded: self.method.rawValue))
        if !self.units.isEmpty {
            raw.pointee.n_units = self.units.count
            raw.pointee.units = arena.copy(self.units)
        }
        return raw
    }
}

extension SetAllocationRulesRequest {
    public init(
        serialized bytes: UnsafeRawBufferPointer, in arena: MessageArena
    ) throws {
        let descriptor = Self.descriptor
        try DecodeGuard.check(
            bytes, descriptor: descriptor, messageName: Self.messageName)
        let raw = try arena.unpack(
            bytes, as: Tally__V1__SetAllocationRulesRequest.self, descriptor: descriptor,
            messageName: Self.messageName)
        self = try withExtendedLifetime(arena) { try Self(raw) }
    }

    public func packed(in arena: MessageArena) -> PackedMessage {
        PackedMessage(pack(into: arena))
    }

    /// protobuf-c's description of the message, at its own address.
    static var descriptor: UnsafePointer<ProtobufCMessageDescriptor> {
        var raw = Tally__V1__SetAllocationRulesRequest()
        tally__v1__set_allocation_rules_request__init(&raw)
        return raw.base.descriptor
    }

    /// The value of an unpacked message.
    init(_ raw: UnsafePointer<Tally__V1__SetAllocationRulesRequest>) throws {
        self.rules = try MessageArena.values(raw.pointee.rules, count: raw.pointee.n_rules) {
            try AllocationRule($0)
        }
        self.expectedVersion = raw.pointee.expected_version
    }

    /// The message as protobuf-c packs it; it lives as long as the arena.
    func pack(into arena: MessageArena) -> UnsafeMutablePointer<
        Tally__V1__SetAllocationRulesRequest
    > {
        let raw = arena.allocateMessage(Tally__V1__SetAllocationRulesRequest.self)
        tally__v1__set_allocation_rules_request__init(raw)
        if !self.rules.isEmpty {
            raw.pointee.n_rules = self.rules.count
            raw.pointee.rules = arena.copy(self.rules) { $0.pack(into: arena) }
        }
        raw.pointee.expected_version = self.expectedVersion
        return raw
    }
}

extension GetAllocationRulesRequest {
    public init(
        serialized bytes: UnsafeRawBufferPointer, in arena: MessageArena
    ) throws {
        let descriptor = Self.descriptor
        try DecodeGuard.check(
            bytes, descriptor: descriptor, messageName: Self.messageName)
        let raw = try arena.unpack(
            bytes, as: Tally__V1__GetAllocationRulesRequest.self, descriptor: descriptor,
            messageName: Self.messageName)
        self = try withExtendedLifetime(arena) { try Self(raw) }
    }

    public func packed(in arena: MessageArena) -> PackedMessage {
        PackedMessage(pack(into: arena))
    }

    /// protobuf-c's description of the message, at its own address.
    static var descriptor: UnsafePointer<ProtobufCMessageDescriptor> {
        var raw = Tally__V1__GetAllocationRulesRequest()
        tally__v1__get_allocation_rules_request__init(&raw)
        return raw.base.descriptor
    }

    /// The value of an unpacked message.
    init(_ raw: UnsafePointer<Tally__V1__GetAllocationRulesRequest>) throws {
    }

    /// The message as protobuf-c packs it; it lives as long as the arena.
    func pack(into arena: MessageArena) -> UnsafeMutablePointer<
        Tally__V1__GetAllocationRulesRequest
    > {
        let raw = arena.allocateMessage(Tally__V1__GetAllocationRulesRequest.self)
        tally__v1__get_allocation_rules_request__init(raw)
        return raw
    }
}

extension GetChargebackReportRequest {
    public init(
        serialized bytes: UnsafeRawBufferPointer, in arena: MessageArena
    ) throws {
        let descriptor = Self.descriptor
        try DecodeGuard.check(
            bytes, descriptor: descriptor, messageName: Self.messageName)
        let raw = try arena.unpack(
            bytes, as: Tally__V1__GetChargebackReportRequest.self, descriptor: descriptor,
            messageName: Self.messageName)
        self = try withExtendedLifetime(arena) { try Self(raw) }
    }

    public func packed(in arena: MessageArena) -> PackedMessage {
        PackedMessage(pack(into: arena))
    }

    /// protobuf-c's description of the message, at its own address.
    static var descriptor: UnsafePointer<ProtobufCMessageDescriptor> {
        var raw = Tally__V1__GetChargebackReportRequest()
        tally__v1__get_chargeback_report_request__init(&raw)
        return raw.base.descriptor
    }

    /// The value of an unpacked message.
    init(_ raw: UnsafePointer<Tally__V1__GetChargebackReportRequest>) throws {
        self.month = try raw.pointee.month.map { try Month($0) }
        self.basis = Basis(rawValue: Int32(truncatingIfNeeded: raw.pointee.basis.rawValue))
    }

    /// The message as protobuf-c packs it; it lives as long as the arena.
    func pack(into arena: MessageArena) -> UnsafeMutablePointer<
        Tally__V1__GetChargebackReportRequest
    > {
        let raw = arena.allocateMessage(Tally__V1__GetChargebackReportRequest.self)
        tally__v1__get_chargeback_report_request__init(raw)
        if let value = self.month {
            raw.pointee.month = value.pack(into: arena)
        }
        raw.pointee.basis = .init(rawValue: .init(truncatingIfNeeded: self.basis.rawValue))
        return raw
    }
}

extension ChargebackReport {
    public init(
        serialized bytes: UnsafeRawBufferPointer, in arena: MessageArena
    ) throws {
        let descriptor = Self.descriptor
        try DecodeGuard.check(
            bytes, descriptor: descriptor, messageName: Self.messageName)
        let raw = try arena.unpack(
            bytes, as: Tally__V1__ChargebackReport.self, descriptor: descriptor,
            messageName: Self.messageName)
        self = try withExtendedLifetime(arena) { try Self(raw) }
    }

    public func packed(in arena: MessageArena) -> PackedMessage {
        PackedMessage(pack(into: arena))
    }

    /// protobuf-c's description of the message, at its own address.
    static var descriptor: UnsafePointer<ProtobufCMessageDescriptor> {
        var raw = Tally__V1__ChargebackReport()
        tally__v1__chargeback_report__init(&raw)
        return raw.base.descriptor
    }

    /// The value of an unpacked message.
    init(_ raw: UnsafePointer<Tally__V1__ChargebackReport>) throws {
        self.month = try raw.pointee.month.map { try Month($0) }
        self.startTime = try raw.pointee.start_time.map { try Timestamp($0) }
        self.endTime = try raw.pointee.end_time.map { try Timestamp($0) }
        self.units = try MessageArena.values(raw.pointee.units, count: raw.pointee.n_units) {
            try UnitCharge($0)
        }
        self.total = try raw.pointee.total.map { try Money($0) }
        self.unallocated = try raw.pointee.unallocated.map { try Money($0) }
        self.completeness = try raw.pointee.completeness.map { try Completeness($0) }
        self.ruleSetVersion = raw.pointee.rule_set_version
    }

    /// The message as protobuf-c packs it; it lives as long as the arena.
    func pack(into arena: MessageArena) -> UnsafeMutablePointer<Tally__V1__ChargebackReport> {
        let raw = arena.allocateMessage(Tally__V1__ChargebackReport.self)
        tally__v1__chargeback_report__init(raw)
        if let value = self.month {
            raw.pointee.month = value.pack(into: arena)
        }
        if let value = self.startTime {
            raw.pointee.start_time = value.pack(into: arena)
        }
        if let value = self.endTime {
            raw.pointee.end_time = value.pack(into: arena)
        }
        if !self.units.isEmpty {
            raw.pointee.n_units = self.units.count
            raw.pointee.units = arena.copy(self.units) { $0.pack(into: arena) }
        }
        if let value = self.total {
            raw.pointee.total = value.pack(into: arena)
        }
        if let value = self.unallocated {
            raw.pointee.unallocated = value.pack(into: arena)
        }
        if let value = self.completeness {
            raw.pointee.completeness = value.pack(into: arena)
        }
        raw.pointee.rule_set_version = self.ruleSetVersion
        return raw
    }
}

extension UnitCharge {
    public init(
        serialized bytes: UnsafeRawBufferPointer, in arena: MessageArena
    ) throws {
        let descriptor = Self.descriptor
        try DecodeGuard.check(
            bytes, descriptor: descriptor, messageName: Self.messageName)
        let raw = try arena.unpack(
            bytes, as: Tally__V1__UnitCharge.self, descriptor: descriptor,
            messageName: Self.messageName)
        self = try withExtendedLifetime(arena) { try Self(raw) }
    }

    public func packed(in arena: MessageArena) -> PackedMessage {
        PackedMessage(pack(into: arena))
    }

    /// protobuf-c's description of the message, at its own address.
    static var descriptor: UnsafePointer<ProtobufCMessageDescriptor> {
        var raw = Tally__V1__UnitCharge()
        tally__v1__unit_charge__init(&raw)
        return raw.base.descriptor
    }

    /// The value of an unpacked message.
    init(_ raw: UnsafePointer<Tally__V1__UnitCharge>) throws {
        self.unitCode = try MessageArena.string(
            raw.pointee.unit_code, messageName: Self.messageName, field: "unit_code")
        self.displayName = try MessageArena.string(
            raw.pointee.display_name, messageName: Self.messageName, field: "display_name")
        self.parentCode = try MessageArena.string(
            raw.pointee.parent_code, messageName: Self.messageName, field: "parent_code")
        self.direct = try raw.pointee.direct.map { try Money($0) }
        self.shared = try raw.pointee.shared.map { try Money($0) }
        self.own = try raw.pointee.own.map { try Money($0) }
        self.total = try raw.pointee.total.map { try Money($0) }
    }

    /// The message as protobuf-c packs it; it lives as long as the arena.
    func pack(into arena: MessageArena) -> UnsafeMutablePointer<Tally__V1__UnitCharge> {
        let raw = arena.allocateMessage(Tally__V1__UnitCharge.self)
        tally__v1__unit_charge__init(raw)
        if !self.unitCode.isEmpty {
            raw.pointee.unit_code = arena.copy(self.unitCode)
        }
        if !self.displayName.isEmpty {
            raw.pointee.display_name = arena.copy(self.displayName)
        }
        if !self.parentCode.isEmpty {
            raw.pointee.parent_code = arena.copy(self.parentCode)
        }
        if let value = self.direct {
            raw.pointee.direct = value.pack(into: arena)
        }
        if let value = self.shared {
            raw.pointee.shared = value.pack(into: arena)
        }
        if let value = self.own {
            raw.pointee.own = value.pack(into: arena)
        }
        if let value = self.total {
            raw.pointee.total = value.pack(into: arena)
        }
        return raw
    }
}

/// Sends spend to business units.
public enum AllocationServiceMethods {
    /// Replaces the organization's rules by a new version of the whole set.
    public enum SetAllocationRules: RPCMethod {
        public typealias Request = SetAllocationRulesRequest
        public typealias Response = AllocationRuleSet
        public static let name = "tally.v1.AllocationService/SetAllocationRules"
        public static let kind = CallKind.unary
    }

    /// The rules in force.
    public enum GetAllocationRules: RPCMethod {
        public typealias Request = GetAllocationRulesRequest
        public typealias Response = AllocationRuleSet
        public static let name = "tally.v1.AllocationService/GetAllocationRules"
        public static let kind = CallKind.unary
        public static let idempotency = IdempotencyLevel.noSideEffects
    }

    /// What each business unit answers for in one month, exact to the pico.
    public enum GetChargebackReport: RPCMethod {
        public typealias Request = GetChargebackReportRequest
        public typealias Response = ChargebackReport
        public static let name = "tally.v1.AllocationService/GetChargebackReport"
        public static let kind = CallKind.unary
        public static let idempotency = IdempotencyLevel.noSideEffects
    }
}
