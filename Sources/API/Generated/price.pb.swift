// Written by tally-generator. Change proto/ and run deploy/scripts/generate.sh.
// Source: tally/v1/price.proto

import CMessages
import CProtobufC
public import Wire

/// A price file, and what it must keep to.
public struct PriceUpload: WireMessage {
    public static let messageName = "tally.v1.PriceUpload"

    /// The file: CSV with the columns of deploy/catalogue/README.md, or LiteLLM's
    /// model_prices_and_context_window.json; its first byte tells which. Up to what a frame takes.
    public var content: [UInt8] = []
    /// Name of the file, 1 to 200 bytes, for people.
    public var fileName: String = ""
    /// Of which day the file is. Required for LiteLLM's, which has no date; of a CSV the newest
    /// date in it
    /// counts. At most tomorrow's of UTC: PRICE_FILE_DATE_AHEAD.
    public var asOf: Date?
    /// So many times what it was, or such a part of it, a rate may be: 2 to 1,000,000. Default 100.
    public var factorMax: Int32 = 0
    /// Of each hundred models that are known, so many may lack in the file: 1 to 100. Default 50.
    public var vanishedPercentMax: Int32 = 0
    /// First instant of the prices and aliases that change: not in the past, at most 366 days
    /// ahead. Default: now.
    public var effectiveTime: Timestamp?
    /// Rates that were not free may be 0 in the file. Default: such a file is refused,
    /// PRICE_FILE_PRICE_BECAME_FREE.
    public var mayBecomeFree: Bool = false

    public init() {}

    public init(
        content: [UInt8] = [], fileName: String = "", asOf: Date? = nil, factorMax: Int32 = 0,
        vanishedPercentMax: Int32 = 0, effectiveTime: Timestamp? = nil, mayBecomeFree: Bool = false
    ) {
        self.content = content
        self.fileName = fileName
        self.asOf = asOf
        self.factorMax = factorMax
        self.vanishedPercentMax = vanishedPercentMax
        self.effectiveTime = effectiveTime
        self.mayBecomeFree = mayBecomeFree
    }
}

public struct ImportPricesRequest: WireMessage {
    public static let messageName = "tally.v1.ImportPricesRequest"

    /// The file. Required.
    public var upload: PriceUpload?

    public init() {}

    public init(
        upload: PriceUpload? = nil
    ) {
        self.upload = upload
    }
}

public struct ImportPricesResponse: WireMessage {
    public static let messageName = "tally.v1.ImportPricesResponse"

    /// The newest import.
    public var catalogue: PriceImportRecord?
    /// The file was imported before; nothing changed.
    public var alreadyImported: Bool = false
    /// Models that are new.
    public var addedCount: Int32 = 0
    /// Models whose price changed.
    public var changedCount: Int32 = 0
    /// Models of the file whose price is as it was.
    public var unchangedCount: Int32 = 0
    /// What of the file is not taken over.
    public var remarks: [PriceFileRemark] = []
    /// Aliases that are new.
    public var addedAliasCount: Int32 = 0
    /// Aliases that name another model.
    public var changedAliasCount: Int32 = 0

    public init() {}

    public init(
        catalogue: PriceImportRecord? = nil, alreadyImported: Bool = false, addedCount: Int32 = 0,
        changedCount: Int32 = 0, unchangedCount: Int32 = 0, remarks: [PriceFileRemark] = [],
        addedAliasCount: Int32 = 0, changedAliasCount: Int32 = 0
    ) {
        self.catalogue = catalogue
        self.alreadyImported = alreadyImported
        self.addedCount = addedCount
        self.changedCount = changedCount
        self.unchangedCount = unchangedCount
        self.remarks = remarks
        self.addedAliasCount = addedAliasCount
        self.changedAliasCount = changedAliasCount
    }
}

/// One import that became the newest catalogue.
public struct PriceImportRecord: WireMessage {
    public static let messageName = "tally.v1.PriceImportRecord"

    /// Number of the import.
    public var version: Int64 = 0
    /// Name of the file.
    public var fileName: String = ""
    /// csv or litellm.
    public var format: String = ""
    /// Of which day the file was; absent where nobody said.
    public var asOf: Date?
    /// When it was imported.
    public var importTime: Timestamp?

    public init() {}

    public init(
        version: Int64 = 0, fileName: String = "", format: String = "", asOf: Date? = nil,
        importTime: Timestamp? = nil
    ) {
        self.version = version
        self.fileName = fileName
        self.format = format
        self.asOf = asOf
        self.importTime = importTime
    }
}

/// Something in a price file that is not taken over.
public struct PriceFileRemark: WireMessage {
    public static let messageName = "tally.v1.PriceFileRemark"

    /// FIELD_NOT_READ: the models are taken without the field. MODEL_NOT_READ, RATIO_INEXACT,
    /// NOT_PRICED_BY_TOKENS, NAMED_TWICE: the models are left out. ALIAS_HAS_PRICE: the aliases are
    /// left out,
    /// since the catalogue has prices of their names, which go first.
    public var problem: String = ""
    /// Field of the file, mode of the models, or quantity class; empty where none is at fault.
    public var field: String = ""
    /// How many models.
    public var modelCount: Int32 = 0
    /// The first of them, at most 20, by their key in the file.
    public var models: [String] = []

    public init() {}

    public init(
        problem: String = "", field: String = "", modelCount: Int32 = 0, models: [String] = []
    ) {
        self.problem = problem
        self.field = field
        self.modelCount = modelCount
        self.models = models
    }
}

public struct DiffPricesRequest: WireMessage {
    public static let messageName = "tally.v1.DiffPricesRequest"

    /// The file. Required.
    public var upload: PriceUpload?

    public init() {}

    public init(
        upload: PriceUpload? = nil
    ) {
        self.upload = upload
    }
}

public struct DiffPricesResponse: WireMessage {
    public static let messageName = "tally.v1.DiffPricesResponse"

    /// The newest import; absent before the first.
    public var catalogue: PriceImportRecord?
    /// One for each model and alias that would change: by provider, model and region.
    public var differences: [PriceDifference] = []
    /// Models of the file whose price is as it is.
    public var unchangedCount: Int32 = 0
    /// What of the file would not be taken over.
    public var remarks: [PriceFileRemark] = []
    /// Reason why ImportPrices would refuse the file; empty where it would not.
    public var refusalReason: String = ""
    /// The same for people, with the remedy.
    public var refusal: String = ""

    public init() {}

    public init(
        catalogue: PriceImportRecord? = nil, differences: [PriceDifference] = [],
        unchangedCount: Int32 = 0, remarks: [PriceFileRemark] = [], refusalReason: String = "",
        refusal: String = ""
    ) {
        self.catalogue = catalogue
        self.differences = differences
        self.unchangedCount = unchangedCount
        self.remarks = remarks
        self.refusalReason = refusalReason
        self.refusal = refusal
    }
}

/// What an import changes of one model's price, or of one alias.
public struct PriceDifference: WireMessage {
    /// What becomes of it.
    public struct Action: RawRepresentable, CaseIterable, Hashable, Sendable {
        public let rawValue: Int32

        public init(rawValue: Int32) {
            self.rawValue = rawValue
        }

        /// Never sent.
        public static let unspecified = Self(rawValue: 0)
        /// Has no price yet; or is no alias yet.
        public static let added = Self(rawValue: 1)
        /// Gets another price; or names another model.
        public static let changed = Self(rawValue: 2)
        /// Lacks in the file; keeps its price, or goes on to name its model.
        public static let unlisted = Self(rawValue: 3)

        /// Every value that the contract names, in its order.
        public static let allCases: [Self] = [
            .unspecified, .added, .changed, .unlisted,
        ]

        /// The name in the contract; nil for a value that it does not know.
        public var name: String? {
            switch rawValue {
            case 0: "ACTION_UNSPECIFIED"
            case 1: "ACTION_ADDED"
            case 2: "ACTION_CHANGED"
            case 3: "ACTION_UNLISTED"
            default: nil
            }
        }
    }

    public static let messageName = "tally.v1.PriceDifference"

    /// What becomes of it.
    public var action: PriceDifference.Action = PriceDifference.Action(rawValue: 0)
    /// Provider as in the price catalogue.
    public var provider: String = ""
    /// The provider's name of the model, or the alias.
    public var model: String = ""
    /// Region that the price is of; empty for every region without one of its own.
    public var region: String = ""
    /// Of a price that changes, the rates that do.
    public var rates: [PriceRateDifference] = []
    /// Of an alias, the model that it names; empty for a price.
    public var aliasOf: String = ""
    /// Of an alias that changes, the model that it names until then.
    public var aliasOfBefore: String = ""

    public init() {}

    public init(
        action: PriceDifference.Action = PriceDifference.Action(rawValue: 0), provider: String = "",
        model: String = "", region: String = "", rates: [PriceRateDifference] = [],
        aliasOf: String = "", aliasOfBefore: String = ""
    ) {
        self.action = action
        self.provider = provider
        self.model = model
        self.region = region
        self.rates = rates
        self.aliasOf = aliasOf
        self.aliasOfBefore = aliasOfBefore
    }
}

/// A rate before and after.
public struct PriceRateDifference: WireMessage {
    public static let messageName = "tally.v1.PriceRateDifference"

    /// Quantity class; "multiplier" of a region, whose name then stands in service_tier.
    public var quantityClass: String = ""
    /// standard, batch, flex or priority.
    public var serviceTier: String = ""
    /// Whether it is the rate of long requests.
    public var longContext: Bool = false
    /// Exact decimal, per million tokens or per counted thing; empty where there was none.
    public var before: String = ""
    /// Likewise; empty where there is none any more.
    public var after: String = ""

    public init() {}

    public init(
        quantityClass: String = "", serviceTier: String = "", longContext: Bool = false,
        before: String = "", after: String = ""
    ) {
        self.quantityClass = quantityClass
        self.serviceTier = serviceTier
        self.longContext = longContext
        self.before = before
        self.after = after
    }
}

public struct GetPriceRequest: WireMessage {
    public static let messageName = "tally.v1.GetPriceRequest"

    /// Provider as in the price catalogue, 1 to 100 bytes.
    public var provider: String = ""
    /// Model as an event names it, 1 to 200 bytes.
    public var model: String = ""
    /// Region as an event names it, up to 200 bytes; may be empty.
    public var region: String = ""
    /// When. Default: now.
    public var time: Timestamp?

    public init() {}

    public init(
        provider: String = "", model: String = "", region: String = "", time: Timestamp? = nil
    ) {
        self.provider = provider
        self.model = model
        self.region = region
        self.time = time
    }
}

/// What one model costs at a time.
public struct Price: WireMessage {
    public static let messageName = "tally.v1.Price"

