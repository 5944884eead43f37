import Core
import Domain
import TestSupport
import Testing

@testable import Ledger

/// A month of bills, usage and events, and what is said of their differences.
struct ReconcilerTests {
    private static let connection = ConnectionID(UUIDv7(high: 1, low: 2))
    private static let firstDay = Instant(seconds: 1_793_491_200)  // 2026-11-01T00:00:00Z
    private static let dayCount = 30
    private static let settled = firstDay.advanced(bySeconds: 40 * 86_400)
    private static let classes: [QuantityClass] = [.input, .output]

    /// One cell of the bill on one day.
    private struct Cell: Hashable {
        let day: Int
        let project: String
        let model: String
        let quantityClass: QuantityClass
    }

    private static func dimensions(_ cell: Cell) -> DimensionSet {
        DimensionSet(
            provider: "openai", model: cell.model, serviceTier: "standard", project: cell.project,
            connectionID: connection)
    }

    private static func usage(
        _ cell: Cell, _ amount: Int64, kind: RollupRow.Kind = .providerUsage
    ) -> RollupRow {
        RollupRow(
            start: firstDay.advanced(bySeconds: Int64(cell.day) * 86_400 + 3_600), kind: kind,
            dimensions: dimensions(cell), amount: .zero(.usd),
            quantities: UsageQuantities([Quantity(cell.quantityClass, amount)]),
            unpricedEntries: cell.model == "unheard-of" ? 1 : 0)
    }

    private static func charge(_ cell: Cell, _ picos: Int128, line: String = "") -> RollupRow {
        var dimensions = dimensions(cell)
        dimensions.serviceTier = ""
        dimensions.chargeClass = line.isEmpty ? cell.quantityClass : nil
        dimensions.lineItem = line.isEmpty ? "\(cell.model), \(cell.quantityClass.rawValue)" : line
        if !line.isEmpty { dimensions.model = "" }
        return RollupRow(
            start: firstDay.advanced(bySeconds: Int64(cell.day) * 86_400), kind: .charge,
            dimensions: dimensions, amount: Money(picos: picos, currency: .usd))
    }

    /// Picos a token, by hand from the catalogue that ships.
    private static func rate(_ cell: Cell) -> Int128 {
        switch (cell.model, cell.quantityClass) {
        case ("gpt-6-sol", .input): 2_000_000
        case ("gpt-6-sol", _): 10_000_000
        case (_, .input): 100_000
        default: 500_000
        }
    }

    private static let cells = (0..<dayCount).flatMap { day in
        ["a", "b"].flatMap { project in
            ["gpt-6-sol", "gpt-6-luna"].flatMap { model in
                classes.map {
                    Cell(day: day, project: project, model: model, quantityClass: $0)
                }
            }
        }
    }

    /// A month in which everything agrees, before somebody meddles with it.
    private struct Month {
        var usage: [Cell: Int64] = [:]
        var events: [Cell: Int64] = [:]
        var bill: [Cell: Int128] = [:]
        var others: [RollupRow] = []

        init(seed: UInt64) {
            var random = SeededRandom(seed: seed)
            for cell in cells {
                let amount = Int64.random(in: 10_000...5_000_000, using: &random)
                usage[cell] = amount
                events[cell] = amount
                bill[cell] = Int128(amount) * ReconcilerTests.rate(cell)
            }
        }

        var rows: [RollupRow] {
            usage.map { ReconcilerTests.usage($0.key, $0.value) }
                + events.map { ReconcilerTests.usage($0.key, $0.value, kind: .event) }
                + bill.map { charge($0.key, $0.value) } + others
        }

        func reconciled(now: Instant = settled) throws -> Reconciliation {
            try ReconcilerTests.reconciled(rows, now: now)
        }
    }

    private static func reconciled(
        _ rows: [RollupRow], now: Instant = settled
    ) throws -> Reconciliation {
        let reading = ConnectionReading(
            id: connection, displayName: "c", usageThrough: now, costsThrough: now,
            usageReadAt: now, costsReadAt: now, lastReadAt: nil)
        return try Reconciler(
            calculator: CostCalculator(catalogue: CatalogueFixture.catalogue())
        ).reconcile(rows, of: reading, now: now)
    }

