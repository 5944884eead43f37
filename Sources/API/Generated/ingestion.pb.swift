// Written by tally-generator. Change proto/ and run deploy/scripts/generate.sh.
// Source: tally/v1/ingestion.proto

import CMessages
import CProtobufC
public import Wire

/// How the call that an event tells of ended.
public struct EventStatus: RawRepresentable, CaseIterable, Hashable, Sendable {
    public let rawValue: Int32

    public init(rawValue: Int32) {
        self.rawValue = rawValue
    }

    /// Same as EVENT_STATUS_OK.
    public static let unspecified = Self(rawValue: 0)
    /// The call succeeded.
    public static let ok = Self(rawValue: 1)
    /// The provider answered with an error.
    public static let error = Self(rawValue: 2)
    /// The answer was broken off.
    public static let aborted = Self(rawValue: 3)

    /// Every value that the contract names, in its order.
    public static let allCases: [Self] = [
        .unspecified, .ok, .error, .aborted,
    ]

    /// The name in the contract; nil for a value that it does not know.
    public var name: String? {
        switch rawValue {
        case 0: "EVENT_STATUS_UNSPECIFIED"
        case 1: "EVENT_STATUS_OK"
        case 2: "EVENT_STATUS_ERROR"
        case 3: "EVENT_STATUS_ABORTED"
        default: nil
        }
    }
}

/// What is known of an event's quantities.
public struct UsageState: RawRepresentable, CaseIterable, Hashable, Sendable {
    public let rawValue: Int32

    public init(rawValue: Int32) {
        self.rawValue = rawValue
    }

    /// Same as USAGE_STATE_REPORTED.
    public static let unspecified = Self(rawValue: 0)
    /// The quantities are what the provider reported; none means an explicit zero.
    public static let reported = Self(rawValue: 1)
    /// The provider reported only part of them.
    public static let partial = Self(rawValue: 2)
    /// The provider reported no usage; quantities must be empty.
    public static let missing = Self(rawValue: 3)

    /// Every value that the contract names, in its order.
    public static let allCases: [Self] = [
        .unspecified, .reported, .partial, .missing,
    ]

    /// The name in the contract; nil for a value that it does not know.
    public var name: String? {
        switch rawValue {
        case 0: "USAGE_STATE_UNSPECIFIED"
        case 1: "USAGE_STATE_REPORTED"
        case 2: "USAGE_STATE_PARTIAL"
        case 3: "USAGE_STATE_MISSING"
        default: nil
        }
    }
}

/// One metered call to a model.
public struct Event: WireMessage {
    public static let messageName = "tally.v1.Event"

    /// Unique per organization and source, 1 to 200 bytes. The same id again counts once.
    public var id: String = ""
    /// Feed the event comes from, such as "gateway-eu", 1 to 100 bytes; not one with "tally:"
    /// first.
    public var source: String = ""
    /// When the call began. At most 5 minutes in the future.
    public var time: Timestamp?
    /// Provider as in the price catalogue, such as "openai". 1 to 100 bytes.
    public var provider: String = ""
    /// Model that answered, as the provider names it. 1 to 200 bytes.
    public var model: String = ""
    /// Model that was asked for, where it differs.
    public var requestedModel: String = ""
    /// chat, responses, embeddings, image, audio, moderation, rerank, tool or batch. Default
    /// "chat".
    public var operation: String = ""
    /// Region that the provider prices by, such as "us", up to 200 bytes; empty where it has none.
    public var region: String = ""
    /// standard, batch, flex or priority. Default "standard".
    public var serviceTier: String = ""
    /// Disjoint quantities by class, at most 32, each class once.
    public var quantities: [Quantity] = []
    /// What is known of the quantities. Default: reported.
    public var usageState: UsageState = UsageState(rawValue: 0)
    /// Total tokens as the provider gives them; where above 0, the token classes must sum to it.
    public var totalTokens: Int64 = 0
    /// How the call ended. Default: ok.
    public var status: EventStatus = EventStatus(rawValue: 0)
    /// Milliseconds from request to last byte; 0 where unknown.
    public var latencyMs: Int64 = 0
    /// Number of the attempt, from 1; 0 where unknown.
    public var attempt: Int32 = 0
    /// Project or workspace at the provider. This and the texts below: up to 200 bytes.
    public var project: String = ""
    /// Id of the provider's key, never the key itself.
    public var apiKeyID: String = ""
    /// Who caused the call.
    public var user: String = ""
    /// Conversation that the call belongs to.
    public var session: String = ""
    /// Run of an agent that the call belongs to.
    public var run: String = ""
    /// Feature of your product that made the call.
    public var feature: String = ""
    /// Your customer that the call served.
    public var customer: String = ""
    /// Team that made the call.
    public var team: String = ""
    /// Such as "prod" or "staging".
    public var environment: String = ""
    /// Free tags, at most 64; keys are 1 to 64 bytes, values up to 256.
    public var tags: [Tag] = []
    /// Id of the connection, of the same provider, whose account served the call; else empty.
    /// Its bill then counts instead of this event's price, once the bill is final.
    public var connection: String = ""

    public init() {}

