// Written by tally-generator. Change proto/ and run deploy/scripts/generate.sh.
// Source: tally/v1/common.proto

import CMessages
import CProtobufC
public import Wire

/// Which record a figure rests on.
public struct Basis: RawRepresentable, CaseIterable, Hashable, Sendable {
    public let rawValue: Int32

    public init(rawValue: Int32) {
        self.rawValue = rawValue
    }

    /// Same as BASIS_EFFECTIVE.
    public static let unspecified = Self(rawValue: 0)
    /// Billed where the bill is final, metered where it is not yet.
    public static let effective = Self(rawValue: 1)
    /// Quantities times catalogue prices: events, and the provider's usage where it exceeds them.
    public static let metered = Self(rawValue: 2)
    /// What providers charge, final or not.
    public static let billed = Self(rawValue: 3)

    /// Every value that the contract names, in its order.
    public static let allCases: [Self] = [
        .unspecified, .effective, .metered, .billed,
    ]

    /// The name in the contract; nil for a value that it does not know.
    public var name: String? {
        switch rawValue {
        case 0: "BASIS_UNSPECIFIED"
        case 1: "BASIS_EFFECTIVE"
        case 2: "BASIS_METERED"
        case 3: "BASIS_BILLED"
        default: nil
        }
    }
}

/// An exact amount of one currency.
public struct Money: WireMessage {
    public static let messageName = "tally.v1.Money"

    /// Decimal number with up to 12 places, such as "-1.250000000001"; never in exponent form.
    public var amount: String = ""
    /// ISO 4217, upper case, such as "USD".
    public var currencyCode: String = ""

    public init() {}

    public init(
        amount: String = "", currencyCode: String = ""
    ) {
        self.amount = amount
        self.currencyCode = currencyCode
    }
}

/// A calendar month in the organization's time zone.
public struct Month: WireMessage {
    public static let messageName = "tally.v1.Month"

    /// 1970 to 9999.
    public var year: Int32 = 0
    /// 1 to 12.
    public var month: Int32 = 0

    public init() {}

    public init(
        year: Int32 = 0, month: Int32 = 0
    ) {
        self.year = year
        self.month = month
    }
}

/// A calendar day in the organization's time zone.
public struct Date: WireMessage {
    public static let messageName = "tally.v1.Date"

    /// 1970 to 9999.
    public var year: Int32 = 0
    /// 1 to 12.
    public var month: Int32 = 0
    /// 1 to 31.
    public var day: Int32 = 0

    public init() {}

    public init(
        year: Int32 = 0, month: Int32 = 0, day: Int32 = 0
    ) {
        self.year = year
        self.month = month
        self.day = day
    }
}

/// How complete a figure is. No answer carries money without it.
public struct Completeness: WireMessage {
    public static let messageName = "tally.v1.Completeness"

    /// The basis that was used.
    public var basis: Basis = Basis(rawValue: 0)
    /// Every source's figures are final before this instant; absent where none is final yet.
    public var finalThrough: Timestamp?
    /// True while any part may still change.
    public var provisional: Bool = false
    /// Entries without a price; they count nothing in the money. Like all that follows but known_at
    /// and
    /// price_catalogue, it is about the whole organization: callers who are limited to some units
    /// (of_some_units) are told 0.
    public var unpricedEntries: Int64 = 0
    /// Tokens of those entries; 0 as above.
    public var unpricedTokens: Int64 = 0
    /// What no allocation rule gave to a business unit, in the report's currency; absent as above.
    public var unallocated: Money?
    /// When each source was last read, by name; none as above.
    public var sources: [SourceFreshness] = []
    /// Ledger as known at this instant. Where the request has a known_at, the same is answered
    /// whenever it is asked
    /// with this one. Up to 10 seconds before the call, where something was recorded then.
    public var knownAt: Timestamp?
    /// True for callers who are limited to some units: what is about the whole organization is not
    /// told.
    public var ofSomeUnits: Bool = false
    /// The newest price catalogue that the server knew, at most 30 seconds behind: the last price
    /// file that was good.
    /// Amounts may be by older ones, by contracts or by bills. Absent before the first import, and
    /// where nothing was
    /// looked at.
    public var priceCatalogue: PriceCatalogueVersion?

    public init() {}

