import COpenSSL

/// Reads OpenSSL's queue of errors, which belongs to the thread.
enum OpenSSLError {
    /// The oldest error's reason, and an empty queue afterwards.
    static func takeReason() -> String {
        let code = ERR_get_error()
        ERR_clear_error()
        guard code != 0, let text = ERR_reason_error_string(code) else { return "unknown" }
        return String(cString: text)
    }
}