    public init(
        id: String = "", source: String = "", time: Timestamp? = nil, provider: String = "",
        model: String = "", requestedModel: String = "", operation: String = "",
        region: String = "", serviceTier: String = "", quantities: [Quantity] = [],
        usageState: UsageState = UsageState(rawValue: 0), totalTokens: Int64 = 0,
        status: EventStatus = EventStatus(rawValue: 0), latencyMs: Int64 = 0, attempt: Int32 = 0,
        project: String = "", apiKeyID: String = "", user: String = "", session: String = "",
        run: String = "", feature: String = "", customer: String = "", team: String = "",
        environment: String = "", tags: [Tag] = [], connection: String = ""
    ) {
        self.id = id
        self.source = source
        self.time = time
        self.provider = provider
        self.model = model
        self.requestedModel = requestedModel
        self.operation = operation
        self.region = region
        self.serviceTier = serviceTier
        self.quantities = quantities
        self.usageState = usageState
        self.totalTokens = totalTokens
        self.status = status
        self.latencyMs = latencyMs
        self.attempt = attempt
        self.project = project
        self.apiKeyID = apiKeyID
        self.user = user
        self.session = session
        self.run = run
        self.feature = feature
        self.customer = customer
        self.team = team
        self.environment = environment
        self.tags = tags
        self.connection = connection
    }
}

/// So many of one class.
public struct Quantity: WireMessage {
    public static let messageName = "tally.v1.Quantity"

    /// input, cache_read, cache_write_5m, cache_write_30m, cache_write_1h, cache_write_12h, output,
    /// reasoning, output_unsplit, input_audio, cache_read_audio, output_audio, input_image,
    /// cache_read_image, output_image, or a counted thing such as web_search_request.
    public var quantityClass: String = ""
    /// 0 or more.
    public var amount: Int64 = 0

    public init() {}

    public init(
        quantityClass: String = "", amount: Int64 = 0
    ) {
        self.quantityClass = quantityClass
        self.amount = amount
    }
}

/// A dimension of your own.
public struct Tag: WireMessage {
    public static let messageName = "tally.v1.Tag"

    /// Unique within the event, 1 to 64 bytes.
    public var key: String = ""
    /// Up to 256 bytes.
    public var value: String = ""

    public init() {}

    public init(
        key: String = "", value: String = ""
    ) {
        self.key = key
        self.value = value
    }
}

public struct IngestEventsRequest: WireMessage {
    public static let messageName = "tally.v1.IngestEventsRequest"

    /// 1 to 10,000.
    public var events: [Event] = []

    public init() {}

    public init(
        events: [Event] = []
    ) {
        self.events = events
    }
}

public struct IngestEventsResponse: WireMessage {
    public static let messageName = "tally.v1.IngestEventsResponse"

    /// One for each event, in order.
    public var results: [EventResult] = []

    public init() {}

    public init(
        results: [EventResult] = []
    ) {
        self.results = results
    }
}

/// What became of one event.
public struct EventResult: WireMessage {
    /// What became of one event.
    public struct Outcome: RawRepresentable, CaseIterable, Hashable, Sendable {
        public let rawValue: Int32

        public init(rawValue: Int32) {
            self.rawValue = rawValue
        }

        /// Never sent.
        public static let unspecified = Self(rawValue: 0)
        /// Recorded now.
        public static let accepted = Self(rawValue: 1)
        /// Recorded before with the same content; counted once.
        public static let duplicate = Self(rawValue: 2)
        /// Recorded before with other content; this one is stored nowhere.
        public static let conflict = Self(rawValue: 3)
        /// Not recorded; reason and field say why.
        public static let rejected = Self(rawValue: 4)

        /// Every value that the contract names, in its order.
        public static let allCases: [Self] = [
            .unspecified, .accepted, .duplicate, .conflict, .rejected,
        ]

        /// The name in the contract; nil for a value that it does not know.
        public var name: String? {
            switch rawValue {
            case 0: "OUTCOME_UNSPECIFIED"
            case 1: "OUTCOME_ACCEPTED"
            case 2: "OUTCOME_DUPLICATE"
            case 3: "OUTCOME_CONFLICT"
            case 4: "OUTCOME_REJECTED"
            default: nil
            }
        }
    }

    public static let messageName = "tally.v1.EventResult"

    /// What became of the event.
    public var outcome: EventResult.Outcome = EventResult.Outcome(rawValue: 0)
    /// Stable reason of a rejection or conflict.
    public var reason: String = ""
    /// Field at fault, such as `events[3].time`.
    public var field: String = ""
    /// For people, with the remedy.
    public var description: String = ""
    /// Accepted, but no price was found: its cost is not yet known.
    public var unpriced: Bool = false

    public init() {}

    public init(
        outcome: EventResult.Outcome = EventResult.Outcome(rawValue: 0), reason: String = "",
        field: String = "", description: String = "", unpriced: Bool = false
    ) {
        self.outcome = outcome
        self.reason = reason
        self.field = field
        self.description = description
        self.unpriced = unpriced
    }
}

public struct UsageTrendRequest: WireMessage {
    public static let messageName = "tally.v1.UsageTrendRequest"

    /// First day, in the organization's time zone. Required.
    public var from: Date?
    /// Last day, included. At most 366 days after the first. Required.
    public var through: Date?
    /// Record that the figures rest on. Default: effective.
    public var basis: Basis = Basis(rawValue: 0)

    public init() {}

    public init(
        from: Date? = nil, through: Date? = nil, basis: Basis = Basis(rawValue: 0)
    ) {
        self.from = from
        self.through = through
        self.basis = basis
    }
}

public struct UsageTrendResponse: WireMessage {
    public static let messageName = "tally.v1.UsageTrendResponse"

    /// One for each day, oldest first, days without usage included.
    public var days: [TrendDay] = []
    /// All days together.
    public var total: Money?
    /// How complete the figures are.
    public var completeness: Completeness?

