import Core
import Domain
import Foundation
import Testing

@testable import Ledger

/// LiteLLM's price map comes to the same rates as the CSV that was made from it.
struct LiteLLMPriceMapTests {
    private static func excerpt() throws -> [UInt8] {
        let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        return [UInt8](
            try Data(contentsOf: folder.appendingPathComponent("LiteLLM/excerpt.json")))
    }

    private static func file(_ models: String) throws -> PriceFile {
        try PriceFile(parsing: Array("{\(models)}".utf8))
    }

    private static func model(_ fields: String, key: String = "m") -> String {
        #""\#(key)": {"litellm_provider": "p", "mode": "chat", \#(fields)}"#
    }

    @Test func everyRateOfTheCSVIsTheSame() throws {
        let map = try PriceFile(parsing: try Self.excerpt())
        #expect(map.format == .liteLLM)
        #expect(map.asOf == nil)
        let csv = try PriceFile(parsing: try CatalogueFixture.bytes())
        let known = Dictionary(
            csv.rows.map { ($0.price.name, $0.price) }, uniquingKeysWith: { first, _ in first })
        var compared = 0
        for row in map.rows {
            guard let price = known[row.price.name] else { continue }
            compared += 1
            #expect(row.price.longContext?.thresholdTokens == price.longContext?.thresholdTokens)
            #expect(row.price.regionMultipliers == price.regionMultipliers, "\(row.key)")
            for line in price.lines {
                let rate = row.price.rate(
                    of: line.key.quantityClass, serviceTier: line.key.serviceTier,
                    isLongContext: line.key.isLong)
                #expect(rate == line.rate, "\(row.key) \(line.key)")
            }
        }
        #expect(compared == 19)
    }

