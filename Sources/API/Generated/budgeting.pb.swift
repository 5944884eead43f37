// Written by tally-generator. Change proto/ and run deploy/scripts/generate.sh.
// Source: tally/v1/budgeting.proto

import CMessages
import CProtobufC
public import Wire

/// What a unit, with all below it, may spend each month.
public struct Budget: WireMessage {
    public static let messageName = "tally.v1.Budget"

    /// UUIDv7.
    public var id: String = ""
    /// Code of the unit; it has one budget at most.
    public var unitCode: String = ""
    /// Each calendar month in the organization's time zone; 0 to 10^15.
    public var monthlyAmount: Money?
    /// When it was last set.
    public var updateTime: Timestamp?

    public init() {}

    public init(
        id: String = "", unitCode: String = "", monthlyAmount: Money? = nil,
        updateTime: Timestamp? = nil
    ) {
        self.id = id
        self.unitCode = unitCode
        self.monthlyAmount = monthlyAmount
        self.updateTime = updateTime
    }
}

public struct SetBudgetRequest: WireMessage {
    public static let messageName = "tally.v1.SetBudgetRequest"

    /// Code of an existing unit. Required.
    public var unitCode: String = ""
    /// In the organization's reporting currency; 0 to 10^15. Required.
    public var monthlyAmount: Money?

    public init() {}

    public init(
        unitCode: String = "", monthlyAmount: Money? = nil
    ) {
        self.unitCode = unitCode
        self.monthlyAmount = monthlyAmount
    }
}

public struct ListBudgetsRequest: WireMessage {
    public static let messageName = "tally.v1.ListBudgetsRequest"

    /// 1 to 1000. Default 1000.
    public var pageSize: Int32 = 0
    /// next_page_token of the previous answer; empty for the first page.
    public var pageToken: String = ""

    public init() {}

    public init(
        pageSize: Int32 = 0, pageToken: String = ""
    ) {
        self.pageSize = pageSize
        self.pageToken = pageToken
    }
}

public struct ListBudgetsResponse: WireMessage {
    public static let messageName = "tally.v1.ListBudgetsResponse"

    /// By unit code.
    public var budgets: [Budget] = []
    /// Token of the next page; empty on the last.
    public var nextPageToken: String = ""

    public init() {}

    public init(
        budgets: [Budget] = [], nextPageToken: String = ""
    ) {
        self.budgets = budgets
        self.nextPageToken = nextPageToken
    }
}

public struct GetBudgetStatusRequest: WireMessage {
    public static let messageName = "tally.v1.GetBudgetStatusRequest"

    /// Default: the current month.
    public var month: Month?

    public init() {}

    public init(
        month: Month? = nil
    ) {
        self.month = month
    }
}

/// How the budgets of one month stand.
public struct BudgetStatusReport: WireMessage {
    public static let messageName = "tally.v1.BudgetStatusReport"

    /// The month that was asked for.
    public var month: Month?
    /// By unit code.
    public var statuses: [BudgetStatus] = []
    /// How complete the figures are.
    public var completeness: Completeness?

    public init() {}

    public init(
        month: Month? = nil, statuses: [BudgetStatus] = [], completeness: Completeness? = nil
    ) {
        self.month = month
        self.statuses = statuses
        self.completeness = completeness
    }
}

/// How one budget stands.
public struct BudgetStatus: WireMessage {
    /// Where spend and forecast stand against the budget.
    public struct State: RawRepresentable, CaseIterable, Hashable, Sendable {
        public let rawValue: Int32

        public init(rawValue: Int32) {
            self.rawValue = rawValue
        }

        /// Never sent.
        public static let unspecified = Self(rawValue: 0)
        /// Spend is within the budget and so is the forecast.
        public static let onTrack = Self(rawValue: 1)
        /// Spend is within the budget, the forecast is not.
        public static let atRisk = Self(rawValue: 2)
        /// Spend is above the budget.
        public static let over = Self(rawValue: 3)

        /// Every value that the contract names, in its order.
        public static let allCases: [Self] = [
            .unspecified, .onTrack, .atRisk, .over,
        ]