    public init() {}

    public init(
        days: [TrendDay] = [], total: Money? = nil, completeness: Completeness? = nil
    ) {
        self.days = days
        self.total = total
        self.completeness = completeness
    }
}

/// One day of the organization's calendar.
public struct TrendDay: WireMessage {
    public static let messageName = "tally.v1.TrendDay"

    /// The day.
    public var date: Date?
    /// In the organization's reporting currency.
    public var cost: Money?
    /// Requests, where the source counts them.
    public var requests: Int64 = 0
    /// Tokens of every class.
    public var tokens: Int64 = 0
    /// True while the day may still change.
    public var provisional: Bool = false

    public init() {}

    public init(
        date: Date? = nil, cost: Money? = nil, requests: Int64 = 0, tokens: Int64 = 0,
        provisional: Bool = false
    ) {
        self.date = date
        self.cost = cost
        self.requests = requests
        self.tokens = tokens
        self.provisional = provisional
    }
}

public struct TopModelsRequest: WireMessage {
    public static let messageName = "tally.v1.TopModelsRequest"

    /// First day, in the organization's time zone. Required.
    public var from: Date?
    /// Last day, included. At most 366 days after the first. Required.
    public var through: Date?
    /// Record that the figures rest on. Default: effective.
    public var basis: Basis = Basis(rawValue: 0)
    /// 1 to 100. Default 10.
    public var limit: Int32 = 0

    public init() {}

    public init(
        from: Date? = nil, through: Date? = nil, basis: Basis = Basis(rawValue: 0), limit: Int32 = 0
    ) {
        self.from = from
        self.through = through
        self.basis = basis
        self.limit = limit
    }
}

public struct TopModelsResponse: WireMessage {
    public static let messageName = "tally.v1.TopModelsResponse"

    /// By cost, highest first; ties by provider and model.
    public var models: [ModelUsage] = []
    /// What the models beyond the limit come to.
    public var other: Money?
    /// All models together.
    public var total: Money?
    /// How complete the figures are.
    public var completeness: Completeness?

    public init() {}

    public init(
        models: [ModelUsage] = [], other: Money? = nil, total: Money? = nil,
        completeness: Completeness? = nil
    ) {
        self.models = models
        self.other = other
        self.total = total
        self.completeness = completeness
    }
}

/// What one model came to.
public struct ModelUsage: WireMessage {
    public static let messageName = "tally.v1.ModelUsage"

    /// Provider as in the price catalogue.
    public var provider: String = ""
    /// Empty for charges that name no model.
    public var model: String = ""
    /// In the organization's reporting currency.
    public var cost: Money?
    /// Requests, where the source counts them.
    public var requests: Int64 = 0
    /// Tokens of every class.
    public var tokens: Int64 = 0
    /// Entries of this model without a price.
    public var unpricedEntries: Int64 = 0

    public init() {}

    public init(
        provider: String = "", model: String = "", cost: Money? = nil, requests: Int64 = 0,
        tokens: Int64 = 0, unpricedEntries: Int64 = 0
    ) {
        self.provider = provider
        self.model = model
        self.cost = cost
        self.requests = requests
        self.tokens = tokens
        self.unpricedEntries = unpricedEntries
    }
}

extension Event {
    public init(
        serialized bytes: UnsafeRawBufferPointer, in arena: MessageArena
    ) throws {
        let descriptor = Self.descriptor
        try DecodeGuard.check(
            bytes, descriptor: descriptor, messageName: Self.messageName)
        let raw = try arena.unpack(
            bytes, as: Tally__V1__Event.self, descriptor: descriptor,
            messageName: Self.messageName)
        self = try withExtendedLifetime(arena) { try Self(raw) }
    }

    public func packed(in arena: MessageArena) -> PackedMessage {
        PackedMessage(pack(into: arena))
    }

    /// protobuf-c's description of the message, at its own address.
    static var descriptor: UnsafePointer<ProtobufCMessageDescriptor> {
        var raw = Tally__V1__Event()
        tally__v1__event__init(&raw)
        return raw.base.descriptor
    }

