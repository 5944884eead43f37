import API
import Core
import Domain
import Encryption
import Postgres
import ServiceRuntime
import TestSupport
import Testing

@testable import TenantService

/// Settings of organizations, and how they end; who is served meanwhile is the server's to test.
@Suite struct OrganizationLifeTests {
    private typealias Update = TenantServiceMethods.UpdateOrganization
    private typealias Get = TenantServiceMethods.GetOrganization

    @Test func settingsChangeByMaskAndOfTheStateThatWasRead() async throws {
        try await Platform.with { platform, operatorToken in
            let made = try await platform.organization("acme", by: operatorToken)
            let before = try #require(made.organization)
            let changed = try await platform.call(
                Update.self,
                UpdateOrganizationRequest(
                    displayName: "Acme & Co", timeZone: "Asia/Tokyo", reportingCurrency: "EUR",
                    fiscalYearStartMonth: 4, retentionMonths: 120,
                    updateMask: [
                        "display_name", "time_zone", "reporting_currency",
                        "fiscal_year_start_month", "retention_months",
                    ], etag: before.etag), as: made.ownerToken)
            #expect(changed.displayName == "Acme & Co" && changed.timeZone == "Asia/Tokyo")
            #expect(changed.reportingCurrency == "EUR" && changed.retentionMonths == 120)
            #expect(changed.fiscalYearStartMonth == 4 && changed.slug == "acme")
            #expect(changed.etag != before.etag)
            #expect(try await platform.call(Get.self, .init(), as: made.ownerToken) == changed)

            let stale = await reason {
                try await platform.call(
                    Update.self,
                    UpdateOrganizationRequest(
                        displayName: "Other", updateMask: ["display_name"], etag: before.etag),
                    as: made.ownerToken)
            }
            #expect(stale == "ETAG_MISMATCH etag")
            // Only what the mask names; the same again changes nothing.
            let request = UpdateOrganizationRequest(
                displayName: "Acme", retentionMonths: 1, updateMask: ["display_name"])
            let named = try await platform.call(Update.self, request, as: made.ownerToken)
            #expect(named.displayName == "Acme" && named.retentionMonths == 120)
            let again = try await platform.call(Update.self, request, as: made.ownerToken)
            #expect(again == named)
        }
    }

    @Test func whatMakesNoSenseIsRefused() async throws {
        try await Platform.with { platform, operatorToken in
            let made = try await platform.organization("acme", by: operatorToken)
            let before = try await platform.call(Get.self, .init(), as: made.ownerToken)
            typealias Request = UpdateOrganizationRequest
            let own: [(Request, String)] = [
                (Request(), "UPDATE_MASK_EMPTY update_mask"),
                (Request(updateMask: ["slug"]), "UPDATE_MASK_FIELD_UNKNOWN update_mask[0]"),
                (
                    Request(updateMask: ["display_name", "limits.connections_max"]),
                    "UPDATE_MASK_FIELD_NOT_ALLOWED update_mask[1]"
                ),
                (Request(updateMask: ["display_name"]), "DISPLAY_NAME_REQUIRED display_name"),
                (
                    Request(timeZone: "Mars/Base", updateMask: ["time_zone"]),
                    "TIME_ZONE_UNKNOWN time_zone"
                ),
                (
                    Request(fiscalYearStartMonth: 13, updateMask: ["fiscal_year_start_month"]),
                    "FISCAL_YEAR_START_MONTH_OUT_OF_RANGE fiscal_year_start_month"
                ),
                (
                    Request(retentionMonths: 1201, updateMask: ["retention_months"]),
                    "RETENTION_MONTHS_OUT_OF_RANGE retention_months"
                ),
                (
                    Request(retentionMonths: 12, updateMask: ["retention_months"]),
                    "RETENTION_MONTHS_OUT_OF_RANGE retention_months"
                ),
                (
                    Request(
                        organization: "other", displayName: "X", updateMask: ["display_name"]),
                    "ORGANIZATION_NOT_FOUND organization"
                ),
            ]
            for (request, expected) in own {
                let found = await reason {
                    try await platform.call(Update.self, request, as: made.ownerToken)
                }
                #expect(found == expected)
            }
            let platforms: [(Request, String)] = [
                (
                    Request(organization: "acme", updateMask: ["display_name"]),
                    "UPDATE_MASK_FIELD_NOT_ALLOWED update_mask[0]"
                ),
                (
                    Request(updateMask: ["limits.connections_max"]),
                    "ORGANIZATION_NAME_REQUIRED organization"
                ),
                (
                    Request(organization: "none", updateMask: ["limits.connections_max"]),
                    "ORGANIZATION_NOT_FOUND organization"
                ),
                (
                    Request(
                        organization: "acme", limits: PlanLimits(callsPerSecondMax: 1_000_001),
                        updateMask: ["limits.calls_per_second_max"]),
                    "PLAN_LIMIT_OUT_OF_RANGE limits.calls_per_second_max"
                ),
            ]
            for (request, expected) in platforms {
                let found = await reason {
                    try await platform.call(Update.self, request, as: operatorToken)
                }
                #expect(found == expected)
            }
            #expect(try await platform.call(Get.self, .init(), as: made.ownerToken) == before)
        }
    }

