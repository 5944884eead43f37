// Written by tally-generator. Change proto/ and run deploy/scripts/generate.sh.
// Source: tally/v1/connection.proto

import CMessages
import CProtobufC
public import Wire

/// Whose admin API a connection reads.
public struct Provider: RawRepresentable, CaseIterable, Hashable, Sendable {
    public let rawValue: Int32

    public init(rawValue: Int32) {
        self.rawValue = rawValue
    }

    /// Not allowed.
    public static let unspecified = Self(rawValue: 0)
    /// OpenAI's organization usage and costs.
    public static let openai = Self(rawValue: 1)
    /// Anthropic's usage and cost reports.
    public static let anthropic = Self(rawValue: 2)
    /// OpenRouter's activity by day, of the last 30 days that are over; its key is a management
    /// key.
    public static let openrouter = Self(rawValue: 3)

    /// Every value that the contract names, in its order.
    public static let allCases: [Self] = [
        .unspecified, .openai, .anthropic, .openrouter,
    ]

    /// The name in the contract; nil for a value that it does not know.
    public var name: String? {
        switch rawValue {
        case 0: "PROVIDER_UNSPECIFIED"
        case 1: "PROVIDER_OPENAI"
        case 2: "PROVIDER_ANTHROPIC"
        case 3: "PROVIDER_OPENROUTER"
        default: nil
        }
    }
}

/// How a connection is doing.
public struct ConnectionHealth: RawRepresentable, CaseIterable, Hashable, Sendable {
    public let rawValue: Int32

    public init(rawValue: Int32) {
        self.rawValue = rawValue
    }

    /// Never sent.
    public static let unspecified = Self(rawValue: 0)
    /// Not yet read to the present.
    public static let pending = Self(rawValue: 1)
    /// Read to the present; the last pull succeeded.
    public static let healthy = Self(rawValue: 2)
    /// The last pull failed and will be tried again.
    public static let degraded = Self(rawValue: 3)
    /// The provider refuses the key; someone must replace it.
    public static let keyRefused = Self(rawValue: 4)
    /// Paused by someone: not pulled until it is resumed.
    public static let paused = Self(rawValue: 5)
    /// Deleted: never pulled again.
    public static let deleted = Self(rawValue: 6)
    /// No pull of a report succeeded for three of the worker's poll intervals, or for an hour where
    /// none
    /// ever did and nothing was read meanwhile; and none failed either. Look whether a worker runs.
    public static let late = Self(rawValue: 7)

    /// Every value that the contract names, in its order.
    public static let allCases: [Self] = [
        .unspecified, .pending, .healthy, .degraded, .keyRefused, .paused, .deleted, .late,
    ]

    /// The name in the contract; nil for a value that it does not know.
    public var name: String? {
        switch rawValue {
        case 0: "CONNECTION_HEALTH_UNSPECIFIED"
        case 1: "CONNECTION_HEALTH_PENDING"
        case 2: "CONNECTION_HEALTH_HEALTHY"
        case 3: "CONNECTION_HEALTH_DEGRADED"
        case 4: "CONNECTION_HEALTH_KEY_REFUSED"
        case 5: "CONNECTION_HEALTH_PAUSED"
        case 6: "CONNECTION_HEALTH_DELETED"
        case 7: "CONNECTION_HEALTH_LATE"
        default: nil
        }
    }
}

/// What a connection is the record of: which of its provider's reports are pulled, and so what of
/// the
/// account counts.
///
/// Reports that are not pulled any more after a change keep what was read of them: days that were
/// read
/// stay billed or metered as they are, later ones follow the change.
public struct RecordOf: RawRepresentable, CaseIterable, Hashable, Sendable {
    public let rawValue: Int32

    public init(rawValue: Int32) {
        self.rawValue = rawValue
    }

    /// In requests: both. Never sent.
    public static let unspecified = Self(rawValue: 0)
    /// How much: the cost report is pulled, reports of usage are not. Bills count; no event is
    /// given a
    /// share of them, since nothing says how much was used, and until a day's bill is final its
    /// metered
    /// figure is that of events alone.
    public static let billing = Self(rawValue: 1)
    /// Who and what: reports of usage are pulled, the cost report is not. Nothing is billed;
    /// effective
    /// figures are the metered ones, quantity times price, and final when the usage is.
    public static let attribution = Self(rawValue: 2)
    /// Both: all reports are pulled, bills are shared out by usage.
    public static let both = Self(rawValue: 3)

    /// Every value that the contract names, in its order.
    public static let allCases: [Self] = [
        .unspecified, .billing, .attribution, .both,
    ]

    /// The name in the contract; nil for a value that it does not know.
    public var name: String? {
        switch rawValue {
        case 0: "RECORD_OF_UNSPECIFIED"
        case 1: "RECORD_OF_BILLING"
        case 2: "RECORD_OF_ATTRIBUTION"
        case 3: "RECORD_OF_BOTH"
        default: nil
        }
    }
}

/// How a pull ended.
public struct ConnectionRunOutcome: RawRepresentable, CaseIterable, Hashable, Sendable {
    public let rawValue: Int32

    public init(rawValue: Int32) {
        self.rawValue = rawValue
    }

    /// Never sent.
    public static let unspecified = Self(rawValue: 0)
    /// It has not ended.
    public static let running = Self(rawValue: 1)
    /// The report was read to the present.
    public static let succeeded = Self(rawValue: 2)
    /// It gave its place to others after 20 pages, or its worker was told to stop; it goes on in
    /// turn.
    public static let interrupted = Self(rawValue: 3)
    /// It failed, and is tried again with growing patience.
    public static let failed = Self(rawValue: 4)
    /// It failed in a way that waiting alone does not mend: see detail.
    public static let refused = Self(rawValue: 5)
    /// Its worker died, or another one took over. What it had stored stays, and the next pull goes
    /// on there.
    public static let abandoned = Self(rawValue: 6)

    /// Every value that the contract names, in its order.
    public static let allCases: [Self] = [
        .unspecified, .running, .succeeded, .interrupted, .failed, .refused, .abandoned,
    ]

    /// The name in the contract; nil for a value that it does not know.
    public var name: String? {
        switch rawValue {
        case 0: "CONNECTION_RUN_OUTCOME_UNSPECIFIED"
        case 1: "CONNECTION_RUN_OUTCOME_RUNNING"
        case 2: "CONNECTION_RUN_OUTCOME_SUCCEEDED"
        case 3: "CONNECTION_RUN_OUTCOME_INTERRUPTED"
        case 4: "CONNECTION_RUN_OUTCOME_FAILED"
        case 5: "CONNECTION_RUN_OUTCOME_REFUSED"
        case 6: "CONNECTION_RUN_OUTCOME_ABANDONED"
        default: nil
        }
    }
}

/// A word of the organization's own about a connection.
public struct Label: WireMessage {
    public static let messageName = "tally.v1.Label"

    /// Unique within the connection: 1 to 63 ASCII letters, digits, "_", "-", "." and "/", the
    /// first of
    /// them a letter or digit.
    public var key: String = ""
    /// Up to 200 characters that are seen, none of them a control character. May be empty.
    public var value: String = ""

    public init() {}

    public init(
        key: String = "", value: String = ""
    ) {
        self.key = key
        self.value = value
    }
}

/// One account at a provider.
public struct Connection: WireMessage {
    public static let messageName = "tally.v1.Connection"

    /// UUIDv7.
    public var id: String = ""
    /// Whose account it is.
    public var provider: Provider = Provider(rawValue: 0)
    /// Unique among the organization's connections that are not deleted, 1 to 200 characters.
    public var displayName: String = ""
    /// How its pulls are doing.
    public var health: ConnectionHealth = ConnectionHealth(rawValue: 0)
    /// Last four characters of the provider's key, to tell keys apart.
    public var keyHint: String = ""
    /// Pulls reach back to this instant.
    public var backfillFrom: Timestamp?
    /// When it was created. Set by the server.
    public var createTime: Timestamp?
    /// End of the last successful pull; absent before the first.
    public var lastSuccessTime: Timestamp?
    /// Usage was read up to this instant by each of the provider's usage reports; absent before the
    /// first
    /// page of one.
    public var usageThrough: Timestamp?
    /// Costs were read up to this instant, likewise.
    public var costsThrough: Timestamp?
    /// Last failure in words, with its remedy; empty while healthy.
    public var lastError: String = ""
    /// Pages read since creation.
    public var pagesRead: Int64 = 0
    /// Changes with every change that somebody makes, not with pulls.
    public var etag: String = ""
    /// By key, each key once.
    public var labels: [Label] = []
    /// Which reports are pulled.
    public var recordOf: RecordOf = RecordOf(rawValue: 0)
    /// Since when it is paused; absent where it is not.
    public var pauseTime: Timestamp?
    /// When it was deleted; absent where it was not.
    public var deleteTime: Timestamp?
    /// The provider's own organization that it reads; absent before a key was tested as it was
    /// stored, or
    /// read something, and where the provider does not tell. A key that replaces another untested
    /// forgets it.
    /// Pulls of one such organization are limited together, whoever connected it.
    public var account: ConnectionAccount?
    /// Ids of connections that read the same account and are the record of something that this one
    /// is: all is
    /// read of each, and of a day one counts. Delete one, or change what one is the record of. Up
    /// to 100, by id.
    /// The same account is the same id of the provider or, where it does not tell, the same key.
    public var overlappingConnectionIds: [String] = []
    /// When the next pull of one of its reports is due, in the past where it waits for a worker;
    /// absent while
    /// all run, while it is paused, and where none is scheduled.
    public var nextRunTime: Timestamp?
    /// Seconds from what was read of the report that was read least to now. 0 where one was never
    /// read.
    public var lagSeconds: Int64 = 0
    /// Of days of UTC before this instant all reports are final, unless the provider changes them
    /// after all:
    /// they were read three days after they ended, or later. Absent where one was never read to its
    /// end.
    public var finalThrough: Timestamp?
    /// The reports that are pulled, each with its own progress, usage first.
    public var reports: [ConnectionReport] = []
    /// The back-fill that is not over; absent where none is, and in lists.
    public var backfill: ConnectionBackfill?

    public init() {}

    public init(
        id: String = "", provider: Provider = Provider(rawValue: 0), displayName: String = "",
        health: ConnectionHealth = ConnectionHealth(rawValue: 0), keyHint: String = "",
        backfillFrom: Timestamp? = nil, createTime: Timestamp? = nil,
        lastSuccessTime: Timestamp? = nil, usageThrough: Timestamp? = nil,
        costsThrough: Timestamp? = nil, lastError: String = "", pagesRead: Int64 = 0,
        etag: String = "", labels: [Label] = [], recordOf: RecordOf = RecordOf(rawValue: 0),
        pauseTime: Timestamp? = nil, deleteTime: Timestamp? = nil,
        account: ConnectionAccount? = nil, overlappingConnectionIds: [String] = [],
        nextRunTime: Timestamp? = nil, lagSeconds: Int64 = 0, finalThrough: Timestamp? = nil,
        reports: [ConnectionReport] = [], backfill: ConnectionBackfill? = nil
    ) {
        self.id = id
        self.provider = provider
        self.displayName = displayName
        self.health = health
        self.keyHint = keyHint
        self.backfillFrom = backfillFrom
        self.createTime = createTime
        self.lastSuccessTime = lastSuccessTime
        self.usageThrough = usageThrough
        self.costsThrough = costsThrough
        self.lastError = lastError
        self.pagesRead = pagesRead
        self.etag = etag
        self.labels = labels
        self.recordOf = recordOf
        self.pauseTime = pauseTime
        self.deleteTime = deleteTime
        self.account = account
        self.overlappingConnectionIds = overlappingConnectionIds
        self.nextRunTime = nextRunTime
        self.lagSeconds = lagSeconds
        self.finalThrough = finalThrough
        self.reports = reports
        self.backfill = backfill
    }
}

/// How one report of a connection is doing.
public struct ConnectionReport: WireMessage {
    public static let messageName = "tally.v1.ConnectionReport"

    /// Such as "usage", "usage/images" or "costs"; lists of what things are called are such as
    /// "names/users", and
    /// what people did with coding tools "activity/claude_code". No figure of spend, health, lag or
    /// final day of
    /// the connection depends on the latter two.
    public var name: String = ""
    /// Pending, healthy, late, degraded or key refused.
    public var health: ConnectionHealth = ConnectionHealth(rawValue: 0)
    /// It was read up to this instant; absent before the first page.
    public var through: Timestamp?
    /// Of days of UTC before this instant it is final, unless the provider changes them after all:
    /// they were
    /// read three days after they ended, or later. Absent before the first successful pull.
    public var finalThrough: Timestamp?
    /// Seconds from what was read to now. 0 before the first page.
    public var lagSeconds: Int64 = 0
    /// End of its last successful pull; absent before the first.
    public var lastSuccessTime: Timestamp?
    /// Last failure in words, with its remedy; empty while healthy.
    public var lastError: String = ""
    /// When its next pull is due; absent while one runs or is about to, and where none is
    /// scheduled.
    public var nextRunTime: Timestamp?
    /// Whether a pull of it runs now.
    public var running: Bool = false
    /// Why it is not pulled before its key is replaced or somebody asks for it: the stable reason
    /// of what
    /// waiting did not mend. Empty where it is pulled.
    public var setAsideReason: String = ""
    /// Pages read since creation.
    public var pagesRead: Int64 = 0

    public init() {}

    public init(
        name: String = "", health: ConnectionHealth = ConnectionHealth(rawValue: 0),
        through: Timestamp? = nil, finalThrough: Timestamp? = nil, lagSeconds: Int64 = 0,
        lastSuccessTime: Timestamp? = nil, lastError: String = "", nextRunTime: Timestamp? = nil,
        running: Bool = false, setAsideReason: String = "", pagesRead: Int64 = 0
    ) {
        self.name = name
        self.health = health
        self.through = through
        self.finalThrough = finalThrough
        self.lagSeconds = lagSeconds
        self.lastSuccessTime = lastSuccessTime
        self.lastError = lastError
        self.nextRunTime = nextRunTime
        self.running = running
        self.setAsideReason = setAsideReason
        self.pagesRead = pagesRead
    }
}

/// One pull of one report of a connection. Rows count once for each page that they came with.
public struct ConnectionRun: WireMessage {
    public static let messageName = "tally.v1.ConnectionRun"

    /// UUIDv7.
    public var id: String = ""
    /// Name of the report, such as "usage" or "costs".
    public var report: String = ""
    /// When it began.
    public var startTime: Timestamp?
    /// When it ended; absent while it runs.
    public var endTime: Timestamp?
    /// How it ended.
    public var outcome: ConnectionRunOutcome = ConnectionRunOutcome(rawValue: 0)
    /// Stable reason of a failure, UPPER_SNAKE; else empty.
    public var reason: String = ""
    /// The failure in words, with its remedy; else empty.
    public var detail: String = ""
    /// Pages that it stored.
    public var pages: Int64 = 0
    /// Rows seen for the first time.
    public var rowsRecorded: Int64 = 0
    /// Rows whose figures the provider had changed, those that it took back included.
    public var rowsCorrected: Int64 = 0
    /// Rows that were as they had been read before.
    public var rowsUnchanged: Int64 = 0
    /// Rows that the provider took back.
    public var rowsRetracted: Int64 = 0
    /// The report was read up to this instant then; absent where nothing of it was.
    public var through: Timestamp?
    /// Which worker it was: host, process and a random part.
    public var worker: String = ""
    /// Rows, of all but those that were taken back, whose total contradicts its own parts. They
    /// count as their parts
    /// say, and their entries' reason names the field (ExportEntries).
    public var rowsContradicted: Int64 = 0

    public init() {}

    public init(
        id: String = "", report: String = "", startTime: Timestamp? = nil,
        endTime: Timestamp? = nil,
        outcome: ConnectionRunOutcome = ConnectionRunOutcome(rawValue: 0), reason: String = "",
        detail: String = "", pages: Int64 = 0, rowsRecorded: Int64 = 0, rowsCorrected: Int64 = 0,
        rowsUnchanged: Int64 = 0, rowsRetracted: Int64 = 0, through: Timestamp? = nil,
        worker: String = "", rowsContradicted: Int64 = 0
    ) {
        self.id = id
        self.report = report
        self.startTime = startTime
        self.endTime = endTime
        self.outcome = outcome
        self.reason = reason
        self.detail = detail
        self.pages = pages
        self.rowsRecorded = rowsRecorded
        self.rowsCorrected = rowsCorrected
        self.rowsUnchanged = rowsUnchanged
        self.rowsRetracted = rowsRetracted
        self.through = through
        self.worker = worker
        self.rowsContradicted = rowsContradicted
    }
}

public struct ListConnectionRunsRequest: WireMessage {
    public static let messageName = "tally.v1.ListConnectionRunsRequest"

    /// The connection's id. Required.
    public var id: String = ""
    /// Name of a report, such as "usage"; empty for all.
    public var report: String = ""
    /// 1 to 1000. Default 50.
    public var pageSize: Int32 = 0
    /// next_page_token of the previous answer; empty for the first page.
    public var pageToken: String = ""

    public init() {}

    public init(
        id: String = "", report: String = "", pageSize: Int32 = 0, pageToken: String = ""
    ) {
        self.id = id
        self.report = report
        self.pageSize = pageSize
        self.pageToken = pageToken
    }
}

public struct ListConnectionRunsResponse: WireMessage {
    public static let messageName = "tally.v1.ListConnectionRunsResponse"

    /// The newest first.
    public var runs: [ConnectionRun] = []
    /// Token of the next page; empty on the last.
    public var nextPageToken: String = ""

    public init() {}

    public init(
        runs: [ConnectionRun] = [], nextPageToken: String = ""
    ) {
        self.runs = runs
        self.nextPageToken = nextPageToken
    }
}

public struct BackfillConnectionRequest: WireMessage {
    public static let messageName = "tally.v1.BackfillConnectionRequest"

    /// The connection's id. Required.
    public var id: String = ""
    /// Where the span begins: the day of UTC that has this instant, at most 1,096 days ago, and no
    /// usage that the
    /// organization does not keep. Required.
    public var from: Timestamp?
    /// Where it ends, exclusive: after the day of UTC that this instant ends or cuts. Default, and
    /// at most: now.
    public var through: Timestamp?

    public init() {}

    public init(
        id: String = "", from: Timestamp? = nil, through: Timestamp? = nil
    ) {
        self.id = id
        self.from = from
        self.through = through
    }
}

/// A span of a connection's past that is read once.
public struct ConnectionBackfill: WireMessage {
    /// How it stands.
    public struct State: RawRepresentable, CaseIterable, Hashable, Sendable {
        public let rawValue: Int32

        public init(rawValue: Int32) {
            self.rawValue = rawValue
        }

        /// Never sent.
        public static let unspecified = Self(rawValue: 0)
        /// It is read, or waits in line.
        public static let running = Self(rawValue: 1)
        /// Somebody paused it.
        public static let paused = Self(rawValue: 2)
        /// It was read to its end.
        public static let done = Self(rawValue: 3)
        /// Somebody cancelled it, or deleted its connection; or the connection is not the record of
        /// the report any
        /// more. What it had read stays.
        public static let cancelled = Self(rawValue: 4)

        /// Every value that the contract names, in its order.
        public static let allCases: [Self] = [
            .unspecified, .running, .paused, .done, .cancelled,
        ]

        /// The name in the contract; nil for a value that it does not know.
        public var name: String? {
            switch rawValue {
            case 0: "STATE_UNSPECIFIED"
            case 1: "STATE_RUNNING"
            case 2: "STATE_PAUSED"
            case 3: "STATE_DONE"
            case 4: "STATE_CANCELLED"
            default: nil
            }
        }
    }

    /// How far one of the connection's reports is.
    public struct Report: WireMessage {
        public static let messageName = "tally.v1.ConnectionBackfill.Report"

        /// Such as "usage" or "costs".
        public var name: String = ""
        /// Done once it is read to the end; else as the back-fill.
        public var state: ConnectionBackfill.State = ConnectionBackfill.State(rawValue: 0)
        /// Where reading began: the beginning of the span or, where the provider tells nothing of that
        /// any more, where
        /// it does. Absent before the first page, and where nothing is left to read.
        public var readFrom: Timestamp?
        /// Up to where it was read; absent likewise. Before the end of the span where it is done: the
        /// rest is read
        /// again by pulls.
        public var readThrough: Timestamp?
        /// Days of UTC of the span.
        public var days: Int32 = 0
        /// Whole days that were read.
        public var daysRead: Int32 = 0
        /// Of the span, 0 to 100; 100 is done.
        public var percent: Int32 = 0
        /// Pages that were stored.
        public var pages: Int64 = 0
        /// Rows seen for the first time. Rows count once for each page that they came with.
        public var rowsRecorded: Int64 = 0
        /// Rows whose figures the provider had changed, those that it took back included.
        public var rowsCorrected: Int64 = 0
        /// Rows that were as they had been read before.
        public var rowsUnchanged: Int64 = 0
        /// Rows that the provider took back.
        public var rowsRetracted: Int64 = 0
        /// Last failure in words, with its remedy; empty where the last page was stored.
        public var lastError: String = ""
        /// Why it is not read before the back-fill is resumed or the key replaced: the stable reason of
        /// what
        /// waiting did not mend. Empty where it is read.
        public var setAsideReason: String = ""

        public init() {}

        public init(
            name: String = "",
            state: ConnectionBackfill.State = ConnectionBackfill.State(rawValue: 0),
            readFrom: Timestamp? = nil, readThrough: Timestamp? = nil, days: Int32 = 0,
            daysRead: Int32 = 0, percent: Int32 = 0, pages: Int64 = 0, rowsRecorded: Int64 = 0,
            rowsCorrected: Int64 = 0, rowsUnchanged: Int64 = 0, rowsRetracted: Int64 = 0,
            lastError: String = "", setAsideReason: String = ""
        ) {
            self.name = name
            self.state = state
            self.readFrom = readFrom
            self.readThrough = readThrough
            self.days = days
            self.daysRead = daysRead
            self.percent = percent
            self.pages = pages
            self.rowsRecorded = rowsRecorded
            self.rowsCorrected = rowsCorrected
            self.rowsUnchanged = rowsUnchanged
            self.rowsRetracted = rowsRetracted
            self.lastError = lastError
            self.setAsideReason = setAsideReason
        }
    }