    /// The value of an unpacked message.
    init(_ raw: UnsafePointer<Tally__V1__Event>) throws {
        self.id = try MessageArena.string(
            raw.pointee.id, messageName: Self.messageName, field: "id")
        self.source = try MessageArena.string(
            raw.pointee.source, messageName: Self.messageName, field: "source")
        self.time = try raw.pointee.time.map { try Timestamp($0) }
        self.provider = try MessageArena.string(
            raw.pointee.provider, messageName: Self.messageName, field: "provider")
        self.model = try MessageArena.string(
            raw.pointee.model, messageName: Self.messageName, field: "model")
        self.requestedModel = try MessageArena.string(
            raw.pointee.requested_model, messageName: Self.messageName, field: "requested_model")
        self.operation = try MessageArena.string(
            raw.pointee.operation, messageName: Self.messageName, field: "operation")
        self.region = try MessageArena.string(
            raw.pointee.region, messageName: Self.messageName, field: "region")
        self.serviceTier = try MessageArena.string(
            raw.pointee.service_tier, messageName: Self.messageName, field: "service_tier")
        self.quantities = try MessageArena.values(
            raw.pointee.quantities, count: raw.pointee.n_quantities
        ) { try Quantity($0) }
        self.usageState = UsageState(
            rawValue: Int32(truncatingIfNeeded: raw.pointee.usage_state.rawValue))
        self.totalTokens = raw.pointee.total_tokens
        self.status = EventStatus(rawValue: Int32(truncatingIfNeeded: raw.pointee.status.rawValue))
        self.latencyMs = raw.pointee.latency_ms
        self.attempt = raw.pointee.attempt
        self.project = try MessageArena.string(
            raw.pointee.project, messageName: Self.messageName, field: "project")
        self.apiKeyID = try MessageArena.string(
            raw.pointee.api_key_id, messageName: Self.messageName, field: "api_key_id")
        self.user = try MessageArena.string(
            raw.pointee.user, messageName: Self.messageName, field: "user")
        self.session = try MessageArena.string(
            raw.pointee.session, messageName: Self.messageName, field: "session")
        self.run = try MessageArena.string(
            raw.pointee.run, messageName: Self.messageName, field: "run")
        self.feature = try MessageArena.string(
            raw.pointee.feature, messageName: Self.messageName, field: "feature")
        self.customer = try MessageArena.string(
            raw.pointee.customer, messageName: Self.messageName, field: "customer")
        self.team = try MessageArena.string(
            raw.pointee.team, messageName: Self.messageName, field: "team")
        self.environment = try MessageArena.string(
            raw.pointee.environment, messageName: Self.messageName, field: "environment")
        self.tags = try MessageArena.values(raw.pointee.tags, count: raw.pointee.n_tags) {
            try Tag($0)
        }
        self.connection = try MessageArena.string(
            raw.pointee.connection, messageName: Self.messageName, field: "connection")
    }

    /// The message as protobuf-c packs it; it lives as long as the arena.
    func pack(into arena: MessageArena) -> UnsafeMutablePointer<Tally__V1__Event> {
        let raw = arena.allocateMessage(Tally__V1__Event.self)
        tally__v1__event__init(raw)
        if !self.id.isEmpty {
            raw.pointee.id = arena.copy(self.id)
        }
        if !self.source.isEmpty {
            raw.pointee.source = arena.copy(self.source)
        }
        if let value = self.time {
            raw.pointee.time = value.pack(into: arena)
        }
        if !self.provider.isEmpty {
            raw.pointee.provider = arena.copy(self.provider)
        }
        if !self.model.isEmpty {
            raw.pointee.model = arena.copy(self.model)
        }
        if !self.requestedModel.isEmpty {
            raw.pointee.requested_model = arena.copy(self.requestedModel)
        }
        if !self.operation.isEmpty {
            raw.pointee.operation = arena.copy(self.operation)
        }
        if !self.region.isEmpty {
            raw.pointee.region = arena.copy(self.region)
        }
        if !self.serviceTier.isEmpty {
            raw.pointee.service_tier = arena.copy(self.serviceTier)
        }
        if !self.quantities.isEmpty {
            raw.pointee.n_quantities = self.quantities.count
            raw.pointee.quantities = arena.copy(self.quantities) { $0.pack(into: arena) }
        }
        raw.pointee.usage_state = .init(
            rawValue: .init(truncatingIfNeeded: self.usageState.rawValue))
        raw.pointee.total_tokens = self.totalTokens
        raw.pointee.status = .init(rawValue: .init(truncatingIfNeeded: self.status.rawValue))
        raw.pointee.latency_ms = self.latencyMs
        raw.pointee.attempt = self.attempt
        if !self.project.isEmpty {
            raw.pointee.project = arena.copy(self.project)
        }
        if !self.apiKeyID.isEmpty {
            raw.pointee.api_key_id = arena.copy(self.apiKeyID)
        }
        if !self.user.isEmpty {
            raw.pointee.user = arena.copy(self.user)
        }
        if !self.session.isEmpty {
            raw.pointee.session = arena.copy(self.session)
        }
        if !self.run.isEmpty {
            raw.pointee.run = arena.copy(self.run)
        }
        if !self.feature.isEmpty {
            raw.pointee.feature = arena.copy(self.feature)
        }
        if !self.customer.isEmpty {
            raw.pointee.customer = arena.copy(self.customer)
        }
        if !self.team.isEmpty {
            raw.pointee.team = arena.copy(self.team)
        }
        if !self.environment.isEmpty {
            raw.pointee.environment = arena.copy(self.environment)
        }
        if !self.tags.isEmpty {
            raw.pointee.n_tags = self.tags.count
            raw.pointee.tags = arena.copy(self.tags) { $0.pack(into: arena) }
        }
        if !self.connection.isEmpty {
            raw.pointee.connection = arena.copy(self.connection)
        }
        return raw
    }
}

extension Quantity {
    public init(
        serialized bytes: UnsafeRawBufferPointer, in arena: MessageArena
    ) throws {
        let descriptor = Self.descriptor
        try DecodeGuard.check(
            bytes, descriptor: descriptor, messageName: Self.messageName)
        let raw = try arena.unpack(
            bytes, as: Tally__V1__Quantity.self, descriptor: descriptor,
            messageName: Self.messageName)
        self = try withExtendedLifetime(arena) { try Self(raw) }
    }

    public func packed(in arena: MessageArena) -> PackedMessage {
        PackedMessage(pack(into: arena))
    }

    /// protobuf-c's description of the message, at its own address.
    static var descriptor: UnsafePointer<ProtobufCMessageDescriptor> {
        var raw = Tally__V1__Quantity()
        tally__v1__quantity__init(&raw)
        return raw.base.descriptor
    }