    private static func cell(
        _ day: Int, _ project: String = "a", _ model: String = "gpt-6-sol",
        _ quantityClass: QuantityClass = .input
    ) -> Cell {
        Cell(day: day, project: project, model: model, quantityClass: quantityClass)
    }

    @Test func whatAgreesHasNoCauses() throws {
        let month = Month(seed: 1)
        let report = try month.reconciled()
        #expect(report.total.causes.isEmpty)
        #expect(report.total.billed == month.bill.values.reduce(0, +))
        #expect(report.total.usage == report.total.billed)
        #expect(report.total.events == report.total.billed)
        #expect(report.rows.count == Self.dayCount * 2)
        #expect(report.hasEvents)
    }

    /// Row 4: a month with every cause in it; each is named with what it comes to, to the pico, and nothing is
    /// left unexplained.
    @Test(arguments: [1, 2, 3]) func everyCauseIsNamed(seed: UInt64) throws {
        var month = Month(seed: seed)
        var expected: [ReconciliationCause: Int128] = [:]
        // Luna's output costs a fifth less from the 20th day on.
        for cell in Self.cells
        where cell.day >= 20 && cell.model == "gpt-6-luna" && cell.quantityClass == .output {
            let discount = month.bill[cell]! / 5
            month.bill[cell]! -= discount
            expected[.price, default: 0] -= discount
        }
        // A third of a day's bill comes a day late.
        let late = month.bill[Self.cell(3)]! / 3
        month.bill[Self.cell(3)]! -= late
        month.bill[Self.cell(4)]! += late
        // The bill forgets a cell, and the usage report another.
        expected[.unbilledUsage] = -month.bill.removeValue(forKey: Self.cell(7, "b"))!
        let missing = month.bill[Self.cell(9)]!
        month.usage[Self.cell(9)] = nil
        month.events[Self.cell(9)] = nil
        expected[.missingUsage] = missing
        // A credit and a fee.
        month.others.append(Self.charge(Self.cell(11), -7_000_000_000_001, line: "Goodwill"))
        month.others.append(Self.charge(Self.cell(11), 300_000_000_000_007, line: "Storage"))
        expected[.credit] = -7_000_000_000_001
        expected[.otherCharge] = 300_000_000_000_007
        // A model that nobody knows a price of.
        let unknown = Self.cell(12, "a", "unheard-of")
        month.usage[unknown] = 1_000
        month.bill[unknown] = 5_000_000_001
        expected[.unpriced] = 5_000_000_001
        // Calls that went past the gateway, and events that no provider counted.
        let unseen = month.events[Self.cell(14)]! / 4
        month.events[Self.cell(14)]! -= unseen
        let unseenPicos = Int128(unseen) * Self.rate(Self.cell(14))
        month.events[Self.cell(15)]! += 1_234
        expected[.missingEvents] = unseenPicos
        expected[.surplusEvents] = -1_234 * Self.rate(Self.cell(15))

        let report = try month.reconciled()
        #expect(report.total.causes == expected, "seed \(seed)")
        #expect(report.unexplained == 0)
        // What moved between two days is named on both, and comes to nothing.
        let moved = report.rows.compactMap { $0.figures.causes[.timing] }
        #expect(moved == [-late, late])
        let storage = report.rows.first { $0.lineItem == "Storage" }
        #expect(storage?.figures.causes == [.otherCharge: 300_000_000_000_007])
    }

    /// A bill in whole cents differs by what rounding takes and adds, and by no other cause.
    @Test func roundingIsNamed() throws {
        var month = Month(seed: 4)
        var expected: Int128 = 0
        for (cell, picos) in month.bill {
            let cents = (picos + 5_000_000_000) / 10_000_000_000 * 10_000_000_000
            month.bill[cell] = cents
            expected += cents - picos
        }
        let report = try month.reconciled()
        #expect(report.total.causes == [.rounding: expected])
    }

    /// A price that no other day or project was billed at is none; what it takes stays unexplained, and says so.
    @Test func whatHasNoCauseIsUnexplained() throws {
        var month = Month(seed: 5)
        month.bill[Self.cell(6)]! += 1_000_000_000_003
        month.bill[Self.cell(18, "b")]! -= 77_000_000_000
        let report = try month.reconciled()
        #expect(report.total.causes == [.unexplained: 1_000_000_000_003 - 77_000_000_000])
        #expect(report.unexplained == 1_000_000_000_003 + 77_000_000_000)
    }

