import API
import Core
import Domain
import TallyClient
import Telemetry
import TestSupport
import Testing

@testable import Server

/// The price catalogue over the wire: imported by operators, seen by everyone.
@Suite struct PriceTests {
    private static func price(
        _ model: String, _ client: Client, at time: String? = nil, region: String = ""
    ) async throws -> Price {
        try await client.call(
            IngestionServiceMethods.GetPrice.self,
            GetPriceRequest(
                provider: "openai", model: model, region: region,
                time: try time.map { Timestamp(try Instant(rfc3339: $0)) }))
    }

    private static let aliasOfNothing =
        "p,b,alias,,,,,,,,,,,,,,,,,,,,alias_of=a,2026-11-01,test,\n"

    private static func rate(_ price: Price, _ name: String, long: Bool = false) -> String? {
        price.rates.first {
            $0.quantityClass == name && $0.serviceTier == "standard" && $0.longContext == long
        }?.rate
    }

    /// What a diff says is what the import then does; the old price goes on to hold for the past.
    @Test func importsDoWhatDiffsSay() async throws {
        try await ServerHarness.with { harness in
            let platform = harness.client(token: harness.operatorToken)
            let member = harness.client(token: try await harness.organization("acme"))
            let before = try await Self.price("gpt-6-sol-2026-10-01", member)
            #expect(before.model == "gpt-6-sol" && before.assumed)
            #expect(Self.rate(before, "input") == "2")
            #expect(Self.rate(before, "input", long: true) == "4")
            #expect(before.longContextTokens == 272_000)
            #expect(before.catalogue?.fileName == "prices.csv")
            #expect(before.catalogue?.asOf == API.Date(try CivilDate("2026-11-01")))
            #expect(before.regionMultipliers.map(\.factor) == ["1.1", "1.1"])
            let upload = try PriceUploads.dearer("gpt-6-sol")
            let diff = try await platform.call(
                IngestionServiceMethods.DiffPrices.self, DiffPricesRequest(upload: upload))
            #expect(diff.refusalReason.isEmpty)
            #expect(diff.unchangedCount == 125)
            let difference = try #require(diff.differences.first)
            #expect(diff.differences.count == 1 && difference.action == .changed)
            #expect(difference.model == "gpt-6-sol")
            let input = try #require(
                difference.rates.first { $0.quantityClass == "input" && !$0.longContext })
            #expect(input.before == "2" && input.after == "8")
            #expect(try await Self.price("gpt-6-sol", member).priceVersion == before.priceVersion)

            let imported = try await platform.call(
                IngestionServiceMethods.ImportPrices.self, ImportPricesRequest(upload: upload))
            #expect(imported.changedCount == 1 && imported.unchangedCount == 125)
            let after = try await Self.price("gpt-6-sol", member)
            #expect(Self.rate(after, "input") == "8")
            #expect(!after.assumed && after.catalogue == imported.catalogue)
            let past = try await Self.price("gpt-6-sol", member, at: "2026-11-01T00:00:00Z")
            #expect(past.priceVersion == before.priceVersion)
            #expect(past.endTime == after.effectiveTime)
            let again = try await platform.call(
                IngestionServiceMethods.ImportPrices.self, ImportPricesRequest(upload: upload))
            #expect(again.alreadyImported && again.catalogue == imported.catalogue)
            await platform.close()
            await member.close()
        }
    }

    /// A model is found by an alias and behind an ARN, and the answer says by which; a diff names aliases that come,
    /// change or lack, and an import counts them.
    @Test func aliasesAreShownAndCompared() async throws {
        try await ServerHarness.with { harness in
            let platform = harness.client(token: harness.operatorToken)
            let price = { (model: String) in
                try await platform.call(
                    IngestionServiceMethods.GetPrice.self,
                    GetPriceRequest(provider: "aws-bedrock", model: model))
            }
            let arn = "arn:aws:bedrock:eu-west-1:123456789012:inference-profile/"
            let alias = "global.anthropic.claude-opus-5-5"
            let own = try await price("anthropic.claude-opus-5-5")
            #expect(own.alias.isEmpty && own.aliasSource.isEmpty)
            for name in [alias, arn + alias] {
                let found = try await price(name)
                #expect(found.model == own.model && found.priceVersion == own.priceVersion)
                #expect(found.alias == alias && found.aliasSource.contains("litellm"))
            }
            let regional = try await price(arn + "eu.anthropic.claude-opus-5-5")
            #expect(regional.model == "eu.anthropic.claude-opus-5-5" && regional.alias.isEmpty)
            let line = "aws-bedrock,\(alias),alias,"
            let shipped = try PriceUploads.shipped()
            #expect(shipped.contains(line))
            let changed =
                shipped.replacing(line, with: "aws-bedrock,new.name,alias,").replacing(
                    "alias_of=anthropic.claude-sonnet-5-5", with: "alias_of=amazon.nova-pro-v1:0")
            let upload = PriceUpload(content: Array(changed.utf8), fileName: "changed")
            let diff = try await platform.call(
                IngestionServiceMethods.DiffPrices.self, DiffPricesRequest(upload: upload))
            #expect(diff.refusalReason.isEmpty && diff.unchangedCount == 126)
            #expect(
                diff.differences.map {
                    "\($0.action) \($0.model) \($0.aliasOfBefore)>\($0.aliasOf)"
                }
                    == [
                        "\(PriceDifference.Action.unlisted) \(alias) >\(own.model)",
                        "\(PriceDifference.Action.changed) global.anthropic.claude-sonnet-5-5 "
                            + "anthropic.claude-sonnet-5-5>amazon.nova-pro-v1:0",
                        "\(PriceDifference.Action.added) new.name >\(own.model)",
                    ])
            let imported = try await platform.call(
                IngestionServiceMethods.ImportPrices.self, ImportPricesRequest(upload: upload))
            #expect(imported.addedAliasCount == 1 && imported.changedAliasCount == 1)
            #expect(imported.addedCount == 0 && imported.changedCount == 0)
            #expect(try await price("new.name").model == own.model)
            #expect(try await price(alias).model == own.model, "what lacks goes on to hold")
            await platform.close()
        }
    }

    /// Row 30: whatever is asked for, its figures name the newest catalogue; a file that is refused makes none.
    @Test func figuresNameTheLastGoodCatalogue() async throws {
        try await ServerHarness.with { harness in
            let platform = harness.client(token: harness.operatorToken)
            let member = harness.client(token: try await harness.organization("acme"))
            let shipped = try await Self.price("gpt-6-sol", member)
            let first = try #require(shipped.catalogue)
            try await Self.expectFigures(name: first, member)
            let stale = try PriceUploads.shipped().replacing("2026-11-01,", with: "2026-10-31,")
            await #expect(throws: TallyError.self) {
                try await platform.call(
                    IngestionServiceMethods.ImportPrices.self,
                    ImportPricesRequest(
                        upload: PriceUpload(content: Array(stale.utf8), fileName: "bad")))
            }
            let unchanged = try await Self.change(member)
            #expect(unchanged.map { $0?.version } == [first.version, first.version])
            let second = try await platform.call(
                IngestionServiceMethods.ImportPrices.self,
                ImportPricesRequest(upload: try PriceUploads.dearer("gpt-6-sol")))
            // Other figures may be 30 seconds behind.
            let changed = try await Self.change(member)
            let version = try #require(second.catalogue?.version)
            #expect(changed.map { $0?.version } == [version, version])
            #expect(version != first.version)
            // Who changed something read the newest for all.
            try await Self.expectFigures(name: try #require(second.catalogue), member)
            await platform.close()
            await member.close()
        }
    }

    /// Of a correction, which is refused without harm, and of a repricing.
    private static func change(_ client: Client) async throws -> [PriceCatalogueVersion?] {
        let day = API.Date(year: 2026, month: 11, day: 1)
        let correction = EventCorrection(
            source: "gateway", id: "nobody", quantities: [], usageState: .missing, reason: "r")
        let corrected = try await client.call(
            IngestionServiceMethods.CorrectEvents.self,
            CorrectEventsRequest(corrections: [correction]))
        let repriced = try await client.call(
            IngestionServiceMethods.RepriceEvents.self,
            RepriceEventsRequest(from: day, through: day, dryRun: true))
        return [corrected.completeness, repriced.completeness].map { $0?.priceCatalogue }
    }

    private static func expectFigures(
        name catalogue: PriceImportRecord, _ client: Client
    ) async throws {
        let day = API.Date(year: 2026, month: 11, day: 1)
        let month = Month(year: 2026, month: 10)
        let summary = try await client.call(
            IngestionServiceMethods.UsageSummary.self,
            UsageSummaryRequest(from: day, through: day))
        let trend = try await client.call(
            IngestionServiceMethods.UsageTrend.self, UsageTrendRequest(from: day, through: day))
        let models = try await client.call(
            IngestionServiceMethods.TopModels.self, TopModelsRequest(from: day, through: day))
        let coverage = try await client.call(
            IngestionServiceMethods.TagCoverage.self, TagCoverageRequest(from: day, through: day))
        let simulation = try await client.call(
            IngestionServiceMethods.SimulatePrices.self, SimulatePricesRequest(month: month))
        let chargeback = try await client.call(
            AllocationServiceMethods.GetChargebackReport.self,
            GetChargebackReportRequest(month: month))
        let said = [
            summary.completeness, trend.completeness, models.completeness, coverage.completeness,
            simulation.completeness, chargeback.completeness,
        ]
        let expected = PriceCatalogueVersion(
            version: catalogue.version, asOf: catalogue.asOf, importTime: catalogue.importTime)
        #expect(said.map { $0?.priceCatalogue } == said.map { _ in expected })
        #expect(expected.version > 0 && expected.asOf != nil && expected.importTime != nil)
    }

    /// Row 30: a refused file is named with the reason and the catalogue that goes on to hold.
    @Test func refusalsSayWhatGoesOnToHold() async throws {
        let registry = PrometheusRegistry()
        var telemetry = ServerTelemetry()
        telemetry.registry = registry
        try await ServerHarness.with(telemetry: telemetry) { harness in
            let platform = harness.client(token: harness.operatorToken)
            let shipped = try PriceUploads.shipped()
            let stale = shipped.replacing("2026-11-01,", with: "2026-10-31,")
            let jumped = shipped.replacing(
                "openai,gpt-6-sol,chat,2,", with: "openai,gpt-6-sol,chat,2000,")
            let free = shipped.replacing(
                "openai,gpt-6-sol,chat,2,", with: "openai,gpt-6-sol,chat,0,")
            let map =
                #"{"m": {"litellm_provider": "p", "mode": "chat", "input_cost_per_token": 0}}"#
            let cases: [(String, String)] = [
                (stale, "PRICE_FILE_STALE"), (jumped, "PRICE_FILE_PRICE_JUMPED"),
                (free, "PRICE_FILE_PRICE_BECAME_FREE"),
                (String(shipped.dropLast(50)), "PRICE_FILE_TRUNCATED"),
                (String(shipped.prefix(8000)), "PRICE_FILE_TRUNCATED"),
                (map, "PRICE_FILE_DATE_MISSING"), ("{}", "PRICE_FILE_EMPTY"),
                (
                    shipped.replacing("openai,gpt-6-sol,chat,2,", with: "openai,gpt-6-sol,chat,4,")
                        .replacing(",2026-11-01,", with: ",2999-01-01,"),
                    "PRICE_FILE_DATE_AHEAD"
                ),
                (shipped + Self.aliasOfNothing, "PRICE_FILE_ALIAS_UNKNOWN"),
            ]
            // As of a feed that broke off at once.
            _ = await #expect(throws: TallyError.self) {
                try await platform.call(
                    IngestionServiceMethods.ImportPrices.self,
                    ImportPricesRequest(upload: PriceUpload(fileName: "nothing")))
            }
            for (content, reason) in cases {
                let upload = PriceUpload(content: Array(content.utf8), fileName: "bad")
                let error = await #expect(throws: TallyError.self) {
                    try await platform.call(
                        IngestionServiceMethods.ImportPrices.self,
                        ImportPricesRequest(upload: upload))
                }
                #expect(error?.reason == reason)
                #expect(
                    error?.message.contains("goes on to hold: prices.csv of 2026-11-01") == true)
            }
            let diff = try await platform.call(
                IngestionServiceMethods.DiffPrices.self,
                DiffPricesRequest(
                    upload: PriceUpload(content: Array(jumped.utf8), fileName: "bad")))
            #expect(diff.refusalReason == "PRICE_FILE_PRICE_JUMPED")
            #expect(diff.differences.map(\.model) == ["gpt-6-sol"])
            let meant = try await platform.call(
                IngestionServiceMethods.DiffPrices.self,
                DiffPricesRequest(
                    upload: PriceUpload(
                        content: Array(free.utf8), fileName: "free", mayBecomeFree: true)))
            #expect(meant.refusalReason.isEmpty)
            #expect(meant.differences.map(\.model) == ["gpt-6-sol"])
            await platform.close()
        }
        // Each is counted; what a diff refuses is none.
        let shown = registry.exposition()
        for (reason, count) in [
            ("PRICE_FILE_STALE", 1), ("PRICE_FILE_TRUNCATED", 2), ("PRICE_FILE_DATE_MISSING", 1),
            ("PRICE_FILE_MISSING", 1), ("PRICE_FILE_DATE_AHEAD", 1),
            ("PRICE_FILE_ALIAS_UNKNOWN", 1),
        ] {
            #expect(
                shown.contains(
                    "\ntally_price_imports_refused_total{reason=\"\(reason)\"} \(count)\n"))
        }
    }

    /// Each check of what is sent, in order.
    @Test func uploadsAreChecked() async throws {
        try await ServerHarness.with { harness in
            let platform = harness.client(token: harness.operatorToken)
            let file = Array(try PriceUploads.shipped().utf8)
            let past = Timestamp(try Instant(rfc3339: "2020-01-01T00:00:00Z"))
            let cases: [(PriceUpload?, String, String)] = [
                (nil, "PRICE_FILE_MISSING", "upload.content"),
                (PriceUpload(fileName: "f"), "PRICE_FILE_MISSING", "upload.content"),
                (PriceUpload(content: file), "FIELD_MISSING", "upload.file_name"),
                (
                    PriceUpload(
                        content: file, fileName: "f", asOf: API.Date(year: 2026, month: 2, day: 31)),
                    "DATE_INVALID", "upload.as_of"
                ),
                (
                    PriceUpload(content: file, fileName: "f", factorMax: 1),
                    "FACTOR_MAX_OUT_OF_RANGE", "upload.factor_max"
                ),
                (
                    PriceUpload(content: file, fileName: "f", vanishedPercentMax: 101),
                    "VANISHED_PERCENT_MAX_OUT_OF_RANGE", "upload.vanished_percent_max"
                ),
                (
                    PriceUpload(content: file, fileName: "f", effectiveTime: past),
                    "EFFECTIVE_TIME_OUT_OF_RANGE", "upload.effective_time"
                ),
            ]
            for (upload, reason, field) in cases {
                let error = await #expect(throws: TallyError.self) {
                    try await platform.call(
                        IngestionServiceMethods.ImportPrices.self,
                        ImportPricesRequest(upload: upload))
                }
                #expect(error?.reason == reason && error?.field == field, "\(reason)")
            }
            let unknown = await #expect(throws: TallyError.self) {
                try await Self.price("gpt-99", platform)
            }
            #expect(unknown?.reason == "PRICE_NOT_FOUND")
            await platform.close()
        }
    }
}
