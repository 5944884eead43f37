import API
import Testing

@testable import CLI

@Suite struct PatientSenderTests {
    private let time = FakeTime()
    private let event = Event(id: "e")

    private func sender(_ server: FakeServer, patience: Duration = .seconds(60)) -> PatientSender {
        PatientSender(base: server, patience: patience, pace: time.pace, waiting: { _ in })
    }

    @Test func passingFailuresAreRepeatedWithGrowingWaits() async throws {
        let server = FakeServer([.unavailable, .unavailable, .lostAnswer])
        let results = try await sender(server).send([event])
        #expect(results.map(\.outcome) == [.duplicate])
        #expect(server.callCount == 4)
        #expect(time.sleeps.count == 3)
        for (sleep, full) in zip(time.sleeps, [250, 500, 1000]) {
            #expect((.milliseconds(full / 2)...(.milliseconds(full))).contains(sleep))
        }
    }

    @Test func itIsGivenUpWhenPatienceEnds() async throws {
        let server = FakeServer(Array(repeating: .unavailable, count: 1000))
        await #expect(throws: FakeServer.Unavailable.self) {
            try await sender(server).send([event])
        }
        let waited = time.sleeps.reduce(.zero, +)
        #expect(waited > .seconds(50) && waited <= .seconds(60))
    }

    @Test func withoutPatienceThereIsOneCall() async throws {
        let server = FakeServer([.unavailable])
        await #expect(throws: FakeServer.Unavailable.self) {
            try await sender(server, patience: .zero).send([event])
        }
        #expect(server.callCount == 1)
    }

    @Test func lastingFailuresAreNotRepeated() async throws {
        let server = FakeServer([.refused])
        await #expect(throws: FakeServer.Refused.self) {
            try await sender(server).send([event])
        }
        #expect(server.callCount == 1)
        #expect(time.sleeps.isEmpty)
    }
}
