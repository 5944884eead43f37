import Core
import TestSupport
import Testing

@testable import TenantService

@Suite struct PageTests {
    @Test(arguments: ["a", "northwind", "1790000000000000 abcdefghijklmnop", "ü"])
    func tokensReadBack(_ key: String) throws {
        let text = PageToken(.members, after: key).text
        #expect(try PageToken(text, of: .members).key == key)
    }

    @Test func tokensOfAnotherListAreRefused() {
        let text = PageToken(.members, after: "a").text
        #expect(
            reason { _ = try PageToken(text, of: .tokens) } == "PAGE_TOKEN_INVALID page_token")
    }

    @Test func cutOrChangedTokensAreRefused() {
        let text = PageToken(.businessUnits, after: "research").text
        var wrong = (0..<text.count).map { String(text.prefix($0)) }
        wrong += text.indices.map { index in
            text.replacingCharacters(in: index, with: text[index] == "7" ? "8" : "7")
        }
        wrong += [text + "00", text.uppercased() + "F", "research", "é", "\u{0}"]
        wrong.append(String(repeating: "0", count: 4096))
        for text in wrong {
            #expect(
                reason { _ = try PageToken(text, of: .businessUnits) }
                    == "PAGE_TOKEN_INVALID page_token", "\(text)")
        }
    }

    @Test func noiseIsRefused() {
        var random = SeededRandom(seed: 20_261_121)
        let digits = Array("0123456789abcdef")
        for _ in 0..<2000 {
            let count = Int.random(in: 1...80, using: &random)
            let text = String((0..<count).compactMap { _ in digits.randomElement(using: &random) })
            #expect(
                reason { _ = try PageToken(text, of: .tokens) }
                    == "PAGE_TOKEN_INVALID page_token", "seed \(random.seed): \(text)")
        }
    }

    @Test(arguments: [
        (0, 100), (1, 1), (1000, 1000),
    ])
    func sizesHaveADefault(_ size: Int32, _ expected: Int) throws {
        let page = try PageRequest(size: size, token: "", of: .members, sizeDefault: 100)
        #expect(page.size == expected)
        #expect(page.after == nil)
    }

    @Test(arguments: [-1, 1001, .min, .max])
    func sizesHaveBounds(_ size: Int32) {
        let refusal = reason {
            _ = try PageRequest(size: size, token: "", of: .members, sizeDefault: 100)
        }
        #expect(refusal == "PAGE_SIZE_OUT_OF_RANGE page_size")
    }

    @Test func onlyAFullerListHasANextPage() throws {
        let page = try PageRequest(size: 2, token: "", of: .members, sizeDefault: 100)
        #expect(page.limit == 3)
        for count in 0...2 {
            let last = page.page(Array(["a", "b"].prefix(count))) { $0 }
            #expect(last.rows.count == count)
            #expect(last.nextPageToken.isEmpty)
        }
        let first = page.page(["a", "b", "c"]) { $0 }
        #expect(first.rows == ["a", "b"])
        #expect(try PageToken(first.nextPageToken, of: .members).key == "b")
    }

    @Test(arguments: ["", " ", "1", "a b", "1 a b", "9223372036854775808 a"])
    func positionsOfTokensReadBackOrNot(_ key: String) throws {
        #expect(reason { _ = try TokenPosition(key: key) } == "PAGE_TOKEN_INVALID page_token")
        let position = TokenPosition(createTime: Instant(microseconds: -5), id: "abc")
        #expect(try TokenPosition(key: position.key) == position)
    }
}

extension String {
    fileprivate func replacingCharacters(in index: Index, with character: Character) -> String {
        var copy = self
        copy.replaceSubrange(index...index, with: [character])
        return copy
    }
}
