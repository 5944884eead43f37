#pragma once
#include <openssl/bio.h>
#include <openssl/crypto.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
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

// The options are cast expressions inside macros, which Swift does not import either.
static inline void tally_SSL_CTX_restrict(SSL_CTX *context) {
    SSL_CTX_set_options(context, SSL_OP_NO_COMPRESSION | SSL_OP_NO_TICKET |
                                     SSL_OP_NO_RENEGOTIATION | SSL_OP_CIPHER_SERVER_PREFERENCE);
}

static inline int tally_SSL_set_tlsext_host_name(SSL *connection, const char *name) {
    return (int)SSL_set_tlsext_host_name(connection, name);
}

static inline unsigned long tally_XN_FLAG_RFC2253(void) {
    return XN_FLAG_RFC2253;
}

// What an empty memory BIO answers: -1 is "try again", where the default, 0, is the end.
static inline void tally_BIO_set_mem_eof_return(BIO *memory, int value) {
    BIO_set_mem_eof_return(memory, value);
}
