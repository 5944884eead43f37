import API
import ArgumentParser
import Testing

@testable import CLI

@Suite struct OutputTests {
    @Test(arguments: [
        ("1234567.500000000000", "1,234,567.50"), ("0.000000000001", "0.000000000001"),
        ("-1000.000000000000", "-1,000.00"), ("999.990000000000", "999.99"),
        ("12.345000000000", "12.345"),
    ])
    func amountsForPeopleAreExactWithoutNeedlessZeros(amount: String, text: String) {
        #expect(MoneyText.display(Money(amount: amount, currencyCode: "USD")) == text)
        #expect(MoneyText.exact(Money(amount: amount, currencyCode: "USD")) == amount)
    }

    /// A token's secret stands in the answer once, apart from what else is said of the token.
    @Test func secretsAreFieldsOfTheirOwn() throws {
        let made = CreateTokenResponse(
            token: Token(id: "abcd", displayName: "ci", roles: [.analyst]), secret: "tly_abcd_x")
        let print = { (format: String) in
            try FormatOption.parse(["--format", format]).text(
                table: { made.secret }, json: { try made.json(isIndented: true) },
                csv: { TokenRows.csv(made.token, secret: made.secret) })
        }
        #expect(try print("table") == "tly_abcd_x\n")
        let json = try JSONValue(parsing: print("json"))
        #expect(json["secret"] == "tly_abcd_x" && json["token"]?["id"] == "abcd")
        let rows = try print("csv").split(separator: "\r\n")
        #expect(rows.count == 2)
        #expect(rows[0].hasPrefix("id,display_name,") && rows[0].hasSuffix(",secret"))
        #expect(rows[1].hasPrefix("abcd,ci,") && rows[1].hasSuffix(",tly_abcd_x"))
        let organization = OrganizationText.rows(Organization(slug: "acme"), ownerToken: "tly_o_x")
        #expect(organization.map(\.last) == ["owner_token", "tly_o_x"])
        #expect(organization[0].count == organization[1].count)
    }

    /// People and spreadsheets see what limits a token, and what of it a frontend's hands on.
    @Test func limitsOfTokensAreShown() throws {
        let tokens = [
            Token(
                id: "abcd", displayName: "portal", roles: [.frontend],
                sourceAddresses: ["10.0.8.0/24"], callsPerSecondMax: 50, eventsPerDayMax: 2_000_000,
                countsWithID: "efgh",
                handedOn: [.sourceAddresses, .expireTime, .callsPerSecond, .eventsPerDay]),
            Token(id: "efgh", displayName: "free", roles: [.owner]),
        ]
        let lines = TokenRows.table(tokens).split(separator: "\n")
        for title in ["Calls/s", "Events/day", "Hands on"] { #expect(lines[0].contains(title)) }
        let cells = [
            "50", "2000000 with efgh", "source-address expires calls-per-second events-per-day",
        ]
        let (limited, free) = (String(lines[2]), String(lines[3]))
        for cell in cells { #expect(limited.contains("  \(cell)"), "\(cell)") }
        #expect(free.split(separator: " ") == ["efgh", "free", "owner"])
        let rows = TokenRows.csv(tokens)
        #expect(Set(rows.map(\.count)).count == 1)
        let values = Dictionary(uniqueKeysWithValues: zip(rows[0], rows[1]))
        #expect(values["calls_per_second_max"] == "50")
        #expect(values["events_per_day_max"] == "2000000")
        #expect(values["handed_on"] == cells[2])
        let json = try JSONValue(parsing: try tokens[0].json(isIndented: true))
        #expect(
            json["handedOn"]
                == .array(
                    TokenLimit.allCases.dropFirst().compactMap { $0.name.map { .string($0) } }))
    }

    @Test(arguments: [
        ("1234.565000000000", "1,234.57"), ("1234.564999999999", "1,234.56"),
        ("-0.005000000000", "-0.01"), ("0.004000000000", "0.00"),
    ])
    func estimatesAreRounded(amount: String, text: String) {
        #expect(MoneyText.estimate(Money(amount: amount, currencyCode: "USD")) == text)
    }

    @Test func pointsStandUnderPoints() {
        var table = Table([.init("Unit"), .init("Cost", .decimal), .init("Calls", .right)])
        table.add(["search", "1.125", "7"])
        table.add(["漢字", "12.50", "10"])
        table.rule()
        table.add(["Total", "13.625"])
        #expect(
            table.text == """
                Unit      Cost  Calls
                ─────────────────────
                search   1.125      7
                漢字    12.50      10
                ─────────────────────
                Total   13.625
                """)
    }

