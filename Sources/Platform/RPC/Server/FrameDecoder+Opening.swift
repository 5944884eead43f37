import Wire

extension FrameDecoder.Output {
    /// What opens a stream, as most frames do.
    var opening: (streamID: UInt32, open: Open)? {
        guard case .frame(let frame, _) = self, frame.streamID != 0,
            case .open(let open) = frame.kind
        else { return nil }
        return (frame.streamID, open)
    }
}
