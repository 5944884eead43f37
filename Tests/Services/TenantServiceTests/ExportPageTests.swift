import TestSupport
import Testing

@testable import TenantService

/// How an export is cut, without a database.
@Suite struct ExportPageTests {
    private static func rows(_ count: Int, bytes: Int) -> [ExportedRow] {
        (0..<count).map { .init(key: "[\"\($0)\"]", content: String(repeating: "x", count: bytes)) }
    }

    @Test func readsComeToAboutAMegabyteWhateverTheRows() {
        var small = ExportPage()
        for _ in 0..<20 {
            let isMore = small.follow(Self.rows(small.limit, bytes: 10))
            #expect(isMore)
        }
        #expect(small.limit == 4096)
        var large = ExportPage()
        for _ in 0..<20 {
            let isMore = large.follow(Self.rows(large.limit, bytes: ExportPage.byteCount))
            #expect(isMore)
        }
        // Two rows of a megabyte each are too many for one read.
        #expect(large.limit == 1 && large.lastKey == "[\"0\"]")
        let isMore = large.follow([])
        #expect(!isMore)
    }

    @Test func messagesHoldTheRowsInOrderAndStayInBounds() {
        var random = SeededRandom(seed: 20_261_122)
        for _ in 0..<50 {
            let rows = (0..<Int.random(in: 0...40, using: &random)).map { number in
                "\(number) "
                    + String(
                        repeating: "x",
                        count: Int.random(in: 0...(ExportPage.byteCount + 9), using: &random) / 3)
            }
            let parts = ExportPage.parts(rows)
            #expect(parts.flatMap { $0 } == rows, "seed \(random.seed)")
            for part in parts {
                #expect(!part.isEmpty)
                #expect(
                    part.count == 1
                        || part.reduce(0) { $0 + $1.utf8.count } <= ExportPage.byteCount)
            }
        }
    }
}
