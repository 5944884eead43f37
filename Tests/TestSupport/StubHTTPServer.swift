import NIOCore
import NIOHTTP1
import NIOPosix

/// A small HTTP server on a free port of 127.0.0.1, for what calls out.
///
/// `respond` sees each whole request and may wait as long as it likes; one request at a time per
/// connection.
package final class StubHTTPServer: Sendable {
    package struct Request: Sendable {
        package let method: String
        /// Path and query as they came.
        package let target: String
        /// Names in lower case.
        package let headers: [String: String]
        package let body: [UInt8]

        package var path: String { String(target.prefix { $0 != "?" }) }

        /// The values of a query parameter, percent-decoding left undone.
        package func query(_ name: String) -> [String] {
            target.drop { $0 != "?" }.dropFirst().split(separator: "&").compactMap { pair in
                pair.hasPrefix("\(name)=") ? String(pair.dropFirst(name.count + 1)) : nil
            }
        }
    }

    package struct Response: Sendable {
        package var status: Int
        package var headers: [(String, String)]
        package var body: [UInt8]
        /// Close the connection after so many bytes of the body; nil sends all of it.
        package var cutsOffAfter: Int?

        package init(
            status: Int = 200, headers: [(String, String)] = [], body: String = "",
            cutsOffAfter: Int? = nil
        ) {
            self.status = status
            self.headers = headers
            self.body = Array(body.utf8)
            self.cutsOffAfter = cutsOffAfter
        }
    }

    private let channel: any Channel
    package let port: Int

    package var baseURL: String { "http://127.0.0.1:\(port)" }

    package init(_ respond: @escaping @Sendable (Request) async -> Response) async throws {
        let bootstrap = ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.configureHTTPServerPipeline()
                    try channel.pipeline.syncOperations.addHandler(StubHandler(respond))
                }
            }
        channel = try await bootstrap.bind(host: "127.0.0.1", port: 0).get()
        port = channel.localAddress?.port ?? 0
    }

    package func close() async throws {
        try await channel.close()
    }
}

/// Collects a request, asks `respond`, writes the answer.
private final class StubHandler: ChannelInboundHandler {
    typealias InboundIn = HTTPServerRequestPart
    typealias OutboundOut = HTTPServerResponsePart

    private let respond: @Sendable (StubHTTPServer.Request) async -> StubHTTPServer.Response
    private var head: HTTPRequestHead?
    private var body: [UInt8] = []

    init(_ respond: @escaping @Sendable (StubHTTPServer.Request) async -> StubHTTPServer.Response) {
        self.respond = respond
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        switch unwrapInboundIn(data) {
        case .head(let head):
            self.head = head
            body = []
        case .body(let bytes):
            body.append(contentsOf: bytes.readableBytesView)
        case .end:
            guard let head else { return }
            answer(head, context.channel)
        }
    }

    private func answer(_ head: HTTPRequestHead, _ channel: any Channel) {
        var headers: [String: String] = [:]
        for header in head.headers { headers[header.name.lowercased()] = header.value }
        let request = StubHTTPServer.Request(
            method: head.method.rawValue, target: head.uri, headers: headers, body: body)
        let respond = respond
        Task {
            let response = await respond(request)
            var head = HTTPResponseHead(
                version: .http1_1, status: HTTPResponseStatus(statusCode: response.status))
            for (name, value) in response.headers { head.headers.add(name: name, value: value) }
            head.headers.replaceOrAdd(
                name: "content-length", value: String(response.body.count))
            let sent = response.body.prefix(response.cutsOffAfter ?? response.body.count)
            channel.write(HTTPServerResponsePart.head(head), promise: nil)
            channel.write(
                HTTPServerResponsePart.body(.byteBuffer(ByteBuffer(bytes: sent))), promise: nil)
            guard response.cutsOffAfter == nil else {
                channel.flush()
                channel.close(promise: nil)
                return
            }
            channel.writeAndFlush(HTTPServerResponsePart.end(nil), promise: nil)
        }
    }
}
