import Domain
import Testing

struct DimensionSetTests {
    private static let composed = "caf\u{e9}"
    private static let decomposed = "cafe\u{301}"

    /// Sets are equal exactly where their stored texts are: by bytes, not by looks.
    @Test func equalityIsThatOfTheBytes() {
        #expect(Self.composed == Self.decomposed)
        let plain = DimensionSet(provider: "p", model: "m")
        let fields: [WritableKeyPath<DimensionSet, String>] = [
            \.provider, \.model, \.requestedModel, \.operation, \.region, \.serviceTier,
            \.contextTier, \.project, \.apiKeyID, \.user, \.feature, \.customer, \.team,
            \.environment, \.source, \.lineItem,
        ]
        for field in fields {
            var left = plain
            left[keyPath: field] = Self.composed
            var right = plain
            right[keyPath: field] = Self.decomposed
            #expect(
                left != right && left.canonicalText.utf8.count != right.canonicalText.utf8.count)
            #expect(left == left && Set([left, right, left]).count == 2)
        }
        for (key, value) in [(Self.decomposed, "v"), ("k", Self.decomposed)] {
            let left = DimensionSet(
                provider: "p", model: "m",
                tags: [
                    .init(
                        key: key == "k" ? "k" : Self.composed,
                        value: key == "k" ? Self.composed : "v")
                ])
            let right = DimensionSet(
                provider: "p", model: "m", tags: [.init(key: key, value: value)])
            #expect(left != right)
        }
    }

    @Test func tagsAreFoundByTheirBytes() {
        let set = DimensionSet(
            provider: "p", model: "m",
            tags: [.init(key: Self.decomposed, value: "1"), .init(key: Self.composed, value: "2")])
        #expect(set.tag(Self.composed) == "2" && set.tag(Self.decomposed) == "1")
        #expect(set.tag("cafe") == "")
    }

    @Test func exactTextOrdersByBytes() {
        let texts = ["b", Self.composed, "a", Self.decomposed, "B"].map { ExactText($0) }
        #expect(
            texts.sorted().map { Array($0.text.utf8) }
                == ["B", "a", "b", Self.decomposed, Self.composed].map { Array($0.utf8) })
        #expect(Set(texts).count == 5)
    }
}