    /// Provider as in the price catalogue.
    public var provider: String = ""
    /// Name of the model that has the price: the one that was asked for, the one that this is a
    /// form of (with a
    /// day behind it, or with a route or a resource name before it), or the one that it is an alias
    /// of.
    public var model: String = ""
    /// Region that the price is of; empty for every region without one of its own.
    public var region: String = ""
    /// ISO 4217.
    public var currencyCode: String = ""
    /// Number that entries name it by.
    public var priceVersion: Int64 = 0
    /// First instant it holds; absent where nobody said: it then holds from the beginning of time.
    public var effectiveTime: Timestamp?
    /// First instant it no longer holds; absent while nothing follows it.
    public var endTime: Timestamp?
    /// Nobody said when the price began.
    public var assumed: Bool = false
    /// Dataset and page that the facts are from.
    public var source: String = ""
    /// The import that brought it.
    public var catalogue: PriceImportRecord?
    /// Requests with a longer prompt (at Google and xAI: at least as long) have the long-context
    /// rates;
    /// 0 where the price is the same at any length.
    public var longContextTokens: Int64 = 0
    /// Every rate, the standard tier's first.
    public var rates: [PriceRate] = []
    /// Factors on the tokens of calls in a region.
    public var regionMultipliers: [RegionMultiplier] = []
    /// The catalogue's alias that led to the model; empty where none did.
    public var alias: String = ""
    /// Dataset and page that say what the alias names.
    public var aliasSource: String = ""

    public init() {}

    public init(
        provider: String = "", model: String = "", region: String = "", currencyCode: String = "",
        priceVersion: Int64 = 0, effectiveTime: Timestamp? = nil, endTime: Timestamp? = nil,
        assumed: Bool = false, source: String = "", catalogue: PriceImportRecord? = nil,
        longContextTokens: Int64 = 0, rates: [PriceRate] = [],
        regionMultipliers: [RegionMultiplier] = [], alias: String = "", aliasSource: String = ""
    ) {
        self.provider = provider
        self.model = model
        self.region = region
        self.currencyCode = currencyCode
        self.priceVersion = priceVersion
        self.effectiveTime = effectiveTime
        self.endTime = endTime
        self.assumed = assumed
        self.source = source
        self.catalogue = catalogue
        self.longContextTokens = longContextTokens
        self.rates = rates
        self.regionMultipliers = regionMultipliers
        self.alias = alias
        self.aliasSource = aliasSource
    }
}

/// What a quantity class costs.
public struct PriceRate: WireMessage {
    public static let messageName = "tally.v1.PriceRate"

    /// The class.
    public var quantityClass: String = ""
    /// standard, batch, flex or priority.
    public var serviceTier: String = ""
    /// Whether it is the rate of long requests.
    public var longContext: Bool = false
    /// Exact decimal, per million tokens, or per one where `each` is set.
    public var rate: String = ""
    /// Of a counted thing, per one.
    public var each: Bool = false

    public init() {}

    public init(
        quantityClass: String = "", serviceTier: String = "", longContext: Bool = false,
        rate: String = "", each: Bool = false
    ) {
        self.quantityClass = quantityClass
        self.serviceTier = serviceTier
        self.longContext = longContext
        self.rate = rate
        self.each = each
    }
}

/// A factor on the tokens of calls in a region.
public struct RegionMultiplier: WireMessage {
    public static let messageName = "tally.v1.RegionMultiplier"

    /// The region; "*" for every one that is not "global" and has no factor of its own.
    public var region: String = ""
    /// Exact decimal.
    public var factor: String = ""

    public init() {}

    public init(
        region: String = "", factor: String = ""
    ) {
        self.region = region
        self.factor = factor
    }
}

/// What an organization pays for some models in place of list prices.
public struct PriceOverride: WireMessage {
    /// What holds. Required.
    public enum Terms: Hashable, Sendable {
        /// Factor on all that a call costs at list prices: a decimal from 0 to 100 with up to 6
        /// places.
        case multiplier(String)
        /// Prices in place of list prices.
        case fixed(FixedPrices)
    }

    public static let messageName = "tally.v1.PriceOverride"

    /// From 1, per organization; given by the server. Entries that it priced name it by its
    /// negative, where
    /// others name a version of the catalogue.
    public var number: Int64 = 0
    /// Provider as in the price catalogue, 1 to 100 bytes.
    public var provider: String = ""
    /// A model, or, with * as the last character, all that begin so; 1 to 200 bytes. A name without
    /// its
    /// date stands for the dated ones, too, and a model's name for its aliases.
    public var modelPattern: String = ""
    /// standard, batch, flex or priority; empty for all.
    public var serviceTier: String = ""
    /// What holds. Required.
    public var terms: Terms?
    /// First instant it holds. Default: now.
    public var effectiveTime: Timestamp?
    /// First instant it no longer holds; absent while it has no end. Where it is effective_time, it
    /// never
    /// held.
    public var endTime: Timestamp?
    /// For people, such as the contract's number; up to 200 bytes.
    public var note: String = ""
    /// When it was made; given by the server.
    public var createTime: Timestamp?

    public init() {}

    public init(
        number: Int64 = 0, provider: String = "", modelPattern: String = "",
        serviceTier: String = "", terms: Terms? = nil, effectiveTime: Timestamp? = nil,
        endTime: Timestamp? = nil, note: String = "", createTime: Timestamp? = nil
    ) {
        self.number = number
        self.provider = provider
        self.modelPattern = modelPattern
        self.serviceTier = serviceTier
        self.terms = terms
        self.effectiveTime = effectiveTime
        self.endTime = endTime
        self.note = note
        self.createTime = createTime
    }
}

/// Prices that a contract fixes, at any length and in any region. A class that is not among them
/// costs
/// what the catalogue says; one without a price there what the class does that it falls back to.
public struct FixedPrices: WireMessage {
    public static let messageName = "tally.v1.FixedPrices"

    /// 1 to 32, each class once.
    public var prices: [FixedPrice] = []

    public init() {}

    public init(
        prices: [FixedPrice] = []
    ) {
        self.prices = prices
    }
}

/// The price of one class.
public struct FixedPrice: WireMessage {
    public static let messageName = "tally.v1.FixedPrice"

    /// The class, such as "input".
    public var quantityClass: String = ""
    /// USD per million tokens, or per counted thing: a decimal from 0 to 10,000 with up to 18
    /// places.
    public var rate: String = ""

    public init() {}

    public init(
        quantityClass: String = "", rate: String = ""
    ) {
        self.quantityClass = quantityClass
        self.rate = rate
    }
}

public struct CreatePriceOverrideRequest: WireMessage {
    public static let messageName = "tally.v1.CreatePriceOverrideRequest"

    /// What is to hold; without number and create_time. Required.
    public var priceOverride: PriceOverride?

    public init() {}

    public init(
        priceOverride: PriceOverride? = nil
    ) {
        self.priceOverride = priceOverride
    }
}

public struct EndPriceOverrideRequest: WireMessage {
    public static let messageName = "tally.v1.EndPriceOverrideRequest"

    /// Its number. Required.
    public var number: Int64 = 0
    /// First instant it no longer holds: now or later. Default: now.
    public var endTime: Timestamp?

    public init() {}

    public init(
        number: Int64 = 0, endTime: Timestamp? = nil
    ) {
        self.number = number
        self.endTime = endTime
    }
}

public struct ListPriceOverridesRequest: WireMessage {
    public static let messageName = "tally.v1.ListPriceOverridesRequest"

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

public struct ListPriceOverridesResponse: WireMessage {
    public static let messageName = "tally.v1.ListPriceOverridesResponse"

    /// By number.
    public var priceOverrides: [PriceOverride] = []
    /// Empty on the last page.
    public var nextPageToken: String = ""

    public init() {}

    public init(
        priceOverrides: [PriceOverride] = [], nextPageToken: String = ""
    ) {
        self.priceOverrides = priceOverrides
        self.nextPageToken = nextPageToken
    }
}

public struct SimulatePricesRequest: WireMessage {
    public static let messageName = "tally.v1.SimulatePricesRequest"

    /// Month of the organization's calendar. Default: the last one that is over.
    public var month: Month?
    /// A price file as PriceUpload.content has it, in place of what the catalogue says of the same
    /// models;
    /// empty for none. It is not checked for being a plausible successor.
    public var priceFile: [UInt8] = []
    /// Overrides as if they were made, beside those that there are; at most 20. One without
    /// effective_time
    /// holds since ever.
    public var priceOverrides: [PriceOverride] = []

    public init() {}

    public init(
        month: Month? = nil, priceFile: [UInt8] = [], priceOverrides: [PriceOverride] = []
    ) {
        self.month = month
        self.priceFile = priceFile
        self.priceOverrides = priceOverrides
    }
}

public struct SimulatePricesResponse: WireMessage {
    public static let messageName = "tally.v1.SimulatePricesResponse"

    /// The month.
    public var month: Month?
    /// By model, the largest differences first.
    public var models: [SimulatedCost] = []
    /// All models together.
    public var total: SimulatedCost?
    /// How complete the recorded figures are.
    public var completeness: Completeness?
    /// The rows of providers' usage reports by model, likewise; of an account that several
    /// connections read, those
    /// of the one that counts on their day of UTC. Events may tell of the same calls, so these
    /// stand beside the
    /// others and are not to be added to them.
    public var usageModels: [SimulatedCost] = []
    /// All models of usage_models together.
    public var usageTotal: SimulatedCost?

    public init() {}

    public init(
        month: Month? = nil, models: [SimulatedCost] = [], total: SimulatedCost? = nil,
        completeness: Completeness? = nil, usageModels: [SimulatedCost] = [],
        usageTotal: SimulatedCost? = nil
    ) {
        self.month = month
        self.models = models
        self.total = total
        self.completeness = completeness
        self.usageModels = usageModels
        self.usageTotal = usageTotal
    }
}

/// What metered events, or rows of usage reports, cost, and would have.
public struct SimulatedCost: WireMessage {
    public static let messageName = "tally.v1.SimulatedCost"

    /// Provider as in the price catalogue; empty in a total.
    public var provider: String = ""
    /// Model that answered; empty in a total.
    public var model: String = ""
    /// What they were recorded to cost.
    public var recorded: Money?
    /// What they would have cost.
    public var simulated: Money?
    /// simulated less recorded.
    public var difference: Money?
    /// How many events, or rows.
    public var events: Int64 = 0
    /// Those that were recorded without a price, and count nothing in recorded.
    public var recordedUnpriced: Int64 = 0
    /// Those that would have none.
    public var simulatedUnpriced: Int64 = 0

    public init() {}