        /// The name in the contract; nil for a value that it does not know.
        public var name: String? {
            switch rawValue {
            case 0: "STATE_UNSPECIFIED"
            case 1: "STATE_ON_TRACK"
            case 2: "STATE_AT_RISK"
            case 3: "STATE_OVER"
            default: nil
            }
        }
    }

    public static let messageName = "tally.v1.BudgetStatus"

    /// The budget that this is about.
    public var budget: Budget?
    /// Effective spend of the unit and all below it, each day under the tree of that day. What a
    /// unit is
    /// given after it has ended counts for the one that took over.
    public var spent: Money?
    /// Budget less spend; negative when over.
    public var remaining: Money?
    /// Where spend and forecast stand against the budget.
    public var state: BudgetStatus.State = BudgetStatus.State(rawValue: 0)
    /// Estimate of the whole month, from what today's units below it have spent; absent for months
    /// that
    /// have ended.
    public var forecast: Estimate?

    public init() {}

    public init(
        budget: Budget? = nil, spent: Money? = nil, remaining: Money? = nil,
        state: BudgetStatus.State = BudgetStatus.State(rawValue: 0), forecast: Estimate? = nil
    ) {
        self.budget = budget
        self.spent = spent
        self.remaining = remaining
        self.state = state
        self.forecast = forecast
    }
}

/// An estimate; not for accounting.
public struct Estimate: WireMessage {
    public static let messageName = "tally.v1.Estimate"

    /// Best estimate.
    public var mean: Money?
    /// The truth should lie between these eight times in ten.
    public var low80: Money?
    /// Upper end of that range.
    public var high80: Money?
    /// The truth should lie between these nineteen times in twenty.
    public var low95: Money?
    /// Upper end of that range.
    public var high95: Money?

    public init() {}

    public init(
        mean: Money? = nil, low80: Money? = nil, high80: Money? = nil, low95: Money? = nil,
        high95: Money? = nil
    ) {
        self.mean = mean
        self.low80 = low80
        self.high80 = high80
        self.low95 = low95
        self.high95 = high95
    }
}

public struct GetMonthEndForecastRequest: WireMessage {
    public static let messageName = "tally.v1.GetMonthEndForecastRequest"

    public init() {}
}

/// What the current month will come to. An estimate.
public struct MonthEndForecast: WireMessage {
    public static let messageName = "tally.v1.MonthEndForecast"

    /// The current month in the organization's time zone.
    public var month: Month?
    /// Spent so far this month.
    public var spent: Money?
    /// The whole month, what was spent included.
    public var estimate: Estimate?
    /// Full days of history that it rests on.
    public var historyDays: Int32 = 0
    /// How complete the figures are.
    public var completeness: Completeness?

    public init() {}

    public init(
        month: Month? = nil, spent: Money? = nil, estimate: Estimate? = nil, historyDays: Int32 = 0,
        completeness: Completeness? = nil
    ) {
        self.month = month
        self.spent = spent
        self.estimate = estimate
        self.historyDays = historyDays
        self.completeness = completeness
    }
}

extension Budget {
    public init(
        serialized bytes: UnsafeRawBufferPointer, in arena: MessageArena
    ) throws {
        let descriptor = Self.descriptor
        try DecodeGuard.check(
            bytes, descriptor: descriptor, messageName: Self.messageName)
        let raw = try arena.unpack(
            bytes, as: Tally__V1__Budget.self, descriptor: descriptor,
            messageName: Self.messageName)
        self = try withExtendedLifetime(arena) { try Self(raw) }
    }

    public func packed(in arena: MessageArena) -> PackedMessage {
        PackedMessage(pack(into: arena))
    }

    /// protobuf-c's description of the message, at its own address.
    static var descriptor: UnsafePointer<ProtobufCMessageDescriptor> {
        var raw = Tally__V1__Budget()
        tally__v1__budget__init(&raw)
        return raw.base.descriptor
    }

