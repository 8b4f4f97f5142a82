/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "facts/fingerprint.h"

void fingerprint_of_finding(const char *rule, const char *file, const char *subject, char out[HASH_HEX_LENGTH + 1])
{
	struct hasher *hasher = hasher_create();
	hasher_add_string(hasher, rule);
	hasher_add_string(hasher, file ? file : "");
	hasher_add_string(hasher, subject);
	hash_hex(hasher_result(hasher), out);
	hasher_destroy(hasher);
}
