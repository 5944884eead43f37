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
    }

    let demo: LocalDemo

    /// Compares every figure of the product's reports with the calculation, to the pico.
    func compare(_ inputs: Inputs, basis: String, token: String?) async throws {
        let folder = LocalDemo.project.appending(path: "Tests/Oracle")
        let simulator = try demo.simulatorURL
        let expected = try await ChildProcess.run(
            Self.python,
            [
                folder.appending(path: "oracle.py").path,
                "--prices",
                LocalDemo.project.appending(path: "deploy/catalogue/prices.csv").path,
                "--definition", inputs.definition.path, "--events", inputs.events.path,
                "--openai", simulator, "--openai-key", inputs.openAIKey,
                "--anthropic", simulator, "--anthropic-key", inputs.anthropicKey,
                "--from", inputs.from, "--now", LocalDemo.now, "--month", LocalDemo.month,
                "--basis", basis,
            ], folder: demo.home)
        try #require(expected.status == 0, "the calculation failed:\n\(expected.standardError)")

        let month = ["--month", LocalDemo.month, "--basis", basis, "--format", "json"]
        let days = [
            "--from", "\(LocalDemo.month)-01", "--through", "\(LocalDemo.month)-31", "--basis",
            basis, "--format", "json",
        ]
        let files = try await [
            "oracle": expected.standardOutput,
            "chargeback": demo.tallySucceeds(["report", "chargeback"] + month, token: token),
            "trend": demo.tallySucceeds(["report", "trend"] + days, token: token),
            "models": demo.tallySucceeds(
                ["report", "models", "--limit", "100"] + month, token: token),
        ]
        var arguments = [folder.appending(path: "compare.py").path]
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

    private static var python: String {
        let places = ["/usr/bin/python3", "/usr/local/bin/python3"]
        return places.first { FileManager.default.isExecutableFile(atPath: $0) }
            ?? "/usr/bin/python3"
    }
}
