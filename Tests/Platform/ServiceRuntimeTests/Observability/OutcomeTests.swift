import Core
import Logging
import Postgres
import RPC
import ServiceRuntime
import Testing
import Wire

@Suite struct OutcomeTests {
    /// What is counted and logged must not drift from what is answered.
    @Test(
        arguments: [
            ServiceError(.notFound, "ORGANIZATION_NOT_FOUND", ""),
            ServiceError(.internal, "SECRET_REASON", ""), ServiceError(.unknown, "X", ""),
            ServiceError(.dataLoss, "X", ""), ServiceError(.ok, "X", ""),
            ServiceError(.unavailable, "DATABASE_UNAVAILABLE", "", cause: Fault()),
            WireError.malformed(message: "M"), WireError.notUTF8(message: "M", field: "f"),
            CancellationError(), Fault(),
        ] as [any Error])
    func outcomeIsWhatThePeerSees(error: any Error) {
        let quiet = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        let status = ErrorStatus.close(for: error, logger: quiet).status
        let outcome = RPCOutcome(of: error)
        #expect(outcome.code.rawValue == status?.code)
        #expect(outcome.reason?.rawValue == status?.details.first?.reason)
    }
}