    /// The value of an unpacked message.
    init(_ raw: UnsafePointer<Tally__V1__Budget>) throws {
        self.id = try MessageArena.string(
            raw.pointee.id, messageName: Self.messageName, field: "id")
        self.unitCode = try MessageArena.string(
            raw.pointee.unit_code, messageName: Self.messageName, field: "unit_code")
        self.monthlyAmount = try raw.pointee.monthly_amount.map { try Money($0) }
        self.updateTime = try raw.pointee.update_time.map { try Timestamp($0) }
    }

    /// The message as protobuf-c packs it; it lives as long as the arena.
    func pack(into arena: MessageArena) -> UnsafeMutablePointer<Tally__V1__Budget> {
        let raw = arena.allocateMessage(Tally__V1__Budget.self)
        tally__v1__budget__init(raw)
        if !self.id.isEmpty {
            raw.pointee.id = arena.copy(self.id)
        }
        if !self.unitCode.isEmpty {
            raw.pointee.unit_code = arena.copy(self.unitCode)
        }
        if let value = self.monthlyAmount {
            raw.pointee.monthly_amount = value.pack(into: arena)
        }
        if let value = self.updateTime {
            raw.pointee.update_time = value.pack(into: arena)
        }
        return raw
    }
}

extension SetBudgetRequest {
    public init(
        serialized bytes: UnsafeRawBufferPointer, in arena: MessageArena
    ) throws {
        let descriptor = Self.descriptor
        try DecodeGuard.check(
            bytes, descriptor: descriptor, messageName: Self.messageName)
        let raw = try arena.unpack(
            bytes, as: Tally__V1__SetBudgetRequest.self, descriptor: descriptor,
            messageName: Self.messageName)
        self = try withExtendedLifetime(arena) { try Self(raw) }
    }

    public func packed(in arena: MessageArena) -> PackedMessage {
        PackedMessage(pack(into: arena))
    }

    /// protobuf-c's description of the message, at its own address.
    static var descriptor: UnsafePointer<ProtobufCMessageDescriptor> {
        var raw = Tally__V1__SetBudgetRequest()
        tally__v1__set_budget_request__init(&raw)
        return raw.base.descriptor
    }

    /// The value of an unpacked message.
    init(_ raw: UnsafePointer<Tally__V1__SetBudgetRequest>) throws {
        self.unitCode = try MessageArena.string(
            raw.pointee.unit_code, messageName: Self.messageName, field: "unit_code")
        self.monthlyAmount = try raw.pointee.monthly_amount.map { try Money($0) }
    }

    /// The message as protobuf-c packs it; it lives as long as the arena.
    func pack(into arena: MessageArena) -> UnsafeMutablePointer<Tally__V1__SetBudgetRequest> {
        let raw = arena.allocateMessage(Tally__V1__SetBudgetRequest.self)
        tally__v1__set_budget_request__init(raw)
        if !self.unitCode.isEmpty {
            raw.pointee.unit_code = arena.copy(self.unitCode)
        }
        if let value = self.monthlyAmount {
            raw.pointee.monthly_amount = value.pack(into: arena)
        }
        return raw
    }
}

extension ListBudgetsRequest {
    public init(
        serialized bytes: UnsafeRawBufferPointer, in arena: MessageArena
    ) throws {
        let descriptor = Self.descriptor
        try DecodeGuard.check(
            bytes, descriptor: descriptor, messageName: Self.messageName)
        let raw = try arena.unpack(
            bytes, as: Tally__V1__ListBudgetsRequest.self, descriptor: descriptor,
            messageName: Self.messageName)
        self = try withExtendedLifetime(arena) { try Self(raw) }
    }

    public func packed(in arena: MessageArena) -> PackedMessage {
        PackedMessage(pack(into: arena))
    }

    /// protobuf-c's description of the message, at its own address.
    static var descriptor: UnsafePointer<ProtobufCMessageDescriptor> {
        var raw = Tally__V1__ListBudgetsRequest()
        tally__v1__list_budgets_request__init(&raw)
        return raw.base.descriptor
    }

    /// The value of an unpacked message.
    init(_ raw: UnsafePointer<Tally__V1__ListBudgetsRequest>) throws {
        self.pageSize = raw.pointee.page_size
        self.pageToken = try MessageArena.string(
            raw.pointee.page_token, messageName: Self.messageName, field: "page_token")
    }

