import Domain
import Testing

@testable import Worker

struct DegradedNoticesTests {
    @Test func aConnectionIsToldOfOnceInAWhile() async {
        let notices = DegradedNotices()
        let (one, other) = (ConnectionID.make(), ConnectionID.make())
        let begin = ContinuousClock.now
        #expect(await notices.isNews(one, now: begin))
        #expect(await notices.isNews(other, now: begin))
        #expect(await !notices.isNews(one, now: begin + .seconds(599)))
        #expect(await notices.isNews(one, now: begin + .seconds(600)))
    }
}
