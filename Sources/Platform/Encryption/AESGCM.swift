import COpenSSL

/// AES-256-GCM as NIST SP 800-38D defines it, with nonces of 96 bits and tags of 128 bits.
enum AESGCM {
    static let nonceByteCount = 12
    static let tagByteCount = 16

    /// The ciphertext of `plaintext` with its tag behind it. One key never sees a nonce twice.
    static func seal(
        _ plaintext: [UInt8], key: SecretKey, nonce: [UInt8], associatedData: [UInt8]
    ) throws(EncryptionError) -> [UInt8] {
        let context = try Context(key: key, nonce: nonce, encrypts: true)
        var written: Int32 = 0
        var ciphertext = [UInt8](repeating: 0, count: plaintext.count)
        var tag = [UInt8](repeating: 0, count: tagByteCount)
        var end: UInt8 = 0
        guard
            EVP_EncryptUpdate(
                context.pointer, nil, &written, associatedData, Int32(associatedData.count)) == 1,
            EVP_EncryptUpdate(
                context.pointer, &ciphertext, &written, plaintext, Int32(plaintext.count)) == 1,
            EVP_EncryptFinal_ex(context.pointer, &end, &written) == 1,
            EVP_CIPHER_CTX_ctrl(
                context.pointer, EVP_CTRL_AEAD_GET_TAG, Int32(tagByteCount), &tag) == 1
        else { throw .libraryFailure(operation: "AES-256-GCM encryption") }
        return ciphertext + tag
    }

    /// The plaintext of what `seal` returned; the caller wipes it where it is a key.
    static func open(
        _ sealed: [UInt8], key: SecretKey, nonce: [UInt8], associatedData: [UInt8]
    ) throws(EncryptionError) -> [UInt8] {
        guard sealed.count >= tagByteCount else { throw .malformedBlob }
        let ciphertext = Array(sealed.dropLast(tagByteCount))
        var tag = Array(sealed.suffix(tagByteCount))
        let context = try Context(key: key, nonce: nonce, encrypts: false)
        var written: Int32 = 0
        var plaintext = [UInt8](repeating: 0, count: ciphertext.count)
        var end: UInt8 = 0
        guard
            EVP_DecryptUpdate(
                context.pointer, nil, &written, associatedData, Int32(associatedData.count)) == 1,
            EVP_DecryptUpdate(
                context.pointer, &plaintext, &written, ciphertext, Int32(ciphertext.count)) == 1,
            EVP_CIPHER_CTX_ctrl(
                context.pointer, EVP_CTRL_AEAD_SET_TAG, Int32(tagByteCount), &tag) == 1
        else { throw .libraryFailure(operation: "AES-256-GCM decryption") }
        // Only now is the text known to be genuine; until then nobody may see it.
        guard EVP_DecryptFinal_ex(context.pointer, &end, &written) == 1 else {
            OPENSSL_cleanse(&plaintext, plaintext.count)
            ERR_clear_error()
            throw .notAuthentic
        }
        return plaintext
    }

    /// Owns one EVP_CIPHER_CTX; freeing it wipes the key schedule.
    private struct Context: ~Copyable {
        let pointer: OpaquePointer

        init(key: SecretKey, nonce: [UInt8], encrypts: Bool) throws(EncryptionError) {
            precondition(nonce.count == AESGCM.nonceByteCount, "The nonce has 96 bits.")
            guard let pointer = EVP_CIPHER_CTX_new() else {
                throw .libraryFailure(operation: "EVP_CIPHER_CTX_new")
            }
            let ready = key.withBytes { key in
                EVP_CipherInit_ex(pointer, EVP_aes_256_gcm(), nil, key, nonce, encrypts ? 1 : 0)
            }
            guard ready == 1 else {
                EVP_CIPHER_CTX_free(pointer)
                throw .libraryFailure(operation: "EVP_CipherInit_ex")
            }
            self.pointer = pointer
        }

        deinit {
            EVP_CIPHER_CTX_free(pointer)
        }
    }
}
