import Core
import Domain
import TestSupport
import Testing

/// Usage objects of each provider become disjoint classes, or are refused by name.
@Suite struct UsageObjectTests {
    /// Rows 5 and 6: each class is what the reference says, once.
    @Test func everyCaseOfTheCorpusIsReadAsItSays() throws {
        let cases = try UsageObjectCase.all()
        #expect(cases.count >= 70)
        #expect(Set(cases.map(\.name)).count == cases.count)
        #expect(Set(cases.map(\.format)) == Set(UsageFormat.allCases))
        for example in cases {
            let found = Self.outcome(example)
            if let refused = example.refused {
                #expect(found.refusal == refused, "\(example)")
                continue
            }
            let object = try #require(found.object, "\(example): \(found.refusal)")
            #expect(object.quantities == example.quantities, "\(example)")
            #expect(object.serviceTier == example.serviceTier, "\(example)")
            #expect(object.region == example.region, "\(example)")
            #expect(object.cost?.decimalText == example.costText, "\(example)")
        }
    }

    /// Row 5: the disjoint classes sum to the provider's total.
    @Test func classesSumToTheProvidersTotal() throws {
        var compared = 0
        for example in try UsageObjectCase.all() where example.refused == nil {
            guard case .object(let fields) = example.object,
                case .number(let total)? = ["total_tokens", "totalTokenCount", "totalTokens"]
                    .lazy.compactMap({ fields[$0] }).first
            else { continue }
            let object = try #require(Self.outcome(example).object)
            #expect(object.quantities.totalTokens == Int64(total), "\(example)")
            compared += 1
        }
        #expect(compared >= 20)
    }

    /// Row 6: the same usage in each provider's convention is the same classes, but that some do not
    /// tell reasoning from output.
    @Test(arguments: [1, 2, 3] as [UInt64])
    func theSameMeaningIsTheSameClassesInEveryConvention(seed: UInt64) throws {
        var random = SeededRandom(seed: seed)
        for round in 0..<200 {
            let usage = SpokenUsage(using: &random, hasWrites: round % 2 == 0)
            for saying in usage.sayings {
                let object = try #require(try UsageObject.read(saying.text, as: saying.format))
                #expect(
                    object.quantities
                        == (saying.tellsReasoning ? usage.quantities : usage.unsplit),
                    "seed \(seed), round \(round), \(saying.name)")
            }
        }
    }

    /// A count that one part more makes larger than its whole, or a total that is off by one, is never
    /// taken for usage, in no convention.
    @Test func aTotalThatIsOffByOneIsRefused() throws {
        var random = SeededRandom(seed: 7)
        for _ in 0..<50 {
            let usage = SpokenUsage(using: &random, hasWrites: false)
            for saying in usage.sayings {
                guard case .object(var fields) = try ExactJSONReader.parse(Array(saying.text.utf8)),
                    let name = fields.keys.first(where: { $0.hasPrefix("total") }),
                    case .number(let total)? = fields[name]
                else { continue }
                for wrong in [Int64(total).map { $0 + 1 }, Int64(total).map { $0 - 1 }] {
                    fields[name] = .number("\(wrong ?? 0)")
                    #expect(throws: ServiceError.self, "\(saying.name)") {
                        try UsageObject.read(ExactJSON.object(fields).text, as: saying.format)
                    }
                }
            }
        }
    }

    /// Row 13: no usage, an explicit zero and a part of it are three different things.
    @Test func nothingZeroAndPartAreToldApart() throws {
        #expect(try UsageObject.read(" null ", as: .openAIChat) == nil)
        let zero = try UsageObject.read(
            #"{"prompt_tokens":0,"completion_tokens":0}"#, as: .openAIChat)
        #expect(zero?.quantities.isEmpty == true)
        let part = #"{"input_tokens":3}"#
        #expect(throws: ServiceError(.invalidArgument, "USAGE_COUNT_MISSING", "")) {
            try UsageObject.read(part, as: .anthropicMessages)
        }
        let partial = try UsageObject.read(part, as: .anthropicMessages, isPartial: true)
        #expect(partial?.quantities == UsageQuantities([Quantity(.input, 3)]))
    }

    @Test(arguments: [
        "", "{", "{]", "nul", #"{"prompt_tokens":1,"prompt_tokens":1}"#, "[]", "7", #""x""#,
        #"{"prompt_tokens":01}"#, #"{"prompt_tokens":1} x"#, "\u{FEFF}{}",
        String(repeating: #"{"a":"#, count: 40),
    ])
    func whatIsNoObjectIsMalformed(text: String) {
        for format in UsageFormat.allCases {
            #expect(throws: ServiceError(.invalidArgument, "USAGE_OBJECT_MALFORMED", "")) {
                try UsageObject.read(text, as: format)
            }
        }
    }

    /// Whatever is sent, it is refused or comes to counts that fit: nothing overflows, nothing is negative.
    @Test(arguments: [1, 2] as [UInt64]) func garbledObjectsAreRefusedOrFit(seed: UInt64) throws {
        var random = SeededRandom(seed: seed)
        let pieces: [[UInt8]] = ["9", "-", ".", "e", "{", "]", "null", "\"", "[]", "999999999999"]
            .map { Array($0.utf8) }
        var read = 0
        for example in try UsageObjectCase.all() {
            for _ in 0..<40 {
                var bytes = Array(example.object.text.utf8)
                for _ in 0..<Int.random(in: 1...3, using: &random) where bytes.count > 2 {
                    let start = Int.random(in: 0..<bytes.count, using: &random)
                    let end = min(bytes.count, start + Int.random(in: 0...2, using: &random))
                    bytes.replaceSubrange(
                        start..<end, with: pieces.randomElement(using: &random) ?? [])
                }
                let text = String(decoding: bytes, as: UTF8.self)
                guard let object = try? UsageObject.read(text, as: example.format) else { continue }
                read += 1
                for quantity in object.quantities.all {
                    #expect(quantity.amount > 0 && quantity.amount < 1 << 60, "\(text)")
                    #expect(quantity.quantityClass.isWellFormed, "\(text)")
                }
            }
        }
        #expect(read > 50)
    }

    /// `12.0` and `1.2e1` are whole numbers, as JSON has them.
    @Test func wholeNumbersMayBeWrittenInAnyWay() throws {
        let object = try UsageObject.read(
            #"{"prompt_tokens":12.0,"completion_tokens":1.2e1,"total_tokens":24}"#, as: .openAIChat)
        #expect(object?.quantities[.input] == 12 && object?.quantities[.outputUnsplit] == 12)
    }

    private static func outcome(
        _ example: UsageObjectCase
    ) -> (object: UsageObject?, refusal: String) {
        do {
            let object = try UsageObject.read(
                example.object.text, as: example.format, isPartial: example.isPartial)
            return (object, "")
        } catch {
            return (nil, "\(error.reason.rawValue) \(error.field ?? "")")
        }
    }
}
