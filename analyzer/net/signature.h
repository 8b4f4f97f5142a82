/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Signatures by which a receiver knows that a request is ours: HMAC-SHA256 (RFC 2104). The only home of libcrypto. */
#ifndef SIGHTLINE_NET_SIGNATURE_H
#define SIGHTLINE_NET_SIGNATURE_H

#include <stddef.h>

#define SIGNATURE_HEX 64

/* 64 hexadecimal digits and a NUL. */
void signature_make(const char *key, const void *bytes, size_t length, char out[SIGNATURE_HEX + 1]);

#endif
