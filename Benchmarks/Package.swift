// swift-tools-version: 6.2
import PackageDescription

// The one peer that is no part of Tallystick: gRPC for Swift. It stands in a package of its own, so
// that building Tallystick neither fetches nor compiles it. The programs that use our modules are
// targets of the package above, which alone may see inside of them.

let swiftSettings: [SwiftSetting] = [
    .swiftLanguageMode(.v6),
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .treatAllWarnings(as: .error),
]

let package = Package(
    name: "tallystick-grpc-peer",
    platforms: [.macOS(.v15)],
    dependencies: [
        .package(url: "https://github.com/grpc/grpc-swift-2", exact: "2.4.3"),
        .package(url: "https://github.com/grpc/grpc-swift-nio-transport", exact: "2.9.2"),
        .package(url: "https://github.com/apple/swift-argument-parser", exact: "1.8.2"),
    ],
    targets: [
        // The package above compiles the same files: both clients measure alike.
        .target(name: "BenchmarkMeasure", path: "Measure", swiftSettings: swiftSettings),
        .executableTarget(
            name: "GRPCPeer",
            dependencies: [
                "BenchmarkMeasure",
                .product(name: "GRPCCore", package: "grpc-swift-2"),
                .product(
                    name: "GRPCNIOTransportHTTP2", package: "grpc-swift-nio-transport"),
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
            ],
            path: "GRPCPeer", swiftSettings: swiftSettings),
    ]
)
