import NIOCore

/// Closes a connection that sends more, or lives longer, than one short request needs.
final class RequestLimits: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer

    private let byteCountMax: Int
    private let timeout: TimeAmount
    private var byteCount = 0
    private var timer: Scheduled<Void>?

    init(byteCountMax: Int, timeout: TimeAmount) {
        self.byteCountMax = byteCountMax
        self.timeout = timeout
    }

    func handlerAdded(context: ChannelHandlerContext) {
        let channel = context.channel
        timer = context.eventLoop.scheduleTask(in: timeout) { channel.close(promise: nil) }
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        byteCount += unwrapInboundIn(data).readableBytes
        guard byteCount <= byteCountMax else {
            context.close(promise: nil)
            return
        }
        context.fireChannelRead(data)
    }

    func channelInactive(context: ChannelHandlerContext) {
        timer?.cancel()
        context.fireChannelInactive()
    }
}
