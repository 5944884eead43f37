import Domain
import Ledger
import Testing

struct PriceFileTests {
    private static let header = """
        provider,model_key,mode,input,cache_read,cache_write_5m,cache_write_1h,output,\
        tier_threshold_tokens,input_above,cache_read_above,cache_write_above,output_above,\
        batch_input,batch_output,flex_input,flex_output,priority_input,priority_output,notes,\
        date,source
        """

    private static func file(_ lines: String...) -> [UInt8] {
        Array((([header] + lines).joined(separator: "\n") + "\n").utf8)
    }

    private static func line(
        _ name: String, input: String = "1", output: String = "2", notes: String = "",
        threshold: String = "", date: String = "2026-11-21", mode: String = "chat"
    ) -> String {
        "p,\(name),\(mode),\(input),,,,\(output),\(threshold),,,,,,,,,,,\(notes),\(date),test"
    }

    @Test func theShippedFileIsAccepted() throws {
        let file = try PriceFile(parsing: CatalogueFixture.bytes())
        #expect(file.rows.count == 126)
        try PriceImportRules().check(file, after: .empty)
        try PriceImportRules().check(file, after: CatalogueFixture.catalogue(of: file))
        let regions = Set(file.rows.filter { $0.price.provider == "azure" }.map(\.price.region))
        #expect(regions == ["", "us"])
    }