    /// The value of an unpacked message.
    init(_ raw: UnsafePointer<Tally__V1__Quantity>) throws {
        self.quantityClass = try MessageArena.string(
            raw.pointee.quantity_class, messageName: Self.messageName, field: "quantity_class")
        self.amount = raw.pointee.amount
    }

    /// The message as protobuf-c packs it; it lives as long as the arena.
    func pack(into arena: MessageArena) -> UnsafeMutablePointer<Tally__V1__Quantity> {
        let raw = arena.allocateMessage(Tally__V1__Quantity.self)
        tally__v1__quantity__init(raw)
        if !self.quantityClass.isEmpty {
            raw.pointee.quantity_class = arena.copy(self.quantityClass)
        }
        raw.pointee.amount = self.amount
        return raw
    }
}

extension Tag {
    public init(
        serialized bytes: UnsafeRawBufferPointer, in arena: MessageArena
    ) throws {
        let descriptor = Self.descriptor
        try DecodeGuard.check(
            bytes, descriptor: descriptor, messageName: Self.messageName)
        let raw = try arena.unpack(
            bytes, as: Tally__V1__Tag.self, descriptor: descriptor,
            messageName: Self.messageName)
        self = try withExtendedLifetime(arena) { try Self(raw) }
    }

    public func packed(in arena: MessageArena) -> PackedMessage {
        PackedMessage(pack(into: arena))
    }

    /// protobuf-c's description of the message, at its own address.
    static var descriptor: UnsafePointer<ProtobufCMessageDescriptor> {
        var raw = Tally__V1__Tag()
        tally__v1__tag__init(&raw)
        return raw.base.descriptor
    }

    /// The value of an unpacked message.
    init(_ raw: UnsafePointer<Tally__V1__Tag>) throws {
        self.key = try MessageArena.string(
            raw.pointee.key, messageName: Self.messageName, field: "key")
        self.value = try MessageArena.string(
            raw.pointee.value, messageName: Self.messageName, field: "value")
    }

    /// The message as protobuf-c packs it; it lives as long as the arena.
    func pack(into arena: MessageArena) -> UnsafeMutablePointer<Tally__V1__Tag> {
        let raw = arena.allocateMessage(Tally__V1__Tag.self)
        tally__v1__tag__init(raw)
        if !self.key.isEmpty {
            raw.pointee.key = arena.copy(self.key)
        }
        if !self.value.isEmpty {
            raw.pointee.value = arena.copy(self.value)
        }
        return raw
    }
}

extension IngestEventsRequest {
    public init(
        serialized bytes: UnsafeRawBufferPointer, in arena: MessageArena
    ) throws {
        let descriptor = Self.descriptor
        try DecodeGuard.check(
            bytes, descriptor: descriptor, messageName: Self.messageName)
        let raw = try arena.unpack(
            bytes, as: Tally__V1__IngestEventsRequest.self, descriptor: descriptor,
            messageName: Self.messageName)
        self = try withExtendedLifetime(arena) { try Self(raw) }
    }

    public func packed(in arena: MessageArena) -> PackedMessage {
        PackedMessage(pack(into: arena))
    }

    /// protobuf-c's description of the message, at its own address.
    static var descriptor: UnsafePointer<ProtobufCMessageDescriptor> {
        var raw = Tally__V1__IngestEventsRequest()
        tally__v1__ingest_events_request__init(&raw)
        return raw.base.descriptor
    }

    /// The value of an unpacked message.
    init(_ raw: UnsafePointer<Tally__V1__IngestEventsRequest>) throws {
        self.events = try MessageArena.values(raw.pointee.events, count: raw.pointee.n_events) {
            try Event($0)
        }
    }

    /// The message as protobuf-c packs it; it lives as long as the arena.
    func pack(into arena: MessageArena) -> UnsafeMutablePointer<Tally__V1__IngestEventsRequest> {
        let raw = arena.allocateMessage(Tally__V1__IngestEventsRequest.self)
        tally__v1__ingest_events_request__init(raw)
        if !self.events.isEmpty {
            raw.pointee.n_events = self.events.count
            raw.pointee.events = arena.copy(self.events) { $0.pack(into: arena) }
        }
        return raw
    }
}

extension IngestEventsResponse {
    public init(
        serialized bytes: UnsafeRawBufferPointer, in arena: MessageArena
    ) throws {
        let descriptor = Self.descriptor
        try DecodeGuard.check(
            bytes, descriptor: descriptor, messageName: Self.messageName)
        let raw = try arena.unpack(
            bytes, as: Tally__V1__IngestEventsResponse.self, descriptor: descriptor,
            messageName: Self.messageName)
        self = try withExtendedLifetime(arena) { try Self(raw) }
    }

    public func packed(in arena: MessageArena) -> PackedMessage {
        PackedMessage(pack(into: arena))
    }

    /// protobuf-c's description of the message, at its own address.
    static var descriptor: UnsafePointer<ProtobufCMessageDescriptor> {
        var raw = Tally__V1__IngestEventsResponse()
        tally__v1__ingest_events_response__init(&raw)
        return raw.base.descriptor
    }

    /// The value of an unpacked message.
    init(_ raw: UnsafePointer<Tally__V1__IngestEventsResponse>) throws {
        self.results = try MessageArena.values(raw.pointee.results, count: raw.pointee.n_results) {
            try EventResult($0)
        }
    }

