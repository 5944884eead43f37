import Foundation
import Testing

/// Rules of the layout and the style that no compiler checks. A rule learned in review becomes a
/// test here.
@Suite struct TidyTests {
    /// C libraries have one or two importers each, so that their hazards stay in one place.
    @Test(arguments: [
        ("CLibPQ", ["Postgres"]),
        ("COpenSSL", ["TLS", "Encryption"]),
        ("CProtobufC", ["Wire", "API", "BenchmarkMessages", "BenchmarkServer"]),
        ("CFrame", ["Wire", "BenchmarkServer"]),
        ("CMessages", ["API"]),
        ("Hummingbird", ["Simulator"]),
        ("AsyncHTTPClient", ["Providers", "Notifications", "Worker"]),
    ])
    func librariesHaveFewImporters(library: String, allowed: [String]) throws {
        for file in try SourceTree.code()
        where file.lines.contains(where: { Self.imports(library, line: $0) }) {
            let target = Self.target(of: file.path)
            #expect(allowed.contains(target), "\(file.path) imports \(library)")
        }
    }

    @Test func servicesNeverImportEachOther() throws {
        let services = [
            "TenantService", "ConnectionService", "IngestionService", "AllocationService",
            "BudgetingService",
        ]
        for file in try SourceTree.files(below: "Sources/Services", endings: [".swift"]) {
            for service in services where Self.target(of: file.path) != service {
                #expect(
                    !file.lines.contains { Self.imports(service, line: $0) },
                    "\(file.path) imports \(service)")
            }
        }
    }

    /// The layers of CONTRIBUTING.md: what each target of ours may import of ours.
    private static let layers: [(targets: Set<String>, imports: Set<String>)] = {
        let c: Set = ["CLibPQ", "COpenSSL", "CProtobufC", "CFrame", "CMessages"]
        let base: Set = ["Core", "Domain"]
        let platform: Set = [
            "Wire", "TLS", "RPC", "Postgres", "Encryption", "Jobs", "ServiceRuntime", "Telemetry",
        ]
        let leaves: Set = ["Providers", "Notifications"]
        let services: Set = [
            "TenantService", "ConnectionService", "IngestionService", "AllocationService",
            "BudgetingService",
        ]
        let estimates: Set = ["Forecasting", "Signals"]
        let below = platform.union(base)
        let all = below.union(leaves).union(services).union(estimates)
        return [
            (["Core", "Forecasting", "Signals"], []),
            (["Domain"], ["Core"]),
            (platform, below.union(c)),
            (["API"], base.union(["Wire", "CMessages", "CProtobufC"])),
            (["Ledger"], base.union(["Postgres", "Encryption"])),
            (leaves, base),
            (services, below.union(["API", "Ledger", "Forecasting"])),
            (["TallyClient"], base.union(["API", "RPC", "Wire", "TLS"])),
            (
                ["Server", "Worker", "CLI", "Simulator", "Generator"],
                all.union(["API", "Ledger", "TallyClient"])
            ),
            (["BenchmarkMeasure"], []),
            (["BenchmarkMessages"], ["Wire", "CBenchmarkMessages", "CProtobufC"]),
            (
                ["BenchmarkServer"],
                below.union(["BenchmarkMessages", "CBenchmarkMessages", "CFrame", "CProtobufC"])
            ),
            (["BenchmarkClient", "GRPCPeer"], ["BenchmarkMeasure", "TLS"]),
            (["BenchmarkTenancy"], ["BenchmarkMeasure", "TallyClient", "API"]),
            (["BenchmarkIngestion"], ["BenchmarkMeasure", "TallyClient", "API", "Wire"]),
        ]
    }()

    @Test func importsPointDown() throws {
        let ours = Self.layers.reduce(into: Set<String>()) { $0.formUnion($1.targets) }
            .union(["CLibPQ", "COpenSSL", "CProtobufC", "CFrame", "CMessages"])
            .union(["CBenchmarkMessages"])
        for file in try SourceTree.code() {
            let target = Self.target(of: file.path)
            let layer = try #require(
                Self.layers.first { $0.targets.contains(target) }, "\(target) is in no layer")
            for module in file.lines.compactMap(Self.imported) where ours.contains(module) {
                #expect(
                    layer.imports.contains(module), "\(file.path) imports \(module)")
            }
        }
    }

    @Test func nothingCrashesByDesign() throws {
        let banned = ["try! ", " as! ", "fatalError(", "catch {}", "catch { }", "Task.detached"]
        for file in try SourceTree.code()
        where !file.isGenerated {
            for (index, line) in file.lines.enumerated() where !Self.isComment(line) {
                let found = banned.first(where: line.contains)
                #expect(found == nil, "\(file.path):\(index + 1): \(line)")
            }
        }
    }

    /// A proof stands on the line above what the compiler cannot prove.
    @Test func uncheckedSendableSaysWhyItHolds() throws {
        for file in try SourceTree.code()
        where !file.isGenerated {
            for (index, line) in file.lines.enumerated() where !Self.isComment(line) {
                guard line.contains("@unchecked Sendable") || line.contains("nonisolated(unsafe)")
                else { continue }
                let above = file.lines[max(0, index - 4)..<index]
                #expect(
                    above.contains(where: Self.isComment),
                    "\(file.path):\(index + 1) gives no reason: \(line)")
            }
        }
    }

    /// A terminal would obey a text of a server, or a file, that is printed as it came; `StandardOutput.say` and
    /// `StandardError.write` filter it.
    @Test func theCommandLinePrintsInOnePlace() throws {
        let places = ["StandardOutput.swift", "StandardError.swift"]
        let streams = ["Swift.print(", "FileHandle.standardOutput", "FileHandle.standardError"]
        var count = 0
        for file in try SourceTree.files(below: "Sources/Programs/CLI", endings: [".swift"])
        where !places.contains(file.name) {
            // The bar moves by what a terminal obeys.
            let drawn = file.name == "IngestJob.swift" ? [] : ["StandardError.draw("]
            for (index, line) in file.lines.enumerated() where !Self.isComment(line) {
                count += 1
                let found =
                    (streams + drawn).contains(where: line.contains)
                    || ["print", "debugPrint", "dump", "puts", "fputs"].contains {
                        Self.calls($0, line: line)
                    }
                #expect(!found, "\(file.path):\(index + 1): \(line)")
            }
        }
        #expect(count > 3_000)
    }

    /// Whether a line calls a function of that name, and no method.
    private static func calls(_ function: String, line: String) -> Bool {
        // Most lines hold no such word: cheaper than to look for it with what surrounds it.
        guard line.contains("\(function)("), !line.contains("func \(function)(") else {
            return false
        }
        return line.ranges(of: "\(function)(").contains { range in
            let before = line[..<range.lowerBound].last ?? " "
            return !(before == "." || before.isLetter || before.isNumber)
        }
    }

    @Test func filesStayShort() throws {
        for folder in ["Sources", "Tests", "Benchmarks"] {
            for file in try SourceTree.files(below: folder, endings: [".swift"])
            where !file.isGenerated {
                #expect(file.lines.count <= 501, "\(file.path) has \(file.lines.count) lines")
            }
        }
    }

    /// A token of one list must not be taken for a place in another.
    @Test func listsWithPageTokensHaveNumbersOfTheirOwn() throws {
        var numbers: [String: String] = [:]
        for file in try SourceTree.files(below: "Sources/Services", endings: [".swift"]) {
            for match in file.lines.joined(separator: "\n").matches(
                of: #/static let ([A-Za-z]+) = Self\(number: ([0-9]+)\)/#)
            {
                let (name, number) = (String(match.1), String(match.2))
                let other = numbers.updateValue(name, forKey: number)
                #expect(other == nil, "\(name) has the number of \(other ?? "")")
            }
        }
        #expect(numbers.count > 10)
    }

    @Test func migrationsAreNumberedWithoutGapsAndHaveAHead() throws {
        let all = try SourceTree.files(below: "Migrations", endings: [".sql"])
        let folders = Dictionary(grouping: all) { $0.path.dropLast($0.name.count) }
        #expect(Set(folders.keys) == ["Migrations/", "Migrations/keys/"])
        for (index, file) in folders.values.flatMap({ $0.enumerated() }) {
            let number = String(repeating: "0", count: 4 - String(index + 1).count) + "\(index + 1)"
            #expect(file.name.hasPrefix("\(number)_"), "\(file.path) should be number \(number)")
            #expect(file.lines.first?.hasPrefix("--") == true, "\(file.path) has no head comment")
        }
    }

    @Test func everyTableHasAnOwner() throws {
        let readme = try SourceTree.file("Migrations/README.md").lines.joined(separator: "\n")
        for file in try SourceTree.files(below: "Migrations", endings: [".sql"]) {
            for line in file.lines {
                guard let match = line.firstMatch(of: /^CREATE TABLE (?:IF NOT EXISTS )?([a-z_.]+)/)
                else { continue }
                let table = match.1.split(separator: ".").last.map(String.init) ?? String(match.1)
                #expect(
                    readme.contains("`\(table)`"), "\(table) has no owner in Migrations/README.md")
            }
        }
    }

    /// Every statement on an organization's table says whose rows it means, apart from row-level
    /// security, which must hold alone too. The queue of jobs is the workers', who serve everybody.
    @Test func everyStatementNamesItsOrganization() throws {
        // These are made by a function of the migration, with or without partitions.
        var owned: Set = [
            "usage_entries", "usage_event_blocks", "usage_rollups", "idempotency_keys",
            "ledger_entries", "usage_rollups_daily", "usage_rollups_monthly", "usage_rollup_deltas",
            "unmerged_usage_rollups", "current_usage_rollups",
        ]
        for file in try SourceTree.files(below: "Migrations", endings: [".sql"]) {
            let text = file.lines.joined(separator: "\n")
            for table in text.matches(of: /CREATE TABLE ([a-z_]+) \(([^;]*)/)
            where table.2.contains("org_id") && table.1 != "jobs" {
                owned.insert(String(table.1))
            }
        }
        #expect(owned.count > 10)
        var count = 0
        for file in try SourceTree.files(below: "Sources", endings: [".swift"]) {
            guard file.lines.contains(where: { $0.contains("Statement {") }) else { continue }
            let text = file.lines.joined(separator: "\n")
            for part in text.components(separatedBy: "struct ").dropFirst() {
                let head = part.prefix { $0 != "\n" }
                guard head.hasSuffix("Statement {") else { continue }
                let tables = part.matches(of: /(?:FROM|JOIN|INTO|UPDATE) ([a-z_]+)/).map {
                    String($0.1)
                }
                guard !owned.isDisjoint(with: tables) else { continue }
                count += 1
                #expect(part.contains("org_id"), "\(file.path): \(head)")
            }
        }
        #expect(count > 30)
    }

    @Test func nothingIsLeftUnfinished() throws {
        let marks = ["TO" + "DO", "FIX" + "ME", "X" + "XX"]
        let endings = [".swift", ".sql", ".proto", ".sh", ".py", ".md"]
        for folder in ["Sources", "Tests", "Benchmarks", "Migrations", "proto", "deploy"] {
            for file in try SourceTree.files(below: folder, endings: endings)
            where !file.isGenerated {
                for (index, line) in file.lines.enumerated() {
                    #expect(
                        !marks.contains(where: line.contains), "\(file.path):\(index + 1): \(line)")
                }
            }
        }
    }

    private static func target(of path: String) -> String {
        let parts = path.split(separator: "/").map(String.init)
        if parts[0] == "Benchmarks" {
            return parts[1] == "GRPCPeer" ? parts[1] : "Benchmark\(parts[1])"
        }
        let grouped: Set = ["Platform", "Services", "Programs", "C"]
        return grouped.contains(parts[1]) ? parts[2] : parts[1]
    }

    private static func imports(_ module: String, line: String) -> Bool {
        imported(line) == module
    }

    /// The module that a line imports.
    private static func imported(_ line: String) -> String? {
        // A regular expression for each line of the project would take a minute.
        guard line.contains("import ") else { return nil }
        let words = line.firstMatch(of: /^(?:[a-z@_]+ )*import (?:[a-z]+ )?([A-Za-z0-9_]+)/)
        return words.map { String($0.1) }
    }

    static func isComment(_ line: String) -> Bool {
        line.drop { $0 == " " }.hasPrefix("//")
    }
}