    public init(
        provider: String = "", model: String = "", recorded: Money? = nil, simulated: Money? = nil,
        difference: Money? = nil, events: Int64 = 0, recordedUnpriced: Int64 = 0,
        simulatedUnpriced: Int64 = 0
    ) {
        self.provider = provider
        self.model = model
        self.recorded = recorded
        self.simulated = simulated
        self.difference = difference
        self.events = events
        self.recordedUnpriced = recordedUnpriced
        self.simulatedUnpriced = simulatedUnpriced
    }
}

public struct RepriceEventsRequest: WireMessage {
    public static let messageName = "tally.v1.RepriceEventsRequest"

    /// First day, of the organization's zone.
    public var from: Date?
    /// Last day, included; at most 366 days after the first.
    public var through: Date?
    /// Only events, and rows of usage reports, of this provider; empty for all.
    public var provider: String = ""
    /// Only those of this model, as they named the one that answered; empty for all.
    public var model: String = ""
    /// Only those that have no price yet.
    public var unpricedOnly: Bool = false
    /// Why, for whoever asks later, 1 to 200 bytes.
    public var reason: String = ""
    /// Says what would change, and changes nothing.
    public var dryRun: Bool = false
    /// next_page_token of the previous answer; empty for the first part.
    public var pageToken: String = ""

    public init() {}

    public init(
        from: Date? = nil, through: Date? = nil, provider: String = "", model: String = "",
        unpricedOnly: Bool = false, reason: String = "", dryRun: Bool = false,
        pageToken: String = ""
    ) {
        self.from = from
        self.through = through
        self.provider = provider
        self.model = model
        self.unpricedOnly = unpricedOnly
        self.reason = reason
        self.dryRun = dryRun
        self.pageToken = pageToken
    }
}

public struct RepriceEventsResponse: WireMessage {
    public static let messageName = "tally.v1.RepriceEventsResponse"

    /// Events, and rows of usage reports, of this part that changed, or would, by model; the
    /// largest
    /// differences first.
    public var models: [RepricedCost] = []
    /// All models together.
    public var total: RepricedCost?
    /// Where the next part begins; empty: there is none.
    public var nextPageToken: String = ""
    /// How complete the amounts are: of these events and rows alone.
    public var completeness: Completeness?

    public init() {}

    public init(
        models: [RepricedCost] = [], total: RepricedCost? = nil, nextPageToken: String = "",
        completeness: Completeness? = nil
    ) {
        self.models = models
        self.total = total
        self.nextPageToken = nextPageToken
        self.completeness = completeness
    }
}

/// What events, and rows of usage reports, cost before they were priced anew, and do now.
public struct RepricedCost: WireMessage {
    public static let messageName = "tally.v1.RepricedCost"

    /// Provider as in the price catalogue; empty in a total.
    public var provider: String = ""
    /// Model that answered; empty in a total.
    public var model: String = ""
    /// How many events and rows.
    public var events: Int64 = 0
    /// What they came to. Those without a price count nothing.
    public var before: Money?
    /// What they come to now.
    public var after: Money?
    /// after less before: the sum of the entries.
    public var difference: Money?
    /// Those that had no price.
    public var unpricedBefore: Int64 = 0
    /// Those that have none now.
    public var unpricedAfter: Int64 = 0

    public init() {}

    public init(
        provider: String = "", model: String = "", events: Int64 = 0, before: Money? = nil,
        after: Money? = nil, difference: Money? = nil, unpricedBefore: Int64 = 0,
        unpricedAfter: Int64 = 0
    ) {
        self.provider = provider
        self.model = model
        self.events = events
        self.before = before
        self.after = after
        self.difference = difference
        self.unpricedBefore = unpricedBefore
        self.unpricedAfter = unpricedAfter
    }
}

extension PriceUpload {
    public init(
        serialized bytes: UnsafeRawBufferPointer, in arena: MessageArena
    ) throws {
        let descriptor = Self.descriptor
        try DecodeGuard.check(
            bytes, descriptor: descriptor, messageName: Self.messageName)
        let raw = try arena.unpack(
            bytes, as: Tally__V1__PriceUpload.self, descriptor: descriptor,
            messageName: Self.messageName)
        self = try withExtendedLifetime(arena) { try Self(raw) }
    }

    public func packed(in arena: MessageArena) -> PackedMessage {
        PackedMessage(pack(into: arena))
    }

    public func withPacked<Result>(
        in arena: MessageArena, _ body: (PackedMessage) throws -> Result
    ) rethrows -> Result {
        try arena.lending(content) {
            try body(packed(in: arena))
        }
    }

    /// protobuf-c's description of the message, at its own address.
    static var descriptor: UnsafePointer<ProtobufCMessageDescriptor> {
        var raw = Tally__V1__PriceUpload()
        tally__v1__price_upload__init(&raw)
        return raw.base.descriptor
    }

    /// The value of an unpacked message.
    init(_ raw: UnsafePointer<Tally__V1__PriceUpload>) throws {
        self.content = MessageArena.bytes(raw.pointee.content)
        self.fileName = try MessageArena.string(
            raw.pointee.file_name, messageName: Self.messageName, field: "file_name")
        self.asOf = try raw.pointee.as_of.map { try Date($0) }
        self.factorMax = raw.pointee.factor_max
        self.vanishedPercentMax = raw.pointee.vanished_percent_max
        self.effectiveTime = try raw.pointee.effective_time.map { try Timestamp($0) }
        self.mayBecomeFree = raw.pointee.may_become_free != 0
    }

    /// The message as protobuf-c packs it; it lives as long as the arena.
    func pack(into arena: MessageArena) -> UnsafeMutablePointer<Tally__V1__PriceUpload> {
        let raw = arena.allocateMessage(Tally__V1__PriceUpload.self)
        tally__v1__price_upload__init(raw)
        if !self.content.isEmpty {
            raw.pointee.content = arena.copy(self.content)
        }
        if !self.fileName.isEmpty {
            raw.pointee.file_name = arena.copy(self.fileName)
        }
        if let value = self.asOf {
            raw.pointee.as_of = value.pack(into: arena)
        }
        raw.pointee.factor_max = self.factorMax
        raw.pointee.vanished_percent_max = self.vanishedPercentMax
        if let value = self.effectiveTime {
            raw.pointee.effective_time = value.pack(into: arena)
        }
        raw.pointee.may_become_free = self.mayBecomeFree ? 1 : 0
        return raw
    }
}

extension ImportPricesRequest {
    public init(
        serialized bytes: UnsafeRawBufferPointer, in arena: MessageArena
    ) throws {
        let descriptor = Self.descriptor
        try DecodeGuard.check(
            bytes, descriptor: descriptor, messageName: Self.messageName)
        let raw = try arena.unpack(
            bytes, as: Tally__V1__ImportPricesRequest.self, descriptor: descriptor,
            messageName: Self.messageName)
        self = try withExtendedLifetime(arena) { try Self(raw) }
    }

    public func packed(in arena: MessageArena) -> PackedMessage {
        PackedMessage(pack(into: arena))
    }

    /// protobuf-c's description of the message, at its own address.
    static var descriptor: UnsafePointer<ProtobufCMessageDescriptor> {
        var raw = Tally__V1__ImportPricesRequest()
        tally__v1__import_prices_request__init(&raw)
        return raw.base.descriptor
    }

    /// The value of an unpacked message.
    init(_ raw: UnsafePointer<Tally__V1__ImportPricesRequest>) throws {
        self.upload = try raw.pointee.upload.map { try PriceUpload($0) }
    }

    /// The message as protobuf-c packs it; it lives as long as the arena.
    func pack(into arena: MessageArena) -> UnsafeMutablePointer<Tally__V1__ImportPricesRequest> {
        let raw = arena.allocateMessage(Tally__V1__ImportPricesRequest.self)
        tally__v1__import_prices_request__init(raw)
        if let value = self.upload {
            raw.pointee.upload = value.pack(into: arena)
        }
        return raw
    }
}

extension ImportPricesResponse {
    public init(
        serialized bytes: UnsafeRawBufferPointer, in arena: MessageArena
    ) throws {
        let descriptor = Self.descriptor
        try DecodeGuard.check(
            bytes, descriptor: descriptor, messageName: Self.messageName)
        let raw = try arena.unpack(
            bytes, as: Tally__V1__ImportPricesResponse.self, descriptor: descriptor,
            messageName: Self.messageName)
        self = try withExtendedLifetime(arena) { try Self(raw) }
    }

    public func packed(in arena: MessageArena) -> PackedMessage {
        PackedMessage(pack(into: arena))
    }

    /// protobuf-c's description of the message, at its own address.
    static var descriptor: UnsafePointer<ProtobufCMessageDescriptor> {
        var raw = Tally__V1__ImportPricesResponse()
        tally__v1__import_prices_response__init(&raw)
        return raw.base.descriptor
    }

    /// The value of an unpacked message.
    init(_ raw: UnsafePointer<Tally__V1__ImportPricesResponse>) throws {
        self.catalogue = try raw.pointee.catalogue.map { try PriceImportRecord($0) }
        self.alreadyImported = raw.pointee.already_imported != 0
        self.addedCount = raw.pointee.added_count
        self.changedCount = raw.pointee.changed_count
        self.unchangedCount = raw.pointee.unchanged_count
        self.remarks = try MessageArena.values(raw.pointee.remarks, count: raw.pointee.n_remarks) {
            try PriceFileRemark($0)
        }
        self.addedAliasCount = raw.pointee.added_alias_count
        self.changedAliasCount = raw.pointee.changed_alias_count
    }

    /// The message as protobuf-c packs it; it lives as long as the arena.
    func pack(into arena: MessageArena) -> UnsafeMutablePointer<Tally__V1__ImportPricesResponse> {
        let raw = arena.allocateMessage(Tally__V1__ImportPricesResponse.self)
        tally__v1__import_prices_response__init(raw)
        if let value = self.catalogue {
            raw.pointee.catalogue = value.pack(into: arena)
        }
        raw.pointee.already_imported = self.alreadyImported ? 1 : 0
        raw.pointee.added_count = self.addedCount
        raw.pointee.changed_count = self.changedCount
        raw.pointee.unchanged_count = self.unchangedCount
        if !self.remarks.isEmpty {
            raw.pointee.n_remarks = self.remarks.count
            raw.pointee.remarks = arena.copy(self.remarks) { $0.pack(into: arena) }
        }
        raw.pointee.added_alias_count = self.addedAliasCount
        raw.pointee.changed_alias_count = self.changedAliasCount
        return raw
    }
}

extension PriceImportRecord {
    public init(
        serialized bytes: UnsafeRawBufferPointer, in arena: MessageArena
    ) throws {
        let descriptor = Self.descriptor
        try DecodeGuard.check(
            bytes, descriptor: descriptor, messageName: Self.messageName)
        let raw = try arena.unpack(
            bytes, as: Tally__V1__PriceImportRecord.self, descriptor: descriptor,
            messageName: Self.messageName)
        self = try withExtendedLifetime(arena) { try Self(raw) }
    }

