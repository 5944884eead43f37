import Core
package import Domain
package import Postgres

/// What an organization's unpriced events were last looked at with; no row before the first look.
package struct SelectPriceLook: PostgresStatement {
    package static let sql = """
        SELECT catalogue_version, overrides_hash,
            (extract(epoch FROM now() - begun_at) * 1000000)::bigint, looks, next_time, after_block,
            report_time, after_report
        FROM price_looks
        WHERE org_id = $1
        """

    let organization: OrganizationID

    package init(organization: OrganizationID) {
        self.organization = organization
    }

    package func bind(into bindings: inout PostgresBindings) {
        bindings.append(PostgresUUID(organization))
    }

    package static func decode(_ row: PostgresRow) throws -> PriceLook {
        PriceLook(
            state: PriceState(
                catalogueVersion: try row.int64(0), overridesHash: try row.bytes(1)),
            age: .microseconds(try row.int64(2)), looks: try row.int(3),
            position: PriceLook.Position(
                time: try row.optionalInstant(4), block: try row.int64(5)),
            reportPlace: try row.optionalInstant(6).map {
                ReportedUsage.Place(time: $0, entryID: try row.int64(7))
            })
    }
}

/// Begins the first look with other prices than before.
package struct BeginPriceLook: PostgresStatement {
    package typealias Row = Void

    package static let sql = """
        INSERT INTO price_looks AS l (org_id, catalogue_version, overrides_hash)
        VALUES ($1, $2, $3)
        ON CONFLICT (org_id) DO UPDATE
        SET catalogue_version = excluded.catalogue_version,
            overrides_hash = excluded.overrides_hash, begun_at = excluded.begun_at,
            looks = excluded.looks, next_time = excluded.next_time,
            after_block = excluded.after_block, report_time = excluded.report_time,
            after_report = excluded.after_report
        """

    let organization: OrganizationID
    let state: PriceState

    package init(organization: OrganizationID, state: PriceState) {
        self.organization = organization
        self.state = state
    }

    package func bind(into bindings: inout PostgresBindings) {
        bindings.append(PostgresUUID(organization))
        bindings.append(state.catalogueVersion)
        bindings.append(state.overridesHash)
    }
}

/// Says where the look under way goes on.
package struct MovePriceLook: PostgresStatement {
    package typealias Row = Void

    package static let sql = """
        UPDATE price_looks SET next_time = $2, after_block = $3 WHERE org_id = $1
        """

    let organization: OrganizationID
    let position: PriceLook.Position

    package init(organization: OrganizationID, position: PriceLook.Position) {
        self.organization = organization
        self.position = position
    }

    package func bind(into bindings: inout PostgresBindings) {
        bindings.append(PostgresUUID(organization))
        bindings.append(position.time)
        bindings.append(position.block)
    }
}

/// Says behind which row of a provider's usage report the look under way goes on.
package struct MovePriceLookOfReports: PostgresStatement {
    package typealias Row = Void

    package static let sql = """
        UPDATE price_looks SET report_time = $2, after_report = $3 WHERE org_id = $1
        """

    let organization: OrganizationID
    let place: ReportedUsage.Place

    package init(organization: OrganizationID, place: ReportedUsage.Place) {
        self.organization = organization
        self.place = place
    }

    package func bind(into bindings: inout PostgresBindings) {
        bindings.append(PostgresUUID(organization))
        bindings.append(place.time)
        bindings.append(place.entryID)
    }
}

/// Ends the look under way; how many there were with these prices.
package struct EndPriceLook: PostgresStatement {
    package static let sql = """
        UPDATE price_looks SET looks = looks + 1, next_time = NULL, after_block = -1,
            report_time = NULL, after_report = -1
        WHERE org_id = $1
        RETURNING looks
        """

    let organization: OrganizationID

    package init(organization: OrganizationID) {
        self.organization = organization
    }

    package func bind(into bindings: inout PostgresBindings) {
        bindings.append(PostgresUUID(organization))
    }

    package static func decode(_ row: PostgresRow) throws -> Int { try row.int(0) }
}

/// Forgets what an organization's events were looked at with, for one that is erased.
package struct ForgetPriceLook: PostgresStatement {
    package typealias Row = Void

    package static let sql = "DELETE FROM price_looks WHERE org_id = $1"

    let organization: OrganizationID

    package init(organization: OrganizationID) {
        self.organization = organization
    }

    package func bind(into bindings: inout PostgresBindings) {
        bindings.append(PostgresUUID(organization))
    }
}

/// From when to when an organization has roll-ups, beginning at a day; no row where there are none.
struct SelectRollupSpan: PostgresStatement {
    static let sql = """
        SELECT first, last FROM (
            SELECT least(d.first, u.first) AS first, greatest(d.last, u.last) AS last
            FROM (
                SELECT min(day_start) AS first, max(day_start) AS last FROM usage_rollups_daily
                WHERE org_id = $1 AND day_start >= $2
            ) AS d, (
                SELECT min(first_bucket_start) AS first, max(last_bucket_start) AS last
                FROM usage_rollup_deltas
                WHERE org_id = $1 AND last_bucket_start >= $2
            ) AS u
        ) AS s
        WHERE first IS NOT NULL
        """

    let organization: PostgresUUID
    /// Its beginning, in UTC.
    let day: Instant

    func bind(into bindings: inout PostgresBindings) {
        bindings.append(organization)
        bindings.append(day)
    }

    static func decode(_ row: PostgresRow) throws -> ClosedRange<Instant> {
        try row.instant(0)...row.instant(1)
    }
}

/// The days of UTC, from the first to the last, of the metered events and the providers' usage of a window
/// that have no price; no row where all have one. By the roll-ups of days, and what is not merged into them yet.
struct SelectUnpricedDays: PostgresStatement {
    static let sql = """
        SELECT first, last + interval '24 hours' FROM (
            SELECT min(day_start) AS first, max(day_start) AS last FROM (
                SELECT day_start FROM (
                    SELECT day_start, unpriced_entries FROM usage_rollups_daily
                    WHERE org_id = $1 AND day_start >= $2 AND day_start < $3 AND kind IN (1, 2)
                        AND unpriced_entries <> 0
                    UNION ALL
                    SELECT date_bin('1 day', bucket_start, '1970-01-01 00:00+00'),
                        unpriced_entries
                    FROM unmerged_usage_rollups
                    WHERE org_id = $1 AND last_bucket_start >= $2 AND first_bucket_start < $3
                        AND bucket_start >= $2 AND bucket_start < $3 AND kind IN (1, 2)
                        AND unpriced_entries <> 0
                ) AS r
                GROUP BY day_start HAVING sum(unpriced_entries) > 0
            ) AS d
        ) AS s
        WHERE first IS NOT NULL
        """

    let organization: PostgresUUID
    /// The beginning of a day.
    let from: Instant
    /// First instant behind the window: the beginning of a day, too.
    let through: Instant

    func bind(into bindings: inout PostgresBindings) {
        bindings.append(organization)
        bindings.append(from)
        bindings.append(through)
    }

    static func decode(_ row: PostgresRow) throws -> Range<Instant> {
        try row.instant(0)..<row.instant(1)
    }
}
