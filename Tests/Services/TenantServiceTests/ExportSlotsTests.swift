import Core
import Testing

@testable import TenantService

@Suite struct ExportSlotsTests {
    private struct Fault: Error {}

    /// No more than may be; and as many again once those that were under way have ended, well or not.
    @Test func noMoreAreUnderWayThanMayBe() async throws {
        let slots = ExportSlots(2)
        for _ in 0..<10 {
            let refused = try await slots.taking { await Self.fail(in: slots) }
            #expect(refused == ServiceError(.resourceExhausted, "EXPORTS_AT_LIMIT", ""))
        }
    }

    /// Takes a slot, is refused another one, and fails.
    private static func fail(in slots: ExportSlots) async -> ServiceError? {
        var refused: ServiceError?
        do {
            try await slots.taking {
                do {
                    try await slots.taking {}
                } catch {
                    refused = error as? ServiceError
                }
                throw Fault()
            }
            return nil
        } catch is Fault {
            return refused
        } catch {
            return nil
        }
    }
}