    public func packed(in arena: MessageArena) -> PackedMessage {
        PackedMessage(pack(into: arena))
    }

    /// protobuf-c's description of the message, at its own address.
    static var descriptor: UnsafePointer<ProtobufCMessageDescriptor> {
        var raw = Tally__V1__PriceImportRecord()
        tally__v1__price_import_record__init(&raw)
        return raw.base.descriptor
    }

    /// The value of an unpacked message.
    init(_ raw: UnsafePointer<Tally__V1__PriceImportRecord>) throws {
        self.version = raw.pointee.version
        self.fileName = try MessageArena.string(
            raw.pointee.file_name, messageName: Self.messageName, field: "file_name")
        self.format = try MessageArena.string(
            raw.pointee.format, messageName: Self.messageName, field: "format")
        self.asOf = try raw.pointee.as_of.map { try Date($0) }
        self.importTime = try raw.pointee.import_time.map { try Timestamp($0) }
    }

    /// The message as protobuf-c packs it; it lives as long as the arena.
    func pack(into arena: MessageArena) -> UnsafeMutablePointer<Tally__V1__PriceImportRecord> {
        let raw = arena.allocateMessage(Tally__V1__PriceImportRecord.self)
        tally__v1__price_import_record__init(raw)
        raw.pointee.version = self.version
        if !self.fileName.isEmpty {
            raw.pointee.file_name = arena.copy(self.fileName)
        }
        if !self.format.isEmpty {
            raw.pointee.format = arena.copy(self.format)
        }
        if let value = self.asOf {
            raw.pointee.as_of = value.pack(into: arena)
        }
        if let value = self.importTime {
            raw.pointee.import_time = value.pack(into: arena)
        }
        return raw
    }
}

extension PriceFileRemark {
    public init(
        serialized bytes: UnsafeRawBufferPointer, in arena: MessageArena
    ) throws {
        let descriptor = Self.descriptor
        try DecodeGuard.check(
            bytes, descriptor: descriptor, messageName: Self.messageName)
        let raw = try arena.unpack(
            bytes, as: Tally__V1__PriceFileRemark.self, descriptor: descriptor,
            messageName: Self.messageName)
        self = try withExtendedLifetime(arena) { try Self(raw) }
    }

    public func packed(in arena: MessageArena) -> PackedMessage {
        PackedMessage(pack(into: arena))
    }

    /// protobuf-c's description of the message, at its own address.
    static var descriptor: UnsafePointer<ProtobufCMessageDescriptor> {
        var raw = Tally__V1__PriceFileRemark()
        tally__v1__price_file_remark__init(&raw)
        return raw.base.descriptor
    }

    /// The value of an unpacked message.
    init(_ raw: UnsafePointer<Tally__V1__PriceFileRemark>) throws {
        self.problem = try MessageArena.string(
            raw.pointee.problem, messageName: Self.messageName, field: "problem")
        self.field = try MessageArena.string(
            raw.pointee.field, messageName: Self.messageName, field: "field")
        self.modelCount = raw.pointee.model_count
        self.models = try MessageArena.strings(
            raw.pointee.models, count: raw.pointee.n_models, messageName: Self.messageName,
            field: "models")
    }

    /// The message as protobuf-c packs it; it lives as long as the arena.
    func pack(into arena: MessageArena) -> UnsafeMutablePointer<Tally__V1__PriceFileRemark> {
        let raw = arena.allocateMessage(Tally__V1__PriceFileRemark.self)
        tally__v1__price_file_remark__init(raw)
        if !self.problem.isEmpty {
            raw.pointee.problem = arena.copy(self.problem)
        }
        if !self.field.isEmpty {
            raw.pointee.field = arena.copy(self.field)
        }
        raw.pointee.model_count = self.modelCount
        if !self.models.isEmpty {
            raw.pointee.n_models = self.models.count
            raw.pointee.models = arena.copy(self.models)
        }
        return raw
    }
}

extension DiffPricesRequest {
    public init(
        serialized bytes: UnsafeRawBufferPointer, in arena: MessageArena
    ) throws {
        let descriptor = Self.descriptor
        try DecodeGuard.check(
            bytes, descriptor: descriptor, messageName: Self.messageName)
        let raw = try arena.unpack(
            bytes, as: Tally__V1__DiffPricesRequest.self, descriptor: descriptor,
            messageName: Self.messageName)
        self = try withExtendedLifetime(arena) { try Self(raw) }
    }

    public func packed(in arena: MessageArena) -> PackedMessage {
        PackedMessage(pack(into: arena))
    }

    /// protobuf-c's description of the message, at its own address.
    static var descriptor: UnsafePointer<ProtobufCMessageDescriptor> {
        var raw = Tally__V1__DiffPricesRequest()
        tally__v1__diff_prices_request__init(&raw)
        return raw.base.descriptor
    }

    /// The value of an unpacked message.
    init(_ raw: UnsafePointer<Tally__V1__DiffPricesRequest>) throws {
        self.upload = try raw.pointee.upload.map { try PriceUpload($0) }
    }

    /// The message as protobuf-c packs it; it lives as long as the arena.
    func pack(into arena: MessageArena) -> UnsafeMutablePointer<Tally__V1__DiffPricesRequest> {
        let raw = arena.allocateMessage(Tally__V1__DiffPricesRequest.self)
        tally__v1__diff_prices_request__init(raw)
        if let value = self.upload {
            raw.pointee.upload = value.pack(into: arena)
        }
        return raw
    }
}

extension DiffPricesResponse {
    public init(
        serialized bytes: UnsafeRawBufferPointer, in arena: MessageArena
    ) throws {
        let descriptor = Self.descriptor
        try DecodeGuard.check(
            bytes, descriptor: descriptor, messageName: Self.messageName)
        let raw = try arena.unpack(
            bytes, as: Tally__V1__DiffPricesResponse.self, descriptor: descriptor,
            messageName: Self.messageName)
        self = try withExtendedLifetime(arena) { try Self(raw) }
    }

    public func packed(in arena: MessageArena) -> PackedMessage {
        PackedMessage(pack(into: arena))
    }

    /// protobuf-c's description of the message, at its own address.
    static var descriptor: UnsafePointer<ProtobufCMessageDescriptor> {
        var raw = Tally__V1__DiffPricesResponse()
        tally__v1__diff_prices_response__init(&raw)
        return raw.base.descriptor
    }

    /// The value of an unpacked message.
    init(_ raw: UnsafePointer<Tally__V1__DiffPricesResponse>) throws {
        self.catalogue = try raw.pointee.catalogue.map { try PriceImportRecord($0) }
        self.differences = try MessageArena.values(
            raw.pointee.differences, count: raw.pointee.n_differences
        ) { try PriceDifference($0) }
        self.unchangedCount = raw.pointee.unchanged_count
        self.remarks = try MessageArena.values(raw.pointee.remarks, count: raw.pointee.n_remarks) {
            try PriceFileRemark($0)
        }
        self.refusalReason = try MessageArena.string(
            raw.pointee.refusal_reason, messageName: Self.messageName, field: "refusal_reason")
        self.refusal = try MessageArena.string(
            raw.pointee.refusal, messageName: Self.messageName, field: "refusal")
    }

    /// The message as protobuf-c packs it; it lives as long as the arena.
    func pack(into arena: MessageArena) -> UnsafeMutablePointer<Tally__V1__DiffPricesResponse> {
        let raw = arena.allocateMessage(Tally__V1__DiffPricesResponse.self)
        tally__v1__diff_prices_response__init(raw)
        if let value = self.catalogue {
            raw.pointee.catalogue = value.pack(into: arena)
        }
        if !self.differences.isEmpty {
            raw.pointee.n_differences = self.differences.count
            raw.pointee.differences = arena.copy(self.differences) { $0.pack(into: arena) }
        }
        raw.pointee.unchanged_count = self.unchangedCount
        if !self.remarks.isEmpty {
            raw.pointee.n_remarks = self.remarks.count
            raw.pointee.remarks = arena.copy(self.remarks) { $0.pack(into: arena) }
        }
        if !self.refusalReason.isEmpty {
            raw.pointee.refusal_reason = arena.copy(self.refusalReason)
        }
        if !self.refusal.isEmpty {
            raw.pointee.refusal = arena.copy(self.refusal)
        }
        return raw
    }
}

extension PriceDifference {
    public init(
        serialized bytes: UnsafeRawBufferPointer, in arena: MessageArena
    ) throws {
        let descriptor = Self.descriptor
        try DecodeGuard.check(
            bytes, descriptor: descriptor, messageName: Self.messageName)
        let raw = try arena.unpack(
            bytes, as: Tally__V1__PriceDifference.self, descriptor: descriptor,
            messageName: Self.messageName)
        self = try withExtendedLifetime(arena) { try Self(raw) }
    }

    public func packed(in arena: MessageArena) -> PackedMessage {
        PackedMessage(pack(into: arena))
    }

    /// protobuf-c's description of the message, at its own address.
    static var descriptor: UnsafePointer<ProtobufCMessageDescriptor> {
        var raw = Tally__V1__PriceDifference()
        tally__v1__price_difference__init(&raw)
        return raw.base.descriptor
    }

    /// The value of an unpacked message.
    init(_ raw: UnsafePointer<Tally__V1__PriceDifference>) throws {
        self.action = PriceDifference.Action(
            rawValue: Int32(truncatingIfNeeded: raw.pointee.action.rawValue))
        self.provider = try MessageArena.string(
            raw.pointee.provider, messageName: Self.messageName, field: "provider")
        self.model = try MessageArena.string(
            raw.pointee.model, messageName: Self.messageName, field: "model")
        self.region = try MessageArena.string(
            raw.pointee.region, messageName: Self.messageName, field: "region")
        self.rates = try MessageArena.values(raw.pointee.rates, count: raw.pointee.n_rates) {
            try PriceRateDifference($0)
        }
        self.aliasOf = try MessageArena.string(
            raw.pointee.alias_of, messageName: Self.messageName, field: "alias_of")
        self.aliasOfBefore = try MessageArena.string(
            raw.pointee.alias_of_before, messageName: Self.messageName, field: "alias_of_before")
    }

