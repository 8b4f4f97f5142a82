/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The test cases of RFC 4231 for HMAC-SHA-256 whose keys are text. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>

#include "net/signature.h"

static void check(const char *key, const char *text, const char *expected)
{
	char hex[SIGNATURE_HEX + 1];
	signature_make(key, text, strlen(text), hex);
	assert_string_equal(hex, expected);
}

static void the_standard_s_cases_hold(void **state)
{
	(void)state;
	check("\x0b\x0b\x0b\x0b\x0b\x0b\x0b\x0b\x0b\x0b\x0b\x0b\x0b\x0b\x0b\x0b\x0b\x0b\x0b\x0b", "Hi There",
	      "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7");
	check("Jefe", "what do ya want for nothing?", "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
	char key[132];
	memset(key, 0xaa, 131);
	key[131] = 0;
	check(key, "Test Using Larger Than Block-Size Key - Hash Key First", "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54");
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(the_standard_s_cases_hold)};
	return cmocka_run_group_tests_name("net/signature", tests, NULL, NULL);
}
