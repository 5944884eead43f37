package import Core
package import Domain
package import Encryption

/// One metered call as its sender told it, checked and in the domain's words.
package struct LedgerEvent: Hashable, Sendable {
    /// Unique per organization and source.
    package var id: String
    package var time: Instant
    /// The source among them is the feed that the event comes from.
    package private(set) var shared: SharedDimensions
    package var quantities: UsageQuantities
    package var state: UsageState
    package var status: EventStatus
    /// Total tokens as the provider gives them; 0 where unknown.
    package var totalTokens: Int64
    package var latencyMilliseconds: Int64
    package var attempt: Int32
    package var session: String
    package var run: String
    /// Nil where the provider said nothing of it.
    package var providerCost: ProviderCost?
    /// What the provider calls the call; empty where the sender does not say.
    package var providerRequestID: String

    package init(
        id: String, time: Instant, dimensions: DimensionSet,
        quantities: UsageQuantities = UsageQuantities(), state: UsageState = .reported,
        status: EventStatus = .ok, totalTokens: Int64 = 0, latencyMilliseconds: Int64 = 0,
        attempt: Int32 = 0, session: String = "", run: String = "",
        providerCost: ProviderCost? = nil, providerRequestID: String = ""
    ) {
        self.init(
            id: id, time: time, shared: SharedDimensions(dimensions), quantities: quantities,
            state: state, status: status, totalTokens: totalTokens,
            latencyMilliseconds: latencyMilliseconds, attempt: attempt, session: session, run: run,
            providerCost: providerCost, providerRequestID: providerRequestID)
    }

    package init(
        id: String, time: Instant, shared: SharedDimensions, quantities: UsageQuantities,
        state: UsageState, status: EventStatus, totalTokens: Int64, latencyMilliseconds: Int64,
        attempt: Int32, session: String, run: String, providerCost: ProviderCost? = nil,
        providerRequestID: String = ""
    ) {
        self.id = id
        self.time = time
        self.shared = shared
        self.quantities = quantities
        self.state = state
        self.status = status
        self.totalTokens = totalTokens
        self.latencyMilliseconds = latencyMilliseconds
        self.attempt = attempt
        self.session = session
        self.run = run
        self.providerCost = providerCost
        self.providerRequestID = providerRequestID
    }

    package var dimensions: DimensionSet {
        get { shared.set }
        set { shared = SharedDimensions(newValue) }
    }

    package var source: String { shared.set.source }

    package var usage: UsageToPrice {
        UsageToPrice(
            dimensions, granularity: .request, time: time, quantities: quantities, state: state)
    }

    /// Every field the sender gave but the id, in one unambiguous form: what tells a repeated
    /// event from another one with the same id. The order of quantities and tags is no content, nor
    /// whether the quantities came as a provider's usage object: what it says is.
    func appendContent(
        to bytes: inout [UInt8], by hasher: inout SHA256Hasher, under keys: any PersonalFieldKeys
    ) throws {
        appendFields(to: &bytes, version: shared.hasUser ? "3;" : "2;")
        try shared.appendHash(to: &bytes, by: &hasher, under: keys)
    }

    /// The form that events with a user had before, with a hash of the dimensions that is made without keys.
    func appendUnkeyedContent(
        to bytes: inout [UInt8], by hasher: inout SHA256Hasher
    ) throws(EncryptionError) {
        appendFields(to: &bytes, version: "2;")
        bytes.append(contentsOf: try shared.unkeyedHash(by: &hasher))
    }

    /// The form before that, with every dimension's text instead of their hash.
    func appendTextContent(to bytes: inout [UInt8]) {
        appendFields(to: &bytes, version: "1;")
        shared.set.appendCanonicalText(to: &bytes)
    }

    private func appendFields(to bytes: inout [UInt8], version: String) {
        bytes.append(byteCountMax: fieldsByteCountMax) { text in
            text.append(version)
            Self.append(time.microseconds, to: &text)
            Self.append(Int64(state.rawValue), to: &text)
            Self.append(Int64(status.rawValue), to: &text)
            Self.append(totalTokens, to: &text)
            Self.append(latencyMilliseconds, to: &text)
            Self.append(Int64(attempt), to: &text)
            quantities.forEach { quantityClass, amount in
                text.append(quantityClass.rawValue)
                text.append(UInt8(ascii: "="))
                text.append(decimal: amount)
                text.append(UInt8(ascii: ","))
            }
            Self.append(session, to: &text)
            Self.append(run, to: &text)
            text.append(UInt8(ascii: ";"))
            if let providerCost {
                Self.append(providerCost.picos, to: &text)
                text.append(providerCost.currency.code)
            }
            if !providerRequestID.isEmpty { Self.append(providerRequestID, to: &text) }
        }
    }

    /// As many bytes as the fields take at most, with a version of two.
    private var fieldsByteCountMax: Int {
        // A number or a text's length with what is before and behind it.
        let number = ContentWriter.numberByteCountMax + 2
        let texts = session.utf8.count + run.utf8.count + providerRequestID.utf8.count
        let tokens =
            QuantityClass.tokenClasses.count * (QuantityClass.tokenNameByteCountMax + number)
        let others = quantities.otherQuantities.reduce(0) {
            $0 + $1.quantityClass.rawValue.utf8.count + number
        }
        let cost = providerCost.map { number + $0.currency.code.utf8.count } ?? 0
        return 2 + 6 * number + tokens + others + 3 * number + texts + 1 + cost
    }

    private static func append(_ number: Int64, to text: inout ContentWriter) {
        text.append(decimal: number)
        text.append(UInt8(ascii: ";"))
    }

    private static func append(_ field: String, to text: inout ContentWriter) {
        text.append(UInt8(ascii: ";"))
        text.append(decimal: Int64(field.utf8.count))
        text.append(UInt8(ascii: ":"))
        text.append(field)
    }
}