    public static let messageName = "tally.v1.ConnectionBackfill"

    /// UUIDv7.
    public var id: String = ""
    /// Where the span begins.
    public var from: Timestamp?
    /// Where it ends.
    public var through: Timestamp?
    /// How it stands: running while one of its reports is, else paused, else cancelled.
    public var state: ConnectionBackfill.State = ConnectionBackfill.State(rawValue: 0)
    /// Of all reports, 0 to 100; 100 is done.
    public var percent: Int32 = 0
    /// Usage first.
    public var reports: [ConnectionBackfill.Report] = []
    /// When somebody asked for it. Set by the server.
    public var createTime: Timestamp?
    /// When it was done or cancelled; absent before.
    public var endTime: Timestamp?

    public init() {}

    public init(
        id: String = "", from: Timestamp? = nil, through: Timestamp? = nil,
        state: ConnectionBackfill.State = ConnectionBackfill.State(rawValue: 0), percent: Int32 = 0,
        reports: [ConnectionBackfill.Report] = [], createTime: Timestamp? = nil,
        endTime: Timestamp? = nil
    ) {
        self.id = id
        self.from = from
        self.through = through
        self.state = state
        self.percent = percent
        self.reports = reports
        self.createTime = createTime
        self.endTime = endTime
    }
}

public struct ChangeConnectionBackfillRequest: WireMessage {
    /// What becomes of it.
    public struct Action: RawRepresentable, CaseIterable, Hashable, Sendable {
        public let rawValue: Int32

        public init(rawValue: Int32) {
            self.rawValue = rawValue
        }

        /// Not allowed.
        public static let unspecified = Self(rawValue: 0)
        /// Stop until it is resumed.
        public static let pause = Self(rawValue: 1)
        /// Go on, at once.
        public static let resume = Self(rawValue: 2)
        /// Stop for good.
        public static let cancel = Self(rawValue: 3)

        /// Every value that the contract names, in its order.
        public static let allCases: [Self] = [
            .unspecified, .pause, .resume, .cancel,
        ]

        /// The name in the contract; nil for a value that it does not know.
        public var name: String? {
            switch rawValue {
            case 0: "ACTION_UNSPECIFIED"
            case 1: "ACTION_PAUSE"
            case 2: "ACTION_RESUME"
            case 3: "ACTION_CANCEL"
            default: nil
            }
        }
    }

    public static let messageName = "tally.v1.ChangeConnectionBackfillRequest"

    /// The back-fill's id. Required.
    public var id: String = ""
    /// Required.
    public var action: ChangeConnectionBackfillRequest.Action =
        ChangeConnectionBackfillRequest.Action(rawValue: 0)

    public init() {}

    public init(
        id: String = "",
        action: ChangeConnectionBackfillRequest.Action = ChangeConnectionBackfillRequest.Action(
            rawValue: 0)
    ) {
        self.id = id
        self.action = action
    }
}

public struct ListConnectionBackfillsRequest: WireMessage {
    public static let messageName = "tally.v1.ListConnectionBackfillsRequest"

    /// The connection's id. Required.
    public var id: String = ""
    /// 1 to 1000. Default 20.
    public var pageSize: Int32 = 0
    /// next_page_token of the previous answer; empty for the first page.
    public var pageToken: String = ""

    public init() {}

    public init(
        id: String = "", pageSize: Int32 = 0, pageToken: String = ""
    ) {
        self.id = id
        self.pageSize = pageSize
        self.pageToken = pageToken
    }
}

public struct ListConnectionBackfillsResponse: WireMessage {
    public static let messageName = "tally.v1.ListConnectionBackfillsResponse"

    /// The newest first.
    public var backfills: [ConnectionBackfill] = []
    /// Token of the next page; empty on the last.
    public var nextPageToken: String = ""

    public init() {}

    public init(
        backfills: [ConnectionBackfill] = [], nextPageToken: String = ""
    ) {
        self.backfills = backfills
        self.nextPageToken = nextPageToken
    }
}

public struct SyncConnectionRequest: WireMessage {
    public static let messageName = "tally.v1.SyncConnectionRequest"

    /// The connection's id. Required.
    public var id: String = ""
    /// Asks the provider again although it asked to be left alone for a while (Retry-After, a day
    /// at most), as after its
    /// limit was raised. What waits of the connection's back-fill is due, too, behind all pulls,
    /// and what of it was set
    /// aside is tried again. Reports of the account's other connections are no longer held for it,
    /// but those which were
    /// told to wait themselves, and these connections' back-fills, wait on; where the provider asks
    /// for rest again, it
    /// begins anew. Default: false.
    public var breakRest: Bool = false

    public init() {}

    public init(
        id: String = "", breakRest: Bool = false
    ) {
        self.id = id
        self.breakRest = breakRest
    }
}

public struct SyncConnectionResponse: WireMessage {
    public static let messageName = "tally.v1.SyncConnectionResponse"

    /// Names of the reports that are due now: those that follow in turn once a pull under way has
    /// ended, too.
    public var reportsDue: [String] = []
    /// Names of those whose pull runs already.
    public var reportsRunning: [String] = []
    /// Names of those whose provider asked to be left alone for a while; GetConnection says until
    /// when. None with
    /// break_rest.
    public var reportsWaiting: [String] = []

    public init() {}

    public init(
        reportsDue: [String] = [], reportsRunning: [String] = [], reportsWaiting: [String] = []
    ) {
        self.reportsDue = reportsDue
        self.reportsRunning = reportsRunning
        self.reportsWaiting = reportsWaiting
    }
}

public struct GetWorkerStatusRequest: WireMessage {
    public static let messageName = "tally.v1.GetWorkerStatusRequest"

    public init() {}
}

/// How the queue of the workers stands.
public struct WorkerStatus: WireMessage {
    /// Jobs of one kind and priority.
    public struct Queue: WireMessage {
        public static let messageName = "tally.v1.WorkerStatus.Queue"

        /// What they do, such as "pull_connection".
        public var kind: String = ""
        /// Smaller goes first: 10 somebody waits, 20 scheduled, 30 back-fills, 40 housekeeping.
        public var priority: Int32 = 0
        /// To be done now.
        public var due: Int64 = 0
        /// Being done.
        public var running: Int64 = 0
        /// Waiting for their time.
        public var waiting: Int64 = 0
        /// Not tried before somebody revives them.
        public var setAside: Int64 = 0
        /// Since when the one waits that is due longest; absent where none is due.
        public var oldestDueTime: Timestamp?

        public init() {}

        public init(
            kind: String = "", priority: Int32 = 0, due: Int64 = 0, running: Int64 = 0,
            waiting: Int64 = 0, setAside: Int64 = 0, oldestDueTime: Timestamp? = nil
        ) {
            self.kind = kind
            self.priority = priority
            self.due = due
            self.running = running
            self.waiting = waiting
            self.setAside = setAside
            self.oldestDueTime = oldestDueTime
        }
    }

    /// A worker that has jobs; one that is idle is not seen.
    public struct Worker: WireMessage {
        public static let messageName = "tally.v1.WorkerStatus.Worker"

        /// Host, process and a random part.
        public var name: String = ""
        /// Jobs that it has.
        public var jobs: Int64 = 0
        /// When it last took a job, or said that it still has one. One that is silent for longer than
        /// the workers'
        /// lease is dead, and its jobs go to another.
        public var heartbeatTime: Timestamp?

        public init() {}

        public init(
            name: String = "", jobs: Int64 = 0, heartbeatTime: Timestamp? = nil
        ) {
            self.name = name
            self.jobs = jobs
            self.heartbeatTime = heartbeatTime
        }
    }

    public static let messageName = "tally.v1.WorkerStatus"

    /// By priority, then kind.
    public var queues: [WorkerStatus.Queue] = []
    /// The first 1,000, by when they were set aside.
    public var setAside: [SetAsideJob] = []
    /// By name, at most 1,000.
    public var workers: [WorkerStatus.Worker] = []

    public init() {}

    public init(
        queues: [WorkerStatus.Queue] = [], setAside: [SetAsideJob] = [],
        workers: [WorkerStatus.Worker] = []
    ) {
        self.queues = queues
        self.setAside = setAside
        self.workers = workers
    }
}

/// A job that could not be done, and is not tried before somebody revives it.
public struct SetAsideJob: WireMessage {
    public static let messageName = "tally.v1.SetAsideJob"

    /// UUID.
    public var id: String = ""
    /// Id of the organization whose job it is; zeros where it is the platform's.
    public var organization: String = ""
    /// What it does, such as "pull_connection".
    public var kind: String = ""
    /// Stable reason of what waiting did not mend, UPPER_SNAKE; WORKERS_DIED where one worker after
    /// the other
    /// died while it did the job.
    public var reason: String = ""
    /// When it was set aside.
    public var setAsideTime: Timestamp?

    public init() {}

    public init(
        id: String = "", organization: String = "", kind: String = "", reason: String = "",
        setAsideTime: Timestamp? = nil
    ) {
        self.id = id
        self.organization = organization
        self.kind = kind
        self.reason = reason
        self.setAsideTime = setAsideTime
    }
}

public struct ReviveJobsRequest: WireMessage {
    public static let messageName = "tally.v1.ReviveJobsRequest"

    /// Ids of jobs, at most 1,000; those that are not set aside are left alone.
    public var ids: [String] = []
    /// Instead of ids: all, the first 1,000 by when they were set aside.
    public var all: Bool = false

    public init() {}

    public init(
        ids: [String] = [], all: Bool = false
    ) {
        self.ids = ids
        self.all = all
    }
}

public struct ReviveJobsResponse: WireMessage {
    public static let messageName = "tally.v1.ReviveJobsResponse"

    /// What is tried again, as it was set aside.
    public var revived: [SetAsideJob] = []
    /// What is not, though it was named, or all were asked for: somebody else was changing it, as
    /// when its key is replaced.
    /// Mostly that lets it be tried again, too; ask again for what is still set aside.
    public var passedOver: [SetAsideJob] = []

    public init() {}

    public init(
        revived: [SetAsideJob] = [], passedOver: [SetAsideJob] = []
    ) {
        self.revived = revived
        self.passedOver = passedOver
    }
}

/// A provider's organization, as the provider names it.
public struct ConnectionAccount: WireMessage {
    public static let messageName = "tally.v1.ConnectionAccount"

    /// The provider's id of it; for OpenAI, which names no organization, the id of its oldest
    /// project.
    public var id: String = ""
    /// Up to 200 characters; may be empty.
    public var displayName: String = ""

    public init() {}

    public init(
        id: String = "", displayName: String = ""
    ) {
        self.id = id
        self.displayName = displayName
    }
}

public struct CreateConnectionRequest: WireMessage {
    public static let messageName = "tally.v1.CreateConnectionRequest"

    /// Whose account it is. Required.
    public var provider: Provider = Provider(rawValue: 0)
    /// Unique within the organization, 1 to 200 characters that are seen, none of them a control
    /// character.
    public var displayName: String = ""
    /// The provider's admin key. Kept encrypted and never returned.
    public var apiKey: String = ""
    /// Days to reach back at first, 1 to 366. Default 90.
    public var backfillDays: Int32 = 0
    /// At most 20, each key once.
    public var labels: [Label] = []
    /// Which reports are pulled. Default: both.
    public var recordOf: RecordOf = RecordOf(rawValue: 0)
    /// Whether the key is tested first, as by TestConnection, and refused where it may not read
    /// what the
    /// connection is the record of: FAILED_PRECONDITION with the provider's reason, such as
    /// KEY_REFUSED, of
    /// the field "api_key"; of "test_first" where the provider did not answer. Default: the key is
    /// stored as it
    /// is, whether the provider can be reached or not, and its health tells.
    public var testFirst: Bool = false

    public init() {}

    public init(
        provider: Provider = Provider(rawValue: 0), displayName: String = "", apiKey: String = "",
        backfillDays: Int32 = 0, labels: [Label] = [], recordOf: RecordOf = RecordOf(rawValue: 0),
        testFirst: Bool = false
    ) {
        self.provider = provider
        self.displayName = displayName
        self.apiKey = apiKey
        self.backfillDays = backfillDays
        self.labels = labels
        self.recordOf = recordOf
        self.testFirst = testFirst
    }
}

public struct GetConnectionRequest: WireMessage {
    public static let messageName = "tally.v1.GetConnectionRequest"

    /// The connection's id. Required.
    public var id: String = ""

    public init() {}

    public init(
        id: String = ""
    ) {
        self.id = id
    }
}

public struct ReplaceConnectionKeyRequest: WireMessage {
    public static let messageName = "tally.v1.ReplaceConnectionKeyRequest"

    /// The connection's id. Required.
    public var id: String = ""
    /// The provider's admin key, 12 to 512 visible ASCII characters. Kept encrypted and never
    /// returned.
    public var apiKey: String = ""
    /// As in CreateConnectionRequest. A key of another account than the one that is known of the
    /// connection is
    /// then refused: KEY_OF_ANOTHER_ACCOUNT. Where the account of the key is not told, or it is not
    /// tested, it counts as
    /// of the one that is known until a pull learns that it is of another.
    public var testFirst: Bool = false

    public init() {}

    public init(
        id: String = "", apiKey: String = "", testFirst: Bool = false
    ) {
        self.id = id
        self.apiKey = apiKey
        self.testFirst = testFirst
    }
}

public struct TestConnectionRequest: WireMessage {
    public static let messageName = "tally.v1.TestConnectionRequest"

    /// The connection whose key is tested, or whose key is to be replaced by api_key. Empty: a key
    /// that is not
    /// connected yet.
    public var id: String = ""
    /// Whose key it is. Required without an id.
    public var provider: Provider = Provider(rawValue: 0)
    /// The provider's admin key, 12 to 512 visible ASCII characters. Never stored, logged or
    /// returned. Required
    /// without an id; with one, default: the connection's own.
    public var apiKey: String = ""

    public init() {}

    public init(
        id: String = "", provider: Provider = Provider(rawValue: 0), apiKey: String = ""
    ) {
        self.id = id
        self.provider = provider
        self.apiKey = apiKey
    }
}

public struct TestConnectionResponse: WireMessage {
    public static let messageName = "tally.v1.TestConnectionResponse"

    /// Whether all is granted that the connection is the record of; without an id, usage and costs.
    public var usable: Bool = false
    /// What connections read, each once.
    public var permissions: [KeyFinding] = []
    /// Whose key it is; absent where the provider does not tell.
    public var account: ConnectionAccount?
    /// Ids of other connections that read the same account, as
    /// Connection.overlapping_connection_ids.
    public var overlappingConnectionIds: [String] = []

    public init() {}

    public init(
        usable: Bool = false, permissions: [KeyFinding] = [], account: ConnectionAccount? = nil,
        overlappingConnectionIds: [String] = []
    ) {
        self.usable = usable
        self.permissions = permissions
        self.account = account
        self.overlappingConnectionIds = overlappingConnectionIds
    }
}

/// What a provider says of a key that is asked for something.
public struct KeyFinding: WireMessage {
    /// What connections read with a key.
    public struct Permission: RawRepresentable, CaseIterable, Hashable, Sendable {
        public let rawValue: Int32

        public init(rawValue: Int32) {
            self.rawValue = rawValue
        }

        /// Never sent.
        public static let unspecified = Self(rawValue: 0)
        /// Reports of usage: what a record of attribution needs.
        public static let usage = Self(rawValue: 1)
        /// The cost report: what a record of billing needs.
        public static let costs = Self(rawValue: 2)
        /// Names of projects or workspaces. Nothing depends on them: without, reports show ids.
        public static let names = Self(rawValue: 3)

        /// Every value that the contract names, in its order.
        public static let allCases: [Self] = [
            .unspecified, .usage, .costs, .names,
        ]

        /// The name in the contract; nil for a value that it does not know.
        public var name: String? {
            switch rawValue {
            case 0: "PERMISSION_UNSPECIFIED"
            case 1: "PERMISSION_USAGE"
            case 2: "PERMISSION_COSTS"
            case 3: "PERMISSION_NAMES"
            default: nil
            }
        }
    }

    /// What the provider said.
    public struct State: RawRepresentable, CaseIterable, Hashable, Sendable {
        public let rawValue: Int32

        public init(rawValue: Int32) {
            self.rawValue = rawValue
        }

        /// Never sent.
        public static let unspecified = Self(rawValue: 0)
        /// The key may read it.
        public static let granted = Self(rawValue: 1)
        /// It may not; only another key helps.
        public static let refused = Self(rawValue: 2)
        /// The provider did not say: it failed, could not be reached, or was asked too often.
        public static let undecided = Self(rawValue: 3)

        /// Every value that the contract names, in its order.
        public static let allCases: [Self] = [
            .unspecified, .granted, .refused, .undecided,
        ]

        /// The name in the contract; nil for a value that it does not know.
        public var name: String? {
            switch rawValue {
            case 0: "STATE_UNSPECIFIED"
            case 1: "STATE_GRANTED"
            case 2: "STATE_REFUSED"
            case 3: "STATE_UNDECIDED"
            default: nil
            }
        }
    }

    public static let messageName = "tally.v1.KeyFinding"

    /// What was asked for.
    public var permission: KeyFinding.Permission = KeyFinding.Permission(rawValue: 0)
    /// What came of it.
    public var state: KeyFinding.State = KeyFinding.State(rawValue: 0)
    /// Stable and in UPPER_SNAKE, such as KEY_REFUSED, KEY_LACKS_PERMISSION or
    /// PROVIDER_UNREACHABLE; empty where
    /// it is granted.
    public var reason: String = ""
    /// In words, with what to do about it; empty where it is granted.
    public var message: String = ""

    public init() {}

    public init(
        permission: KeyFinding.Permission = KeyFinding.Permission(rawValue: 0),
        state: KeyFinding.State = KeyFinding.State(rawValue: 0), reason: String = "",
        message: String = ""
    ) {
        self.permission = permission
        self.state = state
        self.reason = reason
        self.message = message
    }
}

public struct UpdateConnectionRequest: WireMessage {
    public static let messageName = "tally.v1.UpdateConnectionRequest"

    /// The connection's id. Required.
    public var id: String = ""
    /// Unique within the organization, 1 to 200 characters that are seen, none of them a control
    /// character.
    public var displayName: String = ""
    /// All of them, in place of those it has; at most 20, each key once.
    public var labels: [Label] = []
    /// Which reports are pulled from now on. Unspecified: both.
    public var recordOf: RecordOf = RecordOf(rawValue: 0)
    /// Names of the fields to change: "display_name", "labels", "record_of". Required.
    public var updateMask: [String] = []
    /// The connection's etag as it was read, or empty to change it whatever it is.
    public var etag: String = ""

    public init() {}

    public init(
        id: String = "", displayName: String = "", labels: [Label] = [],
        recordOf: RecordOf = RecordOf(rawValue: 0), updateMask: [String] = [], etag: String = ""
    ) {
        self.id = id
        self.displayName = displayName
        self.labels = labels
        self.recordOf = recordOf
        self.updateMask = updateMask
        self.etag = etag
    }
}

public struct PauseConnectionRequest: WireMessage {
    public static let messageName = "tally.v1.PauseConnectionRequest"

    /// The connection's id. Required.
    public var id: String = ""

    public init() {}

    public init(
        id: String = ""
    ) {
        self.id = id
    }
}

public struct ResumeConnectionRequest: WireMessage {
    public static let messageName = "tally.v1.ResumeConnectionRequest"

    /// The connection's id. Required.
    public var id: String = ""

    public init() {}

    public init(
        id: String = ""
    ) {
        self.id = id
    }
}

public struct DeleteConnectionRequest: WireMessage {
    public static let messageName = "tally.v1.DeleteConnectionRequest"

    /// The connection's id. Required.
    public var id: String = ""
    /// The connection's display name, against mistakes; CONNECTION_NAME_NOT_CONFIRMED where it is
    /// another.
    /// Required.
    public var confirmDisplayName: String = ""

    public init() {}

    public init(
        id: String = "", confirmDisplayName: String = ""
    ) {
        self.id = id
        self.confirmDisplayName = confirmDisplayName
    }
}

/// What an import says of one connection.
public struct ConnectionRow: WireMessage {
    public static let messageName = "tally.v1.ConnectionRow"

    /// Which one, as CreateConnectionRequest.display_name. Required.
    public var displayName: String = ""
    /// Whose account it is. Required for a new connection; for others unspecified, or their own.
    public var provider: Provider = Provider(rawValue: 0)
    /// The provider's admin key. Required for a new connection; empty keeps that of another. Kept
    /// encrypted and
    /// never returned.
    public var apiKey: String = ""
    /// All of them, at most 20, each key once.
    public var labels: [Label] = []
    /// Which reports are pulled. Unspecified: both.
    public var recordOf: RecordOf = RecordOf(rawValue: 0)
    /// Days that a new connection reaches back at first, 1 to 366. Default 90.
    public var backfillDays: Int32 = 0
    /// Whether it is paused.
    public var paused: Bool = false

    public init() {}

    public init(
        displayName: String = "", provider: Provider = Provider(rawValue: 0), apiKey: String = "",
        labels: [Label] = [], recordOf: RecordOf = RecordOf(rawValue: 0), backfillDays: Int32 = 0,
        paused: Bool = false
    ) {
        self.displayName = displayName
        self.provider = provider
        self.apiKey = apiKey
        self.labels = labels
        self.recordOf = recordOf
        self.backfillDays = backfillDays
        self.paused = paused
    }
}

public struct ImportConnectionsRequest: WireMessage {
    public static let messageName = "tally.v1.ImportConnectionsRequest"

    /// 1 to 200, each of another display name, in any order.
    public var rows: [ConnectionRow] = []
    /// Names of the fields that the rows have: "api_key", "labels", "record_of", "paused"; what
    /// others hold of
    /// connections that are there is kept. Default: all.
    public var updateMask: [String] = []
    /// Whether nothing is changed: the answer is the difference that the import would make.
    public var dryRun: Bool = false

    public init() {}

    public init(
        rows: [ConnectionRow] = [], updateMask: [String] = [], dryRun: Bool = false
    ) {
        self.rows = rows
        self.updateMask = updateMask
        self.dryRun = dryRun
    }
}

public struct ImportConnectionsResponse: WireMessage {
    public static let messageName = "tally.v1.ImportConnectionsResponse"

