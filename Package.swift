// swift-tools-version: 6.2
import PackageDescription

// An import that is not an arrow of `dependencies:` below fails the build, which runs with
// `--explicit-target-dependency-import-check error`; an arrow against the layers of CONTRIBUTING.md
// fails `TidyTests`.

let swiftSettings: [SwiftSetting] = [
    .swiftLanguageMode(.v6),
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .treatAllWarnings(as: .error),
    // Mutants exist in test builds only: a release build has no code that could switch one on.
    .define("TALLY_MUTANTS", .when(configuration: .debug)),
]

let nio: Target.Dependency = .product(name: "NIOCore", package: "swift-nio")
let nioPosix: Target.Dependency = .product(name: "NIOPosix", package: "swift-nio")
let nioEmbedded: Target.Dependency = .product(name: "NIOEmbedded", package: "swift-nio")
let nioHTTP1: Target.Dependency = .product(name: "NIOHTTP1", package: "swift-nio")
let nioConcurrency: Target.Dependency = .product(
    name: "NIOConcurrencyHelpers", package: "swift-nio")
let logging: Target.Dependency = .product(name: "Logging", package: "swift-log")
let lifecycle: Target.Dependency = .product(
    name: "ServiceLifecycle", package: "swift-service-lifecycle")
let unixSignals: Target.Dependency = .product(
    name: "UnixSignals", package: "swift-service-lifecycle")
let configuration: Target.Dependency = .product(
    name: "Configuration", package: "swift-configuration")
let arguments: Target.Dependency = .product(
    name: "ArgumentParser", package: "swift-argument-parser")
let asyncHTTPClient: Target.Dependency = .product(
    name: "AsyncHTTPClient", package: "async-http-client")
let hummingbird: Target.Dependency = .product(name: "Hummingbird", package: "hummingbird")
let deque: Target.Dependency = .product(name: "DequeModule", package: "swift-collections")
let metrics: Target.Dependency = .product(name: "CoreMetrics", package: "swift-metrics")
let metricsTestKit: Target.Dependency = .product(
    name: "MetricsTestKit", package: "swift-metrics")
let tracing: Target.Dependency = .product(name: "Tracing", package: "swift-distributed-tracing")
let inMemoryTracing: Target.Dependency = .product(
    name: "InMemoryTracing", package: "swift-distributed-tracing")

func target(
    _ name: String, in folder: String = "", _ dependencies: [Target.Dependency]
) -> Target {
    let directory = folder.isEmpty ? name : "\(folder)/\(name)"
    return .target(
        name: name, dependencies: dependencies, path: "Sources/\(directory)",
        swiftSettings: swiftSettings)
}

func program(_ name: String, _ dependencies: [Target.Dependency]) -> Target {
    .executableTarget(
        name: name, dependencies: dependencies, path: "Sources/Programs/\(name)",
        swiftSettings: swiftSettings)
}

func benchmark(_ name: String, _ dependencies: [Target.Dependency]) -> Target {
    .target(
        name: "Benchmark\(name)", dependencies: dependencies, path: "Benchmarks/\(name)",
        swiftSettings: swiftSettings)
}

func benchmarkProgram(_ name: String, _ dependencies: [Target.Dependency]) -> Target {
    .executableTarget(
        name: "Benchmark\(name)", dependencies: dependencies, path: "Benchmarks/\(name)",
        swiftSettings: swiftSettings)
}

func tests(
    _ name: String, in folder: String = "", _ dependencies: [Target.Dependency],
    excluding: [String] = []
) -> Target {
    let directory = folder.isEmpty ? name : "\(folder)/\(name)"
    return .testTarget(
        name: "\(name)Tests", dependencies: dependencies, path: "Tests/\(directory)Tests",
        exclude: excluding, swiftSettings: swiftSettings)
}