    public init(
        basis: Basis = Basis(rawValue: 0), finalThrough: Timestamp? = nil,
        provisional: Bool = false, unpricedEntries: Int64 = 0, unpricedTokens: Int64 = 0,
        unallocated: Money? = nil, sources: [SourceFreshness] = [], knownAt: Timestamp? = nil,
        ofSomeUnits: Bool = false, priceCatalogue: PriceCatalogueVersion? = nil
    ) {
        self.basis = basis
        self.finalThrough = finalThrough
        self.provisional = provisional
        self.unpricedEntries = unpricedEntries
        self.unpricedTokens = unpricedTokens
        self.unallocated = unallocated
        self.sources = sources
        self.knownAt = knownAt
        self.ofSomeUnits = ofSomeUnits
        self.priceCatalogue = priceCatalogue
    }
}

/// A price catalogue. Entries that were priced before it keep the prices of their time.
public struct PriceCatalogueVersion: WireMessage {
    public static let messageName = "tally.v1.PriceCatalogueVersion"

    /// Number of the import that made it, as GetPrice and `tally prices show` name it.
    public var version: Int64 = 0
    /// Of which day its file was; absent where nobody said.
    public var asOf: Date?
    /// Since when it is the newest: when it was imported.
    public var importTime: Timestamp?

    public init() {}

    public init(
        version: Int64 = 0, asOf: Date? = nil, importTime: Timestamp? = nil
    ) {
        self.version = version
        self.asOf = asOf
        self.importTime = importTime
    }
}

/// When one source was last read.
public struct SourceFreshness: WireMessage {
    public static let messageName = "tally.v1.SourceFreshness"

    /// A connection's display name, or the `source` of ingested events.
    public var source: String = ""
    /// Last successful read or last event recorded.
    public var lastReadAt: Timestamp?
    /// Data before this instant is final; absent where unknown.
    public var finalThrough: Timestamp?

    public init() {}

    public init(
        source: String = "", lastReadAt: Timestamp? = nil, finalThrough: Timestamp? = nil
    ) {
        self.source = source
        self.lastReadAt = lastReadAt
        self.finalThrough = finalThrough
    }
}

extension Money {
    public init(
        serialized bytes: UnsafeRawBufferPointer, in arena: MessageArena
    ) throws {
        let descriptor = Self.descriptor
        try DecodeGuard.check(
            bytes, descriptor: descriptor, messageName: Self.messageName)
        let raw = try arena.unpack(
            bytes, as: Tally__V1__Money.self, descriptor: descriptor,
            messageName: Self.messageName)
        self = try withExtendedLifetime(arena) { try Self(raw) }
    }

    public func packed(in arena: MessageArena) -> PackedMessage {
        PackedMessage(pack(into: arena))
    }

    /// protobuf-c's description of the message, at its own address.
    static var descriptor: UnsafePointer<ProtobufCMessageDescriptor> {
        var raw = Tally__V1__Money()
        tally__v1__money__init(&raw)
        return raw.base.descriptor
    }

    /// The value of an unpacked message.
    init(_ raw: UnsafePointer<Tally__V1__Money>) throws {
        self.amount = try MessageArena.string(
            raw.pointee.amount, messageName: Self.messageName, field: "amount")
        self.currencyCode = try MessageArena.string(
            raw.pointee.currency_code, messageName: Self.messageName, field: "currency_code")
    }

    /// The message as protobuf-c packs it; it lives as long as the arena.
    func pack(into arena: MessageArena) -> UnsafeMutablePointer<Tally__V1__Money> {
        let raw = arena.allocateMessage(Tally__V1__Money.self)
        tally__v1__money__init(raw)
        if !self.amount.isEmpty {
            raw.pointee.amount = arena.copy(self.amount)
        }
        if !self.currencyCode.isEmpty {
            raw.pointee.currency_code = arena.copy(self.currencyCode)
        }
        return raw
    }
}

extension Month {
    public init(
        serialized bytes: UnsafeRawBufferPointer, in arena: MessageArena
    ) throws {
        let descriptor = Self.descriptor
        try DecodeGuard.check(
            bytes, descriptor: descriptor, messageName: Self.messageName)
        let raw = try arena.unpack(
            bytes, as: Tally__V1__Month.self, descriptor: descriptor,
            messageName: Self.messageName)
        self = try withExtendedLifetime(arena) { try Self(raw) }
    }

    public func packed(in arena: MessageArena) -> PackedMessage {
        PackedMessage(pack(into: arena))
    }

    /// protobuf-c's description of the message, at its own address.
    static var descriptor: UnsafePointer<ProtobufCMessageDescriptor> {
        var raw = Tally__V1__Month()
        tally__v1__month__init(&raw)
        return raw.base.descriptor
    }

