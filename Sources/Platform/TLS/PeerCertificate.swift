internal import COpenSSL

/// Owner of the certificate that the peer of a session has proved to own.
final class PeerCertificate {
    /// How many names are looked at; those after them are left out.
    private static let nameCountMax = 100

    private let certificate: OpaquePointer

    /// Nil where the peer has shown none, or one that was not verified.
    init?(of session: OpaquePointer) {
        guard SSL_get_verify_result(session) == Int(X509_V_OK),
            let certificate = SSL_get1_peer_certificate(session)
        else { return nil }
        self.certificate = certificate
    }

    deinit {
        X509_free(certificate)
    }

    /// In RFC 2253's form.
    var subject: String? {
        guard let text = BIO_new(BIO_s_mem()) else { return nil }
        defer { BIO_free(text) }
        guard
            X509_NAME_print_ex(
                text, X509_get_subject_name(certificate), 0, tally_XN_FLAG_RFC2253()) >= 0
        else { return nil }
        var bytes = [UInt8](repeating: 0, count: BIO_ctrl_pending(text))
        let count = BIO_read(text, &bytes, Int32(clamping: bytes.count))
        return String(decoding: bytes.prefix(Int(max(0, count))), as: UTF8.self)
    }

    /// The subject alternative names; none where the extension is missing or cannot be read.
    var names: [TLSAlternativeName] {
        guard
            let raw = X509_get_ext_d2i(certificate, NID_subject_alt_name, nil, nil)
        else { return [] }
        let list = OpaquePointer(raw)
        defer { GENERAL_NAMES_free(list) }
        // Typed access to a stack is macros, which Swift does not import; these are what they call.
        let count = min(OPENSSL_sk_num(list), Int32(Self.nameCountMax))
        return (0..<max(0, count)).compactMap { index in
            OPENSSL_sk_value(list, index).flatMap { entry in
                Self.name(entry.assumingMemoryBound(to: GENERAL_NAME.self))
            }
        }
    }

    private static func name(_ entry: UnsafePointer<GENERAL_NAME>) -> TLSAlternativeName? {
        var type: Int32 = 0
        guard let value = GENERAL_NAME_get0_value(entry, &type) else { return nil }
        switch type {
        case GEN_DNS: return text(value).map { .dns($0) }
        case GEN_URI: return text(value).map { .uri($0) }
        case GEN_EMAIL: return text(value).map { .email($0) }
        default: return nil
        }
    }

    /// Nil for what is empty or not visible ASCII; a name that ends early for a C program is none.
    private static func text(_ value: UnsafeMutableRawPointer) -> String? {
        let string = value.assumingMemoryBound(to: ASN1_STRING.self)
        let bytes = UnsafeBufferPointer(
            start: ASN1_STRING_get0_data(string), count: Int(ASN1_STRING_length(string)))
        guard !bytes.isEmpty, bytes.allSatisfy({ (0x21...0x7E).contains($0) }) else { return nil }
        return String(decoding: bytes, as: UTF8.self)
    }
}
