import Core
import COpenSSL

/// The certificates of a PEM file, read once, so that its digest is that of just these.
struct CertificateFile {
    /// Owns one X509.
    final class Certificate {
        let pointer: OpaquePointer

        init(owning pointer: OpaquePointer) {
            self.pointer = pointer
        }

        deinit {
            X509_free(pointer)
        }
    }

    // A system's bundle of authorities is about 250 KiB.
    private static let byteCountMax = 4 * 1024 * 1024

    /// At least one.
    let certificates: [Certificate]
    /// SHA-256 of the file's bytes, in hexadecimal digits.
    let digest: String

    init(path: String) throws(TLSError) {
        let bytes = try Self.bytes(path: path)
        var hash = [UInt8](repeating: 0, count: 32)
        guard let memory = BIO_new_mem_buf(bytes, Int32(bytes.count)),
            EVP_Digest(bytes, bytes.count, &hash, nil, EVP_sha256(), nil) == 1
        else { throw TLSError.file(path: path, reason: OpenSSLError.takeReason()) }
        defer { BIO_free(memory) }
        var certificates: [Certificate] = []
        while let pointer = PEM_read_bio_X509(memory, nil, nil, nil) {
            certificates.append(Certificate(owning: pointer))
        }
        // The end of the file is an error of OpenSSL's too, and the only one that is welcome.
        let isAtEnd = tally_ERR_GET_REASON(ERR_peek_last_error()) == PEM_R_NO_START_LINE
        let reason = OpenSSLError.takeReason()
        guard isAtEnd, !certificates.isEmpty else {
            throw TLSError.file(path: path, reason: reason)
        }
        self.certificates = certificates
        digest = hash.hexDigits
    }

    private static func bytes(path: String) throws(TLSError) -> [UInt8] {
        ERR_clear_error()
        guard let file = BIO_new_file(path, "r") else {
            throw TLSError.file(path: path, reason: OpenSSLError.takeReason())
        }
        defer { BIO_free(file) }
        var bytes = [UInt8](repeating: 0, count: byteCountMax)
        var count = 0
        guard BIO_read_ex(file, &bytes, bytes.count, &count) == 1 else {
            throw TLSError.file(path: path, reason: "empty")
        }
        guard count < byteCountMax else { throw TLSError.file(path: path, reason: "too long") }
        return Array(bytes.prefix(count))
    }
}
