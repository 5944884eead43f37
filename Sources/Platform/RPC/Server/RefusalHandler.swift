import NIOCore
import Wire

/// Tells a connection far over the caps to go, as far as that costs nothing, and closes it in the
/// same turn of the loop.
///
/// It waits for nothing, so that however many come, none of them is held: a peer that has sent
/// something already may see the connection reset rather than the `GoAway`.
final class RefusalHandler: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    /// Written once for all.
    private static let goAway = {
        let goAway = GoAway(
            reason: GoAwayReason.tooManyConnections.rawValue,
            message: "too many connections; try again later")
        var bytes = ByteBuffer()
        FrameEncoder.write(Frame(streamID: 0, kind: .goAway(goAway)), to: &bytes)
        return bytes
    }()

    func channelActive(context: ChannelHandlerContext) {
        // A new socket's buffer takes these bytes at once; what it did not take, closing forgets.
        context.writeAndFlush(wrapOutboundOut(Self.goAway), promise: nil)
        context.close(promise: nil)
    }
}
