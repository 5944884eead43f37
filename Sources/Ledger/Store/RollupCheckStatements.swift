package import Core
package import Domain
package import Postgres

/// The day of the past that is compared next; no row before the first look, nil at the newest.
package struct SelectNextRollupDay: PostgresStatement {
    package static let sql = "SELECT next_day FROM rollup_checks WHERE org_id = $1"

    let organization: OrganizationID

    package init(organization: OrganizationID) {
        self.organization = organization
    }

    package func bind(into bindings: inout PostgresBindings) {
        bindings.append(PostgresUUID(organization))
    }

    package static func decode(_ row: PostgresRow) throws -> Instant? {
        try row.optionalInstant(0)
    }
}

/// Says where the look goes on, and whether it came to its end for now.
package struct MoveRollupCheck: PostgresStatement {
    package typealias Row = Void

    package static let sql = """
        INSERT INTO rollup_checks AS c (org_id, next_day, checked_at)
        VALUES ($1, $2, CASE WHEN $3 THEN now() END)
        ON CONFLICT (org_id) DO UPDATE
        SET next_day = excluded.next_day, checked_at = coalesce(excluded.checked_at, c.checked_at)
        """

    let organization: OrganizationID
    let nextDay: Instant?
    let isDone: Bool

    package init(organization: OrganizationID, nextDay: Instant?, isDone: Bool) {
        self.organization = organization
        self.nextDay = nextDay
        self.isDone = isDone
    }

    package func bind(into bindings: inout PostgresBindings) {
        bindings.append(PostgresUUID(organization))
        bindings.append(nextDay)
        bindings.append(isDone)
    }
}

/// Remembers that a day could not be compared; where it is remembered already, once.
package struct MarkRollupDayPassed: PostgresStatement {
    package typealias Row = Void

    package static let sql = """
        INSERT INTO rollup_checks AS c (org_id, passed_days) VALUES ($1, ARRAY[$2::timestamptz])
        ON CONFLICT (org_id) DO UPDATE
        SET passed_days = array_remove(c.passed_days, $2) || excluded.passed_days
        """

    let organization: OrganizationID
    let day: Instant

    package init(organization: OrganizationID, day: Instant) {
        self.organization = organization
        self.day = day
    }

    package func bind(into bindings: inout PostgresBindings) {
        bindings.append(PostgresUUID(organization))
        bindings.append(day)
    }
}

/// Forgets that days could not be compared: one that was since, and those that are too old to be.
package struct ForgetRollupDaysPassed: PostgresStatement {
    package typealias Row = Void

    package static let sql = """
        UPDATE rollup_checks SET passed_days = ARRAY(
            SELECT d FROM unnest(passed_days) AS d
            WHERE d IS DISTINCT FROM $2::timestamptz AND d >= coalesce($3::timestamptz, d))
        WHERE org_id = $1 AND passed_days <> '{}'
        """

    let organization: OrganizationID
    /// That was compared; nil: none.
    let day: Instant?
    /// The oldest that will be; nil: not known.
    let oldest: Instant?

    package init(organization: OrganizationID, day: Instant? = nil, oldest: Instant? = nil) {
        self.organization = organization
        self.day = day
        self.oldest = oldest
    }

    package func bind(into bindings: inout PostgresBindings) {
        bindings.append(PostgresUUID(organization))
        bindings.append(day)
        bindings.append(oldest)
    }
}

/// How many days of all organizations could not be compared when their turn came.
package struct CountRollupDaysPassed: PostgresStatement {
    package static let sql = """
        SELECT coalesce(sum(cardinality(passed_days)), 0)::bigint FROM rollup_checks
        WHERE org_id IS NOT NULL
        """

    package init() {}

    package func bind(into bindings: inout PostgresBindings) {}

    package static func decode(_ row: PostgresRow) throws -> Int { try row.int(0) }
}

/// Remembers that a day differs; whether that is news.
package struct UpsertRollupDifference: PostgresStatement {
    package static let sql = """
        INSERT INTO rollup_differences (org_id, day_start, rollups, fields)
        VALUES ($1, $2, $3, $4)
        ON CONFLICT (org_id, day_start) DO UPDATE
        SET rollups = excluded.rollups, fields = excluded.fields
        RETURNING xmax = 0
        """

    let organization: OrganizationID
    let day: Instant
    let rollups: Int
    let fields: [String]

    package init(organization: OrganizationID, day: Instant, rollups: Int, fields: [String]) {
        self.organization = organization
        self.day = day
        self.rollups = rollups
        self.fields = fields
    }

    package func bind(into bindings: inout PostgresBindings) {
        bindings.append(PostgresUUID(organization))
        bindings.append(day)
        bindings.append(rollups)
        bindings.append(fields)
    }

    package static func decode(_ row: PostgresRow) throws -> Bool { try row.bool(0) }
}

/// Forgets that a day differed: it does not any more.
package struct DeleteRollupDifference: PostgresStatement {
    package typealias Row = Void

    package static let sql = """
        DELETE FROM rollup_differences WHERE org_id = $1 AND day_start = $2
        """

    let organization: OrganizationID
    let day: Instant

    package init(organization: OrganizationID, day: Instant) {
        self.organization = organization
        self.day = day
    }

    package func bind(into bindings: inout PostgresBindings) {
        bindings.append(PostgresUUID(organization))
        bindings.append(day)
    }
}

/// Forgets what was found of days that are not kept any more, or, where nothing is, of all.
package struct DeleteRollupDifferencesBefore: PostgresStatement {
    package typealias Row = Void

    package static let sql = """
        DELETE FROM rollup_differences WHERE org_id = $1 AND day_start < coalesce($2::timestamptz, 'infinity')
        """

    let organization: OrganizationID
    let keptFrom: Instant?

    package init(organization: OrganizationID, keptFrom: Instant?) {
        self.organization = organization
        self.keptFrom = keptFrom
    }

    package func bind(into bindings: inout PostgresBindings) {
        bindings.append(PostgresUUID(organization))
        bindings.append(keptFrom)
    }
}

/// Forgets how far an organization's roll-ups were compared, for one that is erased.
package struct ForgetRollupCheck: PostgresStatement {
    package typealias Row = Void

    package static let sql = "DELETE FROM rollup_checks WHERE org_id = $1"

    let organization: OrganizationID

    package init(organization: OrganizationID) {
        self.organization = organization
    }

    package func bind(into bindings: inout PostgresBindings) {
        bindings.append(PostgresUUID(organization))
    }
}

/// How many days of all organizations differ.
package struct CountRollupDifferences: PostgresStatement {
    package static let sql = "SELECT count(org_id) FROM rollup_differences"

    package init() {}

    package func bind(into bindings: inout PostgresBindings) {}

    package static func decode(_ row: PostgresRow) throws -> Int { try row.int(0) }
}
