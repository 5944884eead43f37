package import Core

/// Where metrics are served: `host:port`, or a port alone, which means this machine only.
package struct MetricsAddress: Sendable, Hashable {
    package let host: String
    package let port: Int

    /// - Throws: `SETTING_OUT_OF_RANGE` for anything else, in words for whoever set `setting`.
    package init(_ text: String, setting: String) throws(ServiceError) {
        let separator = text.lastIndex(of: ":")
        // An IPv6 address stands in brackets, so that its colons are not taken for the port's.
        let host = separator.map { text[..<$0].drop { $0 == "[" }.prefix { $0 != "]" } }
        let digits = separator.map { text[text.index(after: $0)...] } ?? text[...]
        guard host?.isEmpty != true, let port = UInt16(digits) else {
            throw ServiceError(
                .invalidArgument, "SETTING_OUT_OF_RANGE", field: setting,
                "\(setting) is host:port, such as 127.0.0.1:9464, or a port of this machine alone.")
        }
        self.host = host.map(String.init) ?? "127.0.0.1"
        self.port = Int(port)
    }
}