    /// The message as protobuf-c packs it; it lives as long as the arena.
    func pack(into arena: MessageArena) -> UnsafeMutablePointer<Tally__V1__IngestEventsResponse> {
        let raw = arena.allocateMessage(Tally__V1__IngestEventsResponse.self)
        tally__v1__ingest_events_response__init(raw)
        if !self.results.isEmpty {
            raw.pointee.n_results = self.results.count
            raw.pointee.results = arena.copy(self.results) { $0.pack(into: arena) }
        }
        return raw
    }
}

extension EventResult {
    public init(
        serialized bytes: UnsafeRawBufferPointer, in arena: MessageArena
    ) throws {
        let descriptor = Self.descriptor
        try DecodeGuard.check(
            bytes, descriptor: descriptor, messageName: Self.messageName)
        let raw = try arena.unpack(
            bytes, as: Tally__V1__EventResult.self, descriptor: descriptor,
            messageName: Self.messageName)
        self = try withExtendedLifetime(arena) { try Self(raw) }
    }

    public func packed(in arena: MessageArena) -> PackedMessage {
        PackedMessage(pack(into: arena))
    }

    /// protobuf-c's description of the message, at its own address.
    static var descriptor: UnsafePointer<ProtobufCMessageDescriptor> {
        var raw = Tally__V1__EventResult()
        tally__v1__event_result__init(&raw)
        return raw.base.descriptor
    }

    /// The value of an unpacked message.
    init(_ raw: UnsafePointer<Tally__V1__EventResult>) throws {
        self.outcome = EventResult.Outcome(
            rawValue: Int32(truncatingIfNeeded: raw.pointee.outcome.rawValue))
        self.reason = try MessageArena.string(
            raw.pointee.reason, messageName: Self.messageName, field: "reason")
        self.field = try MessageArena.string(
            raw.pointee.field, messageName: Self.messageName, field: "field")
        self.description = try MessageArena.string(
            raw.pointee.description, messageName: Self.messageName, field: "description")
        self.unpriced = raw.pointee.unpriced != 0
    }

    /// The message as protobuf-c packs it; it lives as long as the arena.
    func pack(into arena: MessageArena) -> UnsafeMutablePointer<Tally__V1__EventResult> {
        let raw = arena.allocateMessage(Tally__V1__EventResult.self)
        tally__v1__event_result__init(raw)
        raw.pointee.outcome = .init(rawValue: .init(truncatingIfNeeded: self.outcome.rawValue))
        if !self.reason.isEmpty {
            raw.pointee.reason = arena.copy(self.reason)
        }
        if !self.field.isEmpty {
            raw.pointee.field = arena.copy(self.field)
        }
        if !self.description.isEmpty {
            raw.pointee.description = arena.copy(self.description)
        }
        raw.pointee.unpriced = self.unpriced ? 1 : 0
        return raw
    }
}

extension UsageTrendRequest {
    public init(
        serialized bytes: UnsafeRawBufferPointer, in arena: MessageArena
    ) throws {
        let descriptor = Self.descriptor
        try DecodeGuard.check(
            bytes, descriptor: descriptor, messageName: Self.messageName)
        let raw = try arena.unpack(
            bytes, as: Tally__V1__UsageTrendRequest.self, descriptor: descriptor,
            messageName: Self.messageName)
        self = try withExtendedLifetime(arena) { try Self(raw) }
    }

    public func packed(in arena: MessageArena) -> PackedMessage {
        PackedMessage(pack(into: arena))
    }

    /// protobuf-c's description of the message, at its own address.
    static var descriptor: UnsafePointer<ProtobufCMessageDescriptor> {
        var raw = Tally__V1__UsageTrendRequest()
        tally__v1__usage_trend_request__init(&raw)
        return raw.base.descriptor
    }

    /// The value of an unpacked message.
    init(_ raw: UnsafePointer<Tally__V1__UsageTrendRequest>) throws {
        self.from = try raw.pointee.from.map { try Date($0) }
        self.through = try raw.pointee.through.map { try Date($0) }
        self.basis = Basis(rawValue: Int32(truncatingIfNeeded: raw.pointee.basis.rawValue))
    }

    /// The message as protobuf-c packs it; it lives as long as the arena.
    func pack(into arena: MessageArena) -> UnsafeMutablePointer<Tally__V1__UsageTrendRequest> {
        let raw = arena.allocateMessage(Tally__V1__UsageTrendRequest.self)
        tally__v1__usage_trend_request__init(raw)
        if let value = self.from {
            raw.pointee.from = value.pack(into: arena)
        }
        if let value = self.through {
            raw.pointee.through = value.pack(into: arena)
        }
        raw.pointee.basis = .init(rawValue: .init(truncatingIfNeeded: self.basis.rawValue))
        return raw
    }
}

extension UsageTrendResponse {
    public init(
        serialized bytes: UnsafeRawBufferPointer, in arena: MessageArena
    ) throws {
        let descriptor = Self.descriptor
        try DecodeGuard.check(
            bytes, descriptor: descriptor, messageName: Self.messageName)
        let raw = try arena.unpack(
            bytes, as: Tally__V1__UsageTrendResponse.self, descriptor: descriptor,
            messageName: Self.messageName)
        self = try withExtendedLifetime(arena) { try Self(raw) }
    }

    public func packed(in arena: MessageArena) -> PackedMessage {
        PackedMessage(pack(into: arena))
    }

    /// protobuf-c's description of the message, at its own address.
    static var descriptor: UnsafePointer<ProtobufCMessageDescriptor> {
        var raw = Tally__V1__UsageTrendResponse()
        tally__v1__usage_trend_response__init(&raw)
        return raw.base.descriptor
    }

