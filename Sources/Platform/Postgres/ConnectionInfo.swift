internal import CLibPQ

/// What libpq makes of a database address, checked so that its texts may be shown.
///
/// libpq quotes an address that it cannot read, and takes a password with an unescaped `@`, `/` or
/// `:` for parts of host, port or database name, which it quotes too. So such addresses never get
/// as far as libpq's own errors.
struct ConnectionInfo {
    private let password: String?

    /// Nil where the address is malformed; why is not said, because libpq's words quote it.
    init?(_ address: String) {
        guard let options = PQconninfoParse(address, nil) else { return nil }
        defer { PQconninfoFree(options) }
        var values: [String: String] = [:]
        var option = options
        while let keyword = option.pointee.keyword {
            if let value = option.pointee.val {
                values[String(cString: keyword)] = String(cString: value)
            }
            option += 1
        }
        let ports = (values["port"] ?? "").split(separator: ",")
        // A leading @ names an abstract Unix socket.
        let hosts = (values["host"] ?? "").split(separator: ",").map { $0.dropFirst() }
        guard ports.allSatisfy({ UInt16($0) != nil }), !hosts.contains(where: { $0.contains("@") }),
            values["dbname"]?.contains("@") != true
        else { return nil }
        password = values["password"].flatMap { $0.isEmpty ? nil : $0 }
    }

    /// Whether `text` may be shown.
    func isSafe(_ text: String) -> Bool {
        password.map { !text.contains($0) } ?? true
    }
}

extension PostgresConfiguration {
    /// Whether libpq can read an address. Why not is not said: libpq's words quote the password.
    package static func isWellFormed(url: String) -> Bool {
        ConnectionInfo(url) != nil
    }
}
