// Written by tally-generator. Change proto/ and run deploy/scripts/generate.sh.
// Source: tally/v1/tenant.proto

import CMessages
import CProtobufC
public import Wire

/// What a member or a token may do. Who has several roles may do what any of them may.
public struct Role: RawRepresentable, CaseIterable, Hashable, Sendable {
    public let rawValue: Int32

    public init(rawValue: Int32) {
        self.rawValue = rawValue
    }

    /// Not allowed.
    public static let unspecified = Self(rawValue: 0)
    /// Everything within the organization.
    public static let owner = Self(rawValue: 1)
    /// Everything but owners, frontends and organization settings.
    public static let admin = Self(rawValue: 2)
    /// Rules, budgets, reports.
    public static let finance = Self(rawValue: 3)
    /// Reads reports.
    public static let analyst = Self(rawValue: 4)
    /// Sends events, reads nothing. For programs.
    public static let ingest = Self(rawValue: 5)
    /// Manages organizations, reads no figures. Belongs to the platform, not to an organization.
    public static let `operator` = Self(rawValue: 6)
    /// Reads what concerns the units named beside it and all units below them.
    public static let unitOwner = Self(rawValue: 7)
    /// Reads everything, members, tokens and the audit log included; changes nothing.
    public static let auditor = Self(rawValue: 8)
    /// Stands in the way of requests to providers: sends events, and asks whether budgets allow a
    /// request. For programs.
    public static let gateway = Self(rawValue: 9)
    /// Acts for the members of the organization, one named with each call in `tally-on-behalf-of`,
    /// and
    /// then may do exactly what that member may. For programs; it has no other role beside it.
    public static let frontend = Self(rawValue: 10)

    /// Every value that the contract names, in its order.
    public static let allCases: [Self] = [
        .unspecified, .owner, .admin, .finance, .analyst, .ingest, .operator, .unitOwner, .auditor,
        .gateway, .frontend,
    ]

    /// The name in the contract; nil for a value that it does not know.
    public var name: String? {
        switch rawValue {
        case 0: "ROLE_UNSPECIFIED"
        case 1: "ROLE_OWNER"
        case 2: "ROLE_ADMIN"
        case 3: "ROLE_FINANCE"
        case 4: "ROLE_ANALYST"
        case 5: "ROLE_INGEST"
        case 6: "ROLE_OPERATOR"
        case 7: "ROLE_UNIT_OWNER"
        case 8: "ROLE_AUDITOR"
        case 9: "ROLE_GATEWAY"
        case 10: "ROLE_FRONTEND"
        default: nil
        }
    }
}

/// What a token can be limited in beside its roles and units.
public struct TokenLimit: RawRepresentable, CaseIterable, Hashable, Sendable {
    public let rawValue: Int32

    public init(rawValue: Int32) {
        self.rawValue = rawValue
    }

    /// Never sent.
    public static let unspecified = Self(rawValue: 0)
    /// Where it may be used from: Token.source_addresses.
    public static let sourceAddresses = Self(rawValue: 1)
    /// When it ends: Token.expire_time.
    public static let expireTime = Self(rawValue: 2)
    /// How often it may call: Token.calls_per_second_max.
    public static let callsPerSecond = Self(rawValue: 3)
    /// How many events it may bring: Token.events_per_day_max.
    public static let eventsPerDay = Self(rawValue: 4)

    /// Every value that the contract names, in its order.
    public static let allCases: [Self] = [
        .unspecified, .sourceAddresses, .expireTime, .callsPerSecond, .eventsPerDay,
    ]

    /// The name in the contract; nil for a value that it does not know.
    public var name: String? {
        switch rawValue {
        case 0: "TOKEN_LIMIT_UNSPECIFIED"
        case 1: "TOKEN_LIMIT_SOURCE_ADDRESSES"
        case 2: "TOKEN_LIMIT_EXPIRE_TIME"
        case 3: "TOKEN_LIMIT_CALLS_PER_SECOND"
        case 4: "TOKEN_LIMIT_EVENTS_PER_DAY"
        default: nil
        }
    }
}

/// Whether what a row of the audit log says of people can be read.
public struct PersonalFields: RawRepresentable, CaseIterable, Hashable, Sendable {
    public let rawValue: Int32

    public init(rawValue: Int32) {
        self.rawValue = rawValue
    }

    /// Not used.
    public static let unspecified = Self(rawValue: 0)
    /// They stand in the row.
    public static let readable = Self(rawValue: 1)
    /// They were sealed by the organization's data key, which was destroyed: they are empty for
    /// ever.
    public static let destroyed = Self(rawValue: 2)
    /// They are empty, since what is stored does not open: somebody changed it.
    public static let unreadable = Self(rawValue: 3)
    /// They were never kept: the data key could not be had when RevokeToken or RemoveMember was
    /// called, or
    /// tally-server operator-token revoke, which do not wait for it. personal_hash is SHA-256 of
    /// "tally audit personal none".
    public static let notKept = Self(rawValue: 4)

    /// Every value that the contract names, in its order.
    public static let allCases: [Self] = [
        .unspecified, .readable, .destroyed, .unreadable, .notKept,
    ]

    /// The name in the contract; nil for a value that it does not know.
    public var name: String? {
        switch rawValue {
        case 0: "PERSONAL_FIELDS_UNSPECIFIED"
        case 1: "PERSONAL_FIELDS_READABLE"
        case 2: "PERSONAL_FIELDS_DESTROYED"
        case 3: "PERSONAL_FIELDS_UNREADABLE"
        case 4: "PERSONAL_FIELDS_NOT_KEPT"
        default: nil
        }
    }
}

/// A company with its own units, people, prices and figures; it sees nothing of others.
public struct Organization: WireMessage {
    /// Whether an organization is served.
    public struct State: RawRepresentable, CaseIterable, Hashable, Sendable {
        public let rawValue: Int32

        public init(rawValue: Int32) {
            self.rawValue = rawValue
        }

        /// Never sent; in a request: all.
        public static let unspecified = Self(rawValue: 0)
        /// It is.
        public static let active = Self(rawValue: 1)
        /// It is not, until an operator resumes it.
        public static let suspended = Self(rawValue: 2)
        /// It is not, and will be erased unless it is restored in time.
        public static let deleting = Self(rawValue: 3)
        /// Its erasure began; nothing brings it back. Once it is done, id, slug and dates are what
        /// is left.
        public static let deleted = Self(rawValue: 4)

        /// Every value that the contract names, in its order.
        public static let allCases: [Self] = [
            .unspecified, .active, .suspended, .deleting, .deleted,
        ]

        /// The name in the contract; nil for a value that it does not know.
        public var name: String? {
            switch rawValue {
            case 0: "STATE_UNSPECIFIED"
            case 1: "STATE_ACTIVE"
            case 2: "STATE_SUSPENDED"
            case 3: "STATE_DELETING"
            case 4: "STATE_DELETED"
            default: nil
            }
        }
    }

    public static let messageName = "tally.v1.Organization"

    /// UUIDv7.
    public var id: String = ""
    /// Unique on the platform: [a-z0-9-]{1,63}, starts and ends with a letter or digit. Never
    /// changes,
    /// and is never given to another organization.
    public var slug: String = ""
    /// 1 to 200 characters.
    public var displayName: String = ""
    /// IANA time zone, such as "Europe/Berlin"; days and months are cut by it.
    public var timeZone: String = ""
    /// ISO 4217 code that reports are in. Default "USD".
    public var reportingCurrency: String = ""
    /// When it was created. Set by the server.
    public var createTime: Timestamp?
    /// Month that its fiscal years begin with, 1 to 12. Default 1.
    public var fiscalYearStartMonth: Int32 = 0
    /// Months of usage that it wants kept beside the present one, 13 to 1200; 0: all. Default 0.
    /// Months are
    /// those of UTC here, each from 14 hours before, when it begins elsewhere. Older events are
    /// refused
    /// (EVENT_TOO_OLD) from then on. Older usage, what it came to and the ids of its events are
    /// removed for
    /// good by a worker, each month anew, but not within a week after a shorter time was asked for,
    /// so that
    /// it can be taken back. Reports then show nothing of those months; budgets, rules and units
    /// stay.
    public var retentionMonths: Int32 = 0
    /// What its plan allows.
    public var limits: PlanLimits?
    /// Whether it is served.
    public var state: Organization.State = Organization.State(rawValue: 0)
    /// Since when it is suspended; absent where it is not.
    public var suspendTime: Timestamp?
    /// Why, as the operator wrote it for the organization; empty where it is not suspended.
    public var suspensionReason: String = ""
    /// When its deletion becomes irrevocable, and not before which a worker destroys its keys and
    /// erases
    /// its rows: it begins within a minute or two, where one runs, and takes a minute for some
    /// million rows. Absent where nobody asked for its deletion.
    public var purgeTime: Timestamp?
    /// Not before when the last backup that has its figures is gone, as this server is set up: so
    /// long
    /// after `purge_time`, and, once it is erased, after that. Absent where nobody asked for its
    /// deletion.
    public var backupExpireTime: Timestamp?
    /// Changes with every change of the organization.
    public var etag: String = ""
    /// Usage from before then was removed, since the organization does not want it kept. Absent
    /// where none
    /// was.
    public var usageRemovedBeforeTime: Timestamp?
    /// Not before when the last backup of the keys' database that has its data key is gone, as this
    /// server
    /// is set up: so long after `purge_time`, and, once it is erased, after that. From then on
    /// nobody reads
    /// its personal fields and providers' keys in any backup of its figures. Absent where nobody
    /// asked for
    /// its deletion.
    public var keysBackupExpireTime: Timestamp?

    public init() {}

    public init(
        id: String = "", slug: String = "", displayName: String = "", timeZone: String = "",
        reportingCurrency: String = "", createTime: Timestamp? = nil,
        fiscalYearStartMonth: Int32 = 0, retentionMonths: Int32 = 0, limits: PlanLimits? = nil,
        state: Organization.State = Organization.State(rawValue: 0), suspendTime: Timestamp? = nil,
        suspensionReason: String = "", purgeTime: Timestamp? = nil,
        backupExpireTime: Timestamp? = nil, etag: String = "",
        usageRemovedBeforeTime: Timestamp? = nil, keysBackupExpireTime: Timestamp? = nil
    ) {
        self.id = id
        self.slug = slug
        self.displayName = displayName
        self.timeZone = timeZone
        self.reportingCurrency = reportingCurrency
        self.createTime = createTime
        self.fiscalYearStartMonth = fiscalYearStartMonth
        self.retentionMonths = retentionMonths
        self.limits = limits
        self.state = state
        self.suspendTime = suspendTime
        self.suspensionReason = suspensionReason
        self.purgeTime = purgeTime
        self.backupExpireTime = backupExpireTime
        self.etag = etag
        self.usageRemovedBeforeTime = usageRemovedBeforeTime
        self.keysBackupExpireTime = keysBackupExpireTime
    }
}

/// What the plan of an organization allows. 0 is the limit that the server is set up with.
public struct PlanLimits: WireMessage {
    public static let messageName = "tally.v1.PlanLimits"

    /// Connections at once, 1 to 10,000.
    public var connectionsMax: Int32 = 0
    /// Events that are ingested in a day of UTC, 1 to 1,000,000,000,000.
    public var eventsPerDayMax: Int64 = 0
    /// Calls of all of its tokens in a second, for each server by itself, 1 to 1,000,000.
    public var callsPerSecondMax: Int32 = 0

    public init() {}

    public init(
        connectionsMax: Int32 = 0, eventsPerDayMax: Int64 = 0, callsPerSecondMax: Int32 = 0
    ) {
        self.connectionsMax = connectionsMax
        self.eventsPerDayMax = eventsPerDayMax
        self.callsPerSecondMax = callsPerSecondMax
    }
}

public struct CreateOrganizationRequest: WireMessage {
    public static let messageName = "tally.v1.CreateOrganizationRequest"

    /// Unique on the platform: [a-z0-9-]{1,63}, starts and ends with a letter or digit.
    public var slug: String = ""
    /// 1 to 200 characters.
    public var displayName: String = ""
    /// IANA time zone. Required.
    public var timeZone: String = ""
    /// Default "USD".
    public var reportingCurrency: String = ""
    /// E-mail of the first owner. Required.
    public var ownerEmail: String = ""
    /// Month that fiscal years begin with, 1 to 12; 0: 1.
    public var fiscalYearStartMonth: Int32 = 0
    /// Whole months of usage to keep, 13 to 1200. Default 0: all.
    public var retentionMonths: Int32 = 0
    /// What the plan allows. Default: the limits that the server is set up with.
    public var limits: PlanLimits?

    public init() {}

    public init(
        slug: String = "", displayName: String = "", timeZone: String = "",
        reportingCurrency: String = "", ownerEmail: String = "", fiscalYearStartMonth: Int32 = 0,
        retentionMonths: Int32 = 0, limits: PlanLimits? = nil
    ) {
        self.slug = slug
        self.displayName = displayName
        self.timeZone = timeZone
        self.reportingCurrency = reportingCurrency
        self.ownerEmail = ownerEmail
        self.fiscalYearStartMonth = fiscalYearStartMonth
        self.retentionMonths = retentionMonths
        self.limits = limits
    }
}

public struct CreateOrganizationResponse: WireMessage {
    public static let messageName = "tally.v1.CreateOrganizationResponse"

    /// The new organization.
    public var organization: Organization?
    /// Its first owner.
    public var owner: Member?
    /// The owner's token in clear, shown only here.
    public var ownerToken: String = ""

    public init() {}

    public init(
        organization: Organization? = nil, owner: Member? = nil, ownerToken: String = ""
    ) {
        self.organization = organization
        self.owner = owner
        self.ownerToken = ownerToken
    }
}

public struct GetOrganizationRequest: WireMessage {
    public static let messageName = "tally.v1.GetOrganizationRequest"

    /// Id or slug. Operators name one; for others it may be empty: their own.
    public var organization: String = ""

    public init() {}

    public init(
        organization: String = ""
    ) {
        self.organization = organization
    }
}

public struct UpdateOrganizationRequest: WireMessage {
    public static let messageName = "tally.v1.UpdateOrganizationRequest"

    /// Id or slug. Operators name one; for others it may be empty: their own.
    public var organization: String = ""
    /// 1 to 200 characters.
    public var displayName: String = ""
    /// IANA time zone. Kept once the organization has usage: it cuts days and months.
    public var timeZone: String = ""
    /// ISO 4217 code that reports are in. Kept once the organization has usage, or a budget.
    public var reportingCurrency: String = ""
    /// 1 to 12.
    public var fiscalYearStartMonth: Int32 = 0
    /// 13 to 1200; 0: all. Usage from before is removed for good a week after a shorter time was
    /// asked for.
    public var retentionMonths: Int32 = 0
    /// What the plan allows; 0 for the limit that the server is set up with.
    public var limits: PlanLimits?
    /// Names of the fields to change. Of owners: "display_name", "time_zone", "reporting_currency",
    /// "fiscal_year_start_month", "retention_months"; of operators: "limits.connections_max",
    /// "limits.events_per_day_max", "limits.calls_per_second_max". Required.
    public var updateMask: [String] = []
    /// The organization's etag as it was read, or empty to change it whatever it is.
    public var etag: String = ""

    public init() {}

    public init(
        organization: String = "", displayName: String = "", timeZone: String = "",
        reportingCurrency: String = "", fiscalYearStartMonth: Int32 = 0, retentionMonths: Int32 = 0,
        limits: PlanLimits? = nil, updateMask: [String] = [], etag: String = ""
    ) {
        self.organization = organization
        self.displayName = displayName
        self.timeZone = timeZone
        self.reportingCurrency = reportingCurrency
        self.fiscalYearStartMonth = fiscalYearStartMonth
        self.retentionMonths = retentionMonths
        self.limits = limits
        self.updateMask = updateMask
        self.etag = etag
    }
}

public struct SuspendOrganizationRequest: WireMessage {
    public static let messageName = "tally.v1.SuspendOrganizationRequest"

    /// Id or slug.
    public var organization: String = ""
    /// Why, for the organization to read; 1 to 200 characters. Required.
    public var reason: String = ""

    public init() {}

    public init(
        organization: String = "", reason: String = ""
    ) {
        self.organization = organization
        self.reason = reason
    }
}

public struct ResumeOrganizationRequest: WireMessage {
    public static let messageName = "tally.v1.ResumeOrganizationRequest"

    /// Id or slug.
    public var organization: String = ""

    public init() {}

    public init(
        organization: String = ""
    ) {
        self.organization = organization
    }
}

public struct DeleteOrganizationRequest: WireMessage {
    public static let messageName = "tally.v1.DeleteOrganizationRequest"

    /// Id or slug. Operators name one; for others it may be empty: their own.
    public var organization: String = ""
    /// The organization's slug, against mistakes. Required.
    public var confirmSlug: String = ""

    public init() {}

    public init(
        organization: String = "", confirmSlug: String = ""
    ) {
        self.organization = organization
        self.confirmSlug = confirmSlug
    }
}

public struct RestoreOrganizationRequest: WireMessage {
    public static let messageName = "tally.v1.RestoreOrganizationRequest"

    /// Id or slug. Operators name one; for others it may be empty: their own.
    public var organization: String = ""

    public init() {}

    public init(
        organization: String = ""
    ) {
        self.organization = organization
    }
}

public struct ExportOrganizationRequest: WireMessage {
    public static let messageName = "tally.v1.ExportOrganizationRequest"

    public init() {}
}

/// A part of an export: the manifest first, then table by table its rows and its end. An export is
/// whole
/// where each table of the manifest has its end.
public struct OrganizationExportPart: WireMessage {
    /// What it is: the manifest first, then of each table its rows and its end.
    public enum Part: Hashable, Sendable {
        /// What follows.
        case manifest(ExportManifest)
        /// Some rows of a table, in the order of its primary key.
        case rows(ExportRows)
        /// That a table has no more rows.
        case tableEnd(ExportTableEnd)
    }

    public static let messageName = "tally.v1.OrganizationExportPart"

    /// What it is: the manifest first, then of each table its rows and its end.
    public var part: Part?

    public init() {}

    public init(
        part: Part? = nil
    ) {
        self.part = part
    }
}

/// What an export holds.
public struct ExportManifest: WireMessage {
    public static let messageName = "tally.v1.ExportManifest"

    /// Whose it is.
    public var organization: Organization?
    /// When the rows were as they follow.
    public var exportTime: Timestamp?
    /// The tables, by name.
    public var tables: [ExportTable] = []

    public init() {}

    public init(
        organization: Organization? = nil, exportTime: Timestamp? = nil, tables: [ExportTable] = []
    ) {
        self.organization = organization
        self.exportTime = exportTime
        self.tables = tables
    }
}

/// A table of an export.
public struct ExportTable: WireMessage {
    public static let messageName = "tally.v1.ExportTable"

    /// Its name in the database.
    public var name: String = ""
    /// Columns that hold secrets, or hashes of them, and are left out.
    public var omittedColumns: [String] = []

    public init() {}

    public init(
        name: String = "", omittedColumns: [String] = []
    ) {
        self.name = name
        self.omittedColumns = omittedColumns
    }
}

/// Some rows of a table.
public struct ExportRows: WireMessage {
    public static let messageName = "tally.v1.ExportRows"

    /// The table's name.
    public var table: String = ""
    /// Each a JSON object with a member for each column, on one line; times in UTC; amounts, and
    /// whole
    /// numbers of 64 bits, as texts, so that no reader rounds them. In place of a sealed
    /// column stands what was sealed: "email" of members; "owner_email" of business_unit_versions;
    /// "on_behalf_of", "before_json", "after_json", "peer_address", "peer_subject" and
    /// "personal_salt"
    /// (in hexadecimal) of audit_log; "account" of connections, what the provider calls it; "name"
    /// and "email"
    /// of provider_objects and provider_object_names, and "user", a user's id; "user" and
    /// "sent_user", which a rule replaced, of
    /// dimension_sets; null where there is none, or it cannot be opened any more.
    public var rows: [String] = []

    public init() {}

    public init(
        table: String = "", rows: [String] = []
    ) {
        self.table = table
        self.rows = rows
    }
}

/// The end of a table.
public struct ExportTableEnd: WireMessage {
    public static let messageName = "tally.v1.ExportTableEnd"

    /// The table's name.
    public var table: String = ""
    /// Its rows.
    public var rowCount: Int64 = 0
    /// SHA-256 of its rows in UTF-8, each followed by a line feed.
    public var sha256: [UInt8] = []

    public init() {}

    public init(
        table: String = "", rowCount: Int64 = 0, sha256: [UInt8] = []
    ) {
        self.table = table
        self.rowCount = rowCount
        self.sha256 = sha256
    }
}

public struct ListOrganizationsRequest: WireMessage {
    public static let messageName = "tally.v1.ListOrganizationsRequest"

    /// 1 to 1000. Default 100.
    public var pageSize: Int32 = 0
    /// next_page_token of the previous answer.
    public var pageToken: String = ""
    /// Only organizations in this state. Default: all but those whose erasure is done.
    public var state: Organization.State = Organization.State(rawValue: 0)

    public init() {}

    public init(
        pageSize: Int32 = 0, pageToken: String = "",
        state: Organization.State = Organization.State(rawValue: 0)
    ) {
        self.pageSize = pageSize
        self.pageToken = pageToken
        self.state = state
    }
}

public struct ListOrganizationsResponse: WireMessage {
    public static let messageName = "tally.v1.ListOrganizationsResponse"

    /// By slug.
    public var organizations: [Organization] = []
    /// Empty on the last page.
    public var nextPageToken: String = ""

    public init() {}

    public init(
        organizations: [Organization] = [], nextPageToken: String = ""
    ) {
        self.organizations = organizations
        self.nextPageToken = nextPageToken
    }
}

/// A node of the organization's tree: a company, division, department or team. All but its id and
/// code
/// may differ from day to day.
public struct BusinessUnit: WireMessage {
    /// What a unit is, for people: it has no effect on any figure.
    public struct Kind: RawRepresentable, CaseIterable, Hashable, Sendable {
        public let rawValue: Int32

        public init(rawValue: Int32) {
            self.rawValue = rawValue
        }

        /// None of those below.
        public static let unspecified = Self(rawValue: 0)
        /// A legal entity.
        public static let company = Self(rawValue: 1)
        /// A part of a company.
        public static let division = Self(rawValue: 2)
        /// A part of a division.
        public static let department = Self(rawValue: 3)
        /// People who work together.
        public static let team = Self(rawValue: 4)
        /// A place of bookkeeping.
        public static let costCenter = Self(rawValue: 5)

        /// Every value that the contract names, in its order.
        public static let allCases: [Self] = [
            .unspecified, .company, .division, .department, .team, .costCenter,
        ]

        /// The name in the contract; nil for a value that it does not know.
        public var name: String? {
            switch rawValue {
            case 0: "KIND_UNSPECIFIED"
            case 1: "KIND_COMPANY"
            case 2: "KIND_DIVISION"
            case 3: "KIND_DEPARTMENT"
            case 4: "KIND_TEAM"
            case 5: "KIND_COST_CENTER"
            default: nil
            }
        }
    }

    /// Whether a unit answers for spend.
    public struct State: RawRepresentable, CaseIterable, Hashable, Sendable {
        public let rawValue: Int32

        public init(rawValue: Int32) {
            self.rawValue = rawValue
        }

        /// Never sent.
        public static let unspecified = Self(rawValue: 0)
        /// It does.
        public static let active = Self(rawValue: 1)
        /// It no longer does: its successor or the nearest unit above does.
        public static let retired = Self(rawValue: 2)
        /// It no longer does: the unit that it was merged into does.
        public static let merged = Self(rawValue: 3)

        /// Every value that the contract names, in its order.
        public static let allCases: [Self] = [
            .unspecified, .active, .retired, .merged,
        ]

        /// The name in the contract; nil for a value that it does not know.
        public var name: String? {
            switch rawValue {
            case 0: "STATE_UNSPECIFIED"
            case 1: "STATE_ACTIVE"
            case 2: "STATE_RETIRED"
            case 3: "STATE_MERGED"
            default: nil
            }
        }
    }

    public static let messageName = "tally.v1.BusinessUnit"

    /// UUIDv7.
    public var id: String = ""
    /// Identifier within the organization: [a-z0-9-]{1,63}. Never changes.
    public var code: String = ""
    /// 1 to 200 characters.
    public var displayName: String = ""
    /// Code of the unit above; empty at the top.
    public var parentCode: String = ""
    /// E-mail of who answers for its spend; may be empty.
    public var ownerEmail: String = ""
    /// When it was created. Set by the server.
    public var createTime: Timestamp?
    /// What it is, for people.
    public var kind: BusinessUnit.Kind = BusinessUnit.Kind(rawValue: 0)
    /// What bookkeeping calls it; may be empty.
    public var costCenterCode: String = ""
    /// Whether it answers for spend.
    public var state: BusinessUnit.State = BusinessUnit.State(rawValue: 0)
    /// Code of the unit that took over: where it was merged, or retired with a successor.
    public var successorCode: String = ""
    /// First day on which these details hold; absent where they always did.
    public var effectiveDate: Date?
    /// First day on which other details hold; absent where none are planned.
    public var endDate: Date?
    /// Changes with every change of the unit, on whatever day it takes effect.
    public var etag: String = ""

    public init() {}

    public init(
        id: String = "", code: String = "", displayName: String = "", parentCode: String = "",
        ownerEmail: String = "", createTime: Timestamp? = nil,
        kind: BusinessUnit.Kind = BusinessUnit.Kind(rawValue: 0), costCenterCode: String = "",
        state: BusinessUnit.State = BusinessUnit.State(rawValue: 0), successorCode: String = "",
        effectiveDate: Date? = nil, endDate: Date? = nil, etag: String = ""
    ) {
        self.id = id
        self.code = code
        self.displayName = displayName
        self.parentCode = parentCode
        self.ownerEmail = ownerEmail
        self.createTime = createTime
        self.kind = kind
        self.costCenterCode = costCenterCode
        self.state = state
        self.successorCode = successorCode
        self.effectiveDate = effectiveDate
        self.endDate = endDate
        self.etag = etag
    }
}