    /// Row 22: rates are read digit by digit.
    @Test func ratesAreExact() throws {
        let literals = [
            ("1.25e-06", "1.25"), ("2.5e-08", "0.025"),
            ("1.7999999999999998e-07", "0.17999999999999998"),
            ("0.000003", "3"), ("0.0", "0"), ("5E-7", "0.5"), ("1e-24", "0.000000000000000001"),
        ]
        for (literal, rate) in literals {
            let file = try Self.file(Self.model(#""input_cost_per_token": \#(literal)"#))
            #expect(file.rows.first?.price.base[.input]?.value.description == rate, "\(literal)")
        }
        // One digit more than a rate has.
        let map =
            #"{\#(Self.model(#""input_cost_per_token": 1e-25"#)), \#(Self.model(#""input_cost_per_token": 1e-6"#, key: "n"))}"#
        let file = try PriceFile(parsing: Array(map.utf8))
        #expect(file.rows.map(\.key) == ["n"])
        #expect(
            file.remarks == [
                PriceRemark(problem: .modelNotRead, field: "input_cost_per_token", models: ["m"])
            ])
    }

    /// Every field that means a rate is known by its class, tier and threshold.
    @Test func fieldsAreUnderstood() throws {
        let fields: [(String, QuantityClass?, String, Int64?)] = [
            ("input_cost_per_token", .input, "standard", nil),
            ("output_cost_per_token_above_200k_tokens", .output, "standard", 200_000),
            (
                "cache_creation_input_token_cost_above_1hr_above_100k_tokens", .cacheWrite1h,
                "standard", 100_000
            ),
            (
                "cache_creation_input_token_cost_above_12hr_above_272k_tokens_priority",
                .cacheWrite12h, "priority", 272_000
            ),
            ("cache_read_input_audio_token_cost_batches", .cacheReadAudio, "batch", nil),
            ("output_cost_per_reasoning_token", .reasoning, "standard", nil),
            ("input_cost_per_token_ultrafast", nil, "standard", nil),
            ("input_cost_per_image_above_128k_tokens", nil, "standard", 128_000),
            ("off_peak_pricing", nil, "standard", nil),
        ]
        for (name, quantityClass, tier, threshold) in fields {
            let field = try #require(LiteLLMPriceField(name: name), "\(name)")
            #expect(field.quantityClass == quantityClass, "\(name)")
            #expect(field.thresholdTokens == threshold, "\(name)")
            if quantityClass != nil { #expect(field.serviceTier == tier, "\(name)") }
        }
        #expect(LiteLLMPriceField(name: "max_input_tokens") == nil)
        #expect(LiteLLMPriceField(name: "supports_vision") == nil)
    }

    /// What would make a price wrong leaves the model out; what meters nothing here is passed over.
    @Test func whatIsNotUnderstoodIsNamed() throws {
        let tiers = { (count: Int) in
            (0..<count).map {
                #"{"range": [\#($0 * 1000), \#(($0 + 1) * 1000)], "input_cost_per_token": \#($0 + 1)e-6}"#
            }.joined(separator: ", ")
        }
        let file = try Self.file(
            [
                Self.model(
                    #""input_cost_per_token": 1e-6, "input_cost_per_token_ultrafast": 2e-6"#,
                    key: "fast"),
                Self.model(#""tiered_pricing": [\#(tiers(2))]"#, key: "two"),
                Self.model(#""tiered_pricing": [\#(tiers(3))]"#, key: "three"),
                Self.model(
                    #"""
                    "input_cost_per_token": 1e-6, "input_cost_per_token_above_100k_tokens": 2e-6,
                    "input_cost_per_token_above_200k_tokens": 3e-6
                    """#, key: "thresholds"),
                Self.model(
                    #"""
                    "input_cost_per_token": 3e-6, "cache_read_input_token_cost": 1e-6,
                    "input_cost_per_token_batches": 1e-6
                    """#, key: "ratio"),
                Self.model(#""input_cost_per_token": 1e-6"#, key: "p/twice"),
                Self.model(#""input_cost_per_token": 2e-6"#, key: "q/twice"),
                Self.model(#""output_cost_per_image": 0.04"#, key: "picture"),
                #""sample_spec": {"input_cost_per_token": "a number"}"#,
                #""speech": {"litellm_provider": "p", "mode": "audio_speech"}"#,
            ].joined(separator: ","))
        #expect(file.rows.map(\.key) == ["p/twice", "fast", "two"])
        let two = try #require(file.rows.last?.price)
        #expect(two.longContext?.thresholdTokens == 1000)
        #expect(two.base[.input]?.value == .one)
        #expect(two.longContext?.rates[.input]?.value == ExactDecimal(2))
        let remarks = file.remarks.map { "\($0.problem.rawValue) \($0.field): \($0.models)" }
        #expect(
            remarks == [
                #"FIELD_NOT_READ input_cost_per_token_ultrafast: ["fast"]"#,
                #"FIELD_NOT_READ output_cost_per_image: ["picture"]"#,
                #"MODEL_NOT_READ input_cost_per_token_above_200k_tokens: ["thresholds"]"#,
                #"MODEL_NOT_READ tiered_pricing: ["three"]"#,
                #"NAMED_TWICE : ["q/twice"]"#,
                #"NOT_PRICED_BY_TOKENS audio_speech: ["speech"]"#,
                #"NOT_PRICED_BY_TOKENS chat: ["picture"]"#,
                #"RATIO_INEXACT cache_read: ["ratio"]"#,
            ])
    }

    /// Row 30: a map that is cut off at any byte is refused, as is one with a value of another kind.
    @Test func badMapsAreRefusedWhole() throws {
        let bytes = try Self.excerpt()
        for length in stride(from: 1, to: bytes.count - 2, by: 1013) {
            #expect(throws: PriceFileError(.truncated), "cut at \(length)") {
                try PriceFile(parsing: Array(bytes.prefix(length)))
            }
        }
        let cases: [(String, PriceFileError)] = [
            ("", PriceFileError(.empty)),
            (#""m": 1"#, PriceFileError(.valueMalformed, model: "m")),
            (#""m" 1"#, PriceFileError(.malformed)),
            (
                Self.model(#""input_cost_per_token": "1e-6""#),
                PriceFileError(.valueMalformed, column: "input_cost_per_token", model: "m")
            ),
            (
                Self.model(#""input_cost_per_token": -1e-6"#),
                PriceFileError(.valueImplausible, column: "input_cost_per_token", model: "m")
            ),
            (
                Self.model(#""output_cost_per_token": 0.02"#),
                PriceFileError(.valueImplausible, column: "output_cost_per_token", model: "m")
            ),
            (
                Self.model(#""input_cost_per_token": 1, "input_cost_per_token": 1"#),
                PriceFileError(.malformed)
            ),
            (
                #""m": {"mode": "chat", "input_cost_per_token": 1e-6}"#,
                PriceFileError(.valueMalformed, column: "litellm_provider", model: "m")
            ),
        ]
        for (models, error) in cases {
            #expect(throws: error, "\(models)") { try Self.file(models) }
        }
    }
}
