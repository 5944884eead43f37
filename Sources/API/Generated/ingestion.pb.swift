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
    /// The provider reported only part of them: what is there is priced. Where nothing is there,
    /// say missing
    /// or pending, which is not 0.
    public static let partial = Self(rawValue: 2)
    /// The provider reported no usage, and will not; quantities must be empty. The event is
    /// unpriced.
    public static let missing = Self(rawValue: 3)
    /// The usage is not yet known, such as that of a stream under way; quantities must be empty.
    /// The event is
    /// unpriced, and stays so until CorrectEvents settles it: it never becomes a cost of 0 by
    /// itself.
    public static let pending = Self(rawValue: 4)

    /// Every value that the contract names, in its order.
    public static let allCases: [Self] = [
        .unspecified, .reported, .partial, .missing, .pending,
    ]

    /// The name in the contract; nil for a value that it does not know.
    public var name: String? {
        switch rawValue {
        case 0: "USAGE_STATE_UNSPECIFIED"
        case 1: "USAGE_STATE_REPORTED"
        case 2: "USAGE_STATE_PARTIAL"
        case 3: "USAGE_STATE_MISSING"
        case 4: "USAGE_STATE_PENDING"
        default: nil
        }
    }
}

/// Whose shape a usage object has. It says how the object is read, not who served the call:
/// gateways and
/// other providers answer in one provider's shape, too.
public struct UsageFormat: RawRepresentable, CaseIterable, Hashable, Sendable {
    public let rawValue: Int32

    public init(rawValue: Int32) {
        self.rawValue = rawValue
    }

    /// Only where there is no usage object.
    public static let unspecified = Self(rawValue: 0)
    /// `usage` of OpenAI's chat completions, and of whoever answers like them (Azure, OpenRouter,
    /// LiteLLM, xAI):
    /// prompt_tokens with cached, cache-write, audio and image tokens in it, completion_tokens with
    /// reasoning,
    /// audio and image tokens in it, total_tokens. Where the total says so, reasoning is beside
    /// completion_tokens.
    public static let openaiChat = Self(rawValue: 1)
    /// `usage` of OpenAI's Responses and Images APIs: the same by input_tokens and output_tokens.
    public static let openaiResponses = Self(rawValue: 2)
    /// `usage` of OpenAI's embeddings: as chat completions, without completion_tokens.
    public static let openaiEmbeddings = Self(rawValue: 3)
    /// `usage` of Anthropic's Messages API: input_tokens, cache_read_input_tokens and
    /// cache_creation_input_tokens are beside one another, cache_creation splits the last by
    /// lifetime;
    /// output_tokens has thinking in it. Of a stream, the start's and the last delta's counts in
    /// one object.
    public static let anthropicMessages = Self(rawValue: 4)
    /// `usageMetadata` of Google's generateContent: promptTokenCount has cached content in it,
    /// toolUsePromptTokenCount and thoughtsTokenCount are beside promptTokenCount and
    /// candidatesTokenCount.
    public static let gemini = Self(rawValue: 5)
    /// `usage` of Amazon Bedrock's Converse: inputTokens, cacheReadInputTokens and
    /// cacheWriteInputTokens are
    /// beside one another, totalTokens is all of them with outputTokens.
    public static let bedrockConverse = Self(rawValue: 6)

    /// Every value that the contract names, in its order.
    public static let allCases: [Self] = [
        .unspecified, .openaiChat, .openaiResponses, .openaiEmbeddings, .anthropicMessages, .gemini,
        .bedrockConverse,
    ]

    /// The name in the contract; nil for a value that it does not know.
    public var name: String? {
        switch rawValue {
        case 0: "USAGE_FORMAT_UNSPECIFIED"
        case 1: "USAGE_FORMAT_OPENAI_CHAT"
        case 2: "USAGE_FORMAT_OPENAI_RESPONSES"
        case 3: "USAGE_FORMAT_OPENAI_EMBEDDINGS"
        case 4: "USAGE_FORMAT_ANTHROPIC_MESSAGES"
        case 5: "USAGE_FORMAT_GEMINI"
        case 6: "USAGE_FORMAT_BEDROCK_CONVERSE"
        default: nil
        }
    }
}

/// What one point of a trend stands for, by the organization's calendar and clock.
public struct TrendStep: RawRepresentable, CaseIterable, Hashable, Sendable {
    public let rawValue: Int32

    public init(rawValue: Int32) {
        self.rawValue = rawValue
    }

    /// Same as TREND_STEP_DAY.
    public static let unspecified = Self(rawValue: 0)
    /// From a full hour of the local clock to the next; shorter where the clock is changed by less
    /// than an
    /// hour. A day has 23 or 25 of them where it is changed by one.
    public static let hour = Self(rawValue: 1)
    /// A day.
    public static let day = Self(rawValue: 2)
    /// From Monday to Sunday; the first and the last are cut to the span.
    public static let week = Self(rawValue: 3)
    /// A calendar month; the first and the last are cut to the span.
    public static let month = Self(rawValue: 4)

    /// Every value that the contract names, in its order.
    public static let allCases: [Self] = [
        .unspecified, .hour, .day, .week, .month,
    ]

    /// The name in the contract; nil for a value that it does not know.
    public var name: String? {
        switch rawValue {
        case 0: "TREND_STEP_UNSPECIFIED"
        case 1: "TREND_STEP_HOUR"
        case 2: "TREND_STEP_DAY"
        case 3: "TREND_STEP_WEEK"
        case 4: "TREND_STEP_MONTH"
        default: nil
        }
    }
}

/// Where an entry's figures come from. The same calls may be told of by each.
public struct EntryFeed: RawRepresentable, CaseIterable, Hashable, Sendable {
    public let rawValue: Int32

    public init(rawValue: Int32) {
        self.rawValue = rawValue
    }

    /// Never sent.
    public static let unspecified = Self(rawValue: 0)
    /// Metered events, with what corrects them.
    public static let events = Self(rawValue: 1)
    /// A provider's usage report, at catalogue prices.
    public static let providerUsage = Self(rawValue: 2)
    /// A provider's bill.
    public static let providerBill = Self(rawValue: 3)

    /// Every value that the contract names, in its order.
    public static let allCases: [Self] = [
        .unspecified, .events, .providerUsage, .providerBill,
    ]

    /// The name in the contract; nil for a value that it does not know.
    public var name: String? {
        switch rawValue {
        case 0: "ENTRY_FEED_UNSPECIFIED"
        case 1: "ENTRY_FEED_EVENTS"
        case 2: "ENTRY_FEED_PROVIDER_USAGE"
        case 3: "ENTRY_FEED_PROVIDER_BILL"
        default: nil
        }
    }
}

/// Why a bill, the provider's usage and the events differ.
public struct ReconciliationCause: RawRepresentable, CaseIterable, Hashable, Sendable {
    public let rawValue: Int32

    public init(rawValue: Int32) {
        self.rawValue = rawValue
    }

    /// Never sent.
    public static let unspecified = Self(rawValue: 0)
    /// Of the bill: the day's bill is not final yet, or its money stands on the day before or
    /// after.
    public static let timing = Self(rawValue: 1)
    /// Of the bill: a line that takes money off.
    public static let credit = Self(rawValue: 2)
    /// Of the bill: a line for what no usage report counts, such as a fee.
    public static let otherCharge = Self(rawValue: 3)
    /// Of the bill: it has another price than we, the same as on another day or in another project
    /// at least, or
    /// the only one of these days. An override of the price may be missing, or the catalogue old.
    public static let price = Self(rawValue: 4)
    /// Of the bill: no price is known for all of the usage.
    public static let unpriced = Self(rawValue: 5)
    /// Of the bill: no more than what rounding its lines takes or adds.
    public static let rounding = Self(rawValue: 6)
    /// Of the bill: it has quantities of which the usage report has none.
    public static let missingUsage = Self(rawValue: 7)
    /// Of the bill: the usage report has quantities of which the bill has none.
    public static let unbilledUsage = Self(rawValue: 8)
    /// Of the bill: none of these.
    public static let unexplained = Self(rawValue: 9)
    /// Of events: usage of which no event was sent.
    public static let missingEvents = Self(rawValue: 10)
    /// Of events: events beyond the usage that the provider counted of the same; negative.
    public static let surplusEvents = Self(rawValue: 11)
    /// Of events: the same quantities at other prices, since events name another tier, region or
    /// context.
    public static let eventPrice = Self(rawValue: 12)
    /// Of events: events, or parts of some, under a project, model, tier or region that the
    /// provider's report has
    /// not, and that no other usage of it is left for: of another account, under a project's name
    /// instead of its
    /// id, or of what it does not report; negative.
    public static let unmatchedEvents = Self(rawValue: 13)

    /// Every value that the contract names, in its order.
    public static let allCases: [Self] = [
        .unspecified, .timing, .credit, .otherCharge, .price, .unpriced, .rounding, .missingUsage,
        .unbilledUsage, .unexplained, .missingEvents, .surplusEvents, .eventPrice, .unmatchedEvents,
    ]

    /// The name in the contract; nil for a value that it does not know.
    public var name: String? {
        switch rawValue {
        case 0: "RECONCILIATION_CAUSE_UNSPECIFIED"
        case 1: "RECONCILIATION_CAUSE_TIMING"
        case 2: "RECONCILIATION_CAUSE_CREDIT"
        case 3: "RECONCILIATION_CAUSE_OTHER_CHARGE"
        case 4: "RECONCILIATION_CAUSE_PRICE"
        case 5: "RECONCILIATION_CAUSE_UNPRICED"
        case 6: "RECONCILIATION_CAUSE_ROUNDING"
        case 7: "RECONCILIATION_CAUSE_MISSING_USAGE"
        case 8: "RECONCILIATION_CAUSE_UNBILLED_USAGE"
        case 9: "RECONCILIATION_CAUSE_UNEXPLAINED"
        case 10: "RECONCILIATION_CAUSE_MISSING_EVENTS"
        case 11: "RECONCILIATION_CAUSE_SURPLUS_EVENTS"
        case 12: "RECONCILIATION_CAUSE_EVENT_PRICE"
        case 13: "RECONCILIATION_CAUSE_UNMATCHED_EVENTS"
        default: nil
        }
    }
}

/// One metered call to a model. Its texts have no control characters, nor ones that are not seen or
/// turn
/// the direction of text.
public struct Event: WireMessage {
    public static let messageName = "tally.v1.Event"

    /// Unique per organization and source, 1 to 200 bytes. The same id again counts once.
    public var id: String = ""
    /// Feed the event comes from, such as "gateway-eu", 1 to 100 bytes; not one with "tally:"
    /// first.
    public var source: String = ""
    /// When the call began. At most 5 minutes in the future, and three years ago; not before the
    /// months
    /// whose usage the organization wants kept (Organization.retention_months).
    public var time: Timestamp?
    /// Provider as in the price catalogue, such as "openai". 1 to 100 bytes.
    public var provider: String = ""
    /// Model that answered, as the provider names it. 1 to 200 bytes.
    public var model: String = ""
    /// Model that was asked for, where it differs.
    public var requestedModel: String = ""
    /// What was asked for: chat, responses, embeddings, image, audio, moderation, rerank, tool,
    /// batch, or any
    /// other name of 1 to 64 bytes of a-z, 0-9, ".", "_" and "-", a letter first, such as realtime
    /// or video; else
    /// OPERATION_MALFORMED. Default "chat". A dimension alone: the price is that of the model's
    /// quantity classes,
    /// region and service tier, whatever the operation; a class without a rate leaves the event
    /// unpriced. What is
    /// priced as a batch has service_tier "batch".
    public var operation: String = ""
    /// Region that the provider prices by, such as "us", up to 200 bytes; empty where it has none.
    public var region: String = ""
    /// standard, batch, flex or priority. Default "standard".
    public var serviceTier: String = ""
    /// Disjoint quantities by class, at most 32, each class once. Or give usage_object.
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
    /// Who caused the call: an id or an address. Kept sealed under the organization's data key, as
    /// what is known
    /// of people is, and read by nobody once that is destroyed; no other text of an event is.
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
    /// The usage as the provider answered it, a JSON object of at most 16,384 bytes, instead of
    /// quantities:
    /// its counts become disjoint classes, of which those of 0 are left out. JSON null means that
    /// the provider
    /// gave none: the usage is then missing, or pending where usage_state says so. Fields without a
    /// meaning
    /// for quantities are ignored, null counts as absent. Counts that contradict one another or
    /// their total
    /// are refused by USAGE_CONTRADICTORY, with the field named, such as
    /// `events[3].usage_object.prompt_tokens_details.cached_tokens`. With usage_state partial,
    /// counts that
    /// the provider always gives may be absent.
    ///
    /// What it says besides fills in what the event leaves open: Anthropic's service_tier and
    /// inference_geo the
    /// service tier and the region, OpenRouter's cost the provider's cost. A service tier other
    /// than the
    /// event's own is refused by USAGE_CONTRADICTORY.
    ///
    /// The object itself is not kept, and is no content of the event beyond what it says: the same
    /// event
    /// sent again with the same quantities instead, or with its object written differently, is the
    /// same
    /// event (OUTCOME_DUPLICATE).
    public var usageObject: String = ""
    /// Whose shape usage_object has; required with it.
    public var usageFormat: UsageFormat = UsageFormat(rawValue: 0)
    /// What the provider itself said that the call cost, such as OpenRouter and LiteLLM do: 0 or
    /// more, up to
    /// about 9.2 million units, rounded half-even to the pico. Kept and shown beside the event's
    /// price by ExplainEvent; counts in no total.
    public var providerCost: Money?
    /// What the provider calls the call, such as `id` of its response (OpenTelemetry:
    /// gen_ai.response.id), up to
    /// 200 bytes; empty where it is not known. Where several sources tell of the same call of the
    /// provider, with the same id,
    /// the highest-ranked one counts (SetSourceRanks), and of those that are not ranked the one
    /// that told first. The others'
    /// events are kept, but taken back by an entry that says so, at once or when a higher-ranked
    /// source tells, and
    /// count nowhere; UsageSummary says what such events came to. Of one source's events each
    /// counts. Where all that count are
    /// reversed, those of the source that is next do: ReverseEvents.
    public var providerRequestID: String = ""

    public init() {}