public struct CreateBusinessUnitRequest: WireMessage {
    public static let messageName = "tally.v1.CreateBusinessUnitRequest"

    /// Unique within the organization: [a-z0-9-]{1,63}. It never changes.
    public var code: String = ""
    /// 1 to 200 characters.
    public var displayName: String = ""
    /// Code of an existing unit, or empty. The tree has at most 64 levels.
    public var parentCode: String = ""
    /// E-mail of who answers for its spend; may be empty.
    public var ownerEmail: String = ""
    /// What it is, for people.
    public var kind: BusinessUnit.Kind = BusinessUnit.Kind(rawValue: 0)
    /// What bookkeeping calls it: at most 64 of letters, digits, space and -_./: in ASCII.
    public var costCenterCode: String = ""
    /// First day on which it exists; not in a closed month. What rules give to it before that day
    /// is
    /// unallocated. Default: today in the organization's time zone, or the parent's first day where
    /// that
    /// is yet to come.
    public var effectiveDate: Date?

    public init() {}

    public init(
        code: String = "", displayName: String = "", parentCode: String = "",
        ownerEmail: String = "", kind: BusinessUnit.Kind = BusinessUnit.Kind(rawValue: 0),
        costCenterCode: String = "", effectiveDate: Date? = nil
    ) {
        self.code = code
        self.displayName = displayName
        self.parentCode = parentCode
        self.ownerEmail = ownerEmail
        self.kind = kind
        self.costCenterCode = costCenterCode
        self.effectiveDate = effectiveDate
    }
}

public struct GetBusinessUnitRequest: WireMessage {
    public static let messageName = "tally.v1.GetBusinessUnitRequest"

    /// The unit's code.
    public var code: String = ""
    /// The day. Default: today in the organization's time zone.
    public var asOf: Date?

    public init() {}

    public init(
        code: String = "", asOf: Date? = nil
    ) {
        self.code = code
        self.asOf = asOf
    }
}

public struct ListBusinessUnitsRequest: WireMessage {
    public static let messageName = "tally.v1.ListBusinessUnitsRequest"

    /// 1 to 1000. Default 1000.
    public var pageSize: Int32 = 0
    /// next_page_token of the previous answer; empty for the first page.
    public var pageToken: String = ""
    /// The day. Default: today in the organization's time zone.
    public var asOf: Date?
    /// Whether units that were retired or merged by that day are listed, too.
    public var showRetired: Bool = false

    public init() {}

    public init(
        pageSize: Int32 = 0, pageToken: String = "", asOf: Date? = nil, showRetired: Bool = false
    ) {
        self.pageSize = pageSize
        self.pageToken = pageToken
        self.asOf = asOf
        self.showRetired = showRetired
    }
}

public struct ListBusinessUnitsResponse: WireMessage {
    public static let messageName = "tally.v1.ListBusinessUnitsResponse"

    /// By code.
    public var businessUnits: [BusinessUnit] = []
    /// Token of the next page; empty on the last.
    public var nextPageToken: String = ""

    public init() {}

    public init(
        businessUnits: [BusinessUnit] = [], nextPageToken: String = ""
    ) {
        self.businessUnits = businessUnits
        self.nextPageToken = nextPageToken
    }
}

public struct ListBusinessUnitVersionsRequest: WireMessage {
    public static let messageName = "tally.v1.ListBusinessUnitVersionsRequest"

    /// The unit's code.
    public var code: String = ""

    public init() {}

    public init(
        code: String = ""
    ) {
        self.code = code
    }
}

public struct ListBusinessUnitVersionsResponse: WireMessage {
    public static let messageName = "tally.v1.ListBusinessUnitVersionsResponse"

    /// By effective date, the first first. At most 1000.
    public var versions: [BusinessUnit] = []

    public init() {}

    public init(
        versions: [BusinessUnit] = []
    ) {
        self.versions = versions
    }
}

public struct UpdateBusinessUnitRequest: WireMessage {
    public static let messageName = "tally.v1.UpdateBusinessUnitRequest"

    /// The unit's code.
    public var code: String = ""
    /// 1 to 200 characters.
    public var displayName: String = ""
    /// Code of the unit above from then on, or empty for the top. Not one below the unit itself.
    public var parentCode: String = ""
    /// E-mail of who answers for its spend; may be empty.
    public var ownerEmail: String = ""
    /// What it is, for people.
    public var kind: BusinessUnit.Kind = BusinessUnit.Kind(rawValue: 0)
    /// As in CreateBusinessUnitRequest.
    public var costCenterCode: String = ""
    /// Names of the fields to change: "display_name", "parent_code", "owner_email", "kind",
    /// "cost_center_code". Required.
    public var updateMask: [String] = []
    /// First day of the change, past or future, but not in a closed month. Default: today in the
    /// organization's time zone.
    public var effectiveDate: Date?
    /// The unit's etag as it was read, or empty to change it whatever it is.
    public var etag: String = ""

    public init() {}

    public init(
        code: String = "", displayName: String = "", parentCode: String = "",
        ownerEmail: String = "", kind: BusinessUnit.Kind = BusinessUnit.Kind(rawValue: 0),
        costCenterCode: String = "", updateMask: [String] = [], effectiveDate: Date? = nil,
        etag: String = ""
    ) {
        self.code = code
        self.displayName = displayName
        self.parentCode = parentCode
        self.ownerEmail = ownerEmail
        self.kind = kind
        self.costCenterCode = costCenterCode
        self.updateMask = updateMask
        self.effectiveDate = effectiveDate
        self.etag = etag
    }
}

public struct RetireBusinessUnitRequest: WireMessage {
    public static let messageName = "tally.v1.RetireBusinessUnitRequest"

    /// The unit's code.
    public var code: String = ""
    /// First day on which it answers for nothing any more; not in a closed month. Default: today in
    /// the
    /// organization's time zone.
    public var effectiveDate: Date?
    /// Code of the unit that takes over, or empty for the nearest one above.
    public var successorCode: String = ""
    /// The unit's etag as it was read, or empty to retire it whatever it is.
    public var etag: String = ""

    public init() {}

    public init(
        code: String = "", effectiveDate: Date? = nil, successorCode: String = "", etag: String = ""
    ) {
        self.code = code
        self.effectiveDate = effectiveDate
        self.successorCode = successorCode
        self.etag = etag
    }
}

public struct MergeBusinessUnitRequest: WireMessage {
    public static let messageName = "tally.v1.MergeBusinessUnitRequest"

    /// The unit's code.
    public var code: String = ""
    /// Code of the unit that takes over. Not one below the unit itself.
    public var intoCode: String = ""
    /// First day on which the other unit answers for it; not in a closed month. Default: today in
    /// the
    /// organization's time zone.
    public var effectiveDate: Date?
    /// The unit's etag as it was read, or empty to merge it whatever it is.
    public var etag: String = ""

    public init() {}

    public init(
        code: String = "", intoCode: String = "", effectiveDate: Date? = nil, etag: String = ""
    ) {
        self.code = code
        self.intoCode = intoCode
        self.effectiveDate = effectiveDate
        self.etag = etag
    }
}

public struct RestoreBusinessUnitRequest: WireMessage {
    public static let messageName = "tally.v1.RestoreBusinessUnitRequest"

    /// The unit's code.
    public var code: String = ""
    /// First day on which it answers for spend again; not in a closed month. Default: today in the
    /// organization's time zone.
    public var effectiveDate: Date?
    /// The unit's etag as it was read, or empty to restore it whatever it is.
    public var etag: String = ""

    public init() {}

    public init(
        code: String = "", effectiveDate: Date? = nil, etag: String = ""
    ) {
        self.code = code
        self.effectiveDate = effectiveDate
        self.etag = etag
    }
}

/// One unit of an import.
public struct BusinessUnitRow: WireMessage {
    public static let messageName = "tally.v1.BusinessUnitRow"

    /// The unit's code. One that the organization does not have yet makes a new unit.
    public var code: String = ""
    /// 1 to 200 characters.
    public var displayName: String = ""
    /// Code of the unit above, of the organization or of another row; empty at the top.
    public var parentCode: String = ""
    /// What it is, for people.
    public var kind: BusinessUnit.Kind = BusinessUnit.Kind(rawValue: 0)
    /// As in CreateBusinessUnitRequest.
    public var costCenterCode: String = ""
    /// E-mail of who answers for its spend; may be empty.
    public var ownerEmail: String = ""

    public init() {}

    public init(
        code: String = "", displayName: String = "", parentCode: String = "",
        kind: BusinessUnit.Kind = BusinessUnit.Kind(rawValue: 0), costCenterCode: String = "",
        ownerEmail: String = ""
    ) {
        self.code = code
        self.displayName = displayName
        self.parentCode = parentCode
        self.kind = kind
        self.costCenterCode = costCenterCode
        self.ownerEmail = ownerEmail
    }
}

public struct ImportBusinessUnitsRequest: WireMessage {
    public static let messageName = "tally.v1.ImportBusinessUnitsRequest"

    /// 1 to 10,000, in any order. Units that were retired or merged and have a row are restored.
    public var rows: [BusinessUnitRow] = []
    /// First day on which the rows hold; not in a closed month. Default: for new units as in
    /// CreateBusinessUnitRequest, for others today in the organization's time zone.
    public var effectiveDate: Date?
    /// Names of the fields that the rows have, as in UpdateBusinessUnitRequest; what others hold is
    /// kept, or empty for new units. Default: all.
    public var updateMask: [String] = []
    /// Whether units without a row are retired.
    public var retireMissing: Bool = false
    /// Whether nothing is changed: the answer is the difference that the import would make.
    public var dryRun: Bool = false

    public init() {}

    public init(
        rows: [BusinessUnitRow] = [], effectiveDate: Date? = nil, updateMask: [String] = [],
        retireMissing: Bool = false, dryRun: Bool = false
    ) {
        self.rows = rows
        self.effectiveDate = effectiveDate
        self.updateMask = updateMask
        self.retireMissing = retireMissing
        self.dryRun = dryRun
    }
}

public struct ImportBusinessUnitsResponse: WireMessage {
    public static let messageName = "tally.v1.ImportBusinessUnitsResponse"

    /// The units that change, by code.
    public var differences: [BusinessUnitDifference] = []
    /// Rows that change nothing.
    public var unchangedCount: Int32 = 0

    public init() {}

    public init(
        differences: [BusinessUnitDifference] = [], unchangedCount: Int32 = 0
    ) {
        self.differences = differences
        self.unchangedCount = unchangedCount
    }
}

/// What an import changes of one unit.
public struct BusinessUnitDifference: WireMessage {
    /// What becomes of a unit.
    public struct Action: RawRepresentable, CaseIterable, Hashable, Sendable {
        public let rawValue: Int32

        public init(rawValue: Int32) {
            self.rawValue = rawValue
        }

        /// Never sent.
        public static let unspecified = Self(rawValue: 0)
        /// It is new.
        public static let created = Self(rawValue: 1)
        /// Its details change, but not its place.
        public static let changed = Self(rawValue: 2)
        /// It comes below another unit; other details may change, too.
        public static let moved = Self(rawValue: 3)
        /// It ends.
        public static let retired = Self(rawValue: 4)
        /// It had ended, and is back; details may change, too.
        public static let restored = Self(rawValue: 5)

        /// Every value that the contract names, in its order.
        public static let allCases: [Self] = [
            .unspecified, .created, .changed, .moved, .retired, .restored,
        ]

        /// The name in the contract; nil for a value that it does not know.
        public var name: String? {
            switch rawValue {
            case 0: "ACTION_UNSPECIFIED"
            case 1: "ACTION_CREATED"
            case 2: "ACTION_CHANGED"
            case 3: "ACTION_MOVED"
            case 4: "ACTION_RETIRED"
            case 5: "ACTION_RESTORED"
            default: nil
            }
        }
    }

    public static let messageName = "tally.v1.BusinessUnitDifference"

    /// The unit's code.
    public var code: String = ""
    /// What becomes of it.
    public var action: BusinessUnitDifference.Action = BusinessUnitDifference.Action(rawValue: 0)
    /// First day of the change; absent where it holds from the beginning.
    public var effectiveDate: Date?
    /// What changes, in the order of the fields of BusinessUnitRow. Of a new unit, what is not
    /// empty.
    public var fields: [FieldDifference] = []

    public init() {}

    public init(
        code: String = "",
        action: BusinessUnitDifference.Action = BusinessUnitDifference.Action(rawValue: 0),
        effectiveDate: Date? = nil, fields: [FieldDifference] = []
    ) {
        self.code = code
        self.action = action
        self.effectiveDate = effectiveDate
        self.fields = fields
    }
}

/// One field before and after a change, as text.
public struct FieldDifference: WireMessage {
    public static let messageName = "tally.v1.FieldDifference"

    /// Name of the field, such as "parent_code".
    public var field: String = ""
    /// What it is without the change; empty for a new unit.
    public var before: String = ""
    /// What it is with the change.
    public var after: String = ""

    public init() {}

    public init(
        field: String = "", before: String = "", after: String = ""
    ) {
        self.field = field
        self.before = before
        self.after = after
    }
}

/// A person of the organization.
public struct Member: WireMessage {
    public static let messageName = "tally.v1.Member"

    /// UUIDv7.
    public var id: String = ""
    /// Unique within the organization, compared without case.
    public var email: String = ""
    /// What the person may do, by number.
    public var roles: [Role] = []
    /// When it was created. Set by the server.
    public var createTime: Timestamp?
    /// Codes of the units, with all below them, that the roles are limited to; empty: the whole
    /// organization.
    public var unitCodes: [String] = []
    /// Changes with every change of the member.
    public var etag: String = ""

    public init() {}

    public init(
        id: String = "", email: String = "", roles: [Role] = [], createTime: Timestamp? = nil,
        unitCodes: [String] = [], etag: String = ""
    ) {
        self.id = id
        self.email = email
        self.roles = roles
        self.createTime = createTime
        self.unitCodes = unitCodes
        self.etag = etag
    }
}

public struct CreateMemberRequest: WireMessage {
    public static let messageName = "tally.v1.CreateMemberRequest"

    /// Unique within the organization, compared without case: an ASCII address of at most 254
    /// bytes.
    /// Required.
    public var email: String = ""
    /// One or more of those for people: ROLE_OWNER, ROLE_ADMIN, ROLE_FINANCE, ROLE_ANALYST,
    /// ROLE_UNIT_OWNER, ROLE_AUDITOR. None that the caller does not cover.
    public var roles: [Role] = []
    /// Codes of the units, with all below them, that the roles are limited to; at most 100. Empty:
    /// the
    /// whole organization. Required for ROLE_UNIT_OWNER, refused for ROLE_OWNER.
    public var unitCodes: [String] = []

    public init() {}

    public init(
        email: String = "", roles: [Role] = [], unitCodes: [String] = []
    ) {
        self.email = email
        self.roles = roles
        self.unitCodes = unitCodes
    }
}

public struct GetMemberRequest: WireMessage {
    public static let messageName = "tally.v1.GetMemberRequest"

    /// The member's id.
    public var id: String = ""

    public init() {}

    public init(
        id: String = ""
    ) {
        self.id = id
    }
}

public struct UpdateMemberRequest: WireMessage {
    public static let messageName = "tally.v1.UpdateMemberRequest"

    /// The member's id.
    public var id: String = ""
    /// As in CreateMemberRequest.
    public var roles: [Role] = []
    /// As in CreateMemberRequest.
    public var unitCodes: [String] = []
    /// Names of the fields to change: "roles", "unit_codes". Required, so that whoever gives other
    /// roles
    /// lifts no limit by leaving it out.
    public var updateMask: [String] = []
    /// The member's etag as it was read, or empty to change it whatever it is.
    public var etag: String = ""

    public init() {}

    public init(
        id: String = "", roles: [Role] = [], unitCodes: [String] = [], updateMask: [String] = [],
        etag: String = ""
    ) {
        self.id = id
        self.roles = roles
        self.unitCodes = unitCodes
        self.updateMask = updateMask
        self.etag = etag
    }
}

public struct RemoveMemberRequest: WireMessage {
    public static let messageName = "tally.v1.RemoveMemberRequest"

    /// The member's id.
    public var id: String = ""
    /// The member's etag as it was read, or empty to remove it whatever it is.
    public var etag: String = ""

    public init() {}

    public init(
        id: String = "", etag: String = ""
    ) {
        self.id = id
        self.etag = etag
    }
}

public struct RemoveMemberResponse: WireMessage {
    public static let messageName = "tally.v1.RemoveMemberResponse"

    public init() {}
}

public struct ListMembersRequest: WireMessage {
    public static let messageName = "tally.v1.ListMembersRequest"

    /// 1 to 1000. Default 1000.
    public var pageSize: Int32 = 0
    /// next_page_token of the previous answer; empty for the first page.
    public var pageToken: String = ""
    /// Only the member with this e-mail address, upper and lower case being one. Default: all.
    public var email: String = ""

    public init() {}

    public init(
        pageSize: Int32 = 0, pageToken: String = "", email: String = ""
    ) {
        self.pageSize = pageSize
        self.pageToken = pageToken
        self.email = email
    }
}

public struct ListMembersResponse: WireMessage {
    public static let messageName = "tally.v1.ListMembersResponse"

    /// In the order in which they were added.
    public var members: [Member] = []
    /// Token of the next page; empty on the last.
    public var nextPageToken: String = ""

    public init() {}

    public init(
        members: [Member] = [], nextPageToken: String = ""
    ) {
        self.members = members
        self.nextPageToken = nextPageToken
    }
}

/// An API token, without its secret.
public struct Token: WireMessage {
    public static let messageName = "tally.v1.Token"

    /// Public part of the token, base32, 16 characters.
    public var id: String = ""
    /// 1 to 200 characters, for people.
    public var displayName: String = ""
    /// What its bearer may do, by number.
    public var roles: [Role] = []
    /// When it was created. Set by the server.
    public var createTime: Timestamp?
    /// Absent where the token does not expire.
    public var expireTime: Timestamp?
    /// Absent where the token was not revoked.
    public var revokeTime: Timestamp?
    /// Codes of the units, with all below them, that the roles are limited to; empty: the whole
    /// organization.
    public var unitCodes: [String] = []
    /// Networks that it may be used from, such as "192.0.2.0/24" or "2001:db8::/32"; empty: any.
    public var sourceAddresses: [String] = []
    /// When it was used last, to the minute; absent where it never was.
    public var lastUseTime: Timestamp?
    /// Public part of the token that RotateToken made in its place; empty where there is none.
    public var successorID: String = ""
    /// Calls that it may make in a second of each server process; 0: as many as the server allows a
    /// token.
    public var callsPerSecondMax: Int32 = 0
    /// New events that it may bring in a day of UTC, across all servers; 0: as many as the
    /// organization's plan
    /// allows.
    public var eventsPerDayMax: Int64 = 0
    /// Public part of the token whose count of events it shares, the one with which that count
    /// began; empty where it
    /// has a count of its own. What a token with a quota makes shares that one's count; what
    /// RotateToken makes shares
    /// the old one's, whether they have a quota or not. See CreateTokenRequest.events_per_day_max.
    public var countsWithID: String = ""
    /// Of ROLE_FRONTEND, which of its limits hold of the tokens that it makes, for whomever it
    /// acts: always its quota
    /// of events; the others where the token that made it, or one that rotated it, was limited in
    /// the same. What else
    /// limits it, it keeps to itself. Empty of all other tokens, whose limits all hold of what they
    /// make.
    public var handedOn: [TokenLimit] = []

    public init() {}

    public init(
        id: String = "", displayName: String = "", roles: [Role] = [], createTime: Timestamp? = nil,
        expireTime: Timestamp? = nil, revokeTime: Timestamp? = nil, unitCodes: [String] = [],
        sourceAddresses: [String] = [], lastUseTime: Timestamp? = nil, successorID: String = "",
        callsPerSecondMax: Int32 = 0, eventsPerDayMax: Int64 = 0, countsWithID: String = "",
        handedOn: [TokenLimit] = []
    ) {
        self.id = id
        self.displayName = displayName
        self.roles = roles
        self.createTime = createTime
        self.expireTime = expireTime
        self.revokeTime = revokeTime
        self.unitCodes = unitCodes
        self.sourceAddresses = sourceAddresses
        self.lastUseTime = lastUseTime
        self.successorID = successorID
        self.callsPerSecondMax = callsPerSecondMax
        self.eventsPerDayMax = eventsPerDayMax
        self.countsWithID = countsWithID
        self.handedOn = handedOn
    }
}

public struct CreateTokenRequest: WireMessage {
    public static let messageName = "tally.v1.CreateTokenRequest"

    /// 1 to 200 characters.
    public var displayName: String = ""
    /// One or more; none that the caller does not cover. ROLE_FRONTEND stands alone.
    public var roles: [Role] = []
    /// Must lie in the future; absent where the token shall not expire. A token that expires itself
    /// can
    /// make none that ends later; a frontend's that acts for a member can, unless it hands its end
    /// on
    /// (Token.handed_on).
    public var expireTime: Timestamp?
    /// Codes of the units, with all below them, that the roles are limited to; at most 100. Empty:
    /// the
    /// whole organization. Required for ROLE_UNIT_OWNER, refused for ROLE_OWNER, ROLE_INGEST,
    /// ROLE_GATEWAY and ROLE_FRONTEND.
    public var unitCodes: [String] = []
    /// Networks that it may be used from: addresses of IPv4 or IPv6, with the length of a prefix
    /// for
    /// more than one address; at most 32. Empty: any, Unix sockets of the server's host among them.
    /// A
    /// token that has networks itself can make none that works outside of them; a frontend's that
    /// acts for a
    /// member can, unless it hands its networks on (Token.handed_on).
    public var sourceAddresses: [String] = []
    /// Calls that it may make in a second of each server process, 1 to 1,000,000. Default: as many
    /// as the
    /// server allows a token. A token that has a rate itself can make none that calls more often; a
    /// frontend's
    /// that acts for a member can, unless it hands its rate on (Token.handed_on).
    public var callsPerSecondMax: Int32 = 0
    /// New events that it may bring in a day of UTC, across all servers, 1 to 1,000,000,000,000; a
    /// call with more
    /// records none: TOKEN_EVENTS_PER_DAY_EXCEEDED. What the organization's plan allows holds as
    /// well. Default:
    /// as many as that. A token that has a quota itself can make none that brings more, and what it
    /// makes counts
    /// with it: their events together stay within the quota of each. The same holds of what a
    /// frontend's token makes
    /// that has a quota, for whomever it acts. One that RotateToken makes in a token's
    /// place goes on with that one's count, and until the old one ends both share the quota. A
    /// token that has a quota
    /// can rotate itself and what counts with it, and no other.
    public var eventsPerDayMax: Int64 = 0

    public init() {}

    public init(
        displayName: String = "", roles: [Role] = [], expireTime: Timestamp? = nil,
        unitCodes: [String] = [], sourceAddresses: [String] = [], callsPerSecondMax: Int32 = 0,
        eventsPerDayMax: Int64 = 0
    ) {
        self.displayName = displayName
        self.roles = roles
        self.expireTime = expireTime
        self.unitCodes = unitCodes
        self.sourceAddresses = sourceAddresses
        self.callsPerSecondMax = callsPerSecondMax
        self.eventsPerDayMax = eventsPerDayMax
    }
}

public struct CreateTokenResponse: WireMessage {
    public static let messageName = "tally.v1.CreateTokenResponse"

    /// The new token.
    public var token: Token?
    /// `tly_<id>_<secret>`, shown only here.
    public var secret: String = ""

    public init() {}

    public init(
        token: Token? = nil, secret: String = ""
    ) {
        self.token = token
        self.secret = secret
    }
}

public struct ListTokensRequest: WireMessage {
    public static let messageName = "tally.v1.ListTokensRequest"

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

public struct ListTokensResponse: WireMessage {
    public static let messageName = "tally.v1.ListTokensResponse"

    /// Newest first.
    public var tokens: [Token] = []
    /// Token of the next page; empty on the last.
    public var nextPageToken: String = ""

    public init() {}

    public init(
        tokens: [Token] = [], nextPageToken: String = ""
    ) {
        self.tokens = tokens
        self.nextPageToken = nextPageToken
    }
}

public struct RevokeTokenRequest: WireMessage {
    public static let messageName = "tally.v1.RevokeTokenRequest"

    /// Public part of the token.
    public var id: String = ""

    public init() {}

    public init(
        id: String = ""
    ) {
        self.id = id
    }
}

/// What one call did to one object. Rows of one organization form a chain: the hash of each is
/// SHA-256
/// of `length part` for each part, the length in four bytes, most significant first; the parts are
/// "tally audit 3", previous_hash, then in UTF-8 organization_id, sequence, id, record_time,
/// token_id,
/// roles, method, object_type, object_id and trace_id, numbers as decimals, record_time as
/// microseconds
/// since 1970, and personal_hash and on_behalf_of_key. Of chain_version 2 they are "tally audit 2"
/// and
/// the same without the last. The personal fields are on_behalf_of, before_json, after_json,
/// peer_address and peer_subject; personal_hash is SHA-256 of "tally audit personal 1",
/// personal_salt
/// and those five as parts. So the chain can still be verified when they are destroyed.
public struct AuditRecord: WireMessage {
    public static let messageName = "tally.v1.AuditRecord"

