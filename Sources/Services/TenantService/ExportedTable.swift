import API

/// A table as an export has it: the columns that are named here, and no other.
///
/// Whoever exports an organization gets nothing with which they could call, or ask a provider, for it.
struct ExportedTable: Sendable, Hashable {
    /// What is sealed of people, and comes in clear.
    enum SealedColumn: String, Sendable, Hashable {
        case memberEmail = "sealed_email"
        case ownerEmail = "sealed_owner_email"
        case auditFields = "sealed"
        case providerName = "sealed_name"
        case codingActor = "sealed_actor"
        case user = "sealed_user"
        case accountName = "sealed_account_name"

        /// What stands in its place.
        var members: [String] {
            switch self {
            case .memberEmail: ["email"]
            case .ownerEmail: ["owner_email"]
            case .providerName: ["name", "email", "user"]
            case .codingActor: ["actor"]
            case .user: ["user", "sent_user"]
            case .accountName: ["account"]
            case .auditFields:
                [
                    "on_behalf_of", "before_json", "after_json", "peer_address", "peer_subject",
                    "personal_salt",
                ]
            }
        }
    }

    let name: String
    /// Shown as they are; those of the primary key are among them.
    let columns: [String]
    let opened: SealedColumn?
    /// Those that stay here: keys, what keys have sealed, and hashes under keys.
    let omittedColumns: [String]

    init(
        _ name: String, _ columns: String, opened: SealedColumn? = nil,
        omitting omitted: String = ""
    ) {
        self.name = name
        self.columns = columns.split(separator: " ").map(String.init)
        self.opened = opened
        omittedColumns = omitted.split(separator: " ").map(String.init)
    }

    /// Rows that are read at once at most: one of a block of events, of what a commit adds to roll-ups, or of
    /// a version of attribution rules, comes to a megabyte or two.
    var rowsAtOnceMax: Int {
        ["usage_event_blocks", "usage_rollup_deltas", "attribution_rule_sets"].contains(name)
            ? 4 : 4096
    }

    /// Every column that is known of the table.
    var knownColumns: [String] {
        columns + (opened.map { [$0.rawValue] } ?? []) + omittedColumns
    }

    var message: ExportTable {
        ExportTable(name: name, omittedColumns: omittedColumns)
    }