    /// The message as protobuf-c packs it; it lives as long as the arena.
    func pack(into arena: MessageArena) -> UnsafeMutablePointer<Tally__V1__PriceDifference> {
        let raw = arena.allocateMessage(Tally__V1__PriceDifference.self)
        tally__v1__price_difference__init(raw)
        raw.pointee.action = .init(rawValue: .init(truncatingIfNeeded: self.action.rawValue))
        if !self.provider.isEmpty {
            raw.pointee.provider = arena.copy(self.provider)
        }
        if !self.model.isEmpty {
            raw.pointee.model = arena.copy(self.model)
        }
        if !self.region.isEmpty {
            raw.pointee.region = arena.copy(self.region)
        }
        if !self.rates.isEmpty {
            raw.pointee.n_rates = self.rates.count
            raw.pointee.rates = arena.copy(self.rates) { $0.pack(into: arena) }
        }
        if !self.aliasOf.isEmpty {
            raw.pointee.alias_of = arena.copy(self.aliasOf)
        }
        if !self.aliasOfBefore.isEmpty {
            raw.pointee.alias_of_before = arena.copy(self.aliasOfBefore)
        }
        return raw
    }
}

extension PriceRateDifference {
    public init(
        serialized bytes: UnsafeRawBufferPointer, in arena: MessageArena
    ) throws {
        let descriptor = Self.descriptor
        try DecodeGuard.check(
            bytes, descriptor: descriptor, messageName: Self.messageName)
        let raw = try arena.unpack(
            bytes, as: Tally__V1__PriceRateDifference.self, descriptor: descriptor,
            messageName: Self.messageName)
        self = try withExtendedLifetime(arena) { try Self(raw) }
    }

    public func packed(in arena: MessageArena) -> PackedMessage {
        PackedMessage(pack(into: arena))
    }

    /// protobuf-c's description of the message, at its own address.
    static var descriptor: UnsafePointer<ProtobufCMessageDescriptor> {
        var raw = Tally__V1__PriceRateDifference()
        tally__v1__price_rate_difference__init(&raw)
        return raw.base.descriptor
    }

    /// The value of an unpacked message.
    init(_ raw: UnsafePointer<Tally__V1__PriceRateDifference>) throws {
        self.quantityClass = try MessageArena.string(
            raw.pointee.quantity_class, messageName: Self.messageName, field: "quantity_class")
        self.serviceTier = try MessageArena.string(
            raw.pointee.service_tier, messageName: Self.messageName, field: "service_tier")
        self.longContext = raw.pointee.long_context != 0
        self.before = try MessageArena.string(
            raw.pointee.before, messageName: Self.messageName, field: "before")
        self.after = try MessageArena.string(
            raw.pointee.after, messageName: Self.messageName, field: "after")
    }

    /// The message as protobuf-c packs it; it lives as long as the arena.
    func pack(into arena: MessageArena) -> UnsafeMutablePointer<Tally__V1__PriceRateDifference> {
        let raw = arena.allocateMessage(Tally__V1__PriceRateDifference.self)
        tally__v1__price_rate_difference__init(raw)
        if !self.quantityClass.isEmpty {
            raw.pointee.quantity_class = arena.copy(self.quantityClass)
        }
        if !self.serviceTier.isEmpty {
            raw.pointee.service_tier = arena.copy(self.serviceTier)
        }
        raw.pointee.long_context = self.longContext ? 1 : 0
        if !self.before.isEmpty {
            raw.pointee.before = arena.copy(self.before)
        }
        if !self.after.isEmpty {
            raw.pointee.after = arena.copy(self.after)
        }
        return raw
    }
}

extension GetPriceRequest {
    public init(
        serialized bytes: UnsafeRawBufferPointer, in arena: MessageArena
    ) throws {
        let descriptor = Self.descriptor
        try DecodeGuard.check(
            bytes, descriptor: descriptor, messageName: Self.messageName)
        let raw = try arena.unpack(
            bytes, as: Tally__V1__GetPriceRequest.self, descriptor: descriptor,
            messageName: Self.messageName)
        self = try withExtendedLifetime(arena) { try Self(raw) }
    }

    public func packed(in arena: MessageArena) -> PackedMessage {
        PackedMessage(pack(into: arena))
    }

    /// protobuf-c's description of the message, at its own address.
    static var descriptor: UnsafePointer<ProtobufCMessageDescriptor> {
        var raw = Tally__V1__GetPriceRequest()
        tally__v1__get_price_request__init(&raw)
        return raw.base.descriptor
    }

    /// The value of an unpacked message.
    init(_ raw: UnsafePointer<Tally__V1__GetPriceRequest>) throws {
        self.provider = try MessageArena.string(
            raw.pointee.provider, messageName: Self.messageName, field: "provider")
        self.model = try MessageArena.string(
            raw.pointee.model, messageName: Self.messageName, field: "model")
        self.region = try MessageArena.string(
            raw.pointee.region, messageName: Self.messageName, field: "region")
        self.time = try raw.pointee.time.map { try Timestamp($0) }
    }

    /// The message as protobuf-c packs it; it lives as long as the arena.
    func pack(into arena: MessageArena) -> UnsafeMutablePointer<Tally__V1__GetPriceRequest> {
        let raw = arena.allocateMessage(Tally__V1__GetPriceRequest.self)
        tally__v1__get_price_request__init(raw)
        if !self.provider.isEmpty {
            raw.pointee.provider = arena.copy(self.provider)
        }
        if !self.model.isEmpty {
            raw.pointee.model = arena.copy(self.model)
        }
        if !self.region.isEmpty {
            raw.pointee.region = arena.copy(self.region)
        }
        if let value = self.time {
            raw.pointee.time = value.pack(into: arena)
        }
        return raw
    }
}

extension Price {
    public init(
        serialized bytes: UnsafeRawBufferPointer, in arena: MessageArena
    ) throws {
        let descriptor = Self.descriptor
        try DecodeGuard.check(
            bytes, descriptor: descriptor, messageName: Self.messageName)
        let raw = try arena.unpack(
            bytes, as: Tally__V1__Price.self, descriptor: descriptor,
            messageName: Self.messageName)
        self = try withExtendedLifetime(arena) { try Self(raw) }
    }

    public func packed(in arena: MessageArena) -> PackedMessage {
        PackedMessage(pack(into: arena))
    }

    /// protobuf-c's description of the message, at its own address.
    static var descriptor: UnsafePointer<ProtobufCMessageDescriptor> {
        var raw = Tally__V1__Price()
        tally__v1__price__init(&raw)
        return raw.base.descriptor
    }

    /// The value of an unpacked message.
    init(_ raw: UnsafePointer<Tally__V1__Price>) throws {
        self.provider = try MessageArena.string(
            raw.pointee.provider, messageName: Self.messageName, field: "provider")
        self.model = try MessageArena.string(
            raw.pointee.model, messageName: Self.messageName, field: "model")
        self.region = try MessageArena.string(
            raw.pointee.region, messageName: Self.messageName, field: "region")
        self.currencyCode = try MessageArena.string(
            raw.pointee.currency_code, messageName: Self.messageName, field: "currency_code")
        self.priceVersion = raw.pointee.price_version
        self.effectiveTime = try raw.pointee.effective_time.map { try Timestamp($0) }
        self.endTime = try raw.pointee.end_time.map { try Timestamp($0) }
        self.assumed = raw.pointee.assumed != 0
        self.source = try MessageArena.string(
            raw.pointee.source, messageName: Self.messageName, field: "source")
        self.catalogue = try raw.pointee.catalogue.map { try PriceImportRecord($0) }
        self.longContextTokens = raw.pointee.long_context_tokens
        self.rates = try MessageArena.values(raw.pointee.rates, count: raw.pointee.n_rates) {
            try PriceRate($0)
        }
        self.regionMultipliers = try MessageArena.values(
            raw.pointee.region_multipliers, count: raw.pointee.n_region_multipliers
        ) { try RegionMultiplier($0) }
        self.alias = try MessageArena.string(
            raw.pointee.alias, messageName: Self.messageName, field: "alias")
        self.aliasSource = try MessageArena.string(
            raw.pointee.alias_source, messageName: Self.messageName, field: "alias_source")
    }

    /// The message as protobuf-c packs it; it lives as long as the arena.
    func pack(into arena: MessageArena) -> UnsafeMutablePointer<Tally__V1__Price> {
        let raw = arena.allocateMessage(Tally__V1__Price.self)
        tally__v1__price__init(raw)
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
        raw.pointee.price_version = self.priceVersion
        if let value = self.effectiveTime {
            raw.pointee.effective_time = value.pack(into: arena)
        }
        if let value = self.endTime {
            raw.pointee.end_time = value.pack(into: arena)
        }
        raw.pointee.assumed = self.assumed ? 1 : 0
        if !self.source.isEmpty {
            raw.pointee.source = arena.copy(self.source)
        }
        if let value = self.catalogue {
            raw.pointee.catalogue = value.pack(into: arena)
        }
        raw.pointee.long_context_tokens = self.longContextTokens
        if !self.rates.isEmpty {
            raw.pointee.n_rates = self.rates.count
            raw.pointee.rates = arena.copy(self.rates) { $0.pack(into: arena) }
        }
        if !self.regionMultipliers.isEmpty {
            raw.pointee.n_region_multipliers = self.regionMultipliers.count
            raw.pointee.region_multipliers = arena.copy(self.regionMultipliers) {
                $0.pack(into: arena)
            }
        }
        if !self.alias.isEmpty {
            raw.pointee.alias = arena.copy(self.alias)
        }
        if !self.aliasSource.isEmpty {
            raw.pointee.alias_source = arena.copy(self.aliasSource)
        }
        return raw
    }
}

extension PriceRate {
    public init(
        serialized bytes: UnsafeRawBufferPointer, in arena: MessageArena
    ) throws {
        let descriptor = Self.descriptor
        try DecodeGuard.check(
            bytes, descriptor: descriptor, messageName: Self.messageName)
        let raw = try arena.unpack(
            bytes, as: Tally__V1__PriceRate.self, descriptor: descriptor,
            messageName: Self.messageName)
        self = try withExtendedLifetime(arena) { try Self(raw) }
    }

    public func packed(in arena: MessageArena) -> PackedMessage {
        PackedMessage(pack(into: arena))
    }

    /// protobuf-c's description of the message, at its own address.
    static var descriptor: UnsafePointer<ProtobufCMessageDescriptor> {
        var raw = Tally__V1__PriceRate()
        tally__v1__price_rate__init(&raw)
        return raw.base.descriptor
    }

    /// The value of an unpacked message.
    init(_ raw: UnsafePointer<Tally__V1__PriceRate>) throws {
        self.quantityClass = try MessageArena.string(
            raw.pointee.quantity_class, messageName: Self.messageName, field: "quantity_class")
        self.serviceTier = try MessageArena.string(
            raw.pointee.service_tier, messageName: Self.messageName, field: "service_tier")
        self.longContext = raw.pointee.long_context != 0
        self.rate = try MessageArena.string(
            raw.pointee.rate, messageName: Self.messageName, field: "rate")
        self.each = raw.pointee.each != 0
    }

