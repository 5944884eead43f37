import NIOCore
import NIOHTTP1

/// Answers the one request of a connection.
final class MetricsRequestHandler: ChannelInboundHandler {
    typealias InboundIn = HTTPServerRequestPart
    typealias OutboundOut = HTTPServerResponsePart

    struct Answer: Sendable {
        let status: HTTPResponseStatus
        var contentType = "text/plain; charset=utf-8"
        let body: String
    }

    private let content: MetricsListener.Content
    private var head: HTTPRequestHead?
    private var isAnswering = false

    init(content: MetricsListener.Content) {
        self.content = content
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        switch unwrapInboundIn(data) {
        case .head(let head):
            self.head = self.head ?? head
        case .body:
            break
        case .end:
            guard let head, !isAnswering else { return }
            isAnswering = true
            answer(head, context: context)
        }
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        context.close(promise: nil)
    }

    /// Made in a task: a large registry takes a moment to show, and an event loop has calls to serve.
    private func answer(_ head: HTTPRequestHead, context: ChannelHandlerContext) {
        let content = content
        let context = NIOLoopBound(context, eventLoop: context.eventLoop)
        let handler = NIOLoopBound(self, eventLoop: context.eventLoop)
        context.eventLoop.makeFutureWithTask {
            await Self.answer(to: head, content: content)
        }.whenSuccess { answer in
            handler.value.send(answer, to: head, context: context.value)
        }
    }

    static func answer(
        to head: HTTPRequestHead, content: MetricsListener.Content
    ) async -> Answer {
        guard head.method == .GET || head.method == .HEAD else {
            return Answer(status: .methodNotAllowed, body: "Only GET and HEAD are served.\n")
        }
        switch head.uri.prefix(while: { $0 != "?" }) {
        case "/metrics":
            await content.refresh()
            return Answer(
                status: .ok, contentType: ExpositionText.contentType,
                body: content.registry.exposition())
        case "/health/live":
            return Answer(status: .ok, body: "The process lives.\n")
        case "/health/ready":
            let readiness = await content.readiness()
            return Answer(
                status: readiness.isReady ? .ok : .serviceUnavailable,
                body: readiness.detail + "\n")
        default:
            return Answer(
                status: .notFound, body: "There are /metrics, /health/live and /health/ready.\n")
        }
    }

    private func send(
        _ answer: Answer, to request: HTTPRequestHead, context: ChannelHandlerContext
    ) {
        var headers = HTTPHeaders()
        headers.add(name: "content-type", value: answer.contentType)
        headers.add(name: "content-length", value: String(answer.body.utf8.count))
        headers.add(name: "connection", value: "close")
        // RFC 9110, 15.5.6: "The origin server MUST generate an Allow header field".
        if answer.status == .methodNotAllowed { headers.add(name: "allow", value: "GET, HEAD") }
        let head = HTTPResponseHead(version: .http1_1, status: answer.status, headers: headers)
        context.write(wrapOutboundOut(.head(head)), promise: nil)
        if request.method != .HEAD {
            let body = context.channel.allocator.buffer(string: answer.body)
            context.write(wrapOutboundOut(.body(.byteBuffer(body))), promise: nil)
        }
        let channel = context.channel
        context.writeAndFlush(wrapOutboundOut(.end(nil))).whenComplete { _ in
            channel.close(promise: nil)
        }
    }
}