    /// A budget's amount would be compared with spend in another currency.
    @Test func theCurrencyIsKeptOnceThereIsABudget() async throws {
        try await Platform.with { platform, operatorToken in
            let owner = try await platform.organization("acme", by: operatorToken).ownerToken
            try await platform.unit("sales", as: owner)
            let session = try await platform.database.session()
            try await session.execute(
                """
                INSERT INTO budgets SELECT org_id, id, code, 'USD', 1, now() FROM business_units
                """)
            await session.close()
            let found = await reason {
                try await platform.call(
                    Update.self,
                    UpdateOrganizationRequest(
                        reportingCurrency: "EUR", updateMask: ["reporting_currency"]), as: owner)
            }
            #expect(found == "ORGANIZATION_HAS_BUDGETS reporting_currency")
            // Days may still be cut otherwise.
            let changed = try await platform.call(
                Update.self,
                UpdateOrganizationRequest(timeZone: "UTC", updateMask: ["time_zone"]), as: owner)
            #expect(changed.timeZone == "UTC" && changed.reportingCurrency == "USD")
        }
    }

    /// Days, months and sums of figures that are there would become others without a word.
    @Test func timeZoneAndCurrencyAreKeptOnceThereIsUsage() async throws {
        try await Platform.with { platform, operatorToken in
            let made = try await platform.organization("acme", by: operatorToken)
            let session = try await platform.database.session()
            try await session.execute("UPDATE ledger_clocks SET last_entry_id = 1")
            await session.close()
            for (request, field) in [
                (
                    UpdateOrganizationRequest(timeZone: "UTC", updateMask: ["time_zone"]),
                    "time_zone"
                ),
                (
                    UpdateOrganizationRequest(
                        reportingCurrency: "EUR", updateMask: ["reporting_currency"]),
                    "reporting_currency"
                ),
            ] {
                let found = await reason {
                    try await platform.call(Update.self, request, as: made.ownerToken)
                }
                #expect(found == "ORGANIZATION_HAS_USAGE \(field)")
            }
            // The one that it has is none that changes.
            let same = try await platform.call(
                Update.self,
                UpdateOrganizationRequest(timeZone: "Europe/Berlin", updateMask: ["time_zone"]),
                as: made.ownerToken)
            #expect(same == made.organization)
        }
    }

