#pragma once
#include <openssl/bio.h>
#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/params.h>
#include <openssl/pem.h>
#include <openssl/rand.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>

// Swift cannot call function-like macros; each of these wraps exactly one.

static inline int tally_SSL_CTX_set_min_proto_version(SSL_CTX *context, int version) {
    return (int)SSL_CTX_set_min_proto_version(context, version);
}

static inline int tally_SSL_CTX_set_session_cache_mode(SSL_CTX *context, long mode) {
    return (int)SSL_CTX_set_session_cache_mode(context, mode);
}

static inline long tally_SSL_CTX_set_mode(SSL_CTX *context, long mode) {
    return SSL_CTX_set_mode(context, mode);
}

// The options are cast expressions inside macros, which Swift does not import either.
static inline void tally_SSL_CTX_restrict(SSL_CTX *context) {
    SSL_CTX_set_options(context, SSL_OP_NO_COMPRESSION | SSL_OP_NO_RENEGOTIATION |
                                     SSL_OP_CIPHER_SERVER_PREFERENCE);
}

static inline int tally_SSL_set_tlsext_host_name(SSL *connection, const char *name) {
    return (int)SSL_set_tlsext_host_name(connection, name);
}

static inline unsigned long tally_XN_FLAG_RFC2253(void) {
    return XN_FLAG_RFC2253;
}

static inline int tally_ERR_GET_REASON(unsigned long error) {
    return ERR_GET_REASON(error);
}

// An OSSL_PARAM keeps the pointer of its name, and Swift makes C strings for the length of a call.
static inline int tally_EVP_MAC_CTX_set_sha256_key(EVP_MAC_CTX *context, void *key, size_t count) {
    char digest[] = "SHA256";
    OSSL_PARAM parameters[] = {
        OSSL_PARAM_construct_octet_string(OSSL_MAC_PARAM_KEY, key, count),
        OSSL_PARAM_construct_utf8_string(OSSL_MAC_PARAM_DIGEST, digest, 0),
        OSSL_PARAM_construct_end(),
    };
    return EVP_MAC_CTX_set_params(context, parameters);
}

// Swift does not let a variable of C be read that anybody may change. Nothing here changes it.
static inline char *const *tally_environment(void) {
    extern char **environ;
    return environ;
}