    /// The message as protobuf-c packs it; it lives as long as the arena.
    func pack(into arena: MessageArena) -> UnsafeMutablePointer<Tally__V1__ListBudgetsRequest> {
        let raw = arena.allocateMessage(Tally__V1__ListBudgetsRequest.self)
        tally__v1__list_budgets_request__init(raw)
        raw.pointee.page_size = self.pageSize
        if !self.pageToken.isEmpty {
            raw.pointee.page_token = arena.copy(self.pageToken)
        }
        return raw
    }
}

extension ListBudgetsResponse {
    public init(
        serialized bytes: UnsafeRawBufferPointer, in arena: MessageArena
    ) throws {
        let descriptor = Self.descriptor
        try DecodeGuard.check(
            bytes, descriptor: descriptor, messageName: Self.messageName)
        let raw = try arena.unpack(
            bytes, as: Tally__V1__ListBudgetsResponse.self, descriptor: descriptor,
            messageName: Self.messageName)
        self = try withExtendedLifetime(arena) { try Self(raw) }
    }

    public func packed(in arena: MessageArena) -> PackedMessage {
        PackedMessage(pack(into: arena))
    }

    /// protobuf-c's description of the message, at its own address.
    static var descriptor: UnsafePointer<ProtobufCMessageDescriptor> {
        var raw = Tally__V1__ListBudgetsResponse()
        tally__v1__list_budgets_response__init(&raw)
        return raw.base.descriptor
    }

    /// The value of an unpacked message.
    init(_ raw: UnsafePointer<Tally__V1__ListBudgetsResponse>) throws {
        self.budgets = try MessageArena.values(raw.pointee.budgets, count: raw.pointee.n_budgets) {
            try Budget($0)
        }
        self.nextPageToken = try MessageArena.string(
            raw.pointee.next_page_token, messageName: Self.messageName, field: "next_page_token")
    }

    /// The message as protobuf-c packs it; it lives as long as the arena.
    func pack(into arena: MessageArena) -> UnsafeMutablePointer<Tally__V1__ListBudgetsResponse> {
        let raw = arena.allocateMessage(Tally__V1__ListBudgetsResponse.self)
        tally__v1__list_budgets_response__init(raw)
        if !self.budgets.isEmpty {
            raw.pointee.n_budgets = self.budgets.count
            raw.pointee.budgets = arena.copy(self.budgets) { $0.pack(into: arena) }
        }
        if !self.nextPageToken.isEmpty {
            raw.pointee.next_page_token = arena.copy(self.nextPageToken)
        }
        return raw
    }
}

extension GetBudgetStatusRequest {
    public init(
        serialized bytes: UnsafeRawBufferPointer, in arena: MessageArena
    ) throws {
        let descriptor = Self.descriptor
        try DecodeGuard.check(
            bytes, descriptor: descriptor, messageName: Self.messageName)
        let raw = try arena.unpack(
            bytes, as: Tally__V1__GetBudgetStatusRequest.self, descriptor: descriptor,
            messageName: Self.messageName)
        self = try withExtendedLifetime(arena) { try Self(raw) }
    }

    public func packed(in arena: MessageArena) -> PackedMessage {
        PackedMessage(pack(into: arena))
    }

    /// protobuf-c's description of the message, at its own address.
    static var descriptor: UnsafePointer<ProtobufCMessageDescriptor> {
        var raw = Tally__V1__GetBudgetStatusRequest()
        tally__v1__get_budget_status_request__init(&raw)
        return raw.base.descriptor
    }

    /// The value of an unpacked message.
    init(_ raw: UnsafePointer<Tally__V1__GetBudgetStatusRequest>) throws {
        self.month = try raw.pointee.month.map { try Month($0) }
    }

    /// The message as protobuf-c packs it; it lives as long as the arena.
    func pack(into arena: MessageArena) -> UnsafeMutablePointer<Tally__V1__GetBudgetStatusRequest> {
        let raw = arena.allocateMessage(Tally__V1__GetBudgetStatusRequest.self)
        tally__v1__get_budget_status_request__init(raw)
        if let value = self.month {
            raw.pointee.month = value.pack(into: arena)
        }
        return raw
    }
}