    /// The value of an unpacked message.
    init(_ raw: UnsafePointer<Tally__V1__UsageTrendResponse>) throws {
        self.days = try MessageArena.values(raw.pointee.days, count: raw.pointee.n_days) {
            try TrendDay($0)
        }
        self.total = try raw.pointee.total.map { try Money($0) }
        self.completeness = try raw.pointee.completeness.map { try Completeness($0) }
    }

    /// The message as protobuf-c packs it; it lives as long as the arena.
    func pack(into arena: MessageArena) -> UnsafeMutablePointer<Tally__V1__UsageTrendResponse> {
        let raw = arena.allocateMessage(Tally__V1__UsageTrendResponse.self)
        tally__v1__usage_trend_response__init(raw)
        if !self.days.isEmpty {
            raw.pointee.n_days = self.days.count
            raw.pointee.days = arena.copy(self.days) { $0.pack(into: arena) }
        }
        if let value = self.total {
            raw.pointee.total = value.pack(into: arena)
        }
        if let value = self.completeness {
            raw.pointee.completeness = value.pack(into: arena)
        }
        return raw
    }
}

extension TrendDay {
    public init(
        serialized bytes: UnsafeRawBufferPointer, in arena: MessageArena
    ) throws {
        let descriptor = Self.descriptor
        try DecodeGuard.check(
            bytes, descriptor: descriptor, messageName: Self.messageName)
        let raw = try arena.unpack(
            bytes, as: Tally__V1__TrendDay.self, descriptor: descriptor,
            messageName: Self.messageName)
        self = try withExtendedLifetime(arena) { try Self(raw) }
    }

    public func packed(in arena: MessageArena) -> PackedMessage {
        PackedMessage(pack(into: arena))
    }

    /// protobuf-c's description of the message, at its own address.
    static var descriptor: UnsafePointer<ProtobufCMessageDescriptor> {
        var raw = Tally__V1__TrendDay()
        tally__v1__trend_day__init(&raw)
        return raw.base.descriptor
    }

    /// The value of an unpacked message.
    init(_ raw: UnsafePointer<Tally__V1__TrendDay>) throws {
        self.date = try raw.pointee.date.map { try Date($0) }
        self.cost = try raw.pointee.cost.map { try Money($0) }
        self.requests = raw.pointee.requests
        self.tokens = raw.pointee.tokens
        self.provisional = raw.pointee.provisional != 0
    }

    /// The message as protobuf-c packs it; it lives as long as the arena.
    func pack(into arena: MessageArena) -> UnsafeMutablePointer<Tally__V1__TrendDay> {
        let raw = arena.allocateMessage(Tally__V1__TrendDay.self)
        tally__v1__trend_day__init(raw)
        if let value = self.date {
            raw.pointee.date = value.pack(into: arena)
        }
        if let value = self.cost {
            raw.pointee.cost = value.pack(into: arena)
        }
        raw.pointee.requests = self.requests
        raw.pointee.tokens = self.tokens
        raw.pointee.provisional = self.provisional ? 1 : 0
        return raw
    }
}

extension TopModelsRequest {
    public init(
        serialized bytes: UnsafeRawBufferPointer, in arena: MessageArena
    ) throws {
        let descriptor = Self.descriptor
        try DecodeGuard.check(
            bytes, descriptor: descriptor, messageName: Self.messageName)
        let raw = try arena.unpack(
            bytes, as: Tally__V1__TopModelsRequest.self, descriptor: descriptor,
            messageName: Self.messageName)
        self = try withExtendedLifetime(arena) { try Self(raw) }
    }

    public func packed(in arena: MessageArena) -> PackedMessage {
        PackedMessage(pack(into: arena))
    }

    /// protobuf-c's description of the message, at its own address.
    static var descriptor: UnsafePointer<ProtobufCMessageDescriptor> {
        var raw = Tally__V1__TopModelsRequest()
        tally__v1__top_models_request__init(&raw)
        return raw.base.descriptor
    }

    /// The value of an unpacked message.
    init(_ raw: UnsafePointer<Tally__V1__TopModelsRequest>) throws {
        self.from = try raw.pointee.from.map { try Date($0) }
        self.through = try raw.pointee.through.map { try Date($0) }
        self.basis = Basis(rawValue: Int32(truncatingIfNeeded: raw.pointee.basis.rawValue))
        self.limit = raw.pointee.limit
    }

    /// The message as protobuf-c packs it; it lives as long as the arena.
    func pack(into arena: MessageArena) -> UnsafeMutablePointer<Tally__V1__TopModelsRequest> {
        let raw = arena.allocateMessage(Tally__V1__TopModelsRequest.self)
        tally__v1__top_models_request__init(raw)
        if let value = self.from {
            raw.pointee.from = value.pack(into: arena)
        }
        if let value = self.through {
            raw.pointee.through = value.pack(into: arena)
        }
        raw.pointee.basis = .init(rawValue: .init(truncatingIfNeeded: self.basis.rawValue))
        raw.pointee.limit = self.limit
        return raw
    }
}

extension TopModelsResponse {
    public init(
        serialized bytes: UnsafeRawBufferPointer, in arena: MessageArena
    ) throws {
        let descriptor = Self.descriptor
        try DecodeGuard.check(
            bytes, descriptor: descriptor, messageName: Self.messageName)
        let raw = try arena.unpack(
            bytes, as: Tally__V1__TopModelsResponse.self, descriptor: descriptor,
            messageName: Self.messageName)
        self = try withExtendedLifetime(arena) { try Self(raw) }
    }

