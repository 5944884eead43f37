import API
import Core
import Domain
import Postgres
import ServiceRuntime
import TestSupport
import Testing

@testable import TenantService

/// Units that change from a day on, through the service and the database.
@Suite struct DatedUnitMethodsTests {
    private typealias Methods = TenantServiceMethods

    private static func date(_ year: Int32, _ month: Int32, _ day: Int32) -> API.Date {
        API.Date(year: year, month: month, day: day)
    }

    /// An owner's token of an organization in Berlin with company, sales and emea. Today is
    /// 21 September 2026.
    private static func with(
        _ body: (_ platform: Platform, _ owner: String) async throws -> Void
    ) async throws {
        try await Platform.with { platform, operatorToken in
            let owner = try await platform.organization("a", by: operatorToken).ownerToken
            try await platform.unit("company", as: owner)
            try await platform.unit("sales", below: "company", as: owner)
            try await platform.unit("emea", below: "sales", as: owner)
            try await body(platform, owner)
        }
    }

    private static func list(
        _ platform: Platform, _ owner: String, asOf: API.Date? = nil, showRetired: Bool = false
    ) async throws -> [String] {
        try await platform.call(
            Methods.ListBusinessUnits.self,
            ListBusinessUnitsRequest(asOf: asOf, showRetired: showRetired), as: owner
        ).businessUnits.map { "\($0.code)<\($0.parentCode)" }
    }

