import Foundation
import Testing

@testable import Server

struct DescriptorLimitTests {
    @Test func limitIsRaisedAsFarAsItMay() throws {
        var before = rlimit()
        let resource = __rlimit_resource_t(RLIMIT_NOFILE.rawValue)
        #expect(getrlimit(resource, &before) == 0)
        // One less than the most, so that no test beside this one misses any.
        var lowered = before
        lowered.rlim_cur = before.rlim_max - 1
        #expect(setrlimit(resource, &lowered) == 0)
        #expect(DescriptorLimit.raise() == Int(clamping: before.rlim_max))
        var after = rlimit()
        #expect(getrlimit(resource, &after) == 0)
        #expect(after.rlim_cur == before.rlim_max)
    }

    /// Connections over the cap are told so, for which as many again may be open.
    @Test func connectionsToBeRefusedAreCountedToo() {
        let few = DescriptorLimit.needed(connectionsMax: 1000, databaseConnections: 20)
        #expect(few >= 2020)
        let more = DescriptorLimit.needed(connectionsMax: 1001, databaseConnections: 21)
        #expect(more == few + 3)
    }
}