    /// The connections that change, in the order of the rows.
    public var differences: [ConnectionDifference] = []
    /// Rows that change nothing.
    public var unchangedCount: Int32 = 0

    public init() {}

    public init(
        differences: [ConnectionDifference] = [], unchangedCount: Int32 = 0
    ) {
        self.differences = differences
        self.unchangedCount = unchangedCount
    }
}

/// What an import changes of one connection.
public struct ConnectionDifference: WireMessage {
    /// What becomes of it.
    public struct Action: RawRepresentable, CaseIterable, Hashable, Sendable {
        public let rawValue: Int32

        public init(rawValue: Int32) {
            self.rawValue = rawValue
        }

        /// Never sent.
        public static let unspecified = Self(rawValue: 0)
        /// It is new.
        public static let created = Self(rawValue: 1)
        /// It changes.
        public static let changed = Self(rawValue: 2)

        /// Every value that the contract names, in its order.
        public static let allCases: [Self] = [
            .unspecified, .created, .changed,
        ]

        /// The name in the contract; nil for a value that it does not know.
        public var name: String? {
            switch rawValue {
            case 0: "ACTION_UNSPECIFIED"
            case 1: "ACTION_CREATED"
            case 2: "ACTION_CHANGED"
            default: nil
            }
        }
    }

    public static let messageName = "tally.v1.ConnectionDifference"

    /// Its display name.
    public var displayName: String = ""
    /// What becomes of it.
    public var action: ConnectionDifference.Action = ConnectionDifference.Action(rawValue: 0)
    /// What changes, in the order of the fields of ConnectionRow; of a new one, what is not empty.
    /// Of a key the
    /// last four characters.
    public var fields: [FieldDifference] = []
    /// Where it gets a key: display names of others that have the same one, rows of the import
    /// included, up to
    /// 100. What more than one of them is the record of is read by each, and counts once.
    public var sameKeyAs: [String] = []

    public init() {}

    public init(
        displayName: String = "",
        action: ConnectionDifference.Action = ConnectionDifference.Action(rawValue: 0),
        fields: [FieldDifference] = [], sameKeyAs: [String] = []
    ) {
        self.displayName = displayName
        self.action = action
        self.fields = fields
        self.sameKeyAs = sameKeyAs
    }
}

/// Which connections a list shows: those that pass every part which is given.
public struct ConnectionFilter: WireMessage {
    public static let messageName = "tally.v1.ConnectionFilter"

    /// Of any of these providers; empty: of all.
    public var providers: [Provider] = []
    /// Whose health is any of these; empty: all. Deleted ones come with show_deleted only.
    public var healths: [ConnectionHealth] = []
    /// That have all of these labels, at most 20; one without a value stands for any value of its
    /// key.
    public var labels: [Label] = []
    /// That are the record of at least this; unspecified: all. RECORD_OF_BILLING shows those of
    /// both, too.
    public var recordOf: RecordOf = RecordOf(rawValue: 0)
    /// Whose display name or key hint has this in it, whatever the case of ASCII letters; at most
    /// 200
    /// characters. Empty: all.
    public var search: String = ""

    public init() {}

    public init(
        providers: [Provider] = [], healths: [ConnectionHealth] = [], labels: [Label] = [],
        recordOf: RecordOf = RecordOf(rawValue: 0), search: String = ""
    ) {
        self.providers = providers
        self.healths = healths
        self.labels = labels
        self.recordOf = recordOf
        self.search = search
    }
}

public struct ListConnectionsRequest: WireMessage {
    public static let messageName = "tally.v1.ListConnectionsRequest"

    /// 1 to 1000. Default 100.
    public var pageSize: Int32 = 0
    /// next_page_token of the previous answer, for the same order; empty for the first page.
    public var pageToken: String = ""
    /// Default: all that are not deleted.
    public var filter: ConnectionFilter?
    /// "display_name", "provider", "health" (by number), "create_time" or "last_success_time"
    /// (never first),
    /// with " asc" or " desc" behind it; ties by id. Default: "display_name". A page goes on behind
    /// the last
    /// connection of the one before: what is made, deleted or changed meanwhile shifts none of the
    /// others.
    public var orderBy: String = ""
    /// Whether deleted connections are shown, too.
    public var showDeleted: Bool = false

    public init() {}

    public init(
        pageSize: Int32 = 0, pageToken: String = "", filter: ConnectionFilter? = nil,
        orderBy: String = "", showDeleted: Bool = false
    ) {
        self.pageSize = pageSize
        self.pageToken = pageToken
        self.filter = filter
        self.orderBy = orderBy
        self.showDeleted = showDeleted
    }
}

public struct ListConnectionsResponse: WireMessage {
    public static let messageName = "tally.v1.ListConnectionsResponse"

    /// In the order that was asked for.
    public var connections: [Connection] = []
    /// Token of the next page; empty on the last.
    public var nextPageToken: String = ""

    public init() {}

    public init(
        connections: [Connection] = [], nextPageToken: String = ""
    ) {
        self.connections = connections
        self.nextPageToken = nextPageToken
    }
}

public struct SummarizeConnectionsRequest: WireMessage {
    public static let messageName = "tally.v1.SummarizeConnectionsRequest"

    /// Default: all. Deleted ones never pass.
    public var filter: ConnectionFilter?

    public init() {}

    public init(
        filter: ConnectionFilter? = nil
    ) {
        self.filter = filter
    }
}

/// How some connections are doing. Reports are those that ListConnections shows of them, lists and
/// activity included
/// where nothing else is said; none is waited for of a connection that is paused.
public struct SummarizeConnectionsResponse: WireMessage {
    /// Connections of one health.
    public struct HealthCount: WireMessage {
        public static let messageName = "tally.v1.SummarizeConnectionsResponse.HealthCount"

        /// As Connection.health.
        public var health: ConnectionHealth = ConnectionHealth(rawValue: 0)
        /// At least 1.
        public var connections: Int32 = 0

        public init() {}

        public init(
            health: ConnectionHealth = ConnectionHealth(rawValue: 0), connections: Int32 = 0
        ) {
            self.health = health
            self.connections = connections
        }
    }

    /// Connections of one provider.
    public struct ProviderCount: WireMessage {
        public static let messageName = "tally.v1.SummarizeConnectionsResponse.ProviderCount"

        /// Whose accounts they are.
        public var provider: Provider = Provider(rawValue: 0)
        /// At least 1.
        public var connections: Int32 = 0

        public init() {}

        public init(
            provider: Provider = Provider(rawValue: 0), connections: Int32 = 0
        ) {
            self.provider = provider
            self.connections = connections
        }
    }

    /// Connections that need an admin for one reason.
    public struct Attention: WireMessage {
        public static let messageName = "tally.v1.SummarizeConnectionsResponse.Attention"

        /// Stable and in UPPER_SNAKE, as ConnectionReport.set_aside_reason; KEY_REFUSED also of
        /// connections of which no
        /// report is set aside yet.
        public var reason: String = ""
        /// At least 1. One that has several reasons counts under each.
        public var connections: Int32 = 0

        public init() {}

        public init(
            reason: String = "", connections: Int32 = 0
        ) {
            self.reason = reason
            self.connections = connections
        }
    }

    public static let messageName = "tally.v1.SummarizeConnectionsResponse"

    /// All that pass, paused ones included.
    public var connections: Int32 = 0
    /// By number, each health that one of them has. They add up to all that pass; paused ones are
    /// among them.
    public var healths: [SummarizeConnectionsResponse.HealthCount] = []
    /// By number, each provider that one of them is of. They add up to all that pass.
    public var providers: [SummarizeConnectionsResponse.ProviderCount] = []
    /// Those of which no pull of any report has succeeded yet, paused or not.
    public var neverSynced: Int32 = 0
    /// The last successful pull that is longest ago: the earliest Connection.last_success_time of
    /// those that have one
    /// and are not paused. Absent where none is.
    public var oldestSuccessTime: Timestamp?
    /// The latest, likewise.
    public var newestSuccessTime: Timestamp?
    /// When the next pull is due: the earliest Connection.next_run_time, in the past where it waits
    /// for a worker.
    public var nextRunTime: Timestamp?
    /// Those that go on only once somebody acts: the provider refuses the key, or a report of usage
    /// or costs is set aside.
    /// Others that fail are tried again by themselves; late ones want a worker, which is the
    /// operator's.
    public var needAdmin: Int32 = 0
    /// Why, by reason.
    public var attentions: [SummarizeConnectionsResponse.Attention] = []
    /// Reports whose last pull failed, be it that they are tried again or not.
    public var reportsFailing: Int32 = 0
    /// Reports that are not pulled before somebody acts, of usage and costs.
    public var reportsSetAside: Int32 = 0
    /// Likewise, of lists and activity, for which no figure waits.
    public var listsSetAside: Int32 = 0
    /// Reports of which a pull runs now.
    public var reportsRunning: Int32 = 0

    public init() {}

    public init(
        connections: Int32 = 0, healths: [SummarizeConnectionsResponse.HealthCount] = [],
        providers: [SummarizeConnectionsResponse.ProviderCount] = [], neverSynced: Int32 = 0,
        oldestSuccessTime: Timestamp? = nil, newestSuccessTime: Timestamp? = nil,
        nextRunTime: Timestamp? = nil, needAdmin: Int32 = 0,
        attentions: [SummarizeConnectionsResponse.Attention] = [], reportsFailing: Int32 = 0,
        reportsSetAside: Int32 = 0, listsSetAside: Int32 = 0, reportsRunning: Int32 = 0
    ) {
        self.connections = connections
        self.healths = healths
        self.providers = providers
        self.neverSynced = neverSynced
        self.oldestSuccessTime = oldestSuccessTime
        self.newestSuccessTime = newestSuccessTime
        self.nextRunTime = nextRunTime
        self.needAdmin = needAdmin
        self.attentions = attentions
        self.reportsFailing = reportsFailing
        self.reportsSetAside = reportsSetAside
        self.listsSetAside = listsSetAside
        self.reportsRunning = reportsRunning
    }
}

public struct ListCodingActivityRequest: WireMessage {
    public static let messageName = "tally.v1.ListCodingActivityRequest"

    /// First day of UTC. Required.
    public var from: Date?
    /// Last day of UTC, included. At most 366 days after the first. Required.
    public var through: Date?
    /// Of one connection alone, by its id; empty for all.
    public var connectionID: String = ""
    /// 1 to 1000. Default 50.
    public var pageSize: Int32 = 0
    /// next_page_token of the previous answer; empty for the first page.
    public var pageToken: String = ""

    public init() {}

    public init(
        from: Date? = nil, through: Date? = nil, connectionID: String = "", pageSize: Int32 = 0,
        pageToken: String = ""
    ) {
        self.from = from
        self.through = through
        self.connectionID = connectionID
        self.pageSize = pageSize
        self.pageToken = pageToken
    }
}

public struct ListCodingActivityResponse: WireMessage {
    public static let messageName = "tally.v1.ListCodingActivityResponse"

    /// Each person, and each key of a program, once.
    public var activity: [CodingActivity] = []
    /// Token of the next page; empty on the last.
    public var nextPageToken: String = ""
    /// All days before this instant were read of each connection that is pulled for activity;
    /// absent where one was
    /// not read yet, or there is none.
    public var readThrough: Timestamp?

    public init() {}

    public init(
        activity: [CodingActivity] = [], nextPageToken: String = "", readThrough: Timestamp? = nil
    ) {
        self.activity = activity
        self.nextPageToken = nextPageToken
        self.readThrough = readThrough
    }
}

/// What one person, or program, did with coding tools.
public struct CodingActivity: WireMessage {
    public static let messageName = "tally.v1.CodingActivity"

    /// A person's e-mail address, or the name of a program's key, as the provider has it; a text in
    /// brackets that says so
    /// where it cannot be read.
    public var actor: String = ""
    /// Whether it is a person.
    public var person: Bool = false
    /// Days of UTC with any activity.
    public var days: Int64 = 0
    /// The last of them.
    public var lastDay: Date?
    /// Sessions that were begun.
    public var sessions: Int64 = 0
    /// Lines of code that were added with the tool.
    public var linesAdded: Int64 = 0
    /// Lines of code that were removed with it.
    public var linesRemoved: Int64 = 0
    /// Commits that were made with it.
    public var commits: Int64 = 0
    /// Pull requests that were opened with it.
    public var pullRequests: Int64 = 0
    /// Changes that the tool suggested, and that were taken.
    public var suggestionsAccepted: Int64 = 0
    /// Changes that the tool suggested, and that were not.
    public var suggestionsRejected: Int64 = 0
    /// Tokens read that came from no cache.
    public var inputTokens: Int64 = 0
    /// Tokens read from a cache.
    public var cacheReadTokens: Int64 = 0
    /// Tokens written to a cache.
    public var cacheWriteTokens: Int64 = 0
    /// Tokens written.
    public var outputTokens: Int64 = 0
    /// The provider's estimate of what these tokens cost, by currency; what was billed stands in
    /// reports of spend.
    public var estimatedCosts: [Money] = []

    public init() {}

    public init(
        actor: String = "", person: Bool = false, days: Int64 = 0, lastDay: Date? = nil,
        sessions: Int64 = 0, linesAdded: Int64 = 0, linesRemoved: Int64 = 0, commits: Int64 = 0,
        pullRequests: Int64 = 0, suggestionsAccepted: Int64 = 0, suggestionsRejected: Int64 = 0,
        inputTokens: Int64 = 0, cacheReadTokens: Int64 = 0, cacheWriteTokens: Int64 = 0,
        outputTokens: Int64 = 0, estimatedCosts: [Money] = []
    ) {
        self.actor = actor
        self.person = person
        self.days = days
        self.lastDay = lastDay
        self.sessions = sessions
        self.linesAdded = linesAdded
        self.linesRemoved = linesRemoved
        self.commits = commits
        self.pullRequests = pullRequests
        self.suggestionsAccepted = suggestionsAccepted
        self.suggestionsRejected = suggestionsRejected
        self.inputTokens = inputTokens
        self.cacheReadTokens = cacheReadTokens
        self.cacheWriteTokens = cacheWriteTokens
        self.outputTokens = outputTokens
        self.estimatedCosts = estimatedCosts
    }
}

extension Label {
    public init(
        serialized bytes: UnsafeRawBufferPointer, in arena: MessageArena
    ) throws {
        let descriptor = Self.descriptor
        try DecodeGuard.check(
            bytes, descriptor: descriptor, messageName: Self.messageName)
        let raw = try arena.unpack(
            bytes, as: Tally__V1__Label.self, descriptor: descriptor,
            messageName: Self.messageName)
        self = try withExtendedLifetime(arena) { try Self(raw) }
    }

    public func packed(in arena: MessageArena) -> PackedMessage {
        PackedMessage(pack(into: arena))
    }

    /// protobuf-c's description of the message, at its own address.
    static var descriptor: UnsafePointer<ProtobufCMessageDescriptor> {
        var raw = Tally__V1__Label()
        tally__v1__label__init(&raw)
        return raw.base.descriptor
    }

    /// The value of an unpacked message.
    init(_ raw: UnsafePointer<Tally__V1__Label>) throws {
        self.key = try MessageArena.string(
            raw.pointee.key, messageName: Self.messageName, field: "key")
        self.value = try MessageArena.string(
            raw.pointee.value, messageName: Self.messageName, field: "value")
    }

    /// The message as protobuf-c packs it; it lives as long as the arena.
    func pack(into arena: MessageArena) -> UnsafeMutablePointer<Tally__V1__Label> {
        let raw = arena.allocateMessage(Tally__V1__Label.self)
        tally__v1__label__init(raw)
        if !self.key.isEmpty {
            raw.pointee.key = arena.copy(self.key)
        }
        if !self.value.isEmpty {
            raw.pointee.value = arena.copy(self.value)
        }
        return raw
    }
}

extension Connection {
    public init(
        serialized bytes: UnsafeRawBufferPointer, in arena: MessageArena
    ) throws {
        let descriptor = Self.descriptor
        try DecodeGuard.check(
            bytes, descriptor: descriptor, messageName: Self.messageName)
        let raw = try arena.unpack(
            bytes, as: Tally__V1__Connection.self, descriptor: descriptor,
            messageName: Self.messageName)
        self = try withExtendedLifetime(arena) { try Self(raw) }
    }

    public func packed(in arena: MessageArena) -> PackedMessage {
        PackedMessage(pack(into: arena))
    }

    /// protobuf-c's description of the message, at its own address.
    static var descriptor: UnsafePointer<ProtobufCMessageDescriptor> {
        var raw = Tally__V1__Connection()
        tally__v1__connection__init(&raw)
        return raw.base.descriptor
    }

    /// The value of an unpacked message.
    init(_ raw: UnsafePointer<Tally__V1__Connection>) throws {
        self.id = try MessageArena.string(
            raw.pointee.id, messageName: Self.messageName, field: "id")
        self.provider = Provider(rawValue: Int32(truncatingIfNeeded: raw.pointee.provider.rawValue))
        self.displayName = try MessageArena.string(
            raw.pointee.display_name, messageName: Self.messageName, field: "display_name")
        self.health = ConnectionHealth(
            rawValue: Int32(truncatingIfNeeded: raw.pointee.health.rawValue))
        self.keyHint = try MessageArena.string(
            raw.pointee.key_hint, messageName: Self.messageName, field: "key_hint")
        self.backfillFrom = try raw.pointee.backfill_from.map { try Timestamp($0) }
        self.createTime = try raw.pointee.create_time.map { try Timestamp($0) }
        self.lastSuccessTime = try raw.pointee.last_success_time.map { try Timestamp($0) }
        self.usageThrough = try raw.pointee.usage_through.map { try Timestamp($0) }
        self.costsThrough = try raw.pointee.costs_through.map { try Timestamp($0) }
        self.lastError = try MessageArena.string(
            raw.pointee.last_error, messageName: Self.messageName, field: "last_error")
        self.pagesRead = raw.pointee.pages_read
        self.etag = try MessageArena.string(
            raw.pointee.etag, messageName: Self.messageName, field: "etag")
        self.labels = try MessageArena.values(raw.pointee.labels, count: raw.pointee.n_labels) {
            try Label($0)
        }
        self.recordOf = RecordOf(
            rawValue: Int32(truncatingIfNeeded: raw.pointee.record_of.rawValue))
        self.pauseTime = try raw.pointee.pause_time.map { try Timestamp($0) }
        self.deleteTime = try raw.pointee.delete_time.map { try Timestamp($0) }
        self.account = try raw.pointee.account.map { try ConnectionAccount($0) }
        self.overlappingConnectionIds = try MessageArena.strings(
            raw.pointee.overlapping_connection_ids, count: raw.pointee.n_overlapping_connection_ids,
            messageName: Self.messageName, field: "overlapping_connection_ids")
        self.nextRunTime = try raw.pointee.next_run_time.map { try Timestamp($0) }
        self.lagSeconds = raw.pointee.lag_seconds
        self.finalThrough = try raw.pointee.final_through.map { try Timestamp($0) }
        self.reports = try MessageArena.values(raw.pointee.reports, count: raw.pointee.n_reports) {
            try ConnectionReport($0)
        }
        self.backfill = try raw.pointee.backfill.map { try ConnectionBackfill($0) }
    }

    /// The message as protobuf-c packs it; it lives as long as the arena.
    func pack(into arena: MessageArena) -> UnsafeMutablePointer<Tally__V1__Connection> {
        let raw = arena.allocateMessage(Tally__V1__Connection.self)
        tally__v1__connection__init(raw)
        if !self.id.isEmpty {
            raw.pointee.id = arena.copy(self.id)
        }
        raw.pointee.provider = .init(rawValue: .init(truncatingIfNeeded: self.provider.rawValue))
        if !self.displayName.isEmpty {
            raw.pointee.display_name = arena.copy(self.displayName)
        }
        raw.pointee.health = .init(rawValue: .init(truncatingIfNeeded: self.health.rawValue))
        if !self.keyHint.isEmpty {
            raw.pointee.key_hint = arena.copy(self.keyHint)
        }
        if let value = self.backfillFrom {
            raw.pointee.backfill_from = value.pack(into: arena)
        }
        if let value = self.createTime {
            raw.pointee.create_time = value.pack(into: arena)
        }
        if let value = self.lastSuccessTime {
            raw.pointee.last_success_time = value.pack(into: arena)
        }
        if let value = self.usageThrough {
            raw.pointee.usage_through = value.pack(into: arena)
        }
        if let value = self.costsThrough {
            raw.pointee.costs_through = value.pack(into: arena)
        }
        if !self.lastError.isEmpty {
            raw.pointee.last_error = arena.copy(self.lastError)
        }
        raw.pointee.pages_read = self.pagesRead
        if !self.etag.isEmpty {
            raw.pointee.etag = arena.copy(self.etag)
        }
        if !self.labels.isEmpty {
            raw.pointee.n_labels = self.labels.count
            raw.pointee.labels = arena.copy(self.labels) { $0.pack(into: arena) }
        }
        raw.pointee.record_of = .init(rawValue: .init(truncatingIfNeeded: self.recordOf.rawValue))
        if let value = self.pauseTime {
            raw.pointee.pause_time = value.pack(into: arena)
        }
        if let value = self.deleteTime {
            raw.pointee.delete_time = value.pack(into: arena)
        }
        if let value = self.account {
            raw.pointee.account = value.pack(into: arena)
        }
        if !self.overlappingConnectionIds.isEmpty {
            raw.pointee.n_overlapping_connection_ids = self.overlappingConnectionIds.count
            raw.pointee.overlapping_connection_ids = arena.copy(self.overlappingConnectionIds)
        }
        if let value = self.nextRunTime {
            raw.pointee.next_run_time = value.pack(into: arena)
        }
        raw.pointee.lag_seconds = self.lagSeconds
        if let value = self.finalThrough {
            raw.pointee.final_through = value.pack(into: arena)
        }
        if !self.reports.isEmpty {
            raw.pointee.n_reports = self.reports.count
            raw.pointee.reports = arena.copy(self.reports) { $0.pack(into: arena) }
        }
        if let value = self.backfill {
            raw.pointee.backfill = value.pack(into: arena)
        }
        return raw
    }
}