    public func packed(in arena: MessageArena) -> PackedMessage {
        PackedMessage(pack(into: arena))
    }

    /// protobuf-c's description of the message, at its own address.
    static var descriptor: UnsafePointer<ProtobufCMessageDescriptor> {
        var raw = Tally__V1__TopModelsResponse()
        tally__v1__top_models_response__init(&raw)
        return raw.base.descriptor
    }

    /// The value of an unpacked message.
    init(_ raw: UnsafePointer<Tally__V1__TopModelsResponse>) throws {
        self.models = try MessageArena.values(raw.pointee.models, count: raw.pointee.n_models) {
            try ModelUsage($0)
        }
        self.other = try raw.pointee.other.map { try Money($0) }
        self.total = try raw.pointee.total.map { try Money($0) }
        self.completeness = try raw.pointee.completeness.map { try Completeness($0) }
    }

    /// The message as protobuf-c packs it; it lives as long as the arena.
    func pack(into arena: MessageArena) -> UnsafeMutablePointer<Tally__V1__TopModelsResponse> {
        let raw = arena.allocateMessage(Tally__V1__TopModelsResponse.self)
        tally__v1__top_models_response__init(raw)
        if !self.models.isEmpty {
            raw.pointee.n_models = self.models.count
            raw.pointee.models = arena.copy(self.models) { $0.pack(into: arena) }
        }
        if let value = self.other {
            raw.pointee.other = value.pack(into: arena)
        }
        if let value = self.total {
            raw.pointee.total = value.pack(into: arena)
        }
        if let value = self.completeness {
            raw.pointee.completeness = value.pack(into: arena)
        }
        return raw
    }
}

extension ModelUsage {
    public init(
        serialized bytes: UnsafeRawBufferPointer, in arena: MessageArena
    ) throws {
        let descriptor = Self.descriptor
        try DecodeGuard.check(
            bytes, descriptor: descriptor, messageName: Self.messageName)
        let raw = try arena.unpack(
            bytes, as: Tally__V1__ModelUsage.self, descriptor: descriptor,
            messageName: Self.messageName)
        self = try withExtendedLifetime(arena) { try Self(raw) }
    }

    public func packed(in arena: MessageArena) -> PackedMessage {
        PackedMessage(pack(into: arena))
    }

    /// protobuf-c's description of the message, at its own address.
    static var descriptor: UnsafePointer<ProtobufCMessageDescriptor> {
        var raw = Tally__V1__ModelUsage()
        tally__v1__model_usage__init(&raw)
        return raw.base.descriptor
    }

    /// The value of an unpacked message.
    init(_ raw: UnsafePointer<Tally__V1__ModelUsage>) throws {
        self.provider = try MessageArena.string(
            raw.pointee.provider, messageName: Self.messageName, field: "provider")
        self.model = try MessageArena.string(
            raw.pointee.model, messageName: Self.messageName, field: "model")
        self.cost = try raw.pointee.cost.map { try Money($0) }
        self.requests = raw.pointee.requests
        self.tokens = raw.pointee.tokens
        self.unpricedEntries = raw.pointee.unpriced_entries
    }

    /// The message as protobuf-c packs it; it lives as long as the arena.
    func pack(into arena: MessageArena) -> UnsafeMutablePointer<Tally__V1__ModelUsage> {
        let raw = arena.allocateMessage(Tally__V1__ModelUsage.self)
        tally__v1__model_usage__init(raw)
        if !self.provider.isEmpty {
            raw.pointee.provider = arena.copy(self.provider)
        }
        if !self.model.isEmpty {
            raw.pointee.model = arena.copy(self.model)
        }
        if let value = self.cost {
            raw.pointee.cost = value.pack(into: arena)
        }
        raw.pointee.requests = self.requests
        raw.pointee.tokens = self.tokens
        raw.pointee.unpriced_entries = self.unpricedEntries
        return raw
    }
}

/// Metered events in, and what they come to.
public enum IngestionServiceMethods {
    /// Records 1 to 10,000 events. Each item is answered by itself: one bad event never fails its
    /// neighbours. The answer follows the commit.
    public enum IngestEvents: RPCMethod {
        public typealias Request = IngestEventsRequest
        public typealias Response = IngestEventsResponse
        public static let name = "tally.v1.IngestionService/IngestEvents"
        public static let kind = CallKind.unary
        public static let idempotency = IdempotencyLevel.idempotent
    }

    /// Cost, requests and tokens per day of a span of days, of the whole organization. Callers who
    /// are
    /// limited to some units are refused by UNIT_SCOPE_NOT_SERVED: rules share out the sums of
    /// months, so
    /// what is a unit's of one day or model is not known exactly.
    public enum UsageTrend: RPCMethod {
        public typealias Request = UsageTrendRequest
        public typealias Response = UsageTrendResponse
        public static let name = "tally.v1.IngestionService/UsageTrend"
        public static let kind = CallKind.unary
        public static let idempotency = IdempotencyLevel.noSideEffects
    }

    /// The models that cost most within a span of days, of the whole organization; like UsageTrend
    /// not for
    /// callers who are limited to some units.
    public enum TopModels: RPCMethod {
        public typealias Request = TopModelsRequest
        public typealias Response = TopModelsResponse
        public static let name = "tally.v1.IngestionService/TopModels"
        public static let kind = CallKind.unary
        public static let idempotency = IdempotencyLevel.noSideEffects
    }
}
