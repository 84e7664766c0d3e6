#ifndef LINNET_COPENSSL_H
#define LINNET_COPENSSL_H

#include <openssl/evp.h>
#include <openssl/kdf.h>
#include <openssl/x509.h>
#include <openssl/err.h>
#include <openssl/rsa.h>
#include <openssl/ec.h>

#endif