    /// The value of an unpacked message.
    init(_ raw: UnsafePointer<Tally__V1__Month>) throws {
        self.year = raw.pointee.year
        self.month = raw.pointee.month
    }

    /// The message as protobuf-c packs it; it lives as long as the arena.
    func pack(into arena: MessageArena) -> UnsafeMutablePointer<Tally__V1__Month> {
        let raw = arena.allocateMessage(Tally__V1__Month.self)
        tally__v1__month__init(raw)
        raw.pointee.year = self.year
        raw.pointee.month = self.month
        return raw
    }
}

extension Date {
    public init(
        serialized bytes: UnsafeRawBufferPointer, in arena: MessageArena
    ) throws {
        let descriptor = Self.descriptor
        try DecodeGuard.check(
            bytes, descriptor: descriptor, messageName: Self.messageName)
        let raw = try arena.unpack(
            bytes, as: Tally__V1__Date.self, descriptor: descriptor,
            messageName: Self.messageName)
        self = try withExtendedLifetime(arena) { try Self(raw) }
    }

    public func packed(in arena: MessageArena) -> PackedMessage {
        PackedMessage(pack(into: arena))
    }

    /// protobuf-c's description of the message, at its own address.
    static var descriptor: UnsafePointer<ProtobufCMessageDescriptor> {
        var raw = Tally__V1__Date()
        tally__v1__date__init(&raw)
        return raw.base.descriptor
    }

    /// The value of an unpacked message.
    init(_ raw: UnsafePointer<Tally__V1__Date>) throws {
        self.year = raw.pointee.year
        self.month = raw.pointee.month
        self.day = raw.pointee.day
    }

    /// The message as protobuf-c packs it; it lives as long as the arena.
    func pack(into arena: MessageArena) -> UnsafeMutablePointer<Tally__V1__Date> {
        let raw = arena.allocateMessage(Tally__V1__Date.self)
        tally__v1__date__init(raw)
        raw.pointee.year = self.year
        raw.pointee.month = self.month
        raw.pointee.day = self.day
        return raw
    }
}

extension Completeness {
    public init(
        serialized bytes: UnsafeRawBufferPointer, in arena: MessageArena
    ) throws {
        let descriptor = Self.descriptor
        try DecodeGuard.check(
            bytes, descriptor: descriptor, messageName: Self.messageName)
        let raw = try arena.unpack(
            bytes, as: Tally__V1__Completeness.self, descriptor: descriptor,
            messageName: Self.messageName)
        self = try withExtendedLifetime(arena) { try Self(raw) }
    }

    public func packed(in arena: MessageArena) -> PackedMessage {
        PackedMessage(pack(into: arena))
    }

    /// protobuf-c's description of the message, at its own address.
    static var descriptor: UnsafePointer<ProtobufCMessageDescriptor> {
        var raw = Tally__V1__Completeness()
        tally__v1__completeness__init(&raw)
        return raw.base.descriptor
    }

    /// The value of an unpacked message.
    init(_ raw: UnsafePointer<Tally__V1__Completeness>) throws {
        self.basis = Basis(rawValue: Int32(truncatingIfNeeded: raw.pointee.basis.rawValue))
        self.finalThrough = try raw.pointee.final_through.map { try Timestamp($0) }
        self.provisional = raw.pointee.provisional != 0
        self.unpricedEntries = raw.pointee.unpriced_entries
        self.unpricedTokens = raw.pointee.unpriced_tokens
        self.unallocated = try raw.pointee.unallocated.map { try Money($0) }
        self.sources = try MessageArena.values(raw.pointee.sources, count: raw.pointee.n_sources) {
            try SourceFreshness($0)
        }
        self.knownAt = try raw.pointee.known_at.map { try Timestamp($0) }
        self.ofSomeUnits = raw.pointee.of_some_units != 0
        self.priceCatalogue = try raw.pointee.price_catalogue.map { try PriceCatalogueVersion($0) }
    }