extension BudgetStatusReport {
    public init(
        serialized bytes: UnsafeRawBufferPointer, in arena: MessageArena
    ) throws {
        let descriptor = Self.descriptor
        try DecodeGuard.check(
            bytes, descriptor: descriptor, messageName: Self.messageName)
        let raw = try arena.unpack(
            bytes, as: Tally__V1__BudgetStatusReport.self, descriptor: descriptor,
            messageName: Self.messageName)
        self = try withExtendedLifetime(arena) { try Self(raw) }
    }

    public func packed(in arena: MessageArena) -> PackedMessage {
        PackedMessage(pack(into: arena))
    }

    /// protobuf-c's description of the message, at its own address.
    static var descriptor: UnsafePointer<ProtobufCMessageDescriptor> {
        var raw = Tally__V1__BudgetStatusReport()
        tally__v1__budget_status_report__init(&raw)
        return raw.base.descriptor
    }

    /// The value of an unpacked message.
    init(_ raw: UnsafePointer<Tally__V1__BudgetStatusReport>) throws {
        self.month = try raw.pointee.month.map { try Month($0) }
        self.statuses = try MessageArena.values(raw.pointee.statuses, count: raw.pointee.n_statuses)
        { try BudgetStatus($0) }
        self.completeness = try raw.pointee.completeness.map { try Completeness($0) }
    }

    /// The message as protobuf-c packs it; it lives as long as the arena.
    func pack(into arena: MessageArena) -> UnsafeMutablePointer<Tally__V1__BudgetStatusReport> {
        let raw = arena.allocateMessage(Tally__V1__BudgetStatusReport.self)
        tally__v1__budget_status_report__init(raw)
        if let value = self.month {
            raw.pointee.month = value.pack(into: arena)
        }
        if !self.statuses.isEmpty {
            raw.pointee.n_statuses = self.statuses.count
            raw.pointee.statuses = arena.copy(self.statuses) { $0.pack(into: arena) }
        }
        if let value = self.completeness {
            raw.pointee.completeness = value.pack(into: arena)
        }
        return raw
    }
}

extension BudgetStatus {
    public init(
        serialized bytes: UnsafeRawBufferPointer, in arena: MessageArena
    ) throws {
        let descriptor = Self.descriptor
        try DecodeGuard.check(
            bytes, descriptor: descriptor, messageName: Self.messageName)
        let raw = try arena.unpack(
            bytes, as: Tally__V1__BudgetStatus.self, descriptor: descriptor,
            messageName: Self.messageName)
        self = try withExtendedLifetime(arena) { try Self(raw) }
    }

    public func packed(in arena: MessageArena) -> PackedMessage {
        PackedMessage(pack(into: arena))
    }

    /// protobuf-c's description of the message, at its own address.
    static var descriptor: UnsafePointer<ProtobufCMessageDescriptor> {
        var raw = Tally__V1__BudgetStatus()
        tally__v1__budget_status__init(&raw)
        return raw.base.descriptor
    }

    /// The value of an unpacked message.
    init(_ raw: UnsafePointer<Tally__V1__BudgetStatus>) throws {
        self.budget = try raw.pointee.budget.map { try Budget($0) }
        self.spent = try raw.pointee.spent.map { try Money($0) }
        self.remaining = try raw.pointee.remaining.map { try Money($0) }
        self.state = BudgetStatus.State(
            rawValue: Int32(truncatingIfNeeded: raw.pointee.state.rawValue))
        self.forecast = try raw.pointee.forecast.map { try Estimate($0) }
    }