    /// The message as protobuf-c packs it; it lives as long as the arena.
    func pack(into arena: MessageArena) -> UnsafeMutablePointer<Tally__V1__PriceRate> {
        let raw = arena.allocateMessage(Tally__V1__PriceRate.self)
        tally__v1__price_rate__init(raw)
        if !self.quantityClass.isEmpty {
            raw.pointee.quantity_class = arena.copy(self.quantityClass)
        }
        if !self.serviceTier.isEmpty {
            raw.pointee.service_tier = arena.copy(self.serviceTier)
        }
        raw.pointee.long_context = self.longContext ? 1 : 0
        if !self.rate.isEmpty {
            raw.pointee.rate = arena.copy(self.rate)
        }
        raw.pointee.each = self.each ? 1 : 0
        return raw
    }
}

extension RegionMultiplier {
    public init(
        serialized bytes: UnsafeRawBufferPointer, in arena: MessageArena
    ) throws {
        let descriptor = Self.descriptor
        try DecodeGuard.check(
            bytes, descriptor: descriptor, messageName: Self.messageName)
        let raw = try arena.unpack(
            bytes, as: Tally__V1__RegionMultiplier.self, descriptor: descriptor,
            messageName: Self.messageName)
        self = try withExtendedLifetime(arena) { try Self(raw) }
    }

    public func packed(in arena: MessageArena) -> PackedMessage {
        PackedMessage(pack(into: arena))
    }

    /// protobuf-c's description of the message, at its own address.
    static var descriptor: UnsafePointer<ProtobufCMessageDescriptor> {
        var raw = Tally__V1__RegionMultiplier()
        tally__v1__region_multiplier__init(&raw)
        return raw.base.descriptor
    }

    /// The value of an unpacked message.
    init(_ raw: UnsafePointer<Tally__V1__RegionMultiplier>) throws {
        self.region = try MessageArena.string(
            raw.pointee.region, messageName: Self.messageName, field: "region")
        self.factor = try MessageArena.string(
            raw.pointee.factor, messageName: Self.messageName, field: "factor")
    }

    /// The message as protobuf-c packs it; it lives as long as the arena.
    func pack(into arena: MessageArena) -> UnsafeMutablePointer<Tally__V1__RegionMultiplier> {
        let raw = arena.allocateMessage(Tally__V1__RegionMultiplier.self)
        tally__v1__region_multiplier__init(raw)
        if !self.region.isEmpty {
            raw.pointee.region = arena.copy(self.region)
        }
        if !self.factor.isEmpty {
            raw.pointee.factor = arena.copy(self.factor)
        }
        return raw
    }
}

extension PriceOverride {
    public init(
        serialized bytes: UnsafeRawBufferPointer, in arena: MessageArena
    ) throws {
        let descriptor = Self.descriptor
        try DecodeGuard.check(
            bytes, descriptor: descriptor, messageName: Self.messageName)
        let raw = try arena.unpack(
            bytes, as: Tally__V1__PriceOverride.self, descriptor: descriptor,
            messageName: Self.messageName)
        self = try withExtendedLifetime(arena) { try Self(raw) }
    }

    public func packed(in arena: MessageArena) -> PackedMessage {
        PackedMessage(pack(into: arena))
    }

    /// protobuf-c's description of the message, at its own address.
    static var descriptor: UnsafePointer<ProtobufCMessageDescriptor> {
        var raw = Tally__V1__PriceOverride()
        tally__v1__price_override__init(&raw)
        return raw.base.descriptor
    }

    /// The value of an unpacked message.
    init(_ raw: UnsafePointer<Tally__V1__PriceOverride>) throws {
        self.number = raw.pointee.number
        self.provider = try MessageArena.string(
            raw.pointee.provider, messageName: Self.messageName, field: "provider")
        self.modelPattern = try MessageArena.string(
            raw.pointee.model_pattern, messageName: Self.messageName, field: "model_pattern")
        self.serviceTier = try MessageArena.string(
            raw.pointee.service_tier, messageName: Self.messageName, field: "service_tier")
        self.effectiveTime = try raw.pointee.effective_time.map { try Timestamp($0) }
        self.endTime = try raw.pointee.end_time.map { try Timestamp($0) }
        self.note = try MessageArena.string(
            raw.pointee.note, messageName: Self.messageName, field: "note")
        self.createTime = try raw.pointee.create_time.map { try Timestamp($0) }
        switch raw.pointee.terms_case {
        case TALLY__V1__PRICE_OVERRIDE__TERMS_MULTIPLIER:
            self.terms = .multiplier(
                try MessageArena.string(
                    raw.pointee.multiplier, messageName: Self.messageName, field: "multiplier"))
        case TALLY__V1__PRICE_OVERRIDE__TERMS_FIXED:
            self.terms = (try raw.pointee.fixed.map { try FixedPrices($0) }).map { .fixed($0) }
        default: break
        }
    }

    /// The message as protobuf-c packs it; it lives as long as the arena.
    func pack(into arena: MessageArena) -> UnsafeMutablePointer<Tally__V1__PriceOverride> {
        let raw = arena.allocateMessage(Tally__V1__PriceOverride.self)
        tally__v1__price_override__init(raw)
        raw.pointee.number = self.number
        if !self.provider.isEmpty {
            raw.pointee.provider = arena.copy(self.provider)
        }
        if !self.modelPattern.isEmpty {
            raw.pointee.model_pattern = arena.copy(self.modelPattern)
        }
        if !self.serviceTier.isEmpty {
            raw.pointee.service_tier = arena.copy(self.serviceTier)
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
        switch self.terms {
        case .multiplier(let value):
            raw.pointee.terms_case = TALLY__V1__PRICE_OVERRIDE__TERMS_MULTIPLIER
            raw.pointee.multiplier = arena.copy(value)
        case .fixed(let value):
            raw.pointee.terms_case = TALLY__V1__PRICE_OVERRIDE__TERMS_FIXED
            raw.pointee.fixed = value.pack(into: arena)
        case nil: break
        }
        return raw
    }
}

extension FixedPrices {
    public init(
        serialized bytes: UnsafeRawBufferPointer, in arena: MessageArena
    ) throws {
        let descriptor = Self.descriptor
        try DecodeGuard.check(
            bytes, descriptor: descriptor, messageName: Self.messageName)
        let raw = try arena.unpack(
            bytes, as: Tally__V1__FixedPrices.self, descriptor: descriptor,
            messageName: Self.messageName)
        self = try withExtendedLifetime(arena) { try Self(raw) }
    }

    public func packed(in arena: MessageArena) -> PackedMessage {
        PackedMessage(pack(into: arena))
    }

    /// protobuf-c's description of the message, at its own address.
    static var descriptor: UnsafePointer<ProtobufCMessageDescriptor> {
        var raw = Tally__V1__FixedPrices()
        tally__v1__fixed_prices__init(&raw)
        return raw.base.descriptor
    }

    /// The value of an unpacked message.
    init(_ raw: UnsafePointer<Tally__V1__FixedPrices>) throws {
        self.prices = try MessageArena.values(raw.pointee.prices, count: raw.pointee.n_prices) {
            try FixedPrice($0)
        }
    }

    /// The message as protobuf-c packs it; it lives as long as the arena.
    func pack(into arena: MessageArena) -> UnsafeMutablePointer<Tally__V1__FixedPrices> {
        let raw = arena.allocateMessage(Tally__V1__FixedPrices.self)
        tally__v1__fixed_prices__init(raw)
        if !self.prices.isEmpty {
            raw.pointee.n_prices = self.prices.count
            raw.pointee.prices = arena.copy(self.prices) { $0.pack(into: arena) }
        }
        return raw
    }
}

extension FixedPrice {
    public init(
        serialized bytes: UnsafeRawBufferPointer, in arena: MessageArena
    ) throws {
        let descriptor = Self.descriptor
        try DecodeGuard.check(
            bytes, descriptor: descriptor, messageName: Self.messageName)
        let raw = try arena.unpack(
            bytes, as: Tally__V1__FixedPrice.self, descriptor: descriptor,
            messageName: Self.messageName)
        self = try withExtendedLifetime(arena) { try Self(raw) }
    }

    public func packed(in arena: MessageArena) -> PackedMessage {
        PackedMessage(pack(into: arena))
    }

    /// protobuf-c's description of the message, at its own address.
    static var descriptor: UnsafePointer<ProtobufCMessageDescriptor> {
        var raw = Tally__V1__FixedPrice()
        tally__v1__fixed_price__init(&raw)
        return raw.base.descriptor
    }

    /// The value of an unpacked message.
    init(_ raw: UnsafePointer<Tally__V1__FixedPrice>) throws {
        self.quantityClass = try MessageArena.string(
            raw.pointee.quantity_class, messageName: Self.messageName, field: "quantity_class")
        self.rate = try MessageArena.string(
            raw.pointee.rate, messageName: Self.messageName, field: "rate")
    }

    /// The message as protobuf-c packs it; it lives as long as the arena.
    func pack(into arena: MessageArena) -> UnsafeMutablePointer<Tally__V1__FixedPrice> {
        let raw = arena.allocateMessage(Tally__V1__FixedPrice.self)
        tally__v1__fixed_price__init(raw)
        if !self.quantityClass.isEmpty {
            raw.pointee.quantity_class = arena.copy(self.quantityClass)
        }
        if !self.rate.isEmpty {
            raw.pointee.rate = arena.copy(self.rate)
        }
        return raw
    }
}

extension CreatePriceOverrideRequest {
    public init(
        serialized bytes: UnsafeRawBufferPointer, in arena: MessageArena
    ) throws {
        let descriptor = Self.descriptor
        try DecodeGuard.check(
            bytes, descriptor: descriptor, messageName: Self.messageName)
        let raw = try arena.unpack(
            bytes, as: Tally__V1__CreatePriceOverrideRequest.self, descriptor: descriptor,
            messageName: Self.messageName)
        self = try withExtendedLifetime(arena) { try Self(raw) }
    }

    public func packed(in arena: MessageArena) -> PackedMessage {
        PackedMessage(pack(into: arena))
    }

    /// protobuf-c's description of the message, at its own address.
    static var descriptor: UnsafePointer<ProtobufCMessageDescriptor> {
        var raw = Tally__V1__CreatePriceOverrideRequest()
        tally__v1__create_price_override_request__init(&raw)
        return raw.base.descriptor
    }

    /// The value of an unpacked message.
    init(_ raw: UnsafePointer<Tally__V1__CreatePriceOverrideRequest>) throws {
        self.priceOverride = try raw.pointee.price_override.map { try PriceOverride($0) }
    }