    /// All tables with rows of organizations, by name. A migration that adds a table, or a column, says
    /// here what becomes of it.
    static let all = [
        ExportedTable("allocation_rule_sets", "org_id version rules created_at"),
        ExportedTable(
            "attribution_rule_sets",
            "org_id version effective_from rules rule_count note created_at"),
        ExportedTable(
            "audit_chains", "org_id last_sequence last_hash last_recorded_at", omitting: "seal"),
        ExportedTable(
            "audit_log",
            "org_id sequence id recorded_at token_id roles method object_type object_id trace_id "
                + "previous_hash hash personal_hash on_behalf_of_key chain_version",
            opened: .auditFields),
        ExportedTable("budgets", "org_id id unit_code currency amount_picos updated_at"),
        ExportedTable(
            "business_unit_versions",
            "org_id unit_code effective_from display_name parent_code kind cost_center_code state "
                + "successor_code",
            opened: .ownerEmail),
        ExportedTable("business_units", "org_id id code created_at revision"),
        ExportedTable(
            "call_tellers", "org_id entry_id event_time call_key source_key withdrawn"),
        ExportedTable(
            "coding_activity",
            "org_id connection_id row_key bucket_start is_person customer subscription terminal "
                + "is_remote sessions lines_added lines_removed commits pull_requests suggestions "
                + "models told_at taken_back_at",
            opened: .codingActor, omitting: "actor_key"),
        ExportedTable(
            "connection_backfills",
            "org_id connection_id id stream range_start range_end state read_from through told_from "
                + "window_start window_end opened_at cursor pages recorded corrected unchanged "
                + "retracted last_error created_at ended_at failures window_pages window_mark"),
        ExportedTable(
            "connection_checkpoints",
            "org_id connection_id stream through window_start window_end opened_at cursor health "
                + "last_success_at last_error pages_read updated_at late_at read_spans told_from "
                + "failures window_pages window_mark"),
        ExportedTable(
            "connection_readings",
            "org_id connection_id known_from display_name usage_through costs_through last_read_at "
                + "is_record_of_billing is_record_of_attribution is_deleted usage_read_at "
                + "costs_read_at usage_spans costs_spans account",
            omitting: "identities former_identities"),
        ExportedTable(
            "connection_runs",
            "org_id connection_id id stream began_at ended_at outcome reason detail pages recorded "
                + "corrected unchanged retracted through worker contradicted"),
        ExportedTable(
            "connections",
            "org_id id provider display_name health key_hint backfill_from created_at "
                + "last_success_at last_error pages_read revision labels record_of paused_at "
                + "deleted_at synced_at account_id account_name told_degraded_at "
                + "told_lists_degraded_at account_is_former owes_figures_recovery "
                + "owes_lists_recovery",
            opened: .accountName,
            omitting: "sealed_key sealed_key_version key_index former_identities"),
        ExportedTable("counters", "org_id name n"),
        ExportedTable(
            "dimension_sets",
            "org_id id hash provider model requested_model operation region service_tier "
                + "context_tier project api_key_id user_id feature customer team environment source "
                + "connection_id line_item charge_class tags rule_set_version derived_by",
            opened: .user, omitting: "user_key"),
        ExportedTable(
            "idempotency_keys",
            "org_id key_hash content_hash entry_id event_time of_call "
                + "tellers_are_known"),
        ExportedTable(
            "ledger_clocks",
            "org_id last_entry_id last_recorded_at event_day event_day_count unmerged_commits "
                + "unmerged_rollups rollups_merged_through rollup_months_from rollup_months_kept_from "
                + "rollup_months_merged_through"),
        ExportedTable(
            "members", "org_id id roles created_at unit_codes revision", opened: .memberEmail,
            omitting: "email_key"),
        ExportedTable(
            "organizations",
            "id slug display_name time_zone reporting_currency created_at revision "
                + "fiscal_year_start_month retention_months connections_max events_per_day_max "
                + "suspended_at suspension_reason"),
        ExportedTable("outbox_events", "org_id id kind subject_id created_at delivered_at"),
        ExportedTable("period_closures", "org_id month closed_at"),
        ExportedTable(
            "price_overrides",
            "org_id number provider model_pattern service_tier multiplier rates valid_from "
                + "valid_to note created_at ends_told_at former_ends"),
        ExportedTable(
            "provider_object_names", "org_id connection_id kind id seen_at",
            opened: .providerName),
        ExportedTable(
            "provider_objects",
            "org_id connection_id kind id id_is_sealed status first_seen_at last_seen_at gone_at",
            opened: .providerName),
        // Answers may have shown secrets, such as new tokens.
        ExportedTable(
            "recorded_calls", "org_id key recorded_at expires_at sealed_for",
            omitting: "request_hash sealed_answer"),
        ExportedTable("source_ranks", "org_id version sources updated_at"),
        ExportedTable("token_event_counts", "org_id token_id event_day event_count"),
        ExportedTable(
            "tokens",
            "org_id id display_name roles created_at expires_at revoked_at unit_codes "
                + "source_networks last_used_at successor_id calls_per_second_max "
                + "events_per_day_max counted_as handed_on"),
        ExportedTable(
            "usage_entries",
            "org_id entry_id event_time recorded_at booked_at kind root_entry_id correction_no "
                + "source event_id dimension_set_id price_version_id currency amount_picos "
                + "usage_state status requests latency_ms attempt session run \(quantities) reason"),
        ExportedTable(
            "usage_event_blocks",
            "org_id first_entry_id first_event_time last_event_time recorded_at currency events "
                + "total_picos unpriced_events entry_offset event_time event_id dimension_set_id "
                + "price_version_id amount_picos usage_state status latency_ms attempt session run "
                + "\(quantities) provider_cost_picos provider_cost_currency"),
        ExportedTable(
            "usage_rollup_deltas",
            "org_id recorded_at first_bucket_start last_bucket_start bucket_start dimension_set_id "
                + "kind currency entries requests amount_picos unpriced_entries unpriced_tokens "
                + "is_correction \(quantities)"),
        ExportedTable(
            "usage_rollups",
            "org_id bucket_start dimension_set_id kind currency entries requests amount_picos "
                + "unpriced_entries unpriced_tokens \(quantities) last_recorded_at "
                + "last_corrected_at"),
        ExportedTable(
            "usage_rollups_daily",
            "org_id day_start dimension_set_id kind currency entries requests amount_picos "
                + "unpriced_entries unpriced_tokens \(quantities) last_recorded_at "
                + "last_corrected_at"),
        ExportedTable(
            "usage_rollups_monthly",
            "org_id month_start dimension_set_id kind currency entries requests amount_picos "
                + "unpriced_entries unpriced_tokens tokens last_recorded_at"),
    ]

    private static let quantities =
        "input cache_read cache_write_5m cache_write_30m cache_write_1h cache_write_12h output "
        + "reasoning output_unsplit input_audio cache_read_audio output_audio input_image "
        + "cache_read_image output_image other_quantities"
}