    @Test func namesLoseTheirRoute() throws {
        let file = try PriceFile(
            parsing: Self.file(
                Self.line("plain"), Self.line("route/m"), Self.line("azure/us/m"),
                Self.line("azure_ai/n"), Self.line("groq/openai/o"), Self.line("a.b-v1:0"),
                Self.line("m", input: "9"), Self.line("bedrock/us-east-1/a.b"),
                Self.line("picture", mode: "image_generation")))
        #expect(
            file.rows.map { "\($0.price.region)/\($0.price.model)" }
                == ["/plain", "/m", "us/m", "/n", "/openai/o", "/a.b-v1:0", "us-east-1/a.b"])
        let input = file.rows.first { $0.price.model == "m" }?.price.base[.input]
        #expect(input?.value == .one, "the first row wins")
    }

    /// Row 30: a file cut off at any byte is refused or is whole lines of it.
    @Test func cutFilesAreRefused() throws {
        let bytes = try CatalogueFixture.bytes()
        let whole = CatalogueFixture.catalogue(of: try PriceFile(parsing: bytes))
        for length in stride(from: 0, to: bytes.count - 1, by: 131) {
            let cut = Array(bytes.prefix(length))
            guard cut.last != UInt8(ascii: "\n") else { continue }
            #expect(throws: PriceFileError.self, "cut at \(length)") {
                try PriceImportRules().check(try PriceFile(parsing: cut), after: whole)
            }
        }
        let lines = bytes.split(separator: UInt8(ascii: "\n"))
        let third = Array(lines.prefix(30).joined(separator: [UInt8(ascii: "\n")]))
        #expect(throws: PriceFileError(.modelsVanished)) {
            try PriceImportRules().check(
                try PriceFile(parsing: third + [UInt8(ascii: "\n")]), after: whole)
        }
    }

    /// Row 30: each kind of bad file, with the line and column at fault.
    @Test func badFilesAreRefusedWhole() throws {
        let cases: [([UInt8], PriceFileError)] = [
            ([], PriceFileError(.empty)),
            (Self.file(), PriceFileError(.empty)),
            (
                Array("provider,model_key\n".utf8),
                PriceFileError(.columnMissing, line: 1, column: "mode")
            ),
            (Self.file(Self.line("a"), "p,b,chat"), PriceFileError(.truncated, line: 3)),
            (Self.file(Self.line("a", input: "1,0")), PriceFileError(.truncated, line: 2)),
            (
                Self.file(Self.line("a", input: "x")),
                PriceFileError(.valueMalformed, line: 2, column: "input")
            ),
            (
                Self.file(Self.line("a", input: "-1")),
                PriceFileError(.valueImplausible, line: 2, column: "input")
            ),
            (
                Self.file(Self.line("a"), Self.line("b", output: "10000.01")),
                PriceFileError(.valueImplausible, line: 3, column: "output")
            ),
            (
                Self.file(Self.line("a", threshold: "2")),
                PriceFileError(.valueImplausible, line: 2, column: "tier_threshold_tokens")
            ),
            (
                Self.file(Self.line("a", notes: "multipliers: usx0.5")),
                PriceFileError(.valueImplausible, line: 2, column: "notes")
            ),
            (
                Self.file(Self.line("a", notes: "multipliers: us1")),
                PriceFileError(.valueMalformed, line: 2, column: "notes")
            ),
            (
                Self.file(Self.line("a", date: "2026-02-30")),
                PriceFileError(.valueMalformed, line: 2, column: "date")
            ),
            (
                Self.file(Self.line("")),
                PriceFileError(.valueMalformed, line: 2, column: "model_key")
            ),
        ]
        for (bytes, error) in cases {
            #expect(throws: error) { try PriceFile(parsing: bytes) }
        }
    }

    /// Row 30: what cost something does not cost nothing from one file to the next, unless somebody says so;
    /// what was free may stay so, and may begin to cost.
    @Test func fallsToNothingAreRefused() throws {
        let file = { (input: String) in
            try PriceFile(parsing: Self.file(Self.line("a", input: input)))
        }
        let before = CatalogueFixture.catalogue(of: try file("2"))
        #expect(throws: PriceFileError(.priceBecameFree, line: 2, column: "input")) {
            // However wide the factor.
            try PriceImportRules(factorMax: 1_000_000).check(try file("0"), after: before)
        }
        try PriceImportRules(mayBecomeFree: true).check(try file("0"), after: before)
        let free = CatalogueFixture.catalogue(of: try file("0"))
        try PriceImportRules().check(try file("0"), after: free)
        try PriceImportRules().check(try file("7"), after: free)
    }

    /// Nor does it by a line that it did not have: of a service tier, of long requests, of a class that cost what
    /// another does, of a region, or of a dated name.
    @Test func newLinesThatAreFreeAreRefused() throws {
        let line = { (name: String, input: String, batch: String, above: String, cached: String) in
            let threshold = above.isEmpty ? "" : "200000"
            return "azure,\(name),chat,\(input),\(cached),,,4,\(threshold),\(above),,,\(above),"
                + "\(batch),\(batch),,,,,,2026-11-21,test"
        }
        let known = line("azure/a", "2", "", "", "")
        let before = CatalogueFixture.catalogue(of: try PriceFile(parsing: Self.file(known)))
        let cases: [(lines: [String], isRefused: Bool)] = [
            ([known], false), ([line("azure/a", "2", "1", "4", "0.2")], false),
            ([line("azure/a", "2", "0", "", "")], true),
            ([line("azure/a", "2", "", "0", "")], true),
            ([line("azure/a", "2", "", "", "0")], true),
            ([known, line("azure/us/a", "2", "", "", "")], false),
            ([known, line("azure/us/a", "0", "", "", "")], true),
            ([known, line("azure/b", "0", "", "", "")], false),
            // A dated name, which cost what the one without its date does.
            ([known, line("azure/a-2026-11-01", "0", "", "", "")], true),
            ([known, line("azure/us/a-20261101", "0", "", "", "")], true),
            ([known, line("azure/a-2026-11-01", "900", "", "", "")], false),
            ([known, line("azure/a-2026-13-01", "0", "", "", "")], false),
        ]
        for (lines, isRefused) in cases {
            let after = try PriceFile(parsing: Self.file(lines.joined(separator: "\n")))
            try PriceImportRules(mayBecomeFree: true).check(after, after: before)
            guard isRefused else {
                try PriceImportRules().check(after, after: before)
                continue
            }
            let error = #expect(throws: PriceFileError.self, "\(lines)") {
                try PriceImportRules().check(after, after: before)
            }
            #expect(error?.problem == .priceBecameFree, "\(lines)")
        }
    }

    /// Row 30: a change of unit is not a change of price.
    @Test func jumpsAreRefused() throws {
        let before = CatalogueFixture.catalogue(
            of: try PriceFile(parsing: Self.file(Self.line("a", input: "2"))))
        for (input, isRefused) in [
            ("2", false), ("200", false), ("201", true), ("0.02", false), ("0.019", true),
        ] {
            let after = try PriceFile(parsing: Self.file(Self.line("a", input: input)))
            if isRefused {
                #expect(throws: PriceFileError(.priceJumped, line: 2, column: "input")) {
                    try PriceImportRules().check(after, after: before)
                }
            } else {
                try PriceImportRules().check(after, after: before)
            }
        }
    }

    /// Row 8: what the notes say of a tier holds; long rates of a tier other than batch are never taken
    /// from its short ones; and a ratio without an exact decimal is refused.
    @Test func tiersAreSaidOrFollowExactly() throws {
        let line = { (notes: String) in
            "p,a,chat,10,1,,,50,272000,20,2,,75,5,25,5,25,20,100,\(notes),2026-11-21,test"
        }
        let price = try #require(
            try PriceFile(
                parsing: Self.file(line("flex_input_above=12 | batch_cache_read=0.8"))
            ).rows.first?.price)
        let rate = { (quantityClass: QuantityClass, tier: String, isLong: Bool) in
            price.rate(of: quantityClass, serviceTier: tier, isLongContext: isLong)?.value
                .description
        }
        #expect(rate(.input, "flex", true) == "12")
        #expect(rate(.cacheRead, "flex", true) == "1.2")
        #expect(rate(.output, "flex", true) == "75")
        #expect(rate(.input, "priority", true) == "20")
        #expect(rate(.input, "batch", true) == "10")
        #expect(rate(.cacheRead, "batch", false) == "0.8")
        #expect(rate(.cacheRead, "batch", true) == "1.6")
        #expect(rate(.cacheRead, "flex", false) == "0.5")
        let inexact = "p,a,chat,3,0.1,,,2,,,,,,1,1,,,,,,2026-11-21,test"
        #expect(throws: PriceFileError(.ratioInexact, line: 2, column: "cache_read")) {
            try PriceFile(parsing: Self.file(inexact))
        }
    }

    @Test func quotesAreRead() throws {
        let file = try PriceFile(
            parsing: Self.file(
                Self.line("a", notes: "\"multipliers: usx1.1;fastx2 | q=\"\"1,2\"\"\"")))
        #expect(file.rows.first?.price.regionMultipliers == ["us": try ExactDecimal("1.1")])
    }
}