extension ConnectionReport {
    public init(
        serialized bytes: UnsafeRawBufferPointer, in arena: MessageArena
    ) throws {
        let descriptor = Self.descriptor
        try DecodeGuard.check(
            bytes, descriptor: descriptor, messageName: Self.messageName)
        let raw = try arena.unpack(
            bytes, as: Tally__V1__ConnectionReport.self, descriptor: descriptor,
            messageName: Self.messageName)
        self = try withExtendedLifetime(arena) { try Self(raw) }
    }

    public func packed(in arena: MessageArena) -> PackedMessage {
        PackedMessage(pack(into: arena))
    }

    /// protobuf-c's description of the message, at its own address.
    static var descriptor: UnsafePointer<ProtobufCMessageDescriptor> {
        var raw = Tally__V1__ConnectionReport()
        tally__v1__connection_report__init(&raw)
        return raw.base.descriptor
    }

    /// The value of an unpacked message.
    init(_ raw: UnsafePointer<Tally__V1__ConnectionReport>) throws {
        self.name = try MessageArena.string(
            raw.pointee.name, messageName: Self.messageName, field: "name")
        self.health = ConnectionHealth(
            rawValue: Int32(truncatingIfNeeded: raw.pointee.health.rawValue))
        self.through = try raw.pointee.through.map { try Timestamp($0) }
        self.finalThrough = try raw.pointee.final_through.map { try Timestamp($0) }
        self.lagSeconds = raw.pointee.lag_seconds
        self.lastSuccessTime = try raw.pointee.last_success_time.map { try Timestamp($0) }
        self.lastError = try MessageArena.string(
            raw.pointee.last_error, messageName: Self.messageName, field: "last_error")
        self.nextRunTime = try raw.pointee.next_run_time.map { try Timestamp($0) }
        self.running = raw.pointee.running != 0
        self.setAsideReason = try MessageArena.string(
            raw.pointee.set_aside_reason, messageName: Self.messageName, field: "set_aside_reason")
        self.pagesRead = raw.pointee.pages_read
    }

    /// The message as protobuf-c packs it; it lives as long as the arena.
    func pack(into arena: MessageArena) -> UnsafeMutablePointer<Tally__V1__ConnectionReport> {
        let raw = arena.allocateMessage(Tally__V1__ConnectionReport.self)
        tally__v1__connection_report__init(raw)
        if !self.name.isEmpty {
            raw.pointee.name = arena.copy(self.name)
        }
        raw.pointee.health = .init(rawValue: .init(truncatingIfNeeded: self.health.rawValue))
        if let value = self.through {
            raw.pointee.through = value.pack(into: arena)
        }
        if let value = self.finalThrough {
            raw.pointee.final_through = value.pack(into: arena)
        }
        raw.pointee.lag_seconds = self.lagSeconds
        if let value = self.lastSuccessTime {
            raw.pointee.last_success_time = value.pack(into: arena)
        }
        if !self.lastError.isEmpty {
            raw.pointee.last_error = arena.copy(self.lastError)
        }
        if let value = self.nextRunTime {
            raw.pointee.next_run_time = value.pack(into: arena)
        }
        raw.pointee.running = self.running ? 1 : 0
        if !self.setAsideReason.isEmpty {
            raw.pointee.set_aside_reason = arena.copy(self.setAsideReason)
        }
        raw.pointee.pages_read = self.pagesRead
        return raw
    }
}

extension ConnectionRun {
    public init(
        serialized bytes: UnsafeRawBufferPointer, in arena: MessageArena
    ) throws {
        let descriptor = Self.descriptor
        try DecodeGuard.check(
            bytes, descriptor: descriptor, messageName: Self.messageName)
        let raw = try arena.unpack(
            bytes, as: Tally__V1__ConnectionRun.self, descriptor: descriptor,
            messageName: Self.messageName)
        self = try withExtendedLifetime(arena) { try Self(raw) }
    }

    public func packed(in arena: MessageArena) -> PackedMessage {
        PackedMessage(pack(into: arena))
    }

    /// protobuf-c's description of the message, at its own address.
    static var descriptor: UnsafePointer<ProtobufCMessageDescriptor> {
        var raw = Tally__V1__ConnectionRun()
        tally__v1__connection_run__init(&raw)
        return raw.base.descriptor
    }

    /// The value of an unpacked message.
    init(_ raw: UnsafePointer<Tally__V1__ConnectionRun>) throws {
        self.id = try MessageArena.string(
            raw.pointee.id, messageName: Self.messageName, field: "id")
        self.report = try MessageArena.string(
            raw.pointee.report, messageName: Self.messageName, field: "report")
        self.startTime = try raw.pointee.start_time.map { try Timestamp($0) }
        self.endTime = try raw.pointee.end_time.map { try Timestamp($0) }
        self.outcome = ConnectionRunOutcome(
            rawValue: Int32(truncatingIfNeeded: raw.pointee.outcome.rawValue))
        self.reason = try MessageArena.string(
            raw.pointee.reason, messageName: Self.messageName, field: "reason")
        self.detail = try MessageArena.string(
            raw.pointee.detail, messageName: Self.messageName, field: "detail")
        self.pages = raw.pointee.pages
        self.rowsRecorded = raw.pointee.rows_recorded
        self.rowsCorrected = raw.pointee.rows_corrected
        self.rowsUnchanged = raw.pointee.rows_unchanged
        self.rowsRetracted = raw.pointee.rows_retracted
        self.through = try raw.pointee.through.map { try Timestamp($0) }
        self.worker = try MessageArena.string(
            raw.pointee.worker, messageName: Self.messageName, field: "worker")
        self.rowsContradicted = raw.pointee.rows_contradicted
    }

    /// The message as protobuf-c packs it; it lives as long as the arena.
    func pack(into arena: MessageArena) -> UnsafeMutablePointer<Tally__V1__ConnectionRun> {
        let raw = arena.allocateMessage(Tally__V1__ConnectionRun.self)
        tally__v1__connection_run__init(raw)
        if !self.id.isEmpty {
            raw.pointee.id = arena.copy(self.id)
        }
        if !self.report.isEmpty {
            raw.pointee.report = arena.copy(self.report)
        }
        if let value = self.startTime {
            raw.pointee.start_time = value.pack(into: arena)
        }
        if let value = self.endTime {
            raw.pointee.end_time = value.pack(into: arena)
        }
        raw.pointee.outcome = .init(rawValue: .init(truncatingIfNeeded: self.outcome.rawValue))
        if !self.reason.isEmpty {
            raw.pointee.reason = arena.copy(self.reason)
        }
        if !self.detail.isEmpty {
            raw.pointee.detail = arena.copy(self.detail)
        }
        raw.pointee.pages = self.pages
        raw.pointee.rows_recorded = self.rowsRecorded
        raw.pointee.rows_corrected = self.rowsCorrected
        raw.pointee.rows_unchanged = self.rowsUnchanged
        raw.pointee.rows_retracted = self.rowsRetracted
        if let value = self.through {
            raw.pointee.through = value.pack(into: arena)
        }
        if !self.worker.isEmpty {
            raw.pointee.worker = arena.copy(self.worker)
        }
        raw.pointee.rows_contradicted = self.rowsContradicted
        return raw
    }
}

extension ListConnectionRunsRequest {
    public init(
        serialized bytes: UnsafeRawBufferPointer, in arena: MessageArena
    ) throws {
        let descriptor = Self.descriptor
        try DecodeGuard.check(
            bytes, descriptor: descriptor, messageName: Self.messageName)
        let raw = try arena.unpack(
            bytes, as: Tally__V1__ListConnectionRunsRequest.self, descriptor: descriptor,
            messageName: Self.messageName)
        self = try withExtendedLifetime(arena) { try Self(raw) }
    }

    public func packed(in arena: MessageArena) -> PackedMessage {
        PackedMessage(pack(into: arena))
    }

    /// protobuf-c's description of the message, at its own address.
    static var descriptor: UnsafePointer<ProtobufCMessageDescriptor> {
        var raw = Tally__V1__ListConnectionRunsRequest()
        tally__v1__list_connection_runs_request__init(&raw)
        return raw.base.descriptor
    }

    /// The value of an unpacked message.
    init(_ raw: UnsafePointer<Tally__V1__ListConnectionRunsRequest>) throws {
        self.id = try MessageArena.string(
            raw.pointee.id, messageName: Self.messageName, field: "id")
        self.report = try MessageArena.string(
            raw.pointee.report, messageName: Self.messageName, field: "report")
        self.pageSize = raw.pointee.page_size
        self.pageToken = try MessageArena.string(
            raw.pointee.page_token, messageName: Self.messageName, field: "page_token")
    }

    /// The message as protobuf-c packs it; it lives as long as the arena.
    func pack(into arena: MessageArena) -> UnsafeMutablePointer<
        Tally__V1__ListConnectionRunsRequest
    > {
        let raw = arena.allocateMessage(Tally__V1__ListConnectionRunsRequest.self)
        tally__v1__list_connection_runs_request__init(raw)
        if !self.id.isEmpty {
            raw.pointee.id = arena.copy(self.id)
        }
        if !self.report.isEmpty {
            raw.pointee.report = arena.copy(self.report)
        }
        raw.pointee.page_size = self.pageSize
        if !self.pageToken.isEmpty {
            raw.pointee.page_token = arena.copy(self.pageToken)
        }
        return raw
    }
}

extension ListConnectionRunsResponse {
    public init(
        serialized bytes: UnsafeRawBufferPointer, in arena: MessageArena
    ) throws {
        let descriptor = Self.descriptor
        try DecodeGuard.check(
            bytes, descriptor: descriptor, messageName: Self.messageName)
        let raw = try arena.unpack(
            bytes, as: Tally__V1__ListConnectionRunsResponse.self, descriptor: descriptor,
            messageName: Self.messageName)
        self = try withExtendedLifetime(arena) { try Self(raw) }
    }

    public func packed(in arena: MessageArena) -> PackedMessage {
        PackedMessage(pack(into: arena))
    }

    /// protobuf-c's description of the message, at its own address.
    static var descriptor: UnsafePointer<ProtobufCMessageDescriptor> {
        var raw = Tally__V1__ListConnectionRunsResponse()
        tally__v1__list_connection_runs_response__init(&raw)
        return raw.base.descriptor
    }

    /// The value of an unpacked message.
    init(_ raw: UnsafePointer<Tally__V1__ListConnectionRunsResponse>) throws {
        self.runs = try MessageArena.values(raw.pointee.runs, count: raw.pointee.n_runs) {
            try ConnectionRun($0)
        }
        self.nextPageToken = try MessageArena.string(
            raw.pointee.next_page_token, messageName: Self.messageName, field: "next_page_token")
    }

    /// The message as protobuf-c packs it; it lives as long as the arena.
    func pack(into arena: MessageArena) -> UnsafeMutablePointer<
        Tally__V1__ListConnectionRunsResponse
    > {
        let raw = arena.allocateMessage(Tally__V1__ListConnectionRunsResponse.self)
        tally__v1__list_connection_runs_response__init(raw)
        if !self.runs.isEmpty {
            raw.pointee.n_runs = self.runs.count
            raw.pointee.runs = arena.copy(self.runs) { $0.pack(into: arena) }
        }
        if !self.nextPageToken.isEmpty {
            raw.pointee.next_page_token = arena.copy(self.nextPageToken)
        }
        return raw
    }
}

extension BackfillConnectionRequest {
    public init(
        serialized bytes: UnsafeRawBufferPointer, in arena: MessageArena
    ) throws {
        let descriptor = Self.descriptor
        try DecodeGuard.check(
            bytes, descriptor: descriptor, messageName: Self.messageName)
        let raw = try arena.unpack(
            bytes, as: Tally__V1__BackfillConnectionRequest.self, descriptor: descriptor,
            messageName: Self.messageName)
        self = try withExtendedLifetime(arena) { try Self(raw) }
    }

    public func packed(in arena: MessageArena) -> PackedMessage {
        PackedMessage(pack(into: arena))
    }

    /// protobuf-c's description of the message, at its own address.
    static var descriptor: UnsafePointer<ProtobufCMessageDescriptor> {
        var raw = Tally__V1__BackfillConnectionRequest()
        tally__v1__backfill_connection_request__init(&raw)
        return raw.base.descriptor
    }

    /// The value of an unpacked message.
    init(_ raw: UnsafePointer<Tally__V1__BackfillConnectionRequest>) throws {
        self.id = try MessageArena.string(
            raw.pointee.id, messageName: Self.messageName, field: "id")
        self.from = try raw.pointee.from.map { try Timestamp($0) }
        self.through = try raw.pointee.through.map { try Timestamp($0) }
    }