    /// A day that is a little off the price that all others agree on is not another price.
    @Test(arguments: [3, -3]) func aLittleThatHasNoCauseIsUnexplained(thousandths: Int128) throws {
        for isDiscounted in [false, true] {
            var month = Month(seed: 8)
            if isDiscounted { month.bill = month.bill.mapValues { $0 * 4 / 5 } }
            let discount = try month.reconciled()
            #expect(discount.unexplained == 0)
            // Not by as much both: two that agree tell a price.
            for (cell, part) in [
                (Self.cell(6), thousandths), (Self.cell(18, "b"), 1 - thousandths),
            ] {
                month.bill[cell]! += month.bill[cell]! * part / 1000
            }
            let stray = month.bill.values.reduce(0, +) - discount.total.billed
            var causes = discount.total.causes
            causes[.unexplained] = stray
            let found = try month.reconciled().total.causes
            #expect(found == causes, "\(found) \(causes)")
        }
    }

    /// The bill of a day that is not over, or less than three days old, is told as timing alone.
    @Test func daysThatAreNotFinalAreTiming() throws {
        var month = Month(seed: 6)
        var expected: Int128 = 0
        for cell in Self.cells where cell.day >= 28 {
            let part = month.bill[cell]! / 2
            month.bill[cell] = part
            expected += part - Int128(month.usage[cell]!) * Self.rate(cell)
        }
        let now = Self.firstDay.advanced(bySeconds: 31 * 86_400)
        let report = try month.reconciled(now: now)
        #expect(report.total.causes == [.timing: expected])
        #expect(
            report.rows.filter { !$0.isFinal }.map(\.day).min()
                == CivilDate(dayNumber: Int(UTCDay.number(of: Self.firstDay)) + 28))
    }

    @Test func withoutEventsNothingIsSaidOfThem() throws {
        var month = Month(seed: 7)
        month.events = [:]
        let report = try month.reconciled()
        #expect(!report.hasEvents)
        #expect(report.total.causes.isEmpty)
    }

    @Test func aBillInAnotherCurrencyIsNotCompared() throws {
        var charge = Self.charge(Self.cell(1), 5)
        charge.amount = Money(picos: 5, currency: .eur)
        #expect(throws: ServiceError(.failedPrecondition, "CURRENCY_CONVERSION_MISSING", "")) {
            try Self.reconciled([charge])
        }
        charge.amount = Money(picos: CellDay.amountMax + 1, currency: .usd)
        #expect(throws: ServiceError(.outOfRange, "AMOUNT_OUT_OF_RANGE", "")) {
            try Self.reconciled([charge])
        }
    }

    /// Whatever the data, the causes of each row are its differences, and the rows are the bill.
    @Test(arguments: Array(1...40)) func causesSumToTheDifferences(seed: UInt64) throws {
        let data = RandomMonth(seed: seed)
        for connection in data.connections {
            let rows = data.rows.filter { $0.amount.currency == .usd }
            for now in [
                RandomMonth.firstDay.advanced(bySeconds: 4 * 86_400),
                RandomMonth.firstDay.advanced(bySeconds: 30 * 86_400),
            ] {
                let reading = ConnectionReading(
                    id: connection, displayName: "c", usageThrough: now, costsThrough: now,
                    usageReadAt: now, costsReadAt: now, lastReadAt: nil)
                let report = try Reconciler(
                    calculator: CostCalculator(catalogue: CatalogueFixture.catalogue())
                ).reconcile(rows, of: reading, now: now)
                let billed = rows.filter {
                    $0.kind == .charge && $0.dimensions.connectionID == connection
                }.reduce(Int128(0)) { $0 + $1.amount.picos }
                #expect(report.total.billed == billed)
                for figures in report.rows.map(\.figures) + [report.total] {
                    let ofBill = figures.causes.filter(\.key.isOfBill).values.reduce(0, +)
                    let ofEvents = figures.causes.filter { !$0.key.isOfBill }.values.reduce(0, +)
                    #expect(ofBill == figures.billed - figures.usage, "seed \(seed)")
                    #expect(
                        ofEvents == (report.hasEvents ? figures.usage - figures.events : 0),
                        "seed \(seed)")
                }
                #expect(report.rows.reduce(0) { $0 + $1.figures.billed } == billed)
            }
        }
    }
}
