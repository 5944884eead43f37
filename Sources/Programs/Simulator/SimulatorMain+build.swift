import Hummingbird

/// The HTTP shell: turns the server's requests and responses into the simulator's and back.
struct StandInResponder: HTTPResponder {
    typealias Context = BasicRequestContext

    /// A body that breaks off, on purpose.
    struct Disconnected: Error {}

    /// Pieces of a body that comes a few bytes at a time.
    static let trickles = 20

    let standIn: StandIn

    func respond(to request: Request, context: Context) async throws -> Response {
        var headers: [String: String] = [:]
        for field in request.headers {
            headers[field.name.canonicalName] = field.value
        }
        let answer = standIn.respond(
            to: SimulatedRequest(
                method: request.method.rawValue, target: request.head.path ?? "/",
                headers: headers))
        if answer.delay > .zero { try await Task.sleep(for: answer.delay) }
        return Self.response(answer)
    }

    private static func response(_ answer: SimulatedResponse) -> Response {
        var headers = HTTPFields()
        for header in answer.headers {
            if let name = HTTPFields.Element.Name(header.name) { headers[name] = header.value }
        }
        switch answer.body {
        case .json: headers[.contentType] = "application/json"
        case .text(_, let type): headers[.contentType] = type
        }
        let whole = ByteBuffer(string: answer.body.text)
        let half = ByteBuffer(whole.readableBytesView.prefix(whole.readableBytes / 2))
        let status = HTTPResponse.Status(code: answer.status)
        switch answer.delivery {
        case .whole:
            return Response(status: status, headers: headers, body: .init(byteBuffer: whole))
        case .truncated:
            return Response(status: status, headers: headers, body: .init(byteBuffer: half))
        case .trickled(let time):
            let body = ResponseBody(contentLength: whole.readableBytes) { writer in
                let size = max(1, whole.readableBytes / Self.trickles)
                for start in stride(from: 0, to: whole.readableBytes, by: size) {
                    try await Task.sleep(for: time / Self.trickles)
                    let end = min(whole.readableBytes, start + size)
                    try await writer.write(
                        ByteBuffer(whole.readableBytesView.dropFirst(start).prefix(end - start)))
                }
                try await writer.finish(nil)
            }
            return Response(status: status, headers: headers, body: body)
        case .disconnected:
            let body = ResponseBody(contentLength: whole.readableBytes) { writer in
                try await writer.write(half)
                throw Disconnected()
            }
            return Response(status: status, headers: headers, body: body)
        }
    }
}

extension SimulatorMain {
    /// The program that `serve` runs, as tests build it too. It listens on 127.0.0.1 only.
    static func build(
        _ standIn: StandIn, port: Int, onListening: @escaping @Sendable (Int) async -> Void
    ) -> Application<StandInResponder> {
        Application(
            responder: StandInResponder(standIn: standIn),
            configuration: ApplicationConfiguration(
                address: .hostname("127.0.0.1", port: port),
                serverName: "tally-simulator (stand-in)"),
            onServerRunning: { channel in
                await onListening(channel.localAddress?.port ?? port)
            })
    }
}