    /// The message as protobuf-c packs it; it lives as long as the arena.
    func pack(into arena: MessageArena) -> UnsafeMutablePointer<
        Tally__V1__BackfillConnectionRequest
    > {
        let raw = arena.allocateMessage(Tally__V1__BackfillConnectionRequest.self)
        tally__v1__backfill_connection_request__init(raw)
        if !self.id.isEmpty {
            raw.pointee.id = arena.copy(self.id)
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

extension ConnectionBackfill {
    public init(
        serialized bytes: UnsafeRawBufferPointer, in arena: MessageArena
    ) throws {
        let descriptor = Self.descriptor
        try DecodeGuard.check(
            bytes, descriptor: descriptor, messageName: Self.messageName)
        let raw = try arena.unpack(
            bytes, as: Tally__V1__ConnectionBackfill.self, descriptor: descriptor,
            messageName: Self.messageName)
        self = try withExtendedLifetime(arena) { try Self(raw) }
    }

    public func packed(in arena: MessageArena) -> PackedMessage {
        PackedMessage(pack(into: arena))
    }

    /// protobuf-c's description of the message, at its own address.
    static var descriptor: UnsafePointer<ProtobufCMessageDescriptor> {
        var raw = Tally__V1__ConnectionBackfill()
        tally__v1__connection_backfill__init(&raw)
        return raw.base.descriptor
    }

    /// The value of an unpacked message.
    init(_ raw: UnsafePointer<Tally__V1__ConnectionBackfill>) throws {
        self.id = try MessageArena.string(
            raw.pointee.id, messageName: Self.messageName, field: "id")
        self.from = try raw.pointee.from.map { try Timestamp($0) }
        self.through = try raw.pointee.through.map { try Timestamp($0) }
        self.state = ConnectionBackfill.State(
            rawValue: Int32(truncatingIfNeeded: raw.pointee.state.rawValue))
        self.percent = raw.pointee.percent
        self.reports = try MessageArena.values(raw.pointee.reports, count: raw.pointee.n_reports) {
            try ConnectionBackfill.Report($0)
        }
        self.createTime = try raw.pointee.create_time.map { try Timestamp($0) }
        self.endTime = try raw.pointee.end_time.map { try Timestamp($0) }
    }

    /// The message as protobuf-c packs it; it lives as long as the arena.
    func pack(into arena: MessageArena) -> UnsafeMutablePointer<Tally__V1__ConnectionBackfill> {
        let raw = arena.allocateMessage(Tally__V1__ConnectionBackfill.self)
        tally__v1__connection_backfill__init(raw)
        if !self.id.isEmpty {
            raw.pointee.id = arena.copy(self.id)
        }
        if let value = self.from {
            raw.pointee.from = value.pack(into: arena)
        }
        if let value = self.through {
            raw.pointee.through = value.pack(into: arena)
        }
        raw.pointee.state = .init(rawValue: .init(truncatingIfNeeded: self.state.rawValue))
        raw.pointee.percent = self.percent
        if !self.reports.isEmpty {
            raw.pointee.n_reports = self.reports.count
            raw.pointee.reports = arena.copy(self.reports) { $0.pack(into: arena) }
        }
        if let value = self.createTime {
            raw.pointee.create_time = value.pack(into: arena)
        }
        if let value = self.endTime {
            raw.pointee.end_time = value.pack(into: arena)
        }
        return raw
    }
}

extension ConnectionBackfill.Report {
    public init(
        serialized bytes: UnsafeRawBufferPointer, in arena: MessageArena
    ) throws {
        let descriptor = Self.descriptor
        try DecodeGuard.check(
            bytes, descriptor: descriptor, messageName: Self.messageName)
        let raw = try arena.unpack(
            bytes, as: Tally__V1__ConnectionBackfill__Report.self, descriptor: descriptor,
            messageName: Self.messageName)
        self = try withExtendedLifetime(arena) { try Self(raw) }
    }

    public func packed(in arena: MessageArena) -> PackedMessage {
        PackedMessage(pack(into: arena))
    }

    /// protobuf-c's description of the message, at its own address.
    static var descriptor: UnsafePointer<ProtobufCMessageDescriptor> {
        var raw = Tally__V1__ConnectionBackfill__Report()
        tally__v1__connection_backfill__report__init(&raw)
        return raw.base.descriptor
    }

    /// The value of an unpacked message.
    init(_ raw: UnsafePointer<Tally__V1__ConnectionBackfill__Report>) throws {
        self.name = try MessageArena.string(
            raw.pointee.name, messageName: Self.messageName, field: "name")
        self.state = ConnectionBackfill.State(
            rawValue: Int32(truncatingIfNeeded: raw.pointee.state.rawValue))
        self.readFrom = try raw.pointee.read_from.map { try Timestamp($0) }
        self.readThrough = try raw.pointee.read_through.map { try Timestamp($0) }
        self.days = raw.pointee.days
        self.daysRead = raw.pointee.days_read
        self.percent = raw.pointee.percent
        self.pages = raw.pointee.pages
        self.rowsRecorded = raw.pointee.rows_recorded
        self.rowsCorrected = raw.pointee.rows_corrected
        self.rowsUnchanged = raw.pointee.rows_unchanged
        self.rowsRetracted = raw.pointee.rows_retracted
        self.lastError = try MessageArena.string(
            raw.pointee.last_error, messageName: Self.messageName, field: "last_error")
        self.setAsideReason = try MessageArena.string(
            raw.pointee.set_aside_reason, messageName: Self.messageName, field: "set_aside_reason")
    }

    /// The message as protobuf-c packs it; it lives as long as the arena.
    func pack(into arena: MessageArena) -> UnsafeMutablePointer<
        Tally__V1__ConnectionBackfill__Report
    > {
        let raw = arena.allocateMessage(Tally__V1__ConnectionBackfill__Report.self)
        tally__v1__connection_backfill__report__init(raw)
        if !self.name.isEmpty {
            raw.pointee.name = arena.copy(self.name)
        }
        raw.pointee.state = .init(rawValue: .init(truncatingIfNeeded: self.state.rawValue))
        if let value = self.readFrom {
            raw.pointee.read_from = value.pack(into: arena)
        }
        if let value = self.readThrough {
            raw.pointee.read_through = value.pack(into: arena)
        }
        raw.pointee.days = self.days
        raw.pointee.days_read = self.daysRead
        raw.pointee.percent = self.percent
        raw.pointee.pages = self.pages
        raw.pointee.rows_recorded = self.rowsRecorded
        raw.pointee.rows_corrected = self.rowsCorrected
        raw.pointee.rows_unchanged = self.rowsUnchanged
        raw.pointee.rows_retracted = self.rowsRetracted
        if !self.lastError.isEmpty {
            raw.pointee.last_error = arena.copy(self.lastError)
        }
        if !self.setAsideReason.isEmpty {
            raw.pointee.set_aside_reason = arena.copy(self.setAsideReason)
        }
        return raw
    }
}

extension ChangeConnectionBackfillRequest {
    public init(
        serialized bytes: UnsafeRawBufferPointer, in arena: MessageArena
    ) throws {
        let descriptor = Self.descriptor
        try DecodeGuard.check(
            bytes, descriptor: descriptor, messageName: Self.messageName)
        let raw = try arena.unpack(
            bytes, as: Tally__V1__ChangeConnectionBackfillRequest.self, descriptor: descriptor,
            messageName: Self.messageName)
        self = try withExtendedLifetime(arena) { try Self(raw) }
    }

    public func packed(in arena: MessageArena) -> PackedMessage {
        PackedMessage(pack(into: arena))
    }

    /// protobuf-c's description of the message, at its own address.
    static var descriptor: UnsafePointer<ProtobufCMessageDescriptor> {
        var raw = Tally__V1__ChangeConnectionBackfillRequest()
        tally__v1__change_connection_backfill_request__init(&raw)
        return raw.base.descriptor
    }

    /// The value of an unpacked message.
    init(_ raw: UnsafePointer<Tally__V1__ChangeConnectionBackfillRequest>) throws {
        self.id = try MessageArena.string(
            raw.pointee.id, messageName: Self.messageName, field: "id")
        self.action = ChangeConnectionBackfillRequest.Action(
            rawValue: Int32(truncatingIfNeeded: raw.pointee.action.rawValue))
    }

    /// The message as protobuf-c packs it; it lives as long as the arena.
    func pack(into arena: MessageArena) -> UnsafeMutablePointer<
        Tally__V1__ChangeConnectionBackfillRequest
    > {
        let raw = arena.allocateMessage(Tally__V1__ChangeConnectionBackfillRequest.self)
        tally__v1__change_connection_backfill_request__init(raw)
        if !self.id.isEmpty {
            raw.pointee.id = arena.copy(self.id)
        }
        raw.pointee.action = .init(rawValue: .init(truncatingIfNeeded: self.action.rawValue))
        return raw
    }
}

extension ListConnectionBackfillsRequest {
    public init(
        serialized bytes: UnsafeRawBufferPointer, in arena: MessageArena
    ) throws {
        let descriptor = Self.descriptor
        try DecodeGuard.check(
            bytes, descriptor: descriptor, messageName: Self.messageName)
        let raw = try arena.unpack(
            bytes, as: Tally__V1__ListConnectionBackfillsRequest.self, descriptor: descriptor,
            messageName: Self.messageName)
        self = try withExtendedLifetime(arena) { try Self(raw) }
    }

    public func packed(in arena: MessageArena) -> PackedMessage {
        PackedMessage(pack(into: arena))
    }

    /// protobuf-c's description of the message, at its own address.
    static var descriptor: UnsafePointer<ProtobufCMessageDescriptor> {
        var raw = Tally__V1__ListConnectionBackfillsRequest()
        tally__v1__list_connection_backfills_request__init(&raw)
        return raw.base.descriptor
    }

    /// The value of an unpacked message.
    init(_ raw: UnsafePointer<Tally__V1__ListConnectionBackfillsRequest>) throws {
        self.id = try MessageArena.string(
            raw.pointee.id, messageName: Self.messageName, field: "id")
        self.pageSize = raw.pointee.page_size
        self.pageToken = try MessageArena.string(
            raw.pointee.page_token, messageName: Self.messageName, field: "page_token")
    }

    /// The message as protobuf-c packs it; it lives as long as the arena.
    func pack(into arena: MessageArena) -> UnsafeMutablePointer<
        Tally__V1__ListConnectionBackfillsRequest
    > {
        let raw = arena.allocateMessage(Tally__V1__ListConnectionBackfillsRequest.self)
        tally__v1__list_connection_backfills_request__init(raw)
        if !self.id.isEmpty {
            raw.pointee.id = arena.copy(self.id)
        }
        raw.pointee.page_size = self.pageSize
        if !self.pageToken.isEmpty {
            raw.pointee.page_token = arena.copy(self.pageToken)
        }
        return raw
    }
}

extension ListConnectionBackfillsResponse {
    public init(
        serialized bytes: UnsafeRawBufferPointer, in arena: MessageArena
    ) throws {
        let descriptor = Self.descriptor
        try DecodeGuard.check(
            bytes, descriptor: descriptor, messageName: Self.messageName)
        let raw = try arena.unpack(
            bytes, as: Tally__V1__ListConnectionBackfillsResponse.self, descriptor: descriptor,
            messageName: Self.messageName)
        self = try withExtendedLifetime(arena) { try Self(raw) }
    }

    public func packed(in arena: MessageArena) -> PackedMessage {
        PackedMessage(pack(into: arena))
    }

    /// protobuf-c's description of the message, at its own address.
    static var descriptor: UnsafePointer<ProtobufCMessageDescriptor> {
        var raw = Tally__V1__ListConnectionBackfillsResponse()
        tally__v1__list_connection_backfills_response__init(&raw)
        return raw.base.descriptor
    }

    /// The value of an unpacked message.
    init(_ raw: UnsafePointer<Tally__V1__ListConnectionBackfillsResponse>) throws {
        self.backfills = try MessageArena.values(
            raw.pointee.backfills, count: raw.pointee.n_backfills
        ) { try ConnectionBackfill($0) }
        self.nextPageToken = try MessageArena.string(
            raw.pointee.next_page_token, messageName: Self.messageName, field: "next_page_token")
    }

    /// The message as protobuf-c packs it; it lives as long as the arena.
    func pack(into arena: MessageArena) -> UnsafeMutablePointer<
        Tally__V1__ListConnectionBackfillsResponse
    > {
        let raw = arena.allocateMessage(Tally__V1__ListConnectionBackfillsResponse.self)
        tally__v1__list_connection_backfills_response__init(raw)
        if !self.backfills.isEmpty {
            raw.pointee.n_backfills = self.backfills.count
            raw.pointee.backfills = arena.copy(self.backfills) { $0.pack(into: arena) }
        }
        if !self.nextPageToken.isEmpty {
            raw.pointee.next_page_token = arena.copy(self.nextPageToken)
        }
        return raw
    }
}

extension SyncConnectionRequest {
    public init(
        serialized bytes: UnsafeRawBufferPointer, in arena: MessageArena
    ) throws {
        let descriptor = Self.descriptor
        try DecodeGuard.check(
            bytes, descriptor: descriptor, messageName: Self.messageName)
        let raw = try arena.unpack(
            bytes, as: Tally__V1__SyncConnectionRequest.self, descriptor: descriptor,
            messageName: Self.messageName)
        self = try withExtendedLifetime(arena) { try Self(raw) }
    }

    public func packed(in arena: MessageArena) -> PackedMessage {
        PackedMessage(pack(into: arena))
    }

    /// protobuf-c's description of the message, at its own address.
    static var descriptor: UnsafePointer<ProtobufCMessageDescriptor> {
        var raw = Tally__V1__SyncConnectionRequest()
        tally__v1__sync_connection_request__init(&raw)
        return raw.base.descriptor
    }

    /// The value of an unpacked message.
    init(_ raw: UnsafePointer<Tally__V1__SyncConnectionRequest>) throws {
        self.id = try MessageArena.string(
            raw.pointee.id, messageName: Self.messageName, field: "id")
        self.breakRest = raw.pointee.break_rest != 0
    }

    /// The message as protobuf-c packs it; it lives as long as the arena.
    func pack(into arena: MessageArena) -> UnsafeMutablePointer<Tally__V1__SyncConnectionRequest> {
        let raw = arena.allocateMessage(Tally__V1__SyncConnectionRequest.self)
        tally__v1__sync_connection_request__init(raw)
        if !self.id.isEmpty {
            raw.pointee.id = arena.copy(self.id)
        }
        raw.pointee.break_rest = self.breakRest ? 1 : 0
        return raw
    }
}

extension SyncConnectionResponse {
    public init(
        serialized bytes: UnsafeRawBufferPointer, in arena: MessageArena
    ) throws {
        let descriptor = Self.descriptor
        try DecodeGuard.check(
            bytes, descriptor: descriptor, messageName: Self.messageName)
        let raw = try arena.unpack(
            bytes, as: Tally__V1__SyncConnectionResponse.self, descriptor: descriptor,
            messageName: Self.messageName)
        self = try withExtendedLifetime(arena) { try Self(raw) }
    }

    public func packed(in arena: MessageArena) -> PackedMessage {
        PackedMessage(pack(into: arena))
    }

    /// protobuf-c's description of the message, at its own address.
    static var descriptor: UnsafePointer<ProtobufCMessageDescriptor> {
        var raw = Tally__V1__SyncConnectionResponse()
        tally__v1__sync_connection_response__init(&raw)
        return raw.base.descriptor
    }

    /// The value of an unpacked message.
    init(_ raw: UnsafePointer<Tally__V1__SyncConnectionResponse>) throws {
        self.reportsDue = try MessageArena.strings(
            raw.pointee.reports_due, count: raw.pointee.n_reports_due,
            messageName: Self.messageName, field: "reports_due")
        self.reportsRunning = try MessageArena.strings(
            raw.pointee.reports_running, count: raw.pointee.n_reports_running,
            messageName: Self.messageName, field: "reports_running")
        self.reportsWaiting = try MessageArena.strings(
            raw.pointee.reports_waiting, count: raw.pointee.n_reports_waiting,
            messageName: Self.messageName, field: "reports_waiting")
    }

    /// The message as protobuf-c packs it; it lives as long as the arena.
    func pack(into arena: MessageArena) -> UnsafeMutablePointer<Tally__V1__SyncConnectionResponse> {
        let raw = arena.allocateMessage(Tally__V1__SyncConnectionResponse.self)
        tally__v1__sync_connection_response__init(raw)
        if !self.reportsDue.isEmpty {
            raw.pointee.n_reports_due = self.reportsDue.count
            raw.pointee.reports_due = arena.copy(self.reportsDue)
        }
        if !self.reportsRunning.isEmpty {
            raw.pointee.n_reports_running = self.reportsRunning.count
            raw.pointee.reports_running = arena.copy(self.reportsRunning)
        }
        if !self.reportsWaiting.isEmpty {
            raw.pointee.n_reports_waiting = self.reportsWaiting.count
            raw.pointee.reports_waiting = arena.copy(self.reportsWaiting)
        }
        return raw
    }
}

extension GetWorkerStatusRequest {
    public init(
        serialized bytes: UnsafeRawBufferPointer, in arena: MessageArena
    ) throws {
        let descriptor = Self.descriptor
        try DecodeGuard.check(
            bytes, descriptor: descriptor, messageName: Self.messageName)
        let raw = try arena.unpack(
            bytes, as: Tally__V1__GetWorkerStatusRequest.self, descriptor: descriptor,
            messageName: Self.messageName)
        self = try withExtendedLifetime(arena) { try Self(raw) }
    }

    public func packed(in arena: MessageArena) -> PackedMessage {
        PackedMessage(pack(into: arena))
    }

    /// protobuf-c's description of the message, at its own address.
    static var descriptor: UnsafePointer<ProtobufCMessageDescriptor> {
        var raw = Tally__V1__GetWorkerStatusRequest()
        tally__v1__get_worker_status_request__init(&raw)
        return raw.base.descriptor
    }

    /// The value of an unpacked message.
    init(_ raw: UnsafePointer<Tally__V1__GetWorkerStatusRequest>) throws {
    }

    /// The message as protobuf-c packs it; it lives as long as the arena.
    func pack(into arena: MessageArena) -> UnsafeMutablePointer<Tally__V1__GetWorkerStatusRequest> {
        let raw = arena.allocateMessage(Tally__V1__GetWorkerStatusRequest.self)
        tally__v1__get_worker_status_request__init(raw)
        return raw
    }
}

extension WorkerStatus {
    public init(
        serialized bytes: UnsafeRawBufferPointer, in arena: MessageArena
    ) throws {
        let descriptor = Self.descriptor
        try DecodeGuard.check(
            bytes, descriptor: descriptor, messageName: Self.messageName)
        let raw = try arena.unpack(
            bytes, as: Tally__V1__WorkerStatus.self, descriptor: descriptor,
            messageName: Self.messageName)
        self = try withExtendedLifetime(arena) { try Self(raw) }
    }

    public func packed(in arena: MessageArena) -> PackedMessage {
        PackedMessage(pack(into: arena))
    }

    /// protobuf-c's description of the message, at its own address.
    static var descriptor: UnsafePointer<ProtobufCMessageDescriptor> {
        var raw = Tally__V1__WorkerStatus()
        tally__v1__worker_status__init(&raw)
        return raw.base.descriptor
    }

    /// The value of an unpacked message.
    init(_ raw: UnsafePointer<Tally__V1__WorkerStatus>) throws {
        self.queues = try MessageArena.values(raw.pointee.queues, count: raw.pointee.n_queues) {
            try WorkerStatus.Queue($0)
        }
        self.setAside = try MessageArena.values(
            raw.pointee.set_aside, count: raw.pointee.n_set_aside
        ) { try SetAsideJob($0) }
        self.workers = try MessageArena.values(raw.pointee.workers, count: raw.pointee.n_workers) {
            try WorkerStatus.Worker($0)
        }
    }

    /// The message as protobuf-c packs it; it lives as long as the arena.
    func pack(into arena: MessageArena) -> UnsafeMutablePointer<Tally__V1__WorkerStatus> {
        let raw = arena.allocateMessage(Tally__V1__WorkerStatus.self)
        tally__v1__worker_status__init(raw)
        if !self.queues.isEmpty {
            raw.pointee.n_queues = self.queues.count
            raw.pointee.queues = arena.copy(self.queues) { $0.pack(into: arena) }
        }
        if !self.setAside.isEmpty {
            raw.pointee.n_set_aside = self.setAside.count
            raw.pointee.set_aside = arena.copy(self.setAside) { $0.pack(into: arena) }
        }
        if !self.workers.isEmpty {
            raw.pointee.n_workers = self.workers.count
            raw.pointee.workers = arena.copy(self.workers) { $0.pack(into: arena) }
        }
        return raw
    }
}

extension WorkerStatus.Queue {
    public init(
        serialized bytes: UnsafeRawBufferPointer, in arena: MessageArena
    ) throws {
        let descriptor = Self.descriptor
        try DecodeGuard.check(
            bytes, descriptor: descriptor, messageName: Self.messageName)
        let raw = try arena.unpack(
            bytes, as: Tally__V1__WorkerStatus__Queue.self, descriptor: descriptor,
            messageName: Self.messageName)
        self = try withExtendedLifetime(arena) { try Self(raw) }
    }

    public func packed(in arena: MessageArena) -> PackedMessage {
        PackedMessage(pack(into: arena))
    }

    /// protobuf-c's description of the message, at its own address.
    static var descriptor: UnsafePointer<ProtobufCMessageDescriptor> {
        var raw = Tally__V1__WorkerStatus__Queue()
        tally__v1__worker_status__queue__init(&raw)
        return raw.base.descriptor
    }

    /// The value of an unpacked message.
    init(_ raw: UnsafePointer<Tally__V1__WorkerStatus__Queue>) throws {
        self.kind = try MessageArena.string(
            raw.pointee.kind, messageName: Self.messageName, field: "kind")
        self.priority = raw.pointee.priority
        self.due = raw.pointee.due
        self.running = raw.pointee.running
        self.waiting = raw.pointee.waiting
        self.setAside = raw.pointee.set_aside
        self.oldestDueTime = try raw.pointee.oldest_due_time.map { try Timestamp($0) }
    }

    /// The message as protobuf-c packs it; it lives as long as the arena.
    func pack(into arena: MessageArena) -> UnsafeMutablePointer<Tally__V1__WorkerStatus__Queue> {
        let raw = arena.allocateMessage(Tally__V1__WorkerStatus__Queue.self)
        tally__v1__worker_status__queue__init(raw)
        if !self.kind.isEmpty {
            raw.pointee.kind = arena.copy(self.kind)
        }
        raw.pointee.priority = self.priority
        raw.pointee.due = self.due
        raw.pointee.running = self.running
        raw.pointee.waiting = self.waiting
        raw.pointee.set_aside = self.setAside
        if let value = self.oldestDueTime {
            raw.pointee.oldest_due_time = value.pack(into: arena)
        }
        return raw
    }
}

extension WorkerStatus.Worker {
    public init(
        serialized bytes: UnsafeRawBufferPointer, in arena: MessageArena
    ) throws {
        let descriptor = Self.descriptor
        try DecodeGuard.check(
            bytes, descriptor: descriptor, messageName: Self.messageName)
        let raw = try arena.unpack(
            bytes, as: Tally__V1__WorkerStatus__Worker.self, descriptor: descriptor,
            messageName: Self.messageName)
        self = try withExtendedLifetime(arena) { try Self(raw) }
    }

    public func packed(in arena: MessageArena) -> PackedMessage {
        PackedMessage(pack(into: arena))
    }

    /// protobuf-c's description of the message, at its own address.
    static var descriptor: UnsafePointer<ProtobufCMessageDescriptor> {
        var raw = Tally__V1__WorkerStatus__Worker()
        tally__v1__worker_status__worker__init(&raw)
        return raw.base.descriptor
    }

    /// The value of an unpacked message.
    init(_ raw: UnsafePointer<Tally__V1__WorkerStatus__Worker>) throws {
        self.name = try MessageArena.string(
            raw.pointee.name, messageName: Self.messageName, field: "name")
        self.jobs = raw.pointee.jobs
        self.heartbeatTime = try raw.pointee.heartbeat_time.map { try Timestamp($0) }
    }

    /// The message as protobuf-c packs it; it lives as long as the arena.
    func pack(into arena: MessageArena) -> UnsafeMutablePointer<Tally__V1__WorkerStatus__Worker> {
        let raw = arena.allocateMessage(Tally__V1__WorkerStatus__Worker.self)
        tally__v1__worker_status__worker__init(raw)
        if !self.name.isEmpty {
            raw.pointee.name = arena.copy(self.name)
        }
        raw.pointee.jobs = self.jobs
        if let value = self.heartbeatTime {
            raw.pointee.heartbeat_time = value.pack(into: arena)
        }
        return raw
    }
}

extension SetAsideJob {
    public init(
        serialized bytes: UnsafeRawBufferPointer, in arena: MessageArena
    ) throws {
        let descriptor = Self.descriptor
        try DecodeGuard.check(
            bytes, descriptor: descriptor, messageName: Self.messageName)
        let raw = try arena.unpack(
            bytes, as: Tally__V1__SetAsideJob.self, descriptor: descriptor,
            messageName: Self.messageName)
        self = try withExtendedLifetime(arena) { try Self(raw) }
    }

    public func packed(in arena: MessageArena) -> PackedMessage {
        PackedMessage(pack(into: arena))
    }

    /// protobuf-c's description of the message, at its own address.
    static var descriptor: UnsafePointer<ProtobufCMessageDescriptor> {
        var raw = Tally__V1__SetAsideJob()
        tally__v1__set_aside_job__init(&raw)
        return raw.base.descriptor
    }

    /// The value of an unpacked message.
    init(_ raw: UnsafePointer<Tally__V1__SetAsideJob>) throws {
        self.id = try MessageArena.string(
            raw.pointee.id, messageName: Self.messageName, field: "id")
        self.organization = try MessageArena.string(
            raw.pointee.organization, messageName: Self.messageName, field: "organization")
        self.kind = try MessageArena.string(
            raw.pointee.kind, messageName: Self.messageName, field: "kind")
        self.reason = try MessageArena.string(
            raw.pointee.reason, messageName: Self.messageName, field: "reason")
        self.setAsideTime = try raw.pointee.set_aside_time.map { try Timestamp($0) }
    }

    /// The message as protobuf-c packs it; it lives as long as the arena.
    func pack(into arena: MessageArena) -> UnsafeMutablePointer<Tally__V1__SetAsideJob> {
        let raw = arena.allocateMessage(Tally__V1__SetAsideJob.self)
        tally__v1__set_aside_job__init(raw)
        if !self.id.isEmpty {
            raw.pointee.id = arena.copy(self.id)
        }
        if !self.organization.isEmpty {
            raw.pointee.organization = arena.copy(self.organization)
        }
        if !self.kind.isEmpty {
            raw.pointee.kind = arena.copy(self.kind)
        }
        if !self.reason.isEmpty {
            raw.pointee.reason = arena.copy(self.reason)
        }
        if let value = self.setAsideTime {
            raw.pointee.set_aside_time = value.pack(into: arena)
        }
        return raw
    }
}

extension ReviveJobsRequest {
    public init(
        serialized bytes: UnsafeRawBufferPointer, in arena: MessageArena
    ) throws {
        let descriptor = Self.descriptor
        try DecodeGuard.check(
            bytes, descriptor: descriptor, messageName: Self.messageName)
        let raw = try arena.unpack(
            bytes, as: Tally__V1__ReviveJobsRequest.self, descriptor: descriptor,
            messageName: Self.messageName)
        self = try withExtendedLifetime(arena) { try Self(raw) }
    }

    public func packed(in arena: MessageArena) -> PackedMessage {
        PackedMessage(pack(into: arena))
    }

    /// protobuf-c's description of the message, at its own address.
    static var descriptor: UnsafePointer<ProtobufCMessageDescriptor> {
        var raw = Tally__V1__ReviveJobsRequest()
        tally__v1__revive_jobs_request__init(&raw)
        return raw.base.descriptor
    }

    /// The value of an unpacked message.
    init(_ raw: UnsafePointer<Tally__V1__ReviveJobsRequest>) throws {
        self.ids = try MessageArena.strings(
            raw.pointee.ids, count: raw.pointee.n_ids, messageName: Self.messageName, field: "ids")
        self.all = raw.pointee.all != 0
    }

    /// The message as protobuf-c packs it; it lives as long as the arena.
    func pack(into arena: MessageArena) -> UnsafeMutablePointer<Tally__V1__ReviveJobsRequest> {
        let raw = arena.allocateMessage(Tally__V1__ReviveJobsRequest.self)
        tally__v1__revive_jobs_request__init(raw)
        if !self.ids.isEmpty {
            raw.pointee.n_ids = self.ids.count
            raw.pointee.ids = arena.copy(self.ids)
        }
        raw.pointee.all = self.all ? 1 : 0
        return raw
    }
}

extension ReviveJobsResponse {
    public init(
        serialized bytes: UnsafeRawBufferPointer, in arena: MessageArena
    ) throws {
        let descriptor = Self.descriptor
        try DecodeGuard.check(
            bytes, descriptor: descriptor, messageName: Self.messageName)
        let raw = try arena.unpack(
            bytes, as: Tally__V1__ReviveJobsResponse.self, descriptor: descriptor,
            messageName: Self.messageName)
        self = try withExtendedLifetime(arena) { try Self(raw) }
    }

    public func packed(in arena: MessageArena) -> PackedMessage {
        PackedMessage(pack(into: arena))
    }

    /// protobuf-c's description of the message, at its own address.
    static var descriptor: UnsafePointer<ProtobufCMessageDescriptor> {
        var raw = Tally__V1__ReviveJobsResponse()
        tally__v1__revive_jobs_response__init(&raw)
        return raw.base.descriptor
    }

    /// The value of an unpacked message.
    init(_ raw: UnsafePointer<Tally__V1__ReviveJobsResponse>) throws {
        self.revived = try MessageArena.values(raw.pointee.revived, count: raw.pointee.n_revived) {
            try SetAsideJob($0)
        }
        self.passedOver = try MessageArena.values(
            raw.pointee.passed_over, count: raw.pointee.n_passed_over
        ) { try SetAsideJob($0) }
    }

    /// The message as protobuf-c packs it; it lives as long as the arena.
    func pack(into arena: MessageArena) -> UnsafeMutablePointer<Tally__V1__ReviveJobsResponse> {
        let raw = arena.allocateMessage(Tally__V1__ReviveJobsResponse.self)
        tally__v1__revive_jobs_response__init(raw)
        if !self.revived.isEmpty {
            raw.pointee.n_revived = self.revived.count
            raw.pointee.revived = arena.copy(self.revived) { $0.pack(into: arena) }
        }
        if !self.passedOver.isEmpty {
            raw.pointee.n_passed_over = self.passedOver.count
            raw.pointee.passed_over = arena.copy(self.passedOver) { $0.pack(into: arena) }
        }
        return raw
    }
}

extension ConnectionAccount {
    public init(
        serialized bytes: UnsafeRawBufferPointer, in arena: MessageArena
    ) throws {
        let descriptor = Self.descriptor
        try DecodeGuard.check(
            bytes, descriptor: descriptor, messageName: Self.messageName)
        let raw = try arena.unpack(
            bytes, as: Tally__V1__ConnectionAccount.self, descriptor: descriptor,
            messageName: Self.messageName)
        self = try withExtendedLifetime(arena) { try Self(raw) }
    }

    public func packed(in arena: MessageArena) -> PackedMessage {
        PackedMessage(pack(into: arena))
    }

    /// protobuf-c's description of the message, at its own address.
    static var descriptor: UnsafePointer<ProtobufCMessageDescriptor> {
        var raw = Tally__V1__ConnectionAccount()
        tally__v1__connection_account__init(&raw)
        return raw.base.descriptor
    }

    /// The value of an unpacked message.
    init(_ raw: UnsafePointer<Tally__V1__ConnectionAccount>) throws {
        self.id = try MessageArena.string(
            raw.pointee.id, messageName: Self.messageName, field: "id")
        self.displayName = try MessageArena.string(
            raw.pointee.display_name, messageName: Self.messageName, field: "display_name")
    }

    /// The message as protobuf-c packs it; it lives as long as the arena.
    func pack(into arena: MessageArena) -> UnsafeMutablePointer<Tally__V1__ConnectionAccount> {
        let raw = arena.allocateMessage(Tally__V1__ConnectionAccount.self)
        tally__v1__connection_account__init(raw)
        if !self.id.isEmpty {
            raw.pointee.id = arena.copy(self.id)
        }
        if !self.displayName.isEmpty {
            raw.pointee.display_name = arena.copy(self.displayName)
        }
        return raw
    }
}

extension CreateConnectionRequest {
    public init(
        serialized bytes: UnsafeRawBufferPointer, in arena: MessageArena
    ) throws {
        let descriptor = Self.descriptor
        try DecodeGuard.check(
            bytes, descriptor: descriptor, messageName: Self.messageName)
        let raw = try arena.unpack(
            bytes, as: Tally__V1__CreateConnectionRequest.self, descriptor: descriptor,
            messageName: Self.messageName)
        self = try withExtendedLifetime(arena) { try Self(raw) }
    }

    public func packed(in arena: MessageArena) -> PackedMessage {
        PackedMessage(pack(into: arena))
    }

    /// protobuf-c's description of the message, at its own address.
    static var descriptor: UnsafePointer<ProtobufCMessageDescriptor> {
        var raw = Tally__V1__CreateConnectionRequest()
        tally__v1__create_connection_request__init(&raw)
        return raw.base.descriptor
    }

    /// The value of an unpacked message.
    init(_ raw: UnsafePointer<Tally__V1__CreateConnectionRequest>) throws {
        self.provider = Provider(rawValue: Int32(truncatingIfNeeded: raw.pointee.provider.rawValue))
        self.displayName = try MessageArena.string(
            raw.pointee.display_name, messageName: Self.messageName, field: "display_name")
        self.apiKey = try MessageArena.string(
            raw.pointee.api_key, messageName: Self.messageName, field: "api_key")
        self.backfillDays = raw.pointee.backfill_days
        self.labels = try MessageArena.values(raw.pointee.labels, count: raw.pointee.n_labels) {
            try Label($0)
        }
        self.recordOf = RecordOf(
            rawValue: Int32(truncatingIfNeeded: raw.pointee.record_of.rawValue))
        self.testFirst = raw.pointee.test_first != 0
    }

    /// The message as protobuf-c packs it; it lives as long as the arena.
    func pack(into arena: MessageArena) -> UnsafeMutablePointer<Tally__V1__CreateConnectionRequest>
    {
        let raw = arena.allocateMessage(Tally__V1__CreateConnectionRequest.self)
        tally__v1__create_connection_request__init(raw)
        raw.pointee.provider = .init(rawValue: .init(truncatingIfNeeded: self.provider.rawValue))
        if !self.displayName.isEmpty {
            raw.pointee.display_name = arena.copy(self.displayName)
        }
        if !self.apiKey.isEmpty {
            raw.pointee.api_key = arena.copy(self.apiKey)
        }
        raw.pointee.backfill_days = self.backfillDays
        if !self.labels.isEmpty {
            raw.pointee.n_labels = self.labels.count
            raw.pointee.labels = arena.copy(self.labels) { $0.pack(into: arena) }
        }
        raw.pointee.record_of = .init(rawValue: .init(truncatingIfNeeded: self.recordOf.rawValue))
        raw.pointee.test_first = self.testFirst ? 1 : 0
        return raw
    }
}

extension GetConnectionRequest {
    public init(
        serialized bytes: UnsafeRawBufferPointer, in arena: MessageArena
    ) throws {
        let descriptor = Self.descriptor
        try DecodeGuard.check(
            bytes, descriptor: descriptor, messageName: Self.messageName)
        let raw = try arena.unpack(
            bytes, as: Tally__V1__GetConnectionRequest.self, descriptor: descriptor,
            messageName: Self.messageName)
        self = try withExtendedLifetime(arena) { try Self(raw) }
    }

    public func packed(in arena: MessageArena) -> PackedMessage {
        PackedMessage(pack(into: arena))
    }

    /// protobuf-c's description of the message, at its own address.
    static var descriptor: UnsafePointer<ProtobufCMessageDescriptor> {
        var raw = Tally__V1__GetConnectionRequest()
        tally__v1__get_connection_request__init(&raw)
        return raw.base.descriptor
    }

    /// The value of an unpacked message.
    init(_ raw: UnsafePointer<Tally__V1__GetConnectionRequest>) throws {
        self.id = try MessageArena.string(
            raw.pointee.id, messageName: Self.messageName, field: "id")
    }

    /// The message as protobuf-c packs it; it lives as long as the arena.
    func pack(into arena: MessageArena) -> UnsafeMutablePointer<Tally__V1__GetConnectionRequest> {
        let raw = arena.allocateMessage(Tally__V1__GetConnectionRequest.self)
        tally__v1__get_connection_request__init(raw)
        if !self.id.isEmpty {
            raw.pointee.id = arena.copy(self.id)
        }
        return raw
    }
}

extension ReplaceConnectionKeyRequest {
    public init(
        serialized bytes: UnsafeRawBufferPointer, in arena: MessageArena
    ) throws {
        let descriptor = Self.descriptor
        try DecodeGuard.check(
            bytes, descriptor: descriptor, messageName: Self.messageName)
        let raw = try arena.unpack(
            bytes, as: Tally__V1__ReplaceConnectionKeyRequest.self, descriptor: descriptor,
            messageName: Self.messageName)
        self = try withExtendedLifetime(arena) { try Self(raw) }
    }

    public func packed(in arena: MessageArena) -> PackedMessage {
        PackedMessage(pack(into: arena))
    }

    /// protobuf-c's description of the message, at its own address.
    static var descriptor: UnsafePointer<ProtobufCMessageDescriptor> {
        var raw = Tally__V1__ReplaceConnectionKeyRequest()
        tally__v1__replace_connection_key_request__init(&raw)
        return raw.base.descriptor
    }

    /// The value of an unpacked message.
    init(_ raw: UnsafePointer<Tally__V1__ReplaceConnectionKeyRequest>) throws {
        self.id = try MessageArena.string(
            raw.pointee.id, messageName: Self.messageName, field: "id")
        self.apiKey = try MessageArena.string(
            raw.pointee.api_key, messageName: Self.messageName, field: "api_key")
        self.testFirst = raw.pointee.test_first != 0
    }

    /// The message as protobuf-c packs it; it lives as long as the arena.
    func pack(into arena: MessageArena) -> UnsafeMutablePointer<
        Tally__V1__ReplaceConnectionKeyRequest
    > {
        let raw = arena.allocateMessage(Tally__V1__ReplaceConnectionKeyRequest.self)
        tally__v1__replace_connection_key_request__init(raw)
        if !self.id.isEmpty {
            raw.pointee.id = arena.copy(self.id)
        }
        if !self.apiKey.isEmpty {
            raw.pointee.api_key = arena.copy(self.apiKey)
        }
        raw.pointee.test_first = self.testFirst ? 1 : 0
        return raw
    }
}

extension TestConnectionRequest {
    public init(
        serialized bytes: UnsafeRawBufferPointer, in arena: MessageArena
    ) throws {
        let descriptor = Self.descriptor
        try DecodeGuard.check(
            bytes, descriptor: descriptor, messageName: Self.messageName)
        let raw = try arena.unpack(
            bytes, as: Tally__V1__TestConnectionRequest.self, descriptor: descriptor,
            messageName: Self.messageName)
        self = try withExtendedLifetime(arena) { try Self(raw) }
    }

    public func packed(in arena: MessageArena) -> PackedMessage {
        PackedMessage(pack(into: arena))
    }

    /// protobuf-c's description of the message, at its own address.
    static var descriptor: UnsafePointer<ProtobufCMessageDescriptor> {
        var raw = Tally__V1__TestConnectionRequest()
        tally__v1__test_connection_request__init(&raw)
        return raw.base.descriptor
    }

    /// The value of an unpacked message.
    init(_ raw: UnsafePointer<Tally__V1__TestConnectionRequest>) throws {
        self.id = try MessageArena.string(
            raw.pointee.id, messageName: Self.messageName, field: "id")
        self.provider = Provider(rawValue: Int32(truncatingIfNeeded: raw.pointee.provider.rawValue))
        self.apiKey = try MessageArena.string(
            raw.pointee.api_key, messageName: Self.messageName, field: "api_key")
    }

    /// The message as protobuf-c packs it; it lives as long as the arena.
    func pack(into arena: MessageArena) -> UnsafeMutablePointer<Tally__V1__TestConnectionRequest> {
        let raw = arena.allocateMessage(Tally__V1__TestConnectionRequest.self)
        tally__v1__test_connection_request__init(raw)
        if !self.id.isEmpty {
            raw.pointee.id = arena.copy(self.id)
        }
        raw.pointee.provider = .init(rawValue: .init(truncatingIfNeeded: self.provider.rawValue))
        if !self.apiKey.isEmpty {
            raw.pointee.api_key = arena.copy(self.apiKey)
        }
        return raw
    }
}

extension TestConnectionResponse {
    public init(
        serialized bytes: UnsafeRawBufferPointer, in arena: MessageArena
    ) throws {
        let descriptor = Self.descriptor
        try DecodeGuard.check(
            bytes, descriptor: descriptor, messageName: Self.messageName)
        let raw = try arena.unpack(
            bytes, as: Tally__V1__TestConnectionResponse.self, descriptor: descriptor,
            messageName: Self.messageName)
        self = try withExtendedLifetime(arena) { try Self(raw) }
    }

    public func packed(in arena: MessageArena) -> PackedMessage {
        PackedMessage(pack(into: arena))
    }

    /// protobuf-c's description of the message, at its own address.
    static var descriptor: UnsafePointer<ProtobufCMessageDescriptor> {
        var raw = Tally__V1__TestConnectionResponse()
        tally__v1__test_connection_response__init(&raw)
        return raw.base.descriptor
    }

    /// The value of an unpacked message.
    init(_ raw: UnsafePointer<Tally__V1__TestConnectionResponse>) throws {
        self.usable = raw.pointee.usable != 0
        self.permissions = try MessageArena.values(
            raw.pointee.permissions, count: raw.pointee.n_permissions
        ) { try KeyFinding($0) }
        self.account = try raw.pointee.account.map { try ConnectionAccount($0) }
        self.overlappingConnectionIds = try MessageArena.strings(
            raw.pointee.overlapping_connection_ids, count: raw.pointee.n_overlapping_connection_ids,
            messageName: Self.messageName, field: "overlapping_connection_ids")
    }

    /// The message as protobuf-c packs it; it lives as long as the arena.
    func pack(into arena: MessageArena) -> UnsafeMutablePointer<Tally__V1__TestConnectionResponse> {
        let raw = arena.allocateMessage(Tally__V1__TestConnectionResponse.self)
        tally__v1__test_connection_response__init(raw)
        raw.pointee.usable = self.usable ? 1 : 0
        if !self.permissions.isEmpty {
            raw.pointee.n_permissions = self.permissions.count
            raw.pointee.permissions = arena.copy(self.permissions) { $0.pack(into: arena) }
        }
        if let value = self.account {
            raw.pointee.account = value.pack(into: arena)
        }
        if !self.overlappingConnectionIds.isEmpty {
            raw.pointee.n_overlapping_connection_ids = self.overlappingConnectionIds.count
            raw.pointee.overlapping_connection_ids = arena.copy(self.overlappingConnectionIds)
        }
        return raw
    }
}

extension KeyFinding {
    public init(
        serialized bytes: UnsafeRawBufferPointer, in arena: MessageArena
    ) throws {
        let descriptor = Self.descriptor
        try DecodeGuard.check(
            bytes, descriptor: descriptor, messageName: Self.messageName)
        let raw = try arena.unpack(
            bytes, as: Tally__V1__KeyFinding.self, descriptor: descriptor,
            messageName: Self.messageName)
        self = try withExtendedLifetime(arena) { try Self(raw) }
    }

    public func packed(in arena: MessageArena) -> PackedMessage {
        PackedMessage(pack(into: arena))
    }

    /// protobuf-c's description of the message, at its own address.
    static var descriptor: UnsafePointer<ProtobufCMessageDescriptor> {
        var raw = Tally__V1__KeyFinding()
        tally__v1__key_finding__init(&raw)
        return raw.base.descriptor
    }

    /// The value of an unpacked message.
    init(_ raw: UnsafePointer<Tally__V1__KeyFinding>) throws {
        self.permission = KeyFinding.Permission(
            rawValue: Int32(truncatingIfNeeded: raw.pointee.permission.rawValue))
        self.state = KeyFinding.State(
            rawValue: Int32(truncatingIfNeeded: raw.pointee.state.rawValue))
        self.reason = try MessageArena.string(
            raw.pointee.reason, messageName: Self.messageName, field: "reason")
        self.message = try MessageArena.string(
            raw.pointee.message, messageName: Self.messageName, field: "message")
    }

    /// The message as protobuf-c packs it; it lives as long as the arena.
    func pack(into arena: MessageArena) -> UnsafeMutablePointer<Tally__V1__KeyFinding> {
        let raw = arena.allocateMessage(Tally__V1__KeyFinding.self)
        tally__v1__key_finding__init(raw)
        raw.pointee.permission = .init(
            rawValue: .init(truncatingIfNeeded: self.permission.rawValue))
        raw.pointee.state = .init(rawValue: .init(truncatingIfNeeded: self.state.rawValue))
        if !self.reason.isEmpty {
            raw.pointee.reason = arena.copy(self.reason)
        }
        if !self.message.isEmpty {
            raw.pointee.message = arena.copy(self.message)
        }
        return raw
    }
}

extension UpdateConnectionRequest {
    public init(
        serialized bytes: UnsafeRawBufferPointer, in arena: MessageArena
    ) throws {
        let descriptor = Self.descriptor
        try DecodeGuard.check(
            bytes, descriptor: descriptor, messageName: Self.messageName)
        let raw = try arena.unpack(
            bytes, as: Tally__V1__UpdateConnectionRequest.self, descriptor: descriptor,
            messageName: Self.messageName)
        self = try withExtendedLifetime(arena) { try Self(raw) }
    }

    public func packed(in arena: MessageArena) -> PackedMessage {
        PackedMessage(pack(into: arena))
    }

    /// protobuf-c's description of the message, at its own address.
    static var descriptor: UnsafePointer<ProtobufCMessageDescriptor> {
        var raw = Tally__V1__UpdateConnectionRequest()
        tally__v1__update_connection_request__init(&raw)
        return raw.base.descriptor
    }

    /// The value of an unpacked message.
    init(_ raw: UnsafePointer<Tally__V1__UpdateConnectionRequest>) throws {
        self.id = try MessageArena.string(
            raw.pointee.id, messageName: Self.messageName, field: "id")
        self.displayName = try MessageArena.string(
            raw.pointee.display_name, messageName: Self.messageName, field: "display_name")
        self.labels = try MessageArena.values(raw.pointee.labels, count: raw.pointee.n_labels) {
            try Label($0)
        }
        self.recordOf = RecordOf(
            rawValue: Int32(truncatingIfNeeded: raw.pointee.record_of.rawValue))
        self.updateMask = try MessageArena.strings(
            raw.pointee.update_mask, count: raw.pointee.n_update_mask,
            messageName: Self.messageName, field: "update_mask")
        self.etag = try MessageArena.string(
            raw.pointee.etag, messageName: Self.messageName, field: "etag")
    }

    /// The message as protobuf-c packs it; it lives as long as the arena.
    func pack(into arena: MessageArena) -> UnsafeMutablePointer<Tally__V1__UpdateConnectionRequest>
    {
        let raw = arena.allocateMessage(Tally__V1__UpdateConnectionRequest.self)
        tally__v1__update_connection_request__init(raw)
        if !self.id.isEmpty {
            raw.pointee.id = arena.copy(self.id)
        }
        if !self.displayName.isEmpty {
            raw.pointee.display_name = arena.copy(self.displayName)
        }
        if !self.labels.isEmpty {
            raw.pointee.n_labels = self.labels.count
            raw.pointee.labels = arena.copy(self.labels) { $0.pack(into: arena) }
        }
        raw.pointee.record_of = .init(rawValue: .init(truncatingIfNeeded: self.recordOf.rawValue))
        if !self.updateMask.isEmpty {
            raw.pointee.n_update_mask = self.updateMask.count
            raw.pointee.update_mask = arena.copy(self.updateMask)
        }
        if !self.etag.isEmpty {
            raw.pointee.etag = arena.copy(self.etag)
        }
        return raw
    }
}

extension PauseConnectionRequest {
    public init(
        serialized bytes: UnsafeRawBufferPointer, in arena: MessageArena
    ) throws {
        let descriptor = Self.descriptor
        try DecodeGuard.check(
            bytes, descriptor: descriptor, messageName: Self.messageName)
        let raw = try arena.unpack(
            bytes, as: Tally__V1__PauseConnectionRequest.self, descriptor: descriptor,
            messageName: Self.messageName)
        self = try withExtendedLifetime(arena) { try Self(raw) }
    }

    public func packed(in arena: MessageArena) -> PackedMessage {
        PackedMessage(pack(into: arena))
    }

    /// protobuf-c's description of the message, at its own address.
    static var descriptor: UnsafePointer<ProtobufCMessageDescriptor> {
        var raw = Tally__V1__PauseConnectionRequest()
        tally__v1__pause_connection_request__init(&raw)
        return raw.base.descriptor
    }

    /// The value of an unpacked message.
    init(_ raw: UnsafePointer<Tally__V1__PauseConnectionRequest>) throws {
        self.id = try MessageArena.string(
            raw.pointee.id, messageName: Self.messageName, field: "id")
    }

    /// The message as protobuf-c packs it; it lives as long as the arena.
    func pack(into arena: MessageArena) -> UnsafeMutablePointer<Tally__V1__PauseConnectionRequest> {
        let raw = arena.allocateMessage(Tally__V1__PauseConnectionRequest.self)
        tally__v1__pause_connection_request__init(raw)
        if !self.id.isEmpty {
            raw.pointee.id = arena.copy(self.id)
        }
        return raw
    }
}

extension ResumeConnectionRequest {
    public init(
        serialized bytes: UnsafeRawBufferPointer, in arena: MessageArena
    ) throws {
        let descriptor = Self.descriptor
        try DecodeGuard.check(
            bytes, descriptor: descriptor, messageName: Self.messageName)
        let raw = try arena.unpack(
            bytes, as: Tally__V1__ResumeConnectionRequest.self, descriptor: descriptor,
            messageName: Self.messageName)
        self = try withExtendedLifetime(arena) { try Self(raw) }
    }

    public func packed(in arena: MessageArena) -> PackedMessage {
        PackedMessage(pack(into: arena))
    }

    /// protobuf-c's description of the message, at its own address.
    static var descriptor: UnsafePointer<ProtobufCMessageDescriptor> {
        var raw = Tally__V1__ResumeConnectionRequest()
        tally__v1__resume_connection_request__init(&raw)
        return raw.base.descriptor
    }

    /// The value of an unpacked message.
    init(_ raw: UnsafePointer<Tally__V1__ResumeConnectionRequest>) throws {
        self.id = try MessageArena.string(
            raw.pointee.id, messageName: Self.messageName, field: "id")
    }

    /// The message as protobuf-c packs it; it lives as long as the arena.
    func pack(into arena: MessageArena) -> UnsafeMutablePointer<Tally__V1__ResumeConnectionRequest>
    {
        let raw = arena.allocateMessage(Tally__V1__ResumeConnectionRequest.self)
        tally__v1__resume_connection_request__init(raw)
        if !self.id.isEmpty {
            raw.pointee.id = arena.copy(self.id)
        }
        return raw
    }
}

extension DeleteConnectionRequest {
    public init(
        serialized bytes: UnsafeRawBufferPointer, in arena: MessageArena
    ) throws {
        let descriptor = Self.descriptor
        try DecodeGuard.check(
            bytes, descriptor: descriptor, messageName: Self.messageName)
        let raw = try arena.unpack(
            bytes, as: Tally__V1__DeleteConnectionRequest.self, descriptor: descriptor,
            messageName: Self.messageName)
        self = try withExtendedLifetime(arena) { try Self(raw) }
    }

    public func packed(in arena: MessageArena) -> PackedMessage {
        PackedMessage(pack(into: arena))
    }

    /// protobuf-c's description of the message, at its own address.
    static var descriptor: UnsafePointer<ProtobufCMessageDescriptor> {
        var raw = Tally__V1__DeleteConnectionRequest()
        tally__v1__delete_connection_request__init(&raw)
        return raw.base.descriptor
    }

    /// The value of an unpacked message.
    init(_ raw: UnsafePointer<Tally__V1__DeleteConnectionRequest>) throws {
        self.id = try MessageArena.string(
            raw.pointee.id, messageName: Self.messageName, field: "id")
        self.confirmDisplayName = try MessageArena.string(
            raw.pointee.confirm_display_name, messageName: Self.messageName,
            field: "confirm_display_name")
    }

    /// The message as protobuf-c packs it; it lives as long as the arena.
    func pack(into arena: MessageArena) -> UnsafeMutablePointer<Tally__V1__DeleteConnectionRequest>
    {
        let raw = arena.allocateMessage(Tally__V1__DeleteConnectionRequest.self)
        tally__v1__delete_connection_request__init(raw)
        if !self.id.isEmpty {
            raw.pointee.id = arena.copy(self.id)
        }
        if !self.confirmDisplayName.isEmpty {
            raw.pointee.confirm_display_name = arena.copy(self.confirmDisplayName)
        }
        return raw
    }
}

extension ConnectionRow {
    public init(
        serialized bytes: UnsafeRawBufferPointer, in arena: MessageArena
    ) throws {
        let descriptor = Self.descriptor
        try DecodeGuard.check(
            bytes, descriptor: descriptor, messageName: Self.messageName)
        let raw = try arena.unpack(
            bytes, as: Tally__V1__ConnectionRow.self, descriptor: descriptor,
            messageName: Self.messageName)
        self = try withExtendedLifetime(arena) { try Self(raw) }
    }

    public func packed(in arena: MessageArena) -> PackedMessage {
        PackedMessage(pack(into: arena))
    }

    /// protobuf-c's description of the message, at its own address.
    static var descriptor: UnsafePointer<ProtobufCMessageDescriptor> {
        var raw = Tally__V1__ConnectionRow()
        tally__v1__connection_row__init(&raw)
        return raw.base.descriptor
    }

    /// The value of an unpacked message.
    init(_ raw: UnsafePointer<Tally__V1__ConnectionRow>) throws {
        self.displayName = try MessageArena.string(
            raw.pointee.display_name, messageName: Self.messageName, field: "display_name")
        self.provider = Provider(rawValue: Int32(truncatingIfNeeded: raw.pointee.provider.rawValue))
        self.apiKey = try MessageArena.string(
            raw.pointee.api_key, messageName: Self.messageName, field: "api_key")
        self.labels = try MessageArena.values(raw.pointee.labels, count: raw.pointee.n_labels) {
            try Label($0)
        }
        self.recordOf = RecordOf(
            rawValue: Int32(truncatingIfNeeded: raw.pointee.record_of.rawValue))
        self.backfillDays = raw.pointee.backfill_days
        self.paused = raw.pointee.paused != 0
    }

    /// The message as protobuf-c packs it; it lives as long as the arena.
    func pack(into arena: MessageArena) -> UnsafeMutablePointer<Tally__V1__ConnectionRow> {
        let raw = arena.allocateMessage(Tally__V1__ConnectionRow.self)
        tally__v1__connection_row__init(raw)
        if !self.displayName.isEmpty {
            raw.pointee.display_name = arena.copy(self.displayName)
        }
        raw.pointee.provider = .init(rawValue: .init(truncatingIfNeeded: self.provider.rawValue))
        if !self.apiKey.isEmpty {
            raw.pointee.api_key = arena.copy(self.apiKey)
        }
        if !self.labels.isEmpty {
            raw.pointee.n_labels = self.labels.count
            raw.pointee.labels = arena.copy(self.labels) { $0.pack(into: arena) }
        }
        raw.pointee.record_of = .init(rawValue: .init(truncatingIfNeeded: self.recordOf.rawValue))
        raw.pointee.backfill_days = self.backfillDays
        raw.pointee.paused = self.paused ? 1 : 0
        return raw
    }
}

extension ImportConnectionsRequest {
    public init(
        serialized bytes: UnsafeRawBufferPointer, in arena: MessageArena
    ) throws {
        let descriptor = Self.descriptor
        try DecodeGuard.check(
            bytes, descriptor: descriptor, messageName: Self.messageName)
        let raw = try arena.unpack(
            bytes, as: Tally__V1__ImportConnectionsRequest.self, descriptor: descriptor,
            messageName: Self.messageName)
        self = try withExtendedLifetime(arena) { try Self(raw) }
    }

    public func packed(in arena: MessageArena) -> PackedMessage {
        PackedMessage(pack(into: arena))
    }

    /// protobuf-c's description of the message, at its own address.
    static var descriptor: UnsafePointer<ProtobufCMessageDescriptor> {
        var raw = Tally__V1__ImportConnectionsRequest()
        tally__v1__import_connections_request__init(&raw)
        return raw.base.descriptor
    }

    /// The value of an unpacked message.
    init(_ raw: UnsafePointer<Tally__V1__ImportConnectionsRequest>) throws {
        self.rows = try MessageArena.values(raw.pointee.rows, count: raw.pointee.n_rows) {
            try ConnectionRow($0)
        }
        self.updateMask = try MessageArena.strings(
            raw.pointee.update_mask, count: raw.pointee.n_update_mask,
            messageName: Self.messageName, field: "update_mask")
        self.dryRun = raw.pointee.dry_run != 0
    }

    /// The message as protobuf-c packs it; it lives as long as the arena.
    func pack(into arena: MessageArena) -> UnsafeMutablePointer<Tally__V1__ImportConnectionsRequest>
    {
        let raw = arena.allocateMessage(Tally__V1__ImportConnectionsRequest.self)
        tally__v1__import_connections_request__init(raw)
        if !self.rows.isEmpty {
            raw.pointee.n_rows = self.rows.count
            raw.pointee.rows = arena.copy(self.rows) { $0.pack(into: arena) }
        }
        if !self.updateMask.isEmpty {
            raw.pointee.n_update_mask = self.updateMask.count
            raw.pointee.update_mask = arena.copy(self.updateMask)
        }
        raw.pointee.dry_run = self.dryRun ? 1 : 0
        return raw
    }
}

extension ImportConnectionsResponse {
    public init(
        serialized bytes: UnsafeRawBufferPointer, in arena: MessageArena
    ) throws {
        let descriptor = Self.descriptor
        try DecodeGuard.check(
            bytes, descriptor: descriptor, messageName: Self.messageName)
        let raw = try arena.unpack(
            bytes, as: Tally__V1__ImportConnectionsResponse.self, descriptor: descriptor,
            messageName: Self.messageName)
        self = try withExtendedLifetime(arena) { try Self(raw) }
    }

    public func packed(in arena: MessageArena) -> PackedMessage {
        PackedMessage(pack(into: arena))
    }

    /// protobuf-c's description of the message, at its own address.
    static var descriptor: UnsafePointer<ProtobufCMessageDescriptor> {
        var raw = Tally__V1__ImportConnectionsResponse()
        tally__v1__import_connections_response__init(&raw)
        return raw.base.descriptor
    }

    /// The value of an unpacked message.
    init(_ raw: UnsafePointer<Tally__V1__ImportConnectionsResponse>) throws {
        self.differences = try MessageArena.values(
            raw.pointee.differences, count: raw.pointee.n_differences
        ) { try ConnectionDifference($0) }
        self.unchangedCount = raw.pointee.unchanged_count
    }

    /// The message as protobuf-c packs it; it lives as long as the arena.
    func pack(into arena: MessageArena) -> UnsafeMutablePointer<
        Tally__V1__ImportConnectionsResponse
    > {
        let raw = arena.allocateMessage(Tally__V1__ImportConnectionsResponse.self)
        tally__v1__import_connections_response__init(raw)
        if !self.differences.isEmpty {
            raw.pointee.n_differences = self.differences.count
            raw.pointee.differences = arena.copy(self.differences) { $0.pack(into: arena) }
        }
        raw.pointee.unchanged_count = self.unchangedCount
        return raw
    }
}

extension ConnectionDifference {
    public init(
        serialized bytes: UnsafeRawBufferPointer, in arena: MessageArena
    ) throws {
        let descriptor = Self.descriptor
        try DecodeGuard.check(
            bytes, descriptor: descriptor, messageName: Self.messageName)
        let raw = try arena.unpack(
            bytes, as: Tally__V1__ConnectionDifference.self, descriptor: descriptor,
            messageName: Self.messageName)
        self = try withExtendedLifetime(arena) { try Self(raw) }
    }

    public func packed(in arena: MessageArena) -> PackedMessage {
        PackedMessage(pack(into: arena))
    }

    /// protobuf-c's description of the message, at its own address.
    static var descriptor: UnsafePointer<ProtobufCMessageDescriptor> {
        var raw = Tally__V1__ConnectionDifference()
        tally__v1__connection_difference__init(&raw)
        return raw.base.descriptor
    }

    /// The value of an unpacked message.
    init(_ raw: UnsafePointer<Tally__V1__ConnectionDifference>) throws {
        self.displayName = try MessageArena.string(
            raw.pointee.display_name, messageName: Self.messageName, field: "display_name")
        self.action = ConnectionDifference.Action(
            rawValue: Int32(truncatingIfNeeded: raw.pointee.action.rawValue))
        self.fields = try MessageArena.values(raw.pointee.fields, count: raw.pointee.n_fields) {
            try FieldDifference($0)
        }
        self.sameKeyAs = try MessageArena.strings(
            raw.pointee.same_key_as, count: raw.pointee.n_same_key_as,
            messageName: Self.messageName, field: "same_key_as")
    }

    /// The message as protobuf-c packs it; it lives as long as the arena.
    func pack(into arena: MessageArena) -> UnsafeMutablePointer<Tally__V1__ConnectionDifference> {
        let raw = arena.allocateMessage(Tally__V1__ConnectionDifference.self)
        tally__v1__connection_difference__init(raw)
        if !self.displayName.isEmpty {
            raw.pointee.display_name = arena.copy(self.displayName)
        }
        raw.pointee.action = .init(rawValue: .init(truncatingIfNeeded: self.action.rawValue))
        if !self.fields.isEmpty {
            raw.pointee.n_fields = self.fields.count
            raw.pointee.fields = arena.copy(self.fields) { $0.pack(into: arena) }
        }
        if !self.sameKeyAs.isEmpty {
            raw.pointee.n_same_key_as = self.sameKeyAs.count
            raw.pointee.same_key_as = arena.copy(self.sameKeyAs)
        }
        return raw
    }
}

extension ConnectionFilter {
    public init(
        serialized bytes: UnsafeRawBufferPointer, in arena: MessageArena
    ) throws {
        let descriptor = Self.descriptor
        try DecodeGuard.check(
            bytes, descriptor: descriptor, messageName: Self.messageName)
        let raw = try arena.unpack(
            bytes, as: Tally__V1__ConnectionFilter.self, descriptor: descriptor,
            messageName: Self.messageName)
        self = try withExtendedLifetime(arena) { try Self(raw) }
    }

    public func packed(in arena: MessageArena) -> PackedMessage {
        PackedMessage(pack(into: arena))
    }

    /// protobuf-c's description of the message, at its own address.
    static var descriptor: UnsafePointer<ProtobufCMessageDescriptor> {
        var raw = Tally__V1__ConnectionFilter()
        tally__v1__connection_filter__init(&raw)
        return raw.base.descriptor
    }

    /// The value of an unpacked message.
    init(_ raw: UnsafePointer<Tally__V1__ConnectionFilter>) throws {
        self.providers = MessageArena.numbers(raw.pointee.providers, count: raw.pointee.n_providers)
            .map { Provider(rawValue: Int32(truncatingIfNeeded: $0.rawValue)) }
        self.healths = MessageArena.numbers(raw.pointee.healths, count: raw.pointee.n_healths).map {
            ConnectionHealth(rawValue: Int32(truncatingIfNeeded: $0.rawValue))
        }
        self.labels = try MessageArena.values(raw.pointee.labels, count: raw.pointee.n_labels) {
            try Label($0)
        }
        self.recordOf = RecordOf(
            rawValue: Int32(truncatingIfNeeded: raw.pointee.record_of.rawValue))
        self.search = try MessageArena.string(
            raw.pointee.search, messageName: Self.messageName, field: "search")
    }

    /// The message as protobuf-c packs it; it lives as long as the arena.
    func pack(into arena: MessageArena) -> UnsafeMutablePointer<Tally__V1__ConnectionFilter> {
        let raw = arena.allocateMessage(Tally__V1__ConnectionFilter.self)
        tally__v1__connection_filter__init(raw)
        if !self.providers.isEmpty {
            raw.pointee.n_providers = self.providers.count
            raw.pointee.providers = arena.copy(
                self.providers.map { .init(rawValue: .init(truncatingIfNeeded: $0.rawValue)) })
        }
        if !self.healths.isEmpty {
            raw.pointee.n_healths = self.healths.count
            raw.pointee.healths = arena.copy(
                self.healths.map { .init(rawValue: .init(truncatingIfNeeded: $0.rawValue)) })
        }
        if !self.labels.isEmpty {
            raw.pointee.n_labels = self.labels.count
            raw.pointee.labels = arena.copy(self.labels) { $0.pack(into: arena) }
        }
        raw.pointee.record_of = .init(rawValue: .init(truncatingIfNeeded: self.recordOf.rawValue))
        if !self.search.isEmpty {
            raw.pointee.search = arena.copy(self.search)
        }
        return raw
    }
}

extension ListConnectionsRequest {
    public init(
        serialized bytes: UnsafeRawBufferPointer, in arena: MessageArena
    ) throws {
        let descriptor = Self.descriptor
        try DecodeGuard.check(
            bytes, descriptor: descriptor, messageName: Self.messageName)
        let raw = try arena.unpack(
            bytes, as: Tally__V1__ListConnectionsRequest.self, descriptor: descriptor,
            messageName: Self.messageName)
        self = try withExtendedLifetime(arena) { try Self(raw) }
    }

    public func packed(in arena: MessageArena) -> PackedMessage {
        PackedMessage(pack(into: arena))
    }

    /// protobuf-c's description of the message, at its own address.
    static var descriptor: UnsafePointer<ProtobufCMessageDescriptor> {
        var raw = Tally__V1__ListConnectionsRequest()
        tally__v1__list_connections_request__init(&raw)
        return raw.base.descriptor
    }

    /// The value of an unpacked message.
    init(_ raw: UnsafePointer<Tally__V1__ListConnectionsRequest>) throws {
        self.pageSize = raw.pointee.page_size
        self.pageToken = try MessageArena.string(
            raw.pointee.page_token, messageName: Self.messageName, field: "page_token")
        self.filter = try raw.pointee.filter.map { try ConnectionFilter($0) }
        self.orderBy = try MessageArena.string(
            raw.pointee.order_by, messageName: Self.messageName, field: "order_by")
        self.showDeleted = raw.pointee.show_deleted != 0
    }

    /// The message as protobuf-c packs it; it lives as long as the arena.
    func pack(into arena: MessageArena) -> UnsafeMutablePointer<Tally__V1__ListConnectionsRequest> {
        let raw = arena.allocateMessage(Tally__V1__ListConnectionsRequest.self)
        tally__v1__list_connections_request__init(raw)
        raw.pointee.page_size = self.pageSize
        if !self.pageToken.isEmpty {
            raw.pointee.page_token = arena.copy(self.pageToken)
        }
        if let value = self.filter {
            raw.pointee.filter = value.pack(into: arena)
        }
        if !self.orderBy.isEmpty {
            raw.pointee.order_by = arena.copy(self.orderBy)
        }
        raw.pointee.show_deleted = self.showDeleted ? 1 : 0
        return raw
    }
}

extension ListConnectionsResponse {
    public init(
        serialized bytes: UnsafeRawBufferPointer, in arena: MessageArena
    ) throws {
        let descriptor = Self.descriptor
        try DecodeGuard.check(
            bytes, descriptor: descriptor, messageName: Self.messageName)
        let raw = try arena.unpack(
            bytes, as: Tally__V1__ListConnectionsResponse.self, descriptor: descriptor,
            messageName: Self.messageName)
        self = try withExtendedLifetime(arena) { try Self(raw) }
    }

    public func packed(in arena: MessageArena) -> PackedMessage {
        PackedMessage(pack(into: arena))
    }

    /// protobuf-c's description of the message, at its own address.
    static var descriptor: UnsafePointer<ProtobufCMessageDescriptor> {
        var raw = Tally__V1__ListConnectionsResponse()
        tally__v1__list_connections_response__init(&raw)
        return raw.base.descriptor
    }

    /// The value of an unpacked message.
    init(_ raw: UnsafePointer<Tally__V1__ListConnectionsResponse>) throws {
        self.connections = try MessageArena.values(
            raw.pointee.connections, count: raw.pointee.n_connections
        ) { try Connection($0) }
        self.nextPageToken = try MessageArena.string(
            raw.pointee.next_page_token, messageName: Self.messageName, field: "next_page_token")
    }

    /// The message as protobuf-c packs it; it lives as long as the arena.
    func pack(into arena: MessageArena) -> UnsafeMutablePointer<Tally__V1__ListConnectionsResponse>
    {
        let raw = arena.allocateMessage(Tally__V1__ListConnectionsResponse.self)
        tally__v1__list_connections_response__init(raw)
        if !self.connections.isEmpty {
            raw.pointee.n_connections = self.connections.count
            raw.pointee.connections = arena.copy(self.connections) { $0.pack(into: arena) }
        }
        if !self.nextPageToken.isEmpty {
            raw.pointee.next_page_token = arena.copy(self.nextPageToken)
        }
        return raw
    }
}

extension SummarizeConnectionsRequest {
    public init(
        serialized bytes: UnsafeRawBufferPointer, in arena: MessageArena
    ) throws {
        let descriptor = Self.descriptor
        try DecodeGuard.check(
            bytes, descriptor: descriptor, messageName: Self.messageName)
        let raw = try arena.unpack(
            bytes, as: Tally__V1__SummarizeConnectionsRequest.self, descriptor: descriptor,
            messageName: Self.messageName)
        self = try withExtendedLifetime(arena) { try Self(raw) }
    }

    public func packed(in arena: MessageArena) -> PackedMessage {
        PackedMessage(pack(into: arena))
    }

    /// protobuf-c's description of the message, at its own address.
    static var descriptor: UnsafePointer<ProtobufCMessageDescriptor> {
        var raw = Tally__V1__SummarizeConnectionsRequest()
        tally__v1__summarize_connections_request__init(&raw)
        return raw.base.descriptor
    }

    /// The value of an unpacked message.
    init(_ raw: UnsafePointer<Tally__V1__SummarizeConnectionsRequest>) throws {
        self.filter = try raw.pointee.filter.map { try ConnectionFilter($0) }
    }

    /// The message as protobuf-c packs it; it lives as long as the arena.
    func pack(into arena: MessageArena) -> UnsafeMutablePointer<
        Tally__V1__SummarizeConnectionsRequest
    > {
        let raw = arena.allocateMessage(Tally__V1__SummarizeConnectionsRequest.self)
        tally__v1__summarize_connections_request__init(raw)
        if let value = self.filter {
            raw.pointee.filter = value.pack(into: arena)
        }
        return raw
    }
}

extension SummarizeConnectionsResponse {
    public init(
        serialized bytes: UnsafeRawBufferPointer, in arena: MessageArena
    ) throws {
        let descriptor = Self.descriptor
        try DecodeGuard.check(
            bytes, descriptor: descriptor, messageName: Self.messageName)
        let raw = try arena.unpack(
            bytes, as: Tally__V1__SummarizeConnectionsResponse.self, descriptor: descriptor,
            messageName: Self.messageName)
        self = try withExtendedLifetime(arena) { try Self(raw) }
    }

    public func packed(in arena: MessageArena) -> PackedMessage {
        PackedMessage(pack(into: arena))
    }

    /// protobuf-c's description of the message, at its own address.
    static var descriptor: UnsafePointer<ProtobufCMessageDescriptor> {
        var raw = Tally__V1__SummarizeConnectionsResponse()
        tally__v1__summarize_connections_response__init(&raw)
        return raw.base.descriptor
    }

    /// The value of an unpacked message.
    init(_ raw: UnsafePointer<Tally__V1__SummarizeConnectionsResponse>) throws {
        self.connections = raw.pointee.connections
        self.healths = try MessageArena.values(raw.pointee.healths, count: raw.pointee.n_healths) {
            try SummarizeConnectionsResponse.HealthCount($0)
        }
        self.providers = try MessageArena.values(
            raw.pointee.providers, count: raw.pointee.n_providers
        ) { try SummarizeConnectionsResponse.ProviderCount($0) }
        self.neverSynced = raw.pointee.never_synced
        self.oldestSuccessTime = try raw.pointee.oldest_success_time.map { try Timestamp($0) }
        self.newestSuccessTime = try raw.pointee.newest_success_time.map { try Timestamp($0) }
        self.nextRunTime = try raw.pointee.next_run_time.map { try Timestamp($0) }
        self.needAdmin = raw.pointee.need_admin
        self.attentions = try MessageArena.values(
            raw.pointee.attentions, count: raw.pointee.n_attentions
        ) { try SummarizeConnectionsResponse.Attention($0) }
        self.reportsFailing = raw.pointee.reports_failing
        self.reportsSetAside = raw.pointee.reports_set_aside
        self.listsSetAside = raw.pointee.lists_set_aside
        self.reportsRunning = raw.pointee.reports_running
    }

    /// The message as protobuf-c packs it; it lives as long as the arena.
    func pack(into arena: MessageArena) -> UnsafeMutablePointer<
        Tally__V1__SummarizeConnectionsResponse
    > {
        let raw = arena.allocateMessage(Tally__V1__SummarizeConnectionsResponse.self)
        tally__v1__summarize_connections_response__init(raw)
        raw.pointee.connections = self.connections
        if !self.healths.isEmpty {
            raw.pointee.n_healths = self.healths.count
            raw.pointee.healths = arena.copy(self.healths) { $0.pack(into: arena) }
        }
        if !self.providers.isEmpty {
            raw.pointee.n_providers = self.providers.count
            raw.pointee.providers = arena.copy(self.providers) { $0.pack(into: arena) }
        }
        raw.pointee.never_synced = self.neverSynced
        if let value = self.oldestSuccessTime {
            raw.pointee.oldest_success_time = value.pack(into: arena)
        }
        if let value = self.newestSuccessTime {
            raw.pointee.newest_success_time = value.pack(into: arena)
        }
        if let value = self.nextRunTime {
            raw.pointee.next_run_time = value.pack(into: arena)
        }
        raw.pointee.need_admin = self.needAdmin
        if !self.attentions.isEmpty {
            raw.pointee.n_attentions = self.attentions.count
            raw.pointee.attentions = arena.copy(self.attentions) { $0.pack(into: arena) }
        }
        raw.pointee.reports_failing = self.reportsFailing
        raw.pointee.reports_set_aside = self.reportsSetAside
        raw.pointee.lists_set_aside = self.listsSetAside
        raw.pointee.reports_running = self.reportsRunning
        return raw
    }
}

extension SummarizeConnectionsResponse.HealthCount {
    public init(
        serialized bytes: UnsafeRawBufferPointer, in arena: MessageArena
    ) throws {
        let descriptor = Self.descriptor
        try DecodeGuard.check(
            bytes, descriptor: descriptor, messageName: Self.messageName)
        let raw = try arena.unpack(
            bytes, as: Tally__V1__SummarizeConnectionsResponse__HealthCount.self,
            descriptor: descriptor,
            messageName: Self.messageName)
        self = try withExtendedLifetime(arena) { try Self(raw) }
    }

    public func packed(in arena: MessageArena) -> PackedMessage {
        PackedMessage(pack(into: arena))
    }

    /// protobuf-c's description of the message, at its own address.
    static var descriptor: UnsafePointer<ProtobufCMessageDescriptor> {
        var raw = Tally__V1__SummarizeConnectionsResponse__HealthCount()
        tally__v1__summarize_connections_response__health_count__init(&raw)
        return raw.base.descriptor
    }

    /// The value of an unpacked message.
    init(_ raw: UnsafePointer<Tally__V1__SummarizeConnectionsResponse__HealthCount>) throws {
        self.health = ConnectionHealth(
            rawValue: Int32(truncatingIfNeeded: raw.pointee.health.rawValue))
        self.connections = raw.pointee.connections
    }

    /// The message as protobuf-c packs it; it lives as long as the arena.
    func pack(into arena: MessageArena) -> UnsafeMutablePointer<
        Tally__V1__SummarizeConnectionsResponse__HealthCount
    > {
        let raw = arena.allocateMessage(Tally__V1__SummarizeConnectionsResponse__HealthCount.self)
        tally__v1__summarize_connections_response__health_count__init(raw)
        raw.pointee.health = .init(rawValue: .init(truncatingIfNeeded: self.health.rawValue))
        raw.pointee.connections = self.connections
        return raw
    }
}

extension SummarizeConnectionsResponse.ProviderCount {
    public init(
        serialized bytes: UnsafeRawBufferPointer, in arena: MessageArena
    ) throws {
        let descriptor = Self.descriptor
        try DecodeGuard.check(
            bytes, descriptor: descriptor, messageName: Self.messageName)
        let raw = try arena.unpack(
            bytes, as: Tally__V1__SummarizeConnectionsResponse__ProviderCount.self,
            descriptor: descriptor,
            messageName: Self.messageName)
        self = try withExtendedLifetime(arena) { try Self(raw) }
    }

    public func packed(in arena: MessageArena) -> PackedMessage {
        PackedMessage(pack(into: arena))
    }

    /// protobuf-c's description of the message, at its own address.
    static var descriptor: UnsafePointer<ProtobufCMessageDescriptor> {
        var raw = Tally__V1__SummarizeConnectionsResponse__ProviderCount()
        tally__v1__summarize_connections_response__provider_count__init(&raw)
        return raw.base.descriptor
    }

    /// The value of an unpacked message.
    init(_ raw: UnsafePointer<Tally__V1__SummarizeConnectionsResponse__ProviderCount>) throws {
        self.provider = Provider(rawValue: Int32(truncatingIfNeeded: raw.pointee.provider.rawValue))
        self.connections = raw.pointee.connections
    }

    /// The message as protobuf-c packs it; it lives as long as the arena.
    func pack(into arena: MessageArena) -> UnsafeMutablePointer<
        Tally__V1__SummarizeConnectionsResponse__ProviderCount
    > {
        let raw = arena.allocateMessage(Tally__V1__SummarizeConnectionsResponse__ProviderCount.self)
        tally__v1__summarize_connections_response__provider_count__init(raw)
        raw.pointee.provider = .init(rawValue: .init(truncatingIfNeeded: self.provider.rawValue))
        raw.pointee.connections = self.connections
        return raw
    }
}

extension SummarizeConnectionsResponse.Attention {
    public init(
        serialized bytes: UnsafeRawBufferPointer, in arena: MessageArena
    ) throws {
        let descriptor = Self.descriptor
        try DecodeGuard.check(
            bytes, descriptor: descriptor, messageName: Self.messageName)
        let raw = try arena.unpack(
            bytes, as: Tally__V1__SummarizeConnectionsResponse__Attention.self,
            descriptor: descriptor,
            messageName: Self.messageName)
        self = try withExtendedLifetime(arena) { try Self(raw) }
    }

    public func packed(in arena: MessageArena) -> PackedMessage {
        PackedMessage(pack(into: arena))
    }

    /// protobuf-c's description of the message, at its own address.
    static var descriptor: UnsafePointer<ProtobufCMessageDescriptor> {
        var raw = Tally__V1__SummarizeConnectionsResponse__Attention()
        tally__v1__summarize_connections_response__attention__init(&raw)
        return raw.base.descriptor
    }

    /// The value of an unpacked message.
    init(_ raw: UnsafePointer<Tally__V1__SummarizeConnectionsResponse__Attention>) throws {
        self.reason = try MessageArena.string(
            raw.pointee.reason, messageName: Self.messageName, field: "reason")
        self.connections = raw.pointee.connections
    }

    /// The message as protobuf-c packs it; it lives as long as the arena.
    func pack(into arena: MessageArena) -> UnsafeMutablePointer<
        Tally__V1__SummarizeConnectionsResponse__Attention
    > {
        let raw = arena.allocateMessage(Tally__V1__SummarizeConnectionsResponse__Attention.self)
        tally__v1__summarize_connections_response__attention__init(raw)
        if !self.reason.isEmpty {
            raw.pointee.reason = arena.copy(self.reason)
        }
        raw.pointee.connections = self.connections
        return raw
    }
}

extension ListCodingActivityRequest {
    public init(
        serialized bytes: UnsafeRawBufferPointer, in arena: MessageArena
    ) throws {
        let descriptor = Self.descriptor
        try DecodeGuard.check(
            bytes, descriptor: descriptor, messageName: Self.messageName)
        let raw = try arena.unpack(
            bytes, as: Tally__V1__ListCodingActivityRequest.self, descriptor: descriptor,
            messageName: Self.messageName)
        self = try withExtendedLifetime(arena) { try Self(raw) }
    }

    public func packed(in arena: MessageArena) -> PackedMessage {
        PackedMessage(pack(into: arena))
    }

    /// protobuf-c's description of the message, at its own address.
    static var descriptor: UnsafePointer<ProtobufCMessageDescriptor> {
        var raw = Tally__V1__ListCodingActivityRequest()
        tally__v1__list_coding_activity_request__init(&raw)
        return raw.base.descriptor
    }

    /// The value of an unpacked message.
    init(_ raw: UnsafePointer<Tally__V1__ListCodingActivityRequest>) throws {
        self.from = try raw.pointee.from.map { try Date($0) }
        self.through = try raw.pointee.through.map { try Date($0) }
        self.connectionID = try MessageArena.string(
            raw.pointee.connection_id, messageName: Self.messageName, field: "connection_id")
        self.pageSize = raw.pointee.page_size
        self.pageToken = try MessageArena.string(
            raw.pointee.page_token, messageName: Self.messageName, field: "page_token")
    }

    /// The message as protobuf-c packs it; it lives as long as the arena.
    func pack(into arena: MessageArena) -> UnsafeMutablePointer<
        Tally__V1__ListCodingActivityRequest
    > {
        let raw = arena.allocateMessage(Tally__V1__ListCodingActivityRequest.self)
        tally__v1__list_coding_activity_request__init(raw)
        if let value = self.from {
            raw.pointee.from = value.pack(into: arena)
        }
        if let value = self.through {
            raw.pointee.through = value.pack(into: arena)
        }
        if !self.connectionID.isEmpty {
            raw.pointee.connection_id = arena.copy(self.connectionID)
        }
        raw.pointee.page_size = self.pageSize
        if !self.pageToken.isEmpty {
            raw.pointee.page_token = arena.copy(self.pageToken)
        }
        return raw
    }
}

extension ListCodingActivityResponse {
    public init(
        serialized bytes: UnsafeRawBufferPointer, in arena: MessageArena
    ) throws {
        let descriptor = Self.descriptor
        try DecodeGuard.check(
            bytes, descriptor: descriptor, messageName: Self.messageName)
        let raw = try arena.unpack(
            bytes, as: Tally__V1__ListCodingActivityResponse.self, descriptor: descriptor,
            messageName: Self.messageName)
        self = try withExtendedLifetime(arena) { try Self(raw) }
    }

    public func packed(in arena: MessageArena) -> PackedMessage {
        PackedMessage(pack(into: arena))
    }

    /// protobuf-c's description of the message, at its own address.
    static var descriptor: UnsafePointer<ProtobufCMessageDescriptor> {
        var raw = Tally__V1__ListCodingActivityResponse()
        tally__v1__list_coding_activity_response__init(&raw)
        return raw.base.descriptor
    }

    /// The value of an unpacked message.
    init(_ raw: UnsafePointer<Tally__V1__ListCodingActivityResponse>) throws {
        self.activity = try MessageArena.values(raw.pointee.activity, count: raw.pointee.n_activity)
        { try CodingActivity($0) }
        self.nextPageToken = try MessageArena.string(
            raw.pointee.next_page_token, messageName: Self.messageName, field: "next_page_token")
        self.readThrough = try raw.pointee.read_through.map { try Timestamp($0) }
    }

    /// The message as protobuf-c packs it; it lives as long as the arena.
    func pack(into arena: MessageArena) -> UnsafeMutablePointer<
        Tally__V1__ListCodingActivityResponse
    > {
        let raw = arena.allocateMessage(Tally__V1__ListCodingActivityResponse.self)
        tally__v1__list_coding_activity_response__init(raw)
        if !self.activity.isEmpty {
            raw.pointee.n_activity = self.activity.count
            raw.pointee.activity = arena.copy(self.activity) { $0.pack(into: arena) }
        }
        if !self.nextPageToken.isEmpty {
            raw.pointee.next_page_token = arena.copy(self.nextPageToken)
        }
        if let value = self.readThrough {
            raw.pointee.read_through = value.pack(into: arena)
        }
        return raw
    }
}

extension CodingActivity {
    public init(
        serialized bytes: UnsafeRawBufferPointer, in arena: MessageArena
    ) throws {
        let descriptor = Self.descriptor
        try DecodeGuard.check(
            bytes, descriptor: descriptor, messageName: Self.messageName)
        let raw = try arena.unpack(
            bytes, as: Tally__V1__CodingActivity.self, descriptor: descriptor,
            messageName: Self.messageName)
        self = try withExtendedLifetime(arena) { try Self(raw) }
    }

    public func packed(in arena: MessageArena) -> PackedMessage {
        PackedMessage(pack(into: arena))
    }

    /// protobuf-c's description of the message, at its own address.
    static var descriptor: UnsafePointer<ProtobufCMessageDescriptor> {
        var raw = Tally__V1__CodingActivity()
        tally__v1__coding_activity__init(&raw)
        return raw.base.descriptor
    }

    /// The value of an unpacked message.
    init(_ raw: UnsafePointer<Tally__V1__CodingActivity>) throws {
        self.actor = try MessageArena.string(
            raw.pointee.actor, messageName: Self.messageName, field: "actor")
        self.person = raw.pointee.person != 0
        self.days = raw.pointee.days
        self.lastDay = try raw.pointee.last_day.map { try Date($0) }
        self.sessions = raw.pointee.sessions
        self.linesAdded = raw.pointee.lines_added
        self.linesRemoved = raw.pointee.lines_removed
        self.commits = raw.pointee.commits
        self.pullRequests = raw.pointee.pull_requests
        self.suggestionsAccepted = raw.pointee.suggestions_accepted
        self.suggestionsRejected = raw.pointee.suggestions_rejected
        self.inputTokens = raw.pointee.input_tokens
        self.cacheReadTokens = raw.pointee.cache_read_tokens
        self.cacheWriteTokens = raw.pointee.cache_write_tokens
        self.outputTokens = raw.pointee.output_tokens
        self.estimatedCosts = try MessageArena.values(
            raw.pointee.estimated_costs, count: raw.pointee.n_estimated_costs
        ) { try Money($0) }
    }

    /// The message as protobuf-c packs it; it lives as long as the arena.
    func pack(into arena: MessageArena) -> UnsafeMutablePointer<Tally__V1__CodingActivity> {
        let raw = arena.allocateMessage(Tally__V1__CodingActivity.self)
        tally__v1__coding_activity__init(raw)
        if !self.actor.isEmpty {
            raw.pointee.actor = arena.copy(self.actor)
        }
        raw.pointee.person = self.person ? 1 : 0
        raw.pointee.days = self.days
        if let value = self.lastDay {
            raw.pointee.last_day = value.pack(into: arena)
        }
        raw.pointee.sessions = self.sessions
        raw.pointee.lines_added = self.linesAdded
        raw.pointee.lines_removed = self.linesRemoved
        raw.pointee.commits = self.commits
        raw.pointee.pull_requests = self.pullRequests
        raw.pointee.suggestions_accepted = self.suggestionsAccepted
        raw.pointee.suggestions_rejected = self.suggestionsRejected
        raw.pointee.input_tokens = self.inputTokens
        raw.pointee.cache_read_tokens = self.cacheReadTokens
        raw.pointee.cache_write_tokens = self.cacheWriteTokens
        raw.pointee.output_tokens = self.outputTokens
        if !self.estimatedCosts.isEmpty {
            raw.pointee.n_estimated_costs = self.estimatedCosts.count
            raw.pointee.estimated_costs = arena.copy(self.estimatedCosts) { $0.pack(into: arena) }
        }
        return raw
    }
}

/// Provider accounts whose usage and cost the worker pulls.
public enum ConnectionServiceMethods {
    /// Stores a provider's key, encrypted, and schedules the first pull. CONNECTION_LIMIT_REACHED
    /// where
    /// the organization has as many connections as its plan allows.
    public enum CreateConnection: RPCMethod {
        public typealias Request = CreateConnectionRequest
        public typealias Response = Connection
        public static let name = "tally.v1.ConnectionService/CreateConnection"
        public static let kind = CallKind.unary
    }

    /// Makes the pulls of all its reports due at once, before what is scheduled, those that were
    /// set aside, too.
    /// Pulls that run go on, and a provider that asked to be left alone is, unless the request says
    /// otherwise.
    /// CONNECTION_PAUSED while it is;
    /// SYNCED_TOO_RECENTLY within a minute of the last time.
    public enum SyncConnection: RPCMethod {
        public typealias Request = SyncConnectionRequest
        public typealias Response = SyncConnectionResponse
        public static let name = "tally.v1.ConnectionService/SyncConnection"
        public static let kind = CallKind.unary
    }

    /// Reads usage and costs of a span of the past once, beside the pulls of the present, which go
    /// first and do not
    /// notice it. What was read before is corrected where the provider says something else now, and
    /// counts once;
    /// days of which it tells nothing any more keep what was read. Days that pulls read again by
    /// themselves are
    /// left to them. One at a time of a connection: BACKFILL_UNDER_WAY while another one is not
    /// over. PERIOD_CLOSED
    /// where the span has a day of a closed month.
    public enum BackfillConnection: RPCMethod {
        public typealias Request = BackfillConnectionRequest
        public typealias Response = ConnectionBackfill
        public static let name = "tally.v1.ConnectionService/BackfillConnection"
        public static let kind = CallKind.unary
    }

    /// Pauses, resumes or cancels a back-fill. Once it is paused or cancelled nothing more is
    /// stored, and what was
    /// stays; resumed, it goes on where it was, at once, also where it was set aside. BACKFILL_OVER
    /// where it is
    /// done or cancelled. While its connection is paused it rests, and it ends with its connection.
    public enum ChangeConnectionBackfill: RPCMethod {
        public typealias Request = ChangeConnectionBackfillRequest
        public typealias Response = ConnectionBackfill
        public static let name = "tally.v1.ConnectionService/ChangeConnectionBackfill"
        public static let kind = CallKind.unary
        public static let idempotency = IdempotencyLevel.idempotent
    }

    /// The back-fills of a connection with how far they are, the newest first: the last 100 are
    /// kept.
    public enum ListConnectionBackfills: RPCMethod {
        public typealias Request = ListConnectionBackfillsRequest
        public typealias Response = ListConnectionBackfillsResponse
        public static let name = "tally.v1.ConnectionService/ListConnectionBackfills"
        public static let kind = CallKind.unary
        public static let idempotency = IdempotencyLevel.noSideEffects
    }

    /// How the queue of the workers stands, of all organizations: for operators of the platform.
    /// Ids, kinds
    /// and reasons, no figures.
    public enum GetWorkerStatus: RPCMethod {
        public typealias Request = GetWorkerStatusRequest
        public typealias Response = WorkerStatus
        public static let name = "tally.v1.ConnectionService/GetWorkerStatus"
        public static let kind = CallKind.unary
        public static let idempotency = IdempotencyLevel.noSideEffects
    }

    /// Lets jobs be tried again at once that were set aside: for operators of the platform. Waits
    /// for nobody: what somebody
    /// else is changing is passed over, and said to be.
    public enum ReviveJobs: RPCMethod {
        public typealias Request = ReviveJobsRequest
        public typealias Response = ReviveJobsResponse
        public static let name = "tally.v1.ConnectionService/ReviveJobs"
        public static let kind = CallKind.unary
    }

    /// What the pulls of a connection came to, the newest first: the last 1,000 of each report, of
    /// 90 days.
    public enum ListConnectionRuns: RPCMethod {
        public typealias Request = ListConnectionRunsRequest
        public typealias Response = ListConnectionRunsResponse
        public static let name = "tally.v1.ConnectionService/ListConnectionRuns"
        public static let kind = CallKind.unary
        public static let idempotency = IdempotencyLevel.noSideEffects
    }

    /// What people did with coding tools (Claude Code) on some days, summed by person over all
    /// connections, in no
    /// meaningful order. It is as its providers count it, and in no total: its tokens stand in
    /// usage and on the
    /// bill already, or are a seat's. What a provider took back is left out.
    public enum ListCodingActivity: RPCMethod {
        public typealias Request = ListCodingActivityRequest
        public typealias Response = ListCodingActivityResponse
        public static let name = "tally.v1.ConnectionService/ListCodingActivity"
        public static let kind = CallKind.unary
        public static let idempotency = IdempotencyLevel.noSideEffects
    }

    /// One connection with its health.
    public enum GetConnection: RPCMethod {
        public typealias Request = GetConnectionRequest
        public typealias Response = Connection
        public static let name = "tally.v1.ConnectionService/GetConnection"
        public static let kind = CallKind.unary
        public static let idempotency = IdempotencyLevel.noSideEffects
    }

    /// The organization's connections that pass a filter, in the order that is asked for.
    public enum ListConnections: RPCMethod {
        public typealias Request = ListConnectionsRequest
        public typealias Response = ListConnectionsResponse
        public static let name = "tally.v1.ConnectionService/ListConnections"
        public static let kind = CallKind.unary
        public static let idempotency = IdempotencyLevel.noSideEffects
    }

    /// How the connections that pass a filter are doing, all as one: what the head of a panel says.
    /// It answers the same
    /// of all that ListConnections would show, page by page, and costs two statements however many
    /// they are.
    public enum SummarizeConnections: RPCMethod {
        public typealias Request = SummarizeConnectionsRequest
        public typealias Response = SummarizeConnectionsResponse
        public static let name = "tally.v1.ConnectionService/SummarizeConnections"
        public static let kind = CallKind.unary
        public static let idempotency = IdempotencyLevel.noSideEffects
    }

    /// Stores another key of the same account, encrypted, and makes the next pull of each report
    /// due
    /// at once. What was read before stays; a refused key is health DEGRADED until the new one
    /// worked.
    public enum ReplaceConnectionKey: RPCMethod {
        public typealias Request = ReplaceConnectionKeyRequest
        public typealias Response = Connection
        public static let name = "tally.v1.ConnectionService/ReplaceConnectionKey"
        public static let kind = CallKind.unary
    }

    /// Asks the provider, now, whether a key may read what a connection reads: a new one before it
    /// is
    /// connected, that of a connection, or one that is to replace it. Nothing is stored or changed.
    /// What the
    /// provider refuses stands in the answer; KEY_TESTS_AT_LIMIT where the server tests many keys
    /// already,
    /// KEY_TESTS_OF_ORGANIZATION_AT_LIMIT where it tests as many of the
    /// organization as it may, one or two. It takes 10 seconds at most.
    public enum TestConnection: RPCMethod {
        public typealias Request = TestConnectionRequest
        public typealias Response = TestConnectionResponse
        public static let name = "tally.v1.ConnectionService/TestConnection"
        public static let kind = CallKind.unary
        public static let idempotency = IdempotencyLevel.noSideEffects
    }

    /// Changes the fields that update_mask names. CONNECTION_NAME_TAKEN where another connection
    /// has the
    /// name, ETAG_MISMATCH where the connection was changed since it was read.
    public enum UpdateConnection: RPCMethod {
        public typealias Request = UpdateConnectionRequest
        public typealias Response = Connection
        public static let name = "tally.v1.ConnectionService/UpdateConnection"
        public static let kind = CallKind.unary
    }

    /// Makes connections what rows say, each found by its display name: creates those that are not
    /// there, and
    /// gives others another key, other labels, another record, or pauses and resumes them. All or
    /// nothing;
    /// connections without a row stay. Keys are not tested: TestConnection says of each what it may
    /// read.
    public enum ImportConnections: RPCMethod {
        public typealias Request = ImportConnectionsRequest
        public typealias Response = ImportConnectionsResponse
        public static let name = "tally.v1.ConnectionService/ImportConnections"
        public static let kind = CallKind.unary
    }

    /// Stops its pulls: one under way writes nothing more, the next one waits until it is resumed.
    /// What
    /// was read stays, and figures keep what they are. Pausing again changes nothing.
    public enum PauseConnection: RPCMethod {
        public typealias Request = PauseConnectionRequest
        public typealias Response = Connection
        public static let name = "tally.v1.ConnectionService/PauseConnection"
        public static let kind = CallKind.unary
        public static let idempotency = IdempotencyLevel.idempotent
    }

    /// Lets a paused connection be pulled again, at once and from where its reports were read to,
    /// so that
    /// nothing of the time between is missing. Resuming one that is not paused changes nothing.
    public enum ResumeConnection: RPCMethod {
        public typealias Request = ResumeConnectionRequest
        public typealias Response = Connection
        public static let name = "tally.v1.ConnectionService/ResumeConnection"
        public static let kind = CallKind.unary
        public static let idempotency = IdempotencyLevel.idempotent
    }

    /// Ends a connection for ever: its pulls stop, its key is destroyed, its name is free for
    /// another and
    /// it counts for no plan any more. What was read of it stays in every figure, under its name,
    /// and counts as
    /// final, since nobody will read the rest. Deleting one again changes nothing.
    public enum DeleteConnection: RPCMethod {
        public typealias Request = DeleteConnectionRequest
        public typealias Response = Connection
        public static let name = "tally.v1.ConnectionService/DeleteConnection"
        public static let kind = CallKind.unary
        public static let idempotency = IdempotencyLevel.idempotent
    }
}
