package import Core

/// What an operator may set about what a program tells.
package struct TelemetrySettings: Sendable {
    /// `TALLY_METRICS_LISTEN`: where metrics and health are served, `host:port` or a port of this
    /// machine alone. Default none.
    package let metricsAddress: MetricsAddress?
    /// `TALLY_ACCESS_LOG`: `on` or `off`; whether each call is logged, at info. Default `on`.
    package let isAccessLogOn: Bool
    /// `TALLY_LOG_BUFFER_BYTES`: most bytes of log lines that wait for a slow reader, 65,536 to
    /// 1,073,741,824. Default 4 MiB.
    package let logBufferByteCountMax: Int

    private static let logBufferRange = 65_536...1_073_741_824

    /// - Parameter value: the text of a variable; nil where it is not set.
    package init(_ value: (String) -> String?) throws(ServiceError) {
        let address = value("TALLY_METRICS_LISTEN") ?? ""
        metricsAddress =
            address.isEmpty ? nil : try MetricsAddress(address, setting: "TALLY_METRICS_LISTEN")
        switch value("TALLY_ACCESS_LOG") {
        case nil, "on": isAccessLogOn = true
        case "off": isAccessLogOn = false
        default:
            throw ServiceError(
                .invalidArgument, "SETTING_OUT_OF_RANGE", field: "TALLY_ACCESS_LOG",
                "TALLY_ACCESS_LOG is on or off.")
        }
        let text = value("TALLY_LOG_BUFFER_BYTES")
        guard let count = text.map(Int.init) ?? 4 << 20, Self.logBufferRange.contains(count) else {
            throw ServiceError(
                .invalidArgument, "SETTING_OUT_OF_RANGE", field: "TALLY_LOG_BUFFER_BYTES",
                "TALLY_LOG_BUFFER_BYTES must be a whole number, \(Self.logBufferRange.lowerBound) "
                    + "to \(Self.logBufferRange.upperBound).")
        }
        logBufferByteCountMax = count
    }
}
