import Testing

/// Row 22: no binary floating point on a money path. All of `Sources` is one, but for the places named here.
@Suite struct FloatingPointTests {
    /// Files, and folders that end with a slash, that may calculate so, and why no amount suffers from it.
    private static let places: [(path: String, reason: String)] = [
        ("Sources/Forecasting/", "estimates; imports nothing of ours, no amount either"),
        ("Sources/Signals/", "which days are unusual; imports nothing of ours, no amount either"),
        (
            "Sources/Services/BudgetingService/MonthEndEstimate.swift",
            "hands estimates to Forecasting and back; what was spent stays whole"
        ),
        ("Sources/Domain/Period/OrganizationZone.swift", "Foundation's dates, in whole seconds"),
        ("Sources/Platform/Telemetry/Metrics/", "samples of Prometheus are floats"),
        ("Sources/Platform/Telemetry/Logs/LogSink+Metrics.swift", "a sample of Prometheus"),
        ("Sources/TallyClient/ClientTime.swift", "jitter of what is sent again"),
        ("Sources/TallyClient/RepetitionRule.swift", "jitter of what is sent again"),
        ("Sources/Programs/CLI/Ingest/EventSender.swift", "jitter of what is sent again"),
        ("Sources/Programs/Generator/MessageField.swift", "names the types that protobuf has"),
        ("Sources/Programs/Simulator/ControlAPI.swift", "which share of answers is to fail"),
    ]

    private static let words: Set = [
        "Double", "Float", "Float16", "Float32", "Float64", "Float80", "CGFloat", "CDouble",
        "CFloat", "Decimal", "NSDecimalNumber", "NSNumber", "TimeInterval", "FloatingPoint",
        "BinaryFloatingPoint",
    ]

    @Test func noFloatingPointOnMoneyPaths() throws {
        var used: Set<String> = []
        var count = 0
        for file in try SourceTree.files(below: "Sources", endings: [".swift"])
        where !file.path.hasPrefix("Sources/C/") {
            count += 1
            let found = Self.lines(with: file.lines)
            if let place = Self.places.first(where: { Self.holds($0.path, file.path) }) {
                if !found.isEmpty { used.insert(place.path) }
                continue
            }
            for line in found {
                Issue.record("\(file.path):\(line + 1): \(file.lines[line])")
            }
        }
        #expect(count > 500)
        // A place that needs no floats any more is named no more.
        #expect(used == Set(Self.places.map(\.path)))
    }

    /// What the rule finds in a file that prints amounts, once somebody adds it.
    @Test(arguments: [
        (line: "let units = Double(money.picos)", isFound: true),
        (line: "let rate: TimeInterval = 0", isFound: true),
        (line: "func half<T: BinaryFloatingPoint>(_ value: T)", isFound: true),
        (line: "let half = 0.5", isFound: true),
        (line: "let unit = 1e12", isFound: true),
        (line: "let share = Swift.Double.random(in: 0...1)", isFound: true),
        (line: "say(\"costs \\(Double(money.picos)) USD\")", isFound: true),
        (line: "sum(amount_picos)::double precision", isFound: true),
        (line: "// A Double, such as 0.5, would lose picos.", isFound: false),
        (line: "for place in 0..<12 { use(pairs.map { $0.1 }, 0...3, 0x1e2) }", isFound: false),
        (line: "let text = \"0.5\"  // half, 0.5", isFound: false),
    ])
    func floatingPointIsNoticed(line: String, isFound: Bool) throws {
        let file = try SourceTree.file("Sources/Programs/CLI/Output/MoneyText.swift")
        #expect(Self.lines(with: file.lines) == [])
        let place = file.lines.count / 2
        var lines = file.lines
        lines.insert("    \(line)", at: place)
        #expect(Self.lines(with: lines) == (isFound ? [place] : []))
    }

    /// Nor where amounts are stored and sent.
    @Test func noFloatingPointInTablesAndMessages() throws {
        let types: Set = ["double", "float", "float4", "float8", "real"]
        var count = 0
        let files =
            try SourceTree.files(below: "Migrations", endings: [".sql"])
            + SourceTree.files(below: "proto/tally", endings: [".proto"])
        for file in files {
            for (index, line) in file.lines.enumerated() {
                count += 1
                let mark = file.name.hasSuffix(".sql") ? "--" : "//"
                let code = line.firstRange(of: mark).map { line[..<$0.lowerBound] } ?? line[...]
                let words = code.lowercased().split { !$0.isLetter && !$0.isNumber && $0 != "_" }
                let isFloat = words.contains { types.contains(String($0)) }
                #expect(!isFloat, "\(file.path):\(index + 1): \(line)")
            }
        }
        #expect(count > 5_000)
    }

    private static func holds(_ place: String, _ path: String) -> Bool {
        place.hasSuffix("/") ? path.hasPrefix(place) : path == place
    }

    /// Indices of lines that name a type of floats, or write one.
    private static func lines(with lines: [String]) -> [Int] {
        var isText = false
        return lines.indices.filter { index in
            let line = lines[index]
            if line.contains("\"\"\"") {
                isText.toggle()
                return false
            }
            guard !TidyTests.isComment(line) else { return false }
            return namesFloat(line) || (!isText && writesFloat(line))
        }
    }

    private static func namesFloat(_ line: String) -> Bool {
        // In SQL.
        if ["float4", "float8", "double precision"].contains(where: line.contains) { return true }
        // Most lines hold none of the letters: cheaper than to take all of them apart.
        guard ["oat", "Double", "Decimal", "Number", "Interval"].contains(where: line.contains)
        else {
            return false
        }
        return line.split { !$0.isLetter && !$0.isNumber && $0 != "_" }
            .contains { words.contains(String($0)) }
    }

    /// Whether a literal such as `0.5` or `1e9` stands in a line, outside of its texts.
    private static func writesFloat(_ line: String) -> Bool {
        guard line.utf8.contains(where: isDigit) else { return false }
        var code: [UInt8] = []
        var isText = false
        var last: UInt8 = 0
        for byte in line.utf8 {
            if byte == UInt8(ascii: "\""), last != UInt8(ascii: "\\") { isText.toggle() }
            if !isText { code.append(byte) }
            if byte == UInt8(ascii: "/"), last == byte, !isText { break }
            last = byte
        }
        return code.split { !isPart($0) }.contains { word in
            guard let first = word.first, isDigit(first) else { return false }
            let parts = word.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
            let isHexadecimal = parts[0].dropFirst().first == UInt8(ascii: "x")
            return (parts[0].contains(UInt8(ascii: "e")) && !isHexadecimal)
                || (parts.count > 1 && parts[1].first.map(isDigit) == true)
        }
    }

    /// Of a word, or of a number; `$0.1` is none.
    private static func isPart(_ byte: UInt8) -> Bool {
        isDigit(byte) || byte | 0x20 >= UInt8(ascii: "a") && byte | 0x20 <= UInt8(ascii: "z")
            || [UInt8(ascii: "_"), UInt8(ascii: "."), UInt8(ascii: "$")].contains(byte)
    }

    private static func isDigit(_ byte: UInt8) -> Bool {
        byte >= UInt8(ascii: "0") && byte <= UInt8(ascii: "9")
    }
}