    /// The message as protobuf-c packs it; it lives as long as the arena.
    func pack(into arena: MessageArena) -> UnsafeMutablePointer<Tally__V1__BudgetStatus> {
        let raw = arena.allocateMessage(Tally__V1__BudgetStatus.self)
        tally__v1__budget_status__init(raw)
        if let value = self.budget {
            raw.pointee.budget = value.pack(into: arena)
        }
        if let value = self.spent {
            raw.pointee.spent = value.pack(into: arena)
        }
        if let value = self.remaining {
            raw.pointee.remaining = value.pack(into: arena)
        }
        raw.pointee.state = .init(rawValue: .init(truncatingIfNeeded: self.state.rawValue))
        if let value = self.forecast {
            raw.pointee.forecast = value.pack(into: arena)
        }
        return raw
    }
}

extension Estimate {
    public init(
        serialized bytes: UnsafeRawBufferPointer, in arena: MessageArena
    ) throws {
        let descriptor = Self.descriptor
        try DecodeGuard.check(
            bytes, descriptor: descriptor, messageName: Self.messageName)
        let raw = try arena.unpack(
            bytes, as: Tally__V1__Estimate.self, descriptor: descriptor,
            messageName: Self.messageName)
        self = try withExtendedLifetime(arena) { try Self(raw) }
    }

    public func packed(in arena: MessageArena) -> PackedMessage {
        PackedMessage(pack(into: arena))
    }

    /// protobuf-c's description of the message, at its own address.
    static var descriptor: UnsafePointer<ProtobufCMessageDescriptor> {
        var raw = Tally__V1__Estimate()
        tally__v1__estimate__init(&raw)
        return raw.base.descriptor
    }

    /// The value of an unpacked message.
    init(_ raw: UnsafePointer<Tally__V1__Estimate>) throws {
        self.mean = try raw.pointee.mean.map { try Money($0) }
        self.low80 = try raw.pointee.low_80.map { try Money($0) }
        self.high80 = try raw.pointee.high_80.map { try Money($0) }
        self.low95 = try raw.pointee.low_95.map { try Money($0) }
        self.high95 = try raw.pointee.high_95.map { try Money($0) }
    }

    /// The message as protobuf-c packs it; it lives as long as the arena.
    func pack(into arena: MessageArena) -> UnsafeMutablePointer<Tally__V1__Estimate> {
        let raw = arena.allocateMessage(Tally__V1__Estimate.self)
        tally__v1__estimate__init(raw)
        if let value = self.mean {
            raw.pointee.mean = value.pack(into: arena)
        }
        if let value = self.low80 {
            raw.pointee.low_80 = value.pack(into: arena)
        }
        if let value = self.high80 {
            raw.pointee.high_80 = value.pack(into: arena)
        }
        if let value = self.low95 {
            raw.pointee.low_95 = value.pack(into: arena)
        }
        if let value = self.high95 {
            raw.pointee.high_95 = value.pack(into: arena)
        }
        return raw
    }
}

extension GetMonthEndForecastRequest {
    public init(
        serialized bytes: UnsafeRawBufferPointer, in arena: MessageArena
    ) throws {
        let descriptor = Self.descriptor
        try DecodeGuard.check(
            bytes, descriptor: descriptor, messageName: Self.messageName)
        let raw = try arena.unpack(
            bytes, as: Tally__V1__GetMonthEndForecastRequest.self, descriptor: descriptor,
            messageName: Self.messageName)
        self = try withExtendedLifetime(arena) { try Self(raw) }
    }

    public func packed(in arena: MessageArena) -> PackedMessage {
        PackedMessage(pack(into: arena))
    }

    /// protobuf-c's description of the message, at its own address.
    static var descriptor: UnsafePointer<ProtobufCMessageDescriptor> {
        var raw = Tally__V1__GetMonthEndForecastRequest()
        tally__v1__get_month_end_forecast_request__init(&raw)
        return raw.base.descriptor
    }

    /// The value of an unpacked message.
    init(_ raw: UnsafePointer<Tally__V1__GetMonthEndForecastRequest>) throws {
    }

    /// The message as protobuf-c packs it; it lives as long as the arena.
    func pack(into arena: MessageArena) -> UnsafeMutablePointer<
        Tally__V1__GetMonthEndForecastRequest
    > {
        let raw = arena.allocateMessage(Tally__V1__GetMonthEndForecastRequest.self)
        tally__v1__get_month_end_forecast_request__init(raw)
        return raw
    }
}

