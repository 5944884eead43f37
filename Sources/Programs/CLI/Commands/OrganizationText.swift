import API
import ArgumentParser

/// States of organizations as the command line has them.
enum OrganizationState: String, ExpressibleByArgument, CaseIterable {
    case active, suspended, deleting, deleted

    var state: Organization.State {
        switch self {
        case .active: .active
        case .suspended: .suspended
        case .deleting: .deleting
        case .deleted: .deleted
        }
    }

    static func text(_ state: Organization.State) -> String {
        allCases.first { $0.state == state }?.rawValue ?? "\(state.rawValue)"
    }
}

/// Organizations as people and programs read them.
enum OrganizationText {
    static func table(_ organizations: [Organization]) -> String {
        var table = Table([
            .init("Slug"), .init("Name"), .init("State"), .init("Time zone"), .init("Currency"),
            .init("Id"),
        ])
        for item in organizations {
            table.add([
                item.slug, item.displayName, OrganizationState.text(item.state), item.timeZone,
                item.reportingCurrency, item.id,
            ])
        }
        return table.text
    }

    /// One organization, a line for each thing that there is to say.
    static func details(_ organization: Organization) -> String {
        var table = Table([.init("Field"), .init("Value")])
        for line in lines(organization) { table.add(line) }
        return table.text
    }

    private static func lines(_ organization: Organization) -> [[String]] {
        let limits = organization.limits ?? PlanLimits()
        let retention = organization.retentionMonths
        var lines = [
            ["Slug", organization.slug],
            ["Name", organization.displayName],
            ["State", OrganizationState.text(organization.state)],
            ["Time zone", organization.timeZone],
            ["Currency", organization.reportingCurrency],
            ["Fiscal year begins in month", "\(organization.fiscalYearStartMonth)"],
            ["Usage kept", retention == 0 ? "for ever" : "\(retention) months"],
            ["Connections", limit(Int64(limits.connectionsMax))],
            ["Events a day", limit(limits.eventsPerDayMax)],
            ["Calls a second", limit(Int64(limits.callsPerSecondMax))],
            ["Id", organization.id],
        ]
        if let removed = organization.usageRemovedBeforeTime {
            lines.append(["Usage removed before", CompletenessText.time(removed)])
        }
        if let since = organization.suspendTime {
            lines.append(["Suspended since", CompletenessText.time(since)])
            lines.append(["Suspended because", organization.suspensionReason])
        }
        if let purge = organization.purgeTime {
            lines.append(["Erased not before", CompletenessText.time(purge)])
        }
        if let backups = organization.backupExpireTime {
            lines.append(["Gone from backups not before", CompletenessText.time(backups)])
        }
        if let keys = organization.keysBackupExpireTime {
            lines.append(["Unreadable in backups not before", CompletenessText.time(keys)])
        }
        return lines
    }

    private static func limit(_ value: Int64) -> String {
        value == 0 ? "as the server is set up" : CompletenessText.number(value)
    }

    /// An organization that was made just now, whose owner's token is never shown again.
    static func rows(_ organization: Organization, ownerToken: String) -> [[String]] {
        zip(rows([organization]), ["owner_token", ownerToken]).map { $0 + [$1] }
    }

    static func rows(_ organizations: [Organization]) -> [[String]] {
        [
            [
                "id", "slug", "display_name", "time_zone", "reporting_currency", "state",
                "fiscal_year_start_month", "retention_months", "connections_max",
                "events_per_day_max", "calls_per_second_max", "suspend_time", "suspension_reason",
                "purge_time", "backup_expire_time", "usage_removed_before_time",
                "keys_backup_expire_time",
            ]
        ]
            + organizations.map { item in
                let limits = item.limits ?? PlanLimits()
                return [
                    item.id, item.slug, item.displayName, item.timeZone, item.reportingCurrency,
                    OrganizationState.text(item.state), "\(item.fiscalYearStartMonth)",
                    "\(item.retentionMonths)", "\(limits.connectionsMax)",
                    "\(limits.eventsPerDayMax)", "\(limits.callsPerSecondMax)",
                    item.suspendTime.map(CompletenessText.time) ?? "", item.suspensionReason,
                    item.purgeTime.map(CompletenessText.time) ?? "",
                    item.backupExpireTime.map(CompletenessText.time) ?? "",
                    item.usageRemovedBeforeTime.map(CompletenessText.time) ?? "",
                    item.keysBackupExpireTime.map(CompletenessText.time) ?? "",
                ]
            }
    }
}
