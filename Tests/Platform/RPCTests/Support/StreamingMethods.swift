import Core
import RPC

extension TestServer {
    /// `Rows`, `Gather` and `Converse` beside the unary methods.
    ///
    /// `Rows` and `Converse` answer with as many messages as the request says, each of `byteCount`
    /// bytes, and fail after the second where it says so; `Gather` answers with what it got.
    static func streams(byteCount: Int = 1, _ signals: TestSignals = TestSignals()) -> RPCRouter {
        var router = router(signals)
        router.registerServerStreaming(Rows.self) { request, writer, _ in
            try await write(request.text, byteCount, to: writer)
        }
        router.registerClientStreaming(Gather.self) { messages, _ in
            var texts: [String] = []
            for try await message in messages { texts.append(message.text) }
            return TextMessage(texts.joined(separator: " "))
        }
        router.registerBidirectionalStreaming(Converse.self) { messages, writer, _ in
            for try await message in messages {
                try await write(message.text, byteCount, to: writer)
            }
        }
        return router
    }

    private static func write(
        _ text: String, _ byteCount: Int, to writer: RPCWriter<TextMessage>
    ) async throws {
        // Tag and length stand before the text.
        let row = TextMessage(String(repeating: "x", count: byteCount))
        for _ in 0..<(Int(text) ?? 2) {
            try await writer.send(row)
        }
        if text == "fail" { throw ServiceError(.failedPrecondition, "TEST_REASON", "as asked") }
    }
}
