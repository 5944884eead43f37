import Core
import Logging
import RPC
import TestSupport
import Testing
import Wire

/// What peers are told of errors, and what only the logs are.
@Suite(.rule(13))
struct ErrorStatusTests {
    private let recorder = LogRecorder()

    private func close(for error: any Error) -> Close {
        var logger = Logger(label: "test", factory: { [recorder] _ in recorder })
        logger.logLevel = .trace
        return ErrorStatus.close(for: error, logger: logger)
    }

    @Test func serviceErrorGoesOutWhole() {
        let close = close(
            for: ServiceError(
                .failedPrecondition, "RULE_CLOSED", field: "rules[1]", "It is closed.",
                retryAfter: .microseconds(1_500_001)))
        #expect(
            close
                == Close(
                    status: Status(
                        code: 9, message: "It is closed.",
                        details: [
                            ErrorDetail(
                                reason: "RULE_CLOSED", field: "rules[1]",
                                description: "It is closed.", retryAfterMs: 1501)
                        ])))
        #expect(recorder.lines.isEmpty)
    }

    @Test(arguments: [
        ServiceError(.internal, "SQL", "SELECT 1", cause: nil) as any Error,
        ServiceError(.unknown, "SQL", "SELECT 1"), ServiceError(.dataLoss, "SQL", "SELECT 1"),
        WhateverError(text: "SELECT 1"),
    ])
    func faultsAreIncidentsWithAnOpaqueID(error: any Error) throws {
        let status = try #require(close(for: error).status)
        #expect(status.code == 13)
        #expect(status.details.map(\.reason) == ["INTERNAL"])
        #expect(status.message.hasPrefix("incident "))
        #expect(!"\(status)".contains("SELECT"))
        let id = try #require(status.message.split(separator: " ").last)
        #expect(id.utf8.count == 16)
        let line = try #require(recorder.lines.first)
        #expect(line.contains(id))
        #expect(line.contains("SELECT 1"))
    }

    @Test func causeIsForTheLogsOnly() {
        let close = close(
            for: ServiceError(
                .unavailable, "DATABASE_AWAY", "Try again.", cause: WhateverError(text: "10.0.0.7"))
        )
        #expect(!"\(close)".contains("10.0.0.7"))
        #expect(recorder.lines.first?.contains("10.0.0.7") == true)
    }

    @Test func requestsThatDoNotParseAreInvalidArguments() {
        let malformed = close(for: WireError.malformed(message: "tally.v1.Event"))
        #expect(malformed.status?.code == 3)
        #expect(malformed.status?.details.first?.reason == "MALFORMED_MESSAGE")
        let notUTF8 = close(for: WireError.notUTF8(message: "tally.v1.Event", field: "model"))
        #expect(notUTF8.status?.code == 3)
        #expect(notUTF8.status?.details.first?.field == "model")
    }

    @Test func longTextsAreCut() throws {
        let long = String(repeating: "ä", count: 100_000)
        let close = close(for: ServiceError(.notFound, "GONE", field: long, long))
        #expect(close.serialized().count < 20_000)
        #expect(try #require(close.status).message.hasSuffix("ä…"))
    }
}

private struct WhateverError: Error {
    let text: String
}