    @Test func thePastKeepsItsShapeAndNames() async throws {
        try await Self.with { platform, owner in
            let before = try await platform.call(
                Methods.GetBusinessUnit.self, .init(code: "emea"), as: owner)
            #expect(before.etag == "1")
            #expect(before.effectiveDate == nil)
            let moved = try await platform.call(
                Methods.UpdateBusinessUnit.self,
                UpdateBusinessUnitRequest(
                    code: "emea", displayName: "Europe", parentCode: "company",
                    updateMask: ["display_name", "parent_code"],
                    effectiveDate: Self.date(2026, 10, 1), etag: "1"), as: owner)
            #expect(moved.displayName == "Europe")
            #expect(moved.parentCode == "company")
            #expect(moved.etag == "2")
            #expect(moved.effectiveDate == Self.date(2026, 10, 1))
            let merged = try await platform.call(
                Methods.MergeBusinessUnit.self,
                MergeBusinessUnitRequest(
                    code: "sales", intoCode: "emea", effectiveDate: Self.date(2026, 10, 2)),
                as: owner)
            #expect(merged.state == .merged)

            let today = try await platform.call(
                Methods.GetBusinessUnit.self, .init(code: "emea"), as: owner)
            var expected = before
            expected.endDate = Self.date(2026, 10, 1)
            expected.etag = "2"
            #expect(today == expected)
            let shape = ["company<", "emea<sales", "sales<company"]
            #expect(try await Self.list(platform, owner) == shape)
            #expect(try await Self.list(platform, owner, asOf: Self.date(2026, 9, 30)) == shape)
            #expect(
                try await Self.list(platform, owner, asOf: Self.date(2026, 10, 2))
                    == ["company<", "emea<company"])
            #expect(
                try await Self.list(
                    platform, owner, asOf: Self.date(2026, 10, 2), showRetired: true)
                    == ["company<", "emea<company", "sales<company"])
            let versions = try await platform.call(
                Methods.ListBusinessUnitVersions.self, .init(code: "emea"), as: owner
            ).versions
            #expect(versions == [expected, moved])
        }
    }

    @Test func whoChangedAnotherStateIsTold() async throws {
        try await Self.with { platform, owner in
            let update = UpdateBusinessUnitRequest(
                code: "emea", displayName: "Europe", updateMask: ["display_name"], etag: "1")
            _ = try await platform.call(Methods.UpdateBusinessUnit.self, update, as: owner)
            let stale = await reason {
                try await platform.call(Methods.UpdateBusinessUnit.self, update, as: owner)
            }
            #expect(stale == "BUSINESS_UNIT_CHANGED etag")
            for (request, expected) in [
                (UpdateBusinessUnitRequest(code: "emea"), "UPDATE_MASK_EMPTY update_mask"),
                (
                    UpdateBusinessUnitRequest(
                        code: "nowhere", updateMask: ["parent_code"]),
                    "BUSINESS_UNIT_NOT_FOUND code"
                ),
                (
                    UpdateBusinessUnitRequest(
                        code: "emea", updateMask: ["parent_code"],
                        effectiveDate: Self.date(2026, 2, 30)), "DATE_INVALID effective_date"
                ),
                (
                    UpdateBusinessUnitRequest(
                        code: "company", parentCode: "emea", updateMask: ["parent_code"]),
                    "UNIT_MOVE_MAKES_A_CYCLE parent_code"
                ),
            ] {
                let refused = await reason {
                    try await platform.call(Methods.UpdateBusinessUnit.self, request, as: owner)
                }
                #expect(refused == expected)
            }
            let early = await reason {
                _ = try await platform.call(
                    Methods.CreateBusinessUnit.self,
                    CreateBusinessUnitRequest(
                        code: "late", displayName: "L", effectiveDate: Self.date(2026, 12, 1)),
                    as: owner)
                return try await platform.call(
                    Methods.GetBusinessUnit.self, .init(code: "late"), as: owner)
            }
            #expect(early == "BUSINESS_UNIT_BEGINS_LATER as_of")
        }
    }

    @Test func closedMonthsAreOutOfReach() async throws {
        try await Self.with { platform, owner in
            let session = try await platform.database.session()
            try await session.execute(
                """
                INSERT INTO period_closures SELECT id, '2026-08-01', now() FROM organizations;
                INSERT INTO period_closures SELECT id, '2026-07-01', now() FROM organizations;
                """)
            let retire = { (date: API.Date) in
                await reason {
                    try await platform.call(
                        Methods.RetireBusinessUnit.self,
                        RetireBusinessUnitRequest(code: "emea", effectiveDate: date), as: owner)
                }
            }
            #expect(await retire(Self.date(2026, 8, 31)) == "PERIOD_CLOSED effective_date")
            #expect(await retire(Self.date(2026, 9, 1)) == "")
            let made = try await platform.unit("new", from: nil, as: owner)
            #expect(made.effectiveDate == Self.date(2026, 9, 21), "today")
            let early = await reason {
                try await platform.unit("early", from: Self.date(2026, 8, 31), as: owner)
            }
            #expect(early == "PERIOD_CLOSED effective_date")
            // Whoever writes past the service meets the table's own guard.
            let direct = await reason {
                try await session.execute(
                    """
                    INSERT INTO business_unit_versions
                    SELECT id, 'emea', '2026-08-31', 'E', NULL, 0, '', 1 FROM organizations
                    """)
            }
            #expect(direct.contains("would change a closed month"))
            await session.close()
            // A server that has not seen the closing is told as one that has.
            let organization = try await platform.call(
                Methods.GetOrganization.self, .init(), as: owner)
            let id = try OrganizationID(organization.id)
            let keys = try await platform.keys.keysToSeal(of: id)
            let guarded = await reason {
                try await platform.pool.transaction(
                    TransactionOptions(role: "tally_service", organization: id.postgresUUID)
                ) { transaction in
                    let version = UnitVersion(
                        day: try CivilDate(year: 2026, month: 8, day: 31),
                        details: UnitDetails(displayName: "E"))
                    try await transaction.insert(
                        UpsertUnitVersions(
                            organization: id, versions: [(try BusinessUnitCode("emea"), version)],
                            keys: keys))
                }
            }
            #expect(guarded == "PERIOD_CLOSED effective_date")
        }
    }

    /// Whatever a unit is changed by: moved, renamed, merged, retired, restored, imported.
    @Test func noMethodReachesAClosedMonth() async throws {
        try await Self.with { platform, owner in
            try await platform.unit("apac", below: "company", as: owner)
            _ = try await platform.call(
                Methods.RetireBusinessUnit.self,
                RetireBusinessUnitRequest(code: "apac", effectiveDate: Self.date(2026, 6, 1)),
                as: owner)
            let session = try await platform.database.session()
            try await session.execute(
                "INSERT INTO period_closures SELECT id, '2026-08-01', now() FROM organizations")
            let stored = "SELECT v::text FROM business_unit_versions AS v ORDER BY 1"
            let before = try await session.texts(stored)
            let (last, open) = (Self.date(2026, 8, 31), Self.date(2026, 9, 1))
            for isRefused in [true, false] {
                let day = isRefused ? last : open
                let move = UpdateBusinessUnitRequest(
                    code: "emea", parentCode: "company", updateMask: ["parent_code"],
                    effectiveDate: day)
                let rename = UpdateBusinessUnitRequest(
                    code: "emea", displayName: "Europe", updateMask: ["display_name"],
                    effectiveDate: day)
                let rows = [BusinessUnitRow(code: "emea", displayName: "Europe and more")]
                let dry = ImportBusinessUnitsRequest(
                    rows: rows, effectiveDate: day, updateMask: ["display_name"], dryRun: true)
                var real = dry
                real.dryRun = false
                let reasons = [
                    await reason {
                        try await platform.call(Methods.UpdateBusinessUnit.self, move, as: owner)
                    },
                    await reason {
                        try await platform.call(Methods.UpdateBusinessUnit.self, rename, as: owner)
                    },
                    await reason {
                        try await platform.call(Methods.ImportBusinessUnits.self, dry, as: owner)
                    },
                    await reason {
                        try await platform.call(Methods.ImportBusinessUnits.self, real, as: owner)
                    },
                    await reason {
                        try await platform.call(
                            Methods.RestoreBusinessUnit.self,
                            RestoreBusinessUnitRequest(code: "apac", effectiveDate: day), as: owner)
                    },
                    await reason {
                        try await platform.call(
                            Methods.MergeBusinessUnit.self,
                            MergeBusinessUnitRequest(
                                code: "sales", intoCode: "apac", effectiveDate: day), as: owner)
                    },
                    await reason {
                        try await platform.call(
                            Methods.RetireBusinessUnit.self,
                            RetireBusinessUnitRequest(code: "emea", effectiveDate: day), as: owner)
                    },
                ]
                let expected = isRefused ? "PERIOD_CLOSED effective_date" : ""
                #expect(reasons.allSatisfy { $0 == expected }, "\(reasons)")
                let after = try await session.texts(stored)
                #expect((after == before) == isRefused)
            }
            await session.close()
        }
    }

    /// Whoever comes second sees what the first did, though neither had ended when both began.
    @Test func closingAMonthAndChangingUnitsFollowOneAnother() async throws {
        try await Self.with { platform, owner in
            let closer = try await platform.database.session()
            try await closer.execute(
                """
                BEGIN;
                INSERT INTO period_closures SELECT id, '2026-08-01', now() FROM organizations;
                """)
            async let retired = reason {
                try await platform.call(
                    Methods.RetireBusinessUnit.self,
                    RetireBusinessUnitRequest(
                        code: "emea", effectiveDate: Self.date(2026, 8, 15)), as: owner)
            }
            try await platform.someSessionWaits()
            try await closer.execute("COMMIT")
            #expect(await retired == "PERIOD_CLOSED effective_date")

            // Who closes waits for who changes, also for one who writes past the service.
            try await closer.execute(
                """
                BEGIN;
                INSERT INTO business_unit_versions
                SELECT id, 'emea', '2026-09-10', 'E', NULL, 0, '', 1 FROM organizations
                """)
            let closing = Task {
                let session = try await platform.database.session()
                try await session.execute(
                    """
                    INSERT INTO period_closures
                    SELECT id, '2026-09-01', now() FROM organizations
                    """)
                await session.close()
            }
            try await platform.someSessionWaits()
            let closed = try await closer.texts("SELECT month FROM period_closures ORDER BY 1")
            #expect(closed == [["2026-08-01"]])
            try await closer.execute("COMMIT")
            try await closing.value
            await closer.close()
        }
    }

    @Test func importsAreAllOrNothingAndDryRunsAreNothing() async throws {
        try await Self.with { platform, owner in
            var request = ImportBusinessUnitsRequest(
                rows: [
                    BusinessUnitRow(code: "emea", displayName: "Europe", parentCode: "company"),
                    BusinessUnitRow(code: "dach", displayName: "DACH", parentCode: "emea"),
                    BusinessUnitRow(code: "company", displayName: "Unit company"),
                ], effectiveDate: Self.date(2026, 10, 1), dryRun: true)
            let before = try await Self.list(platform, owner)
            let planned = try await platform.call(
                Methods.ImportBusinessUnits.self, request, as: owner)
            #expect(planned.differences.map(\.code) == ["dach", "emea"])
            #expect(planned.differences.map(\.action) == [.created, .moved])
            #expect(planned.unchangedCount == 1)
            let october = Self.date(2026, 10, 1)
            #expect(try await Self.list(platform, owner, asOf: october) == before)

            request.dryRun = false
            request.rows.append(BusinessUnitRow(code: "x", displayName: "X", parentCode: "y"))
            let bad = await reason {
                try await platform.call(Methods.ImportBusinessUnits.self, request, as: owner)
            }
            #expect(bad == "PARENT_UNIT_NOT_FOUND rows[3].parent_code")
            #expect(try await Self.list(platform, owner, asOf: october) == before)

            request.rows.removeLast()
            let done = try await platform.call(
                Methods.ImportBusinessUnits.self, request, as: owner)
            #expect(done == planned)
            #expect(try await Self.list(platform, owner) == before)
            #expect(
                try await Self.list(platform, owner, asOf: october)
                    == ["company<", "dach<emea", "emea<company", "sales<company"])
        }
    }

    /// emea stood below sales up to August, then below research; it goes to labs in October.
    @Test func versionsAreShownOfTheDaysInTheScope() async throws {
        try await Self.with { platform, owner in
            for code in ["research", "labs"] { try await platform.unit(code, as: owner) }
            for (parent, date) in [
                ("research", Self.date(2026, 9, 1)), ("labs", Self.date(2026, 10, 1)),
            ] {
                _ = try await platform.call(
                    Methods.UpdateBusinessUnit.self,
                    UpdateBusinessUnitRequest(
                        code: "emea", parentCode: parent, updateMask: ["parent_code"],
                        effectiveDate: date), as: owner)
            }
            _ = try await platform.call(
                Methods.RetireBusinessUnit.self,
                RetireBusinessUnitRequest(
                    code: "sales", effectiveDate: Self.date(2026, 9, 10), successorCode: "labs"),
                as: owner)
            let limited = { (unit: String) in
                try await platform.token(.unitOwner, units: [unit], by: owner).secret
            }
            let (sales, research) = try await (limited("sales"), limited("research"))
            let labs = try await limited("labs")
            let versions = { (code: String, token: String) in
                try await platform.call(
                    Methods.ListBusinessUnitVersions.self, .init(code: code), as: token
                ).versions.map { "\($0.effectiveDate?.month ?? 0)<\($0.parentCode)" }
            }
            #expect(try await versions("emea", owner) == ["0<sales", "9<research", "10<labs"])
            #expect(try await versions("emea", sales) == ["0<sales"])
            // What is planned for one's own unit is shown, but not where it goes.
            #expect(try await versions("emea", research) == ["9<research", "10<"])
            let hidden = await reason { try await versions("emea", labs) }
            #expect(hidden == "BUSINESS_UNIT_NOT_FOUND code")
            let unknown = await reason { try await versions("nowhere", labs) }
            #expect(unknown == hidden)

            let get = { (code: String, date: API.Date?, token: String) in
                try await platform.call(
                    Methods.GetBusinessUnit.self, .init(code: code, asOf: date), as: token)
            }
            let august = Self.date(2026, 8, 31)
            #expect(try await get("emea", august, sales).parentCode == "sales")
            #expect(try await get("emea", nil, research).parentCode == "research")
            // The day ahead has other details, but is seen as today.
            let october = Self.date(2026, 10, 1)
            #expect(try await get("emea", october, research).parentCode == "")
            for (date, token) in [(nil, sales), (october, labs), (august, research)] {
                let refused = await reason { try await get("emea", date, token) }
                #expect(refused == "BUSINESS_UNIT_NOT_FOUND code")
            }
            #expect(try await Self.list(platform, labs, asOf: october) == ["labs<"])
            let ended = try await platform.call(
                Methods.ListBusinessUnits.self, ListBusinessUnitsRequest(showRetired: true),
                as: sales
            ).businessUnits
            #expect(ended.map(\.code) == ["sales"])
            #expect(ended.map(\.successorCode) == [""])
            #expect(try await get("sales", nil, owner).successorCode == "labs")
        }
    }

    /// Two moves that would go round together: the second waits for the first, and sees it.
    @Test func changesAtOnceFollowOneAnother() async throws {
        try await Self.with { platform, owner in
            for round in 0..<5 {
                let pair = ["a\(round)", "b\(round)"]
                for code in pair { try await platform.unit(code, as: owner) }
                let outcomes = await withTaskGroup(of: String.self) { group in
                    for (code, parent) in [(pair[0], pair[1]), (pair[1], pair[0])] {
                        group.addTask {
                            await reason {
                                try await platform.call(
                                    Methods.UpdateBusinessUnit.self,
                                    UpdateBusinessUnitRequest(
                                        code: code, parentCode: parent,
                                        updateMask: ["parent_code"]), as: owner)
                            }
                        }
                    }
                    return await group.reduce(into: []) { $0.append($1) }
                }
                #expect(outcomes.sorted() == ["", "UNIT_MOVE_MAKES_A_CYCLE parent_code"])
            }
        }
    }

    @Test func foreignUnitsAreNotFound() async throws {
        try await Platform.with { platform, operatorToken in
            let first = try await platform.organization("a", by: operatorToken).ownerToken
            let second = try await platform.organization("b", by: operatorToken).ownerToken
            try await platform.unit("theirs", as: first)
            try await platform.unit("ours", as: second)
            let notFound = "BUSINESS_UNIT_NOT_FOUND code"
            let outcomes = [
                await reason {
                    try await platform.call(
                        Methods.GetBusinessUnit.self, .init(code: "theirs"), as: second)
                },
                await reason {
                    try await platform.call(
                        Methods.ListBusinessUnitVersions.self, .init(code: "theirs"), as: second)
                },
                await reason {
                    try await platform.call(
                        Methods.RetireBusinessUnit.self, .init(code: "theirs"), as: second)
                },
                await reason {
                    try await platform.call(
                        Methods.RestoreBusinessUnit.self, .init(code: "theirs"), as: second)
                },
                await reason {
                    try await platform.call(
                        Methods.MergeBusinessUnit.self,
                        .init(code: "theirs", intoCode: "ours"), as: second)
                },
            ]
            #expect(outcomes == Array(repeating: notFound, count: outcomes.count))
            let into = await reason {
                try await platform.call(
                    Methods.MergeBusinessUnit.self, .init(code: "ours", intoCode: "theirs"),
                    as: second)
            }
            #expect(into == "SUCCESSOR_UNIT_NOT_FOUND into_code")
        }
    }
}
