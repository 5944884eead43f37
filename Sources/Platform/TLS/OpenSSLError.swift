import COpenSSL

/// Reads OpenSSL's queue of errors, which belongs to the thread.
enum OpenSSLError {
    /// Whether the oldest error is the peer's alert about our certificate.
    static var isCertificateAlert: Bool {
        certificateAlerts.contains(
            tally_ERR_GET_REASON(ERR_peek_error()) - SSL_AD_REASON_OFFSET)
    }

    private static let certificateAlerts: Set<Int32> = [
        SSL_AD_BAD_CERTIFICATE, SSL_AD_UNSUPPORTED_CERTIFICATE, SSL_AD_CERTIFICATE_REVOKED,
        SSL_AD_CERTIFICATE_EXPIRED, SSL_AD_CERTIFICATE_UNKNOWN, SSL_AD_UNKNOWN_CA,
        SSL_AD_ACCESS_DENIED, SSL_AD_CERTIFICATE_REQUIRED,
    ]

    /// The oldest error's reason, and an empty queue afterwards.
    static func takeReason() -> String {
        let code = ERR_get_error()
        ERR_clear_error()
        guard code != 0, let text = ERR_reason_error_string(code) else { return "unknown" }
        return String(cString: text)
    }
}
