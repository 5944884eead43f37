import Foundation
import Testing

/// The independent calculation under `Tests/Oracle`, run over the same inputs as the product.
struct Oracle {
    /// What went into one organization.
    struct Inputs {
        let definition: URL
        let events: URL
        let openAIKey: String
        let anthropicKey: String
        /// First UTC day of the pulls.
        let from: String
        /// Ids of the product's connections, where events name them.
        var openAIConnection = "openai"
        var anthropicConnection = "anthropic"
        /// What the providers answered, where it was recorded: else they are asked.
        var pages: URL?
    }

    let demo: LocalDemo

    /// Compares every figure of the product's reports with the calculation, to the pico.
    func compare(_ inputs: Inputs, basis: String, token: String?) async throws {
        let expected = try await calculate(inputs, ["--basis", basis])
        let month = ["--month", LocalDemo.month, "--basis", basis, "--format", "json"]
        let days = [
            "--from", "\(LocalDemo.month)-01", "--through", "\(LocalDemo.month)-31", "--basis",
            basis, "--format", "json",
        ]
        let files = try await [
            "oracle": expected,
            "chargeback": demo.tallySucceeds(["report", "chargeback"] + month, token: token),
            "trend": demo.tallySucceeds(["report", "trend"] + days, token: token),
            "models": demo.tallySucceeds(
                ["report", "models", "--limit", "100"] + month, token: token),
        ]
        var arguments = [Self.folder.appending(path: "compare.py").path]
        for name in ["oracle", "chargeback", "trend", "models"] {
            let file = demo.home.appending(path: "\(name)-\(UUID().uuidString.prefix(8)).json")
            try Data((files[name] ?? "").utf8).write(to: file)
            arguments += ["--\(name)", file.path]
        }
        let comparison = try await ChildProcess.run(
            Self.python, arguments, folder: demo.home)
        #expect(
            comparison.status == 0,
            "\(basis) differs:\n\(comparison.standardOutput)\(comparison.standardError)")
    }

    /// Keeps what the providers answer, as files of JSON named for provider and stream.
    func record(_ inputs: Inputs, into folder: URL) async throws {
        _ = try await calculate(inputs, ["--record", folder.path])
    }

    private static let folder = LocalDemo.project.appending(path: "Tests/Oracle")

    private func calculate(_ inputs: Inputs, _ options: [String]) async throws -> String {
        let simulator = try demo.simulatorURL
        let catalogue = LocalDemo.project.appending(path: "deploy/catalogue/prices.csv")
        let sources =
            inputs.pages.map { ["--pages", $0.path] } ?? [
                "--openai", simulator, "--openai-key", inputs.openAIKey,
                "--anthropic", simulator, "--anthropic-key", inputs.anthropicKey,
            ]
        let output = try await ChildProcess.run(
            Self.python,
            [
                Self.folder.appending(path: "oracle.py").path, "--prices", catalogue.path,
                "--definition", inputs.definition.path, "--events", inputs.events.path,
                "--openai-connection", inputs.openAIConnection,
                "--anthropic-connection", inputs.anthropicConnection,
                "--from", inputs.from, "--now", LocalDemo.now, "--month", LocalDemo.month,
            ] + sources + options, folder: demo.home)
        try #require(output.status == 0, "the calculation failed:\n\(output.standardError)")
        return output.standardOutput
    }

    private static var python: String {
        let places = ["/usr/bin/python3", "/usr/local/bin/python3"]
        return places.first { FileManager.default.isExecutableFile(atPath: $0) }
            ?? "/usr/bin/python3"
    }
}