    /// The message as protobuf-c packs it; it lives as long as the arena.
    func pack(into arena: MessageArena) -> UnsafeMutablePointer<Tally__V1__Completeness> {
        let raw = arena.allocateMessage(Tally__V1__Completeness.self)
        tally__v1__completeness__init(raw)
        raw.pointee.basis = .init(rawValue: .init(truncatingIfNeeded: self.basis.rawValue))
        if let value = self.finalThrough {
            raw.pointee.final_through = value.pack(into: arena)
        }
        raw.pointee.provisional = self.provisional ? 1 : 0
        raw.pointee.unpriced_entries = self.unpricedEntries
        raw.pointee.unpriced_tokens = self.unpricedTokens
        if let value = self.unallocated {
            raw.pointee.unallocated = value.pack(into: arena)
        }
        if !self.sources.isEmpty {
            raw.pointee.n_sources = self.sources.count
            raw.pointee.sources = arena.copy(self.sources) { $0.pack(into: arena) }
        }
        if let value = self.knownAt {
            raw.pointee.known_at = value.pack(into: arena)
        }
        raw.pointee.of_some_units = self.ofSomeUnits ? 1 : 0
        if let value = self.priceCatalogue {
            raw.pointee.price_catalogue = value.pack(into: arena)
        }
        return raw
    }
}

extension PriceCatalogueVersion {
    public init(
        serialized bytes: UnsafeRawBufferPointer, in arena: MessageArena
    ) throws {
        let descriptor = Self.descriptor
        try DecodeGuard.check(
            bytes, descriptor: descriptor, messageName: Self.messageName)
        let raw = try arena.unpack(
            bytes, as: Tally__V1__PriceCatalogueVersion.self, descriptor: descriptor,
            messageName: Self.messageName)
        self = try withExtendedLifetime(arena) { try Self(raw) }
    }

    public func packed(in arena: MessageArena) -> PackedMessage {
        PackedMessage(pack(into: arena))
    }

    /// protobuf-c's description of the message, at its own address.
    static var descriptor: UnsafePointer<ProtobufCMessageDescriptor> {
        var raw = Tally__V1__PriceCatalogueVersion()
        tally__v1__price_catalogue_version__init(&raw)
        return raw.base.descriptor
    }

    /// The value of an unpacked message.
    init(_ raw: UnsafePointer<Tally__V1__PriceCatalogueVersion>) throws {
        self.version = raw.pointee.version
        self.asOf = try raw.pointee.as_of.map { try Date($0) }
        self.importTime = try raw.pointee.import_time.map { try Timestamp($0) }
    }

    /// The message as protobuf-c packs it; it lives as long as the arena.
    func pack(into arena: MessageArena) -> UnsafeMutablePointer<Tally__V1__PriceCatalogueVersion> {
        let raw = arena.allocateMessage(Tally__V1__PriceCatalogueVersion.self)
        tally__v1__price_catalogue_version__init(raw)
        raw.pointee.version = self.version
        if let value = self.asOf {
            raw.pointee.as_of = value.pack(into: arena)
        }
        if let value = self.importTime {
            raw.pointee.import_time = value.pack(into: arena)
        }
        return raw
    }
}

extension SourceFreshness {
    public init(
        serialized bytes: UnsafeRawBufferPointer, in arena: MessageArena
    ) throws {
        let descriptor = Self.descriptor
        try DecodeGuard.check(
            bytes, descriptor: descriptor, messageName: Self.messageName)
        let raw = try arena.unpack(
            bytes, as: Tally__V1__SourceFreshness.self, descriptor: descriptor,
            messageName: Self.messageName)
        self = try withExtendedLifetime(arena) { try Self(raw) }
    }

    public func packed(in arena: MessageArena) -> PackedMessage {
        PackedMessage(pack(into: arena))
    }

    /// protobuf-c's description of the message, at its own address.
    static var descriptor: UnsafePointer<ProtobufCMessageDescriptor> {
        var raw = Tally__V1__SourceFreshness()
        tally__v1__source_freshness__init(&raw)
        return raw.base.descriptor
    }

    /// The value of an unpacked message.
    init(_ raw: UnsafePointer<Tally__V1__SourceFreshness>) throws {
        self.source = try MessageArena.string(
            raw.pointee.source, messageName: Self.messageName, field: "source")
        self.lastReadAt = try raw.pointee.last_read_at.map { try Timestamp($0) }
        self.finalThrough = try raw.pointee.final_through.map { try Timestamp($0) }
    }

    /// The message as protobuf-c packs it; it lives as long as the arena.
    func pack(into arena: MessageArena) -> UnsafeMutablePointer<Tally__V1__SourceFreshness> {
        let raw = arena.allocateMessage(Tally__V1__SourceFreshness.self)
        tally__v1__source_freshness__init(raw)
        if !self.source.isEmpty {
            raw.pointee.source = arena.copy(self.source)
        }
        if let value = self.lastReadAt {
            raw.pointee.last_read_at = value.pack(into: arena)
        }
        if let value = self.finalThrough {
            raw.pointee.final_through = value.pack(into: arena)
        }
        return raw
    }
}