    public init(
        id: String = "", source: String = "", time: Timestamp? = nil, provider: String = "",
        model: String = "", requestedModel: String = "", operation: String = "",
        region: String = "", serviceTier: String = "", quantities: [Quantity] = [],
        usageState: UsageState = UsageState(rawValue: 0), totalTokens: Int64 = 0,
        status: EventStatus = EventStatus(rawValue: 0), latencyMs: Int64 = 0, attempt: Int32 = 0,
        project: String = "", apiKeyID: String = "", user: String = "", session: String = "",
        run: String = "", feature: String = "", customer: String = "", team: String = "",
        environment: String = "", tags: [Tag] = [], connection: String = "",
        usageObject: String = "", usageFormat: UsageFormat = UsageFormat(rawValue: 0),
        providerCost: Money? = nil, providerRequestID: String = ""
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
        self.usageObject = usageObject
        self.usageFormat = usageFormat
        self.providerCost = providerCost
        self.providerRequestID = providerRequestID
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

public struct StreamEventsRequest: WireMessage {
    public static let messageName = "tally.v1.StreamEventsRequest"

    /// Number of the batch, from 1; each higher than the one before on its stream.
    /// SEQUENCE_NOT_GROWING ends
    /// the stream.
    public var sequence: Int64 = 0
    /// 1 to 10,000.
    public var events: [Event] = []

    public init() {}

    public init(
        sequence: Int64 = 0, events: [Event] = []
    ) {
        self.sequence = sequence
        self.events = events
    }
}

/// What became of one batch.
public struct StreamEventsResponse: WireMessage {
    public static let messageName = "tally.v1.StreamEventsResponse"

    /// Number of the batch.
    public var sequence: Int64 = 0
    /// One for each event of the batch, in order; none where the batch was refused whole.
    public var results: [EventResult] = []
    /// Why the batch was refused whole, and none of it recorded: EVENTS_MISSING, EVENTS_TOO_MANY,
    /// AMOUNT_OUT_OF_RANGE or QUANTITY_OUT_OF_RANGE; empty where it was not.
    public var reason: String = ""
    /// Field at fault, such as `events`.
    public var field: String = ""
    /// For people, with the remedy.
    public var description: String = ""

    public init() {}

    public init(
        sequence: Int64 = 0, results: [EventResult] = [], reason: String = "", field: String = "",
        description: String = ""
    ) {
        self.sequence = sequence
        self.results = results
        self.reason = reason
        self.field = field
        self.description = description
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
    /// Accepted, but it does not count: another source does of the same call, which told of it
    /// before or is ranked higher.
    public var suppressed: Bool = false

    public init() {}

    public init(
        outcome: EventResult.Outcome = EventResult.Outcome(rawValue: 0), reason: String = "",
        field: String = "", description: String = "", unpriced: Bool = false,
        suppressed: Bool = false
    ) {
        self.outcome = outcome
        self.reason = reason
        self.field = field
        self.description = description
        self.unpriced = unpriced
        self.suppressed = suppressed
    }
}

/// What an event's quantities should have been.
public struct EventCorrection: WireMessage {
    public static let messageName = "tally.v1.EventCorrection"

    /// Source of the event, 1 to 100 bytes.
    public var source: String = ""
    /// Id of the event there, 1 to 200 bytes.
    public var id: String = ""
    /// All of its quantities, as in Event; none means that it used nothing.
    public var quantities: [Quantity] = []
    /// What is known of them. Default: reported.
    public var usageState: UsageState = UsageState(rawValue: 0)
    /// Why, for whoever asks later, 1 to 200 bytes.
    public var reason: String = ""
    /// The usage as the provider answered it, instead of quantities, as in Event. Only its counts
    /// are taken:
    /// what it says of service tier, region or cost changes nothing.
    public var usageObject: String = ""
    /// Whose shape usage_object has; required with it.
    public var usageFormat: UsageFormat = UsageFormat(rawValue: 0)

    public init() {}

    public init(
        source: String = "", id: String = "", quantities: [Quantity] = [],
        usageState: UsageState = UsageState(rawValue: 0), reason: String = "",
        usageObject: String = "", usageFormat: UsageFormat = UsageFormat(rawValue: 0)
    ) {
        self.source = source
        self.id = id
        self.quantities = quantities
        self.usageState = usageState
        self.reason = reason
        self.usageObject = usageObject
        self.usageFormat = usageFormat
    }
}

public struct CorrectEventsRequest: WireMessage {
    public static let messageName = "tally.v1.CorrectEventsRequest"

    /// 1 to 100. Several of one event follow one another.
    public var corrections: [EventCorrection] = []

    public init() {}

    public init(
        corrections: [EventCorrection] = []
    ) {
        self.corrections = corrections
    }
}

public struct CorrectEventsResponse: WireMessage {
    public static let messageName = "tally.v1.CorrectEventsResponse"

    /// One for each correction, in order.
    public var results: [EventChangeResult] = []
    /// How complete the amounts are: of these events alone.
    public var completeness: Completeness?

    public init() {}

    public init(
        results: [EventChangeResult] = [], completeness: Completeness? = nil
    ) {
        self.results = results
        self.completeness = completeness
    }
}

/// An event that is to count nothing.
public struct EventReversal: WireMessage {
    public static let messageName = "tally.v1.EventReversal"

    /// Source of the event, 1 to 100 bytes.
    public var source: String = ""
    /// Id of the event there, 1 to 200 bytes.
    public var id: String = ""
    /// Why, for whoever asks later, 1 to 200 bytes.
    public var reason: String = ""

    public init() {}

    public init(
        source: String = "", id: String = "", reason: String = ""
    ) {
        self.source = source
        self.id = id
        self.reason = reason
    }
}

public struct ReverseEventsRequest: WireMessage {
    public static let messageName = "tally.v1.ReverseEventsRequest"

    /// 1 to 100.
    public var reversals: [EventReversal] = []

    public init() {}

    public init(
        reversals: [EventReversal] = []
    ) {
        self.reversals = reversals
    }
}

public struct ReverseEventsResponse: WireMessage {
    public static let messageName = "tally.v1.ReverseEventsResponse"

    /// One for each reversal, in order.
    public var results: [EventChangeResult] = []
    /// How complete the amounts are: of these events alone.
    public var completeness: Completeness?

    public init() {}

    public init(
        results: [EventChangeResult] = [], completeness: Completeness? = nil
    ) {
        self.results = results
        self.completeness = completeness
    }
}

/// What became of a correction or reversal.
public struct EventChangeResult: WireMessage {
    /// What became of a correction or reversal.
    public struct Outcome: RawRepresentable, CaseIterable, Hashable, Sendable {
        public let rawValue: Int32

        public init(rawValue: Int32) {
            self.rawValue = rawValue
        }

        /// Never sent.
        public static let unspecified = Self(rawValue: 0)
        /// Entries were added that lead to the target.
        public static let changed = Self(rawValue: 1)
        /// The event came to the target already.
        public static let unchanged = Self(rawValue: 2)
        /// Nothing was changed; reason and field say why.
        public static let rejected = Self(rawValue: 3)

        /// Every value that the contract names, in its order.
        public static let allCases: [Self] = [
            .unspecified, .changed, .unchanged, .rejected,
        ]

        /// The name in the contract; nil for a value that it does not know.
        public var name: String? {
            switch rawValue {
            case 0: "OUTCOME_UNSPECIFIED"
            case 1: "OUTCOME_CHANGED"
            case 2: "OUTCOME_UNCHANGED"
            case 3: "OUTCOME_REJECTED"
            default: nil
            }
        }
    }

    public static let messageName = "tally.v1.EventChangeResult"

    /// What became of it.
    public var outcome: EventChangeResult.Outcome = EventChangeResult.Outcome(rawValue: 0)
    /// Stable reason of a rejection: EVENT_NOT_FOUND, EVENT_REVERSED, EVENT_SUPPRESSED,
    /// CALL_HAS_TOO_MANY_EVENTS,
    /// EVENT_TOO_OLD, or what is wrong with the item.
    public var reason: String = ""
    /// Field at fault, such as `corrections[3].quantities[0].amount`.
    public var field: String = ""
    /// For people, with the remedy.
    public var description: String = ""
    /// What the event comes to now; absent where its cost is not known.
    public var amount: Money?
    /// No price was found for what it is now: its cost is not known.
    public var unpriced: Bool = false

    public init() {}

    public init(
        outcome: EventChangeResult.Outcome = EventChangeResult.Outcome(rawValue: 0),
        reason: String = "", field: String = "", description: String = "", amount: Money? = nil,
        unpriced: Bool = false
    ) {
        self.outcome = outcome
        self.reason = reason
        self.field = field
        self.description = description
        self.amount = amount
        self.unpriced = unpriced
    }
}

public struct ExplainEventRequest: WireMessage {
    public static let messageName = "tally.v1.ExplainEventRequest"

    /// Source of the event. Required.
    public var source: String = ""
    /// Id of the event there. Required.
    public var id: String = ""

    public init() {}

    public init(
        source: String = "", id: String = ""
    ) {
        self.source = source
        self.id = id
    }
}

public struct ExplainEventResponse: WireMessage {
    public static let messageName = "tally.v1.ExplainEventResponse"

    /// The event as it was sent; what its sender left out is filled in. Instead of a usage object
    /// it has the
    /// quantities that the object says.
    public var event: Event?
    /// Its entries in the order they were recorded, the event's own first.
    public var entries: [ExplainedEntry] = []
    /// What the event comes to: the sum of the entries' amounts. Absent where its cost is not
    /// known.
    public var amount: Money?
    /// No price was found: its cost is not known.
    public var unpriced: Bool = false
    /// It was reversed.
    public var reversed: Bool = false
    /// How complete the amount is: of this event alone.
    public var completeness: Completeness?
    /// The amount minus event.provider_cost, what the provider itself said; absent where either is
    /// not known
    /// or their currencies differ, and where the event was reversed.
    public var providerCostDifference: Money?
    /// What rules derived when the event was recorded, by name; it counts there. Not part of
    /// `event`.
    public var derived: [DerivedDimension] = []

    public init() {}

    public init(
        event: Event? = nil, entries: [ExplainedEntry] = [], amount: Money? = nil,
        unpriced: Bool = false, reversed: Bool = false, completeness: Completeness? = nil,
        providerCostDifference: Money? = nil, derived: [DerivedDimension] = []
    ) {
        self.event = event
        self.entries = entries
        self.amount = amount
        self.unpriced = unpriced
        self.reversed = reversed
        self.completeness = completeness
        self.providerCostDifference = providerCostDifference
        self.derived = derived
    }
}

/// A dimension that a rule gave to an event.
public struct DerivedDimension: WireMessage {
    public static let messageName = "tally.v1.DerivedDimension"

    /// As the rule's target, such as team or tag:env.
    public var dimension: String = ""
    /// What the event counts under.
    public var value: String = ""
    /// What was sent.
    public var sent: DimensionValue?
    /// Version of the rules.
    public var ruleSetVersion: Int64 = 0
    /// Name of the rule.
    public var rule: String = ""

    public init() {}

    public init(
        dimension: String = "", value: String = "", sent: DimensionValue? = nil,
        ruleSetVersion: Int64 = 0, rule: String = ""
    ) {
        self.dimension = dimension
        self.value = value
        self.sent = sent
        self.ruleSetVersion = ruleSetVersion
        self.rule = rule
    }
}

/// One entry of an event.
public struct ExplainedEntry: WireMessage {
    /// What an entry stands for.
    public struct Kind: RawRepresentable, CaseIterable, Hashable, Sendable {
        public let rawValue: Int32

        public init(rawValue: Int32) {
            self.rawValue = rawValue
        }

        /// Never sent.
        public static let unspecified = Self(rawValue: 0)
        /// The event itself.
        public static let usage = Self(rawValue: 1)
        /// A step to what the event was corrected to.
        public static let correction = Self(rawValue: 6)
        /// What takes the event back for good.
        public static let reversal = Self(rawValue: 7)

        /// Every value that the contract names, in its order.
        public static let allCases: [Self] = [
            .unspecified, .usage, .correction, .reversal,
        ]

        /// The name in the contract; nil for a value that it does not know.
        public var name: String? {
            switch rawValue {
            case 0: "KIND_UNSPECIFIED"
            case 1: "KIND_USAGE"
            case 6: "KIND_CORRECTION"
            case 7: "KIND_REVERSAL"
            default: nil
            }
        }
    }

    public static let messageName = "tally.v1.ExplainedEntry"

    /// Number of the entry, unique in the organization.
    public var entryID: Int64 = 0
    /// What it stands for.
    public var kind: ExplainedEntry.Kind = ExplainedEntry.Kind(rawValue: 0)
    /// Number among the event's corrections, from 1; 0 for the event itself.
    public var correctionNumber: Int32 = 0
    /// When the ledger knew of it.
    public var recordedAt: Timestamp?
    /// Why the event was corrected or reversed.
    public var reason: String = ""
    /// What the entry adds to the event's amount; absent where the cost is not known from then on.
    public var amount: Money?
    /// What the event comes to from then on; absent as above.
    public var total: Money?
    /// The event's quantities from then on.
    public var quantities: [Quantity] = []
    /// The price version that made the total; absent where there was none.
    public var price: ExplainedPrice?
    /// Quantity × rate × multiplier for each of the quantities above that is not 0.
    public var lines: [ExplainedLine] = []
    /// Sum of the lines before it was rounded half-even to the pico, in units of the currency, as a
    /// decimal.
    public var exactTotal: String = ""
    /// What is known of the quantities from then on.
    public var usageState: UsageState = UsageState(rawValue: 0)

    public init() {}

    public init(
        entryID: Int64 = 0, kind: ExplainedEntry.Kind = ExplainedEntry.Kind(rawValue: 0),
        correctionNumber: Int32 = 0, recordedAt: Timestamp? = nil, reason: String = "",
        amount: Money? = nil, total: Money? = nil, quantities: [Quantity] = [],
        price: ExplainedPrice? = nil, lines: [ExplainedLine] = [], exactTotal: String = "",
        usageState: UsageState = UsageState(rawValue: 0)
    ) {
        self.entryID = entryID
        self.kind = kind
        self.correctionNumber = correctionNumber
        self.recordedAt = recordedAt
        self.reason = reason
        self.amount = amount
        self.total = total
        self.quantities = quantities
        self.price = price
        self.lines = lines
        self.exactTotal = exactTotal
        self.usageState = usageState
    }
}

/// The version of a price.
public struct ExplainedPrice: WireMessage {
    public static let messageName = "tally.v1.ExplainedPrice"

    /// Number of the version; of a price override the negative of its number.
    public var version: Int64 = 0
    /// Provider as in the price catalogue.
    public var provider: String = ""
    /// Model that the price is of; an event's model may be a form of its name, dated or behind a
    /// route, or an
    /// alias.
    public var model: String = ""
    /// Region that the price is of; empty where it holds in each that has none of its own.
    public var region: String = ""
    /// Currency of the price, an ISO 4217 code.
    public var currencyCode: String = ""
    /// First instant at which it holds; absent from the beginning of time.
    public var validFrom: Timestamp?
    /// First instant at which it no longer holds; absent while nothing follows it.
    public var validTo: Timestamp?
    /// True where nobody said when the price began.
    public var assumed: Bool = false
    /// The catalogue's alias by which the event's model has the price; empty where none led to it.
    public var alias: String = ""

    public init() {}

    public init(
        version: Int64 = 0, provider: String = "", model: String = "", region: String = "",
        currencyCode: String = "", validFrom: Timestamp? = nil, validTo: Timestamp? = nil,
        assumed: Bool = false, alias: String = ""
    ) {
        self.version = version
        self.provider = provider
        self.model = model
        self.region = region
        self.currencyCode = currencyCode
        self.validFrom = validFrom
        self.validTo = validTo
        self.assumed = assumed
        self.alias = alias
    }
}

/// One product of a cost.
public struct ExplainedLine: WireMessage {
    public static let messageName = "tally.v1.ExplainedLine"

    /// Class of the quantity.
    public var quantityClass: String = ""
    /// So many.
    public var amount: Int64 = 0
    /// What a million tokens, or one counted thing, cost, as a decimal.
    public var rate: String = ""
    /// Whether the rate is of a million.
    public var perMillion: Bool = false
    /// The region's factor times that of the price override, as a decimal.
    public var multiplier: String = ""
    /// amount × rate × multiplier in units of the currency, exactly, as a decimal.
    public var cost: String = ""

    public init() {}

    public init(
        quantityClass: String = "", amount: Int64 = 0, rate: String = "", perMillion: Bool = false,
        multiplier: String = "", cost: String = ""
    ) {
        self.quantityClass = quantityClass
        self.amount = amount
        self.rate = rate
        self.perMillion = perMillion
        self.multiplier = multiplier
        self.cost = cost
    }
}

public struct UsageTrendRequest: WireMessage {
    public static let messageName = "tally.v1.UsageTrendRequest"

    /// First day, in the organization's time zone. Required.
    public var from: Date?
    /// Last day, included. At most 366 days after the first. Required.
    public var through: Date?
    /// Record that the figures rest on. Default: effective; metered where breakdowns or filters ask
    /// for what only
    /// single events tell, which UsageSummaryRequest.breakdowns has more of.
    public var basis: Basis = Basis(rawValue: 0)
    /// What each point stands for. Default: a day. By the hour, the last day is at most 30 days
    /// after the
    /// first; what a source tells of by a longer time counts in the hour in which that begins.
    public var step: TrendStep = TrendStep(rawValue: 0)
    /// Of what the trend is: what passes each of them, at most 32. Default: of everything. While
    /// the
    /// database of data keys is away, a filter of users is KEYS_DATABASE_UNAVAILABLE.
    public var filters: [UsageFilter] = []
    /// With what was known at this instant, as UsageSummaryRequest.known_at. Default: with what is
    /// known.
    public var knownAt: Timestamp?

    public init() {}

    public init(
        from: Date? = nil, through: Date? = nil, basis: Basis = Basis(rawValue: 0),
        step: TrendStep = TrendStep(rawValue: 0), filters: [UsageFilter] = [],
        knownAt: Timestamp? = nil
    ) {
        self.from = from
        self.through = through
        self.basis = basis
        self.step = step
        self.filters = filters
        self.knownAt = knownAt
    }
}

public struct UsageTrendResponse: WireMessage {
    public static let messageName = "tally.v1.UsageTrendResponse"

    /// One for each day, oldest first, days without usage included; none unless the step is a day.
    public var days: [TrendDay] = []
    /// All points together.
    public var total: Money?
    /// How complete the figures are; what has no price is counted of what passes the filters.
    public var completeness: Completeness?
    /// One for each step, oldest first, those without usage included.
    public var points: [TrendPoint] = []

    public init() {}

    public init(
        days: [TrendDay] = [], total: Money? = nil, completeness: Completeness? = nil,
        points: [TrendPoint] = []
    ) {
        self.days = days
        self.total = total
        self.completeness = completeness
        self.points = points
    }
}

/// One hour, day, week or month of a trend.
public struct TrendPoint: WireMessage {
    public static let messageName = "tally.v1.TrendPoint"

    /// First instant.
    public var startTime: Timestamp?
    /// First instant behind it.
    public var endTime: Timestamp?
    /// The organization's day that the first instant is in.
    public var date: Date?
    /// How far the organization's clock is ahead of UTC at the first instant, in seconds.
    public var utcOffsetSeconds: Int32 = 0
    /// In the organization's reporting currency.
    public var cost: Money?
    /// Requests, where the source counts them.
    public var requests: Int64 = 0
    /// Tokens of every class.
    public var tokens: Int64 = 0
    /// True while the point may still change.
    public var provisional: Bool = false

    public init() {}

    public init(
        startTime: Timestamp? = nil, endTime: Timestamp? = nil, date: Date? = nil,
        utcOffsetSeconds: Int32 = 0, cost: Money? = nil, requests: Int64 = 0, tokens: Int64 = 0,
        provisional: Bool = false
    ) {
        self.startTime = startTime
        self.endTime = endTime
        self.date = date
        self.utcOffsetSeconds = utcOffsetSeconds
        self.cost = cost
        self.requests = requests
        self.tokens = tokens
        self.provisional = provisional
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
    /// Record that the figures rest on. Default: effective; metered where breakdowns or filters ask
    /// for what only
    /// single events tell, which UsageSummaryRequest.breakdowns has more of.
    public var basis: Basis = Basis(rawValue: 0)
    /// 1 to 100. Default 10.
    public var limit: Int32 = 0
    /// Whose models: of what passes each of them, at most 32. Default: of everything. While the
    /// database of
    /// data keys is away, a filter of users is KEYS_DATABASE_UNAVAILABLE.
    public var filters: [UsageFilter] = []
    /// With what was known at this instant, as UsageSummaryRequest.known_at. Default: with what is
    /// known.
    public var knownAt: Timestamp?

    public init() {}

    public init(
        from: Date? = nil, through: Date? = nil, basis: Basis = Basis(rawValue: 0),
        limit: Int32 = 0, filters: [UsageFilter] = [], knownAt: Timestamp? = nil
    ) {
        self.from = from
        self.through = through
        self.basis = basis
        self.limit = limit
        self.filters = filters
        self.knownAt = knownAt
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
    /// How complete the figures are; what has no price is counted of what passes the filters.
    public var completeness: Completeness?
    /// Requests of the models beyond the limit.
    public var otherRequests: Int64 = 0
    /// Requests of all models together.
    public var totalRequests: Int64 = 0

    public init() {}

    public init(
        models: [ModelUsage] = [], other: Money? = nil, total: Money? = nil,
        completeness: Completeness? = nil, otherRequests: Int64 = 0, totalRequests: Int64 = 0
    ) {
        self.models = models
        self.other = other
        self.total = total
        self.completeness = completeness
        self.otherRequests = otherRequests
        self.totalRequests = totalRequests
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
    /// Part of the total cost: a decimal number of six places, cut off, so that no share looks
    /// whole that is
    /// not. Credits may make it negative or more than 1. Empty where the total is 0.
    public var costShare: String = ""
    /// Part of the requests of all models, as cost_share. Empty where no source counts requests.
    public var requestShare: String = ""

    public init() {}

    public init(
        provider: String = "", model: String = "", cost: Money? = nil, requests: Int64 = 0,
        tokens: Int64 = 0, unpricedEntries: Int64 = 0, costShare: String = "",
        requestShare: String = ""
    ) {
        self.provider = provider
        self.model = model
        self.cost = cost
        self.requests = requests
        self.tokens = tokens
        self.unpricedEntries = unpricedEntries
        self.costShare = costShare
        self.requestShare = requestShare
    }
}

public struct UsageSummaryRequest: WireMessage {
    public static let messageName = "tally.v1.UsageSummaryRequest"

    /// First day, in the organization's time zone. Required.
    public var from: Date?
    /// Last day, included. At most 366 days after the first. Required.
    public var through: Date?
    /// Record that the figures rest on. Default: effective; metered where breakdowns or filters ask
    /// for what only
    /// single events tell, which UsageSummaryRequest.breakdowns has more of.
    public var basis: Basis = Basis(rawValue: 0)
    /// What rows are told apart by, at most 6, each once; none: one row. provider, model,
    /// requested_model,
    /// operation, region, service_tier, project, api_key_id, user, feature, customer, team,
    /// environment,
    /// source, connection, tag:<key>, day, week or month. While the database of data keys is away,
    /// a summary
    /// that is told apart or filtered by user is KEYS_DATABASE_UNAVAILABLE, and others go on.
    ///
    /// Or by what only single events tell: session, run, status (ok, error, aborted), attempt (from
    /// "1") and
    /// usage_state (reported, partial, missing, pending; as corrected). A report that is told apart
    /// or filtered by
    /// one of these looks at each event of its days: at most 1,000,000 by default, with those that
    /// were recorded
    /// together with them and what corrects them (FAILED_PRECONDITION REPORT_EVENTS_TOO_MANY), and
    /// no more than come
    /// to 100,000 rows (REPORT_ROWS_TOO_MANY). It is on the metered basis, which is its default
    /// (BASIS_NOT_OF_CALLS for
    /// others), and without `suppressed`; what providers report beyond events has none of these.
    /// Callers who are limited
    /// to some units are refused by UNIT_SCOPE_NOT_SERVED.
    public var breakdowns: [String] = []
    /// What is summed: what passes each of them, at most 32. Default: everything.
    public var filters: [UsageFilter] = []
    /// How many rows, 1 to 1,000. Default 100.
    public var limit: Int32 = 0
    /// With what was known at this instant: what was recorded later, read of connections later, or
    /// learnt of
    /// prices and contracts later counts nothing, and bills are final, or not, as they were then.
    /// Asked with the
    /// completeness.known_at of an earlier answer, its figures come back the same, and so do its
    /// sources as long
    /// as usage is kept; names that providers call things are those of now. Default: with what is
    /// known. Not for
    /// callers who are limited to some units (KNOWN_AT_OF_SOME_UNITS). KNOWN_AT_IN_FUTURE;
    /// KNOWN_AT_TOO_EARLY
    /// where it is not remembered what connections had read by then; USAGE_REMOVED where usage of
    /// the days is
    /// not kept any more; KNOWN_AT_READS_TOO_MUCH where more than 1,000,000 entries stand in those
    /// quarters of
    /// an hour of the days in which something was recorded later.
    public var knownAt: Timestamp?

    public init() {}

    public init(
        from: Date? = nil, through: Date? = nil, basis: Basis = Basis(rawValue: 0),
        breakdowns: [String] = [], filters: [UsageFilter] = [], limit: Int32 = 0,
        knownAt: Timestamp? = nil
    ) {
        self.from = from
        self.through = through
        self.basis = basis
        self.breakdowns = breakdowns
        self.filters = filters
        self.limit = limit
        self.knownAt = knownAt
    }
}

/// One demand on a dimension.
public struct UsageFilter: WireMessage {
    public static let messageName = "tally.v1.UsageFilter"

    /// One of those that rows of UsageSummary can be told apart by, but day, week and month.
    /// Required. Exports take none
    /// that only single events tell (DIMENSION_OF_CALLS).
    public var dimension: String = ""
    /// Values that pass, exact, at most 1,000. An empty one passes nothing but a tag without a
    /// value.
    public var values: [String] = []
    /// What has no value of the dimension, or no such tag, passes too. At least this or one value
    /// is
    /// required.
    public var orAbsent: Bool = false

    public init() {}

    public init(
        dimension: String = "", values: [String] = [], orAbsent: Bool = false
    ) {
        self.dimension = dimension
        self.values = values
        self.orAbsent = orAbsent
    }
}

public struct UsageSummaryResponse: WireMessage {
    public static let messageName = "tally.v1.UsageSummaryResponse"

    /// By cost, highest first; ties by their values in order.
    public var rows: [UsageSummaryRow] = []
    /// What the rows beyond the limit come to.
    public var other: UsageFigures?
    /// How many rows are beyond the limit.
    public var otherRows: Int64 = 0
    /// Everything that passes the filters.
    public var total: UsageFigures?
    /// How complete the figures are; what has no price is counted of what passes the filters.
    public var completeness: Completeness?
    /// What events came to, on any basis, that passes the filters and does not count since another
    /// source does of
    /// the same calls; no part of the total. Absent where the summary looks at single events.
    public var suppressed: UsageFigures?

    public init() {}

    public init(
        rows: [UsageSummaryRow] = [], other: UsageFigures? = nil, otherRows: Int64 = 0,
        total: UsageFigures? = nil, completeness: Completeness? = nil,
        suppressed: UsageFigures? = nil
    ) {
        self.rows = rows
        self.other = other
        self.otherRows = otherRows
        self.total = total
        self.completeness = completeness
        self.suppressed = suppressed
    }
}

/// What has the same values.
public struct UsageSummaryRow: WireMessage {
    public static let messageName = "tally.v1.UsageSummaryRow"

    /// One for each breakdown of the request, in its order.
    public var values: [DimensionValue] = []
    /// What they come to.
    public var figures: UsageFigures?

    public init() {}

    public init(
        values: [DimensionValue] = [], figures: UsageFigures? = nil
    ) {
        self.values = values
        self.figures = figures
    }
}

/// A value of one dimension.
public struct DimensionValue: WireMessage {
    public static let messageName = "tally.v1.DimensionValue"

    /// The value; of a connection its id, of a day such as "2026-11-21", of a week its Monday, of a
    /// month
    /// such as "2026-11".
    public var value: String = ""
    /// There is none, or no such tag; the value is empty then.
    public var absent: Bool = false
    /// What the provider called the project, API key or user in the time that the row is of; empty
    /// where nobody knows,
    /// and of all other dimensions. That is the name which was in force at the end of the row's
    /// day, week or month, of the
    /// shortest of them that it names, or of the span: the newest that a list told before, also of
    /// what was renamed
    /// within, is not listed any more, or whose connection was deleted. Lists are read once a day,
    /// so that a name
    /// begins with the list that told it first. Of what was listed later only, it is the earliest
    /// name that is known.
    /// So rows of times that are over keep their names.
    public var displayName: String = ""

    public init() {}

    public init(
        value: String = "", absent: Bool = false, displayName: String = ""
    ) {
        self.value = value
        self.absent = absent
        self.displayName = displayName
    }
}

/// What some spend comes to.
public struct UsageFigures: WireMessage {
    public static let messageName = "tally.v1.UsageFigures"

    /// In the organization's reporting currency.
    public var cost: Money?
    /// Requests, where the source counts them.
    public var requests: Int64 = 0
    /// Tokens of every class.
    public var tokens: Int64 = 0
    /// Entries without a price; they count nothing in the cost.
    public var unpricedEntries: Int64 = 0
    /// Tokens of those entries.
    public var unpricedTokens: Int64 = 0

    public init() {}

    public init(
        cost: Money? = nil, requests: Int64 = 0, tokens: Int64 = 0, unpricedEntries: Int64 = 0,
        unpricedTokens: Int64 = 0
    ) {
        self.cost = cost
        self.requests = requests
        self.tokens = tokens
        self.unpricedEntries = unpricedEntries
        self.unpricedTokens = unpricedTokens
    }
}

public struct ExportEntriesRequest: WireMessage {
    public static let messageName = "tally.v1.ExportEntriesRequest"

    /// First day, in the organization's time zone. Required.
    public var from: Date?
    /// Last day, included. At most 366 days after the first. Required.
    public var through: Date?
    /// What is exported: what passes each of them, at most 32. Default: everything.
    public var filters: [UsageFilter] = []
    /// Where to go on: of the last part that came, of the same days and filters. Default: from the
    /// beginning.
    /// PAGE_TOKEN_INVALID where it is none of theirs.
    public var after: String = ""
    /// The entries that were recorded at this instant or before, and completeness as of then; as
    /// UsageSummaryRequest.known_at. Default: those that are recorded.
    public var knownAt: Timestamp?

    public init() {}

    public init(
        from: Date? = nil, through: Date? = nil, filters: [UsageFilter] = [], after: String = "",
        knownAt: Timestamp? = nil
    ) {
        self.from = from
        self.through = through
        self.filters = filters
        self.after = after
        self.knownAt = knownAt
    }
}

/// A part of an export; parts with entries come first, then one end.
public struct EntryExportPart: WireMessage {
    /// What the part holds.
    public enum Part: Hashable, Sendable {
        /// The entries that come next.
        case entries(ExportedEntries)
        /// The last part: an export without it is not whole.
        case end(EntryExportEnd)
    }

    public static let messageName = "tally.v1.EntryExportPart"

    /// What the part holds.
    public var part: Part?

    public init() {}

    public init(
        part: Part? = nil
    ) {
        self.part = part
    }
}

/// Some entries.
public struct ExportedEntries: WireMessage {
    public static let messageName = "tally.v1.ExportedEntries"

    /// At least 1, as many as come to about a megabyte.
    public var entries: [ExportedEntry] = []
    /// What ExportEntriesRequest.after goes on behind them with.
    public var after: String = ""

    public init() {}

    public init(
        entries: [ExportedEntry] = [], after: String = ""
    ) {
        self.entries = entries
        self.after = after
    }
}

/// What the entries of one stream come to.
public struct EntryExportEnd: WireMessage {
    public static let messageName = "tally.v1.EntryExportEnd"

    /// How many this stream had; what came before `after` is not among them.
    public var entryCount: Int64 = 0
    /// What they come to, by feed, then currency. Feeds are not added up: they may tell of the same
    /// calls.
    public var sums: [EntrySum] = []
    /// How complete the figures of the days and filters are, on the metered basis.
    public var completeness: Completeness?

    public init() {}

    public init(
        entryCount: Int64 = 0, sums: [EntrySum] = [], completeness: Completeness? = nil
    ) {
        self.entryCount = entryCount
        self.sums = sums
        self.completeness = completeness
    }
}

/// What the entries of one feed in one currency come to.
public struct EntrySum: WireMessage {
    public static let messageName = "tally.v1.EntrySum"

    /// Which feed.
    public var feed: EntryFeed = EntryFeed(rawValue: 0)
    /// How many they are.
    public var entryCount: Int64 = 0
    /// Sum of their amounts; what has none adds nothing.
    public var amount: Money?

    public init() {}

    public init(
        feed: EntryFeed = EntryFeed(rawValue: 0), entryCount: Int64 = 0, amount: Money? = nil
    ) {
        self.feed = feed
        self.entryCount = entryCount
        self.amount = amount
    }
}

/// One entry of the ledger.
public struct ExportedEntry: WireMessage {
    /// What an entry stands for.
    public struct Kind: RawRepresentable, CaseIterable, Hashable, Sendable {
        public let rawValue: Int32

        public init(rawValue: Int32) {
            self.rawValue = rawValue
        }

        /// Never sent.
        public static let unspecified = Self(rawValue: 0)
        /// A metered event, or a row of a provider's usage report.
        public static let usage = Self(rawValue: 1)
        /// A line that a provider billed.
        public static let charge = Self(rawValue: 2)
        /// Money given back; negative.
        public static let credit = Self(rawValue: 3)
        /// Seats.
        public static let seat = Self(rawValue: 4)
        /// An imported line of a cloud bill.
        public static let cloud = Self(rawValue: 5)
        /// A step to what its root was corrected to.
        public static let correction = Self(rawValue: 6)
        /// What takes its root back for good.
        public static let reversal = Self(rawValue: 7)
        /// What came late for a closed month.
        public static let adjustment = Self(rawValue: 8)

        /// Every value that the contract names, in its order.
        public static let allCases: [Self] = [
            .unspecified, .usage, .charge, .credit, .seat, .cloud, .correction, .reversal,
            .adjustment,
        ]

        /// The name in the contract; nil for a value that it does not know.
        public var name: String? {
            switch rawValue {
            case 0: "KIND_UNSPECIFIED"
            case 1: "KIND_USAGE"
            case 2: "KIND_CHARGE"
            case 3: "KIND_CREDIT"
            case 4: "KIND_SEAT"
            case 5: "KIND_CLOUD"
            case 6: "KIND_CORRECTION"
            case 7: "KIND_REVERSAL"
            case 8: "KIND_ADJUSTMENT"
            default: nil
            }
        }
    }

    public static let messageName = "tally.v1.ExportedEntry"

    /// Number of the entry, unique in the organization.
    public var entryID: Int64 = 0
    /// What it stands for.
    public var kind: ExportedEntry.Kind = ExportedEntry.Kind(rawValue: 0)
    /// Where its figures come from.
    public var feed: EntryFeed = EntryFeed(rawValue: 0)
    /// Feed by name, as UsageSummary has it: the source of an event, or of a provider's report.
    public var source: String = ""
    /// Id of the event at its source; of a row of a report what it is known again by.
    public var eventID: String = ""
    /// When it happened; of a correction or reversal when its root did.
    public var eventTime: Timestamp?
    /// When the ledger knew of it.
    public var recordedAt: Timestamp?
    /// Of a correction or reversal the number of the entry that it is of; else 0.
    public var rootEntryID: Int64 = 0
    /// Number among its root's corrections and reversals, from 1; 0 for a root.
    public var correctionNumber: Int32 = 0
    /// Why a person or a program corrected or reversed it, or in what a provider's row contradicts
    /// itself; else empty,
    /// as for what a provider restated.
    public var reason: String = ""
    /// Currency of the amount, an ISO 4217 code, also where the amount is not known.
    public var currencyCode: String = ""
    /// What the entry adds. Absent where it is unpriced, which is not zero: its root's cost is
    /// unknown from
    /// then on.
    public var amount: Money?
    /// Number of the price version that made the amount; of a price override the negative of its
    /// number; 0
    /// where none did.
    public var priceVersion: Int64 = 0
    /// What the entry adds; negative where a correction takes back.
    public var quantities: [Quantity] = []
    /// What is known of the quantities.
    public var usageState: UsageState = UsageState(rawValue: 0)
    /// How the call ended.
    public var status: EventStatus = EventStatus(rawValue: 0)
    /// Requests that the entry adds.
    public var requests: Int64 = 0
    /// Milliseconds from request to last byte; 0 where unknown.
    public var latencyMs: Int64 = 0
    /// Number of the attempt, from 1; 0 where unknown.
    public var attempt: Int32 = 0
    /// Conversation that the call belongs to. This and the texts below: empty where there is none.
    public var session: String = ""
    /// Run of an agent that the call belongs to.
    public var run: String = ""
    /// Provider as in the price catalogue.
    public var provider: String = ""
    /// Model that answered.
    public var model: String = ""
    /// Model that was asked for, where it differs.
    public var requestedModel: String = ""
    /// Such as "chat".
    public var operation: String = ""
    /// Region that the provider prices by.
    public var region: String = ""
    /// Such as "standard".
    public var serviceTier: String = ""
    /// The provider's context tier; "+long" at its end where the long rates were charged.
    public var contextTier: String = ""
    /// Project or workspace at the provider.
    public var project: String = ""
    /// Id of the provider's key.
    public var apiKeyID: String = ""
    /// Who caused the call.
    public var user: String = ""
    /// Feature that made the call.
    public var feature: String = ""
    /// Customer that the call served.
    public var customer: String = ""
    /// Team that made the call.
    public var team: String = ""
    /// Such as "prod".
    public var environment: String = ""
    /// Id of the connection.
    public var connection: String = ""
    /// A bill's own words for the line.
    public var lineItem: String = ""
    /// Quantity class that a bill's line meters, where its words tell.
    public var chargeClass: String = ""
    /// Free tags, by key.
    public var tags: [Tag] = []
    /// What the provider itself said that the call cost; absent where it said nothing, and of what
    /// corrects the
    /// event. Part of no amount.
    public var providerCost: Money?
    /// Which period pays: the event's time, while that is open.
    public var bookedAt: Timestamp?
    /// Sum of the token classes among the quantities: the total that the event was sent with, where
    /// it was sent
    /// with one; negative where a correction takes back.
    public var totalTokens: Int64 = 0
    /// What rules derived of the dimensions above when the event was recorded, and what was sent,
    /// by name.
    public var derived: [DerivedDimension] = []

    public init() {}

    public init(
        entryID: Int64 = 0, kind: ExportedEntry.Kind = ExportedEntry.Kind(rawValue: 0),
        feed: EntryFeed = EntryFeed(rawValue: 0), source: String = "", eventID: String = "",
        eventTime: Timestamp? = nil, recordedAt: Timestamp? = nil, rootEntryID: Int64 = 0,
        correctionNumber: Int32 = 0, reason: String = "", currencyCode: String = "",
        amount: Money? = nil, priceVersion: Int64 = 0, quantities: [Quantity] = [],
        usageState: UsageState = UsageState(rawValue: 0),
        status: EventStatus = EventStatus(rawValue: 0), requests: Int64 = 0, latencyMs: Int64 = 0,
        attempt: Int32 = 0, session: String = "", run: String = "", provider: String = "",
        model: String = "", requestedModel: String = "", operation: String = "",
        region: String = "", serviceTier: String = "", contextTier: String = "",
        project: String = "", apiKeyID: String = "", user: String = "", feature: String = "",
        customer: String = "", team: String = "", environment: String = "", connection: String = "",
        lineItem: String = "", chargeClass: String = "", tags: [Tag] = [],
        providerCost: Money? = nil, bookedAt: Timestamp? = nil, totalTokens: Int64 = 0,
        derived: [DerivedDimension] = []
    ) {
        self.entryID = entryID
        self.kind = kind
        self.feed = feed
        self.source = source
        self.eventID = eventID
        self.eventTime = eventTime
        self.recordedAt = recordedAt
        self.rootEntryID = rootEntryID
        self.correctionNumber = correctionNumber
        self.reason = reason
        self.currencyCode = currencyCode
        self.amount = amount
        self.priceVersion = priceVersion
        self.quantities = quantities
        self.usageState = usageState
        self.status = status
        self.requests = requests
        self.latencyMs = latencyMs
        self.attempt = attempt
        self.session = session
        self.run = run
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
        self.connection = connection
        self.lineItem = lineItem
        self.chargeClass = chargeClass
        self.tags = tags
        self.providerCost = providerCost
        self.bookedAt = bookedAt
        self.totalTokens = totalTokens
        self.derived = derived
    }
}

public struct TagCoverageRequest: WireMessage {
    public static let messageName = "tally.v1.TagCoverageRequest"

    /// First day, in the organization's time zone. Required.
    public var from: Date?
    /// Last day, included. At most 366 days after the first. Required.
    public var through: Date?
    /// Record that the figures rest on. Default: effective; metered where breakdowns or filters ask
    /// for what only
    /// single events tell, which UsageSummaryRequest.breakdowns has more of.
    public var basis: Basis = Basis(rawValue: 0)
    /// tag:<key>, or another dimension of those that every spend may have, not what only single
    /// events tell
    /// (DIMENSION_OF_CALLS); at most 100, each once. Default:
    /// the 100 tags that most money carries.
    public var dimensions: [String] = []
    /// Of what the coverage is: what passes each of them, at most 32. Default: of everything.
    public var filters: [UsageFilter] = []
    /// With what was known at this instant, as UsageSummaryRequest.known_at. Default: with what is
    /// known.
    public var knownAt: Timestamp?

    public init() {}

    public init(
        from: Date? = nil, through: Date? = nil, basis: Basis = Basis(rawValue: 0),
        dimensions: [String] = [], filters: [UsageFilter] = [], knownAt: Timestamp? = nil
    ) {
        self.from = from
        self.through = through
        self.basis = basis
        self.dimensions = dimensions
        self.filters = filters
        self.knownAt = knownAt
    }
}

public struct TagCoverageResponse: WireMessage {
    public static let messageName = "tally.v1.TagCoverageResponse"

    /// In the order of the request; without dimensions there, by the money that carries it, most
    /// first,
    /// ties by name.
    public var dimensions: [DimensionCoverage] = []
    /// How many tags are beyond the 100.
    public var otherTags: Int64 = 0
    /// What carries no tag at all.
    public var untagged: UsageFigures?
    /// Everything that passes the filters.
    public var total: UsageFigures?
    /// How complete the figures are; what has no price is counted of what passes the filters.
    public var completeness: Completeness?

    public init() {}

    public init(
        dimensions: [DimensionCoverage] = [], otherTags: Int64 = 0, untagged: UsageFigures? = nil,
        total: UsageFigures? = nil, completeness: Completeness? = nil
    ) {
        self.dimensions = dimensions
        self.otherTags = otherTags
        self.untagged = untagged
        self.total = total
        self.completeness = completeness
    }
}

/// How much of the money carries one dimension.
public struct DimensionCoverage: WireMessage {
    public static let messageName = "tally.v1.DimensionCoverage"

    /// As in the request, such as "tag:team".
    public var dimension: String = ""
    /// What carries it, tags with an empty value included.
    public var covered: UsageFigures?
    /// What does not; both sum to the total.
    public var absent: UsageFigures?
    /// Cost that carries it by the total cost: a decimal number of six places, cut off and not
    /// rounded, so
    /// that no share looks whole that is not. Credits may make it negative or more than 1. Empty
    /// where the
    /// total cost is 0.
    public var share: String = ""

    public init() {}

    public init(
        dimension: String = "", covered: UsageFigures? = nil, absent: UsageFigures? = nil,
        share: String = ""
    ) {
        self.dimension = dimension
        self.covered = covered
        self.absent = absent
        self.share = share
    }
}

public struct ReconcileConnectionRequest: WireMessage {
    public static let messageName = "tally.v1.ReconcileConnectionRequest"

    /// The connection's id. Required.
    public var connectionID: String = ""
    /// First day of UTC. Required.
    public var from: Date?
    /// Last day of UTC, included. At most 92 days after the first. Required.
    public var through: Date?

    public init() {}

    public init(
        connectionID: String = "", from: Date? = nil, through: Date? = nil
    ) {
        self.connectionID = connectionID
        self.from = from
        self.through = through
    }
}

public struct ReconcileConnectionResponse: WireMessage {
    public static let messageName = "tally.v1.ReconcileConnectionResponse"

    /// What differs least is here, too: by day, model and line of the bill. At most 20,000; beyond,
    /// RECONCILIATION_TOO_LARGE asks for fewer days.
    public var rows: [ReconciliationRow] = []
    /// Sums of all rows.
    public var total: ReconciledFigures?
    /// Whether any event of these days names the connection. If not, nothing is said of events.
    public var hasEvents: Bool = false
    /// What is unexplained of all rows, each without its sign.
    public var unexplained: Money?
    /// That by what was billed: a decimal number of six places, cut off. Empty where nothing was
    /// billed.
    public var unexplainedShare: String = ""
    /// How complete the connection's figures are, on the billed basis.
    public var completeness: Completeness?

    public init() {}

    public init(
        rows: [ReconciliationRow] = [], total: ReconciledFigures? = nil, hasEvents: Bool = false,
        unexplained: Money? = nil, unexplainedShare: String = "", completeness: Completeness? = nil
    ) {
        self.rows = rows
        self.total = total
        self.hasEvents = hasEvents
        self.unexplained = unexplained
        self.unexplainedShare = unexplainedShare
        self.completeness = completeness
    }
}

/// One day of one model, or of a line of the bill that no usage stands for.
public struct ReconciliationRow: WireMessage {
    public static let messageName = "tally.v1.ReconciliationRow"

    /// Day of UTC.
    public var day: Date?
    /// Empty where the bill's line names none.
    public var model: String = ""
    /// The bill's own words for a line that no usage stands for, such as a fee; empty for all
    /// others.
    public var lineItem: String = ""
    /// Whether the day's bill is final: three days old, and unchanged for as long.
    public var final: Bool = false
    /// Its amounts, and why they differ.
    public var figures: ReconciledFigures?

    public init() {}

    public init(
        day: Date? = nil, model: String = "", lineItem: String = "", final: Bool = false,
        figures: ReconciledFigures? = nil
    ) {
        self.day = day
        self.model = model
        self.lineItem = lineItem
        self.final = final
        self.figures = figures
    }
}

/// Amounts that should be the same, and why they are not.
public struct ReconciledFigures: WireMessage {
    public static let messageName = "tally.v1.ReconciledFigures"

    /// What the provider charges, credits taken off.
    public var billed: Money?
    /// The provider's usage at the organization's prices; what has no price counts nothing.
    public var usage: Money?
    /// The events' quantities at the organization's prices. Absent without events.
    public var events: Money?
    /// Why they differ, by number of the cause; none is 0. Those of the bill sum to billed less
    /// usage, those of
    /// events to usage less events, to the pico.
    public var differences: [ReconciliationDifference] = []

    public init() {}

    public init(
        billed: Money? = nil, usage: Money? = nil, events: Money? = nil,
        differences: [ReconciliationDifference] = []
    ) {
        self.billed = billed
        self.usage = usage
        self.events = events
        self.differences = differences
    }
}

/// A part of a difference.
public struct ReconciliationDifference: WireMessage {
    public static let messageName = "tally.v1.ReconciliationDifference"

    /// Why.
    public var cause: ReconciliationCause = ReconciliationCause(rawValue: 0)
    /// How much; negative where the bill, or the usage, is less.
    public var amount: Money?

    public init() {}

    public init(
        cause: ReconciliationCause = ReconciliationCause(rawValue: 0), amount: Money? = nil
    ) {
        self.cause = cause
        self.amount = amount
    }
}

public struct PreviewAttributionRulesRequest: WireMessage {
    public static let messageName = "tally.v1.PreviewAttributionRulesRequest"

    /// First day, in the organization's time zone. Required.
    public var from: Date?
    /// Last day, included. At most 366 days after the first. Required.
    public var through: Date?
    /// Record that the figures rest on. Default: effective.
    public var basis: Basis = Basis(rawValue: 0)
    /// As in SetAttributionRules.
    public var rules: [AttributionRule] = []
    /// How many moves of each dimension, 1 to 100. Default 20.
    public var limit: Int32 = 0

    public init() {}

    public init(
        from: Date? = nil, through: Date? = nil, basis: Basis = Basis(rawValue: 0),
        rules: [AttributionRule] = [], limit: Int32 = 0
    ) {
        self.from = from
        self.through = through
        self.basis = basis
        self.rules = rules
        self.limit = limit
    }
}

public struct PreviewAttributionRulesResponse: WireMessage {
    public static let messageName = "tally.v1.PreviewAttributionRulesResponse"

    /// Those that the rules derive, and those that rules had derived of the spend, by name.
    public var dimensions: [AttributionEffect] = []
    /// What each rule gives a value to, in their order.
    public var rules: [AttributionRuleEffect] = []
    /// All spend of the days, as UsageSummary has it.
    public var total: UsageFigures?
    /// What of it is of providers' reports and bills and not of events: rules leave it as it is.
    public var notOfEvents: UsageFigures?
    /// How complete the figures are.
    public var completeness: Completeness?

    public init() {}

    public init(
        dimensions: [AttributionEffect] = [], rules: [AttributionRuleEffect] = [],
        total: UsageFigures? = nil, notOfEvents: UsageFigures? = nil,
        completeness: Completeness? = nil
    ) {
        self.dimensions = dimensions
        self.rules = rules
        self.total = total
        self.notOfEvents = notOfEvents
        self.completeness = completeness
    }
}

/// What rules would do to the spend by one dimension.
public struct AttributionEffect: WireMessage {
    public static let messageName = "tally.v1.AttributionEffect"

    /// As a rule's target, such as team or tag:env.
    public var dimension: String = ""
    /// The largest amounts first, whatever their sign; ties by the values.
    public var moves: [AttributionMove] = []
    /// What the moves beyond the limit come to.
    public var other: UsageFigures?
    /// How many moves are beyond the limit.
    public var otherMoves: Int64 = 0
    /// All moves together.
    public var moved: UsageFigures?
    /// What stays where it is; with what moves, the total.
    public var unchanged: UsageFigures?

    public init() {}

    public init(
        dimension: String = "", moves: [AttributionMove] = [], other: UsageFigures? = nil,
        otherMoves: Int64 = 0, moved: UsageFigures? = nil, unchanged: UsageFigures? = nil
    ) {
        self.dimension = dimension
        self.moves = moves
        self.other = other
        self.otherMoves = otherMoves
        self.moved = moved
        self.unchanged = unchanged
    }
}

/// Spend that has one value and would have another.
public struct AttributionMove: WireMessage {
    public static let messageName = "tally.v1.AttributionMove"

    /// What it has.
    public var before: DimensionValue?
    /// What it would have.
    public var after: DimensionValue?
    /// How much.
    public var figures: UsageFigures?

    public init() {}

    public init(
        before: DimensionValue? = nil, after: DimensionValue? = nil, figures: UsageFigures? = nil
    ) {
        self.before = before
        self.after = after
        self.figures = figures
    }
}

/// What one rule of a preview does.
public struct AttributionRuleEffect: WireMessage {
    public static let messageName = "tally.v1.AttributionRuleEffect"

    /// Name of the rule.
    public var name: String = ""
    /// The spend whose value it would have given; 0 where it decides nothing, or only what was
    /// sent.
    public var figures: UsageFigures?

    public init() {}

    public init(
        name: String = "", figures: UsageFigures? = nil
    ) {
        self.name = name
        self.figures = figures
    }
}

/// Which of an organization's sources counts where several tell of the same call.
public struct SourceRanks: WireMessage {
    public static let messageName = "tally.v1.SourceRanks"

    /// How often they were set; 0 where they never were.
    public var version: Int64 = 0
    /// The highest first.
    public var sources: [String] = []
    /// When they were set; absent where they never were.
    public var updateTime: Timestamp?

    public init() {}

    public init(
        version: Int64 = 0, sources: [String] = [], updateTime: Timestamp? = nil
    ) {
        self.version = version
        self.sources = sources
        self.updateTime = updateTime
    }
}

public struct SetSourceRanksRequest: WireMessage {
    public static let messageName = "tally.v1.SetSourceRanksRequest"

    /// The highest first, at most 100, each once, as events name them (Event.source): 1 to 100
    /// bytes. None: of all the one
    /// that told first counts.
    public var sources: [String] = []
    /// The version as it was read; any other is SOURCE_RANKS_CHANGED. 0: any.
    public var expectedVersion: Int64 = 0

    public init() {}

    public init(
        sources: [String] = [], expectedVersion: Int64 = 0
    ) {
        self.sources = sources
        self.expectedVersion = expectedVersion
    }
}

public struct GetSourceRanksRequest: WireMessage {
    public static let messageName = "tally.v1.GetSourceRanksRequest"

    public init() {}
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
        self.usageObject = try MessageArena.string(
            raw.pointee.usage_object, messageName: Self.messageName, field: "usage_object")
        self.usageFormat = UsageFormat(
            rawValue: Int32(truncatingIfNeeded: raw.pointee.usage_format.rawValue))
        self.providerCost = try raw.pointee.provider_cost.map { try Money($0) }
        self.providerRequestID = try MessageArena.string(
            raw.pointee.provider_request_id, messageName: Self.messageName,
            field: "provider_request_id")
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
        if !self.usageObject.isEmpty {
            raw.pointee.usage_object = arena.copy(self.usageObject)
        }
        raw.pointee.usage_format = .init(
            rawValue: .init(truncatingIfNeeded: self.usageFormat.rawValue))
        if let value = self.providerCost {
            raw.pointee.provider_cost = value.pack(into: arena)
        }
        if !self.providerRequestID.isEmpty {
            raw.pointee.provider_request_id = arena.copy(self.providerRequestID)
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

extension StreamEventsRequest {
    public init(
        serialized bytes: UnsafeRawBufferPointer, in arena: MessageArena
    ) throws {
        let descriptor = Self.descriptor
        try DecodeGuard.check(
            bytes, descriptor: descriptor, messageName: Self.messageName)
        let raw = try arena.unpack(
            bytes, as: Tally__V1__StreamEventsRequest.self, descriptor: descriptor,
            messageName: Self.messageName)
        self = try withExtendedLifetime(arena) { try Self(raw) }
    }

    public func packed(in arena: MessageArena) -> PackedMessage {
        PackedMessage(pack(into: arena))
    }

    /// protobuf-c's description of the message, at its own address.
    static var descriptor: UnsafePointer<ProtobufCMessageDescriptor> {
        var raw = Tally__V1__StreamEventsRequest()
        tally__v1__stream_events_request__init(&raw)
        return raw.base.descriptor
    }

    /// The value of an unpacked message.
    init(_ raw: UnsafePointer<Tally__V1__StreamEventsRequest>) throws {
        self.sequence = raw.pointee.sequence
        self.events = try MessageArena.values(raw.pointee.events, count: raw.pointee.n_events) {
            try Event($0)
        }
    }

    /// The message as protobuf-c packs it; it lives as long as the arena.
    func pack(into arena: MessageArena) -> UnsafeMutablePointer<Tally__V1__StreamEventsRequest> {
        let raw = arena.allocateMessage(Tally__V1__StreamEventsRequest.self)
        tally__v1__stream_events_request__init(raw)
        raw.pointee.sequence = self.sequence
        if !self.events.isEmpty {
            raw.pointee.n_events = self.events.count
            raw.pointee.events = arena.copy(self.events) { $0.pack(into: arena) }
        }
        return raw
    }
}

extension StreamEventsResponse {
    public init(
        serialized bytes: UnsafeRawBufferPointer, in arena: MessageArena
    ) throws {
        let descriptor = Self.descriptor
        try DecodeGuard.check(
            bytes, descriptor: descriptor, messageName: Self.messageName)
        let raw = try arena.unpack(
            bytes, as: Tally__V1__StreamEventsResponse.self, descriptor: descriptor,
            messageName: Self.messageName)
        self = try withExtendedLifetime(arena) { try Self(raw) }
    }

    public func packed(in arena: MessageArena) -> PackedMessage {
        PackedMessage(pack(into: arena))
    }

    /// protobuf-c's description of the message, at its own address.
    static var descriptor: UnsafePointer<ProtobufCMessageDescriptor> {
        var raw = Tally__V1__StreamEventsResponse()
        tally__v1__stream_events_response__init(&raw)
        return raw.base.descriptor
    }

    /// The value of an unpacked message.
    init(_ raw: UnsafePointer<Tally__V1__StreamEventsResponse>) throws {
        self.sequence = raw.pointee.sequence
        self.results = try MessageArena.values(raw.pointee.results, count: raw.pointee.n_results) {
            try EventResult($0)
        }
        self.reason = try MessageArena.string(
            raw.pointee.reason, messageName: Self.messageName, field: "reason")
        self.field = try MessageArena.string(
            raw.pointee.field, messageName: Self.messageName, field: "field")
        self.description = try MessageArena.string(
            raw.pointee.description, messageName: Self.messageName, field: "description")
    }

    /// The message as protobuf-c packs it; it lives as long as the arena.
    func pack(into arena: MessageArena) -> UnsafeMutablePointer<Tally__V1__StreamEventsResponse> {
        let raw = arena.allocateMessage(Tally__V1__StreamEventsResponse.self)
        tally__v1__stream_events_response__init(raw)
        raw.pointee.sequence = self.sequence
        if !self.results.isEmpty {
            raw.pointee.n_results = self.results.count
            raw.pointee.results = arena.copy(self.results) { $0.pack(into: arena) }
        }
        if !self.reason.isEmpty {
            raw.pointee.reason = arena.copy(self.reason)
        }
        if !self.field.isEmpty {
            raw.pointee.field = arena.copy(self.field)
        }
        if !self.description.isEmpty {
            raw.pointee.description = arena.copy(self.description)
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
        self.suppressed = raw.pointee.suppressed != 0
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
        raw.pointee.suppressed = self.suppressed ? 1 : 0
        return raw
    }
}

extension EventCorrection {
    public init(
        serialized bytes: UnsafeRawBufferPointer, in arena: MessageArena
    ) throws {
        let descriptor = Self.descriptor
        try DecodeGuard.check(
            bytes, descriptor: descriptor, messageName: Self.messageName)
        let raw = try arena.unpack(
            bytes, as: Tally__V1__EventCorrection.self, descriptor: descriptor,
            messageName: Self.messageName)
        self = try withExtendedLifetime(arena) { try Self(raw) }
    }

    public func packed(in arena: MessageArena) -> PackedMessage {
        PackedMessage(pack(into: arena))
    }

    /// protobuf-c's description of the message, at its own address.
    static var descriptor: UnsafePointer<ProtobufCMessageDescriptor> {
        var raw = Tally__V1__EventCorrection()
        tally__v1__event_correction__init(&raw)
        return raw.base.descriptor
    }

    /// The value of an unpacked message.
    init(_ raw: UnsafePointer<Tally__V1__EventCorrection>) throws {
        self.source = try MessageArena.string(
            raw.pointee.source, messageName: Self.messageName, field: "source")
        self.id = try MessageArena.string(
            raw.pointee.id, messageName: Self.messageName, field: "id")
        self.quantities = try MessageArena.values(
            raw.pointee.quantities, count: raw.pointee.n_quantities
        ) { try Quantity($0) }
        self.usageState = UsageState(
            rawValue: Int32(truncatingIfNeeded: raw.pointee.usage_state.rawValue))
        self.reason = try MessageArena.string(
            raw.pointee.reason, messageName: Self.messageName, field: "reason")
        self.usageObject = try MessageArena.string(
            raw.pointee.usage_object, messageName: Self.messageName, field: "usage_object")
        self.usageFormat = UsageFormat(
            rawValue: Int32(truncatingIfNeeded: raw.pointee.usage_format.rawValue))
    }

    /// The message as protobuf-c packs it; it lives as long as the arena.
    func pack(into arena: MessageArena) -> UnsafeMutablePointer<Tally__V1__EventCorrection> {
        let raw = arena.allocateMessage(Tally__V1__EventCorrection.self)
        tally__v1__event_correction__init(raw)
        if !self.source.isEmpty {
            raw.pointee.source = arena.copy(self.source)
        }
        if !self.id.isEmpty {
            raw.pointee.id = arena.copy(self.id)
        }
        if !self.quantities.isEmpty {
            raw.pointee.n_quantities = self.quantities.count
            raw.pointee.quantities = arena.copy(self.quantities) { $0.pack(into: arena) }
        }
        raw.pointee.usage_state = .init(
            rawValue: .init(truncatingIfNeeded: self.usageState.rawValue))
        if !self.reason.isEmpty {
            raw.pointee.reason = arena.copy(self.reason)
        }
        if !self.usageObject.isEmpty {
            raw.pointee.usage_object = arena.copy(self.usageObject)
        }
        raw.pointee.usage_format = .init(
            rawValue: .init(truncatingIfNeeded: self.usageFormat.rawValue))
        return raw
    }
}

extension CorrectEventsRequest {
    public init(
        serialized bytes: UnsafeRawBufferPointer, in arena: MessageArena
    ) throws {
        let descriptor = Self.descriptor
        try DecodeGuard.check(
            bytes, descriptor: descriptor, messageName: Self.messageName)
        let raw = try arena.unpack(
            bytes, as: Tally__V1__CorrectEventsRequest.self, descriptor: descriptor,
            messageName: Self.messageName)
        self = try withExtendedLifetime(arena) { try Self(raw) }
    }

    public func packed(in arena: MessageArena) -> PackedMessage {
        PackedMessage(pack(into: arena))
    }

    /// protobuf-c's description of the message, at its own address.
    static var descriptor: UnsafePointer<ProtobufCMessageDescriptor> {
        var raw = Tally__V1__CorrectEventsRequest()
        tally__v1__correct_events_request__init(&raw)
        return raw.base.descriptor
    }

    /// The value of an unpacked message.
    init(_ raw: UnsafePointer<Tally__V1__CorrectEventsRequest>) throws {
        self.corrections = try MessageArena.values(
            raw.pointee.corrections, count: raw.pointee.n_corrections
        ) { try EventCorrection($0) }
    }

    /// The message as protobuf-c packs it; it lives as long as the arena.
    func pack(into arena: MessageArena) -> UnsafeMutablePointer<Tally__V1__CorrectEventsRequest> {
        let raw = arena.allocateMessage(Tally__V1__CorrectEventsRequest.self)
        tally__v1__correct_events_request__init(raw)
        if !self.corrections.isEmpty {
            raw.pointee.n_corrections = self.corrections.count
            raw.pointee.corrections = arena.copy(self.corrections) { $0.pack(into: arena) }
        }
        return raw
    }
}

extension CorrectEventsResponse {
    public init(
        serialized bytes: UnsafeRawBufferPointer, in arena: MessageArena
    ) throws {
        let descriptor = Self.descriptor
        try DecodeGuard.check(
            bytes, descriptor: descriptor, messageName: Self.messageName)
        let raw = try arena.unpack(
            bytes, as: Tally__V1__CorrectEventsResponse.self, descriptor: descriptor,
            messageName: Self.messageName)
        self = try withExtendedLifetime(arena) { try Self(raw) }
    }

    public func packed(in arena: MessageArena) -> PackedMessage {
        PackedMessage(pack(into: arena))
    }

    /// protobuf-c's description of the message, at its own address.
    static var descriptor: UnsafePointer<ProtobufCMessageDescriptor> {
        var raw = Tally__V1__CorrectEventsResponse()
        tally__v1__correct_events_response__init(&raw)
        return raw.base.descriptor
    }

    /// The value of an unpacked message.
    init(_ raw: UnsafePointer<Tally__V1__CorrectEventsResponse>) throws {
        self.results = try MessageArena.values(raw.pointee.results, count: raw.pointee.n_results) {
            try EventChangeResult($0)
        }
        self.completeness = try raw.pointee.completeness.map { try Completeness($0) }
    }

    /// The message as protobuf-c packs it; it lives as long as the arena.
    func pack(into arena: MessageArena) -> UnsafeMutablePointer<Tally__V1__CorrectEventsResponse> {
        let raw = arena.allocateMessage(Tally__V1__CorrectEventsResponse.self)
        tally__v1__correct_events_response__init(raw)
        if !self.results.isEmpty {
            raw.pointee.n_results = self.results.count
            raw.pointee.results = arena.copy(self.results) { $0.pack(into: arena) }
        }
        if let value = self.completeness {
            raw.pointee.completeness = value.pack(into: arena)
        }
        return raw
    }
}

extension EventReversal {
    public init(
        serialized bytes: UnsafeRawBufferPointer, in arena: MessageArena
    ) throws {
        let descriptor = Self.descriptor
        try DecodeGuard.check(
            bytes, descriptor: descriptor, messageName: Self.messageName)
        let raw = try arena.unpack(
            bytes, as: Tally__V1__EventReversal.self, descriptor: descriptor,
            messageName: Self.messageName)
        self = try withExtendedLifetime(arena) { try Self(raw) }
    }

    public func packed(in arena: MessageArena) -> PackedMessage {
        PackedMessage(pack(into: arena))
    }

    /// protobuf-c's description of the message, at its own address.
    static var descriptor: UnsafePointer<ProtobufCMessageDescriptor> {
        var raw = Tally__V1__EventReversal()
        tally__v1__event_reversal__init(&raw)
        return raw.base.descriptor
    }

    /// The value of an unpacked message.
    init(_ raw: UnsafePointer<Tally__V1__EventReversal>) throws {
        self.source = try MessageArena.string(
            raw.pointee.source, messageName: Self.messageName, field: "source")
        self.id = try MessageArena.string(
            raw.pointee.id, messageName: Self.messageName, field: "id")
        self.reason = try MessageArena.string(
            raw.pointee.reason, messageName: Self.messageName, field: "reason")
    }

    /// The message as protobuf-c packs it; it lives as long as the arena.
    func pack(into arena: MessageArena) -> UnsafeMutablePointer<Tally__V1__EventReversal> {
        let raw = arena.allocateMessage(Tally__V1__EventReversal.self)
        tally__v1__event_reversal__init(raw)
        if !self.source.isEmpty {
            raw.pointee.source = arena.copy(self.source)
        }
        if !self.id.isEmpty {
            raw.pointee.id = arena.copy(self.id)
        }
        if !self.reason.isEmpty {
            raw.pointee.reason = arena.copy(self.reason)
        }
        return raw
    }
}

extension ReverseEventsRequest {
    public init(
        serialized bytes: UnsafeRawBufferPointer, in arena: MessageArena
    ) throws {
        let descriptor = Self.descriptor
        try DecodeGuard.check(
            bytes, descriptor: descriptor, messageName: Self.messageName)
        let raw = try arena.unpack(
            bytes, as: Tally__V1__ReverseEventsRequest.self, descriptor: descriptor,
            messageName: Self.messageName)
        self = try withExtendedLifetime(arena) { try Self(raw) }
    }

    public func packed(in arena: MessageArena) -> PackedMessage {
        PackedMessage(pack(into: arena))
    }

    /// protobuf-c's description of the message, at its own address.
    static var descriptor: UnsafePointer<ProtobufCMessageDescriptor> {
        var raw = Tally__V1__ReverseEventsRequest()
        tally__v1__reverse_events_request__init(&raw)
        return raw.base.descriptor
    }

    /// The value of an unpacked message.
    init(_ raw: UnsafePointer<Tally__V1__ReverseEventsRequest>) throws {
        self.reversals = try MessageArena.values(
            raw.pointee.reversals, count: raw.pointee.n_reversals
        ) { try EventReversal($0) }
    }

    /// The message as protobuf-c packs it; it lives as long as the arena.
    func pack(into arena: MessageArena) -> UnsafeMutablePointer<Tally__V1__ReverseEventsRequest> {
        let raw = arena.allocateMessage(Tally__V1__ReverseEventsRequest.self)
        tally__v1__reverse_events_request__init(raw)
        if !self.reversals.isEmpty {
            raw.pointee.n_reversals = self.reversals.count
            raw.pointee.reversals = arena.copy(self.reversals) { $0.pack(into: arena) }
        }
        return raw
    }
}

extension ReverseEventsResponse {
    public init(
        serialized bytes: UnsafeRawBufferPointer, in arena: MessageArena
    ) throws {
        let descriptor = Self.descriptor
        try DecodeGuard.check(
            bytes, descriptor: descriptor, messageName: Self.messageName)
        let raw = try arena.unpack(
            bytes, as: Tally__V1__ReverseEventsResponse.self, descriptor: descriptor,
            messageName: Self.messageName)
        self = try withExtendedLifetime(arena) { try Self(raw) }
    }

    public func packed(in arena: MessageArena) -> PackedMessage {
        PackedMessage(pack(into: arena))
    }

    /// protobuf-c's description of the message, at its own address.
    static var descriptor: UnsafePointer<ProtobufCMessageDescriptor> {
        var raw = Tally__V1__ReverseEventsResponse()
        tally__v1__reverse_events_response__init(&raw)
        return raw.base.descriptor
    }

    /// The value of an unpacked message.
    init(_ raw: UnsafePointer<Tally__V1__ReverseEventsResponse>) throws {
        self.results = try MessageArena.values(raw.pointee.results, count: raw.pointee.n_results) {
            try EventChangeResult($0)
        }
        self.completeness = try raw.pointee.completeness.map { try Completeness($0) }
    }

    /// The message as protobuf-c packs it; it lives as long as the arena.
    func pack(into arena: MessageArena) -> UnsafeMutablePointer<Tally__V1__ReverseEventsResponse> {
        let raw = arena.allocateMessage(Tally__V1__ReverseEventsResponse.self)
        tally__v1__reverse_events_response__init(raw)
        if !self.results.isEmpty {
            raw.pointee.n_results = self.results.count
            raw.pointee.results = arena.copy(self.results) { $0.pack(into: arena) }
        }
        if let value = self.completeness {
            raw.pointee.completeness = value.pack(into: arena)
        }
        return raw
    }
}

extension EventChangeResult {
    public init(
        serialized bytes: UnsafeRawBufferPointer, in arena: MessageArena
    ) throws {
        let descriptor = Self.descriptor
        try DecodeGuard.check(
            bytes, descriptor: descriptor, messageName: Self.messageName)
        let raw = try arena.unpack(
            bytes, as: Tally__V1__EventChangeResult.self, descriptor: descriptor,
            messageName: Self.messageName)
        self = try withExtendedLifetime(arena) { try Self(raw) }
    }

    public func packed(in arena: MessageArena) -> PackedMessage {
        PackedMessage(pack(into: arena))
    }

    /// protobuf-c's description of the message, at its own address.
    static var descriptor: UnsafePointer<ProtobufCMessageDescriptor> {
        var raw = Tally__V1__EventChangeResult()
        tally__v1__event_change_result__init(&raw)
        return raw.base.descriptor
    }

    /// The value of an unpacked message.
    init(_ raw: UnsafePointer<Tally__V1__EventChangeResult>) throws {
        self.outcome = EventChangeResult.Outcome(
            rawValue: Int32(truncatingIfNeeded: raw.pointee.outcome.rawValue))
        self.reason = try MessageArena.string(
            raw.pointee.reason, messageName: Self.messageName, field: "reason")
        self.field = try MessageArena.string(
            raw.pointee.field, messageName: Self.messageName, field: "field")
        self.description = try MessageArena.string(
            raw.pointee.description, messageName: Self.messageName, field: "description")
        self.amount = try raw.pointee.amount.map { try Money($0) }
        self.unpriced = raw.pointee.unpriced != 0
    }

    /// The message as protobuf-c packs it; it lives as long as the arena.
    func pack(into arena: MessageArena) -> UnsafeMutablePointer<Tally__V1__EventChangeResult> {
        let raw = arena.allocateMessage(Tally__V1__EventChangeResult.self)
        tally__v1__event_change_result__init(raw)
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
        if let value = self.amount {
            raw.pointee.amount = value.pack(into: arena)
        }
        raw.pointee.unpriced = self.unpriced ? 1 : 0
        return raw
    }
}

extension ExplainEventRequest {
    public init(
        serialized bytes: UnsafeRawBufferPointer, in arena: MessageArena
    ) throws {
        let descriptor = Self.descriptor
        try DecodeGuard.check(
            bytes, descriptor: descriptor, messageName: Self.messageName)
        let raw = try arena.unpack(
            bytes, as: Tally__V1__ExplainEventRequest.self, descriptor: descriptor,
            messageName: Self.messageName)
        self = try withExtendedLifetime(arena) { try Self(raw) }
    }

    public func packed(in arena: MessageArena) -> PackedMessage {
        PackedMessage(pack(into: arena))
    }

    /// protobuf-c's description of the message, at its own address.
    static var descriptor: UnsafePointer<ProtobufCMessageDescriptor> {
        var raw = Tally__V1__ExplainEventRequest()
        tally__v1__explain_event_request__init(&raw)
        return raw.base.descriptor
    }

    /// The value of an unpacked message.
    init(_ raw: UnsafePointer<Tally__V1__ExplainEventRequest>) throws {
        self.source = try MessageArena.string(
            raw.pointee.source, messageName: Self.messageName, field: "source")
        self.id = try MessageArena.string(
            raw.pointee.id, messageName: Self.messageName, field: "id")
    }

    /// The message as protobuf-c packs it; it lives as long as the arena.
    func pack(into arena: MessageArena) -> UnsafeMutablePointer<Tally__V1__ExplainEventRequest> {
        let raw = arena.allocateMessage(Tally__V1__ExplainEventRequest.self)
        tally__v1__explain_event_request__init(raw)
        if !self.source.isEmpty {
            raw.pointee.source = arena.copy(self.source)
        }
        if !self.id.isEmpty {
            raw.pointee.id = arena.copy(self.id)
        }
        return raw
    }
}

extension ExplainEventResponse {
    public init(
        serialized bytes: UnsafeRawBufferPointer, in arena: MessageArena
    ) throws {
        let descriptor = Self.descriptor
        try DecodeGuard.check(
            bytes, descriptor: descriptor, messageName: Self.messageName)
        let raw = try arena.unpack(
            bytes, as: Tally__V1__ExplainEventResponse.self, descriptor: descriptor,
            messageName: Self.messageName)
        self = try withExtendedLifetime(arena) { try Self(raw) }
    }

    public func packed(in arena: MessageArena) -> PackedMessage {
        PackedMessage(pack(into: arena))
    }

    /// protobuf-c's description of the message, at its own address.
    static var descriptor: UnsafePointer<ProtobufCMessageDescriptor> {
        var raw = Tally__V1__ExplainEventResponse()
        tally__v1__explain_event_response__init(&raw)
        return raw.base.descriptor
    }

    /// The value of an unpacked message.
    init(_ raw: UnsafePointer<Tally__V1__ExplainEventResponse>) throws {
        self.event = try raw.pointee.event.map { try Event($0) }
        self.entries = try MessageArena.values(raw.pointee.entries, count: raw.pointee.n_entries) {
            try ExplainedEntry($0)
        }
        self.amount = try raw.pointee.amount.map { try Money($0) }
        self.unpriced = raw.pointee.unpriced != 0
        self.reversed = raw.pointee.reversed != 0
        self.completeness = try raw.pointee.completeness.map { try Completeness($0) }
        self.providerCostDifference = try raw.pointee.provider_cost_difference.map { try Money($0) }
        self.derived = try MessageArena.values(raw.pointee.derived, count: raw.pointee.n_derived) {
            try DerivedDimension($0)
        }
    }

    /// The message as protobuf-c packs it; it lives as long as the arena.
    func pack(into arena: MessageArena) -> UnsafeMutablePointer<Tally__V1__ExplainEventResponse> {
        let raw = arena.allocateMessage(Tally__V1__ExplainEventResponse.self)
        tally__v1__explain_event_response__init(raw)
        if let value = self.event {
            raw.pointee.event = value.pack(into: arena)
        }
        if !self.entries.isEmpty {
            raw.pointee.n_entries = self.entries.count
            raw.pointee.entries = arena.copy(self.entries) { $0.pack(into: arena) }
        }
        if let value = self.amount {
            raw.pointee.amount = value.pack(into: arena)
        }
        raw.pointee.unpriced = self.unpriced ? 1 : 0
        raw.pointee.reversed = self.reversed ? 1 : 0
        if let value = self.completeness {
            raw.pointee.completeness = value.pack(into: arena)
        }
        if let value = self.providerCostDifference {
            raw.pointee.provider_cost_difference = value.pack(into: arena)
        }
        if !self.derived.isEmpty {
            raw.pointee.n_derived = self.derived.count
            raw.pointee.derived = arena.copy(self.derived) { $0.pack(into: arena) }
        }
        return raw
    }
}

extension DerivedDimension {
    public init(
        serialized bytes: UnsafeRawBufferPointer, in arena: MessageArena
    ) throws {
        let descriptor = Self.descriptor
        try DecodeGuard.check(
            bytes, descriptor: descriptor, messageName: Self.messageName)
        let raw = try arena.unpack(
            bytes, as: Tally__V1__DerivedDimension.self, descriptor: descriptor,
            messageName: Self.messageName)
        self = try withExtendedLifetime(arena) { try Self(raw) }
    }

    public func packed(in arena: MessageArena) -> PackedMessage {
        PackedMessage(pack(into: arena))
    }

    /// protobuf-c's description of the message, at its own address.
    static var descriptor: UnsafePointer<ProtobufCMessageDescriptor> {
        var raw = Tally__V1__DerivedDimension()
        tally__v1__derived_dimension__init(&raw)
        return raw.base.descriptor
    }

    /// The value of an unpacked message.
    init(_ raw: UnsafePointer<Tally__V1__DerivedDimension>) throws {
        self.dimension = try MessageArena.string(
            raw.pointee.dimension, messageName: Self.messageName, field: "dimension")
        self.value = try MessageArena.string(
            raw.pointee.value, messageName: Self.messageName, field: "value")
        self.sent = try raw.pointee.sent.map { try DimensionValue($0) }
        self.ruleSetVersion = raw.pointee.rule_set_version
        self.rule = try MessageArena.string(
            raw.pointee.rule, messageName: Self.messageName, field: "rule")
    }

    /// The message as protobuf-c packs it; it lives as long as the arena.
    func pack(into arena: MessageArena) -> UnsafeMutablePointer<Tally__V1__DerivedDimension> {
        let raw = arena.allocateMessage(Tally__V1__DerivedDimension.self)
        tally__v1__derived_dimension__init(raw)
        if !self.dimension.isEmpty {
            raw.pointee.dimension = arena.copy(self.dimension)
        }
        if !self.value.isEmpty {
            raw.pointee.value = arena.copy(self.value)
        }
        if let value = self.sent {
            raw.pointee.sent = value.pack(into: arena)
        }
        raw.pointee.rule_set_version = self.ruleSetVersion
        if !self.rule.isEmpty {
            raw.pointee.rule = arena.copy(self.rule)
        }
        return raw
    }
}

extension ExplainedEntry {
    public init(
        serialized bytes: UnsafeRawBufferPointer, in arena: MessageArena
    ) throws {
        let descriptor = Self.descriptor
        try DecodeGuard.check(
            bytes, descriptor: descriptor, messageName: Self.messageName)
        let raw = try arena.unpack(
            bytes, as: Tally__V1__ExplainedEntry.self, descriptor: descriptor,
            messageName: Self.messageName)
        self = try withExtendedLifetime(arena) { try Self(raw) }
    }

    public func packed(in arena: MessageArena) -> PackedMessage {
        PackedMessage(pack(into: arena))
    }

    /// protobuf-c's description of the message, at its own address.
    static var descriptor: UnsafePointer<ProtobufCMessageDescriptor> {
        var raw = Tally__V1__ExplainedEntry()
        tally__v1__explained_entry__init(&raw)
        return raw.base.descriptor
    }

    /// The value of an unpacked message.
    init(_ raw: UnsafePointer<Tally__V1__ExplainedEntry>) throws {
        self.entryID = raw.pointee.entry_id
        self.kind = ExplainedEntry.Kind(
            rawValue: Int32(truncatingIfNeeded: raw.pointee.kind.rawValue))
        self.correctionNumber = raw.pointee.correction_number
        self.recordedAt = try raw.pointee.recorded_at.map { try Timestamp($0) }
        self.reason = try MessageArena.string(
            raw.pointee.reason, messageName: Self.messageName, field: "reason")
        self.amount = try raw.pointee.amount.map { try Money($0) }
        self.total = try raw.pointee.total.map { try Money($0) }
        self.quantities = try MessageArena.values(
            raw.pointee.quantities, count: raw.pointee.n_quantities
        ) { try Quantity($0) }
        self.price = try raw.pointee.price.map { try ExplainedPrice($0) }
        self.lines = try MessageArena.values(raw.pointee.lines, count: raw.pointee.n_lines) {
            try ExplainedLine($0)
        }
        self.exactTotal = try MessageArena.string(
            raw.pointee.exact_total, messageName: Self.messageName, field: "exact_total")
        self.usageState = UsageState(
            rawValue: Int32(truncatingIfNeeded: raw.pointee.usage_state.rawValue))
    }

    /// The message as protobuf-c packs it; it lives as long as the arena.
    func pack(into arena: MessageArena) -> UnsafeMutablePointer<Tally__V1__ExplainedEntry> {
        let raw = arena.allocateMessage(Tally__V1__ExplainedEntry.self)
        tally__v1__explained_entry__init(raw)
        raw.pointee.entry_id = self.entryID
        raw.pointee.kind = .init(rawValue: .init(truncatingIfNeeded: self.kind.rawValue))
        raw.pointee.correction_number = self.correctionNumber
        if let value = self.recordedAt {
            raw.pointee.recorded_at = value.pack(into: arena)
        }
        if !self.reason.isEmpty {
            raw.pointee.reason = arena.copy(self.reason)
        }
        if let value = self.amount {
            raw.pointee.amount = value.pack(into: arena)
        }
        if let value = self.total {
            raw.pointee.total = value.pack(into: arena)
        }
        if !self.quantities.isEmpty {
            raw.pointee.n_quantities = self.quantities.count
            raw.pointee.quantities = arena.copy(self.quantities) { $0.pack(into: arena) }
        }
        if let value = self.price {
            raw.pointee.price = value.pack(into: arena)
        }
        if !self.lines.isEmpty {
            raw.pointee.n_lines = self.lines.count
            raw.pointee.lines = arena.copy(self.lines) { $0.pack(into: arena) }
        }
        if !self.exactTotal.isEmpty {
            raw.pointee.exact_total = arena.copy(self.exactTotal)
        }
        raw.pointee.usage_state = .init(
            rawValue: .init(truncatingIfNeeded: self.usageState.rawValue))
        return raw
    }
}

extension ExplainedPrice {
    public init(
        serialized bytes: UnsafeRawBufferPointer, in arena: MessageArena
    ) throws {
        let descriptor = Self.descriptor
        try DecodeGuard.check(
            bytes, descriptor: descriptor, messageName: Self.messageName)
        let raw = try arena.unpack(
            bytes, as: Tally__V1__ExplainedPrice.self, descriptor: descriptor,
            messageName: Self.messageName)
        self = try withExtendedLifetime(arena) { try Self(raw) }
    }

    public func packed(in arena: MessageArena) -> PackedMessage {
        PackedMessage(pack(into: arena))
    }

    /// protobuf-c's description of the message, at its own address.
    static var descriptor: UnsafePointer<ProtobufCMessageDescriptor> {
        var raw = Tally__V1__ExplainedPrice()
        tally__v1__explained_price__init(&raw)
        return raw.base.descriptor
    }

    /// The value of an unpacked message.
    init(_ raw: UnsafePointer<Tally__V1__ExplainedPrice>) throws {
        self.version = raw.pointee.version
        self.provider = try MessageArena.string(
            raw.pointee.provider, messageName: Self.messageName, field: "provider")
        self.model = try MessageArena.string(
            raw.pointee.model, messageName: Self.messageName, field: "model")
        self.region = try MessageArena.string(
            raw.pointee.region, messageName: Self.messageName, field: "region")
        self.currencyCode = try MessageArena.string(
            raw.pointee.currency_code, messageName: Self.messageName, field: "currency_code")
        self.validFrom = try raw.pointee.valid_from.map { try Timestamp($0) }
        self.validTo = try raw.pointee.valid_to.map { try Timestamp($0) }
        self.assumed = raw.pointee.assumed != 0
        self.alias = try MessageArena.string(
            raw.pointee.alias, messageName: Self.messageName, field: "alias")
    }

    /// The message as protobuf-c packs it; it lives as long as the arena.
    func pack(into arena: MessageArena) -> UnsafeMutablePointer<Tally__V1__ExplainedPrice> {
        let raw = arena.allocateMessage(Tally__V1__ExplainedPrice.self)
        tally__v1__explained_price__init(raw)
        raw.pointee.version = self.version
        if !self.provider.isEmpty {
            raw.pointee.provider = arena.copy(self.provider)
        }
        if !self.model.isEmpty {
            raw.pointee.model = arena.copy(self.model)
        }
        if !self.region.isEmpty {
            raw.pointee.region = arena.copy(self.region)
        }
        if !self.currencyCode.isEmpty {
            raw.pointee.currency_code = arena.copy(self.currencyCode)
        }
        if let value = self.validFrom {
            raw.pointee.valid_from = value.pack(into: arena)
        }
        if let value = self.validTo {
            raw.pointee.valid_to = value.pack(into: arena)
        }
        raw.pointee.assumed = self.assumed ? 1 : 0
        if !self.alias.isEmpty {
            raw.pointee.alias = arena.copy(self.alias)
        }
        return raw
    }
}

extension ExplainedLine {
    public init(
        serialized bytes: UnsafeRawBufferPointer, in arena: MessageArena
    ) throws {
        let descriptor = Self.descriptor
        try DecodeGuard.check(
            bytes, descriptor: descriptor, messageName: Self.messageName)
        let raw = try arena.unpack(
            bytes, as: Tally__V1__ExplainedLine.self, descriptor: descriptor,
            messageName: Self.messageName)
        self = try withExtendedLifetime(arena) { try Self(raw) }
    }

    public func packed(in arena: MessageArena) -> PackedMessage {
        PackedMessage(pack(into: arena))
    }

    /// protobuf-c's description of the message, at its own address.
    static var descriptor: UnsafePointer<ProtobufCMessageDescriptor> {
        var raw = Tally__V1__ExplainedLine()
        tally__v1__explained_line__init(&raw)
        return raw.base.descriptor
    }

    /// The value of an unpacked message.
    init(_ raw: UnsafePointer<Tally__V1__ExplainedLine>) throws {
        self.quantityClass = try MessageArena.string(
            raw.pointee.quantity_class, messageName: Self.messageName, field: "quantity_class")
        self.amount = raw.pointee.amount
        self.rate = try MessageArena.string(
            raw.pointee.rate, messageName: Self.messageName, field: "rate")
        self.perMillion = raw.pointee.per_million != 0
        self.multiplier = try MessageArena.string(
            raw.pointee.multiplier, messageName: Self.messageName, field: "multiplier")
        self.cost = try MessageArena.string(
            raw.pointee.cost, messageName: Self.messageName, field: "cost")
    }

    /// The message as protobuf-c packs it; it lives as long as the arena.
    func pack(into arena: MessageArena) -> UnsafeMutablePointer<Tally__V1__ExplainedLine> {
        let raw = arena.allocateMessage(Tally__V1__ExplainedLine.self)
        tally__v1__explained_line__init(raw)
        if !self.quantityClass.isEmpty {
            raw.pointee.quantity_class = arena.copy(self.quantityClass)
        }
        raw.pointee.amount = self.amount
        if !self.rate.isEmpty {
            raw.pointee.rate = arena.copy(self.rate)
        }
        raw.pointee.per_million = self.perMillion ? 1 : 0
        if !self.multiplier.isEmpty {
            raw.pointee.multiplier = arena.copy(self.multiplier)
        }
        if !self.cost.isEmpty {
            raw.pointee.cost = arena.copy(self.cost)
        }
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
        self.step = TrendStep(rawValue: Int32(truncatingIfNeeded: raw.pointee.step.rawValue))
        self.filters = try MessageArena.values(raw.pointee.filters, count: raw.pointee.n_filters) {
            try UsageFilter($0)
        }
        self.knownAt = try raw.pointee.known_at.map { try Timestamp($0) }
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
        raw.pointee.step = .init(rawValue: .init(truncatingIfNeeded: self.step.rawValue))
        if !self.filters.isEmpty {
            raw.pointee.n_filters = self.filters.count
            raw.pointee.filters = arena.copy(self.filters) { $0.pack(into: arena) }
        }
        if let value = self.knownAt {
            raw.pointee.known_at = value.pack(into: arena)
        }
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
        self.points = try MessageArena.values(raw.pointee.points, count: raw.pointee.n_points) {
            try TrendPoint($0)
        }
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
        if !self.points.isEmpty {
            raw.pointee.n_points = self.points.count
            raw.pointee.points = arena.copy(self.points) { $0.pack(into: arena) }
        }
        return raw
    }
}

extension TrendPoint {
    public init(
        serialized bytes: UnsafeRawBufferPointer, in arena: MessageArena
    ) throws {
        let descriptor = Self.descriptor
        try DecodeGuard.check(
            bytes, descriptor: descriptor, messageName: Self.messageName)
        let raw = try arena.unpack(
            bytes, as: Tally__V1__TrendPoint.self, descriptor: descriptor,
            messageName: Self.messageName)
        self = try withExtendedLifetime(arena) { try Self(raw) }
    }

    public func packed(in arena: MessageArena) -> PackedMessage {
        PackedMessage(pack(into: arena))
    }

    /// protobuf-c's description of the message, at its own address.
    static var descriptor: UnsafePointer<ProtobufCMessageDescriptor> {
        var raw = Tally__V1__TrendPoint()
        tally__v1__trend_point__init(&raw)
        return raw.base.descriptor
    }

    /// The value of an unpacked message.
    init(_ raw: UnsafePointer<Tally__V1__TrendPoint>) throws {
        self.startTime = try raw.pointee.start_time.map { try Timestamp($0) }
        self.endTime = try raw.pointee.end_time.map { try Timestamp($0) }
        self.date = try raw.pointee.date.map { try Date($0) }
        self.utcOffsetSeconds = raw.pointee.utc_offset_seconds
        self.cost = try raw.pointee.cost.map { try Money($0) }
        self.requests = raw.pointee.requests
        self.tokens = raw.pointee.tokens
        self.provisional = raw.pointee.provisional != 0
    }

    /// The message as protobuf-c packs it; it lives as long as the arena.
    func pack(into arena: MessageArena) -> UnsafeMutablePointer<Tally__V1__TrendPoint> {
        let raw = arena.allocateMessage(Tally__V1__TrendPoint.self)
        tally__v1__trend_point__init(raw)
        if let value = self.startTime {
            raw.pointee.start_time = value.pack(into: arena)
        }
        if let value = self.endTime {
            raw.pointee.end_time = value.pack(into: arena)
        }
        if let value = self.date {
            raw.pointee.date = value.pack(into: arena)
        }
        raw.pointee.utc_offset_seconds = self.utcOffsetSeconds
        if let value = self.cost {
            raw.pointee.cost = value.pack(into: arena)
        }
        raw.pointee.requests = self.requests
        raw.pointee.tokens = self.tokens
        raw.pointee.provisional = self.provisional ? 1 : 0
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
        self.filters = try MessageArena.values(raw.pointee.filters, count: raw.pointee.n_filters) {
            try UsageFilter($0)
        }
        self.knownAt = try raw.pointee.known_at.map { try Timestamp($0) }
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
        if !self.filters.isEmpty {
            raw.pointee.n_filters = self.filters.count
            raw.pointee.filters = arena.copy(self.filters) { $0.pack(into: arena) }
        }
        if let value = self.knownAt {
            raw.pointee.known_at = value.pack(into: arena)
        }
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
        self.otherRequests = raw.pointee.other_requests
        self.totalRequests = raw.pointee.total_requests
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
        raw.pointee.other_requests = self.otherRequests
        raw.pointee.total_requests = self.totalRequests
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
        self.costShare = try MessageArena.string(
            raw.pointee.cost_share, messageName: Self.messageName, field: "cost_share")
        self.requestShare = try MessageArena.string(
            raw.pointee.request_share, messageName: Self.messageName, field: "request_share")
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
        if !self.costShare.isEmpty {
            raw.pointee.cost_share = arena.copy(self.costShare)
        }
        if !self.requestShare.isEmpty {
            raw.pointee.request_share = arena.copy(self.requestShare)
        }
        return raw
    }
}

extension UsageSummaryRequest {
    public init(
        serialized bytes: UnsafeRawBufferPointer, in arena: MessageArena
    ) throws {
        let descriptor = Self.descriptor
        try DecodeGuard.check(
            bytes, descriptor: descriptor, messageName: Self.messageName)
        let raw = try arena.unpack(
            bytes, as: Tally__V1__UsageSummaryRequest.self, descriptor: descriptor,
            messageName: Self.messageName)
        self = try withExtendedLifetime(arena) { try Self(raw) }
    }

    public func packed(in arena: MessageArena) -> PackedMessage {
        PackedMessage(pack(into: arena))
    }

    /// protobuf-c's description of the message, at its own address.
    static var descriptor: UnsafePointer<ProtobufCMessageDescriptor> {
        var raw = Tally__V1__UsageSummaryRequest()
        tally__v1__usage_summary_request__init(&raw)
        return raw.base.descriptor
    }

    /// The value of an unpacked message.
    init(_ raw: UnsafePointer<Tally__V1__UsageSummaryRequest>) throws {
        self.from = try raw.pointee.from.map { try Date($0) }
        self.through = try raw.pointee.through.map { try Date($0) }
        self.basis = Basis(rawValue: Int32(truncatingIfNeeded: raw.pointee.basis.rawValue))
        self.breakdowns = try MessageArena.strings(
            raw.pointee.breakdowns, count: raw.pointee.n_breakdowns, messageName: Self.messageName,
            field: "breakdowns")
        self.filters = try MessageArena.values(raw.pointee.filters, count: raw.pointee.n_filters) {
            try UsageFilter($0)
        }
        self.limit = raw.pointee.limit
        self.knownAt = try raw.pointee.known_at.map { try Timestamp($0) }
    }

    /// The message as protobuf-c packs it; it lives as long as the arena.
    func pack(into arena: MessageArena) -> UnsafeMutablePointer<Tally__V1__UsageSummaryRequest> {
        let raw = arena.allocateMessage(Tally__V1__UsageSummaryRequest.self)
        tally__v1__usage_summary_request__init(raw)
        if let value = self.from {
            raw.pointee.from = value.pack(into: arena)
        }
        if let value = self.through {
            raw.pointee.through = value.pack(into: arena)
        }
        raw.pointee.basis = .init(rawValue: .init(truncatingIfNeeded: self.basis.rawValue))
        if !self.breakdowns.isEmpty {
            raw.pointee.n_breakdowns = self.breakdowns.count
            raw.pointee.breakdowns = arena.copy(self.breakdowns)
        }
        if !self.filters.isEmpty {
            raw.pointee.n_filters = self.filters.count
            raw.pointee.filters = arena.copy(self.filters) { $0.pack(into: arena) }
        }
        raw.pointee.limit = self.limit
        if let value = self.knownAt {
            raw.pointee.known_at = value.pack(into: arena)
        }
        return raw
    }
}

extension UsageFilter {
    public init(
        serialized bytes: UnsafeRawBufferPointer, in arena: MessageArena
    ) throws {
        let descriptor = Self.descriptor
        try DecodeGuard.check(
            bytes, descriptor: descriptor, messageName: Self.messageName)
        let raw = try arena.unpack(
            bytes, as: Tally__V1__UsageFilter.self, descriptor: descriptor,
            messageName: Self.messageName)
        self = try withExtendedLifetime(arena) { try Self(raw) }
    }

    public func packed(in arena: MessageArena) -> PackedMessage {
        PackedMessage(pack(into: arena))
    }

    /// protobuf-c's description of the message, at its own address.
    static var descriptor: UnsafePointer<ProtobufCMessageDescriptor> {
        var raw = Tally__V1__UsageFilter()
        tally__v1__usage_filter__init(&raw)
        return raw.base.descriptor
    }

    /// The value of an unpacked message.
    init(_ raw: UnsafePointer<Tally__V1__UsageFilter>) throws {
        self.dimension = try MessageArena.string(
            raw.pointee.dimension, messageName: Self.messageName, field: "dimension")
        self.values = try MessageArena.strings(
            raw.pointee.values, count: raw.pointee.n_values, messageName: Self.messageName,
            field: "values")
        self.orAbsent = raw.pointee.or_absent != 0
    }

    /// The message as protobuf-c packs it; it lives as long as the arena.
    func pack(into arena: MessageArena) -> UnsafeMutablePointer<Tally__V1__UsageFilter> {
        let raw = arena.allocateMessage(Tally__V1__UsageFilter.self)
        tally__v1__usage_filter__init(raw)
        if !self.dimension.isEmpty {
            raw.pointee.dimension = arena.copy(self.dimension)
        }
        if !self.values.isEmpty {
            raw.pointee.n_values = self.values.count
            raw.pointee.values = arena.copy(self.values)
        }
        raw.pointee.or_absent = self.orAbsent ? 1 : 0
        return raw
    }
}

extension UsageSummaryResponse {
    public init(
        serialized bytes: UnsafeRawBufferPointer, in arena: MessageArena
    ) throws {
        let descriptor = Self.descriptor
        try DecodeGuard.check(
            bytes, descriptor: descriptor, messageName: Self.messageName)
        let raw = try arena.unpack(
            bytes, as: Tally__V1__UsageSummaryResponse.self, descriptor: descriptor,
            messageName: Self.messageName)
        self = try withExtendedLifetime(arena) { try Self(raw) }
    }

    public func packed(in arena: MessageArena) -> PackedMessage {
        PackedMessage(pack(into: arena))
    }

    /// protobuf-c's description of the message, at its own address.
    static var descriptor: UnsafePointer<ProtobufCMessageDescriptor> {
        var raw = Tally__V1__UsageSummaryResponse()
        tally__v1__usage_summary_response__init(&raw)
        return raw.base.descriptor
    }

    /// The value of an unpacked message.
    init(_ raw: UnsafePointer<Tally__V1__UsageSummaryResponse>) throws {
        self.rows = try MessageArena.values(raw.pointee.rows, count: raw.pointee.n_rows) {
            try UsageSummaryRow($0)
        }
        self.other = try raw.pointee.other.map { try UsageFigures($0) }
        self.otherRows = raw.pointee.other_rows
        self.total = try raw.pointee.total.map { try UsageFigures($0) }
        self.completeness = try raw.pointee.completeness.map { try Completeness($0) }
        self.suppressed = try raw.pointee.suppressed.map { try UsageFigures($0) }
    }

    /// The message as protobuf-c packs it; it lives as long as the arena.
    func pack(into arena: MessageArena) -> UnsafeMutablePointer<Tally__V1__UsageSummaryResponse> {
        let raw = arena.allocateMessage(Tally__V1__UsageSummaryResponse.self)
        tally__v1__usage_summary_response__init(raw)
        if !self.rows.isEmpty {
            raw.pointee.n_rows = self.rows.count
            raw.pointee.rows = arena.copy(self.rows) { $0.pack(into: arena) }
        }
        if let value = self.other {
            raw.pointee.other = value.pack(into: arena)
        }
        raw.pointee.other_rows = self.otherRows
        if let value = self.total {
            raw.pointee.total = value.pack(into: arena)
        }
        if let value = self.completeness {
            raw.pointee.completeness = value.pack(into: arena)
        }
        if let value = self.suppressed {
            raw.pointee.suppressed = value.pack(into: arena)
        }
        return raw
    }
}

extension UsageSummaryRow {
    public init(
        serialized bytes: UnsafeRawBufferPointer, in arena: MessageArena
    ) throws {
        let descriptor = Self.descriptor
        try DecodeGuard.check(
            bytes, descriptor: descriptor, messageName: Self.messageName)
        let raw = try arena.unpack(
            bytes, as: Tally__V1__UsageSummaryRow.self, descriptor: descriptor,
            messageName: Self.messageName)
        self = try withExtendedLifetime(arena) { try Self(raw) }
    }

    public func packed(in arena: MessageArena) -> PackedMessage {
        PackedMessage(pack(into: arena))
    }

    /// protobuf-c's description of the message, at its own address.
    static var descriptor: UnsafePointer<ProtobufCMessageDescriptor> {
        var raw = Tally__V1__UsageSummaryRow()
        tally__v1__usage_summary_row__init(&raw)
        return raw.base.descriptor
    }

    /// The value of an unpacked message.
    init(_ raw: UnsafePointer<Tally__V1__UsageSummaryRow>) throws {
        self.values = try MessageArena.values(raw.pointee.values, count: raw.pointee.n_values) {
            try DimensionValue($0)
        }
        self.figures = try raw.pointee.figures.map { try UsageFigures($0) }
    }

    /// The message as protobuf-c packs it; it lives as long as the arena.
    func pack(into arena: MessageArena) -> UnsafeMutablePointer<Tally__V1__UsageSummaryRow> {
        let raw = arena.allocateMessage(Tally__V1__UsageSummaryRow.self)
        tally__v1__usage_summary_row__init(raw)
        if !self.values.isEmpty {
            raw.pointee.n_values = self.values.count
            raw.pointee.values = arena.copy(self.values) { $0.pack(into: arena) }
        }
        if let value = self.figures {
            raw.pointee.figures = value.pack(into: arena)
        }
        return raw
    }
}

extension DimensionValue {
    public init(
        serialized bytes: UnsafeRawBufferPointer, in arena: MessageArena
    ) throws {
        let descriptor = Self.descriptor
        try DecodeGuard.check(
            bytes, descriptor: descriptor, messageName: Self.messageName)
        let raw = try arena.unpack(
            bytes, as: Tally__V1__DimensionValue.self, descriptor: descriptor,
            messageName: Self.messageName)
        self = try withExtendedLifetime(arena) { try Self(raw) }
    }

    public func packed(in arena: MessageArena) -> PackedMessage {
        PackedMessage(pack(into: arena))
    }

    /// protobuf-c's description of the message, at its own address.
    static var descriptor: UnsafePointer<ProtobufCMessageDescriptor> {
        var raw = Tally__V1__DimensionValue()
        tally__v1__dimension_value__init(&raw)
        return raw.base.descriptor
    }

    /// The value of an unpacked message.
    init(_ raw: UnsafePointer<Tally__V1__DimensionValue>) throws {
        self.value = try MessageArena.string(
            raw.pointee.value, messageName: Self.messageName, field: "value")
        self.absent = raw.pointee.absent != 0
        self.displayName = try MessageArena.string(
            raw.pointee.display_name, messageName: Self.messageName, field: "display_name")
    }

    /// The message as protobuf-c packs it; it lives as long as the arena.
    func pack(into arena: MessageArena) -> UnsafeMutablePointer<Tally__V1__DimensionValue> {
        let raw = arena.allocateMessage(Tally__V1__DimensionValue.self)
        tally__v1__dimension_value__init(raw)
        if !self.value.isEmpty {
            raw.pointee.value = arena.copy(self.value)
        }
        raw.pointee.absent = self.absent ? 1 : 0
        if !self.displayName.isEmpty {
            raw.pointee.display_name = arena.copy(self.displayName)
        }
        return raw
    }
}

extension UsageFigures {
    public init(
        serialized bytes: UnsafeRawBufferPointer, in arena: MessageArena
    ) throws {
        let descriptor = Self.descriptor
        try DecodeGuard.check(
            bytes, descriptor: descriptor, messageName: Self.messageName)
        let raw = try arena.unpack(
            bytes, as: Tally__V1__UsageFigures.self, descriptor: descriptor,
            messageName: Self.messageName)
        self = try withExtendedLifetime(arena) { try Self(raw) }
    }

    public func packed(in arena: MessageArena) -> PackedMessage {
        PackedMessage(pack(into: arena))
    }

    /// protobuf-c's description of the message, at its own address.
    static var descriptor: UnsafePointer<ProtobufCMessageDescriptor> {
        var raw = Tally__V1__UsageFigures()
        tally__v1__usage_figures__init(&raw)
        return raw.base.descriptor
    }

    /// The value of an unpacked message.
    init(_ raw: UnsafePointer<Tally__V1__UsageFigures>) throws {
        self.cost = try raw.pointee.cost.map { try Money($0) }
        self.requests = raw.pointee.requests
        self.tokens = raw.pointee.tokens
        self.unpricedEntries = raw.pointee.unpriced_entries
        self.unpricedTokens = raw.pointee.unpriced_tokens
    }

    /// The message as protobuf-c packs it; it lives as long as the arena.
    func pack(into arena: MessageArena) -> UnsafeMutablePointer<Tally__V1__UsageFigures> {
        let raw = arena.allocateMessage(Tally__V1__UsageFigures.self)
        tally__v1__usage_figures__init(raw)
        if let value = self.cost {
            raw.pointee.cost = value.pack(into: arena)
        }
        raw.pointee.requests = self.requests
        raw.pointee.tokens = self.tokens
        raw.pointee.unpriced_entries = self.unpricedEntries
        raw.pointee.unpriced_tokens = self.unpricedTokens
        return raw
    }
}

extension ExportEntriesRequest {
    public init(
        serialized bytes: UnsafeRawBufferPointer, in arena: MessageArena
    ) throws {
        let descriptor = Self.descriptor
        try DecodeGuard.check(
            bytes, descriptor: descriptor, messageName: Self.messageName)
        let raw = try arena.unpack(
            bytes, as: Tally__V1__ExportEntriesRequest.self, descriptor: descriptor,
            messageName: Self.messageName)
        self = try withExtendedLifetime(arena) { try Self(raw) }
    }

    public func packed(in arena: MessageArena) -> PackedMessage {
        PackedMessage(pack(into: arena))
    }

    /// protobuf-c's description of the message, at its own address.
    static var descriptor: UnsafePointer<ProtobufCMessageDescriptor> {
        var raw = Tally__V1__ExportEntriesRequest()
        tally__v1__export_entries_request__init(&raw)
        return raw.base.descriptor
    }

    /// The value of an unpacked message.
    init(_ raw: UnsafePointer<Tally__V1__ExportEntriesRequest>) throws {
        self.from = try raw.pointee.from.map { try Date($0) }
        self.through = try raw.pointee.through.map { try Date($0) }
        self.filters = try MessageArena.values(raw.pointee.filters, count: raw.pointee.n_filters) {
            try UsageFilter($0)
        }
        self.after = try MessageArena.string(
            raw.pointee.after, messageName: Self.messageName, field: "after")
        self.knownAt = try raw.pointee.known_at.map { try Timestamp($0) }
    }

    /// The message as protobuf-c packs it; it lives as long as the arena.
    func pack(into arena: MessageArena) -> UnsafeMutablePointer<Tally__V1__ExportEntriesRequest> {
        let raw = arena.allocateMessage(Tally__V1__ExportEntriesRequest.self)
        tally__v1__export_entries_request__init(raw)
        if let value = self.from {
            raw.pointee.from = value.pack(into: arena)
        }
        if let value = self.through {
            raw.pointee.through = value.pack(into: arena)
        }
        if !self.filters.isEmpty {
            raw.pointee.n_filters = self.filters.count
            raw.pointee.filters = arena.copy(self.filters) { $0.pack(into: arena) }
        }
        if !self.after.isEmpty {
            raw.pointee.after = arena.copy(self.after)
        }
        if let value = self.knownAt {
            raw.pointee.known_at = value.pack(into: arena)
        }
        return raw
    }
}

extension EntryExportPart {
    public init(
        serialized bytes: UnsafeRawBufferPointer, in arena: MessageArena
    ) throws {
        let descriptor = Self.descriptor
        try DecodeGuard.check(
            bytes, descriptor: descriptor, messageName: Self.messageName)
        let raw = try arena.unpack(
            bytes, as: Tally__V1__EntryExportPart.self, descriptor: descriptor,
            messageName: Self.messageName)
        self = try withExtendedLifetime(arena) { try Self(raw) }
    }

    public func packed(in arena: MessageArena) -> PackedMessage {
        PackedMessage(pack(into: arena))
    }

    /// protobuf-c's description of the message, at its own address.
    static var descriptor: UnsafePointer<ProtobufCMessageDescriptor> {
        var raw = Tally__V1__EntryExportPart()
        tally__v1__entry_export_part__init(&raw)
        return raw.base.descriptor
    }

    /// The value of an unpacked message.
    init(_ raw: UnsafePointer<Tally__V1__EntryExportPart>) throws {
        switch raw.pointee.part_case {
        case TALLY__V1__ENTRY_EXPORT_PART__PART_ENTRIES:
            self.part = (try raw.pointee.entries.map { try ExportedEntries($0) }).map {
                .entries($0)
            }
        case TALLY__V1__ENTRY_EXPORT_PART__PART_END:
            self.part = (try raw.pointee.end.map { try EntryExportEnd($0) }).map { .end($0) }
        default: break
        }
    }

    /// The message as protobuf-c packs it; it lives as long as the arena.
    func pack(into arena: MessageArena) -> UnsafeMutablePointer<Tally__V1__EntryExportPart> {
        let raw = arena.allocateMessage(Tally__V1__EntryExportPart.self)
        tally__v1__entry_export_part__init(raw)
        switch self.part {
        case .entries(let value):
            raw.pointee.part_case = TALLY__V1__ENTRY_EXPORT_PART__PART_ENTRIES
            raw.pointee.entries = value.pack(into: arena)
        case .end(let value):
            raw.pointee.part_case = TALLY__V1__ENTRY_EXPORT_PART__PART_END
            raw.pointee.end = value.pack(into: arena)
        case nil: break
        }
        return raw
    }
}

extension ExportedEntries {
    public init(
        serialized bytes: UnsafeRawBufferPointer, in arena: MessageArena
    ) throws {
        let descriptor = Self.descriptor
        try DecodeGuard.check(
            bytes, descriptor: descriptor, messageName: Self.messageName)
        let raw = try arena.unpack(
            bytes, as: Tally__V1__ExportedEntries.self, descriptor: descriptor,
            messageName: Self.messageName)
        self = try withExtendedLifetime(arena) { try Self(raw) }
    }

    public func packed(in arena: MessageArena) -> PackedMessage {
        PackedMessage(pack(into: arena))
    }

    /// protobuf-c's description of the message, at its own address.
    static var descriptor: UnsafePointer<ProtobufCMessageDescriptor> {
        var raw = Tally__V1__ExportedEntries()
        tally__v1__exported_entries__init(&raw)
        return raw.base.descriptor
    }

    /// The value of an unpacked message.
    init(_ raw: UnsafePointer<Tally__V1__ExportedEntries>) throws {
        self.entries = try MessageArena.values(raw.pointee.entries, count: raw.pointee.n_entries) {
            try ExportedEntry($0)
        }
        self.after = try MessageArena.string(
            raw.pointee.after, messageName: Self.messageName, field: "after")
    }

    /// The message as protobuf-c packs it; it lives as long as the arena.
    func pack(into arena: MessageArena) -> UnsafeMutablePointer<Tally__V1__ExportedEntries> {
        let raw = arena.allocateMessage(Tally__V1__ExportedEntries.self)
        tally__v1__exported_entries__init(raw)
        if !self.entries.isEmpty {
            raw.pointee.n_entries = self.entries.count
            raw.pointee.entries = arena.copy(self.entries) { $0.pack(into: arena) }
        }
        if !self.after.isEmpty {
            raw.pointee.after = arena.copy(self.after)
        }
        return raw
    }
}

extension EntryExportEnd {
    public init(
        serialized bytes: UnsafeRawBufferPointer, in arena: MessageArena
    ) throws {
        let descriptor = Self.descriptor
        try DecodeGuard.check(
            bytes, descriptor: descriptor, messageName: Self.messageName)
        let raw = try arena.unpack(
            bytes, as: Tally__V1__EntryExportEnd.self, descriptor: descriptor,
            messageName: Self.messageName)
        self = try withExtendedLifetime(arena) { try Self(raw) }
    }

    public func packed(in arena: MessageArena) -> PackedMessage {
        PackedMessage(pack(into: arena))
    }

    /// protobuf-c's description of the message, at its own address.
    static var descriptor: UnsafePointer<ProtobufCMessageDescriptor> {
        var raw = Tally__V1__EntryExportEnd()
        tally__v1__entry_export_end__init(&raw)
        return raw.base.descriptor
    }

    /// The value of an unpacked message.
    init(_ raw: UnsafePointer<Tally__V1__EntryExportEnd>) throws {
        self.entryCount = raw.pointee.entry_count
        self.sums = try MessageArena.values(raw.pointee.sums, count: raw.pointee.n_sums) {
            try EntrySum($0)
        }
        self.completeness = try raw.pointee.completeness.map { try Completeness($0) }
    }

    /// The message as protobuf-c packs it; it lives as long as the arena.
    func pack(into arena: MessageArena) -> UnsafeMutablePointer<Tally__V1__EntryExportEnd> {
        let raw = arena.allocateMessage(Tally__V1__EntryExportEnd.self)
        tally__v1__entry_export_end__init(raw)
        raw.pointee.entry_count = self.entryCount
        if !self.sums.isEmpty {
            raw.pointee.n_sums = self.sums.count
            raw.pointee.sums = arena.copy(self.sums) { $0.pack(into: arena) }
        }
        if let value = self.completeness {
            raw.pointee.completeness = value.pack(into: arena)
        }
        return raw
    }
}

extension EntrySum {
    public init(
        serialized bytes: UnsafeRawBufferPointer, in arena: MessageArena
    ) throws {
        let descriptor = Self.descriptor
        try DecodeGuard.check(
            bytes, descriptor: descriptor, messageName: Self.messageName)
        let raw = try arena.unpack(
            bytes, as: Tally__V1__EntrySum.self, descriptor: descriptor,
            messageName: Self.messageName)
        self = try withExtendedLifetime(arena) { try Self(raw) }
    }

    public func packed(in arena: MessageArena) -> PackedMessage {
        PackedMessage(pack(into: arena))
    }

    /// protobuf-c's description of the message, at its own address.
    static var descriptor: UnsafePointer<ProtobufCMessageDescriptor> {
        var raw = Tally__V1__EntrySum()
        tally__v1__entry_sum__init(&raw)
        return raw.base.descriptor
    }

    /// The value of an unpacked message.
    init(_ raw: UnsafePointer<Tally__V1__EntrySum>) throws {
        self.feed = EntryFeed(rawValue: Int32(truncatingIfNeeded: raw.pointee.feed.rawValue))
        self.entryCount = raw.pointee.entry_count
        self.amount = try raw.pointee.amount.map { try Money($0) }
    }

    /// The message as protobuf-c packs it; it lives as long as the arena.
    func pack(into arena: MessageArena) -> UnsafeMutablePointer<Tally__V1__EntrySum> {
        let raw = arena.allocateMessage(Tally__V1__EntrySum.self)
        tally__v1__entry_sum__init(raw)
        raw.pointee.feed = .init(rawValue: .init(truncatingIfNeeded: self.feed.rawValue))
        raw.pointee.entry_count = self.entryCount
        if let value = self.amount {
            raw.pointee.amount = value.pack(into: arena)
        }
        return raw
    }
}

extension ExportedEntry {
    public init(
        serialized bytes: UnsafeRawBufferPointer, in arena: MessageArena
    ) throws {
        let descriptor = Self.descriptor
        try DecodeGuard.check(
            bytes, descriptor: descriptor, messageName: Self.messageName)
        let raw = try arena.unpack(
            bytes, as: Tally__V1__ExportedEntry.self, descriptor: descriptor,
            messageName: Self.messageName)
        self = try withExtendedLifetime(arena) { try Self(raw) }
    }

    public func packed(in arena: MessageArena) -> PackedMessage {
        PackedMessage(pack(into: arena))
    }

    /// protobuf-c's description of the message, at its own address.
    static var descriptor: UnsafePointer<ProtobufCMessageDescriptor> {
        var raw = Tally__V1__ExportedEntry()
        tally__v1__exported_entry__init(&raw)
        return raw.base.descriptor
    }

    /// The value of an unpacked message.
    init(_ raw: UnsafePointer<Tally__V1__ExportedEntry>) throws {
        self.entryID = raw.pointee.entry_id
        self.kind = ExportedEntry.Kind(
            rawValue: Int32(truncatingIfNeeded: raw.pointee.kind.rawValue))
        self.feed = EntryFeed(rawValue: Int32(truncatingIfNeeded: raw.pointee.feed.rawValue))
        self.source = try MessageArena.string(
            raw.pointee.source, messageName: Self.messageName, field: "source")
        self.eventID = try MessageArena.string(
            raw.pointee.event_id, messageName: Self.messageName, field: "event_id")
        self.eventTime = try raw.pointee.event_time.map { try Timestamp($0) }
        self.recordedAt = try raw.pointee.recorded_at.map { try Timestamp($0) }
        self.rootEntryID = raw.pointee.root_entry_id
        self.correctionNumber = raw.pointee.correction_number
        self.reason = try MessageArena.string(
            raw.pointee.reason, messageName: Self.messageName, field: "reason")
        self.currencyCode = try MessageArena.string(
            raw.pointee.currency_code, messageName: Self.messageName, field: "currency_code")
        self.amount = try raw.pointee.amount.map { try Money($0) }
        self.priceVersion = raw.pointee.price_version
        self.quantities = try MessageArena.values(
            raw.pointee.quantities, count: raw.pointee.n_quantities
        ) { try Quantity($0) }
        self.usageState = UsageState(
            rawValue: Int32(truncatingIfNeeded: raw.pointee.usage_state.rawValue))
        self.status = EventStatus(rawValue: Int32(truncatingIfNeeded: raw.pointee.status.rawValue))
        self.requests = raw.pointee.requests
        self.latencyMs = raw.pointee.latency_ms
        self.attempt = raw.pointee.attempt
        self.session = try MessageArena.string(
            raw.pointee.session, messageName: Self.messageName, field: "session")
        self.run = try MessageArena.string(
            raw.pointee.run, messageName: Self.messageName, field: "run")
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
        self.contextTier = try MessageArena.string(
            raw.pointee.context_tier, messageName: Self.messageName, field: "context_tier")
        self.project = try MessageArena.string(
            raw.pointee.project, messageName: Self.messageName, field: "project")
        self.apiKeyID = try MessageArena.string(
            raw.pointee.api_key_id, messageName: Self.messageName, field: "api_key_id")
        self.user = try MessageArena.string(
            raw.pointee.user, messageName: Self.messageName, field: "user")
        self.feature = try MessageArena.string(
            raw.pointee.feature, messageName: Self.messageName, field: "feature")
        self.customer = try MessageArena.string(
            raw.pointee.customer, messageName: Self.messageName, field: "customer")
        self.team = try MessageArena.string(
            raw.pointee.team, messageName: Self.messageName, field: "team")
        self.environment = try MessageArena.string(
            raw.pointee.environment, messageName: Self.messageName, field: "environment")
        self.connection = try MessageArena.string(
            raw.pointee.connection, messageName: Self.messageName, field: "connection")
        self.lineItem = try MessageArena.string(
            raw.pointee.line_item, messageName: Self.messageName, field: "line_item")
        self.chargeClass = try MessageArena.string(
            raw.pointee.charge_class, messageName: Self.messageName, field: "charge_class")
        self.tags = try MessageArena.values(raw.pointee.tags, count: raw.pointee.n_tags) {
            try Tag($0)
        }
        self.providerCost = try raw.pointee.provider_cost.map { try Money($0) }
        self.bookedAt = try raw.pointee.booked_at.map { try Timestamp($0) }
        self.totalTokens = raw.pointee.total_tokens
        self.derived = try MessageArena.values(raw.pointee.derived, count: raw.pointee.n_derived) {
            try DerivedDimension($0)
        }
    }

    /// The message as protobuf-c packs it; it lives as long as the arena.
    func pack(into arena: MessageArena) -> UnsafeMutablePointer<Tally__V1__ExportedEntry> {
        let raw = arena.allocateMessage(Tally__V1__ExportedEntry.self)
        tally__v1__exported_entry__init(raw)
        raw.pointee.entry_id = self.entryID
        raw.pointee.kind = .init(rawValue: .init(truncatingIfNeeded: self.kind.rawValue))
        raw.pointee.feed = .init(rawValue: .init(truncatingIfNeeded: self.feed.rawValue))
        if !self.source.isEmpty {
            raw.pointee.source = arena.copy(self.source)
        }
        if !self.eventID.isEmpty {
            raw.pointee.event_id = arena.copy(self.eventID)
        }
        if let value = self.eventTime {
            raw.pointee.event_time = value.pack(into: arena)
        }
        if let value = self.recordedAt {
            raw.pointee.recorded_at = value.pack(into: arena)
        }
        raw.pointee.root_entry_id = self.rootEntryID
        raw.pointee.correction_number = self.correctionNumber
        if !self.reason.isEmpty {
            raw.pointee.reason = arena.copy(self.reason)
        }
        if !self.currencyCode.isEmpty {
            raw.pointee.currency_code = arena.copy(self.currencyCode)
        }
        if let value = self.amount {
            raw.pointee.amount = value.pack(into: arena)
        }
        raw.pointee.price_version = self.priceVersion
        if !self.quantities.isEmpty {
            raw.pointee.n_quantities = self.quantities.count
            raw.pointee.quantities = arena.copy(self.quantities) { $0.pack(into: arena) }
        }
        raw.pointee.usage_state = .init(
            rawValue: .init(truncatingIfNeeded: self.usageState.rawValue))
        raw.pointee.status = .init(rawValue: .init(truncatingIfNeeded: self.status.rawValue))
        raw.pointee.requests = self.requests
        raw.pointee.latency_ms = self.latencyMs
        raw.pointee.attempt = self.attempt
        if !self.session.isEmpty {
            raw.pointee.session = arena.copy(self.session)
        }
        if !self.run.isEmpty {
            raw.pointee.run = arena.copy(self.run)
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
        if !self.contextTier.isEmpty {
            raw.pointee.context_tier = arena.copy(self.contextTier)
        }
        if !self.project.isEmpty {
            raw.pointee.project = arena.copy(self.project)
        }
        if !self.apiKeyID.isEmpty {
            raw.pointee.api_key_id = arena.copy(self.apiKeyID)
        }
        if !self.user.isEmpty {
            raw.pointee.user = arena.copy(self.user)
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
        if !self.connection.isEmpty {
            raw.pointee.connection = arena.copy(self.connection)
        }
        if !self.lineItem.isEmpty {
            raw.pointee.line_item = arena.copy(self.lineItem)
        }
        if !self.chargeClass.isEmpty {
            raw.pointee.charge_class = arena.copy(self.chargeClass)
        }
        if !self.tags.isEmpty {
            raw.pointee.n_tags = self.tags.count
            raw.pointee.tags = arena.copy(self.tags) { $0.pack(into: arena) }
        }
        if let value = self.providerCost {
            raw.pointee.provider_cost = value.pack(into: arena)
        }
        if let value = self.bookedAt {
            raw.pointee.booked_at = value.pack(into: arena)
        }
        raw.pointee.total_tokens = self.totalTokens
        if !self.derived.isEmpty {
            raw.pointee.n_derived = self.derived.count
            raw.pointee.derived = arena.copy(self.derived) { $0.pack(into: arena) }
        }
        return raw
    }
}

extension TagCoverageRequest {
    public init(
        serialized bytes: UnsafeRawBufferPointer, in arena: MessageArena
    ) throws {
        let descriptor = Self.descriptor
        try DecodeGuard.check(
            bytes, descriptor: descriptor, messageName: Self.messageName)
        let raw = try arena.unpack(
            bytes, as: Tally__V1__TagCoverageRequest.self, descriptor: descriptor,
            messageName: Self.messageName)
        self = try withExtendedLifetime(arena) { try Self(raw) }
    }

    public func packed(in arena: MessageArena) -> PackedMessage {
        PackedMessage(pack(into: arena))
    }

    /// protobuf-c's description of the message, at its own address.
    static var descriptor: UnsafePointer<ProtobufCMessageDescriptor> {
        var raw = Tally__V1__TagCoverageRequest()
        tally__v1__tag_coverage_request__init(&raw)
        return raw.base.descriptor
    }

    /// The value of an unpacked message.
    init(_ raw: UnsafePointer<Tally__V1__TagCoverageRequest>) throws {
        self.from = try raw.pointee.from.map { try Date($0) }
        self.through = try raw.pointee.through.map { try Date($0) }
        self.basis = Basis(rawValue: Int32(truncatingIfNeeded: raw.pointee.basis.rawValue))
        self.dimensions = try MessageArena.strings(
            raw.pointee.dimensions, count: raw.pointee.n_dimensions, messageName: Self.messageName,
            field: "dimensions")
        self.filters = try MessageArena.values(raw.pointee.filters, count: raw.pointee.n_filters) {
            try UsageFilter($0)
        }
        self.knownAt = try raw.pointee.known_at.map { try Timestamp($0) }
    }

    /// The message as protobuf-c packs it; it lives as long as the arena.
    func pack(into arena: MessageArena) -> UnsafeMutablePointer<Tally__V1__TagCoverageRequest> {
        let raw = arena.allocateMessage(Tally__V1__TagCoverageRequest.self)
        tally__v1__tag_coverage_request__init(raw)
        if let value = self.from {
            raw.pointee.from = value.pack(into: arena)
        }
        if let value = self.through {
            raw.pointee.through = value.pack(into: arena)
        }
        raw.pointee.basis = .init(rawValue: .init(truncatingIfNeeded: self.basis.rawValue))
        if !self.dimensions.isEmpty {
            raw.pointee.n_dimensions = self.dimensions.count
            raw.pointee.dimensions = arena.copy(self.dimensions)
        }
        if !self.filters.isEmpty {
            raw.pointee.n_filters = self.filters.count
            raw.pointee.filters = arena.copy(self.filters) { $0.pack(into: arena) }
        }
        if let value = self.knownAt {
            raw.pointee.known_at = value.pack(into: arena)
        }
        return raw
    }
}

extension TagCoverageResponse {
    public init(
        serialized bytes: UnsafeRawBufferPointer, in arena: MessageArena
    ) throws {
        let descriptor = Self.descriptor
        try DecodeGuard.check(
            bytes, descriptor: descriptor, messageName: Self.messageName)
        let raw = try arena.unpack(
            bytes, as: Tally__V1__TagCoverageResponse.self, descriptor: descriptor,
            messageName: Self.messageName)
        self = try withExtendedLifetime(arena) { try Self(raw) }
    }

    public func packed(in arena: MessageArena) -> PackedMessage {
        PackedMessage(pack(into: arena))
    }

    /// protobuf-c's description of the message, at its own address.
    static var descriptor: UnsafePointer<ProtobufCMessageDescriptor> {
        var raw = Tally__V1__TagCoverageResponse()
        tally__v1__tag_coverage_response__init(&raw)
        return raw.base.descriptor
    }

    /// The value of an unpacked message.
    init(_ raw: UnsafePointer<Tally__V1__TagCoverageResponse>) throws {
        self.dimensions = try MessageArena.values(
            raw.pointee.dimensions, count: raw.pointee.n_dimensions
        ) { try DimensionCoverage($0) }
        self.otherTags = raw.pointee.other_tags
        self.untagged = try raw.pointee.untagged.map { try UsageFigures($0) }
        self.total = try raw.pointee.total.map { try UsageFigures($0) }
        self.completeness = try raw.pointee.completeness.map { try Completeness($0) }
    }

    /// The message as protobuf-c packs it; it lives as long as the arena.
    func pack(into arena: MessageArena) -> UnsafeMutablePointer<Tally__V1__TagCoverageResponse> {
        let raw = arena.allocateMessage(Tally__V1__TagCoverageResponse.self)
        tally__v1__tag_coverage_response__init(raw)
        if !self.dimensions.isEmpty {
            raw.pointee.n_dimensions = self.dimensions.count
            raw.pointee.dimensions = arena.copy(self.dimensions) { $0.pack(into: arena) }
        }
        raw.pointee.other_tags = self.otherTags
        if let value = self.untagged {
            raw.pointee.untagged = value.pack(into: arena)
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

extension DimensionCoverage {
    public init(
        serialized bytes: UnsafeRawBufferPointer, in arena: MessageArena
    ) throws {
        let descriptor = Self.descriptor
        try DecodeGuard.check(
            bytes, descriptor: descriptor, messageName: Self.messageName)
        let raw = try arena.unpack(
            bytes, as: Tally__V1__DimensionCoverage.self, descriptor: descriptor,
            messageName: Self.messageName)
        self = try withExtendedLifetime(arena) { try Self(raw) }
    }

    public func packed(in arena: MessageArena) -> PackedMessage {
        PackedMessage(pack(into: arena))
    }

    /// protobuf-c's description of the message, at its own address.
    static var descriptor: UnsafePointer<ProtobufCMessageDescriptor> {
        var raw = Tally__V1__DimensionCoverage()
        tally__v1__dimension_coverage__init(&raw)
        return raw.base.descriptor
    }

    /// The value of an unpacked message.
    init(_ raw: UnsafePointer<Tally__V1__DimensionCoverage>) throws {
        self.dimension = try MessageArena.string(
            raw.pointee.dimension, messageName: Self.messageName, field: "dimension")
        self.covered = try raw.pointee.covered.map { try UsageFigures($0) }
        self.absent = try raw.pointee.absent.map { try UsageFigures($0) }
        self.share = try MessageArena.string(
            raw.pointee.share, messageName: Self.messageName, field: "share")
    }

    /// The message as protobuf-c packs it; it lives as long as the arena.
    func pack(into arena: MessageArena) -> UnsafeMutablePointer<Tally__V1__DimensionCoverage> {
        let raw = arena.allocateMessage(Tally__V1__DimensionCoverage.self)
        tally__v1__dimension_coverage__init(raw)
        if !self.dimension.isEmpty {
            raw.pointee.dimension = arena.copy(self.dimension)
        }
        if let value = self.covered {
            raw.pointee.covered = value.pack(into: arena)
        }
        if let value = self.absent {
            raw.pointee.absent = value.pack(into: arena)
        }
        if !self.share.isEmpty {
            raw.pointee.share = arena.copy(self.share)
        }
        return raw
    }
}

extension ReconcileConnectionRequest {
    public init(
        serialized bytes: UnsafeRawBufferPointer, in arena: MessageArena
    ) throws {
        let descriptor = Self.descriptor
        try DecodeGuard.check(
            bytes, descriptor: descriptor, messageName: Self.messageName)
        let raw = try arena.unpack(
            bytes, as: Tally__V1__ReconcileConnectionRequest.self, descriptor: descriptor,
            messageName: Self.messageName)
        self = try withExtendedLifetime(arena) { try Self(raw) }
    }

    public func packed(in arena: MessageArena) -> PackedMessage {
        PackedMessage(pack(into: arena))
    }

    /// protobuf-c's description of the message, at its own address.
    static var descriptor: UnsafePointer<ProtobufCMessageDescriptor> {
        var raw = Tally__V1__ReconcileConnectionRequest()
        tally__v1__reconcile_connection_request__init(&raw)
        return raw.base.descriptor
    }

    /// The value of an unpacked message.
    init(_ raw: UnsafePointer<Tally__V1__ReconcileConnectionRequest>) throws {
        self.connectionID = try MessageArena.string(
            raw.pointee.connection_id, messageName: Self.messageName, field: "connection_id")
        self.from = try raw.pointee.from.map { try Date($0) }
        self.through = try raw.pointee.through.map { try Date($0) }
    }

    /// The message as protobuf-c packs it; it lives as long as the arena.
    func pack(into arena: MessageArena) -> UnsafeMutablePointer<
        Tally__V1__ReconcileConnectionRequest
    > {
        let raw = arena.allocateMessage(Tally__V1__ReconcileConnectionRequest.self)
        tally__v1__reconcile_connection_request__init(raw)
        if !self.connectionID.isEmpty {
            raw.pointee.connection_id = arena.copy(self.connectionID)
        }
        if let value = self.from {
            raw.pointee.from = value.pack(into: arena)
        }
        if let value = self.through {
            raw.pointee.through = value.pack(into: arena)
        }
        return raw
    }
}

extension ReconcileConnectionResponse {
    public init(
        serialized bytes: UnsafeRawBufferPointer, in arena: MessageArena
    ) throws {
        let descriptor = Self.descriptor
        try DecodeGuard.check(
            bytes, descriptor: descriptor, messageName: Self.messageName)
        let raw = try arena.unpack(
            bytes, as: Tally__V1__ReconcileConnectionResponse.self, descriptor: descriptor,
            messageName: Self.messageName)
        self = try withExtendedLifetime(arena) { try Self(raw) }
    }

    public func packed(in arena: MessageArena) -> PackedMessage {
        PackedMessage(pack(into: arena))
    }

    /// protobuf-c's description of the message, at its own address.
    static var descriptor: UnsafePointer<ProtobufCMessageDescriptor> {
        var raw = Tally__V1__ReconcileConnectionResponse()
        tally__v1__reconcile_connection_response__init(&raw)
        return raw.base.descriptor
    }

    /// The value of an unpacked message.
    init(_ raw: UnsafePointer<Tally__V1__ReconcileConnectionResponse>) throws {
        self.rows = try MessageArena.values(raw.pointee.rows, count: raw.pointee.n_rows) {
            try ReconciliationRow($0)
        }
        self.total = try raw.pointee.total.map { try ReconciledFigures($0) }
        self.hasEvents = raw.pointee.has_events != 0
        self.unexplained = try raw.pointee.unexplained.map { try Money($0) }
        self.unexplainedShare = try MessageArena.string(
            raw.pointee.unexplained_share, messageName: Self.messageName, field: "unexplained_share"
        )
        self.completeness = try raw.pointee.completeness.map { try Completeness($0) }
    }

    /// The message as protobuf-c packs it; it lives as long as the arena.
    func pack(into arena: MessageArena) -> UnsafeMutablePointer<
        Tally__V1__ReconcileConnectionResponse
    > {
        let raw = arena.allocateMessage(Tally__V1__ReconcileConnectionResponse.self)
        tally__v1__reconcile_connection_response__init(raw)
        if !self.rows.isEmpty {
            raw.pointee.n_rows = self.rows.count
            raw.pointee.rows = arena.copy(self.rows) { $0.pack(into: arena) }
        }
        if let value = self.total {
            raw.pointee.total = value.pack(into: arena)
        }
        raw.pointee.has_events = self.hasEvents ? 1 : 0
        if let value = self.unexplained {
            raw.pointee.unexplained = value.pack(into: arena)
        }
        if !self.unexplainedShare.isEmpty {
            raw.pointee.unexplained_share = arena.copy(self.unexplainedShare)
        }
        if let value = self.completeness {
            raw.pointee.completeness = value.pack(into: arena)
        }
        return raw
    }
}

extension ReconciliationRow {
    public init(
        serialized bytes: UnsafeRawBufferPointer, in arena: MessageArena
    ) throws {
        let descriptor = Self.descriptor
        try DecodeGuard.check(
            bytes, descriptor: descriptor, messageName: Self.messageName)
        let raw = try arena.unpack(
            bytes, as: Tally__V1__ReconciliationRow.self, descriptor: descriptor,
            messageName: Self.messageName)
        self = try withExtendedLifetime(arena) { try Self(raw) }
    }

    public func packed(in arena: MessageArena) -> PackedMessage {
        PackedMessage(pack(into: arena))
    }

    /// protobuf-c's description of the message, at its own address.
    static var descriptor: UnsafePointer<ProtobufCMessageDescriptor> {
        var raw = Tally__V1__ReconciliationRow()
        tally__v1__reconciliation_row__init(&raw)
        return raw.base.descriptor
    }

    /// The value of an unpacked message.
    init(_ raw: UnsafePointer<Tally__V1__ReconciliationRow>) throws {
        self.day = try raw.pointee.day.map { try Date($0) }
        self.model = try MessageArena.string(
            raw.pointee.model, messageName: Self.messageName, field: "model")
        self.lineItem = try MessageArena.string(
            raw.pointee.line_item, messageName: Self.messageName, field: "line_item")
        self.final = raw.pointee.final != 0
        self.figures = try raw.pointee.figures.map { try ReconciledFigures($0) }
    }

    /// The message as protobuf-c packs it; it lives as long as the arena.
    func pack(into arena: MessageArena) -> UnsafeMutablePointer<Tally__V1__ReconciliationRow> {
        let raw = arena.allocateMessage(Tally__V1__ReconciliationRow.self)
        tally__v1__reconciliation_row__init(raw)
        if let value = self.day {
            raw.pointee.day = value.pack(into: arena)
        }
        if !self.model.isEmpty {
            raw.pointee.model = arena.copy(self.model)
        }
        if !self.lineItem.isEmpty {
            raw.pointee.line_item = arena.copy(self.lineItem)
        }
        raw.pointee.final = self.final ? 1 : 0
        if let value = self.figures {
            raw.pointee.figures = value.pack(into: arena)
        }
        return raw
    }
}

extension ReconciledFigures {
    public init(
        serialized bytes: UnsafeRawBufferPointer, in arena: MessageArena
    ) throws {
        let descriptor = Self.descriptor
        try DecodeGuard.check(
            bytes, descriptor: descriptor, messageName: Self.messageName)
        let raw = try arena.unpack(
            bytes, as: Tally__V1__ReconciledFigures.self, descriptor: descriptor,
            messageName: Self.messageName)
        self = try withExtendedLifetime(arena) { try Self(raw) }
    }

    public func packed(in arena: MessageArena) -> PackedMessage {
        PackedMessage(pack(into: arena))
    }

    /// protobuf-c's description of the message, at its own address.
    static var descriptor: UnsafePointer<ProtobufCMessageDescriptor> {
        var raw = Tally__V1__ReconciledFigures()
        tally__v1__reconciled_figures__init(&raw)
        return raw.base.descriptor
    }

    /// The value of an unpacked message.
    init(_ raw: UnsafePointer<Tally__V1__ReconciledFigures>) throws {
        self.billed = try raw.pointee.billed.map { try Money($0) }
        self.usage = try raw.pointee.usage.map { try Money($0) }
        self.events = try raw.pointee.events.map { try Money($0) }
        self.differences = try MessageArena.values(
            raw.pointee.differences, count: raw.pointee.n_differences
        ) { try ReconciliationDifference($0) }
    }

    /// The message as protobuf-c packs it; it lives as long as the arena.
    func pack(into arena: MessageArena) -> UnsafeMutablePointer<Tally__V1__ReconciledFigures> {
        let raw = arena.allocateMessage(Tally__V1__ReconciledFigures.self)
        tally__v1__reconciled_figures__init(raw)
        if let value = self.billed {
            raw.pointee.billed = value.pack(into: arena)
        }
        if let value = self.usage {
            raw.pointee.usage = value.pack(into: arena)
        }
        if let value = self.events {
            raw.pointee.events = value.pack(into: arena)
        }
        if !self.differences.isEmpty {
            raw.pointee.n_differences = self.differences.count
            raw.pointee.differences = arena.copy(self.differences) { $0.pack(into: arena) }
        }
        return raw
    }
}

extension ReconciliationDifference {
    public init(
        serialized bytes: UnsafeRawBufferPointer, in arena: MessageArena
    ) throws {
        let descriptor = Self.descriptor
        try DecodeGuard.check(
            bytes, descriptor: descriptor, messageName: Self.messageName)
        let raw = try arena.unpack(
            bytes, as: Tally__V1__ReconciliationDifference.self, descriptor: descriptor,
            messageName: Self.messageName)
        self = try withExtendedLifetime(arena) { try Self(raw) }
    }

    public func packed(in arena: MessageArena) -> PackedMessage {
        PackedMessage(pack(into: arena))
    }

    /// protobuf-c's description of the message, at its own address.
    static var descriptor: UnsafePointer<ProtobufCMessageDescriptor> {
        var raw = Tally__V1__ReconciliationDifference()
        tally__v1__reconciliation_difference__init(&raw)
        return raw.base.descriptor
    }

    /// The value of an unpacked message.
    init(_ raw: UnsafePointer<Tally__V1__ReconciliationDifference>) throws {
        self.cause = ReconciliationCause(
            rawValue: Int32(truncatingIfNeeded: raw.pointee.cause.rawValue))
        self.amount = try raw.pointee.amount.map { try Money($0) }
    }

    /// The message as protobuf-c packs it; it lives as long as the arena.
    func pack(into arena: MessageArena) -> UnsafeMutablePointer<Tally__V1__ReconciliationDifference>
    {
        let raw = arena.allocateMessage(Tally__V1__ReconciliationDifference.self)
        tally__v1__reconciliation_difference__init(raw)
        raw.pointee.cause = .init(rawValue: .init(truncatingIfNeeded: self.cause.rawValue))
        if let value = self.amount {
            raw.pointee.amount = value.pack(into: arena)
        }
        return raw
    }
}

extension PreviewAttributionRulesRequest {
    public init(
        serialized bytes: UnsafeRawBufferPointer, in arena: MessageArena
    ) throws {
        let descriptor = Self.descriptor
        try DecodeGuard.check(
            bytes, descriptor: descriptor, messageName: Self.messageName)
        let raw = try arena.unpack(
            bytes, as: Tally__V1__PreviewAttributionRulesRequest.self, descriptor: descriptor,
            messageName: Self.messageName)
        self = try withExtendedLifetime(arena) { try Self(raw) }
    }

    public func packed(in arena: MessageArena) -> PackedMessage {
        PackedMessage(pack(into: arena))
    }

    /// protobuf-c's description of the message, at its own address.
    static var descriptor: UnsafePointer<ProtobufCMessageDescriptor> {
        var raw = Tally__V1__PreviewAttributionRulesRequest()
        tally__v1__preview_attribution_rules_request__init(&raw)
        return raw.base.descriptor
    }

    /// The value of an unpacked message.
    init(_ raw: UnsafePointer<Tally__V1__PreviewAttributionRulesRequest>) throws {
        self.from = try raw.pointee.from.map { try Date($0) }
        self.through = try raw.pointee.through.map { try Date($0) }
        self.basis = Basis(rawValue: Int32(truncatingIfNeeded: raw.pointee.basis.rawValue))
        self.rules = try MessageArena.values(raw.pointee.rules, count: raw.pointee.n_rules) {
            try AttributionRule($0)
        }
        self.limit = raw.pointee.limit
    }

    /// The message as protobuf-c packs it; it lives as long as the arena.
    func pack(into arena: MessageArena) -> UnsafeMutablePointer<
        Tally__V1__PreviewAttributionRulesRequest
    > {
        let raw = arena.allocateMessage(Tally__V1__PreviewAttributionRulesRequest.self)
        tally__v1__preview_attribution_rules_request__init(raw)
        if let value = self.from {
            raw.pointee.from = value.pack(into: arena)
        }
        if let value = self.through {
            raw.pointee.through = value.pack(into: arena)
        }
        raw.pointee.basis = .init(rawValue: .init(truncatingIfNeeded: self.basis.rawValue))
        if !self.rules.isEmpty {
            raw.pointee.n_rules = self.rules.count
            raw.pointee.rules = arena.copy(self.rules) { $0.pack(into: arena) }
        }
        raw.pointee.limit = self.limit
        return raw
    }
}

extension PreviewAttributionRulesResponse {
    public init(
        serialized bytes: UnsafeRawBufferPointer, in arena: MessageArena
    ) throws {
        let descriptor = Self.descriptor
        try DecodeGuard.check(
            bytes, descriptor: descriptor, messageName: Self.messageName)
        let raw = try arena.unpack(
            bytes, as: Tally__V1__PreviewAttributionRulesResponse.self, descriptor: descriptor,
            messageName: Self.messageName)
        self = try withExtendedLifetime(arena) { try Self(raw) }
    }

    public func packed(in arena: MessageArena) -> PackedMessage {
        PackedMessage(pack(into: arena))
    }

    /// protobuf-c's description of the message, at its own address.
    static var descriptor: UnsafePointer<ProtobufCMessageDescriptor> {
        var raw = Tally__V1__PreviewAttributionRulesResponse()
        tally__v1__preview_attribution_rules_response__init(&raw)
        return raw.base.descriptor
    }

    /// The value of an unpacked message.
    init(_ raw: UnsafePointer<Tally__V1__PreviewAttributionRulesResponse>) throws {
        self.dimensions = try MessageArena.values(
            raw.pointee.dimensions, count: raw.pointee.n_dimensions
        ) { try AttributionEffect($0) }
        self.rules = try MessageArena.values(raw.pointee.rules, count: raw.pointee.n_rules) {
            try AttributionRuleEffect($0)
        }
        self.total = try raw.pointee.total.map { try UsageFigures($0) }
        self.notOfEvents = try raw.pointee.not_of_events.map { try UsageFigures($0) }
        self.completeness = try raw.pointee.completeness.map { try Completeness($0) }
    }

    /// The message as protobuf-c packs it; it lives as long as the arena.
    func pack(into arena: MessageArena) -> UnsafeMutablePointer<
        Tally__V1__PreviewAttributionRulesResponse
    > {
        let raw = arena.allocateMessage(Tally__V1__PreviewAttributionRulesResponse.self)
        tally__v1__preview_attribution_rules_response__init(raw)
        if !self.dimensions.isEmpty {
            raw.pointee.n_dimensions = self.dimensions.count
            raw.pointee.dimensions = arena.copy(self.dimensions) { $0.pack(into: arena) }
        }
        if !self.rules.isEmpty {
            raw.pointee.n_rules = self.rules.count
            raw.pointee.rules = arena.copy(self.rules) { $0.pack(into: arena) }
        }
        if let value = self.total {
            raw.pointee.total = value.pack(into: arena)
        }
        if let value = self.notOfEvents {
            raw.pointee.not_of_events = value.pack(into: arena)
        }
        if let value = self.completeness {
            raw.pointee.completeness = value.pack(into: arena)
        }
        return raw
    }
}

extension AttributionEffect {
    public init(
        serialized bytes: UnsafeRawBufferPointer, in arena: MessageArena
    ) throws {
        let descriptor = Self.descriptor
        try DecodeGuard.check(
            bytes, descriptor: descriptor, messageName: Self.messageName)
        let raw = try arena.unpack(
            bytes, as: Tally__V1__AttributionEffect.self, descriptor: descriptor,
            messageName: Self.messageName)
        self = try withExtendedLifetime(arena) { try Self(raw) }
    }

    public func packed(in arena: MessageArena) -> PackedMessage {
        PackedMessage(pack(into: arena))
    }

    /// protobuf-c's description of the message, at its own address.
    static var descriptor: UnsafePointer<ProtobufCMessageDescriptor> {
        var raw = Tally__V1__AttributionEffect()
        tally__v1__attribution_effect__init(&raw)
        return raw.base.descriptor
    }

    /// The value of an unpacked message.
    init(_ raw: UnsafePointer<Tally__V1__AttributionEffect>) throws {
        self.dimension = try MessageArena.string(
            raw.pointee.dimension, messageName: Self.messageName, field: "dimension")
        self.moves = try MessageArena.values(raw.pointee.moves, count: raw.pointee.n_moves) {
            try AttributionMove($0)
        }
        self.other = try raw.pointee.other.map { try UsageFigures($0) }
        self.otherMoves = raw.pointee.other_moves
        self.moved = try raw.pointee.moved.map { try UsageFigures($0) }
        self.unchanged = try raw.pointee.unchanged.map { try UsageFigures($0) }
    }

    /// The message as protobuf-c packs it; it lives as long as the arena.
    func pack(into arena: MessageArena) -> UnsafeMutablePointer<Tally__V1__AttributionEffect> {
        let raw = arena.allocateMessage(Tally__V1__AttributionEffect.self)
        tally__v1__attribution_effect__init(raw)
        if !self.dimension.isEmpty {
            raw.pointee.dimension = arena.copy(self.dimension)
        }
        if !self.moves.isEmpty {
            raw.pointee.n_moves = self.moves.count
            raw.pointee.moves = arena.copy(self.moves) { $0.pack(into: arena) }
        }
        if let value = self.other {
            raw.pointee.other = value.pack(into: arena)
        }
        raw.pointee.other_moves = self.otherMoves
        if let value = self.moved {
            raw.pointee.moved = value.pack(into: arena)
        }
        if let value = self.unchanged {
            raw.pointee.unchanged = value.pack(into: arena)
        }
        return raw
    }
}

extension AttributionMove {
    public init(
        serialized bytes: UnsafeRawBufferPointer, in arena: MessageArena
    ) throws {
        let descriptor = Self.descriptor
        try DecodeGuard.check(
            bytes, descriptor: descriptor, messageName: Self.messageName)
        let raw = try arena.unpack(
            bytes, as: Tally__V1__AttributionMove.self, descriptor: descriptor,
            messageName: Self.messageName)
        self = try withExtendedLifetime(arena) { try Self(raw) }
    }

    public func packed(in arena: MessageArena) -> PackedMessage {
        PackedMessage(pack(into: arena))
    }

    /// protobuf-c's description of the message, at its own address.
    static var descriptor: UnsafePointer<ProtobufCMessageDescriptor> {
        var raw = Tally__V1__AttributionMove()
        tally__v1__attribution_move__init(&raw)
        return raw.base.descriptor
    }

    /// The value of an unpacked message.
    init(_ raw: UnsafePointer<Tally__V1__AttributionMove>) throws {
        self.before = try raw.pointee.before.map { try DimensionValue($0) }
        self.after = try raw.pointee.after.map { try DimensionValue($0) }
        self.figures = try raw.pointee.figures.map { try UsageFigures($0) }
    }

    /// The message as protobuf-c packs it; it lives as long as the arena.
    func pack(into arena: MessageArena) -> UnsafeMutablePointer<Tally__V1__AttributionMove> {
        let raw = arena.allocateMessage(Tally__V1__AttributionMove.self)
        tally__v1__attribution_move__init(raw)
        if let value = self.before {
            raw.pointee.before = value.pack(into: arena)
        }
        if let value = self.after {
            raw.pointee.after = value.pack(into: arena)
        }
        if let value = self.figures {
            raw.pointee.figures = value.pack(into: arena)
        }
        return raw
    }
}

extension AttributionRuleEffect {
    public init(
        serialized bytes: UnsafeRawBufferPointer, in arena: MessageArena
    ) throws {
        let descriptor = Self.descriptor
        try DecodeGuard.check(
            bytes, descriptor: descriptor, messageName: Self.messageName)
        let raw = try arena.unpack(
            bytes, as: Tally__V1__AttributionRuleEffect.self, descriptor: descriptor,
            messageName: Self.messageName)
        self = try withExtendedLifetime(arena) { try Self(raw) }
    }

    public func packed(in arena: MessageArena) -> PackedMessage {
        PackedMessage(pack(into: arena))
    }

    /// protobuf-c's description of the message, at its own address.
    static var descriptor: UnsafePointer<ProtobufCMessageDescriptor> {
        var raw = Tally__V1__AttributionRuleEffect()
        tally__v1__attribution_rule_effect__init(&raw)
        return raw.base.descriptor
    }

    /// The value of an unpacked message.
    init(_ raw: UnsafePointer<Tally__V1__AttributionRuleEffect>) throws {
        self.name = try MessageArena.string(
            raw.pointee.name, messageName: Self.messageName, field: "name")
        self.figures = try raw.pointee.figures.map { try UsageFigures($0) }
    }

    /// The message as protobuf-c packs it; it lives as long as the arena.
    func pack(into arena: MessageArena) -> UnsafeMutablePointer<Tally__V1__AttributionRuleEffect> {
        let raw = arena.allocateMessage(Tally__V1__AttributionRuleEffect.self)
        tally__v1__attribution_rule_effect__init(raw)
        if !self.name.isEmpty {
            raw.pointee.name = arena.copy(self.name)
        }
        if let value = self.figures {
            raw.pointee.figures = value.pack(into: arena)
        }
        return raw
    }
}

extension SourceRanks {
    public init(
        serialized bytes: UnsafeRawBufferPointer, in arena: MessageArena
    ) throws {
        let descriptor = Self.descriptor
        try DecodeGuard.check(
            bytes, descriptor: descriptor, messageName: Self.messageName)
        let raw = try arena.unpack(
            bytes, as: Tally__V1__SourceRanks.self, descriptor: descriptor,
            messageName: Self.messageName)
        self = try withExtendedLifetime(arena) { try Self(raw) }
    }

    public func packed(in arena: MessageArena) -> PackedMessage {
        PackedMessage(pack(into: arena))
    }

    /// protobuf-c's description of the message, at its own address.
    static var descriptor: UnsafePointer<ProtobufCMessageDescriptor> {
        var raw = Tally__V1__SourceRanks()
        tally__v1__source_ranks__init(&raw)
        return raw.base.descriptor
    }

    /// The value of an unpacked message.
    init(_ raw: UnsafePointer<Tally__V1__SourceRanks>) throws {
        self.version = raw.pointee.version
        self.sources = try MessageArena.strings(
            raw.pointee.sources, count: raw.pointee.n_sources, messageName: Self.messageName,
            field: "sources")
        self.updateTime = try raw.pointee.update_time.map { try Timestamp($0) }
    }

    /// The message as protobuf-c packs it; it lives as long as the arena.
    func pack(into arena: MessageArena) -> UnsafeMutablePointer<Tally__V1__SourceRanks> {
        let raw = arena.allocateMessage(Tally__V1__SourceRanks.self)
        tally__v1__source_ranks__init(raw)
        raw.pointee.version = self.version
        if !self.sources.isEmpty {
            raw.pointee.n_sources = self.sources.count
            raw.pointee.sources = arena.copy(self.sources)
        }
        if let value = self.updateTime {
            raw.pointee.update_time = value.pack(into: arena)
        }
        return raw
    }
}

extension SetSourceRanksRequest {
    public init(
        serialized bytes: UnsafeRawBufferPointer, in arena: MessageArena
    ) throws {
        let descriptor = Self.descriptor
        try DecodeGuard.check(
            bytes, descriptor: descriptor, messageName: Self.messageName)
        let raw = try arena.unpack(
            bytes, as: Tally__V1__SetSourceRanksRequest.self, descriptor: descriptor,
            messageName: Self.messageName)
        self = try withExtendedLifetime(arena) { try Self(raw) }
    }

    public func packed(in arena: MessageArena) -> PackedMessage {
        PackedMessage(pack(into: arena))
    }

    /// protobuf-c's description of the message, at its own address.
    static var descriptor: UnsafePointer<ProtobufCMessageDescriptor> {
        var raw = Tally__V1__SetSourceRanksRequest()
        tally__v1__set_source_ranks_request__init(&raw)
        return raw.base.descriptor
    }

    /// The value of an unpacked message.
    init(_ raw: UnsafePointer<Tally__V1__SetSourceRanksRequest>) throws {
        self.sources = try MessageArena.strings(
            raw.pointee.sources, count: raw.pointee.n_sources, messageName: Self.messageName,
            field: "sources")
        self.expectedVersion = raw.pointee.expected_version
    }

    /// The message as protobuf-c packs it; it lives as long as the arena.
    func pack(into arena: MessageArena) -> UnsafeMutablePointer<Tally__V1__SetSourceRanksRequest> {
        let raw = arena.allocateMessage(Tally__V1__SetSourceRanksRequest.self)
        tally__v1__set_source_ranks_request__init(raw)
        if !self.sources.isEmpty {
            raw.pointee.n_sources = self.sources.count
            raw.pointee.sources = arena.copy(self.sources)
        }
        raw.pointee.expected_version = self.expectedVersion
        return raw
    }
}

extension GetSourceRanksRequest {
    public init(
        serialized bytes: UnsafeRawBufferPointer, in arena: MessageArena
    ) throws {
        let descriptor = Self.descriptor
        try DecodeGuard.check(
            bytes, descriptor: descriptor, messageName: Self.messageName)
        let raw = try arena.unpack(
            bytes, as: Tally__V1__GetSourceRanksRequest.self, descriptor: descriptor,
            messageName: Self.messageName)
        self = try withExtendedLifetime(arena) { try Self(raw) }
    }

    public func packed(in arena: MessageArena) -> PackedMessage {
        PackedMessage(pack(into: arena))
    }

    /// protobuf-c's description of the message, at its own address.
    static var descriptor: UnsafePointer<ProtobufCMessageDescriptor> {
        var raw = Tally__V1__GetSourceRanksRequest()
        tally__v1__get_source_ranks_request__init(&raw)
        return raw.base.descriptor
    }

    /// The value of an unpacked message.
    init(_ raw: UnsafePointer<Tally__V1__GetSourceRanksRequest>) throws {
    }

    /// The message as protobuf-c packs it; it lives as long as the arena.
    func pack(into arena: MessageArena) -> UnsafeMutablePointer<Tally__V1__GetSourceRanksRequest> {
        let raw = arena.allocateMessage(Tally__V1__GetSourceRanksRequest.self)
        tally__v1__get_source_ranks_request__init(raw)
        return raw
    }
}

/// Metered events in, what each costs, and what they come to.
public enum IngestionServiceMethods {
    /// Records 1 to 10,000 events. Each item is answered by itself: one bad event never fails its
    /// neighbours. The answer follows the commit. Where those that are new are more than the
    /// organization's plan has left for the day of UTC, none is recorded: EVENTS_PER_DAY_EXCEEDED,
    /// or, where it is the
    /// token's quota that is used up, TOKEN_EVENTS_PER_DAY_EXCEEDED.
    public enum IngestEvents: RPCMethod {
        public typealias Request = IngestEventsRequest
        public typealias Response = IngestEventsResponse
        public static let name = "tally.v1.IngestionService/IngestEvents"
        public static let kind = CallKind.unary
        public static let idempotency = IdempotencyLevel.idempotent
    }

    /// Records events batch by batch, several at once, for as long as the client likes. Each batch
    /// is answered
    /// after its commit, in the order in which they were sent, as IngestEvents answers its events;
    /// one that is
    /// refused whole, such as one with too many events, is answered with the reason and harms no
    /// other. Four
    /// batches at most are under way; the server reads no further before the first of them is
    /// answered.
    ///
    /// What fails not one batch but the stream, such as EVENTS_PER_DAY_EXCEEDED, or rights that
    /// were lost, ends
    /// it after the answers of the batches before. What was answered is recorded; what was not may
    /// be. So
    /// whoever goes on, on a new stream, sends again what was not answered: ids make each event
    /// count once.
    /// Half-close to end; a server that drains waits for that 30 s. Ignores an idempotency-key.
    public enum StreamEvents: RPCMethod {
        public typealias Request = StreamEventsRequest
        public typealias Response = StreamEventsResponse
        public static let name = "tally.v1.IngestionService/StreamEvents"
        public static let kind = CallKind.bidirectionalStreaming
        public static let idempotency = IdempotencyLevel.idempotent
    }

    /// Corrects 1 to 100 events: their quantities become those that are given, and they cost what
    /// these cost
    /// at the events' time by the catalogue of now. What was recorded stays; entries are added that
    /// lead to
    /// the target, so that sending a correction again changes nothing. Each item is answered by
    /// itself. So
    /// events whose usage is pending are settled, as reported, partial or missing. An item is
    /// rejected by EVENT_NOT_FOUND,
    /// EVENT_TOO_OLD, EVENT_REVERSED where its event was reversed, and EVENT_SUPPRESSED where it
    /// does not count since
    /// another source does of its call: it can be corrected once it comes to count.
    public enum CorrectEvents: RPCMethod {
        public typealias Request = CorrectEventsRequest
        public typealias Response = CorrectEventsResponse
        public static let name = "tally.v1.IngestionService/CorrectEvents"
        public static let kind = CallKind.unary
        public static let idempotency = IdempotencyLevel.idempotent
    }

    /// Reverses 1 to 100 events for good: they count nothing any more, and their ids stay taken.
    /// Each item is
    /// answered by itself. Where an event told of a call that other sources told of, too, and no
    /// event of its source
    /// counts of that call any more, those of the source that is next do, by the ranks of now
    /// (SetSourceRanks) or, of those
    /// without, by who told first; reverse them as well, in any order, where
    /// the call is to count nothing. What is reversed is not shown with what is suppressed either.
    /// An item is rejected by EVENT_NOT_FOUND, EVENT_TOO_OLD, and CALL_HAS_TOO_MANY_EVENTS
    /// where more than 2,000 events of other sources would come to count by the method's call:
    /// reverse some of those
    /// before, or fewer at once.
    public enum ReverseEvents: RPCMethod {
        public typealias Request = ReverseEventsRequest
        public typealias Response = ReverseEventsResponse
        public static let name = "tally.v1.IngestionService/ReverseEvents"
        public static let kind = CallKind.unary
        public static let idempotency = IdempotencyLevel.idempotent
    }

    /// What an event's amount is made of: each of its entries, with its price version and quantity
    /// × rate,
    /// line by line. EVENT_NOT_FOUND where the organization has no such event.
    public enum ExplainEvent: RPCMethod {
        public typealias Request = ExplainEventRequest
        public typealias Response = ExplainEventResponse
        public static let name = "tally.v1.IngestionService/ExplainEvent"
        public static let kind = CallKind.unary
        public static let idempotency = IdempotencyLevel.noSideEffects
    }

    /// Cost, requests and tokens per hour, day, week or month of a span of days, of the whole
    /// organization.
    /// Callers who are limited to some units see what the allocation rules in force give whole to
    /// those units
    /// and the ones below them, each on the days on which it stands there: what GetChargebackReport
    /// calls
    /// direct. What rules split among units is not in it: it is shared out by the month, and what
    /// of it is a
    /// unit's of one day or model is not known.
    public enum UsageTrend: RPCMethod {
        public typealias Request = UsageTrendRequest
        public typealias Response = UsageTrendResponse
        public static let name = "tally.v1.IngestionService/UsageTrend"
        public static let kind = CallKind.unary
        public static let idempotency = IdempotencyLevel.noSideEffects
    }

    /// The models that cost most within a span of days, of the whole organization; like UsageTrend
    /// of some
    /// units for callers who are limited to them.
    public enum TopModels: RPCMethod {
        public typealias Request = TopModelsRequest
        public typealias Response = TopModelsResponse
        public static let name = "tally.v1.IngestionService/TopModels"
        public static let kind = CallKind.unary
        public static let idempotency = IdempotencyLevel.noSideEffects
    }

    /// Brings a price file into the catalogue of list prices, which holds for all organizations;
    /// whole or
    /// not at all. A model that is new has its price from the beginning of time, marked as assumed;
    /// a price
    /// that changes begins a new version, and what was recorded before keeps its own. The same file
    /// again
    /// changes nothing. For operators.
    ///
    /// A file is refused with a reason that begins by PRICE_FILE_: cut off, of an earlier day than
    /// the
    /// prices that are known, a rate that jumps, too many models gone, and the like. The message
    /// names the
    /// catalogue that goes on to hold.
    public enum ImportPrices: RPCMethod {
        public typealias Request = ImportPricesRequest
        public typealias Response = ImportPricesResponse
        public static let name = "tally.v1.IngestionService/ImportPrices"
        public static let kind = CallKind.unary
        public static let idempotency = IdempotencyLevel.idempotent
    }

    /// What ImportPrices would change, and whether it would refuse the file. For operators.
    public enum DiffPrices: RPCMethod {
        public typealias Request = DiffPricesRequest
        public typealias Response = DiffPricesResponse
        public static let name = "tally.v1.IngestionService/DiffPrices"
        public static let kind = CallKind.unary
        public static let idempotency = IdempotencyLevel.noSideEffects
    }

    /// What holds for a model at a time, and where that is from. PRICE_NOT_FOUND where nothing
    /// does: usage
    /// of the model is then unpriced, which is not zero. When a price comes, by an import or an
    /// override, a
    /// worker gives it to the events that had none, by corrections that say so.
    public enum GetPrice: RPCMethod {
        public typealias Request = GetPriceRequest
        public typealias Response = Price
        public static let name = "tally.v1.IngestionService/GetPrice"
        public static let kind = CallKind.unary
        public static let idempotency = IdempotencyLevel.noSideEffects
    }

    /// What the spend of a span of days comes to by whatever tells it apart, of all of it or of
    /// what passes
    /// a filter. Rows and what lies beyond the limit sum to the total, to the last place; what has
    /// no value
    /// has a row of its own. Like UsageTrend of some units for callers who are limited to them.
    public enum UsageSummary: RPCMethod {
        public typealias Request = UsageSummaryRequest
        public typealias Response = UsageSummaryResponse
        public static let name = "tally.v1.IngestionService/UsageSummary"
        public static let kind = CallKind.unary
        public static let idempotency = IdempotencyLevel.noSideEffects
    }

    /// Every entry of the ledger whose event lies in a span of days, or only what passes a filter,
    /// as it was
    /// recorded: metered events first, in the order in which they were; then rows of providers'
    /// reports, and
    /// corrections and reversals, by event time. Every root comes before what corrects it. It is
    /// the ledger as
    /// it stands when the call begins, at whatever pace it is read: what is recorded meanwhile is
    /// not in it;
    /// what retention removes meanwhile may be missing.
    ///
    /// Every field that an event was sent with comes out of it, but usage_object, of which the
    /// ledger keeps the
    /// quantities and what else it says, and provider_request_id, of which it keeps a hash, to
    /// count calls once.
    ///
    /// A stream that was broken off goes on behind `after` of the last part that came. Amounts of
    /// one feed
    /// sum to what UsageSummary says of the same days: events that name no connection to its total
    /// on the
    /// metered basis, bills to that on the billed basis where the organization's days are those of
    /// UTC. Never
    /// add up two feeds: they may tell of the same calls. Callers who are limited to some units are
    /// refused by
    /// UNIT_SCOPE_NOT_SERVED: feeds have lines of everybody's.
    public enum ExportEntries: RPCMethod {
        public typealias Request = ExportEntriesRequest
        public typealias Response = EntryExportPart
        public static let name = "tally.v1.IngestionService/ExportEntries"
        public static let kind = CallKind.serverStreaming
        public static let idempotency = IdempotencyLevel.noSideEffects
    }

    /// How much of the money, not of the entries, of a span of days carries which tag or other
    /// dimension.
    /// Like UsageTrend of some units for callers who are limited to them.
    public enum TagCoverage: RPCMethod {
        public typealias Request = TagCoverageRequest
        public typealias Response = TagCoverageResponse
        public static let name = "tally.v1.IngestionService/TagCoverage"
        public static let kind = CallKind.unary
        public static let idempotency = IdempotencyLevel.noSideEffects
    }

    /// Compares what a connection's provider billed with its usage report at the organization's
    /// prices, and that
    /// with the events, day by day, and says why they differ: each part of a difference has one
    /// cause, and what
    /// has none is shown as unexplained. For whole days of UTC, which bills have. Not for callers
    /// who are
    /// limited to some units.
    public enum ReconcileConnection: RPCMethod {
        public typealias Request = ReconcileConnectionRequest
        public typealias Response = ReconcileConnectionResponse
        public static let name = "tally.v1.IngestionService/ReconcileConnection"
        public static let kind = CallKind.unary
        public static let idempotency = IdempotencyLevel.noSideEffects
    }

    /// Says what the organization pays in place of list prices: a factor, or fixed prices, for
    /// models that
    /// a pattern names. Events that come from then on, and lie in its time, are priced so, and name
    /// it;
    /// what was recorded before keeps its cost, but for what had none: that gets it soon after. Of
    /// several that match, the one whose pattern says most of
    /// the name counts, then the one that names the service tier, then the newest.
    public enum CreatePriceOverride: RPCMethod {
        public typealias Request = CreatePriceOverrideRequest
        public typealias Response = PriceOverride
        public static let name = "tally.v1.IngestionService/CreatePriceOverride"
        public static let kind = CallKind.unary
    }

    /// Ends an override, now or later. What it priced keeps its cost.
    public enum EndPriceOverride: RPCMethod {
        public typealias Request = EndPriceOverrideRequest
        public typealias Response = PriceOverride
        public static let name = "tally.v1.IngestionService/EndPriceOverride"
        public static let kind = CallKind.unary
    }

    /// The organization's overrides by number, ended ones included.
    public enum ListPriceOverrides: RPCMethod {
        public typealias Request = ListPriceOverridesRequest
        public typealias Response = ListPriceOverridesResponse
        public static let name = "tally.v1.IngestionService/ListPriceOverrides"
        public static let kind = CallKind.unary
        public static let idempotency = IdempotencyLevel.noSideEffects
    }

    /// What other prices would have made of the metered events of a month, and of what providers
    /// reported of its
    /// usage, by model: every event and row is priced anew, exactly, and nothing is stored. Takes
    /// as long as
    /// reading them does.
    public enum SimulatePrices: RPCMethod {
        public typealias Request = SimulatePricesRequest
        public typealias Response = SimulatePricesResponse
        public static let name = "tally.v1.IngestionService/SimulatePrices"
        public static let kind = CallKind.unary
        public static let idempotency = IdempotencyLevel.noSideEffects
    }

    /// Lets metered events that were recorded, and the rows of providers' usage reports, cost what
    /// they cost by
    /// the catalogue and the overrides of now: entries are added whose sum is the difference, so
    /// that history
    /// stays. A call does a part of the span; go on with next_page_token until it is empty. Doing a
    /// part again changes nothing. What has no price
    /// yet need not be asked for: workers look for it by themselves when there are other prices.
    public enum RepriceEvents: RPCMethod {
        public typealias Request = RepriceEventsRequest
        public typealias Response = RepriceEventsResponse
        public static let name = "tally.v1.IngestionService/RepriceEvents"
        public static let kind = CallKind.unary
    }

    /// Replaces the rules by which events get dimensions that their senders left out, from an
    /// instant on: a
    /// new version, which holds for events of that instant and later, whatever other versions say
    /// of them.
    /// An event's rules are those in force at its time, as they are known when it is recorded;
    /// another
    /// server may take a second to know them. What was recorded keeps what it has, and names its
    /// version
    /// and rule. Rules are for events alone: rows of providers' reports keep the providers' own
    /// words. The
    /// same rules and note again, which hold by then anyway, make no version.
    public enum SetAttributionRules: RPCMethod {
        public typealias Request = SetAttributionRulesRequest
        public typealias Response = AttributionRuleSet
        public static let name = "tally.v1.IngestionService/SetAttributionRules"
        public static let kind = CallKind.unary
    }

    /// A version of the rules; version 0 without rules where none was ever set.
    /// ATTRIBUTION_RULE_SET_NOT_FOUND where there is none of the number.
    public enum GetAttributionRules: RPCMethod {
        public typealias Request = GetAttributionRulesRequest
        public typealias Response = AttributionRuleSet
        public static let name = "tally.v1.IngestionService/GetAttributionRules"
        public static let kind = CallKind.unary
        public static let idempotency = IdempotencyLevel.noSideEffects
    }

    /// The versions of the rules, the newest first.
    public enum ListAttributionRuleSets: RPCMethod {
        public typealias Request = ListAttributionRuleSetsRequest
        public typealias Response = ListAttributionRuleSetsResponse
        public static let name = "tally.v1.IngestionService/ListAttributionRuleSets"
        public static let kind = CallKind.unary
        public static let idempotency = IdempotencyLevel.noSideEffects
    }

    /// What rules would have made of the spend of a span of days: for each dimension how much moves
    /// from
    /// which value to which. Exact, and nothing is stored: of what was sent, as if the rules had
    /// held all
    /// the time and no others. Bills stay shared out as they are. Not for callers who are limited
    /// to
    /// some units.
    public enum PreviewAttributionRules: RPCMethod {
        public typealias Request = PreviewAttributionRulesRequest
        public typealias Response = PreviewAttributionRulesResponse
        public static let name = "tally.v1.IngestionService/PreviewAttributionRules"
        public static let kind = CallKind.unary
        public static let idempotency = IdempotencyLevel.noSideEffects
    }

    /// Says which source counts where several tell of the same call, with one provider_request_id:
    /// the highest of those
    /// that do, whoever tells first. Sources that are not named are behind all that are, and equal:
    /// of them the one that
    /// told first counts. Where a higher-ranked source tells of a call of which another one
    /// counted, that one's events are
    /// taken back in the same transaction by entries that say so, and are shown with what is
    /// suppressed. Where all events
    /// of the source that counts are reversed, those of the next in this order do.
    ///
    /// It holds for what is told, and reversed, from then on; what was told before stays as it is,
    /// until another event of
    /// its call comes. A call stays with the source that counts, too, and what a higher-ranked one
    /// tells of it is
    /// suppressed, where events of it that count are older than the organization wants its usage
    /// kept, where more than 2,000
    /// of its events would turn, and where with others of the same commit more than 20,000 would.
    /// Where servers are being
    /// replaced, rank sources once the last one of before this method is gone.
    ///
    /// The same again changes nothing. For those who may set rules.
    public enum SetSourceRanks: RPCMethod {
        public typealias Request = SetSourceRanksRequest
        public typealias Response = SourceRanks
        public static let name = "tally.v1.IngestionService/SetSourceRanks"
        public static let kind = CallKind.unary
    }

    /// The order of the organization's sources; version 0 and none where it was never set.
    public enum GetSourceRanks: RPCMethod {
        public typealias Request = GetSourceRanksRequest
        public typealias Response = SourceRanks
        public static let name = "tally.v1.IngestionService/GetSourceRanks"
        public static let kind = CallKind.unary
        public static let idempotency = IdempotencyLevel.noSideEffects
    }
}