    /// The message as protobuf-c packs it; it lives as long as the arena.
    func pack(into arena: MessageArena) -> UnsafeMutablePointer<
        Tally__V1__CreatePriceOverrideRequest
    > {
        let raw = arena.allocateMessage(Tally__V1__CreatePriceOverrideRequest.self)
        tally__v1__create_price_override_request__init(raw)
        if let value = self.priceOverride {
            raw.pointee.price_override = value.pack(into: arena)
        }
        return raw
    }
}

extension EndPriceOverrideRequest {
    public init(
        serialized bytes: UnsafeRawBufferPointer, in arena: MessageArena
    ) throws {
        let descriptor = Self.descriptor
        try DecodeGuard.check(
            bytes, descriptor: descriptor, messageName: Self.messageName)
        let raw = try arena.unpack(
            bytes, as: Tally__V1__EndPriceOverrideRequest.self, descriptor: descriptor,
            messageName: Self.messageName)
        self = try withExtendedLifetime(arena) { try Self(raw) }
    }

    public func packed(in arena: MessageArena) -> PackedMessage {
        PackedMessage(pack(into: arena))
    }

    /// protobuf-c's description of the message, at its own address.
    static var descriptor: UnsafePointer<ProtobufCMessageDescriptor> {
        var raw = Tally__V1__EndPriceOverrideRequest()
        tally__v1__end_price_override_request__init(&raw)
        return raw.base.descriptor
    }

    /// The value of an unpacked message.
    init(_ raw: UnsafePointer<Tally__V1__EndPriceOverrideRequest>) throws {
        self.number = raw.pointee.number
        self.endTime = try raw.pointee.end_time.map { try Timestamp($0) }
    }

    /// The message as protobuf-c packs it; it lives as long as the arena.
    func pack(into arena: MessageArena) -> UnsafeMutablePointer<Tally__V1__EndPriceOverrideRequest>
    {
        let raw = arena.allocateMessage(Tally__V1__EndPriceOverrideRequest.self)
        tally__v1__end_price_override_request__init(raw)
        raw.pointee.number = self.number
        if let value = self.endTime {
            raw.pointee.end_time = value.pack(into: arena)
        }
        return raw
    }
}

extension ListPriceOverridesRequest {
    public init(
        serialized bytes: UnsafeRawBufferPointer, in arena: MessageArena
    ) throws {
        let descriptor = Self.descriptor
        try DecodeGuard.check(
            bytes, descriptor: descriptor, messageName: Self.messageName)
        let raw = try arena.unpack(
            bytes, as: Tally__V1__ListPriceOverridesRequest.self, descriptor: descriptor,
            messageName: Self.messageName)
        self = try withExtendedLifetime(arena) { try Self(raw) }
    }

    public func packed(in arena: MessageArena) -> PackedMessage {
        PackedMessage(pack(into: arena))
    }

    /// protobuf-c's description of the message, at its own address.
    static var descriptor: UnsafePointer<ProtobufCMessageDescriptor> {
        var raw = Tally__V1__ListPriceOverridesRequest()
        tally__v1__list_price_overrides_request__init(&raw)
        return raw.base.descriptor
    }

    /// The value of an unpacked message.
    init(_ raw: UnsafePointer<Tally__V1__ListPriceOverridesRequest>) throws {
        self.pageSize = raw.pointee.page_size
        self.pageToken = try MessageArena.string(
            raw.pointee.page_token, messageName: Self.messageName, field: "page_token")
    }

    /// The message as protobuf-c packs it; it lives as long as the arena.
    func pack(into arena: MessageArena) -> UnsafeMutablePointer<
        Tally__V1__ListPriceOverridesRequest
    > {
        let raw = arena.allocateMessage(Tally__V1__ListPriceOverridesRequest.self)
        tally__v1__list_price_overrides_request__init(raw)
        raw.pointee.page_size = self.pageSize
        if !self.pageToken.isEmpty {
            raw.pointee.page_token = arena.copy(self.pageToken)
        }
        return raw
    }
}

extension ListPriceOverridesResponse {
    public init(
        serialized bytes: UnsafeRawBufferPointer, in arena: MessageArena
    ) throws {
        let descriptor = Self.descriptor
        try DecodeGuard.check(
            bytes, descriptor: descriptor, messageName: Self.messageName)
        let raw = try arena.unpack(
            bytes, as: Tally__V1__ListPriceOverridesResponse.self, descriptor: descriptor,
            messageName: Self.messageName)
        self = try withExtendedLifetime(arena) { try Self(raw) }
    }

    public func packed(in arena: MessageArena) -> PackedMessage {
        PackedMessage(pack(into: arena))
    }

    /// protobuf-c's description of the message, at its own address.
    static var descriptor: UnsafePointer<ProtobufCMessageDescriptor> {
        var raw = Tally__V1__ListPriceOverridesResponse()
        tally__v1__list_price_overrides_response__init(&raw)
        return raw.base.descriptor
    }

    /// The value of an unpacked message.
    init(_ raw: UnsafePointer<Tally__V1__ListPriceOverridesResponse>) throws {
        self.priceOverrides = try MessageArena.values(
            raw.pointee.price_overrides, count: raw.pointee.n_price_overrides
        ) { try PriceOverride($0) }
        self.nextPageToken = try MessageArena.string(
            raw.pointee.next_page_token, messageName: Self.messageName, field: "next_page_token")
    }

    /// The message as protobuf-c packs it; it lives as long as the arena.
    func pack(into arena: MessageArena) -> UnsafeMutablePointer<
        Tally__V1__ListPriceOverridesResponse
    > {
        let raw = arena.allocateMessage(Tally__V1__ListPriceOverridesResponse.self)
        tally__v1__list_price_overrides_response__init(raw)
        if !self.priceOverrides.isEmpty {
            raw.pointee.n_price_overrides = self.priceOverrides.count
            raw.pointee.price_overrides = arena.copy(self.priceOverrides) { $0.pack(into: arena) }
        }
        if !self.nextPageToken.isEmpty {
            raw.pointee.next_page_token = arena.copy(self.nextPageToken)
        }
        return raw
    }
}

extension SimulatePricesRequest {
    public init(
        serialized bytes: UnsafeRawBufferPointer, in arena: MessageArena
    ) throws {
        let descriptor = Self.descriptor
        try DecodeGuard.check(
            bytes, descriptor: descriptor, messageName: Self.messageName)
        let raw = try arena.unpack(
            bytes, as: Tally__V1__SimulatePricesRequest.self, descriptor: descriptor,
            messageName: Self.messageName)
        self = try withExtendedLifetime(arena) { try Self(raw) }
    }

    public func packed(in arena: MessageArena) -> PackedMessage {
        PackedMessage(pack(into: arena))
    }

    public func withPacked<Result>(
        in arena: MessageArena, _ body: (PackedMessage) throws -> Result
    ) rethrows -> Result {
        try arena.lending(priceFile) {
            try body(packed(in: arena))
        }
    }

    /// protobuf-c's description of the message, at its own address.
    static var descriptor: UnsafePointer<ProtobufCMessageDescriptor> {
        var raw = Tally__V1__SimulatePricesRequest()
        tally__v1__simulate_prices_request__init(&raw)
        return raw.base.descriptor
    }

    /// The value of an unpacked message.
    init(_ raw: UnsafePointer<Tally__V1__SimulatePricesRequest>) throws {
        self.month = try raw.pointee.month.map { try Month($0) }
        self.priceFile = MessageArena.bytes(raw.pointee.price_file)
        self.priceOverrides = try MessageArena.values(
            raw.pointee.price_overrides, count: raw.pointee.n_price_overrides
        ) { try PriceOverride($0) }
    }

    /// The message as protobuf-c packs it; it lives as long as the arena.
    func pack(into arena: MessageArena) -> UnsafeMutablePointer<Tally__V1__SimulatePricesRequest> {
        let raw = arena.allocateMessage(Tally__V1__SimulatePricesRequest.self)
        tally__v1__simulate_prices_request__init(raw)
        if let value = self.month {
            raw.pointee.month = value.pack(into: arena)
        }
        if !self.priceFile.isEmpty {
            raw.pointee.price_file = arena.copy(self.priceFile)
        }
        if !self.priceOverrides.isEmpty {
            raw.pointee.n_price_overrides = self.priceOverrides.count
            raw.pointee.price_overrides = arena.copy(self.priceOverrides) { $0.pack(into: arena) }
        }
        return raw
    }
}

extension SimulatePricesResponse {
    public init(
        serialized bytes: UnsafeRawBufferPointer, in arena: MessageArena
    ) throws {
        let descriptor = Self.descriptor
        try DecodeGuard.check(
            bytes, descriptor: descriptor, messageName: Self.messageName)
        let raw = try arena.unpack(
            bytes, as: Tally__V1__SimulatePricesResponse.self, descriptor: descriptor,
            messageName: Self.messageName)
        self = try withExtendedLifetime(arena) { try Self(raw) }
    }

    public func packed(in arena: MessageArena) -> PackedMessage {
        PackedMessage(pack(into: arena))
    }

    /// protobuf-c's description of the message, at its own address.
    static var descriptor: UnsafePointer<ProtobufCMessageDescriptor> {
        var raw = Tally__V1__SimulatePricesResponse()
        tally__v1__simulate_prices_response__init(&raw)
        return raw.base.descriptor
    }

    /// The value of an unpacked message.
    init(_ raw: UnsafePointer<Tally__V1__SimulatePricesResponse>) throws {
        self.month = try raw.pointee.month.map { try Month($0) }
        self.models = try MessageArena.values(raw.pointee.models, count: raw.pointee.n_models) {
            try SimulatedCost($0)
        }
        self.total = try raw.pointee.total.map { try SimulatedCost($0) }
        self.completeness = try raw.pointee.completeness.map { try Completeness($0) }
        self.usageModels = try MessageArena.values(
            raw.pointee.usage_models, count: raw.pointee.n_usage_models
        ) { try SimulatedCost($0) }
        self.usageTotal = try raw.pointee.usage_total.map { try SimulatedCost($0) }
    }