    /// Names come from others; a terminal would obey what they hold.
    @Test func controlCharactersDoNotReachTheTerminal() {
        var table = Table([.init("Name")])
        table.add(["a\u{1b}[31mb\nc"])
        #expect(!table.text.contains("\u{1b}"))
        #expect(table.text.split(separator: "\n").count == 3)
    }

    /// Nor by what a command says in words, or fails with: a server's answer and a file are quoted there.
    @Test(arguments: [
        "\u{1b}[2J", "\u{9b}2J", "\u{7}", "\r", "\u{202e}", "\u{2066}", "\u{200f}", "\u{2028}",
    ])
    func nothingThatATerminalObeysIsSaid(_ text: String) throws {
        let hostile = "Ada\(text)\nGrace"
        let failure = Failure(hostile, field: text, remedy: text).text
        let said = try FormatOption.parse([]).text(
            table: { hostile }, json: { "" }, csv: { [] })
        for shown in [failure, said] {
            let acting = Set(text.unicodeScalars).intersection(shown.unicodeScalars)
            #expect(
                acting.allSatisfy { $0.isASCII && $0.value > 0x20 }, "\(shown.debugDescription)")
        }
        #expect(failure.contains("\n  | Grace") && said.contains("\nGrace"))
        #expect(Table.printable("שלום 👩🏽‍🚀 é") == "שלום 👩🏽‍🚀 é")
    }

    /// Whoever is quoted in a failure gives no advice in the command's name.
    @Test func whatIsQuotedPassesForNoLineOfTheCommand() {
        let forged = "No.\n  next: Pay Mallory.\n  again: and again"
        let text = Failure(forged, field: forged, remedy: forged).text
        let own = text.split(separator: "\n").filter { !$0.hasPrefix("  | ") }
        #expect(own == ["tally: No.", "  field: No.", "  next: No."])
    }

    /// What the server found wrong with a change is no argument that makes no sense.
    @Test func aRefusedChangeOfAnEventIsAFailure() throws {
        let event = try EventName.parse(["gateway", "r-1"])
        let refused = EventChangeResult(
            outcome: .rejected, reason: "EVENT_NOT_FOUND", field: "corrections[0].id",
            description: "No \u{1b}[2J such event.")
        let error = #expect(throws: (any Error).self) {
            try ExplanationText.printChange([refused], of: event)
        }
        let failure = try #require(error.flatMap { Failure($0) })
        #expect(
            failure.text == """
                tally: EVENT_NOT_FOUND: No \u{fffd}[2J such event.
                  field: corrections[0].id
                """)
    }

    @Test func cellsOfCSVAreQuotedWhereTheyMustBe() {
        let rows = [["a", "b,c", "d\"e"], ["f\r\ng", "", "ä"]]
        #expect(CSVText.text(rows) == "a,\"b,c\",\"d\"\"e\"\r\n\"f\r\ng\",,ä\r\n")
    }

    /// Names and addresses come from others too, whichever command writes them; amounts stay numbers.
    @Test(arguments: [
        ("=1+1", "'=1+1"), ("+cmd", "'+cmd"), ("-2+3", "'-2+3"), ("@SUM(A1)", "'@SUM(A1)"),
        ("\t=1", "'\t=1"), ("'=1", "''=1"), ("-1.25", "-1.25"), ("+7", "+7"), ("-", "'-"),
        ("-.", "'-."), ("-1.2.3", "'-1.2.3"), ("'plain", "'plain"), ("a=1", "a=1"),
    ])
    func noCellIsAFormula(_ text: String, _ expected: String) {
        #expect(CSVText.text([[text]]) == "\(expected)\r\n")
        #expect(CSVText.evaluated(expected) == text)
    }

    @Test func plotsShowEveryAmountAboveZero() {
        let plot = TrendPlot(amounts: [0, 1, 500, 1000, -5], width: 80)
        #expect(plot.lines.count == TrendPlot.height)
        #expect(plot.lines.first == "   █ ")
        #expect(plot.lines.last == " ▁██ ")
        #expect(plot.lines[4] == "  ██ ")
    }

    @Test func plotsThatWouldBeTooWideSumUpDays() {
        let plot = TrendPlot(amounts: Array(repeating: 1, count: 90), width: 60)
        #expect(plot.amountsPerColumn == 2)
        #expect(plot.lines.allSatisfy { $0.count == 45 })
        #expect(plot.top == 2)
        let empty = TrendPlot(amounts: [], width: 60)
        #expect(empty.lines.allSatisfy(\.isEmpty) && empty.top == 0)
        let huge = TrendPlot(amounts: [.max, .max / 2], width: 60)
        #expect(huge.lines.first?.first == "█")
    }

    @Test func completenessSaysWhatIsMissing() {
        let money = Money(amount: "3.500000000000", currencyCode: "USD")
        let text = CompletenessText.text(
            Completeness(
                basis: .effective, finalThrough: Timestamp(seconds: 0), provisional: true,
                unpricedEntries: 2, unpricedTokens: 3000, unallocated: money,
                sources: [SourceFreshness(source: "gateway", lastReadAt: Timestamp(seconds: 60))],
                knownAt: Timestamp(seconds: 61),
                priceCatalogue: PriceCatalogueVersion(
                    version: 3, asOf: Date(year: 1969, month: 12, day: 30),
                    importTime: Timestamp(seconds: 7))))
        #expect(
            text == """
                Basis: effective. Final before 1970-01-01T00:00:00Z. Parts may still change.
                Not in these figures: 2 entries without a price, 3,000 tokens.
                Newest price catalogue: 3 of 1969-12-30.
                Given to no unit: 3.50 USD.
                  gateway: read 1970-01-01T00:01:00Z, nothing final
                As known at 1970-01-01T00:01:01Z.
                """)
    }

    /// Who is limited to some units is not told what has no price; a zero would be an answer.
    @Test func whatIsNotToldIsNotSaid() {
        // Nor has every organization a source.
        let told = Completeness(basis: .metered)
        #expect(CompletenessText.text(told).contains("Every entry has a price."))
        #expect(CompletenessText.csv(told)[3...4] == ["0", "0"])
        let untold = Completeness(basis: .metered, ofSomeUnits: true)
        #expect(!CompletenessText.text(untold).contains("price"))
        #expect(CompletenessText.csv(untold)[3...4] == ["", ""])
        // Prices are everybody's; without a day of the file it is the import's that counts.
        let prices = PriceCatalogueVersion(version: 9, importTime: Timestamp(seconds: 7))
        let priced = Completeness(basis: .metered, ofSomeUnits: true, priceCatalogue: prices)
        #expect(
            CompletenessText.text(priced).contains(
                "Newest price catalogue: 9, imported at 1970-01-01T00:00:07Z."))
        #expect(CompletenessText.csv(priced).suffix(3) == ["9", "1970-01-01T00:00:07Z", ""])
        #expect(CompletenessText.csv(priced).count == CompletenessText.csvHeader.count)
    }

    @Test func unitsStandBelowTheirParents() {
        let unit = { (code: String, parent: String) in
            UnitCharge(unitCode: code, parentCode: parent)
        }
        let places = [("b", "a"), ("c", "gone"), ("a", ""), ("d", "b"), ("x", "y"), ("y", "x")]
        let tree = ChargebackText.tree(places.map { unit($0.0, $0.1) })
        #expect(tree.map(\.unit.unitCode) == ["c", "a", "b", "d", "x", "y"])
        #expect(tree.map(\.depth) == [0, 0, 1, 2, 0, 1])
    }

    @Test func longTrendsAreSummedByMonth() throws {
        let days = (0..<90).map { (index: Int) -> TrendDay in
            let date = Date(year: 2026, month: Int32(index / 30 + 1), day: Int32(index % 30 + 1))
            return TrendDay(
                date: date,
                cost: Money(amount: "0.100000000001", currencyCode: "USD"), requests: 1, tokens: 2,
                provisional: index == 89)
        }
        let points = days.map {
            TrendPoint(
                date: $0.date, cost: $0.cost, requests: $0.requests, tokens: $0.tokens,
                provisional: $0.provisional)
        }
        let report = UsageTrendResponse(
            days: days, total: Money(amount: "9.000000000090", currencyCode: "USD"),
            completeness: Completeness(), points: points)
        let text = try TrendText.table(report, by: .day, columns: 80)
        #expect(text.contains("2026-02  3.00000000003"))
        #expect(text.contains("each column: 2 days"))
        let rows = TrendText.rows(report, by: .day)
        #expect(rows.count == 91)
        #expect(rows[1].starts(with: ["2026-01-01", "0.100000000001", "USD", "1", "2", "false"]))
        #expect(rows.allSatisfy { $0.count == rows[0].count })
    }

    @Test func hoursAreNamedByTheLocalClock() throws {
        let money = Money(amount: "1.000000000000", currencyCode: "USD")
        let point = { (second: Int64, offset: Int32) in
            TrendPoint(
                startTime: Timestamp(seconds: second), endTime: Timestamp(seconds: second + 3600),
                date: Date(year: 2026, month: 10, day: 25), utcOffsetSeconds: offset, cost: money)
        }
        // 2026-10-25T00:00:00Z and the hour after, when Berlin's clock shows two again.
        let report = UsageTrendResponse(
            total: money, completeness: Completeness(basis: .billed),
            points: [point(1_792_886_400, 7_200), point(1_792_890_000, 3_600)])
        let names = ["2026-10-25T02:00+02:00", "2026-10-25T02:00+01:00"]
        let text = try TrendText.table(report, by: .hour, columns: 80)
        for name in names { #expect(text.contains("\n\(name)  1.00  ")) }
        let rows = TrendText.rows(report, by: .hour)
        #expect(rows.dropFirst().map { $0[2] } == names)
        #expect(rows[1][0] == "2026-10-25T00:00:00Z")
        #expect(rows.allSatisfy { $0.count == rows[0].count })
        #expect(TrendText.localTime(point(0, -12_600)) == "1969-12-31T20:30-03:30")
    }

    @Test func whatHasNoValueIsToldFromAnEmptyOne() {
        let figures = UsageFigures(
            cost: Money(amount: "1.250000000000", currencyCode: "USD"), requests: 3, tokens: 4_000)
        let report = UsageSummaryResponse(
            rows: [
                UsageSummaryRow(
                    values: [DimensionValue(value: "=search"), DimensionValue(absent: true)],
                    figures: figures),
                UsageSummaryRow(
                    values: [DimensionValue(value: "ads"), DimensionValue()], figures: figures),
            ], other: figures, otherRows: 7, total: figures,
            completeness: Completeness(basis: .billed))
        let names = ["team", "tag:env"]
        let text = UsageSummaryText.table(report, by: names, span: "today")
        #expect(text.contains("=search   (none)   1.25         3   4,000\n"))
        #expect(text.contains("ads       (empty)  1.25"))
        #expect(text.contains("\n7 others"))
        let rows = UsageSummaryText.rows(report, by: names)
        #expect(rows[1].starts(with: ["row", "=search", "false", "", "true", "1.250000000000"]))
        #expect(rows[2].starts(with: ["row", "ads", "false", "", "false", "1.250000000000"]))
        #expect(rows.map(\.first) == ["row", "row", "row", "other", "total"])
        let whole = UsageSummaryText.table(
            UsageSummaryResponse(rows: [UsageSummaryRow(figures: figures)], total: figures),
            by: [], span: "today")
        #expect(whole.split(separator: "\n").filter { $0.contains("1.25") }.count == 1)
    }

    @Test(arguments: [
        ("0.123456", "12.3456 %"), ("1.000000", "100.0000 %"), ("0.000000", "0.0000 %"),
        ("-0.050000", "-5.0000 %"), ("12.500000", "1250.0000 %"), ("", ""),
    ])
    func sharesArePercent(share: String, text: String) {
        #expect(UsageTagsText.percent(share) == text)
    }

    @Test func everyRowOfCSVCarriesItsCompleteness() {
        let money = Money(amount: "1.000000000000", currencyCode: "USD")
        let figures = UsageFigures(cost: money)
        let summary = UsageSummaryResponse(
            rows: [UsageSummaryRow(values: [DimensionValue(value: "a")], figures: figures)],
            other: figures, total: figures, completeness: Completeness(basis: .billed))
        let tags = TagCoverageResponse(
            dimensions: [
                DimensionCoverage(dimension: "team", covered: figures, absent: figures, share: "1")
            ], untagged: figures, total: figures, completeness: Completeness(basis: .billed))
        let chargeback = ChargebackReport(
            month: Month(year: 2026, month: 3), units: [UnitCharge(unitCode: "a", total: money)],
            total: money, unallocated: money, completeness: Completeness(basis: .billed))
        let models = TopModelsResponse(
            models: [ModelUsage(provider: "p", cost: money)], other: money, total: money,
            completeness: Completeness(basis: .billed))
        for rows in [
            ChargebackText.rows(chargeback), ModelsText.rows(models),
            UsageSummaryText.rows(summary, by: ["team"]), UsageTagsText.rows(tags),
        ] {
            #expect(rows.allSatisfy { $0.count == rows[0].count })
            #expect(rows.dropFirst().allSatisfy { $0.contains("billed") })
        }
    }
}