/// An event with what it costs, and what it is known again by. A class, since an event has a dozen parts
/// that are counted, and goes through many hands.
package final class PricedEvent: Sendable {
    package let event: LedgerEvent
    /// What it counts under: its dimensions, and what rules derive of them. No content of the event: it is
    /// the same event, and no conflict, when it comes again under other rules.
    let attributed: SharedDimensions
    package let cost: Cost
    let key: EntryKey
    /// Of the call; nil where its provider's request id is not known.
    let call: EntryKey?
    /// Stands among the event's dimensions beside those that the sender gave. No content of the event:
    /// what a price says must not make a repeated event a conflict.
    let contextTier: String
    /// Of the prices that it was priced by.
    let catalogueVersion: Int64

    /// `AMOUNT_OUT_OF_RANGE` where the cost is beyond what an entry holds.
    /// - Parameters:
    ///   - attributed: nil where rules derive nothing.
    ///   - keys: the organization's, which events with a user are known again by.
    package init(
        _ event: consuming LedgerEvent, attributed: SharedDimensions? = nil,
        pricer: inout EventPricer, hasher: inout EntryHasher, keys: any PersonalFieldKeys
    ) throws(ServiceError) {
        self.attributed = attributed ?? event.shared
        let priced = try pricer.price(event)
        cost = priced.cost
        contextTier = priced.contextTier
        catalogueVersion = pricer.catalogueVersion
        if Mutant.takeDerivedAsSent.isActive {
            var derived = copy event
            derived.dimensions = self.attributed.set
            key = try hasher.key(of: derived, under: keys)
        } else {
            key = try hasher.key(of: event, under: keys)
        }
        call = try hasher.call(of: event)
        // Last, so that it is moved here: a copy would count its references.
        self.event = event
    }

    /// For few: what many share is worked out for each.
    package convenience init(
        _ event: LedgerEvent, attributed: SharedDimensions? = nil, calculator: CostCalculator,
        keys: any PersonalFieldKeys
    ) throws(ServiceError) {
        var hasher = try EntryHasher()
        var pricer = EventPricer(calculator: calculator)
        try self.init(
            event, attributed: attributed, pricer: &pricer, hasher: &hasher, keys: keys)
    }

    /// The same event at other prices.
    /// - Throws: as `EventPricer.price`.
    package init(_ before: PricedEvent, pricedAnewBy pricer: inout EventPricer) throws(ServiceError)
    {
        event = before.event
        attributed = before.attributed
        let priced = try pricer.price(event)
        cost = priced.cost
        contextTier = priced.contextTier
        catalogueVersion = pricer.catalogueVersion
        key = before.key
        call = before.call
    }

    /// Whether it counts under a user.
    package var hasUser: Bool { !attributed.set.user.isEmpty }

    /// Of its price: the catalogue is in US dollars.
    var currency: Currency { .usd }
}

/// What became of one event.
package enum EventOutcome: Hashable, Sendable {
    case accepted(isUnpriced: Bool)
    /// Recorded and taken back: another source counts of the same call.
    case suppressed(isUnpriced: Bool)
    /// Recorded before with the same content; counted once.
    case duplicate
    /// Recorded before with other content; this one is stored nowhere.
    case conflict
}