let package = Package(
    name: "tallystick",
    products: [
        .executable(name: "tally-server", targets: ["Server"]),
        .executable(name: "tally-worker", targets: ["Worker"]),
        .executable(name: "tally", targets: ["CLI"]),
        .executable(name: "tally-simulator", targets: ["Simulator"]),
        .executable(name: "tally-generator", targets: ["Generator"]),
        .library(name: "TallyClient", targets: ["TallyClient"]),
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-nio", exact: "2.101.2"),
        .package(url: "https://github.com/apple/swift-log", exact: "1.16.2"),
        .package(url: "https://github.com/apple/swift-metrics", exact: "2.13.0"),
        .package(url: "https://github.com/apple/swift-distributed-tracing", exact: "1.7.3"),
        .package(url: "https://github.com/apple/swift-argument-parser", exact: "1.8.2"),
        .package(url: "https://github.com/apple/swift-configuration", exact: "1.4.0"),
        .package(url: "https://github.com/apple/swift-collections", exact: "1.6.0"),
        .package(
            url: "https://github.com/swift-server/swift-service-lifecycle", exact: "2.13.0"),
        .package(url: "https://github.com/swift-server/async-http-client", exact: "1.37.0"),
        .package(url: "https://github.com/hummingbird-project/hummingbird", exact: "2.28.1"),
    ],
    targets: [
        // C: three libraries of the system, and the C that protoc-c generates.
        .systemLibrary(
            name: "CLibPQ", path: "Sources/C/CLibPQ", pkgConfig: "libpq",
            providers: [.apt(["libpq-dev"])]),
        .systemLibrary(
            name: "COpenSSL", path: "Sources/C/COpenSSL", pkgConfig: "openssl",
            providers: [.apt(["libssl-dev"])]),
        .systemLibrary(
            name: "CProtobufC", path: "Sources/C/CProtobufC", pkgConfig: "libprotobuf-c",
            providers: [.apt(["libprotobuf-c-dev"])]),
        // glibc's settings of its allocator, which Swift's module of it leaves out.
        .systemLibrary(name: "CMalloc", path: "Sources/C/CMalloc"),
        // Overwrites what is given back to the allocator; programs that hold providers' keys link it.
        .target(name: "CWipingMemory", path: "Sources/C/CWipingMemory"),
        .target(name: "CFrame", dependencies: ["CProtobufC"], path: "Sources/C/CFrame"),
        .target(name: "CMessages", dependencies: ["CProtobufC"], path: "Sources/C/CMessages"),

        // Core and Domain.
        target("Core", []),
        target("Domain", ["Core"]),

        // Platform: no business words.
        target("Wire", in: "Platform", ["CFrame", "CProtobufC", "Core", nio]),
        target("TLS", in: "Platform", ["COpenSSL", "Core", nio]),
        target(
            "RPC", in: "Platform",
            ["Wire", "TLS", "CMalloc", "Core", nio, nioPosix, logging, lifecycle, deque]),
        target("Postgres", in: "Platform", ["CLibPQ", "Core", logging, metrics, deque]),
        target("Encryption", in: "Platform", ["COpenSSL", "Core"]),
        target("Jobs", in: "Platform", ["Postgres", "Domain", "Core"]),
        target(
            "ServiceRuntime", in: "Platform",
            [
                "RPC", "Wire", "Postgres", "Jobs", "Telemetry", "Domain", "Core", "Encryption",
                logging, metrics, tracing, lifecycle,
            ]),
        target(
            "Telemetry", in: "Platform",
            ["Core", logging, metrics, nio, nioPosix, nioHTTP1, lifecycle]),

        // The contract, the ledger, the services.
        target("API", ["Wire", "CMessages", "CProtobufC", "Domain", "Core"]),
        target("Ledger", ["Postgres", "Encryption", "Domain", "Core"]),
        target(
            "TenantService", in: "Services",
            [
                "API", "ServiceRuntime", "RPC", "Wire", "Postgres", "Domain", "Core", "Encryption",
                "Jobs",
            ]),
        target(
            "ConnectionService", in: "Services",
            [
                "API", "ServiceRuntime", "RPC", "Wire", "Postgres", "Domain", "Core", "Encryption",
                "Ledger", "Jobs",
            ]),
        target(
            "IngestionService", in: "Services",
            [
                "API", "ServiceRuntime", "RPC", "Wire", "Postgres", "Encryption", "Domain", "Core",
                "Ledger", "Jobs",
            ]),
        target(
            "AllocationService", in: "Services",
            [
                "API", "ServiceRuntime", "RPC", "Wire", "Postgres", "Encryption", "Domain", "Core",
                "Ledger",
            ]),
        target(
            "BudgetingService", in: "Services",
            [
                "API", "ServiceRuntime", "RPC", "Wire", "Postgres", "Encryption", "Domain", "Core",
                "Ledger", "Forecasting",
            ]),

        // Leaves.
        target("Providers", ["Domain", "Core", asyncHTTPClient, nio, nioHTTP1]),
        target("Notifications", ["Domain", "Core", asyncHTTPClient, nio, nioHTTP1, logging]),
        target("Forecasting", []),
        target("Signals", []),
        target(
            "TallyClient", ["API", "RPC", "Wire", "TLS", "Domain", "Core", nio, nioPosix, logging]),

        // Programs.
        program(
            "Server",
            [
                "CWipingMemory", "API", "RPC", "Wire", "TLS", "Postgres", "Encryption", "Jobs",
                "ServiceRuntime",
                "Telemetry", "Ledger", "Domain", "Core", "TenantService", "ConnectionService",
                "IngestionService", "AllocationService", "BudgetingService", "Providers",
                arguments, configuration, lifecycle, unixSignals, logging, metrics, nio, nioPosix,
            ]),
        program(
            "Worker",
            [
                "CWipingMemory", "Postgres", "Encryption", "Jobs", "Telemetry", "Ledger", "Domain",
                "Core",
                "Providers", "Notifications", "Forecasting", "Signals", "ServiceRuntime",
                "ConnectionService", "TenantService", "IngestionService", arguments, configuration,
                lifecycle, unixSignals, logging, metrics, asyncHTTPClient,
            ]),
        program(
            "CLI",
            [
                "TallyClient", "API", "Wire", "Forecasting", "Signals", "Encryption", "Domain",
                "Core",
                arguments, configuration,
            ]),
        program("Simulator", ["Domain", "Core", hummingbird, arguments]),
        program("Generator", ["Wire", "Core", arguments]),

        // Benchmarks; the one peer that needs packages of its own is in Benchmarks/Package.swift.
        .target(
            name: "CBenchmarkMessages", dependencies: ["CProtobufC"],
            path: "Benchmarks/CBenchmarkMessages"),
        benchmark("Messages", ["CBenchmarkMessages", "CProtobufC", "Wire"]),
        benchmark("Measure", []),
        benchmarkProgram(
            "Server",
            [
                "CWipingMemory", "BenchmarkMessages", "CBenchmarkMessages", "RPC", "TLS", "Wire",
                "ServiceRuntime", "Postgres", "Encryption", "Telemetry", "Domain", "Core", "CFrame",
                "CProtobufC", nio, nioPosix, deque, logging, lifecycle, unixSignals, arguments,
            ]),
        benchmarkProgram(
            "Client", ["BenchmarkMeasure", "TLS", nio, nioPosix, arguments]),
        benchmarkProgram("Tenancy", ["BenchmarkMeasure", "TallyClient", "API", arguments]),
        benchmarkProgram(
            "Ingestion", ["BenchmarkMeasure", "TallyClient", "API", "Wire", arguments]),

        // Tests.
        .target(
            name: "TestSupport",
            dependencies: [
                "Postgres", "Encryption", "Core", "Domain", logging, nio, nioPosix, nioHTTP1,
            ],
            path: "Tests/TestSupport", exclude: ["Fixtures"], swiftSettings: swiftSettings),
        tests("Core", ["Core"]),
        tests("Domain", ["Domain", "Core", "TestSupport"]),
        tests("Wire", in: "Platform", ["Wire", "CProtobufC", "Core", "TestSupport", nio]),
        tests(
            "TLS", in: "Platform",
            ["TLS", "COpenSSL", "Core", "TestSupport", nio, nioEmbedded, nioPosix]),
        .executableTarget(
            name: "AttackedServer", dependencies: ["RPC", "TLS", "Wire", "CMalloc", logging],
            path: "Tests/Platform/AttackedServer", swiftSettings: swiftSettings),
        tests(
            "RPC", in: "Platform",
            [
                "RPC", "Wire", "TLS", "Core", "API", "TallyClient", "AttackedServer",
                "TestSupport", nio, nioEmbedded, nioPosix, logging, lifecycle,
            ]),
        tests(
            "Postgres", in: "Platform",
            ["Postgres", "Core", "TestSupport", logging, metrics, metricsTestKit]),
        tests("Encryption", in: "Platform", ["Encryption", "Core", "TestSupport"]),
        tests(
            "ServiceRuntime", in: "Platform",
            [
                "ServiceRuntime", "API", "RPC", "Wire", "Postgres", "Encryption", "Telemetry",
                "Domain", "Core", "TestSupport", logging, metrics, metricsTestKit, tracing,
                inMemoryTracing, lifecycle,
            ]),
        tests("Jobs", in: "Platform", ["Jobs", "Postgres", "Domain", "Core", "TestSupport"]),
        tests(
            "Telemetry", in: "Platform",
            ["Telemetry", "Core", "TestSupport", logging, metrics, nio, nioPosix, lifecycle]),
        tests(
            "API",
            [
                "API", "Wire", "CMessages", "CProtobufC", "Domain", "Core", "FuzzTargets",
                "TestSupport",
            ]),
        tests(
            "Ledger", ["Ledger", "Postgres", "Encryption", "Domain", "Core", "TestSupport"],
            excluding: ["Prices/Corpus", "Prices/LiteLLM"]),
        tests(
            "Providers",
            [
                "Providers", "Domain", "Core", "TestSupport", asyncHTTPClient, nio, nioPosix,
                nioHTTP1,
            ]),
        tests(
            "TenantService", in: "Services",
            [
                "TenantService", "API", "ServiceRuntime", "RPC", "Wire", "Postgres", "Encryption",
                "Domain", "Core", "TestSupport", logging,
            ]),
        tests(
            "IngestionService", in: "Services",
            [
                "IngestionService", "API", "ServiceRuntime", "RPC", "Wire", "Postgres",
                "Encryption", "Ledger", "Domain", "Core", "TestSupport", logging,
            ]),
        tests(
            "AllocationService", in: "Services",
            [
                "AllocationService", "API", "ServiceRuntime", "RPC", "Wire", "Postgres", "Ledger",
                "Domain", "Core", "TestSupport", logging,
            ]),
        tests(
            "BudgetingService", in: "Services",
            [
                "BudgetingService", "API", "ServiceRuntime", "RPC", "Wire", "Postgres", "Ledger",
                "Domain", "Core", "Forecasting", "TestSupport", logging,
            ]),
        tests(
            "ConnectionService", in: "Services",
            [
                "ConnectionService", "API", "ServiceRuntime", "RPC", "Wire", "Postgres",
                "Encryption", "Jobs", "Domain", "Core", "TestSupport", logging,
            ]),
        tests("Notifications", ["Notifications", "Domain", "Core", "TestSupport", logging]),
        tests("Forecasting", ["Forecasting", "TestSupport"]),
        tests("Signals", ["Signals", "TestSupport"]),
        tests(
            "Simulator", in: "Programs",
            [
                "Simulator", "Domain", "Core", "TestSupport", hummingbird,
                .product(name: "HummingbirdTesting", package: "hummingbird"),
            ]),
        tests(
            "Server", in: "Programs",
            [
                "Server", "API", "RPC", "TLS", "Wire", "TallyClient", "Postgres", "Encryption",
                "Jobs", "Ledger", "Domain", "Core", "ServiceRuntime", "Telemetry", "TenantService",
                "TestSupport", logging, lifecycle, configuration, arguments,
            ]),
        tests(
            "Worker", in: "Programs",
            [
                "Worker", "Simulator", "Postgres", "Encryption", "Jobs", "Ledger", "Providers",
                "Domain", "Core",
                "ConnectionService", "TenantService", "IngestionService", "AllocationService",
                "Notifications", "API", "ServiceRuntime", "RPC", "Wire",
                "TestSupport", logging, configuration,
            ]),
        tests(
            "CLI", in: "Programs",
            [
                "CLI", "TallyClient", "API", "Wire", "Encryption", "Domain", "Core", "TestSupport",
                arguments,
            ]),
        tests("Generator", in: "Programs", ["Generator", "Wire", "Core", "TestSupport"]),
        tests("BenchmarkMeasure", ["BenchmarkMeasure"]),
        tests(
            "EndToEnd",
            [
                "TallyClient", "API", "Wire", "Ledger", "Postgres", "Domain", "TestSupport", "Core",
                logging,
            ]),
        tests("Tidy", ["TestSupport"]),

        // Fuzzing: what is fuzzed, and the replay of the kept corpus.
        .target(
            name: "FuzzTargets",
            dependencies: ["API", "RPC", "Wire", "CFrame", "CProtobufC", nio],
            path: "Tests/Fuzz/Targets", swiftSettings: swiftSettings),
        tests("Fuzz", in: "Fuzz", ["FuzzTargets", "TestSupport"]),
    ]
)

// Linked with libFuzzer's own main function, which ordinary builds have not: `deploy/local/fuzz`.
if Context.environment["TALLY_FUZZ"] == "1" {
    package.targets.append(
        .executableTarget(
            name: "Fuzz", dependencies: ["FuzzTargets"], path: "Tests/Fuzz/Program",
            swiftSettings: swiftSettings + [.unsafeFlags(["-parse-as-library"])]))
}

// The transport's tests and what they need, which build in a third of the time: `deploy/local/sanitize`.
if Context.environment["TALLY_TRANSPORT_TESTS"] == "1" {
    var kept: Set = ["WireTests", "TLSTests", "RPCTests", "FuzzTests"]
    var count = 0
    while count < kept.count {
        count = kept.count
        for target in package.targets where kept.contains(target.name) {
            for dependency in target.dependencies {
                switch dependency {
                case .targetItem(let name, _), .byNameItem(let name, _): kept.insert(name)
                default: break
                }
            }
        }
    }
    package.targets.removeAll { !kept.contains($0.name) }
    package.products.removeAll { $0.name != "TallyClient" }
}