    @Test func operatorsSetLimitsAndSuspendAndListByState() async throws {
        try await Platform.with { platform, operatorToken in
            let owner = try await platform.organization("acme", by: operatorToken).ownerToken
            _ = try await platform.organization("other", by: operatorToken)
            let limits = PlanLimits(
                connectionsMax: 3, eventsPerDayMax: 1_000_000, callsPerSecondMax: 50)
            let limited = try await platform.call(
                Update.self,
                UpdateOrganizationRequest(
                    organization: "acme", limits: limits,
                    updateMask: [
                        "limits.connections_max", "limits.events_per_day_max",
                        "limits.calls_per_second_max",
                    ]), as: operatorToken)
            #expect(limited.limits == limits)
            let suspended = try await platform.call(
                TenantServiceMethods.SuspendOrganization.self,
                SuspendOrganizationRequest(organization: limited.id, reason: "Unpaid"),
                as: operatorToken)
            #expect(suspended.state == .suspended && suspended.suspensionReason == "Unpaid")
            #expect(suspended.suspendTime == Timestamp(platform.now))
            #expect(try await platform.call(Get.self, .init(), as: owner) == suspended)
            let listed = try await platform.call(
                TenantServiceMethods.ListOrganizations.self,
                ListOrganizationsRequest(state: .suspended), as: operatorToken)
            #expect(listed.organizations == [suspended])
            let resumed = try await platform.call(
                TenantServiceMethods.ResumeOrganization.self,
                ResumeOrganizationRequest(organization: "acme"), as: operatorToken)
            #expect(resumed.state == .active && resumed.limits == limits)
            #expect(resumed.suspendTime == nil && resumed.suspensionReason.isEmpty)
            for text in ["", "Two\nlines"] {
                let found = await reason {
                    try await platform.call(
                        TenantServiceMethods.SuspendOrganization.self,
                        SuspendOrganizationRequest(organization: "acme", reason: text),
                        as: operatorToken)
                }
                #expect(
                    found == "SUSPENSION_REASON_\(text.isEmpty ? "REQUIRED" : "MALFORMED") reason")
            }
            let byOwner = await reason {
                try await platform.call(
                    TenantServiceMethods.SuspendOrganization.self,
                    SuspendOrganizationRequest(organization: "acme", reason: "Mine"), as: owner)
            }
            #expect(byOwner == "OPERATOR_REQUIRED")
        }
    }

    @Test func aDeletionSaysWhenAndIsTakenBackWithoutATrace() async throws {
        try await Platform.with { platform, operatorToken in
            let made = try await platform.organization("acme", by: operatorToken)
            try await platform.unit("search", as: made.ownerToken)
            let before = try await Self.rows(platform)
            typealias Delete = TenantServiceMethods.DeleteOrganization
            let unconfirmed = await reason {
                try await platform.call(
                    Delete.self, DeleteOrganizationRequest(confirmSlug: "other"),
                    as: made.ownerToken)
            }
            #expect(unconfirmed == "CONFIRM_SLUG_MISMATCH confirm_slug")
            let end = platform.now.advanced(bySeconds: 30 * 86_400)
            let deleting = try await platform.call(
                Delete.self, DeleteOrganizationRequest(confirmSlug: "acme"), as: made.ownerToken)
            #expect(deleting.state == .deleting && deleting.purgeTime == Timestamp(end))
            #expect(
                deleting.backupExpireTime == Timestamp(end.advanced(bySeconds: 35 * 86_400)))
            #expect(
                deleting.keysBackupExpireTime == Timestamp(end.advanced(bySeconds: 20 * 86_400)))
            // Asking again, as an operator too, prolongs nothing.
            platform.advance(seconds: 86_400)
            let again = try await platform.call(
                Delete.self,
                DeleteOrganizationRequest(organization: "acme", confirmSlug: "acme"),
                as: operatorToken)
            #expect(again == deleting)
            platform.advance(seconds: 29 * 86_400 - 1)
            let restored = try await platform.call(
                TenantServiceMethods.RestoreOrganization.self, .init(), as: made.ownerToken)
            #expect(restored.state == .active && restored.purgeTime == nil)
            #expect(try await Self.rows(platform) == before)
        }
    }

    @Test func nothingBringsAnOrganizationBackWhoseTimeIsOver() async throws {
        try await Platform.with { platform, operatorToken in
            let made = try await platform.organization("acme", by: operatorToken)
            _ = try await platform.call(
                TenantServiceMethods.DeleteOrganization.self,
                DeleteOrganizationRequest(confirmSlug: "acme"), as: made.ownerToken)
            platform.advance(seconds: 30 * 86_400)
            for token in [made.ownerToken, operatorToken] {
                let late = await reason {
                    try await platform.call(
                        TenantServiceMethods.RestoreOrganization.self,
                        RestoreOrganizationRequest(organization: "acme"), as: token)
                }
                #expect(late == "ORGANIZATION_DELETED")
            }
        }
    }

    /// What operators do to organizations stands in their own log, too, by id alone.
    @Test func theOperatorsLogHasWhatOperatorsDo() async throws {
        try await Platform.with { platform, operatorToken in
            let made = try await platform.organization("acme", by: operatorToken)
            _ = try await platform.call(
                Update.self,
                UpdateOrganizationRequest(
                    organization: "acme", limits: PlanLimits(connectionsMax: 3),
                    updateMask: ["limits.connections_max"]), as: operatorToken)
            _ = try await platform.call(
                TenantServiceMethods.SuspendOrganization.self,
                SuspendOrganizationRequest(organization: "acme", reason: "Unpaid"),
                as: operatorToken)
            _ = try await platform.call(
                TenantServiceMethods.ResumeOrganization.self,
                ResumeOrganizationRequest(organization: "acme"), as: operatorToken)
            // Its owner's business is not the operators'.
            _ = try await platform.call(
                Update.self,
                UpdateOrganizationRequest(displayName: "Acme", updateMask: ["display_name"]),
                as: made.ownerToken)
            let records = try await platform.call(
                TenantServiceMethods.ListAuditRecords.self, .init(), as: operatorToken
            ).records.filter { $0.objectID == made.organization?.id }
            #expect(
                records.map { $0.method.split(separator: "/").last ?? "" } == [
                    "ResumeOrganization", "SuspendOrganization", "UpdateOrganization",
                    "CreateOrganization",
                ])
            #expect(records.allSatisfy { $0.beforeJson + $0.afterJson + $0.onBehalfOf == "" })
        }
    }

    /// Its own log is erased with it, the operators' stays: under a key that is never destroyed, so it
    /// names the token and nobody.
    @Test func theOperatorsKnowWhoDeletedAnOrganization() async throws {
        try await Platform.with { platform, operatorToken in
            let made = try await platform.organization("acme", by: operatorToken)
            let frontend = try await platform.token(.frontend, by: made.ownerToken)
            let log = { (token: String) in
                try await platform.call(
                    TenantServiceMethods.ListAuditRecords.self, .init(), as: token
                ).records.filter { $0.method.hasSuffix("eOrganization") }.map {
                    [
                        $0.method.split(separator: "/").last.map(String.init) ?? "", $0.objectID,
                        $0.tokenID,
                        $0.onBehalfOf + $0.peerAddress + $0.peerSubject + $0.beforeJson
                            + $0.afterJson,
                    ]
                }
            }
            let before = try await log(operatorToken)
            _ = try await platform.call(
                TenantServiceMethods.DeleteOrganization.self,
                DeleteOrganizationRequest(confirmSlug: "acme"), as: frontend.secret,
                key: "recorded", for: "owner@acme.example")
            _ = try await platform.call(
                TenantServiceMethods.RestoreOrganization.self,
                RestoreOrganizationRequest(organization: "acme"), as: operatorToken)
            // Nothing changes, and there is nothing to report.
            _ = try await platform.call(
                TenantServiceMethods.RestoreOrganization.self,
                RestoreOrganizationRequest(organization: "acme"), as: operatorToken)
            let id = made.organization?.id ?? ""
            let operators = String(operatorToken.split(separator: "_")[1])
            let added = try await log(operatorToken).filter { !before.contains($0) }
            #expect(
                Set(added) == [
                    ["DeleteOrganization", id, frontend.token?.id ?? "", ""],
                    ["RestoreOrganization", id, operators, ""],
                ])
            #expect(added.count == 2)
            // And so does the organization, as long as it is.
            let own = try await log(made.ownerToken)
            #expect(
                Set(own.map { $0[0] }).isSuperset(of: ["DeleteOrganization", "RestoreOrganization"])
            )
            #expect(
                own.contains {
                    $0[0] == "DeleteOrganization" && $0[3].contains("owner@acme.example")
                        && $0[3].contains("purgeTime")
                })
            for token in [operatorToken, made.ownerToken] {
                let head = try await platform.call(
                    TenantServiceMethods.GetAuditHead.self, .init(), as: token)
                #expect(head.sealed)
            }
        }
    }

    @Test func operatorsAreToldWhatIsGoneAndLeaveNothingBehind() async throws {
        try await Platform.with { platform, operatorToken in
            let made = try await platform.organization("acme", by: operatorToken)
            let id = try OrganizationID(made.organization?.id ?? "")
            let nobody = OrganizationID.make()
            let changes = { (name: String) in
                try await Self.refusals(ofOperator: operatorToken, platform, name)
            }
            #expect(try await changes(nobody.text) == ["ORGANIZATION_NOT_FOUND organization"])
            #expect(try await changes("nobody") == ["ORGANIZATION_NOT_FOUND organization"])
            let kept = try await platform.keys.keys(of: nobody)
            #expect(throws: ServiceError(.failedPrecondition, "DATA_KEY_MISSING", "")) {
                try kept.seal("x", in: Binding(purpose: "test", []))
            }
            // As the worker leaves it, while it erases and afterwards.
            let session = try await platform.database.session()
            try await session.execute(
                """
                INSERT INTO organization_states (org_id, delete_after, deleted_at)
                VALUES ('\(id)', now() - interval '1 hour', now())
                """)
            try await platform.destroyKeys(of: id)
            #expect(try await changes("acme") == ["ORGANIZATION_DELETED"])
            try await session.execute(
                """
                SET session_replication_role = replica;
                DELETE FROM organizations WHERE id = '\(id)';
                UPDATE organization_states SET erased_at = now() WHERE org_id = '\(id)'
                """)
            for name in ["acme", id.text] {
                #expect(try await changes(name) == ["ORGANIZATION_DELETED"])
                let left = try await platform.call(
                    Get.self, GetOrganizationRequest(organization: name), as: operatorToken)
                #expect(left.id == id.text && left.slug == "acme" && left.state == .deleted)
                #expect(left.displayName.isEmpty && left.purgeTime != nil)
                let listed = try await platform.call(
                    TenantServiceMethods.ListOrganizations.self,
                    ListOrganizationsRequest(state: .deleted), as: operatorToken)
                #expect(listed.organizations == [left])
            }
            let all = try await platform.call(
                TenantServiceMethods.ListOrganizations.self, .init(), as: operatorToken)
            #expect(all.organizations.isEmpty)
            let unknown = await reason {
                try await platform.call(
                    TenantServiceMethods.ListOrganizations.self,
                    ListOrganizationsRequest(state: .init(rawValue: 9)), as: operatorToken)
            }
            #expect(unknown == "ORGANIZATION_STATE_UNKNOWN state")
            await session.close()
        }
    }

    /// Why an operator's changes of an organization are refused; all for the same, if for one.
    private static func refusals(
        ofOperator token: String, _ platform: Platform, _ name: String
    ) async throws -> Set<String> {
        var found: Set<String> = []
        found.insert(
            await reason {
                try await platform.call(
                    Update.self,
                    UpdateOrganizationRequest(
                        organization: name, updateMask: ["limits.connections_max"]), as: token)
            })
        found.insert(
            await reason {
                try await platform.call(
                    TenantServiceMethods.SuspendOrganization.self,
                    SuspendOrganizationRequest(organization: name, reason: "Test"), as: token)
            })
        found.insert(
            await reason {
                try await platform.call(
                    TenantServiceMethods.DeleteOrganization.self,
                    DeleteOrganizationRequest(organization: name, confirmSlug: "acme"), as: token)
            })
        found.insert(
            await reason {
                try await platform.call(
                    TenantServiceMethods.RestoreOrganization.self,
                    RestoreOrganizationRequest(organization: name), as: token)
            })
        return found
    }

    /// Hash of the rows of each tenant table, but for what tells of the deletion itself.
    private static func rows(_ platform: Platform) async throws -> [[String?]] {
        let session = try await platform.database.session()
        let rows = try await session.texts(
            """
            SELECT 'organizations', md5(string_agg((to_jsonb(t) - 'revision')::text, '|'))
            FROM organizations AS t
            UNION ALL SELECT 'members', md5(string_agg(t::text, '|')) FROM members AS t
            UNION ALL SELECT 'tokens', md5(string_agg(t::text, '|')) FROM tokens AS t
            UNION ALL SELECT 'token_directory', md5(string_agg(t::text, '|' ORDER BY id))
            FROM token_directory AS t
            UNION ALL SELECT 'units', md5(string_agg(t::text, '|')) FROM business_units AS t
            UNION ALL SELECT 'versions', md5(string_agg(t::text, '|'))
            FROM business_unit_versions AS t
            """)
        await session.close()
        return rows
    }
}