extension MonthEndForecast {
    public init(
        serialized bytes: UnsafeRawBufferPointer, in arena: MessageArena
    ) throws {
        let descriptor = Self.descriptor
        try DecodeGuard.check(
            bytes, descriptor: descriptor, messageName: Self.messageName)
        let raw = try arena.unpack(
            bytes, as: Tally__V1__MonthEndForecast.self, descriptor: descriptor,
            messageName: Self.messageName)
        self = try withExtendedLifetime(arena) { try Self(raw) }
    }

    public func packed(in arena: MessageArena) -> PackedMessage {
        PackedMessage(pack(into: arena))
    }

    /// protobuf-c's description of the message, at its own address.
    static var descriptor: UnsafePointer<ProtobufCMessageDescriptor> {
        var raw = Tally__V1__MonthEndForecast()
        tally__v1__month_end_forecast__init(&raw)
        return raw.base.descriptor
    }

    /// The value of an unpacked message.
    init(_ raw: UnsafePointer<Tally__V1__MonthEndForecast>) throws {
        self.month = try raw.pointee.month.map { try Month($0) }
        self.spent = try raw.pointee.spent.map { try Money($0) }
        self.estimate = try raw.pointee.estimate.map { try Estimate($0) }
        self.historyDays = raw.pointee.history_days
        self.completeness = try raw.pointee.completeness.map { try Completeness($0) }
    }

    /// The message as protobuf-c packs it; it lives as long as the arena.
    func pack(into arena: MessageArena) -> UnsafeMutablePointer<Tally__V1__MonthEndForecast> {
        let raw = arena.allocateMessage(Tally__V1__MonthEndForecast.self)
        tally__v1__month_end_forecast__init(raw)
        if let value = self.month {
            raw.pointee.month = value.pack(into: arena)
        }
        if let value = self.spent {
            raw.pointee.spent = value.pack(into: arena)
        }
        if let value = self.estimate {
            raw.pointee.estimate = value.pack(into: arena)
        }
        raw.pointee.history_days = self.historyDays
        if let value = self.completeness {
            raw.pointee.completeness = value.pack(into: arena)
        }
        return raw
    }
}

/// What units may spend, what they have spent, and where the month will end.
public enum BudgetingServiceMethods {
    /// Sets the monthly budget of a business unit, from now on; one that exists is replaced.
    public enum SetBudget: RPCMethod {
        public typealias Request = SetBudgetRequest
        public typealias Response = Budget
        public static let name = "tally.v1.BudgetingService/SetBudget"
        public static let kind = CallKind.unary
    }

    /// The organization's budgets by unit.
    public enum ListBudgets: RPCMethod {
        public typealias Request = ListBudgetsRequest
        public typealias Response = ListBudgetsResponse
        public static let name = "tally.v1.BudgetingService/ListBudgets"
        public static let kind = CallKind.unary
        public static let idempotency = IdempotencyLevel.noSideEffects
    }

    /// Budget, spend and forecast of every unit that has a budget. Callers who are limited to some
    /// units
    /// are shown those that stand below them today and stood there on every day of the month: a
    /// month's
    /// budget says nothing of a part of its spend. A forecast is left out where a unit below was
    /// elsewhere
    /// on a day that it would be made of.
    public enum GetBudgetStatus: RPCMethod {
        public typealias Request = GetBudgetStatusRequest
        public typealias Response = BudgetStatusReport
        public static let name = "tally.v1.BudgetingService/GetBudgetStatus"
        public static let kind = CallKind.unary
        public static let idempotency = IdempotencyLevel.noSideEffects
    }

    /// What the organization's current month will come to, or what of it is the units' that the
    /// caller is
    /// limited to: each for the days on which it stands below them. An estimate.
    public enum GetMonthEndForecast: RPCMethod {
        public typealias Request = GetMonthEndForecastRequest
        public typealias Response = MonthEndForecast
        public static let name = "tally.v1.BudgetingService/GetMonthEndForecast"
        public static let kind = CallKind.unary
        public static let idempotency = IdempotencyLevel.noSideEffects
    }
}
