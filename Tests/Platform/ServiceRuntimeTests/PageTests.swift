import Core
import TestSupport
import Testing

@testable import ServiceRuntime

@Suite struct PageTests {
    @Test(arguments: ["a", "northwind", "1790000000000000 abcdefghijklmnop", "ü"])
    func tokensReadBack(_ key: String) throws {
        let text = PageToken(.members, after: key).text
        #expect(try PageToken(text, of: .members).key == key)
    }

    @Test func tokensOfAnotherListAreRefused() {
        let text = PageToken(.members, after: "a").text
        #expect(
            reason { () throws(ServiceError) in _ = try PageToken(text, of: .tokens) }
                == "PAGE_TOKEN_INVALID page_token")
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
                reason { () throws(ServiceError) in _ = try PageToken(text, of: .businessUnits) }
                    == "PAGE_TOKEN_INVALID page_token", "\(text)")
        }
    }

    /// The checksum is no seal: anybody can make a token up. PostgreSQL takes no U+0000 in a text.
    @Test(arguments: ["\u{0}", "a\u{0}b", "a\n", "\u{7F}", "\u{85}"])
    func forgedTokensWithControlCharactersAreRefused(_ key: String) {
        let text = PageToken(.members, after: key).text
        #expect(
            reason { () throws(ServiceError) in _ = try PageToken(text, of: .members) }
                == "PAGE_TOKEN_INVALID page_token")
    }

    @Test func longestNamesFit() throws {
        let name = String(repeating: "😀", count: 200)
        #expect(try PageToken(PageToken(.members, after: name).text, of: .members).key == name)
    }

    @Test func noiseIsRefused() {
        var random = SeededRandom(seed: 20_261_121)
        let digits = Array("0123456789abcdef")
        for _ in 0..<2000 {
            let count = Int.random(in: 1...80, using: &random)
            let text = String((0..<count).compactMap { _ in digits.randomElement(using: &random) })
            #expect(
                reason { () throws(ServiceError) in _ = try PageToken(text, of: .tokens) }
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
        let refusal = reason { () throws(ServiceError) in
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
}

extension PageToken.List {
    fileprivate static let members = Self(number: 201)
    fileprivate static let tokens = Self(number: 202)
    fileprivate static let businessUnits = Self(number: 203)
}

/// Reason and field of what `check` throws; "" where it succeeds.
private func reason(_ check: () throws(ServiceError) -> Void) -> String {
    do {
        try check()
        return ""
    } catch {
        return error.reason.rawValue + (error.field.map { " \($0)" } ?? "")
    }
}

extension String {
    fileprivate func replacingCharacters(in index: Index, with character: Character) -> String {
        var copy = self
        copy.replaceSubrange(index...index, with: [character])
        return copy
    }
}
