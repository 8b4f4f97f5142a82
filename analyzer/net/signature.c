/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "net/signature.h"

#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <stdio.h>
#include <string.h>

#include "base/mem.h"

void signature_make(const char *key, const void *bytes, size_t length, char out[SIGNATURE_HEX + 1])
{
	unsigned char digest[EVP_MAX_MD_SIZE];
	unsigned digest_length = 0;
	/* It fails for want of memory alone. */
	if (!HMAC(EVP_sha256(), key, (int)strlen(key), bytes, length, digest, &digest_length) || digest_length * 2 != SIGNATURE_HEX)
		mem_exhausted(length);
	for (unsigned i = 0; i < digest_length; i++)
		snprintf(out + 2 * i, 3, "%02x", digest[i]);
}