    /// UUIDv7 of the organization; all zero for what operators change of none.
    public var organizationID: String = ""
    /// 1, 2, 3, … within the organization, without a gap.
    public var sequence: Int64 = 0
    /// UUIDv7.
    public var id: String = ""
    /// When, to the microsecond; never before that of the row before.
    public var recordTime: Timestamp?
    /// Public part of the token that called.
    public var tokenID: String = ""
    /// Roles that the caller had, such as "owner", separated by commas.
    public var roles: String = ""
    /// The person whom the caller acted for, as it named them; empty where it named none.
    public var onBehalfOf: String = ""
    /// Such as "tally.v1.TenantService/CreateMember".
    public var method: String = ""
    /// Such as "member"; empty where the call changed nothing.
    public var objectType: String = ""
    /// The object's identifier within the organization.
    public var objectID: String = ""
    /// The object before, as JSON of its message without secrets; empty where there was none. Of a
    /// business
    /// unit the versions that change, as a ListBusinessUnitVersionsResponse. Of more than 256 KiB
    /// only the
    /// `byteCount` and the `sha256`, as JSON too.
    public var beforeJson: String = ""
    /// The object after; empty where there is none any more.
    public var afterJson: String = ""
    /// IP address of the caller, or "unix"; "local" of a command of tally-server, which calls
    /// nobody.
    public var peerAddress: String = ""
    /// Subject of the caller's certificate; empty without one. Of a command of tally-server, in the
    /// operators'
    /// log, the user and the machine, such as "alice@db1", or "alice as tally@db1" where alice
    /// logged in.
    public var peerSubject: String = ""
    /// W3C trace id of the call; empty without one.
    public var traceID: String = ""
    /// Hash of the row before; 32 zero bytes for the first.
    public var previousHash: [UInt8] = []
    /// Of this row.
    public var hash: [UInt8] = []
    /// 16 random bytes; empty where the personal fields cannot be read.
    public var personalSalt: [UInt8] = []
    /// Of the personal fields.
    public var personalHash: [UInt8] = []
    /// Whether the personal fields stand here.
    public var personalFields: PersonalFields = PersonalFields(rawValue: 0)
    /// 3, or 2 for rows of before; absent in what was exported before there was another: 2.
    public var chainVersion: Int32 = 0
    /// Keyed hash of the person whom the call was made for, which the filter finds; empty for
    /// nobody, and
    /// where the personal fields were not kept.
    public var onBehalfOfKey: [UInt8] = []

    public init() {}

    public init(
        organizationID: String = "", sequence: Int64 = 0, id: String = "",
        recordTime: Timestamp? = nil, tokenID: String = "", roles: String = "",
        onBehalfOf: String = "", method: String = "", objectType: String = "",
        objectID: String = "", beforeJson: String = "", afterJson: String = "",
        peerAddress: String = "", peerSubject: String = "", traceID: String = "",
        previousHash: [UInt8] = [], hash: [UInt8] = [], personalSalt: [UInt8] = [],
        personalHash: [UInt8] = [], personalFields: PersonalFields = PersonalFields(rawValue: 0),
        chainVersion: Int32 = 0, onBehalfOfKey: [UInt8] = []
    ) {
        self.organizationID = organizationID
        self.sequence = sequence
        self.id = id
        self.recordTime = recordTime
        self.tokenID = tokenID
        self.roles = roles
        self.onBehalfOf = onBehalfOf
        self.method = method
        self.objectType = objectType
        self.objectID = objectID
        self.beforeJson = beforeJson
        self.afterJson = afterJson
        self.peerAddress = peerAddress
        self.peerSubject = peerSubject
        self.traceID = traceID
        self.previousHash = previousHash
        self.hash = hash
        self.personalSalt = personalSalt
        self.personalHash = personalHash
        self.personalFields = personalFields
        self.chainVersion = chainVersion
        self.onBehalfOfKey = onBehalfOfKey
    }
}

/// Which rows of the audit log; an empty field lets all pass.
public struct AuditFilter: WireMessage {
    public static let messageName = "tally.v1.AuditFilter"

    /// From this instant on.
    public var startTime: Timestamp?
    /// Before this instant.
    public var endTime: Timestamp?
    /// Public part of a token.
    public var tokenID: String = ""
    /// As the caller named the person, letter by letter.
    public var onBehalfOf: String = ""
    /// As on the wire.
    public var method: String = ""
    /// Such as "member".
    public var objectType: String = ""
    /// The object's identifier.
    public var objectID: String = ""

    public init() {}

    public init(
        startTime: Timestamp? = nil, endTime: Timestamp? = nil, tokenID: String = "",
        onBehalfOf: String = "", method: String = "", objectType: String = "", objectID: String = ""
    ) {
        self.startTime = startTime
        self.endTime = endTime
        self.tokenID = tokenID
        self.onBehalfOf = onBehalfOf
        self.method = method
        self.objectType = objectType
        self.objectID = objectID
    }
}

public struct ListAuditRecordsRequest: WireMessage {
    public static let messageName = "tally.v1.ListAuditRecordsRequest"

    /// Absent for all.
    public var filter: AuditFilter?
    /// 1 to 1000. Default 100. A page has fewer rows where they would be more than 1 MiB.
    public var pageSize: Int32 = 0
    /// next_page_token of the previous answer, for the same filter; empty for the first page.
    public var pageToken: String = ""

    public init() {}

    public init(
        filter: AuditFilter? = nil, pageSize: Int32 = 0, pageToken: String = ""
    ) {
        self.filter = filter
        self.pageSize = pageSize
        self.pageToken = pageToken
    }
}

public struct ListAuditRecordsResponse: WireMessage {
    public static let messageName = "tally.v1.ListAuditRecordsResponse"

    /// Newest first.
    public var records: [AuditRecord] = []
    /// Token of the next page; empty on the last.
    public var nextPageToken: String = ""

    public init() {}

    public init(
        records: [AuditRecord] = [], nextPageToken: String = ""
    ) {
        self.records = records
        self.nextPageToken = nextPageToken
    }
}

public struct StreamAuditRecordsRequest: WireMessage {
    public static let messageName = "tally.v1.StreamAuditRecordsRequest"

    /// Absent for all.
    public var filter: AuditFilter?
    /// Sequence of the last row known: only rows after it follow. Default 0.
    public var afterSequence: Int64 = 0

    public init() {}

    public init(
        filter: AuditFilter? = nil, afterSequence: Int64 = 0
    ) {
        self.filter = filter
        self.afterSequence = afterSequence
    }
}

public struct GetAuditHeadRequest: WireMessage {
    public static let messageName = "tally.v1.GetAuditHeadRequest"

    public init() {}
}

/// Where an audit log ends.
public struct AuditHead: WireMessage {
    public static let messageName = "tally.v1.AuditHead"

    /// UUIDv7 of the organization; all zero for the log of the platform.
    public var organizationID: String = ""
    /// Sequence of the last row; 0 where there is none.
    public var sequence: Int64 = 0
    /// Hash of the last row; 32 zero bytes where there is none.
    public var hash: [UInt8] = []
    /// Whether this end is one that a server wrote: nobody without the server's key can make
    /// another.
    /// An older one may have been put back, so keep the last one that you saw. False for ever once
    /// a
    /// writer found an end that no server had sealed.
    public var sealed: Bool = false

    public init() {}

    public init(
        organizationID: String = "", sequence: Int64 = 0, hash: [UInt8] = [], sealed: Bool = false
    ) {
        self.organizationID = organizationID
        self.sequence = sequence
        self.hash = hash
        self.sealed = sealed
    }
}

public struct GetTokenRequest: WireMessage {
    public static let messageName = "tally.v1.GetTokenRequest"

    /// Public part of the token.
    public var id: String = ""

    public init() {}

    public init(
        id: String = ""
    ) {
        self.id = id
    }
}

public struct RotateTokenRequest: WireMessage {
    /// How long the token works beside its successor; never beyond its own expiry.
    public enum Overlap: Hashable, Sendable {
        /// 0 to 2,592,000 (30 days). Default 86,400 (a day).
        case overlapSeconds(Int64)
    }

    public static let messageName = "tally.v1.RotateTokenRequest"

    /// Public part of the token, which must not have ended, nor have a successor.
    public var id: String = ""
    /// How long the token works beside its successor; never beyond its own expiry.
    public var overlap: Overlap?
    /// When the successor expires; must lie in the future, and not after the token that calls,
    /// where that one
    /// expires: none renews its own time (EXPIRE_TIME_BEYOND_CALLER). Of a frontend's that acts for
    /// a member its end
    /// counts only where it hands that on (Token.handed_on). Default: as long after its creation as
    /// the token was to
    /// expire after its own, but not after the token that calls; where the token was never to
    /// expire, with the token
    /// that calls, or never where that does not expire either.
    public var expireTime: Timestamp?

    public init() {}

    public init(
        id: String = "", overlap: Overlap? = nil, expireTime: Timestamp? = nil
    ) {
        self.id = id
        self.overlap = overlap
        self.expireTime = expireTime
    }
}

public struct RotateTokenResponse: WireMessage {
    public static let messageName = "tally.v1.RotateTokenResponse"

    /// The new token.
    public var token: Token?
    /// `tly_<id>_<secret>`, shown only here.
    public var secret: String = ""
    /// The old token, with its end.
    public var previous: Token?

    public init() {}

    public init(
        token: Token? = nil, secret: String = "", previous: Token? = nil
    ) {
        self.token = token
        self.secret = secret
        self.previous = previous
    }
}

extension Organization {
    public init(
        serialized bytes: UnsafeRawBufferPointer, in arena: MessageArena
    ) throws {
        let descriptor = Self.descriptor
        try DecodeGuard.check(
            bytes, descriptor: descriptor, messageName: Self.messageName)
        let raw = try arena.unpack(
            bytes, as: Tally__V1__Organization.self, descriptor: descriptor,
            messageName: Self.messageName)
        self = try withExtendedLifetime(arena) { try Self(raw) }
    }

    public func packed(in arena: MessageArena) -> PackedMessage {
        PackedMessage(pack(into: arena))
    }

    /// protobuf-c's description of the message, at its own address.
    static var descriptor: UnsafePointer<ProtobufCMessageDescriptor> {
        var raw = Tally__V1__Organization()
        tally__v1__organization__init(&raw)
        return raw.base.descriptor
    }

    /// The value of an unpacked message.
    init(_ raw: UnsafePointer<Tally__V1__Organization>) throws {
        self.id = try MessageArena.string(
            raw.pointee.id, messageName: Self.messageName, field: "id")
        self.slug = try MessageArena.string(
            raw.pointee.slug, messageName: Self.messageName, field: "slug")
        self.displayName = try MessageArena.string(
            raw.pointee.display_name, messageName: Self.messageName, field: "display_name")
        self.timeZone = try MessageArena.string(
            raw.pointee.time_zone, messageName: Self.messageName, field: "time_zone")
        self.reportingCurrency = try MessageArena.string(
            raw.pointee.reporting_currency, messageName: Self.messageName,
            field: "reporting_currency")
        self.createTime = try raw.pointee.create_time.map { try Timestamp($0) }
        self.fiscalYearStartMonth = raw.pointee.fiscal_year_start_month
        self.retentionMonths = raw.pointee.retention_months
        self.limits = try raw.pointee.limits.map { try PlanLimits($0) }
        self.state = Organization.State(
            rawValue: Int32(truncatingIfNeeded: raw.pointee.state.rawValue))
        self.suspendTime = try raw.pointee.suspend_time.map { try Timestamp($0) }
        self.suspensionReason = try MessageArena.string(
            raw.pointee.suspension_reason, messageName: Self.messageName, field: "suspension_reason"
        )
        self.purgeTime = try raw.pointee.purge_time.map { try Timestamp($0) }
        self.backupExpireTime = try raw.pointee.backup_expire_time.map { try Timestamp($0) }
        self.etag = try MessageArena.string(
            raw.pointee.etag, messageName: Self.messageName, field: "etag")
        self.usageRemovedBeforeTime = try raw.pointee.usage_removed_before_time.map {
            try Timestamp($0)
        }
        self.keysBackupExpireTime = try raw.pointee.keys_backup_expire_time.map {
            try Timestamp($0)
        }
    }

    /// The message as protobuf-c packs it; it lives as long as the arena.
    func pack(into arena: MessageArena) -> UnsafeMutablePointer<Tally__V1__Organization> {
        let raw = arena.allocateMessage(Tally__V1__Organization.self)
        tally__v1__organization__init(raw)
        if !self.id.isEmpty {
            raw.pointee.id = arena.copy(self.id)
        }
        if !self.slug.isEmpty {
            raw.pointee.slug = arena.copy(self.slug)
        }
        if !self.displayName.isEmpty {
            raw.pointee.display_name = arena.copy(self.displayName)
        }
        if !self.timeZone.isEmpty {
            raw.pointee.time_zone = arena.copy(self.timeZone)
        }
        if !self.reportingCurrency.isEmpty {
            raw.pointee.reporting_currency = arena.copy(self.reportingCurrency)
        }
        if let value = self.createTime {
            raw.pointee.create_time = value.pack(into: arena)
        }
        raw.pointee.fiscal_year_start_month = self.fiscalYearStartMonth
        raw.pointee.retention_months = self.retentionMonths
        if let value = self.limits {
            raw.pointee.limits = value.pack(into: arena)
        }
        raw.pointee.state = .init(rawValue: .init(truncatingIfNeeded: self.state.rawValue))
        if let value = self.suspendTime {
            raw.pointee.suspend_time = value.pack(into: arena)
        }
        if !self.suspensionReason.isEmpty {
            raw.pointee.suspension_reason = arena.copy(self.suspensionReason)
        }
        if let value = self.purgeTime {
            raw.pointee.purge_time = value.pack(into: arena)
        }
        if let value = self.backupExpireTime {
            raw.pointee.backup_expire_time = value.pack(into: arena)
        }
        if !self.etag.isEmpty {
            raw.pointee.etag = arena.copy(self.etag)
        }
        if let value = self.usageRemovedBeforeTime {
            raw.pointee.usage_removed_before_time = value.pack(into: arena)
        }
        if let value = self.keysBackupExpireTime {
            raw.pointee.keys_backup_expire_time = value.pack(into: arena)
        }
        return raw
    }
}

extension PlanLimits {
    public init(
        serialized bytes: UnsafeRawBufferPointer, in arena: MessageArena
    ) throws {
        let descriptor = Self.descriptor
        try DecodeGuard.check(
            bytes, descriptor: descriptor, messageName: Self.messageName)
        let raw = try arena.unpack(
            bytes, as: Tally__V1__PlanLimits.self, descriptor: descriptor,
            messageName: Self.messageName)
        self = try withExtendedLifetime(arena) { try Self(raw) }
    }

    public func packed(in arena: MessageArena) -> PackedMessage {
        PackedMessage(pack(into: arena))
    }

    /// protobuf-c's description of the message, at its own address.
    static var descriptor: UnsafePointer<ProtobufCMessageDescriptor> {
        var raw = Tally__V1__PlanLimits()
        tally__v1__plan_limits__init(&raw)
        return raw.base.descriptor
    }

    /// The value of an unpacked message.
    init(_ raw: UnsafePointer<Tally__V1__PlanLimits>) throws {
        self.connectionsMax = raw.pointee.connections_max
        self.eventsPerDayMax = raw.pointee.events_per_day_max
        self.callsPerSecondMax = raw.pointee.calls_per_second_max
    }

    /// The message as protobuf-c packs it; it lives as long as the arena.
    func pack(into arena: MessageArena) -> UnsafeMutablePointer<Tally__V1__PlanLimits> {
        let raw = arena.allocateMessage(Tally__V1__PlanLimits.self)
        tally__v1__plan_limits__init(raw)
        raw.pointee.connections_max = self.connectionsMax
        raw.pointee.events_per_day_max = self.eventsPerDayMax
        raw.pointee.calls_per_second_max = self.callsPerSecondMax
        return raw
    }
}

extension CreateOrganizationRequest {
    public init(
        serialized bytes: UnsafeRawBufferPointer, in arena: MessageArena
    ) throws {
        let descriptor = Self.descriptor
        try DecodeGuard.check(
            bytes, descriptor: descriptor, messageName: Self.messageName)
        let raw = try arena.unpack(
            bytes, as: Tally__V1__CreateOrganizationRequest.self, descriptor: descriptor,
            messageName: Self.messageName)
        self = try withExtendedLifetime(arena) { try Self(raw) }
    }

    public func packed(in arena: MessageArena) -> PackedMessage {
        PackedMessage(pack(into: arena))
    }

    /// protobuf-c's description of the message, at its own address.
    static var descriptor: UnsafePointer<ProtobufCMessageDescriptor> {
        var raw = Tally__V1__CreateOrganizationRequest()
        tally__v1__create_organization_request__init(&raw)
        return raw.base.descriptor
    }

    /// The value of an unpacked message.
    init(_ raw: UnsafePointer<Tally__V1__CreateOrganizationRequest>) throws {
        self.slug = try MessageArena.string(
            raw.pointee.slug, messageName: Self.messageName, field: "slug")
        self.displayName = try MessageArena.string(
            raw.pointee.display_name, messageName: Self.messageName, field: "display_name")
        self.timeZone = try MessageArena.string(
            raw.pointee.time_zone, messageName: Self.messageName, field: "time_zone")
        self.reportingCurrency = try MessageArena.string(
            raw.pointee.reporting_currency, messageName: Self.messageName,
            field: "reporting_currency")
        self.ownerEmail = try MessageArena.string(
            raw.pointee.owner_email, messageName: Self.messageName, field: "owner_email")
        self.fiscalYearStartMonth = raw.pointee.fiscal_year_start_month
        self.retentionMonths = raw.pointee.retention_months
        self.limits = try raw.pointee.limits.map { try PlanLimits($0) }
    }

    /// The message as protobuf-c packs it; it lives as long as the arena.
    func pack(into arena: MessageArena) -> UnsafeMutablePointer<
        Tally__V1__CreateOrganizationRequest
    > {
        let raw = arena.allocateMessage(Tally__V1__CreateOrganizationRequest.self)
        tally__v1__create_organization_request__init(raw)
        if !self.slug.isEmpty {
            raw.pointee.slug = arena.copy(self.slug)
        }
        if !self.displayName.isEmpty {
            raw.pointee.display_name = arena.copy(self.displayName)
        }
        if !self.timeZone.isEmpty {
            raw.pointee.time_zone = arena.copy(self.timeZone)
        }
        if !self.reportingCurrency.isEmpty {
            raw.pointee.reporting_currency = arena.copy(self.reportingCurrency)
        }
        if !self.ownerEmail.isEmpty {
            raw.pointee.owner_email = arena.copy(self.ownerEmail)
        }
        raw.pointee.fiscal_year_start_month = self.fiscalYearStartMonth
        raw.pointee.retention_months = self.retentionMonths
        if let value = self.limits {
            raw.pointee.limits = value.pack(into: arena)
        }
        return raw
    }
}

extension CreateOrganizationResponse {
    public init(
        serialized bytes: UnsafeRawBufferPointer, in arena: MessageArena
    ) throws {
        let descriptor = Self.descriptor
        try DecodeGuard.check(
            bytes, descriptor: descriptor, messageName: Self.messageName)
        let raw = try arena.unpack(
            bytes, as: Tally__V1__CreateOrganizationResponse.self, descriptor: descriptor,
            messageName: Self.messageName)
        self = try withExtendedLifetime(arena) { try Self(raw) }
    }

    public func packed(in arena: MessageArena) -> PackedMessage {
        PackedMessage(pack(into: arena))
    }

    /// protobuf-c's description of the message, at its own address.
    static var descriptor: UnsafePointer<ProtobufCMessageDescriptor> {
        var raw = Tally__V1__CreateOrganizationResponse()
        tally__v1__create_organization_response__init(&raw)
        return raw.base.descriptor
    }

    /// The value of an unpacked message.
    init(_ raw: UnsafePointer<Tally__V1__CreateOrganizationResponse>) throws {
        self.organization = try raw.pointee.organization.map { try Organization($0) }
        self.owner = try raw.pointee.owner.map { try Member($0) }
        self.ownerToken = try MessageArena.string(
            raw.pointee.owner_token, messageName: Self.messageName, field: "owner_token")
    }

    /// The message as protobuf-c packs it; it lives as long as the arena.
    func pack(into arena: MessageArena) -> UnsafeMutablePointer<
        Tally__V1__CreateOrganizationResponse
    > {
        let raw = arena.allocateMessage(Tally__V1__CreateOrganizationResponse.self)
        tally__v1__create_organization_response__init(raw)
        if let value = self.organization {
            raw.pointee.organization = value.pack(into: arena)
        }
        if let value = self.owner {
            raw.pointee.owner = value.pack(into: arena)
        }
        if !self.ownerToken.isEmpty {
            raw.pointee.owner_token = arena.copy(self.ownerToken)
        }
        return raw
    }
}

extension GetOrganizationRequest {
    public init(
        serialized bytes: UnsafeRawBufferPointer, in arena: MessageArena
    ) throws {
        let descriptor = Self.descriptor
        try DecodeGuard.check(
            bytes, descriptor: descriptor, messageName: Self.messageName)
        let raw = try arena.unpack(
            bytes, as: Tally__V1__GetOrganizationRequest.self, descriptor: descriptor,
            messageName: Self.messageName)
        self = try withExtendedLifetime(arena) { try Self(raw) }
    }

    public func packed(in arena: MessageArena) -> PackedMessage {
        PackedMessage(pack(into: arena))
    }

    /// protobuf-c's description of the message, at its own address.
    static var descriptor: UnsafePointer<ProtobufCMessageDescriptor> {
        var raw = Tally__V1__GetOrganizationRequest()
        tally__v1__get_organization_request__init(&raw)
        return raw.base.descriptor
    }

    /// The value of an unpacked message.
    init(_ raw: UnsafePointer<Tally__V1__GetOrganizationRequest>) throws {
        self.organization = try MessageArena.string(
            raw.pointee.organization, messageName: Self.messageName, field: "organization")
    }

    /// The message as protobuf-c packs it; it lives as long as the arena.
    func pack(into arena: MessageArena) -> UnsafeMutablePointer<Tally__V1__GetOrganizationRequest> {
        let raw = arena.allocateMessage(Tally__V1__GetOrganizationRequest.self)
        tally__v1__get_organization_request__init(raw)
        if !self.organization.isEmpty {
            raw.pointee.organization = arena.copy(self.organization)
        }
        return raw
    }
}

extension UpdateOrganizationRequest {
    public init(
        serialized bytes: UnsafeRawBufferPointer, in arena: MessageArena
    ) throws {
        let descriptor = Self.descriptor
        try DecodeGuard.check(
            bytes, descriptor: descriptor, messageName: Self.messageName)
        let raw = try arena.unpack(
            bytes, as: Tally__V1__UpdateOrganizationRequest.self, descriptor: descriptor,
            messageName: Self.messageName)
        self = try withExtendedLifetime(arena) { try Self(raw) }
    }

    public func packed(in arena: MessageArena) -> PackedMessage {
        PackedMessage(pack(into: arena))
    }

    /// protobuf-c's description of the message, at its own address.
    static var descriptor: UnsafePointer<ProtobufCMessageDescriptor> {
        var raw = Tally__V1__UpdateOrganizationRequest()
        tally__v1__update_organization_request__init(&raw)
        return raw.base.descriptor
    }

    /// The value of an unpacked message.
    init(_ raw: UnsafePointer<Tally__V1__UpdateOrganizationRequest>) throws {
        self.organization = try MessageArena.string(
            raw.pointee.organization, messageName: Self.messageName, field: "organization")
        self.displayName = try MessageArena.string(
            raw.pointee.display_name, messageName: Self.messageName, field: "display_name")
        self.timeZone = try MessageArena.string(
            raw.pointee.time_zone, messageName: Self.messageName, field: "time_zone")
        self.reportingCurrency = try MessageArena.string(
            raw.pointee.reporting_currency, messageName: Self.messageName,
            field: "reporting_currency")
        self.fiscalYearStartMonth = raw.pointee.fiscal_year_start_month
        self.retentionMonths = raw.pointee.retention_months
        self.limits = try raw.pointee.limits.map { try PlanLimits($0) }
        self.updateMask = try MessageArena.strings(
            raw.pointee.update_mask, count: raw.pointee.n_update_mask,
            messageName: Self.messageName, field: "update_mask")
        self.etag = try MessageArena.string(
            raw.pointee.etag, messageName: Self.messageName, field: "etag")
    }

