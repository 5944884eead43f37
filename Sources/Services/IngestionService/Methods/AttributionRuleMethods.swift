import API
import Core
import Domain
import Postgres
import ServiceRuntime

extension PageToken.List {
    static let attributionRuleSets = Self(number: 13)
}

/// The rules by which events get dimensions: set, shown and listed.
struct AttributionRuleMethods: Sendable {
    /// Each attempt that fails means that another call succeeded.
    private static let attemptsMax = 10

    let store: AttributionRuleStore

    @Sendable func set(
        _ request: SetAttributionRulesRequest, _ call: Call
    ) async throws -> API.AttributionRuleSet {
        let now = call.clock.now
        _ = try AttributionRules(wire: request.rules)
        let json = try API.AttributionRuleSet(rules: request.rules).json()
        guard json.utf8.count <= AttributionLimits.jsonBytesMax else {
            throw ServiceError(
                .invalidArgument, "RULES_TOO_LARGE", field: "rules",
                "The rules are \(json.utf8.count) bytes as JSON, and may be "
                    + "\(AttributionLimits.jsonBytesMax); shorten their tables.")
        }
        let from = try Self.effectiveTime(request.effectiveTime, now: now)
        let expected = request.expectedVersion
        guard expected >= 0 else {
            throw ServiceError(
                .invalidArgument, "EXPECTED_VERSION_NEGATIVE", field: "expected_version",
                "expected_version is a version that was read, or 0 for any.")
        }
        try EventText.check(request.note, "note")
        let organization = try call.organizationID
        let set = try await call.transaction { transaction in
            for _ in 0..<Self.attemptsMax {
                let newest = try await transaction.first(
                    SelectAttributionRuleSet(organization: organization, version: 0))
                guard expected == 0 || expected == newest?.version ?? 0 else { break }
                let before = try newest?.wire
                if let newest, let before, newest.effectiveFrom <= from,
                    newest.note.hasSameBytes(as: request.note),
                    try API.AttributionRuleSet(rules: before.rules).json().hasSameBytes(as: json)
                {
                    return before
                }
                let new = StoredAttributionRuleSet(
                    version: try Self.version(after: newest?.version), effectiveFrom: from,
                    supersededFrom: nil, ruleCount: Int32(clamping: request.rules.count),
                    note: request.note, createTime: now, rulesJSON: json)
                let insert = InsertAttributionRuleSet(organization: organization, stored: new)
                guard try await transaction.first(insert) != nil else { continue }
                let made = try new.wire
                try call.changed(
                    .attributionRules, "\(made.version)", from: before?.json(), to: made.json())
                return made
            }
            throw ServiceError(
                .aborted, "RULE_SET_CHANGED", field: "expected_version",
                "Someone else changed the rules; read them again, then send yours.")
        }
        store.forget(organization)
        var answer = set
        answer.rules = []
        return answer
    }

    private static func version(after newest: Int64?) throws(ServiceError) -> Int64 {
        let version = (newest ?? 0) + 1
        guard version <= AttributionLimits.versionsMax else {
            throw ServiceError(
                .resourceExhausted, "RULE_SETS_TOO_MANY", field: "rules",
                "An organization has at most \(AttributionLimits.versionsMax) versions of its "
                    + "rules; change more of them at once.")
        }
        return version
    }

    private static func effectiveTime(
        _ wire: Timestamp?, now: Instant
    ) throws(ServiceError) -> Instant {
        let time: Instant
        do throws(ServiceError) {
            time = try wire?.instant() ?? now
        } catch {
            throw error.within("effective_time")
        }
        // No event can be older.
        guard time >= now.advanced(bySeconds: -EventLimits.ageSecondsMax),
            time <= now.advanced(bySeconds: AttributionLimits.aheadSecondsMax)
        else {
            throw ServiceError(
                .invalidArgument, "EFFECTIVE_TIME_OUT_OF_RANGE", field: "effective_time",
                "Rules begin to hold at most three years ago and at most 366 days ahead.")
        }
        return time
    }

    @Sendable func get(
        _ request: GetAttributionRulesRequest, _ call: Call
    ) async throws -> API.AttributionRuleSet {
        guard request.version >= 0 else {
            throw ServiceError(
                .invalidArgument, "VERSION_NEGATIVE", field: "version",
                "A version is 1 or more; 0 stands for the newest.")
        }
        let select = SelectAttributionRuleSet(
            organization: try call.organizationID, version: request.version)
        let stored = try await call.snapshot { try await $0.first(select) }
        guard stored != nil || request.version == 0 else {
            throw ServiceError(
                .notFound, "ATTRIBUTION_RULE_SET_NOT_FOUND", field: "version",
                "The organization has no version of this number; list them.")
        }
        return try stored?.wire ?? API.AttributionRuleSet()
    }

    @Sendable func list(
        _ request: ListAttributionRuleSetsRequest, _ call: Call
    ) async throws -> ListAttributionRuleSetsResponse {
        let page = try PageRequest(
            size: request.pageSize, token: request.pageToken, of: .attributionRuleSets,
            sizeDefault: 100)
        var before: Int64?
        if let key = page.after {
            guard let version = Int64(key) else { throw PageToken.invalid }
            before = version
        }
        let select = SelectAttributionRuleSetPage(
            organization: try call.organizationID, before: before, limit: page.limit)
        let found = try await call.snapshot { try await $0.run(select) }
        let (sets, next) = page.page(found) { "\($0.version)" }
        return ListAttributionRuleSetsResponse(
            ruleSets: try sets.map { try $0.wire }, nextPageToken: next)
    }
}