    /// The message as protobuf-c packs it; it lives as long as the arena.
    func pack(into arena: MessageArena) -> UnsafeMutablePointer<Tally__V1__SimulatePricesResponse> {
        let raw = arena.allocateMessage(Tally__V1__SimulatePricesResponse.self)
        tally__v1__simulate_prices_response__init(raw)
        if let value = self.month {
            raw.pointee.month = value.pack(into: arena)
        }
        if !self.models.isEmpty {
            raw.pointee.n_models = self.models.count
            raw.pointee.models = arena.copy(self.models) { $0.pack(into: arena) }
        }
        if let value = self.total {
            raw.pointee.total = value.pack(into: arena)
        }
        if let value = self.completeness {
            raw.pointee.completeness = value.pack(into: arena)
        }
        if !self.usageModels.isEmpty {
            raw.pointee.n_usage_models = self.usageModels.count
            raw.pointee.usage_models = arena.copy(self.usageModels) { $0.pack(into: arena) }
        }
        if let value = self.usageTotal {
            raw.pointee.usage_total = value.pack(into: arena)
        }
        return raw
    }
}

extension SimulatedCost {
    public init(
        serialized bytes: UnsafeRawBufferPointer, in arena: MessageArena
    ) throws {
        let descriptor = Self.descriptor
        try DecodeGuard.check(
            bytes, descriptor: descriptor, messageName: Self.messageName)
        let raw = try arena.unpack(
            bytes, as: Tally__V1__SimulatedCost.self, descriptor: descriptor,
            messageName: Self.messageName)
        self = try withExtendedLifetime(arena) { try Self(raw) }
    }

    public func packed(in arena: MessageArena) -> PackedMessage {
        PackedMessage(pack(into: arena))
    }

    /// protobuf-c's description of the message, at its own address.
    static var descriptor: UnsafePointer<ProtobufCMessageDescriptor> {
        var raw = Tally__V1__SimulatedCost()
        tally__v1__simulated_cost__init(&raw)
        return raw.base.descriptor
    }

    /// The value of an unpacked message.
    init(_ raw: UnsafePointer<Tally__V1__SimulatedCost>) throws {
        self.provider = try MessageArena.string(
            raw.pointee.provider, messageName: Self.messageName, field: "provider")
        self.model = try MessageArena.string(
            raw.pointee.model, messageName: Self.messageName, field: "model")
        self.recorded = try raw.pointee.recorded.map { try Money($0) }
        self.simulated = try raw.pointee.simulated.map { try Money($0) }
        self.difference = try raw.pointee.difference.map { try Money($0) }
        self.events = raw.pointee.events
        self.recordedUnpriced = raw.pointee.recorded_unpriced
        self.simulatedUnpriced = raw.pointee.simulated_unpriced
    }

    /// The message as protobuf-c packs it; it lives as long as the arena.
    func pack(into arena: MessageArena) -> UnsafeMutablePointer<Tally__V1__SimulatedCost> {
        let raw = arena.allocateMessage(Tally__V1__SimulatedCost.self)
        tally__v1__simulated_cost__init(raw)
        if !self.provider.isEmpty {
            raw.pointee.provider = arena.copy(self.provider)
        }
        if !self.model.isEmpty {
            raw.pointee.model = arena.copy(self.model)
        }
        if let value = self.recorded {
            raw.pointee.recorded = value.pack(into: arena)
        }
        if let value = self.simulated {
            raw.pointee.simulated = value.pack(into: arena)
        }
        if let value = self.difference {
            raw.pointee.difference = value.pack(into: arena)
        }
        raw.pointee.events = self.events
        raw.pointee.recorded_unpriced = self.recordedUnpriced
        raw.pointee.simulated_unpriced = self.simulatedUnpriced
        return raw
    }
}

extension RepriceEventsRequest {
    public init(
        serialized bytes: UnsafeRawBufferPointer, in arena: MessageArena
    ) throws {
        let descriptor = Self.descriptor
        try DecodeGuard.check(
            bytes, descriptor: descriptor, messageName: Self.messageName)
        let raw = try arena.unpack(
            bytes, as: Tally__V1__RepriceEventsRequest.self, descriptor: descriptor,
            messageName: Self.messageName)
        self = try withExtendedLifetime(arena) { try Self(raw) }
    }

    public func packed(in arena: MessageArena) -> PackedMessage {
        PackedMessage(pack(into: arena))
    }

    /// protobuf-c's description of the message, at its own address.
    static var descriptor: UnsafePointer<ProtobufCMessageDescriptor> {
        var raw = Tally__V1__RepriceEventsRequest()
        tally__v1__reprice_events_request__init(&raw)
        return raw.base.descriptor
    }

    /// The value of an unpacked message.
    init(_ raw: UnsafePointer<Tally__V1__RepriceEventsRequest>) throws {
        self.from = try raw.pointee.from.map { try Date($0) }
        self.through = try raw.pointee.through.map { try Date($0) }
        self.provider = try MessageArena.string(
            raw.pointee.provider, messageName: Self.messageName, field: "provider")
        self.model = try MessageArena.string(
            raw.pointee.model, messageName: Self.messageName, field: "model")
        self.unpricedOnly = raw.pointee.unpriced_only != 0
        self.reason = try MessageArena.string(
            raw.pointee.reason, messageName: Self.messageName, field: "reason")
        self.dryRun = raw.pointee.dry_run != 0
        self.pageToken = try MessageArena.string(
            raw.pointee.page_token, messageName: Self.messageName, field: "page_token")
    }

    /// The message as protobuf-c packs it; it lives as long as the arena.
    func pack(into arena: MessageArena) -> UnsafeMutablePointer<Tally__V1__RepriceEventsRequest> {
        let raw = arena.allocateMessage(Tally__V1__RepriceEventsRequest.self)
        tally__v1__reprice_events_request__init(raw)
        if let value = self.from {
            raw.pointee.from = value.pack(into: arena)
        }
        if let value = self.through {
            raw.pointee.through = value.pack(into: arena)
        }
        if !self.provider.isEmpty {
            raw.pointee.provider = arena.copy(self.provider)
        }
        if !self.model.isEmpty {
            raw.pointee.model = arena.copy(self.model)
        }
        raw.pointee.unpriced_only = self.unpricedOnly ? 1 : 0
        if !self.reason.isEmpty {
            raw.pointee.reason = arena.copy(self.reason)
        }
        raw.pointee.dry_run = self.dryRun ? 1 : 0
        if !self.pageToken.isEmpty {
            raw.pointee.page_token = arena.copy(self.pageToken)
        }
        return raw
    }
}

extension RepriceEventsResponse {
    public init(
        serialized bytes: UnsafeRawBufferPointer, in arena: MessageArena
    ) throws {
        let descriptor = Self.descriptor
        try DecodeGuard.check(
            bytes, descriptor: descriptor, messageName: Self.messageName)
        let raw = try arena.unpack(
            bytes, as: Tally__V1__RepriceEventsResponse.self, descriptor: descriptor,
            messageName: Self.messageName)
        self = try withExtendedLifetime(arena) { try Self(raw) }
    }

    public func packed(in arena: MessageArena) -> PackedMessage {
        PackedMessage(pack(into: arena))
    }

    /// protobuf-c's description of the message, at its own address.
    static var descriptor: UnsafePointer<ProtobufCMessageDescriptor> {
        var raw = Tally__V1__RepriceEventsResponse()
        tally__v1__reprice_events_response__init(&raw)
        return raw.base.descriptor
    }

    /// The value of an unpacked message.
    init(_ raw: UnsafePointer<Tally__V1__RepriceEventsResponse>) throws {
        self.models = try MessageArena.values(raw.pointee.models, count: raw.pointee.n_models) {
            try RepricedCost($0)
        }
        self.total = try raw.pointee.total.map { try RepricedCost($0) }
        self.nextPageToken = try MessageArena.string(
            raw.pointee.next_page_token, messageName: Self.messageName, field: "next_page_token")
        self.completeness = try raw.pointee.completeness.map { try Completeness($0) }
    }

    /// The message as protobuf-c packs it; it lives as long as the arena.
    func pack(into arena: MessageArena) -> UnsafeMutablePointer<Tally__V1__RepriceEventsResponse> {
        let raw = arena.allocateMessage(Tally__V1__RepriceEventsResponse.self)
        tally__v1__reprice_events_response__init(raw)
        if !self.models.isEmpty {
            raw.pointee.n_models = self.models.count
            raw.pointee.models = arena.copy(self.models) { $0.pack(into: arena) }
        }
        if let value = self.total {
            raw.pointee.total = value.pack(into: arena)
        }
        if !self.nextPageToken.isEmpty {
            raw.pointee.next_page_token = arena.copy(self.nextPageToken)
        }
        if let value = self.completeness {
            raw.pointee.completeness = value.pack(into: arena)
        }
        return raw
    }
}

extension RepricedCost {
    public init(
        serialized bytes: UnsafeRawBufferPointer, in arena: MessageArena
    ) throws {
        let descriptor = Self.descriptor
        try DecodeGuard.check(
            bytes, descriptor: descriptor, messageName: Self.messageName)
        let raw = try arena.unpack(
            bytes, as: Tally__V1__RepricedCost.self, descriptor: descriptor,
            messageName: Self.messageName)
        self = try withExtendedLifetime(arena) { try Self(raw) }
    }

    public func packed(in arena: MessageArena) -> PackedMessage {
        PackedMessage(pack(into: arena))
    }

    /// protobuf-c's description of the message, at its own address.
    static var descriptor: UnsafePointer<ProtobufCMessageDescriptor> {
        var raw = Tally__V1__RepricedCost()
        tally__v1__repriced_cost__init(&raw)
        return raw.base.descriptor
    }

    /// The value of an unpacked message.
    init(_ raw: UnsafePointer<Tally__V1__RepricedCost>) throws {
        self.provider = try MessageArena.string(
            raw.pointee.provider, messageName: Self.messageName, field: "provider")
        self.model = try MessageArena.string(
            raw.pointee.model, messageName: Self.messageName, field: "model")
        self.events = raw.pointee.events
        self.before = try raw.pointee.before.map { try Money($0) }
        self.after = try raw.pointee.after.map { try Money($0) }
        self.difference = try raw.pointee.difference.map { try Money($0) }
        self.unpricedBefore = raw.pointee.unpriced_before
        self.unpricedAfter = raw.pointee.unpriced_after
    }

    /// The message as protobuf-c packs it; it lives as long as the arena.
    func pack(into arena: MessageArena) -> UnsafeMutablePointer<Tally__V1__RepricedCost> {
        let raw = arena.allocateMessage(Tally__V1__RepricedCost.self)
        tally__v1__repriced_cost__init(raw)
        if !self.provider.isEmpty {
            raw.pointee.provider = arena.copy(self.provider)
        }
        if !self.model.isEmpty {
            raw.pointee.model = arena.copy(self.model)
        }
        raw.pointee.events = self.events
        if let value = self.before {
            raw.pointee.before = value.pack(into: arena)
        }
        if let value = self.after {
            raw.pointee.after = value.pack(into: arena)
        }
        if let value = self.difference {
            raw.pointee.difference = value.pack(into: arena)
        }
        raw.pointee.unpriced_before = self.unpricedBefore
        raw.pointee.unpriced_after = self.unpricedAfter
        return raw
    }
}