    /// The message as protobuf-c packs it; it lives as long as the arena.
    func pack(into arena: MessageArena) -> UnsafeMutablePointer<
        Tally__V1__UpdateOrganizationRequest
    > {
        let raw = arena.allocateMessage(Tally__V1__UpdateOrganizationRequest.self)
        tally__v1__update_organization_request__init(raw)
        if !self.organization.isEmpty {
            raw.pointee.organization = arena.copy(self.organization)
        }
        if !self.displayName.isEmpty {
            raw.pointee.display_name = arena.copy(self.displayName)
        }
        if !self.timeZone.isEmpty {
            raw.pointee.time_zone = arena.copy(self.timeZone)
        }
        if !self.reportingCurrency.isEmpty {
            raw.pointee.reporting_currency = arena.copy(self.reportingCurrency)
        }
        raw.pointee.fiscal_year_start_month = self.fiscalYearStartMonth
        raw.pointee.retention_months = self.retentionMonths
        if let value = self.limits {
            raw.pointee.limits = value.pack(into: arena)
        }
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

extension SuspendOrganizationRequest {
    public init(
        serialized bytes: UnsafeRawBufferPointer, in arena: MessageArena
    ) throws {
        let descriptor = Self.descriptor
        try DecodeGuard.check(
            bytes, descriptor: descriptor, messageName: Self.messageName)
        let raw = try arena.unpack(
            bytes, as: Tally__V1__SuspendOrganizationRequest.self, descriptor: descriptor,
            messageName: Self.messageName)
        self = try withExtendedLifetime(arena) { try Self(raw) }
    }

    public func packed(in arena: MessageArena) -> PackedMessage {
        PackedMessage(pack(into: arena))
    }

    /// protobuf-c's description of the message, at its own address.
    static var descriptor: UnsafePointer<ProtobufCMessageDescriptor> {
        var raw = Tally__V1__SuspendOrganizationRequest()
        tally__v1__suspend_organization_request__init(&raw)
        return raw.base.descriptor
    }

    /// The value of an unpacked message.
    init(_ raw: UnsafePointer<Tally__V1__SuspendOrganizationRequest>) throws {
        self.organization = try MessageArena.string(
            raw.pointee.organization, messageName: Self.messageName, field: "organization")
        self.reason = try MessageArena.string(
            raw.pointee.reason, messageName: Self.messageName, field: "reason")
    }

    /// The message as protobuf-c packs it; it lives as long as the arena.
    func pack(into arena: MessageArena) -> UnsafeMutablePointer<
        Tally__V1__SuspendOrganizationRequest
    > {
        let raw = arena.allocateMessage(Tally__V1__SuspendOrganizationRequest.self)
        tally__v1__suspend_organization_request__init(raw)
        if !self.organization.isEmpty {
            raw.pointee.organization = arena.copy(self.organization)
        }
        if !self.reason.isEmpty {
            raw.pointee.reason = arena.copy(self.reason)
        }
        return raw
    }
}

extension ResumeOrganizationRequest {
    public init(
        serialized bytes: UnsafeRawBufferPointer, in arena: MessageArena
    ) throws {
        let descriptor = Self.descriptor
        try DecodeGuard.check(
            bytes, descriptor: descriptor, messageName: Self.messageName)
        let raw = try arena.unpack(
            bytes, as: Tally__V1__ResumeOrganizationRequest.self, descriptor: descriptor,
            messageName: Self.messageName)
        self = try withExtendedLifetime(arena) { try Self(raw) }
    }

    public func packed(in arena: MessageArena) -> PackedMessage {
        PackedMessage(pack(into: arena))
    }

    /// protobuf-c's description of the message, at its own address.
    static var descriptor: UnsafePointer<ProtobufCMessageDescriptor> {
        var raw = Tally__V1__ResumeOrganizationRequest()
        tally__v1__resume_organization_request__init(&raw)
        return raw.base.descriptor
    }

    /// The value of an unpacked message.
    init(_ raw: UnsafePointer<Tally__V1__ResumeOrganizationRequest>) throws {
        self.organization = try MessageArena.string(
            raw.pointee.organization, messageName: Self.messageName, field: "organization")
    }

    /// The message as protobuf-c packs it; it lives as long as the arena.
    func pack(into arena: MessageArena) -> UnsafeMutablePointer<
        Tally__V1__ResumeOrganizationRequest
    > {
        let raw = arena.allocateMessage(Tally__V1__ResumeOrganizationRequest.self)
        tally__v1__resume_organization_request__init(raw)
        if !self.organization.isEmpty {
            raw.pointee.organization = arena.copy(self.organization)
        }
        return raw
    }
}

extension DeleteOrganizationRequest {
    public init(
        serialized bytes: UnsafeRawBufferPointer, in arena: MessageArena
    ) throws {
        let descriptor = Self.descriptor
        try DecodeGuard.check(
            bytes, descriptor: descriptor, messageName: Self.messageName)
        let raw = try arena.unpack(
            bytes, as: Tally__V1__DeleteOrganizationRequest.self, descriptor: descriptor,
            messageName: Self.messageName)
        self = try withExtendedLifetime(arena) { try Self(raw) }
    }

    public func packed(in arena: MessageArena) -> PackedMessage {
        PackedMessage(pack(into: arena))
    }

    /// protobuf-c's description of the message, at its own address.
    static var descriptor: UnsafePointer<ProtobufCMessageDescriptor> {
        var raw = Tally__V1__DeleteOrganizationRequest()
        tally__v1__delete_organization_request__init(&raw)
        return raw.base.descriptor
    }

    /// The value of an unpacked message.
    init(_ raw: UnsafePointer<Tally__V1__DeleteOrganizationRequest>) throws {
        self.organization = try MessageArena.string(
            raw.pointee.organization, messageName: Self.messageName, field: "organization")
        self.confirmSlug = try MessageArena.string(
            raw.pointee.confirm_slug, messageName: Self.messageName, field: "confirm_slug")
    }

    /// The message as protobuf-c packs it; it lives as long as the arena.
    func pack(into arena: MessageArena) -> UnsafeMutablePointer<
        Tally__V1__DeleteOrganizationRequest
    > {
        let raw = arena.allocateMessage(Tally__V1__DeleteOrganizationRequest.self)
        tally__v1__delete_organization_request__init(raw)
        if !self.organization.isEmpty {
            raw.pointee.organization = arena.copy(self.organization)
        }
        if !self.confirmSlug.isEmpty {
            raw.pointee.confirm_slug = arena.copy(self.confirmSlug)
        }
        return raw
    }
}

extension RestoreOrganizationRequest {
    public init(
        serialized bytes: UnsafeRawBufferPointer, in arena: MessageArena
    ) throws {
        let descriptor = Self.descriptor
        try DecodeGuard.check(
            bytes, descriptor: descriptor, messageName: Self.messageName)
        let raw = try arena.unpack(
            bytes, as: Tally__V1__RestoreOrganizationRequest.self, descriptor: descriptor,
            messageName: Self.messageName)
        self = try withExtendedLifetime(arena) { try Self(raw) }
    }

    public func packed(in arena: MessageArena) -> PackedMessage {
        PackedMessage(pack(into: arena))
    }

    /// protobuf-c's description of the message, at its own address.
    static var descriptor: UnsafePointer<ProtobufCMessageDescriptor> {
        var raw = Tally__V1__RestoreOrganizationRequest()
        tally__v1__restore_organization_request__init(&raw)
        return raw.base.descriptor
    }

    /// The value of an unpacked message.
    init(_ raw: UnsafePointer<Tally__V1__RestoreOrganizationRequest>) throws {
        self.organization = try MessageArena.string(
            raw.pointee.organization, messageName: Self.messageName, field: "organization")
    }

    /// The message as protobuf-c packs it; it lives as long as the arena.
    func pack(into arena: MessageArena) -> UnsafeMutablePointer<
        Tally__V1__RestoreOrganizationRequest
    > {
        let raw = arena.allocateMessage(Tally__V1__RestoreOrganizationRequest.self)
        tally__v1__restore_organization_request__init(raw)
        if !self.organization.isEmpty {
            raw.pointee.organization = arena.copy(self.organization)
        }
        return raw
    }
}

extension ExportOrganizationRequest {
    public init(
        serialized bytes: UnsafeRawBufferPointer, in arena: MessageArena
    ) throws {
        let descriptor = Self.descriptor
        try DecodeGuard.check(
            bytes, descriptor: descriptor, messageName: Self.messageName)
        let raw = try arena.unpack(
            bytes, as: Tally__V1__ExportOrganizationRequest.self, descriptor: descriptor,
            messageName: Self.messageName)
        self = try withExtendedLifetime(arena) { try Self(raw) }
    }

    public func packed(in arena: MessageArena) -> PackedMessage {
        PackedMessage(pack(into: arena))
    }

    /// protobuf-c's description of the message, at its own address.
    static var descriptor: UnsafePointer<ProtobufCMessageDescriptor> {
        var raw = Tally__V1__ExportOrganizationRequest()
        tally__v1__export_organization_request__init(&raw)
        return raw.base.descriptor
    }

    /// The value of an unpacked message.
    init(_ raw: UnsafePointer<Tally__V1__ExportOrganizationRequest>) throws {
    }

    /// The message as protobuf-c packs it; it lives as long as the arena.
    func pack(into arena: MessageArena) -> UnsafeMutablePointer<
        Tally__V1__ExportOrganizationRequest
    > {
        let raw = arena.allocateMessage(Tally__V1__ExportOrganizationRequest.self)
        tally__v1__export_organization_request__init(raw)
        return raw
    }
}

extension OrganizationExportPart {
    public init(
        serialized bytes: UnsafeRawBufferPointer, in arena: MessageArena
    ) throws {
        let descriptor = Self.descriptor
        try DecodeGuard.check(
            bytes, descriptor: descriptor, messageName: Self.messageName)
        let raw = try arena.unpack(
            bytes, as: Tally__V1__OrganizationExportPart.self, descriptor: descriptor,
            messageName: Self.messageName)
        self = try withExtendedLifetime(arena) { try Self(raw) }
    }

    public func packed(in arena: MessageArena) -> PackedMessage {
        PackedMessage(pack(into: arena))
    }

    /// protobuf-c's description of the message, at its own address.
    static var descriptor: UnsafePointer<ProtobufCMessageDescriptor> {
        var raw = Tally__V1__OrganizationExportPart()
        tally__v1__organization_export_part__init(&raw)
        return raw.base.descriptor
    }

    /// The value of an unpacked message.
    init(_ raw: UnsafePointer<Tally__V1__OrganizationExportPart>) throws {
        switch raw.pointee.part_case {
        case TALLY__V1__ORGANIZATION_EXPORT_PART__PART_MANIFEST:
            self.part = (try raw.pointee.manifest.map { try ExportManifest($0) }).map {
                .manifest($0)
            }
        case TALLY__V1__ORGANIZATION_EXPORT_PART__PART_ROWS:
            self.part = (try raw.pointee.rows.map { try ExportRows($0) }).map { .rows($0) }
        case TALLY__V1__ORGANIZATION_EXPORT_PART__PART_TABLE_END:
            self.part = (try raw.pointee.table_end.map { try ExportTableEnd($0) }).map {
                .tableEnd($0)
            }
        default: break
        }
    }

    /// The message as protobuf-c packs it; it lives as long as the arena.
    func pack(into arena: MessageArena) -> UnsafeMutablePointer<Tally__V1__OrganizationExportPart> {
        let raw = arena.allocateMessage(Tally__V1__OrganizationExportPart.self)
        tally__v1__organization_export_part__init(raw)
        switch self.part {
        case .manifest(let value):
            raw.pointee.part_case = TALLY__V1__ORGANIZATION_EXPORT_PART__PART_MANIFEST
            raw.pointee.manifest = value.pack(into: arena)
        case .rows(let value):
            raw.pointee.part_case = TALLY__V1__ORGANIZATION_EXPORT_PART__PART_ROWS
            raw.pointee.rows = value.pack(into: arena)
        case .tableEnd(let value):
            raw.pointee.part_case = TALLY__V1__ORGANIZATION_EXPORT_PART__PART_TABLE_END
            raw.pointee.table_end = value.pack(into: arena)
        case nil: break
        }
        return raw
    }
}

extension ExportManifest {
    public init(
        serialized bytes: UnsafeRawBufferPointer, in arena: MessageArena
    ) throws {
        let descriptor = Self.descriptor
        try DecodeGuard.check(
            bytes, descriptor: descriptor, messageName: Self.messageName)
        let raw = try arena.unpack(
            bytes, as: Tally__V1__ExportManifest.self, descriptor: descriptor,
            messageName: Self.messageName)
        self = try withExtendedLifetime(arena) { try Self(raw) }
    }

    public func packed(in arena: MessageArena) -> PackedMessage {
        PackedMessage(pack(into: arena))
    }

    /// protobuf-c's description of the message, at its own address.
    static var descriptor: UnsafePointer<ProtobufCMessageDescriptor> {
        var raw = Tally__V1__ExportManifest()
        tally__v1__export_manifest__init(&raw)
        return raw.base.descriptor
    }

    /// The value of an unpacked message.
    init(_ raw: UnsafePointer<Tally__V1__ExportManifest>) throws {
        self.organization = try raw.pointee.organization.map { try Organization($0) }
        self.exportTime = try raw.pointee.export_time.map { try Timestamp($0) }
        self.tables = try MessageArena.values(raw.pointee.tables, count: raw.pointee.n_tables) {
            try ExportTable($0)
        }
    }

    /// The message as protobuf-c packs it; it lives as long as the arena.
    func pack(into arena: MessageArena) -> UnsafeMutablePointer<Tally__V1__ExportManifest> {
        let raw = arena.allocateMessage(Tally__V1__ExportManifest.self)
        tally__v1__export_manifest__init(raw)
        if let value = self.organization {
            raw.pointee.organization = value.pack(into: arena)
        }
        if let value = self.exportTime {
            raw.pointee.export_time = value.pack(into: arena)
        }
        if !self.tables.isEmpty {
            raw.pointee.n_tables = self.tables.count
            raw.pointee.tables = arena.copy(self.tables) { $0.pack(into: arena) }
        }
        return raw
    }
}

extension ExportTable {
    public init(
        serialized bytes: UnsafeRawBufferPointer, in arena: MessageArena
    ) throws {
        let descriptor = Self.descriptor
        try DecodeGuard.check(
            bytes, descriptor: descriptor, messageName: Self.messageName)
        let raw = try arena.unpack(
            bytes, as: Tally__V1__ExportTable.self, descriptor: descriptor,
            messageName: Self.messageName)
        self = try withExtendedLifetime(arena) { try Self(raw) }
    }

    public func packed(in arena: MessageArena) -> PackedMessage {
        PackedMessage(pack(into: arena))
    }

    /// protobuf-c's description of the message, at its own address.
    static var descriptor: UnsafePointer<ProtobufCMessageDescriptor> {
        var raw = Tally__V1__ExportTable()
        tally__v1__export_table__init(&raw)
        return raw.base.descriptor
    }

    /// The value of an unpacked message.
    init(_ raw: UnsafePointer<Tally__V1__ExportTable>) throws {
        self.name = try MessageArena.string(
            raw.pointee.name, messageName: Self.messageName, field: "name")
        self.omittedColumns = try MessageArena.strings(
            raw.pointee.omitted_columns, count: raw.pointee.n_omitted_columns,
            messageName: Self.messageName, field: "omitted_columns")
    }

    /// The message as protobuf-c packs it; it lives as long as the arena.
    func pack(into arena: MessageArena) -> UnsafeMutablePointer<Tally__V1__ExportTable> {
        let raw = arena.allocateMessage(Tally__V1__ExportTable.self)
        tally__v1__export_table__init(raw)
        if !self.name.isEmpty {
            raw.pointee.name = arena.copy(self.name)
        }
        if !self.omittedColumns.isEmpty {
            raw.pointee.n_omitted_columns = self.omittedColumns.count
            raw.pointee.omitted_columns = arena.copy(self.omittedColumns)
        }
        return raw
    }
}

extension ExportRows {
    public init(
        serialized bytes: UnsafeRawBufferPointer, in arena: MessageArena
    ) throws {
        let descriptor = Self.descriptor
        try DecodeGuard.check(
            bytes, descriptor: descriptor, messageName: Self.messageName)
        let raw = try arena.unpack(
            bytes, as: Tally__V1__ExportRows.self, descriptor: descriptor,
            messageName: Self.messageName)
        self = try withExtendedLifetime(arena) { try Self(raw) }
    }

    public func packed(in arena: MessageArena) -> PackedMessage {
        PackedMessage(pack(into: arena))
    }

    /// protobuf-c's description of the message, at its own address.
    static var descriptor: UnsafePointer<ProtobufCMessageDescriptor> {
        var raw = Tally__V1__ExportRows()
        tally__v1__export_rows__init(&raw)
        return raw.base.descriptor
    }

    /// The value of an unpacked message.
    init(_ raw: UnsafePointer<Tally__V1__ExportRows>) throws {
        self.table = try MessageArena.string(
            raw.pointee.table, messageName: Self.messageName, field: "table")
        self.rows = try MessageArena.strings(
            raw.pointee.rows, count: raw.pointee.n_rows, messageName: Self.messageName,
            field: "rows")
    }

    /// The message as protobuf-c packs it; it lives as long as the arena.
    func pack(into arena: MessageArena) -> UnsafeMutablePointer<Tally__V1__ExportRows> {
        let raw = arena.allocateMessage(Tally__V1__ExportRows.self)
        tally__v1__export_rows__init(raw)
        if !self.table.isEmpty {
            raw.pointee.table = arena.copy(self.table)
        }
        if !self.rows.isEmpty {
            raw.pointee.n_rows = self.rows.count
            raw.pointee.rows = arena.copy(self.rows)
        }
        return raw
    }
}

extension ExportTableEnd {
    public init(
        serialized bytes: UnsafeRawBufferPointer, in arena: MessageArena
    ) throws {
        let descriptor = Self.descriptor
        try DecodeGuard.check(
            bytes, descriptor: descriptor, messageName: Self.messageName)
        let raw = try arena.unpack(
            bytes, as: Tally__V1__ExportTableEnd.self, descriptor: descriptor,
            messageName: Self.messageName)
        self = try withExtendedLifetime(arena) { try Self(raw) }
    }

    public func packed(in arena: MessageArena) -> PackedMessage {
        PackedMessage(pack(into: arena))
    }

    public func withPacked<Result>(
        in arena: MessageArena, _ body: (PackedMessage) throws -> Result
    ) rethrows -> Result {
        try arena.lending(sha256) {
            try body(packed(in: arena))
        }
    }

    /// protobuf-c's description of the message, at its own address.
    static var descriptor: UnsafePointer<ProtobufCMessageDescriptor> {
        var raw = Tally__V1__ExportTableEnd()
        tally__v1__export_table_end__init(&raw)
        return raw.base.descriptor
    }

    /// The value of an unpacked message.
    init(_ raw: UnsafePointer<Tally__V1__ExportTableEnd>) throws {
        self.table = try MessageArena.string(
            raw.pointee.table, messageName: Self.messageName, field: "table")
        self.rowCount = raw.pointee.row_count
        self.sha256 = MessageArena.bytes(raw.pointee.sha256)
    }

    /// The message as protobuf-c packs it; it lives as long as the arena.
    func pack(into arena: MessageArena) -> UnsafeMutablePointer<Tally__V1__ExportTableEnd> {
        let raw = arena.allocateMessage(Tally__V1__ExportTableEnd.self)
        tally__v1__export_table_end__init(raw)
        if !self.table.isEmpty {
            raw.pointee.table = arena.copy(self.table)
        }
        raw.pointee.row_count = self.rowCount
        if !self.sha256.isEmpty {
            raw.pointee.sha256 = arena.copy(self.sha256)
        }
        return raw
    }
}

extension ListOrganizationsRequest {
    public init(
        serialized bytes: UnsafeRawBufferPointer, in arena: MessageArena
    ) throws {
        let descriptor = Self.descriptor
        try DecodeGuard.check(
            bytes, descriptor: descriptor, messageName: Self.messageName)
        let raw = try arena.unpack(
            bytes, as: Tally__V1__ListOrganizationsRequest.self, descriptor: descriptor,
            messageName: Self.messageName)
        self = try withExtendedLifetime(arena) { try Self(raw) }
    }

    public func packed(in arena: MessageArena) -> PackedMessage {
        PackedMessage(pack(into: arena))
    }

    /// protobuf-c's description of the message, at its own address.
    static var descriptor: UnsafePointer<ProtobufCMessageDescriptor> {
        var raw = Tally__V1__ListOrganizationsRequest()
        tally__v1__list_organizations_request__init(&raw)
        return raw.base.descriptor
    }

    /// The value of an unpacked message.
    init(_ raw: UnsafePointer<Tally__V1__ListOrganizationsRequest>) throws {
        self.pageSize = raw.pointee.page_size
        self.pageToken = try MessageArena.string(
            raw.pointee.page_token, messageName: Self.messageName, field: "page_token")
        self.state = Organization.State(
            rawValue: Int32(truncatingIfNeeded: raw.pointee.state.rawValue))
    }

    /// The message as protobuf-c packs it; it lives as long as the arena.
    func pack(into arena: MessageArena) -> UnsafeMutablePointer<Tally__V1__ListOrganizationsRequest>
    {
        let raw = arena.allocateMessage(Tally__V1__ListOrganizationsRequest.self)
        tally__v1__list_organizations_request__init(raw)
        raw.pointee.page_size = self.pageSize
        if !self.pageToken.isEmpty {
            raw.pointee.page_token = arena.copy(self.pageToken)
        }
        raw.pointee.state = .init(rawValue: .init(truncatingIfNeeded: self.state.rawValue))
        return raw
    }
}

extension ListOrganizationsResponse {
    public init(
        serialized bytes: UnsafeRawBufferPointer, in arena: MessageArena
    ) throws {
        let descriptor = Self.descriptor
        try DecodeGuard.check(
            bytes, descriptor: descriptor, messageName: Self.messageName)
        let raw = try arena.unpack(
            bytes, as: Tally__V1__ListOrganizationsResponse.self, descriptor: descriptor,
            messageName: Self.messageName)
        self = try withExtendedLifetime(arena) { try Self(raw) }
    }

    public func packed(in arena: MessageArena) -> PackedMessage {
        PackedMessage(pack(into: arena))
    }

    /// protobuf-c's description of the message, at its own address.
    static var descriptor: UnsafePointer<ProtobufCMessageDescriptor> {
        var raw = Tally__V1__ListOrganizationsResponse()
        tally__v1__list_organizations_response__init(&raw)
        return raw.base.descriptor
    }

    /// The value of an unpacked message.
    init(_ raw: UnsafePointer<Tally__V1__ListOrganizationsResponse>) throws {
        self.organizations = try MessageArena.values(
            raw.pointee.organizations, count: raw.pointee.n_organizations
        ) { try Organization($0) }
        self.nextPageToken = try MessageArena.string(
            raw.pointee.next_page_token, messageName: Self.messageName, field: "next_page_token")
    }

    /// The message as protobuf-c packs it; it lives as long as the arena.
    func pack(into arena: MessageArena) -> UnsafeMutablePointer<
        Tally__V1__ListOrganizationsResponse
    > {
        let raw = arena.allocateMessage(Tally__V1__ListOrganizationsResponse.self)
        tally__v1__list_organizations_response__init(raw)
        if !self.organizations.isEmpty {
            raw.pointee.n_organizations = self.organizations.count
            raw.pointee.organizations = arena.copy(self.organizations) { $0.pack(into: arena) }
        }
        if !self.nextPageToken.isEmpty {
            raw.pointee.next_page_token = arena.copy(self.nextPageToken)
        }
        return raw
    }
}

extension BusinessUnit {
    public init(
        serialized bytes: UnsafeRawBufferPointer, in arena: MessageArena
    ) throws {
        let descriptor = Self.descriptor
        try DecodeGuard.check(
            bytes, descriptor: descriptor, messageName: Self.messageName)
        let raw = try arena.unpack(
            bytes, as: Tally__V1__BusinessUnit.self, descriptor: descriptor,
            messageName: Self.messageName)
        self = try withExtendedLifetime(arena) { try Self(raw) }
    }

    public func packed(in arena: MessageArena) -> PackedMessage {
        PackedMessage(pack(into: arena))
    }

    /// protobuf-c's description of the message, at its own address.
    static var descriptor: UnsafePointer<ProtobufCMessageDescriptor> {
        var raw = Tally__V1__BusinessUnit()
        tally__v1__business_unit__init(&raw)
        return raw.base.descriptor
    }

    /// The value of an unpacked message.
    init(_ raw: UnsafePointer<Tally__V1__BusinessUnit>) throws {
        self.id = try MessageArena.string(
            raw.pointee.id, messageName: Self.messageName, field: "id")
        self.code = try MessageArena.string(
            raw.pointee.code, messageName: Self.messageName, field: "code")
        self.displayName = try MessageArena.string(
            raw.pointee.display_name, messageName: Self.messageName, field: "display_name")
        self.parentCode = try MessageArena.string(
            raw.pointee.parent_code, messageName: Self.messageName, field: "parent_code")
        self.ownerEmail = try MessageArena.string(
            raw.pointee.owner_email, messageName: Self.messageName, field: "owner_email")
        self.createTime = try raw.pointee.create_time.map { try Timestamp($0) }
        self.kind = BusinessUnit.Kind(
            rawValue: Int32(truncatingIfNeeded: raw.pointee.kind.rawValue))
        self.costCenterCode = try MessageArena.string(
            raw.pointee.cost_center_code, messageName: Self.messageName, field: "cost_center_code")
        self.state = BusinessUnit.State(
            rawValue: Int32(truncatingIfNeeded: raw.pointee.state.rawValue))
        self.successorCode = try MessageArena.string(
            raw.pointee.successor_code, messageName: Self.messageName, field: "successor_code")
        self.effectiveDate = try raw.pointee.effective_date.map { try Date($0) }
        self.endDate = try raw.pointee.end_date.map { try Date($0) }
        self.etag = try MessageArena.string(
            raw.pointee.etag, messageName: Self.messageName, field: "etag")
    }

    /// The message as protobuf-c packs it; it lives as long as the arena.
    func pack(into arena: MessageArena) -> UnsafeMutablePointer<Tally__V1__BusinessUnit> {
        let raw = arena.allocateMessage(Tally__V1__BusinessUnit.self)
        tally__v1__business_unit__init(raw)
        if !self.id.isEmpty {
            raw.pointee.id = arena.copy(self.id)
        }
        if !self.code.isEmpty {
            raw.pointee.code = arena.copy(self.code)
        }
        if !self.displayName.isEmpty {
            raw.pointee.display_name = arena.copy(self.displayName)
        }
        if !self.parentCode.isEmpty {
            raw.pointee.parent_code = arena.copy(self.parentCode)
        }
        if !self.ownerEmail.isEmpty {
            raw.pointee.owner_email = arena.copy(self.ownerEmail)
        }
        if let value = self.createTime {
            raw.pointee.create_time = value.pack(into: arena)
        }
        raw.pointee.kind = .init(rawValue: .init(truncatingIfNeeded: self.kind.rawValue))
        if !self.costCenterCode.isEmpty {
            raw.pointee.cost_center_code = arena.copy(self.costCenterCode)
        }
        raw.pointee.state = .init(rawValue: .init(truncatingIfNeeded: self.state.rawValue))
        if !self.successorCode.isEmpty {
            raw.pointee.successor_code = arena.copy(self.successorCode)
        }
        if let value = self.effectiveDate {
            raw.pointee.effective_date = value.pack(into: arena)
        }
        if let value = self.endDate {
            raw.pointee.end_date = value.pack(into: arena)
        }
        if !self.etag.isEmpty {
            raw.pointee.etag = arena.copy(self.etag)
        }
        return raw
    }
}

extension CreateBusinessUnitRequest {
    public init(
        serialized bytes: UnsafeRawBufferPointer, in arena: MessageArena
    ) throws {
        let descriptor = Self.descriptor
        try DecodeGuard.check(
            bytes, descriptor: descriptor, messageName: Self.messageName)
        let raw = try arena.unpack(
            bytes, as: Tally__V1__CreateBusinessUnitRequest.self, descriptor: descriptor,
            messageName: Self.messageName)
        self = try withExtendedLifetime(arena) { try Self(raw) }
    }

    public func packed(in arena: MessageArena) -> PackedMessage {
        PackedMessage(pack(into: arena))
    }

    /// protobuf-c's description of the message, at its own address.
    static var descriptor: UnsafePointer<ProtobufCMessageDescriptor> {
        var raw = Tally__V1__CreateBusinessUnitRequest()
        tally__v1__create_business_unit_request__init(&raw)
        return raw.base.descriptor
    }

    /// The value of an unpacked message.
    init(_ raw: UnsafePointer<Tally__V1__CreateBusinessUnitRequest>) throws {
        self.code = try MessageArena.string(
            raw.pointee.code, messageName: Self.messageName, field: "code")
        self.displayName = try MessageArena.string(
            raw.pointee.display_name, messageName: Self.messageName, field: "display_name")
        self.parentCode = try MessageArena.string(
            raw.pointee.parent_code, messageName: Self.messageName, field: "parent_code")
        self.ownerEmail = try MessageArena.string(
            raw.pointee.owner_email, messageName: Self.messageName, field: "owner_email")
        self.kind = BusinessUnit.Kind(
            rawValue: Int32(truncatingIfNeeded: raw.pointee.kind.rawValue))
        self.costCenterCode = try MessageArena.string(
            raw.pointee.cost_center_code, messageName: Self.messageName, field: "cost_center_code")
        self.effectiveDate = try raw.pointee.effective_date.map { try Date($0) }
    }

    /// The message as protobuf-c packs it; it lives as long as the arena.
    func pack(into arena: MessageArena) -> UnsafeMutablePointer<
        Tally__V1__CreateBusinessUnitRequest
    > {
        let raw = arena.allocateMessage(Tally__V1__CreateBusinessUnitRequest.self)
        tally__v1__create_business_unit_request__init(raw)
        if !self.code.isEmpty {
            raw.pointee.code = arena.copy(self.code)
        }
        if !self.displayName.isEmpty {
            raw.pointee.display_name = arena.copy(self.displayName)
        }
        if !self.parentCode.isEmpty {
            raw.pointee.parent_code = arena.copy(self.parentCode)
        }
        if !self.ownerEmail.isEmpty {
            raw.pointee.owner_email = arena.copy(self.ownerEmail)
        }
        raw.pointee.kind = .init(rawValue: .init(truncatingIfNeeded: self.kind.rawValue))
        if !self.costCenterCode.isEmpty {
            raw.pointee.cost_center_code = arena.copy(self.costCenterCode)
        }
        if let value = self.effectiveDate {
            raw.pointee.effective_date = value.pack(into: arena)
        }
        return raw
    }
}

extension GetBusinessUnitRequest {
    public init(
        serialized bytes: UnsafeRawBufferPointer, in arena: MessageArena
    ) throws {
        let descriptor = Self.descriptor
        try DecodeGuard.check(
            bytes, descriptor: descriptor, messageName: Self.messageName)
        let raw = try arena.unpack(
            bytes, as: Tally__V1__GetBusinessUnitRequest.self, descriptor: descriptor,
            messageName: Self.messageName)
        self = try withExtendedLifetime(arena) { try Self(raw) }
    }

    public func packed(in arena: MessageArena) -> PackedMessage {
        PackedMessage(pack(into: arena))
    }

    /// protobuf-c's description of the message, at its own address.
    static var descriptor: UnsafePointer<ProtobufCMessageDescriptor> {
        var raw = Tally__V1__GetBusinessUnitRequest()
        tally__v1__get_business_unit_request__init(&raw)
        return raw.base.descriptor
    }

    /// The value of an unpacked message.
    init(_ raw: UnsafePointer<Tally__V1__GetBusinessUnitRequest>) throws {
        self.code = try MessageArena.string(
            raw.pointee.code, messageName: Self.messageName, field: "code")
        self.asOf = try raw.pointee.as_of.map { try Date($0) }
    }

    /// The message as protobuf-c packs it; it lives as long as the arena.
    func pack(into arena: MessageArena) -> UnsafeMutablePointer<Tally__V1__GetBusinessUnitRequest> {
        let raw = arena.allocateMessage(Tally__V1__GetBusinessUnitRequest.self)
        tally__v1__get_business_unit_request__init(raw)
        if !self.code.isEmpty {
            raw.pointee.code = arena.copy(self.code)
        }
        if let value = self.asOf {
            raw.pointee.as_of = value.pack(into: arena)
        }
        return raw
    }
}

extension ListBusinessUnitsRequest {
    public init(
        serialized bytes: UnsafeRawBufferPointer, in arena: MessageArena
    ) throws {
        let descriptor = Self.descriptor
        try DecodeGuard.check(
            bytes, descriptor: descriptor, messageName: Self.messageName)
        let raw = try arena.unpack(
            bytes, as: Tally__V1__ListBusinessUnitsRequest.self, descriptor: descriptor,
            messageName: Self.messageName)
        self = try withExtendedLifetime(arena) { try Self(raw) }
    }

    public func packed(in arena: MessageArena) -> PackedMessage {
        PackedMessage(pack(into: arena))
    }

    /// protobuf-c's description of the message, at its own address.
    static var descriptor: UnsafePointer<ProtobufCMessageDescriptor> {
        var raw = Tally__V1__ListBusinessUnitsRequest()
        tally__v1__list_business_units_request__init(&raw)
        return raw.base.descriptor
    }

    /// The value of an unpacked message.
    init(_ raw: UnsafePointer<Tally__V1__ListBusinessUnitsRequest>) throws {
        self.pageSize = raw.pointee.page_size
        self.pageToken = try MessageArena.string(
            raw.pointee.page_token, messageName: Self.messageName, field: "page_token")
        self.asOf = try raw.pointee.as_of.map { try Date($0) }
        self.showRetired = raw.pointee.show_retired != 0
    }

    /// The message as protobuf-c packs it; it lives as long as the arena.
    func pack(into arena: MessageArena) -> UnsafeMutablePointer<Tally__V1__ListBusinessUnitsRequest>
    {
        let raw = arena.allocateMessage(Tally__V1__ListBusinessUnitsRequest.self)
        tally__v1__list_business_units_request__init(raw)
        raw.pointee.page_size = self.pageSize
        if !self.pageToken.isEmpty {
            raw.pointee.page_token = arena.copy(self.pageToken)
        }
        if let value = self.asOf {
            raw.pointee.as_of = value.pack(into: arena)
        }
        raw.pointee.show_retired = self.showRetired ? 1 : 0
        return raw
    }
}

extension ListBusinessUnitsResponse {
    public init(
        serialized bytes: UnsafeRawBufferPointer, in arena: MessageArena
    ) throws {
        let descriptor = Self.descriptor
        try DecodeGuard.check(
            bytes, descriptor: descriptor, messageName: Self.messageName)
        let raw = try arena.unpack(
            bytes, as: Tally__V1__ListBusinessUnitsResponse.self, descriptor: descriptor,
            messageName: Self.messageName)
        self = try withExtendedLifetime(arena) { try Self(raw) }
    }

    public func packed(in arena: MessageArena) -> PackedMessage {
        PackedMessage(pack(into: arena))
    }

    /// protobuf-c's description of the message, at its own address.
    static var descriptor: UnsafePointer<ProtobufCMessageDescriptor> {
        var raw = Tally__V1__ListBusinessUnitsResponse()
        tally__v1__list_business_units_response__init(&raw)
        return raw.base.descriptor
    }

    /// The value of an unpacked message.
    init(_ raw: UnsafePointer<Tally__V1__ListBusinessUnitsResponse>) throws {
        self.businessUnits = try MessageArena.values(
            raw.pointee.business_units, count: raw.pointee.n_business_units
        ) { try BusinessUnit($0) }
        self.nextPageToken = try MessageArena.string(
            raw.pointee.next_page_token, messageName: Self.messageName, field: "next_page_token")
    }

    /// The message as protobuf-c packs it; it lives as long as the arena.
    func pack(into arena: MessageArena) -> UnsafeMutablePointer<
        Tally__V1__ListBusinessUnitsResponse
    > {
        let raw = arena.allocateMessage(Tally__V1__ListBusinessUnitsResponse.self)
        tally__v1__list_business_units_response__init(raw)
        if !self.businessUnits.isEmpty {
            raw.pointee.n_business_units = self.businessUnits.count
            raw.pointee.business_units = arena.copy(self.businessUnits) { $0.pack(into: arena) }
        }
        if !self.nextPageToken.isEmpty {
            raw.pointee.next_page_token = arena.copy(self.nextPageToken)
        }
        return raw
    }
}

extension ListBusinessUnitVersionsRequest {
    public init(
        serialized bytes: UnsafeRawBufferPointer, in arena: MessageArena
    ) throws {
        let descriptor = Self.descriptor
        try DecodeGuard.check(
            bytes, descriptor: descriptor, messageName: Self.messageName)
        let raw = try arena.unpack(
            bytes, as: Tally__V1__ListBusinessUnitVersionsRequest.self, descriptor: descriptor,
            messageName: Self.messageName)
        self = try withExtendedLifetime(arena) { try Self(raw) }
    }

    public func packed(in arena: MessageArena) -> PackedMessage {
        PackedMessage(pack(into: arena))
    }

    /// protobuf-c's description of the message, at its own address.
    static var descriptor: UnsafePointer<ProtobufCMessageDescriptor> {
        var raw = Tally__V1__ListBusinessUnitVersionsRequest()
        tally__v1__list_business_unit_versions_request__init(&raw)
        return raw.base.descriptor
    }

    /// The value of an unpacked message.
    init(_ raw: UnsafePointer<Tally__V1__ListBusinessUnitVersionsRequest>) throws {
        self.code = try MessageArena.string(
            raw.pointee.code, messageName: Self.messageName, field: "code")
    }

    /// The message as protobuf-c packs it; it lives as long as the arena.
    func pack(into arena: MessageArena) -> UnsafeMutablePointer<
        Tally__V1__ListBusinessUnitVersionsRequest
    > {
        let raw = arena.allocateMessage(Tally__V1__ListBusinessUnitVersionsRequest.self)
        tally__v1__list_business_unit_versions_request__init(raw)
        if !self.code.isEmpty {
            raw.pointee.code = arena.copy(self.code)
        }
        return raw
    }
}

extension ListBusinessUnitVersionsResponse {
    public init(
        serialized bytes: UnsafeRawBufferPointer, in arena: MessageArena
    ) throws {
        let descriptor = Self.descriptor
        try DecodeGuard.check(
            bytes, descriptor: descriptor, messageName: Self.messageName)
        let raw = try arena.unpack(
            bytes, as: Tally__V1__ListBusinessUnitVersionsResponse.self, descriptor: descriptor,
            messageName: Self.messageName)
        self = try withExtendedLifetime(arena) { try Self(raw) }
    }

    public func packed(in arena: MessageArena) -> PackedMessage {
        PackedMessage(pack(into: arena))
    }

    /// protobuf-c's description of the message, at its own address.
    static var descriptor: UnsafePointer<ProtobufCMessageDescriptor> {
        var raw = Tally__V1__ListBusinessUnitVersionsResponse()
        tally__v1__list_business_unit_versions_response__init(&raw)
        return raw.base.descriptor
    }

    /// The value of an unpacked message.
    init(_ raw: UnsafePointer<Tally__V1__ListBusinessUnitVersionsResponse>) throws {
        self.versions = try MessageArena.values(raw.pointee.versions, count: raw.pointee.n_versions)
        { try BusinessUnit($0) }
    }

    /// The message as protobuf-c packs it; it lives as long as the arena.
    func pack(into arena: MessageArena) -> UnsafeMutablePointer<
        Tally__V1__ListBusinessUnitVersionsResponse
    > {
        let raw = arena.allocateMessage(Tally__V1__ListBusinessUnitVersionsResponse.self)
        tally__v1__list_business_unit_versions_response__init(raw)
        if !self.versions.isEmpty {
            raw.pointee.n_versions = self.versions.count
            raw.pointee.versions = arena.copy(self.versions) { $0.pack(into: arena) }
        }
        return raw
    }
}

extension UpdateBusinessUnitRequest {
    public init(
        serialized bytes: UnsafeRawBufferPointer, in arena: MessageArena
    ) throws {
        let descriptor = Self.descriptor
        try DecodeGuard.check(
            bytes, descriptor: descriptor, messageName: Self.messageName)
        let raw = try arena.unpack(
            bytes, as: Tally__V1__UpdateBusinessUnitRequest.self, descriptor: descriptor,
            messageName: Self.messageName)
        self = try withExtendedLifetime(arena) { try Self(raw) }
    }

    public func packed(in arena: MessageArena) -> PackedMessage {
        PackedMessage(pack(into: arena))
    }

    /// protobuf-c's description of the message, at its own address.
    static var descriptor: UnsafePointer<ProtobufCMessageDescriptor> {
        var raw = Tally__V1__UpdateBusinessUnitRequest()
        tally__v1__update_business_unit_request__init(&raw)
        return raw.base.descriptor
    }

    /// The value of an unpacked message.
    init(_ raw: UnsafePointer<Tally__V1__UpdateBusinessUnitRequest>) throws {
        self.code = try MessageArena.string(
            raw.pointee.code, messageName: Self.messageName, field: "code")
        self.displayName = try MessageArena.string(
            raw.pointee.display_name, messageName: Self.messageName, field: "display_name")
        self.parentCode = try MessageArena.string(
            raw.pointee.parent_code, messageName: Self.messageName, field: "parent_code")
        self.ownerEmail = try MessageArena.string(
            raw.pointee.owner_email, messageName: Self.messageName, field: "owner_email")
        self.kind = BusinessUnit.Kind(
            rawValue: Int32(truncatingIfNeeded: raw.pointee.kind.rawValue))
        self.costCenterCode = try MessageArena.string(
            raw.pointee.cost_center_code, messageName: Self.messageName, field: "cost_center_code")
        self.updateMask = try MessageArena.strings(
            raw.pointee.update_mask, count: raw.pointee.n_update_mask,
            messageName: Self.messageName, field: "update_mask")
        self.effectiveDate = try raw.pointee.effective_date.map { try Date($0) }
        self.etag = try MessageArena.string(
            raw.pointee.etag, messageName: Self.messageName, field: "etag")
    }

    /// The message as protobuf-c packs it; it lives as long as the arena.
    func pack(into arena: MessageArena) -> UnsafeMutablePointer<
        Tally__V1__UpdateBusinessUnitRequest
    > {
        let raw = arena.allocateMessage(Tally__V1__UpdateBusinessUnitRequest.self)
        tally__v1__update_business_unit_request__init(raw)
        if !self.code.isEmpty {
            raw.pointee.code = arena.copy(self.code)
        }
        if !self.displayName.isEmpty {
            raw.pointee.display_name = arena.copy(self.displayName)
        }
        if !self.parentCode.isEmpty {
            raw.pointee.parent_code = arena.copy(self.parentCode)
        }
        if !self.ownerEmail.isEmpty {
            raw.pointee.owner_email = arena.copy(self.ownerEmail)
        }
        raw.pointee.kind = .init(rawValue: .init(truncatingIfNeeded: self.kind.rawValue))
        if !self.costCenterCode.isEmpty {
            raw.pointee.cost_center_code = arena.copy(self.costCenterCode)
        }
        if !self.updateMask.isEmpty {
            raw.pointee.n_update_mask = self.updateMask.count
            raw.pointee.update_mask = arena.copy(self.updateMask)
        }
        if let value = self.effectiveDate {
            raw.pointee.effective_date = value.pack(into: arena)
        }
        if !self.etag.isEmpty {
            raw.pointee.etag = arena.copy(self.etag)
        }
        return raw
    }
}

extension RetireBusinessUnitRequest {
    public init(
        serialized bytes: UnsafeRawBufferPointer, in arena: MessageArena
    ) throws {
        let descriptor = Self.descriptor
        try DecodeGuard.check(
            bytes, descriptor: descriptor, messageName: Self.messageName)
        let raw = try arena.unpack(
            bytes, as: Tally__V1__RetireBusinessUnitRequest.self, descriptor: descriptor,
            messageName: Self.messageName)
        self = try withExtendedLifetime(arena) { try Self(raw) }
    }

    public func packed(in arena: MessageArena) -> PackedMessage {
        PackedMessage(pack(into: arena))
    }

    /// protobuf-c's description of the message, at its own address.
    static var descriptor: UnsafePointer<ProtobufCMessageDescriptor> {
        var raw = Tally__V1__RetireBusinessUnitRequest()
        tally__v1__retire_business_unit_request__init(&raw)
        return raw.base.descriptor
    }

    /// The value of an unpacked message.
    init(_ raw: UnsafePointer<Tally__V1__RetireBusinessUnitRequest>) throws {
        self.code = try MessageArena.string(
            raw.pointee.code, messageName: Self.messageName, field: "code")
        self.effectiveDate = try raw.pointee.effective_date.map { try Date($0) }
        self.successorCode = try MessageArena.string(
            raw.pointee.successor_code, messageName: Self.messageName, field: "successor_code")
        self.etag = try MessageArena.string(
            raw.pointee.etag, messageName: Self.messageName, field: "etag")
    }

    /// The message as protobuf-c packs it; it lives as long as the arena.
    func pack(into arena: MessageArena) -> UnsafeMutablePointer<
        Tally__V1__RetireBusinessUnitRequest
    > {
        let raw = arena.allocateMessage(Tally__V1__RetireBusinessUnitRequest.self)
        tally__v1__retire_business_unit_request__init(raw)
        if !self.code.isEmpty {
            raw.pointee.code = arena.copy(self.code)
        }
        if let value = self.effectiveDate {
            raw.pointee.effective_date = value.pack(into: arena)
        }
        if !self.successorCode.isEmpty {
            raw.pointee.successor_code = arena.copy(self.successorCode)
        }
        if !self.etag.isEmpty {
            raw.pointee.etag = arena.copy(self.etag)
        }
        return raw
    }
}

extension MergeBusinessUnitRequest {
    public init(
        serialized bytes: UnsafeRawBufferPointer, in arena: MessageArena
    ) throws {
        let descriptor = Self.descriptor
        try DecodeGuard.check(
            bytes, descriptor: descriptor, messageName: Self.messageName)
        let raw = try arena.unpack(
            bytes, as: Tally__V1__MergeBusinessUnitRequest.self, descriptor: descriptor,
            messageName: Self.messageName)
        self = try withExtendedLifetime(arena) { try Self(raw) }
    }

    public func packed(in arena: MessageArena) -> PackedMessage {
        PackedMessage(pack(into: arena))
    }

    /// protobuf-c's description of the message, at its own address.
    static var descriptor: UnsafePointer<ProtobufCMessageDescriptor> {
        var raw = Tally__V1__MergeBusinessUnitRequest()
        tally__v1__merge_business_unit_request__init(&raw)
        return raw.base.descriptor
    }

    /// The value of an unpacked message.
    init(_ raw: UnsafePointer<Tally__V1__MergeBusinessUnitRequest>) throws {
        self.code = try MessageArena.string(
            raw.pointee.code, messageName: Self.messageName, field: "code")
        self.intoCode = try MessageArena.string(
            raw.pointee.into_code, messageName: Self.messageName, field: "into_code")
        self.effectiveDate = try raw.pointee.effective_date.map { try Date($0) }
        self.etag = try MessageArena.string(
            raw.pointee.etag, messageName: Self.messageName, field: "etag")
    }

    /// The message as protobuf-c packs it; it lives as long as the arena.
    func pack(into arena: MessageArena) -> UnsafeMutablePointer<Tally__V1__MergeBusinessUnitRequest>
    {
        let raw = arena.allocateMessage(Tally__V1__MergeBusinessUnitRequest.self)
        tally__v1__merge_business_unit_request__init(raw)
        if !self.code.isEmpty {
            raw.pointee.code = arena.copy(self.code)
        }
        if !self.intoCode.isEmpty {
            raw.pointee.into_code = arena.copy(self.intoCode)
        }
        if let value = self.effectiveDate {
            raw.pointee.effective_date = value.pack(into: arena)
        }
        if !self.etag.isEmpty {
            raw.pointee.etag = arena.copy(self.etag)
        }
        return raw
    }
}

extension RestoreBusinessUnitRequest {
    public init(
        serialized bytes: UnsafeRawBufferPointer, in arena: MessageArena
    ) throws {
        let descriptor = Self.descriptor
        try DecodeGuard.check(
            bytes, descriptor: descriptor, messageName: Self.messageName)
        let raw = try arena.unpack(
            bytes, as: Tally__V1__RestoreBusinessUnitRequest.self, descriptor: descriptor,
            messageName: Self.messageName)
        self = try withExtendedLifetime(arena) { try Self(raw) }
    }

    public func packed(in arena: MessageArena) -> PackedMessage {
        PackedMessage(pack(into: arena))
    }

    /// protobuf-c's description of the message, at its own address.
    static var descriptor: UnsafePointer<ProtobufCMessageDescriptor> {
        var raw = Tally__V1__RestoreBusinessUnitRequest()
        tally__v1__restore_business_unit_request__init(&raw)
        return raw.base.descriptor
    }

    /// The value of an unpacked message.
    init(_ raw: UnsafePointer<Tally__V1__RestoreBusinessUnitRequest>) throws {
        self.code = try MessageArena.string(
            raw.pointee.code, messageName: Self.messageName, field: "code")
        self.effectiveDate = try raw.pointee.effective_date.map { try Date($0) }
        self.etag = try MessageArena.string(
            raw.pointee.etag, messageName: Self.messageName, field: "etag")
    }

    /// The message as protobuf-c packs it; it lives as long as the arena.
    func pack(into arena: MessageArena) -> UnsafeMutablePointer<
        Tally__V1__RestoreBusinessUnitRequest
    > {
        let raw = arena.allocateMessage(Tally__V1__RestoreBusinessUnitRequest.self)
        tally__v1__restore_business_unit_request__init(raw)
        if !self.code.isEmpty {
            raw.pointee.code = arena.copy(self.code)
        }
        if let value = self.effectiveDate {
            raw.pointee.effective_date = value.pack(into: arena)
        }
        if !self.etag.isEmpty {
            raw.pointee.etag = arena.copy(self.etag)
        }
        return raw
    }
}

extension BusinessUnitRow {
    public init(
        serialized bytes: UnsafeRawBufferPointer, in arena: MessageArena
    ) throws {
        let descriptor = Self.descriptor
        try DecodeGuard.check(
            bytes, descriptor: descriptor, messageName: Self.messageName)
        let raw = try arena.unpack(
            bytes, as: Tally__V1__BusinessUnitRow.self, descriptor: descriptor,
            messageName: Self.messageName)
        self = try withExtendedLifetime(arena) { try Self(raw) }
    }

    public func packed(in arena: MessageArena) -> PackedMessage {
        PackedMessage(pack(into: arena))
    }

    /// protobuf-c's description of the message, at its own address.
    static var descriptor: UnsafePointer<ProtobufCMessageDescriptor> {
        var raw = Tally__V1__BusinessUnitRow()
        tally__v1__business_unit_row__init(&raw)
        return raw.base.descriptor
    }

    /// The value of an unpacked message.
    init(_ raw: UnsafePointer<Tally__V1__BusinessUnitRow>) throws {
        self.code = try MessageArena.string(
            raw.pointee.code, messageName: Self.messageName, field: "code")
        self.displayName = try MessageArena.string(
            raw.pointee.display_name, messageName: Self.messageName, field: "display_name")
        self.parentCode = try MessageArena.string(
            raw.pointee.parent_code, messageName: Self.messageName, field: "parent_code")
        self.kind = BusinessUnit.Kind(
            rawValue: Int32(truncatingIfNeeded: raw.pointee.kind.rawValue))
        self.costCenterCode = try MessageArena.string(
            raw.pointee.cost_center_code, messageName: Self.messageName, field: "cost_center_code")
        self.ownerEmail = try MessageArena.string(
            raw.pointee.owner_email, messageName: Self.messageName, field: "owner_email")
    }

    /// The message as protobuf-c packs it; it lives as long as the arena.
    func pack(into arena: MessageArena) -> UnsafeMutablePointer<Tally__V1__BusinessUnitRow> {
        let raw = arena.allocateMessage(Tally__V1__BusinessUnitRow.self)
        tally__v1__business_unit_row__init(raw)
        if !self.code.isEmpty {
            raw.pointee.code = arena.copy(self.code)
        }
        if !self.displayName.isEmpty {
            raw.pointee.display_name = arena.copy(self.displayName)
        }
        if !self.parentCode.isEmpty {
            raw.pointee.parent_code = arena.copy(self.parentCode)
        }
        raw.pointee.kind = .init(rawValue: .init(truncatingIfNeeded: self.kind.rawValue))
        if !self.costCenterCode.isEmpty {
            raw.pointee.cost_center_code = arena.copy(self.costCenterCode)
        }
        if !self.ownerEmail.isEmpty {
            raw.pointee.owner_email = arena.copy(self.ownerEmail)
        }
        return raw
    }
}

extension ImportBusinessUnitsRequest {
    public init(
        serialized bytes: UnsafeRawBufferPointer, in arena: MessageArena
    ) throws {
        let descriptor = Self.descriptor
        try DecodeGuard.check(
            bytes, descriptor: descriptor, messageName: Self.messageName)
        let raw = try arena.unpack(
            bytes, as: Tally__V1__ImportBusinessUnitsRequest.self, descriptor: descriptor,
            messageName: Self.messageName)
        self = try withExtendedLifetime(arena) { try Self(raw) }
    }

    public func packed(in arena: MessageArena) -> PackedMessage {
        PackedMessage(pack(into: arena))
    }

    /// protobuf-c's description of the message, at its own address.
    static var descriptor: UnsafePointer<ProtobufCMessageDescriptor> {
        var raw = Tally__V1__ImportBusinessUnitsRequest()
        tally__v1__import_business_units_request__init(&raw)
        return raw.base.descriptor
    }

    /// The value of an unpacked message.
    init(_ raw: UnsafePointer<Tally__V1__ImportBusinessUnitsRequest>) throws {
        self.rows = try MessageArena.values(raw.pointee.rows, count: raw.pointee.n_rows) {
            try BusinessUnitRow($0)
        }
        self.effectiveDate = try raw.pointee.effective_date.map { try Date($0) }
        self.updateMask = try MessageArena.strings(
            raw.pointee.update_mask, count: raw.pointee.n_update_mask,
            messageName: Self.messageName, field: "update_mask")
        self.retireMissing = raw.pointee.retire_missing != 0
        self.dryRun = raw.pointee.dry_run != 0
    }

    /// The message as protobuf-c packs it; it lives as long as the arena.
    func pack(into arena: MessageArena) -> UnsafeMutablePointer<
        Tally__V1__ImportBusinessUnitsRequest
    > {
        let raw = arena.allocateMessage(Tally__V1__ImportBusinessUnitsRequest.self)
        tally__v1__import_business_units_request__init(raw)
        if !self.rows.isEmpty {
            raw.pointee.n_rows = self.rows.count
            raw.pointee.rows = arena.copy(self.rows) { $0.pack(into: arena) }
        }
        if let value = self.effectiveDate {
            raw.pointee.effective_date = value.pack(into: arena)
        }
        if !self.updateMask.isEmpty {
            raw.pointee.n_update_mask = self.updateMask.count
            raw.pointee.update_mask = arena.copy(self.updateMask)
        }
        raw.pointee.retire_missing = self.retireMissing ? 1 : 0
        raw.pointee.dry_run = self.dryRun ? 1 : 0
        return raw
    }
}

extension ImportBusinessUnitsResponse {
    public init(
        serialized bytes: UnsafeRawBufferPointer, in arena: MessageArena
    ) throws {
        let descriptor = Self.descriptor
        try DecodeGuard.check(
            bytes, descriptor: descriptor, messageName: Self.messageName)
        let raw = try arena.unpack(
            bytes, as: Tally__V1__ImportBusinessUnitsResponse.self, descriptor: descriptor,
            messageName: Self.messageName)
        self = try withExtendedLifetime(arena) { try Self(raw) }
    }

    public func packed(in arena: MessageArena) -> PackedMessage {
        PackedMessage(pack(into: arena))
    }

    /// protobuf-c's description of the message, at its own address.
    static var descriptor: UnsafePointer<ProtobufCMessageDescriptor> {
        var raw = Tally__V1__ImportBusinessUnitsResponse()
        tally__v1__import_business_units_response__init(&raw)
        return raw.base.descriptor
    }

    /// The value of an unpacked message.
    init(_ raw: UnsafePointer<Tally__V1__ImportBusinessUnitsResponse>) throws {
        self.differences = try MessageArena.values(
            raw.pointee.differences, count: raw.pointee.n_differences
        ) { try BusinessUnitDifference($0) }
        self.unchangedCount = raw.pointee.unchanged_count
    }

    /// The message as protobuf-c packs it; it lives as long as the arena.
    func pack(into arena: MessageArena) -> UnsafeMutablePointer<
        Tally__V1__ImportBusinessUnitsResponse
    > {
        let raw = arena.allocateMessage(Tally__V1__ImportBusinessUnitsResponse.self)
        tally__v1__import_business_units_response__init(raw)
        if !self.differences.isEmpty {
            raw.pointee.n_differences = self.differences.count
            raw.pointee.differences = arena.copy(self.differences) { $0.pack(into: arena) }
        }
        raw.pointee.unchanged_count = self.unchangedCount
        return raw
    }
}

extension BusinessUnitDifference {
    public init(
        serialized bytes: UnsafeRawBufferPointer, in arena: MessageArena
    ) throws {
        let descriptor = Self.descriptor
        try DecodeGuard.check(
            bytes, descriptor: descriptor, messageName: Self.messageName)
        let raw = try arena.unpack(
            bytes, as: Tally__V1__BusinessUnitDifference.self, descriptor: descriptor,
            messageName: Self.messageName)
        self = try withExtendedLifetime(arena) { try Self(raw) }
    }

    public func packed(in arena: MessageArena) -> PackedMessage {
        PackedMessage(pack(into: arena))
    }

    /// protobuf-c's description of the message, at its own address.
    static var descriptor: UnsafePointer<ProtobufCMessageDescriptor> {
        var raw = Tally__V1__BusinessUnitDifference()
        tally__v1__business_unit_difference__init(&raw)
        return raw.base.descriptor
    }

    /// The value of an unpacked message.
    init(_ raw: UnsafePointer<Tally__V1__BusinessUnitDifference>) throws {
        self.code = try MessageArena.string(
            raw.pointee.code, messageName: Self.messageName, field: "code")
        self.action = BusinessUnitDifference.Action(
            rawValue: Int32(truncatingIfNeeded: raw.pointee.action.rawValue))
        self.effectiveDate = try raw.pointee.effective_date.map { try Date($0) }
        self.fields = try MessageArena.values(raw.pointee.fields, count: raw.pointee.n_fields) {
            try FieldDifference($0)
        }
    }

    /// The message as protobuf-c packs it; it lives as long as the arena.
    func pack(into arena: MessageArena) -> UnsafeMutablePointer<Tally__V1__BusinessUnitDifference> {
        let raw = arena.allocateMessage(Tally__V1__BusinessUnitDifference.self)
        tally__v1__business_unit_difference__init(raw)
        if !self.code.isEmpty {
            raw.pointee.code = arena.copy(self.code)
        }
        raw.pointee.action = .init(rawValue: .init(truncatingIfNeeded: self.action.rawValue))
        if let value = self.effectiveDate {
            raw.pointee.effective_date = value.pack(into: arena)
        }
        if !self.fields.isEmpty {
            raw.pointee.n_fields = self.fields.count
            raw.pointee.fields = arena.copy(self.fields) { $0.pack(into: arena) }
        }
        return raw
    }
}

extension FieldDifference {
    public init(
        serialized bytes: UnsafeRawBufferPointer, in arena: MessageArena
    ) throws {
        let descriptor = Self.descriptor
        try DecodeGuard.check(
            bytes, descriptor: descriptor, messageName: Self.messageName)
        let raw = try arena.unpack(
            bytes, as: Tally__V1__FieldDifference.self, descriptor: descriptor,
            messageName: Self.messageName)
        self = try withExtendedLifetime(arena) { try Self(raw) }
    }

    public func packed(in arena: MessageArena) -> PackedMessage {
        PackedMessage(pack(into: arena))
    }

    /// protobuf-c's description of the message, at its own address.
    static var descriptor: UnsafePointer<ProtobufCMessageDescriptor> {
        var raw = Tally__V1__FieldDifference()
        tally__v1__field_difference__init(&raw)
        return raw.base.descriptor
    }

    /// The value of an unpacked message.
    init(_ raw: UnsafePointer<Tally__V1__FieldDifference>) throws {
        self.field = try MessageArena.string(
            raw.pointee.field, messageName: Self.messageName, field: "field")
        self.before = try MessageArena.string(
            raw.pointee.before, messageName: Self.messageName, field: "before")
        self.after = try MessageArena.string(
            raw.pointee.after, messageName: Self.messageName, field: "after")
    }

    /// The message as protobuf-c packs it; it lives as long as the arena.
    func pack(into arena: MessageArena) -> UnsafeMutablePointer<Tally__V1__FieldDifference> {
        let raw = arena.allocateMessage(Tally__V1__FieldDifference.self)
        tally__v1__field_difference__init(raw)
        if !self.field.isEmpty {
            raw.pointee.field = arena.copy(self.field)
        }
        if !self.before.isEmpty {
            raw.pointee.before = arena.copy(self.before)
        }
        if !self.after.isEmpty {
            raw.pointee.after = arena.copy(self.after)
        }
        return raw
    }
}

extension Member {
    public init(
        serialized bytes: UnsafeRawBufferPointer, in arena: MessageArena
    ) throws {
        let descriptor = Self.descriptor
        try DecodeGuard.check(
            bytes, descriptor: descriptor, messageName: Self.messageName)
        let raw = try arena.unpack(
            bytes, as: Tally__V1__Member.self, descriptor: descriptor,
            messageName: Self.messageName)
        self = try withExtendedLifetime(arena) { try Self(raw) }
    }

    public func packed(in arena: MessageArena) -> PackedMessage {
        PackedMessage(pack(into: arena))
    }

    /// protobuf-c's description of the message, at its own address.
    static var descriptor: UnsafePointer<ProtobufCMessageDescriptor> {
        var raw = Tally__V1__Member()
        tally__v1__member__init(&raw)
        return raw.base.descriptor
    }

    /// The value of an unpacked message.
    init(_ raw: UnsafePointer<Tally__V1__Member>) throws {
        self.id = try MessageArena.string(
            raw.pointee.id, messageName: Self.messageName, field: "id")
        self.email = try MessageArena.string(
            raw.pointee.email, messageName: Self.messageName, field: "email")
        self.roles = MessageArena.numbers(raw.pointee.roles, count: raw.pointee.n_roles).map {
            Role(rawValue: Int32(truncatingIfNeeded: $0.rawValue))
        }
        self.createTime = try raw.pointee.create_time.map { try Timestamp($0) }
        self.unitCodes = try MessageArena.strings(
            raw.pointee.unit_codes, count: raw.pointee.n_unit_codes, messageName: Self.messageName,
            field: "unit_codes")
        self.etag = try MessageArena.string(
            raw.pointee.etag, messageName: Self.messageName, field: "etag")
    }

    /// The message as protobuf-c packs it; it lives as long as the arena.
    func pack(into arena: MessageArena) -> UnsafeMutablePointer<Tally__V1__Member> {
        let raw = arena.allocateMessage(Tally__V1__Member.self)
        tally__v1__member__init(raw)
        if !self.id.isEmpty {
            raw.pointee.id = arena.copy(self.id)
        }
        if !self.email.isEmpty {
            raw.pointee.email = arena.copy(self.email)
        }
        if !self.roles.isEmpty {
            raw.pointee.n_roles = self.roles.count
            raw.pointee.roles = arena.copy(
                self.roles.map { .init(rawValue: .init(truncatingIfNeeded: $0.rawValue)) })
        }
        if let value = self.createTime {
            raw.pointee.create_time = value.pack(into: arena)
        }
        if !self.unitCodes.isEmpty {
            raw.pointee.n_unit_codes = self.unitCodes.count
            raw.pointee.unit_codes = arena.copy(self.unitCodes)
        }
        if !self.etag.isEmpty {
            raw.pointee.etag = arena.copy(self.etag)
        }
        return raw
    }
}

extension CreateMemberRequest {
    public init(
        serialized bytes: UnsafeRawBufferPointer, in arena: MessageArena
    ) throws {
        let descriptor = Self.descriptor
        try DecodeGuard.check(
            bytes, descriptor: descriptor, messageName: Self.messageName)
        let raw = try arena.unpack(
            bytes, as: Tally__V1__CreateMemberRequest.self, descriptor: descriptor,
            messageName: Self.messageName)
        self = try withExtendedLifetime(arena) { try Self(raw) }
    }

    public func packed(in arena: MessageArena) -> PackedMessage {
        PackedMessage(pack(into: arena))
    }

    /// protobuf-c's description of the message, at its own address.
    static var descriptor: UnsafePointer<ProtobufCMessageDescriptor> {
        var raw = Tally__V1__CreateMemberRequest()
        tally__v1__create_member_request__init(&raw)
        return raw.base.descriptor
    }

    /// The value of an unpacked message.
    init(_ raw: UnsafePointer<Tally__V1__CreateMemberRequest>) throws {
        self.email = try MessageArena.string(
            raw.pointee.email, messageName: Self.messageName, field: "email")
        self.roles = MessageArena.numbers(raw.pointee.roles, count: raw.pointee.n_roles).map {
            Role(rawValue: Int32(truncatingIfNeeded: $0.rawValue))
        }
        self.unitCodes = try MessageArena.strings(
            raw.pointee.unit_codes, count: raw.pointee.n_unit_codes, messageName: Self.messageName,
            field: "unit_codes")
    }

    /// The message as protobuf-c packs it; it lives as long as the arena.
    func pack(into arena: MessageArena) -> UnsafeMutablePointer<Tally__V1__CreateMemberRequest> {
        let raw = arena.allocateMessage(Tally__V1__CreateMemberRequest.self)
        tally__v1__create_member_request__init(raw)
        if !self.email.isEmpty {
            raw.pointee.email = arena.copy(self.email)
        }
        if !self.roles.isEmpty {
            raw.pointee.n_roles = self.roles.count
            raw.pointee.roles = arena.copy(
                self.roles.map { .init(rawValue: .init(truncatingIfNeeded: $0.rawValue)) })
        }
        if !self.unitCodes.isEmpty {
            raw.pointee.n_unit_codes = self.unitCodes.count
            raw.pointee.unit_codes = arena.copy(self.unitCodes)
        }
        return raw
    }
}

extension GetMemberRequest {
    public init(
        serialized bytes: UnsafeRawBufferPointer, in arena: MessageArena
    ) throws {
        let descriptor = Self.descriptor
        try DecodeGuard.check(
            bytes, descriptor: descriptor, messageName: Self.messageName)
        let raw = try arena.unpack(
            bytes, as: Tally__V1__GetMemberRequest.self, descriptor: descriptor,
            messageName: Self.messageName)
        self = try withExtendedLifetime(arena) { try Self(raw) }
    }

    public func packed(in arena: MessageArena) -> PackedMessage {
        PackedMessage(pack(into: arena))
    }

    /// protobuf-c's description of the message, at its own address.
    static var descriptor: UnsafePointer<ProtobufCMessageDescriptor> {
        var raw = Tally__V1__GetMemberRequest()
        tally__v1__get_member_request__init(&raw)
        return raw.base.descriptor
    }

    /// The value of an unpacked message.
    init(_ raw: UnsafePointer<Tally__V1__GetMemberRequest>) throws {
        self.id = try MessageArena.string(
            raw.pointee.id, messageName: Self.messageName, field: "id")
    }

    /// The message as protobuf-c packs it; it lives as long as the arena.
    func pack(into arena: MessageArena) -> UnsafeMutablePointer<Tally__V1__GetMemberRequest> {
        let raw = arena.allocateMessage(Tally__V1__GetMemberRequest.self)
        tally__v1__get_member_request__init(raw)
        if !self.id.isEmpty {
            raw.pointee.id = arena.copy(self.id)
        }
        return raw
    }
}

extension UpdateMemberRequest {
    public init(
        serialized bytes: UnsafeRawBufferPointer, in arena: MessageArena
    ) throws {
        let descriptor = Self.descriptor
        try DecodeGuard.check(
            bytes, descriptor: descriptor, messageName: Self.messageName)
        let raw = try arena.unpack(
            bytes, as: Tally__V1__UpdateMemberRequest.self, descriptor: descriptor,
            messageName: Self.messageName)
        self = try withExtendedLifetime(arena) { try Self(raw) }
    }

    public func packed(in arena: MessageArena) -> PackedMessage {
        PackedMessage(pack(into: arena))
    }

    /// protobuf-c's description of the message, at its own address.
    static var descriptor: UnsafePointer<ProtobufCMessageDescriptor> {
        var raw = Tally__V1__UpdateMemberRequest()
        tally__v1__update_member_request__init(&raw)
        return raw.base.descriptor
    }

    /// The value of an unpacked message.
    init(_ raw: UnsafePointer<Tally__V1__UpdateMemberRequest>) throws {
        self.id = try MessageArena.string(
            raw.pointee.id, messageName: Self.messageName, field: "id")
        self.roles = MessageArena.numbers(raw.pointee.roles, count: raw.pointee.n_roles).map {
            Role(rawValue: Int32(truncatingIfNeeded: $0.rawValue))
        }
        self.unitCodes = try MessageArena.strings(
            raw.pointee.unit_codes, count: raw.pointee.n_unit_codes, messageName: Self.messageName,
            field: "unit_codes")
        self.updateMask = try MessageArena.strings(
            raw.pointee.update_mask, count: raw.pointee.n_update_mask,
            messageName: Self.messageName, field: "update_mask")
        self.etag = try MessageArena.string(
            raw.pointee.etag, messageName: Self.messageName, field: "etag")
    }

    /// The message as protobuf-c packs it; it lives as long as the arena.
    func pack(into arena: MessageArena) -> UnsafeMutablePointer<Tally__V1__UpdateMemberRequest> {
        let raw = arena.allocateMessage(Tally__V1__UpdateMemberRequest.self)
        tally__v1__update_member_request__init(raw)
        if !self.id.isEmpty {
            raw.pointee.id = arena.copy(self.id)
        }
        if !self.roles.isEmpty {
            raw.pointee.n_roles = self.roles.count
            raw.pointee.roles = arena.copy(
                self.roles.map { .init(rawValue: .init(truncatingIfNeeded: $0.rawValue)) })
        }
        if !self.unitCodes.isEmpty {
            raw.pointee.n_unit_codes = self.unitCodes.count
            raw.pointee.unit_codes = arena.copy(self.unitCodes)
        }
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

extension RemoveMemberRequest {
    public init(
        serialized bytes: UnsafeRawBufferPointer, in arena: MessageArena
    ) throws {
        let descriptor = Self.descriptor
        try DecodeGuard.check(
            bytes, descriptor: descriptor, messageName: Self.messageName)
        let raw = try arena.unpack(
            bytes, as: Tally__V1__RemoveMemberRequest.self, descriptor: descriptor,
            messageName: Self.messageName)
        self = try withExtendedLifetime(arena) { try Self(raw) }
    }

    public func packed(in arena: MessageArena) -> PackedMessage {
        PackedMessage(pack(into: arena))
    }

    /// protobuf-c's description of the message, at its own address.
    static var descriptor: UnsafePointer<ProtobufCMessageDescriptor> {
        var raw = Tally__V1__RemoveMemberRequest()
        tally__v1__remove_member_request__init(&raw)
        return raw.base.descriptor
    }

    /// The value of an unpacked message.
    init(_ raw: UnsafePointer<Tally__V1__RemoveMemberRequest>) throws {
        self.id = try MessageArena.string(
            raw.pointee.id, messageName: Self.messageName, field: "id")
        self.etag = try MessageArena.string(
            raw.pointee.etag, messageName: Self.messageName, field: "etag")
    }

    /// The message as protobuf-c packs it; it lives as long as the arena.
    func pack(into arena: MessageArena) -> UnsafeMutablePointer<Tally__V1__RemoveMemberRequest> {
        let raw = arena.allocateMessage(Tally__V1__RemoveMemberRequest.self)
        tally__v1__remove_member_request__init(raw)
        if !self.id.isEmpty {
            raw.pointee.id = arena.copy(self.id)
        }
        if !self.etag.isEmpty {
            raw.pointee.etag = arena.copy(self.etag)
        }
        return raw
    }
}

extension RemoveMemberResponse {
    public init(
        serialized bytes: UnsafeRawBufferPointer, in arena: MessageArena
    ) throws {
        let descriptor = Self.descriptor
        try DecodeGuard.check(
            bytes, descriptor: descriptor, messageName: Self.messageName)
        let raw = try arena.unpack(
            bytes, as: Tally__V1__RemoveMemberResponse.self, descriptor: descriptor,
            messageName: Self.messageName)
        self = try withExtendedLifetime(arena) { try Self(raw) }
    }

    public func packed(in arena: MessageArena) -> PackedMessage {
        PackedMessage(pack(into: arena))
    }

    /// protobuf-c's description of the message, at its own address.
    static var descriptor: UnsafePointer<ProtobufCMessageDescriptor> {
        var raw = Tally__V1__RemoveMemberResponse()
        tally__v1__remove_member_response__init(&raw)
        return raw.base.descriptor
    }

    /// The value of an unpacked message.
    init(_ raw: UnsafePointer<Tally__V1__RemoveMemberResponse>) throws {
    }

    /// The message as protobuf-c packs it; it lives as long as the arena.
    func pack(into arena: MessageArena) -> UnsafeMutablePointer<Tally__V1__RemoveMemberResponse> {
        let raw = arena.allocateMessage(Tally__V1__RemoveMemberResponse.self)
        tally__v1__remove_member_response__init(raw)
        return raw
    }
}

extension ListMembersRequest {
    public init(
        serialized bytes: UnsafeRawBufferPointer, in arena: MessageArena
    ) throws {
        let descriptor = Self.descriptor
        try DecodeGuard.check(
            bytes, descriptor: descriptor, messageName: Self.messageName)
        let raw = try arena.unpack(
            bytes, as: Tally__V1__ListMembersRequest.self, descriptor: descriptor,
            messageName: Self.messageName)
        self = try withExtendedLifetime(arena) { try Self(raw) }
    }

    public func packed(in arena: MessageArena) -> PackedMessage {
        PackedMessage(pack(into: arena))
    }

    /// protobuf-c's description of the message, at its own address.
    static var descriptor: UnsafePointer<ProtobufCMessageDescriptor> {
        var raw = Tally__V1__ListMembersRequest()
        tally__v1__list_members_request__init(&raw)
        return raw.base.descriptor
    }

    /// The value of an unpacked message.
    init(_ raw: UnsafePointer<Tally__V1__ListMembersRequest>) throws {
        self.pageSize = raw.pointee.page_size
        self.pageToken = try MessageArena.string(
            raw.pointee.page_token, messageName: Self.messageName, field: "page_token")
        self.email = try MessageArena.string(
            raw.pointee.email, messageName: Self.messageName, field: "email")
    }

    /// The message as protobuf-c packs it; it lives as long as the arena.
    func pack(into arena: MessageArena) -> UnsafeMutablePointer<Tally__V1__ListMembersRequest> {
        let raw = arena.allocateMessage(Tally__V1__ListMembersRequest.self)
        tally__v1__list_members_request__init(raw)
        raw.pointee.page_size = self.pageSize
        if !self.pageToken.isEmpty {
            raw.pointee.page_token = arena.copy(self.pageToken)
        }
        if !self.email.isEmpty {
            raw.pointee.email = arena.copy(self.email)
        }
        return raw
    }
}

extension ListMembersResponse {
    public init(
        serialized bytes: UnsafeRawBufferPointer, in arena: MessageArena
    ) throws {
        let descriptor = Self.descriptor
        try DecodeGuard.check(
            bytes, descriptor: descriptor, messageName: Self.messageName)
        let raw = try arena.unpack(
            bytes, as: Tally__V1__ListMembersResponse.self, descriptor: descriptor,
            messageName: Self.messageName)
        self = try withExtendedLifetime(arena) { try Self(raw) }
    }

    public func packed(in arena: MessageArena) -> PackedMessage {
        PackedMessage(pack(into: arena))
    }

    /// protobuf-c's description of the message, at its own address.
    static var descriptor: UnsafePointer<ProtobufCMessageDescriptor> {
        var raw = Tally__V1__ListMembersResponse()
        tally__v1__list_members_response__init(&raw)
        return raw.base.descriptor
    }

    /// The value of an unpacked message.
    init(_ raw: UnsafePointer<Tally__V1__ListMembersResponse>) throws {
        self.members = try MessageArena.values(raw.pointee.members, count: raw.pointee.n_members) {
            try Member($0)
        }
        self.nextPageToken = try MessageArena.string(
            raw.pointee.next_page_token, messageName: Self.messageName, field: "next_page_token")
    }

    /// The message as protobuf-c packs it; it lives as long as the arena.
    func pack(into arena: MessageArena) -> UnsafeMutablePointer<Tally__V1__ListMembersResponse> {
        let raw = arena.allocateMessage(Tally__V1__ListMembersResponse.self)
        tally__v1__list_members_response__init(raw)
        if !self.members.isEmpty {
            raw.pointee.n_members = self.members.count
            raw.pointee.members = arena.copy(self.members) { $0.pack(into: arena) }
        }
        if !self.nextPageToken.isEmpty {
            raw.pointee.next_page_token = arena.copy(self.nextPageToken)
        }
        return raw
    }
}

extension Token {
    public init(
        serialized bytes: UnsafeRawBufferPointer, in arena: MessageArena
    ) throws {
        let descriptor = Self.descriptor
        try DecodeGuard.check(
            bytes, descriptor: descriptor, messageName: Self.messageName)
        let raw = try arena.unpack(
            bytes, as: Tally__V1__Token.self, descriptor: descriptor,
            messageName: Self.messageName)
        self = try withExtendedLifetime(arena) { try Self(raw) }
    }

    public func packed(in arena: MessageArena) -> PackedMessage {
        PackedMessage(pack(into: arena))
    }

    /// protobuf-c's description of the message, at its own address.
    static var descriptor: UnsafePointer<ProtobufCMessageDescriptor> {
        var raw = Tally__V1__Token()
        tally__v1__token__init(&raw)
        return raw.base.descriptor
    }

    /// The value of an unpacked message.
    init(_ raw: UnsafePointer<Tally__V1__Token>) throws {
        self.id = try MessageArena.string(
            raw.pointee.id, messageName: Self.messageName, field: "id")
        self.displayName = try MessageArena.string(
            raw.pointee.display_name, messageName: Self.messageName, field: "display_name")
        self.roles = MessageArena.numbers(raw.pointee.roles, count: raw.pointee.n_roles).map {
            Role(rawValue: Int32(truncatingIfNeeded: $0.rawValue))
        }
        self.createTime = try raw.pointee.create_time.map { try Timestamp($0) }
        self.expireTime = try raw.pointee.expire_time.map { try Timestamp($0) }
        self.revokeTime = try raw.pointee.revoke_time.map { try Timestamp($0) }
        self.unitCodes = try MessageArena.strings(
            raw.pointee.unit_codes, count: raw.pointee.n_unit_codes, messageName: Self.messageName,
            field: "unit_codes")
        self.sourceAddresses = try MessageArena.strings(
            raw.pointee.source_addresses, count: raw.pointee.n_source_addresses,
            messageName: Self.messageName, field: "source_addresses")
        self.lastUseTime = try raw.pointee.last_use_time.map { try Timestamp($0) }
        self.successorID = try MessageArena.string(
            raw.pointee.successor_id, messageName: Self.messageName, field: "successor_id")
        self.callsPerSecondMax = raw.pointee.calls_per_second_max
        self.eventsPerDayMax = raw.pointee.events_per_day_max
        self.countsWithID = try MessageArena.string(
            raw.pointee.counts_with_id, messageName: Self.messageName, field: "counts_with_id")
        self.handedOn = MessageArena.numbers(raw.pointee.handed_on, count: raw.pointee.n_handed_on)
            .map { TokenLimit(rawValue: Int32(truncatingIfNeeded: $0.rawValue)) }
    }

    /// The message as protobuf-c packs it; it lives as long as the arena.
    func pack(into arena: MessageArena) -> UnsafeMutablePointer<Tally__V1__Token> {
        let raw = arena.allocateMessage(Tally__V1__Token.self)
        tally__v1__token__init(raw)
        if !self.id.isEmpty {
            raw.pointee.id = arena.copy(self.id)
        }
        if !self.displayName.isEmpty {
            raw.pointee.display_name = arena.copy(self.displayName)
        }
        if !self.roles.isEmpty {
            raw.pointee.n_roles = self.roles.count
            raw.pointee.roles = arena.copy(
                self.roles.map { .init(rawValue: .init(truncatingIfNeeded: $0.rawValue)) })
        }
        if let value = self.createTime {
            raw.pointee.create_time = value.pack(into: arena)
        }
        if let value = self.expireTime {
            raw.pointee.expire_time = value.pack(into: arena)
        }
        if let value = self.revokeTime {
            raw.pointee.revoke_time = value.pack(into: arena)
        }
        if !self.unitCodes.isEmpty {
            raw.pointee.n_unit_codes = self.unitCodes.count
            raw.pointee.unit_codes = arena.copy(self.unitCodes)
        }
        if !self.sourceAddresses.isEmpty {
            raw.pointee.n_source_addresses = self.sourceAddresses.count
            raw.pointee.source_addresses = arena.copy(self.sourceAddresses)
        }
        if let value = self.lastUseTime {
            raw.pointee.last_use_time = value.pack(into: arena)
        }
        if !self.successorID.isEmpty {
            raw.pointee.successor_id = arena.copy(self.successorID)
        }
        raw.pointee.calls_per_second_max = self.callsPerSecondMax
        raw.pointee.events_per_day_max = self.eventsPerDayMax
        if !self.countsWithID.isEmpty {
            raw.pointee.counts_with_id = arena.copy(self.countsWithID)
        }
        if !self.handedOn.isEmpty {
            raw.pointee.n_handed_on = self.handedOn.count
            raw.pointee.handed_on = arena.copy(
                self.handedOn.map { .init(rawValue: .init(truncatingIfNeeded: $0.rawValue)) })
        }
        return raw
    }
}

extension CreateTokenRequest {
    public init(
        serialized bytes: UnsafeRawBufferPointer, in arena: MessageArena
    ) throws {
        let descriptor = Self.descriptor
        try DecodeGuard.check(
            bytes, descriptor: descriptor, messageName: Self.messageName)
        let raw = try arena.unpack(
            bytes, as: Tally__V1__CreateTokenRequest.self, descriptor: descriptor,
            messageName: Self.messageName)
        self = try withExtendedLifetime(arena) { try Self(raw) }
    }

    public func packed(in arena: MessageArena) -> PackedMessage {
        PackedMessage(pack(into: arena))
    }

    /// protobuf-c's description of the message, at its own address.
    static var descriptor: UnsafePointer<ProtobufCMessageDescriptor> {
        var raw = Tally__V1__CreateTokenRequest()
        tally__v1__create_token_request__init(&raw)
        return raw.base.descriptor
    }

    /// The value of an unpacked message.
    init(_ raw: UnsafePointer<Tally__V1__CreateTokenRequest>) throws {
        self.displayName = try MessageArena.string(
            raw.pointee.display_name, messageName: Self.messageName, field: "display_name")
        self.roles = MessageArena.numbers(raw.pointee.roles, count: raw.pointee.n_roles).map {
            Role(rawValue: Int32(truncatingIfNeeded: $0.rawValue))
        }
        self.expireTime = try raw.pointee.expire_time.map { try Timestamp($0) }
        self.unitCodes = try MessageArena.strings(
            raw.pointee.unit_codes, count: raw.pointee.n_unit_codes, messageName: Self.messageName,
            field: "unit_codes")
        self.sourceAddresses = try MessageArena.strings(
            raw.pointee.source_addresses, count: raw.pointee.n_source_addresses,
            messageName: Self.messageName, field: "source_addresses")
        self.callsPerSecondMax = raw.pointee.calls_per_second_max
        self.eventsPerDayMax = raw.pointee.events_per_day_max
    }

    /// The message as protobuf-c packs it; it lives as long as the arena.
    func pack(into arena: MessageArena) -> UnsafeMutablePointer<Tally__V1__CreateTokenRequest> {
        let raw = arena.allocateMessage(Tally__V1__CreateTokenRequest.self)
        tally__v1__create_token_request__init(raw)
        if !self.displayName.isEmpty {
            raw.pointee.display_name = arena.copy(self.displayName)
        }
        if !self.roles.isEmpty {
            raw.pointee.n_roles = self.roles.count
            raw.pointee.roles = arena.copy(
                self.roles.map { .init(rawValue: .init(truncatingIfNeeded: $0.rawValue)) })
        }
        if let value = self.expireTime {
            raw.pointee.expire_time = value.pack(into: arena)
        }
        if !self.unitCodes.isEmpty {
            raw.pointee.n_unit_codes = self.unitCodes.count
            raw.pointee.unit_codes = arena.copy(self.unitCodes)
        }
        if !self.sourceAddresses.isEmpty {
            raw.pointee.n_source_addresses = self.sourceAddresses.count
            raw.pointee.source_addresses = arena.copy(self.sourceAddresses)
        }
        raw.pointee.calls_per_second_max = self.callsPerSecondMax
        raw.pointee.events_per_day_max = self.eventsPerDayMax
        return raw
    }
}

extension CreateTokenResponse {
    public init(
        serialized bytes: UnsafeRawBufferPointer, in arena: MessageArena
    ) throws {
        let descriptor = Self.descriptor
        try DecodeGuard.check(
            bytes, descriptor: descriptor, messageName: Self.messageName)
        let raw = try arena.unpack(
            bytes, as: Tally__V1__CreateTokenResponse.self, descriptor: descriptor,
            messageName: Self.messageName)
        self = try withExtendedLifetime(arena) { try Self(raw) }
    }

    public func packed(in arena: MessageArena) -> PackedMessage {
        PackedMessage(pack(into: arena))
    }

    /// protobuf-c's description of the message, at its own address.
    static var descriptor: UnsafePointer<ProtobufCMessageDescriptor> {
        var raw = Tally__V1__CreateTokenResponse()
        tally__v1__create_token_response__init(&raw)
        return raw.base.descriptor
    }

    /// The value of an unpacked message.
    init(_ raw: UnsafePointer<Tally__V1__CreateTokenResponse>) throws {
        self.token = try raw.pointee.token.map { try Token($0) }
        self.secret = try MessageArena.string(
            raw.pointee.secret, messageName: Self.messageName, field: "secret")
    }

    /// The message as protobuf-c packs it; it lives as long as the arena.
    func pack(into arena: MessageArena) -> UnsafeMutablePointer<Tally__V1__CreateTokenResponse> {
        let raw = arena.allocateMessage(Tally__V1__CreateTokenResponse.self)
        tally__v1__create_token_response__init(raw)
        if let value = self.token {
            raw.pointee.token = value.pack(into: arena)
        }
        if !self.secret.isEmpty {
            raw.pointee.secret = arena.copy(self.secret)
        }
        return raw
    }
}

extension ListTokensRequest {
    public init(
        serialized bytes: UnsafeRawBufferPointer, in arena: MessageArena
    ) throws {
        let descriptor = Self.descriptor
        try DecodeGuard.check(
            bytes, descriptor: descriptor, messageName: Self.messageName)
        let raw = try arena.unpack(
            bytes, as: Tally__V1__ListTokensRequest.self, descriptor: descriptor,
            messageName: Self.messageName)
        self = try withExtendedLifetime(arena) { try Self(raw) }
    }

    public func packed(in arena: MessageArena) -> PackedMessage {
        PackedMessage(pack(into: arena))
    }

    /// protobuf-c's description of the message, at its own address.
    static var descriptor: UnsafePointer<ProtobufCMessageDescriptor> {
        var raw = Tally__V1__ListTokensRequest()
        tally__v1__list_tokens_request__init(&raw)
        return raw.base.descriptor
    }

    /// The value of an unpacked message.
    init(_ raw: UnsafePointer<Tally__V1__ListTokensRequest>) throws {
        self.pageSize = raw.pointee.page_size
        self.pageToken = try MessageArena.string(
            raw.pointee.page_token, messageName: Self.messageName, field: "page_token")
    }

    /// The message as protobuf-c packs it; it lives as long as the arena.
    func pack(into arena: MessageArena) -> UnsafeMutablePointer<Tally__V1__ListTokensRequest> {
        let raw = arena.allocateMessage(Tally__V1__ListTokensRequest.self)
        tally__v1__list_tokens_request__init(raw)
        raw.pointee.page_size = self.pageSize
        if !self.pageToken.isEmpty {
            raw.pointee.page_token = arena.copy(self.pageToken)
        }
        return raw
    }
}

extension ListTokensResponse {
    public init(
        serialized bytes: UnsafeRawBufferPointer, in arena: MessageArena
    ) throws {
        let descriptor = Self.descriptor
        try DecodeGuard.check(
            bytes, descriptor: descriptor, messageName: Self.messageName)
        let raw = try arena.unpack(
            bytes, as: Tally__V1__ListTokensResponse.self, descriptor: descriptor,
            messageName: Self.messageName)
        self = try withExtendedLifetime(arena) { try Self(raw) }
    }

    public func packed(in arena: MessageArena) -> PackedMessage {
        PackedMessage(pack(into: arena))
    }

    /// protobuf-c's description of the message, at its own address.
    static var descriptor: UnsafePointer<ProtobufCMessageDescriptor> {
        var raw = Tally__V1__ListTokensResponse()
        tally__v1__list_tokens_response__init(&raw)
        return raw.base.descriptor
    }

    /// The value of an unpacked message.
    init(_ raw: UnsafePointer<Tally__V1__ListTokensResponse>) throws {
        self.tokens = try MessageArena.values(raw.pointee.tokens, count: raw.pointee.n_tokens) {
            try Token($0)
        }
        self.nextPageToken = try MessageArena.string(
            raw.pointee.next_page_token, messageName: Self.messageName, field: "next_page_token")
    }

    /// The message as protobuf-c packs it; it lives as long as the arena.
    func pack(into arena: MessageArena) -> UnsafeMutablePointer<Tally__V1__ListTokensResponse> {
        let raw = arena.allocateMessage(Tally__V1__ListTokensResponse.self)
        tally__v1__list_tokens_response__init(raw)
        if !self.tokens.isEmpty {
            raw.pointee.n_tokens = self.tokens.count
            raw.pointee.tokens = arena.copy(self.tokens) { $0.pack(into: arena) }
        }
        if !self.nextPageToken.isEmpty {
            raw.pointee.next_page_token = arena.copy(self.nextPageToken)
        }
        return raw
    }
}

extension RevokeTokenRequest {
    public init(
        serialized bytes: UnsafeRawBufferPointer, in arena: MessageArena
    ) throws {
        let descriptor = Self.descriptor
        try DecodeGuard.check(
            bytes, descriptor: descriptor, messageName: Self.messageName)
        let raw = try arena.unpack(
            bytes, as: Tally__V1__RevokeTokenRequest.self, descriptor: descriptor,
            messageName: Self.messageName)
        self = try withExtendedLifetime(arena) { try Self(raw) }
    }

    public func packed(in arena: MessageArena) -> PackedMessage {
        PackedMessage(pack(into: arena))
    }

    /// protobuf-c's description of the message, at its own address.
    static var descriptor: UnsafePointer<ProtobufCMessageDescriptor> {
        var raw = Tally__V1__RevokeTokenRequest()
        tally__v1__revoke_token_request__init(&raw)
        return raw.base.descriptor
    }

    /// The value of an unpacked message.
    init(_ raw: UnsafePointer<Tally__V1__RevokeTokenRequest>) throws {
        self.id = try MessageArena.string(
            raw.pointee.id, messageName: Self.messageName, field: "id")
    }

    /// The message as protobuf-c packs it; it lives as long as the arena.
    func pack(into arena: MessageArena) -> UnsafeMutablePointer<Tally__V1__RevokeTokenRequest> {
        let raw = arena.allocateMessage(Tally__V1__RevokeTokenRequest.self)
        tally__v1__revoke_token_request__init(raw)
        if !self.id.isEmpty {
            raw.pointee.id = arena.copy(self.id)
        }
        return raw
    }
}

extension AuditRecord {
    public init(
        serialized bytes: UnsafeRawBufferPointer, in arena: MessageArena
    ) throws {
        let descriptor = Self.descriptor
        try DecodeGuard.check(
            bytes, descriptor: descriptor, messageName: Self.messageName)
        let raw = try arena.unpack(
            bytes, as: Tally__V1__AuditRecord.self, descriptor: descriptor,
            messageName: Self.messageName)
        self = try withExtendedLifetime(arena) { try Self(raw) }
    }

    public func packed(in arena: MessageArena) -> PackedMessage {
        PackedMessage(pack(into: arena))
    }

    public func withPacked<Result>(
        in arena: MessageArena, _ body: (PackedMessage) throws -> Result
    ) rethrows -> Result {
        try arena.lending(previousHash) {
            try body(packed(in: arena))
        }
    }

    /// protobuf-c's description of the message, at its own address.
    static var descriptor: UnsafePointer<ProtobufCMessageDescriptor> {
        var raw = Tally__V1__AuditRecord()
        tally__v1__audit_record__init(&raw)
        return raw.base.descriptor
    }

    /// The value of an unpacked message.
    init(_ raw: UnsafePointer<Tally__V1__AuditRecord>) throws {
        self.organizationID = try MessageArena.string(
            raw.pointee.organization_id, messageName: Self.messageName, field: "organization_id")
        self.sequence = raw.pointee.sequence
        self.id = try MessageArena.string(
            raw.pointee.id, messageName: Self.messageName, field: "id")
        self.recordTime = try raw.pointee.record_time.map { try Timestamp($0) }
        self.tokenID = try MessageArena.string(
            raw.pointee.token_id, messageName: Self.messageName, field: "token_id")
        self.roles = try MessageArena.string(
            raw.pointee.roles, messageName: Self.messageName, field: "roles")
        self.onBehalfOf = try MessageArena.string(
            raw.pointee.on_behalf_of, messageName: Self.messageName, field: "on_behalf_of")
        self.method = try MessageArena.string(
            raw.pointee.method, messageName: Self.messageName, field: "method")
        self.objectType = try MessageArena.string(
            raw.pointee.object_type, messageName: Self.messageName, field: "object_type")
        self.objectID = try MessageArena.string(
            raw.pointee.object_id, messageName: Self.messageName, field: "object_id")
        self.beforeJson = try MessageArena.string(
            raw.pointee.before_json, messageName: Self.messageName, field: "before_json")
        self.afterJson = try MessageArena.string(
            raw.pointee.after_json, messageName: Self.messageName, field: "after_json")
        self.peerAddress = try MessageArena.string(
            raw.pointee.peer_address, messageName: Self.messageName, field: "peer_address")
        self.peerSubject = try MessageArena.string(
            raw.pointee.peer_subject, messageName: Self.messageName, field: "peer_subject")
        self.traceID = try MessageArena.string(
            raw.pointee.trace_id, messageName: Self.messageName, field: "trace_id")
        self.previousHash = MessageArena.bytes(raw.pointee.previous_hash)
        self.hash = MessageArena.bytes(raw.pointee.hash)
        self.personalSalt = MessageArena.bytes(raw.pointee.personal_salt)
        self.personalHash = MessageArena.bytes(raw.pointee.personal_hash)
        self.personalFields = PersonalFields(
            rawValue: Int32(truncatingIfNeeded: raw.pointee.personal_fields.rawValue))
        self.chainVersion = raw.pointee.chain_version
        self.onBehalfOfKey = MessageArena.bytes(raw.pointee.on_behalf_of_key)
    }

    /// The message as protobuf-c packs it; it lives as long as the arena.
    func pack(into arena: MessageArena) -> UnsafeMutablePointer<Tally__V1__AuditRecord> {
        let raw = arena.allocateMessage(Tally__V1__AuditRecord.self)
        tally__v1__audit_record__init(raw)
        if !self.organizationID.isEmpty {
            raw.pointee.organization_id = arena.copy(self.organizationID)
        }
        raw.pointee.sequence = self.sequence
        if !self.id.isEmpty {
            raw.pointee.id = arena.copy(self.id)
        }
        if let value = self.recordTime {
            raw.pointee.record_time = value.pack(into: arena)
        }
        if !self.tokenID.isEmpty {
            raw.pointee.token_id = arena.copy(self.tokenID)
        }
        if !self.roles.isEmpty {
            raw.pointee.roles = arena.copy(self.roles)
        }
        if !self.onBehalfOf.isEmpty {
            raw.pointee.on_behalf_of = arena.copy(self.onBehalfOf)
        }
        if !self.method.isEmpty {
            raw.pointee.method = arena.copy(self.method)
        }
        if !self.objectType.isEmpty {
            raw.pointee.object_type = arena.copy(self.objectType)
        }
        if !self.objectID.isEmpty {
            raw.pointee.object_id = arena.copy(self.objectID)
        }
        if !self.beforeJson.isEmpty {
            raw.pointee.before_json = arena.copy(self.beforeJson)
        }
        if !self.afterJson.isEmpty {
            raw.pointee.after_json = arena.copy(self.afterJson)
        }
        if !self.peerAddress.isEmpty {
            raw.pointee.peer_address = arena.copy(self.peerAddress)
        }
        if !self.peerSubject.isEmpty {
            raw.pointee.peer_subject = arena.copy(self.peerSubject)
        }
        if !self.traceID.isEmpty {
            raw.pointee.trace_id = arena.copy(self.traceID)
        }
        if !self.previousHash.isEmpty {
            raw.pointee.previous_hash = arena.copy(self.previousHash)
        }
        if !self.hash.isEmpty {
            raw.pointee.hash = arena.copy(self.hash)
        }
        if !self.personalSalt.isEmpty {
            raw.pointee.personal_salt = arena.copy(self.personalSalt)
        }
        if !self.personalHash.isEmpty {
            raw.pointee.personal_hash = arena.copy(self.personalHash)
        }
        raw.pointee.personal_fields = .init(
            rawValue: .init(truncatingIfNeeded: self.personalFields.rawValue))
        raw.pointee.chain_version = self.chainVersion
        if !self.onBehalfOfKey.isEmpty {
            raw.pointee.on_behalf_of_key = arena.copy(self.onBehalfOfKey)
        }
        return raw
    }
}

extension AuditFilter {
    public init(
        serialized bytes: UnsafeRawBufferPointer, in arena: MessageArena
    ) throws {
        let descriptor = Self.descriptor
        try DecodeGuard.check(
            bytes, descriptor: descriptor, messageName: Self.messageName)
        let raw = try arena.unpack(
            bytes, as: Tally__V1__AuditFilter.self, descriptor: descriptor,
            messageName: Self.messageName)
        self = try withExtendedLifetime(arena) { try Self(raw) }
    }

    public func packed(in arena: MessageArena) -> PackedMessage {
        PackedMessage(pack(into: arena))
    }

    /// protobuf-c's description of the message, at its own address.
    static var descriptor: UnsafePointer<ProtobufCMessageDescriptor> {
        var raw = Tally__V1__AuditFilter()
        tally__v1__audit_filter__init(&raw)
        return raw.base.descriptor
    }

    /// The value of an unpacked message.
    init(_ raw: UnsafePointer<Tally__V1__AuditFilter>) throws {
        self.startTime = try raw.pointee.start_time.map { try Timestamp($0) }
        self.endTime = try raw.pointee.end_time.map { try Timestamp($0) }
        self.tokenID = try MessageArena.string(
            raw.pointee.token_id, messageName: Self.messageName, field: "token_id")
        self.onBehalfOf = try MessageArena.string(
            raw.pointee.on_behalf_of, messageName: Self.messageName, field: "on_behalf_of")
        self.method = try MessageArena.string(
            raw.pointee.method, messageName: Self.messageName, field: "method")
        self.objectType = try MessageArena.string(
            raw.pointee.object_type, messageName: Self.messageName, field: "object_type")
        self.objectID = try MessageArena.string(
            raw.pointee.object_id, messageName: Self.messageName, field: "object_id")
    }

    /// The message as protobuf-c packs it; it lives as long as the arena.
    func pack(into arena: MessageArena) -> UnsafeMutablePointer<Tally__V1__AuditFilter> {
        let raw = arena.allocateMessage(Tally__V1__AuditFilter.self)
        tally__v1__audit_filter__init(raw)
        if let value = self.startTime {
            raw.pointee.start_time = value.pack(into: arena)
        }
        if let value = self.endTime {
            raw.pointee.end_time = value.pack(into: arena)
        }
        if !self.tokenID.isEmpty {
            raw.pointee.token_id = arena.copy(self.tokenID)
        }
        if !self.onBehalfOf.isEmpty {
            raw.pointee.on_behalf_of = arena.copy(self.onBehalfOf)
        }
        if !self.method.isEmpty {
            raw.pointee.method = arena.copy(self.method)
        }
        if !self.objectType.isEmpty {
            raw.pointee.object_type = arena.copy(self.objectType)
        }
        if !self.objectID.isEmpty {
            raw.pointee.object_id = arena.copy(self.objectID)
        }
        return raw
    }
}

extension ListAuditRecordsRequest {
    public init(
        serialized bytes: UnsafeRawBufferPointer, in arena: MessageArena
    ) throws {
        let descriptor = Self.descriptor
        try DecodeGuard.check(
            bytes, descriptor: descriptor, messageName: Self.messageName)
        let raw = try arena.unpack(
            bytes, as: Tally__V1__ListAuditRecordsRequest.self, descriptor: descriptor,
            messageName: Self.messageName)
        self = try withExtendedLifetime(arena) { try Self(raw) }
    }

    public func packed(in arena: MessageArena) -> PackedMessage {
        PackedMessage(pack(into: arena))
    }

    /// protobuf-c's description of the message, at its own address.
    static var descriptor: UnsafePointer<ProtobufCMessageDescriptor> {
        var raw = Tally__V1__ListAuditRecordsRequest()
        tally__v1__list_audit_records_request__init(&raw)
        return raw.base.descriptor
    }

    /// The value of an unpacked message.
    init(_ raw: UnsafePointer<Tally__V1__ListAuditRecordsRequest>) throws {
        self.filter = try raw.pointee.filter.map { try AuditFilter($0) }
        self.pageSize = raw.pointee.page_size
        self.pageToken = try MessageArena.string(
            raw.pointee.page_token, messageName: Self.messageName, field: "page_token")
    }

    /// The message as protobuf-c packs it; it lives as long as the arena.
    func pack(into arena: MessageArena) -> UnsafeMutablePointer<Tally__V1__ListAuditRecordsRequest>
    {
        let raw = arena.allocateMessage(Tally__V1__ListAuditRecordsRequest.self)
        tally__v1__list_audit_records_request__init(raw)
        if let value = self.filter {
            raw.pointee.filter = value.pack(into: arena)
        }
        raw.pointee.page_size = self.pageSize
        if !self.pageToken.isEmpty {
            raw.pointee.page_token = arena.copy(self.pageToken)
        }
        return raw
    }
}

extension ListAuditRecordsResponse {
    public init(
        serialized bytes: UnsafeRawBufferPointer, in arena: MessageArena
    ) throws {
        let descriptor = Self.descriptor
        try DecodeGuard.check(
            bytes, descriptor: descriptor, messageName: Self.messageName)
        let raw = try arena.unpack(
            bytes, as: Tally__V1__ListAuditRecordsResponse.self, descriptor: descriptor,
            messageName: Self.messageName)
        self = try withExtendedLifetime(arena) { try Self(raw) }
    }

    public func packed(in arena: MessageArena) -> PackedMessage {
        PackedMessage(pack(into: arena))
    }

    /// protobuf-c's description of the message, at its own address.
    static var descriptor: UnsafePointer<ProtobufCMessageDescriptor> {
        var raw = Tally__V1__ListAuditRecordsResponse()
        tally__v1__list_audit_records_response__init(&raw)
        return raw.base.descriptor
    }

    /// The value of an unpacked message.
    init(_ raw: UnsafePointer<Tally__V1__ListAuditRecordsResponse>) throws {
        self.records = try MessageArena.values(raw.pointee.records, count: raw.pointee.n_records) {
            try AuditRecord($0)
        }
        self.nextPageToken = try MessageArena.string(
            raw.pointee.next_page_token, messageName: Self.messageName, field: "next_page_token")
    }

    /// The message as protobuf-c packs it; it lives as long as the arena.
    func pack(into arena: MessageArena) -> UnsafeMutablePointer<Tally__V1__ListAuditRecordsResponse>
    {
        let raw = arena.allocateMessage(Tally__V1__ListAuditRecordsResponse.self)
        tally__v1__list_audit_records_response__init(raw)
        if !self.records.isEmpty {
            raw.pointee.n_records = self.records.count
            raw.pointee.records = arena.copy(self.records) { $0.pack(into: arena) }
        }
        if !self.nextPageToken.isEmpty {
            raw.pointee.next_page_token = arena.copy(self.nextPageToken)
        }
        return raw
    }
}

extension StreamAuditRecordsRequest {
    public init(
        serialized bytes: UnsafeRawBufferPointer, in arena: MessageArena
    ) throws {
        let descriptor = Self.descriptor
        try DecodeGuard.check(
            bytes, descriptor: descriptor, messageName: Self.messageName)
        let raw = try arena.unpack(
            bytes, as: Tally__V1__StreamAuditRecordsRequest.self, descriptor: descriptor,
            messageName: Self.messageName)
        self = try withExtendedLifetime(arena) { try Self(raw) }
    }

    public func packed(in arena: MessageArena) -> PackedMessage {
        PackedMessage(pack(into: arena))
    }

    /// protobuf-c's description of the message, at its own address.
    static var descriptor: UnsafePointer<ProtobufCMessageDescriptor> {
        var raw = Tally__V1__StreamAuditRecordsRequest()
        tally__v1__stream_audit_records_request__init(&raw)
        return raw.base.descriptor
    }

    /// The value of an unpacked message.
    init(_ raw: UnsafePointer<Tally__V1__StreamAuditRecordsRequest>) throws {
        self.filter = try raw.pointee.filter.map { try AuditFilter($0) }
        self.afterSequence = raw.pointee.after_sequence
    }

    /// The message as protobuf-c packs it; it lives as long as the arena.
    func pack(into arena: MessageArena) -> UnsafeMutablePointer<
        Tally__V1__StreamAuditRecordsRequest
    > {
        let raw = arena.allocateMessage(Tally__V1__StreamAuditRecordsRequest.self)
        tally__v1__stream_audit_records_request__init(raw)
        if let value = self.filter {
            raw.pointee.filter = value.pack(into: arena)
        }
        raw.pointee.after_sequence = self.afterSequence
        return raw
    }
}

extension GetAuditHeadRequest {
    public init(
        serialized bytes: UnsafeRawBufferPointer, in arena: MessageArena
    ) throws {
        let descriptor = Self.descriptor
        try DecodeGuard.check(
            bytes, descriptor: descriptor, messageName: Self.messageName)
        let raw = try arena.unpack(
            bytes, as: Tally__V1__GetAuditHeadRequest.self, descriptor: descriptor,
            messageName: Self.messageName)
        self = try withExtendedLifetime(arena) { try Self(raw) }
    }

    public func packed(in arena: MessageArena) -> PackedMessage {
        PackedMessage(pack(into: arena))
    }

    /// protobuf-c's description of the message, at its own address.
    static var descriptor: UnsafePointer<ProtobufCMessageDescriptor> {
        var raw = Tally__V1__GetAuditHeadRequest()
        tally__v1__get_audit_head_request__init(&raw)
        return raw.base.descriptor
    }

    /// The value of an unpacked message.
    init(_ raw: UnsafePointer<Tally__V1__GetAuditHeadRequest>) throws {
    }

    /// The message as protobuf-c packs it; it lives as long as the arena.
    func pack(into arena: MessageArena) -> UnsafeMutablePointer<Tally__V1__GetAuditHeadRequest> {
        let raw = arena.allocateMessage(Tally__V1__GetAuditHeadRequest.self)
        tally__v1__get_audit_head_request__init(raw)
        return raw
    }
}

extension AuditHead {
    public init(
        serialized bytes: UnsafeRawBufferPointer, in arena: MessageArena
    ) throws {
        let descriptor = Self.descriptor
        try DecodeGuard.check(
            bytes, descriptor: descriptor, messageName: Self.messageName)
        let raw = try arena.unpack(
            bytes, as: Tally__V1__AuditHead.self, descriptor: descriptor,
            messageName: Self.messageName)
        self = try withExtendedLifetime(arena) { try Self(raw) }
    }

    public func packed(in arena: MessageArena) -> PackedMessage {
        PackedMessage(pack(into: arena))
    }

    public func withPacked<Result>(
        in arena: MessageArena, _ body: (PackedMessage) throws -> Result
    ) rethrows -> Result {
        try arena.lending(hash) {
            try body(packed(in: arena))
        }
    }

    /// protobuf-c's description of the message, at its own address.
    static var descriptor: UnsafePointer<ProtobufCMessageDescriptor> {
        var raw = Tally__V1__AuditHead()
        tally__v1__audit_head__init(&raw)
        return raw.base.descriptor
    }

    /// The value of an unpacked message.
    init(_ raw: UnsafePointer<Tally__V1__AuditHead>) throws {
        self.organizationID = try MessageArena.string(
            raw.pointee.organization_id, messageName: Self.messageName, field: "organization_id")
        self.sequence = raw.pointee.sequence
        self.hash = MessageArena.bytes(raw.pointee.hash)
        self.sealed = raw.pointee.sealed != 0
    }

    /// The message as protobuf-c packs it; it lives as long as the arena.
    func pack(into arena: MessageArena) -> UnsafeMutablePointer<Tally__V1__AuditHead> {
        let raw = arena.allocateMessage(Tally__V1__AuditHead.self)
        tally__v1__audit_head__init(raw)
        if !self.organizationID.isEmpty {
            raw.pointee.organization_id = arena.copy(self.organizationID)
        }
        raw.pointee.sequence = self.sequence
        if !self.hash.isEmpty {
            raw.pointee.hash = arena.copy(self.hash)
        }
        raw.pointee.sealed = self.sealed ? 1 : 0
        return raw
    }
}

extension GetTokenRequest {
    public init(
        serialized bytes: UnsafeRawBufferPointer, in arena: MessageArena
    ) throws {
        let descriptor = Self.descriptor
        try DecodeGuard.check(
            bytes, descriptor: descriptor, messageName: Self.messageName)
        let raw = try arena.unpack(
            bytes, as: Tally__V1__GetTokenRequest.self, descriptor: descriptor,
            messageName: Self.messageName)
        self = try withExtendedLifetime(arena) { try Self(raw) }
    }

    public func packed(in arena: MessageArena) -> PackedMessage {
        PackedMessage(pack(into: arena))
    }

    /// protobuf-c's description of the message, at its own address.
    static var descriptor: UnsafePointer<ProtobufCMessageDescriptor> {
        var raw = Tally__V1__GetTokenRequest()
        tally__v1__get_token_request__init(&raw)
        return raw.base.descriptor
    }

    /// The value of an unpacked message.
    init(_ raw: UnsafePointer<Tally__V1__GetTokenRequest>) throws {
        self.id = try MessageArena.string(
            raw.pointee.id, messageName: Self.messageName, field: "id")
    }

    /// The message as protobuf-c packs it; it lives as long as the arena.
    func pack(into arena: MessageArena) -> UnsafeMutablePointer<Tally__V1__GetTokenRequest> {
        let raw = arena.allocateMessage(Tally__V1__GetTokenRequest.self)
        tally__v1__get_token_request__init(raw)
        if !self.id.isEmpty {
            raw.pointee.id = arena.copy(self.id)
        }
        return raw
    }
}

extension RotateTokenRequest {
    public init(
        serialized bytes: UnsafeRawBufferPointer, in arena: MessageArena
    ) throws {
        let descriptor = Self.descriptor
        try DecodeGuard.check(
            bytes, descriptor: descriptor, messageName: Self.messageName)
        let raw = try arena.unpack(
            bytes, as: Tally__V1__RotateTokenRequest.self, descriptor: descriptor,
            messageName: Self.messageName)
        self = try withExtendedLifetime(arena) { try Self(raw) }
    }

    public func packed(in arena: MessageArena) -> PackedMessage {
        PackedMessage(pack(into: arena))
    }

    /// protobuf-c's description of the message, at its own address.
    static var descriptor: UnsafePointer<ProtobufCMessageDescriptor> {
        var raw = Tally__V1__RotateTokenRequest()
        tally__v1__rotate_token_request__init(&raw)
        return raw.base.descriptor
    }

    /// The value of an unpacked message.
    init(_ raw: UnsafePointer<Tally__V1__RotateTokenRequest>) throws {
        self.id = try MessageArena.string(
            raw.pointee.id, messageName: Self.messageName, field: "id")
        self.expireTime = try raw.pointee.expire_time.map { try Timestamp($0) }
        switch raw.pointee.overlap_case {
        case TALLY__V1__ROTATE_TOKEN_REQUEST__OVERLAP_OVERLAP_SECONDS:
            self.overlap = .overlapSeconds(raw.pointee.overlap_seconds)
        default: break
        }
    }

    /// The message as protobuf-c packs it; it lives as long as the arena.
    func pack(into arena: MessageArena) -> UnsafeMutablePointer<Tally__V1__RotateTokenRequest> {
        let raw = arena.allocateMessage(Tally__V1__RotateTokenRequest.self)
        tally__v1__rotate_token_request__init(raw)
        if !self.id.isEmpty {
            raw.pointee.id = arena.copy(self.id)
        }
        if let value = self.expireTime {
            raw.pointee.expire_time = value.pack(into: arena)
        }
        switch self.overlap {
        case .overlapSeconds(let value):
            raw.pointee.overlap_case = TALLY__V1__ROTATE_TOKEN_REQUEST__OVERLAP_OVERLAP_SECONDS
            raw.pointee.overlap_seconds = value
        case nil: break
        }
        return raw
    }
}

extension RotateTokenResponse {
    public init(
        serialized bytes: UnsafeRawBufferPointer, in arena: MessageArena
    ) throws {
        let descriptor = Self.descriptor
        try DecodeGuard.check(
            bytes, descriptor: descriptor, messageName: Self.messageName)
        let raw = try arena.unpack(
            bytes, as: Tally__V1__RotateTokenResponse.self, descriptor: descriptor,
            messageName: Self.messageName)
        self = try withExtendedLifetime(arena) { try Self(raw) }
    }

    public func packed(in arena: MessageArena) -> PackedMessage {
        PackedMessage(pack(into: arena))
    }

    /// protobuf-c's description of the message, at its own address.
    static var descriptor: UnsafePointer<ProtobufCMessageDescriptor> {
        var raw = Tally__V1__RotateTokenResponse()
        tally__v1__rotate_token_response__init(&raw)
        return raw.base.descriptor
    }

    /// The value of an unpacked message.
    init(_ raw: UnsafePointer<Tally__V1__RotateTokenResponse>) throws {
        self.token = try raw.pointee.token.map { try Token($0) }
        self.secret = try MessageArena.string(
            raw.pointee.secret, messageName: Self.messageName, field: "secret")
        self.previous = try raw.pointee.previous.map { try Token($0) }
    }

    /// The message as protobuf-c packs it; it lives as long as the arena.
    func pack(into arena: MessageArena) -> UnsafeMutablePointer<Tally__V1__RotateTokenResponse> {
        let raw = arena.allocateMessage(Tally__V1__RotateTokenResponse.self)
        tally__v1__rotate_token_response__init(raw)
        if let value = self.token {
            raw.pointee.token = value.pack(into: arena)
        }
        if !self.secret.isEmpty {
            raw.pointee.secret = arena.copy(self.secret)
        }
        if let value = self.previous {
            raw.pointee.previous = value.pack(into: arena)
        }
        return raw
    }
}

/// Organizations, their business units, people and tokens.
public enum TenantServiceMethods {
    /// Creates an organization with its first owner and that owner's token. Operators only.
    public enum CreateOrganization: RPCMethod {
        public typealias Request = CreateOrganizationRequest
        public typealias Response = CreateOrganizationResponse
        public static let name = "tally.v1.TenantService/CreateOrganization"
        public static let kind = CallKind.unary
    }

    /// The caller's organization, or, for operators, any, also what is left of one that was erased.
    public enum GetOrganization: RPCMethod {
        public typealias Request = GetOrganizationRequest
        public typealias Response = Organization
        public static let name = "tally.v1.TenantService/GetOrganization"
        public static let kind = CallKind.unary
        public static let idempotency = IdempotencyLevel.noSideEffects
    }

    /// Organizations by slug. Operators see all, others their own.
    public enum ListOrganizations: RPCMethod {
        public typealias Request = ListOrganizationsRequest
        public typealias Response = ListOrganizationsResponse
        public static let name = "tally.v1.TenantService/ListOrganizations"
        public static let kind = CallKind.unary
        public static let idempotency = IdempotencyLevel.noSideEffects
    }

    /// Changes settings of an organization: its owners all but the limits, operators the limits.
    public enum UpdateOrganization: RPCMethod {
        public typealias Request = UpdateOrganizationRequest
        public typealias Response = Organization
        public static let name = "tally.v1.TenantService/UpdateOrganization"
        public static let kind = CallKind.unary
    }

    /// Refuses all calls of an organization but GetOrganization and ListOrganizations, on every
    /// server
    /// within a second, and rests its pulls. Of one that is suspended the reason changes. Operators
    /// only.
    public enum SuspendOrganization: RPCMethod {
        public typealias Request = SuspendOrganizationRequest
        public typealias Response = Organization
        public static let name = "tally.v1.TenantService/SuspendOrganization"
        public static let kind = CallKind.unary
        public static let idempotency = IdempotencyLevel.idempotent
    }

    /// Serves an organization again that was suspended. Operators only.
    public enum ResumeOrganization: RPCMethod {
        public typealias Request = ResumeOrganizationRequest
        public typealias Response = Organization
        public static let name = "tally.v1.TenantService/ResumeOrganization"
        public static let kind = CallKind.unary
        public static let idempotency = IdempotencyLevel.idempotent
    }

    /// Deletes an organization once a grace period is over: until then RestoreOrganization takes it
    /// back, and it may be exported, and its units, members, tokens and audit log be read, and
    /// nothing
    /// else. Then its keys are destroyed and all of its rows erased; its id, slug and dates stay,
    /// so that
    /// nobody takes it over, and the operators' audit log keeps which token asked for it. The
    /// answer says when.
    /// Of one that is being deleted already nothing changes. By an owner or an operator.
    public enum DeleteOrganization: RPCMethod {
        public typealias Request = DeleteOrganizationRequest
        public typealias Response = Organization
        public static let name = "tally.v1.TenantService/DeleteOrganization"
        public static let kind = CallKind.unary
        public static let idempotency = IdempotencyLevel.idempotent
    }

    /// Takes a deletion back whose grace period is not over; all is as before. By an owner or an
    /// operator.
    public enum RestoreOrganization: RPCMethod {
        public typealias Request = RestoreOrganizationRequest
        public typealias Response = Organization
        public static let name = "tally.v1.TenantService/RestoreOrganization"
        public static let kind = CallKind.unary
        public static let idempotency = IdempotencyLevel.idempotent
    }

    /// Everything that the organization has, without secrets, as it is at one instant: rows of
    /// every
    /// table, each table with the number and the hash of its rows; what is sealed of people comes
    /// in
    /// clear. By an owner, also while the organization is being deleted. One at a time of an
    /// organization (EXPORT_UNDER_WAY), a few of a server (EXPORTS_AT_LIMIT), and for as long as it
    /// allows
    /// (EXPORT_TOO_LONG). Who reads less than 64 KiB a second in the long run, or nothing for half
    /// a minute
    /// beyond that, is cut off (EXPORT_READ_TOO_SLOWLY).
    public enum ExportOrganization: RPCMethod {
        public typealias Request = ExportOrganizationRequest
        public typealias Response = OrganizationExportPart
        public static let name = "tally.v1.TenantService/ExportOrganization"
        public static let kind = CallKind.serverStreaming
        public static let idempotency = IdempotencyLevel.noSideEffects
    }

    /// Adds a business unit to the organization's tree, which has at most 100,000 units, ended ones
    /// included,
    /// and 250,000 versions of them.
    public enum CreateBusinessUnit: RPCMethod {
        public typealias Request = CreateBusinessUnitRequest
        public typealias Response = BusinessUnit
        public static let name = "tally.v1.TenantService/CreateBusinessUnit"
        public static let kind = CallKind.unary
    }

    /// One business unit as it is on a day. To callers who are limited to some units, one that does
    /// not
    /// stand below them on that day is not there, and other units are not named; a day ahead shows
    /// no
    /// units that today does not. The same holds for the lists of units and of versions.
    public enum GetBusinessUnit: RPCMethod {
        public typealias Request = GetBusinessUnitRequest
        public typealias Response = BusinessUnit
        public static let name = "tally.v1.TenantService/GetBusinessUnit"
        public static let kind = CallKind.unary
        public static let idempotency = IdempotencyLevel.noSideEffects
    }

    /// The organization's business units as they are on a day, by code.
    public enum ListBusinessUnits: RPCMethod {
        public typealias Request = ListBusinessUnitsRequest
        public typealias Response = ListBusinessUnitsResponse
        public static let name = "tally.v1.TenantService/ListBusinessUnits"
        public static let kind = CallKind.unary
        public static let idempotency = IdempotencyLevel.noSideEffects
    }

    /// What a business unit was, is and is planned to be.
    public enum ListBusinessUnitVersions: RPCMethod {
        public typealias Request = ListBusinessUnitVersionsRequest
        public typealias Response = ListBusinessUnitVersionsResponse
        public static let name = "tally.v1.TenantService/ListBusinessUnitVersions"
        public static let kind = CallKind.unary
        public static let idempotency = IdempotencyLevel.noSideEffects
    }

    /// Renames or moves a business unit, or changes other details of it, from a day on. Days before
    /// it
    /// keep what they had. Each field that changes keeps its new value up to the day, if any, on
    /// which
    /// it was going to change anyway.
    public enum UpdateBusinessUnit: RPCMethod {
        public typealias Request = UpdateBusinessUnitRequest
        public typealias Response = BusinessUnit
        public static let name = "tally.v1.TenantService/UpdateBusinessUnit"
        public static let kind = CallKind.unary
    }

    /// Ends a business unit from a day on. It must have no units below it then. What rules give to
    /// it
    /// goes to its successor from that day on; without one, to the nearest unit above.
    public enum RetireBusinessUnit: RPCMethod {
        public typealias Request = RetireBusinessUnitRequest
        public typealias Response = BusinessUnit
        public static let name = "tally.v1.TenantService/RetireBusinessUnit"
        public static let kind = CallKind.unary
    }

    /// Ends a business unit from a day on in favour of another one, which takes over what rules
    /// give to
    /// it and the units directly below it.
    public enum MergeBusinessUnit: RPCMethod {
        public typealias Request = MergeBusinessUnitRequest
        public typealias Response = BusinessUnit
        public static let name = "tally.v1.TenantService/MergeBusinessUnit"
        public static let kind = CallKind.unary
    }

    /// Takes a business unit that was retired or merged back into the tree from a day on.
    public enum RestoreBusinessUnit: RPCMethod {
        public typealias Request = RestoreBusinessUnitRequest
        public typealias Response = BusinessUnit
        public static let name = "tally.v1.TenantService/RestoreBusinessUnit"
        public static let kind = CallKind.unary
    }

    /// Makes the tree from a day on what the rows say, all of them or none, and answers with the
    /// difference.
    public enum ImportBusinessUnits: RPCMethod {
        public typealias Request = ImportBusinessUnitsRequest
        public typealias Response = ImportBusinessUnitsResponse
        public static let name = "tally.v1.TenantService/ImportBusinessUnits"
        public static let kind = CallKind.unary
    }

    /// Adds a person to the organization.
    public enum CreateMember: RPCMethod {
        public typealias Request = CreateMemberRequest
        public typealias Response = Member
        public static let name = "tally.v1.TenantService/CreateMember"
        public static let kind = CallKind.unary
    }

    /// One member.
    public enum GetMember: RPCMethod {
        public typealias Request = GetMemberRequest
        public typealias Response = Member
        public static let name = "tally.v1.TenantService/GetMember"
        public static let kind = CallKind.unary
        public static let idempotency = IdempotencyLevel.noSideEffects
    }

    /// Changes what a member may do. The last owner of an organization stays one.
    public enum UpdateMember: RPCMethod {
        public typealias Request = UpdateMemberRequest
        public typealias Response = Member
        public static let name = "tally.v1.TenantService/UpdateMember"
        public static let kind = CallKind.unary
    }

    /// Takes a person out of the organization; frontends can act for them no longer, within a
    /// second.
    /// The last owner of an organization cannot be taken out. It does not wait for data keys that
    /// cannot be
    /// had; its idempotency key then counts for nothing, and repeating it is MEMBER_NOT_FOUND.
    public enum RemoveMember: RPCMethod {
        public typealias Request = RemoveMemberRequest
        public typealias Response = RemoveMemberResponse
        public static let name = "tally.v1.TenantService/RemoveMember"
        public static let kind = CallKind.unary
    }

    /// The organization's members, in the order in which they were added.
    public enum ListMembers: RPCMethod {
        public typealias Request = ListMembersRequest
        public typealias Response = ListMembersResponse
        public static let name = "tally.v1.TenantService/ListMembers"
        public static let kind = CallKind.unary
        public static let idempotency = IdempotencyLevel.noSideEffects
    }

    /// Creates an API token. The answer is the only place where the token is ever shown.
    public enum CreateToken: RPCMethod {
        public typealias Request = CreateTokenRequest
        public typealias Response = CreateTokenResponse
        public static let name = "tally.v1.TenantService/CreateToken"
        public static let kind = CallKind.unary
    }

    /// The organization's tokens, without their secrets, newest first.
    public enum ListTokens: RPCMethod {
        public typealias Request = ListTokensRequest
        public typealias Response = ListTokensResponse
        public static let name = "tally.v1.TenantService/ListTokens"
        public static let kind = CallKind.unary
        public static let idempotency = IdempotencyLevel.noSideEffects
    }

    /// One token, without its secret.
    public enum GetToken: RPCMethod {
        public typealias Request = GetTokenRequest
        public typealias Response = Token
        public static let name = "tally.v1.TenantService/GetToken"
        public static let kind = CallKind.unary
        public static let idempotency = IdempotencyLevel.noSideEffects
    }

    /// Makes a successor of a token with the same rights, and ends the token itself after an
    /// overlap in
    /// which both work. The answer is the only place where the new token is ever shown. Who is
    /// limited in
    /// networks, rate or quota rotates only tokens that are limited as much; who ends, makes none
    /// that ends later.
    /// Of a frontend's that acts for a member only those limits count that it hands on
    /// (Token.handed_on).
    public enum RotateToken: RPCMethod {
        public typealias Request = RotateTokenRequest
        public typealias Response = RotateTokenResponse
        public static let name = "tally.v1.TenantService/RotateToken"
        public static let kind = CallKind.unary
    }

    /// Ends a token, on every server within a second. Ending one that has ended already changes
    /// nothing.
    public enum RevokeToken: RPCMethod {
        public typealias Request = RevokeTokenRequest
        public typealias Response = Token
        public static let name = "tally.v1.TenantService/RevokeToken"
        public static let kind = CallKind.unary
        public static let idempotency = IdempotencyLevel.idempotent
    }

    /// Who changed what of the organization, newest first. Operators see which organizations
    /// operators made
    /// or changed, and whose deletion was asked for or taken back, without what was changed.
    public enum ListAuditRecords: RPCMethod {
        public typealias Request = ListAuditRecordsRequest
        public typealias Response = ListAuditRecordsResponse
        public static let name = "tally.v1.TenantService/ListAuditRecords"
        public static let kind = CallKind.unary
        public static let idempotency = IdempotencyLevel.noSideEffects
    }

    /// The same, oldest first, to its end at the time of the call: to verify it, and to keep it
    /// elsewhere.
    public enum StreamAuditRecords: RPCMethod {
        public typealias Request = StreamAuditRecordsRequest
        public typealias Response = AuditRecord
        public static let name = "tally.v1.TenantService/StreamAuditRecords"
        public static let kind = CallKind.serverStreaming
        public static let idempotency = IdempotencyLevel.noSideEffects
    }

    /// Where the audit log ends.
    public enum GetAuditHead: RPCMethod {
        public typealias Request = GetAuditHeadRequest
        public typealias Response = AuditHead
        public static let name = "tally.v1.TenantService/GetAuditHead"
        public static let kind = CallKind.unary
        public static let idempotency = IdempotencyLevel.noSideEffects
    }
}
