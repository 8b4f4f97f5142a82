/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Names of resources: the same thing has the same name in another run. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>

#include "facts/names.h"

static const uint32_t OTHERS[] = {77, 31337, 40000};
static const struct name_context CONTEXT = {"/src/app", "/home/me", 4711, OTHERS, 3};

typedef void append(const struct name_context *, const char *, size_t, struct buf *);

static void check(append *append_name, const char *given, const char *expected)
{
	struct buf out;
	buf_init(&out, BUF_NO_CEILING);
	append_name(&CONTEXT, given, strlen(given), &out);
	assert_string_equal(out.data, expected);
	buf_finish(&out);
}

static void test_paths(void **state)
{
	(void)state;
	static const char *const CASES[][2] = {
		{"/src/app/conf/a.conf", "conf/a.conf"},
		{"/src/app", "."},
		{"/src/application/x", "/src/application/x"},
		{"/src/app/../app/./x", "x"},
		{"/home/me/.config/x", "~/.config/x"},
		{"/home/me", "~"},
		{"/home/men/x", "/home/men/x"},
		{"/etc/passwd", "/etc/passwd"},
		{"/proc/4711/maps", "/proc/<pid>/maps"},
		{"/proc/9/task/10/stat", "/proc/<pid>/task/<tid>/stat"},
		{"/proc/self/fd/3", "/proc/self/fd/*"},
		{"/proc/sys/vm/overcommit_memory", "/proc/sys/vm/overcommit_memory"},
		{"/dev/pts/3", "/dev/pts/*"},
		{"/src/app/temp-4711.rdb", "temp-<pid>.rdb"},
		{"/src/app/temp-31337.rdb", "temp-<pid>.rdb"},
		{"/src/app/temp-77.rdb", "temp-77.rdb"},
		{"/src/app/temp-47110.rdb", "temp-47110.rdb"},
		{"/tmp/foo.aB3dE9", "/tmp/foo.*"},
		{"/src/app/.git/objects/17/tmp_obj_x9Qz1a", ".git/objects/17/tmp_obj_*"},
		{"/src/app/.git/objects/17/0123456789abcdef0123456789abcdef012345", ".git/objects/*/*"},
		{"/src/app/include/Module", "include/Module"},
		{"/src/app/lib/libssl.so.3", "lib/libssl.so.3"},
		{"/tmp/dump.1700000000.rdb", "/tmp/dump.*.rdb"},
		{"/var/log/app-2024.log", "/var/log/app-2024.log"},
	};
	for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++)
		check(name_append_path, CASES[i][0], CASES[i][1]);
}

static void test_sockets(void **state)
{
	(void)state;
	check(name_append_socket, "tcp 127.0.0.1:6379", "tcp 127.0.0.1:6379");
	check(name_append_socket, "tcp 127.0.0.1:45678", "tcp 127.0.0.1:*");
	check(name_append_socket, "tcp [::1]:32768", "tcp [::1]:*");
	check(name_append_socket, "tcp [::1]:32767", "tcp [::1]:32767");
	check(name_append_socket, "unix /src/app/run/s.sock", "unix run/s.sock");
	check(name_append_socket, "unix /tmp/s-4711", "unix /tmp/s-<pid>");
	check(name_append_socket, "udp", "udp");
	check(name_append_socket, "", "");
}

static void test_cut_at_a_nul(void **state)
{
	(void)state;
	struct buf out;
	buf_init(&out, BUF_NO_CEILING);
	name_append_path(&CONTEXT, "/etc/a\0b", 8, &out);
	name_append_plain(&CONTEXT, "/queue-1234567", 14, &out);
	assert_string_equal(out.data, "/etc/a/queue-*");
	buf_finish(&out);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_paths),
		cmocka_unit_test(test_sockets),
		cmocka_unit_test(test_cut_at_a_nul),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
