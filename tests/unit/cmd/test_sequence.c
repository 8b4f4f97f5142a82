/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Sequence diagrams: what crosses domains is drawn in order of first sight, repeats stand in loops, and whatever names there are, the
 * text is Mermaid's. Called with an argument, it prints the hostile diagram, for a parser of Mermaid's own. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "cmd/sequence.h"

static int collect(void *context, const void *bytes, size_t length)
{
	buf_append(context, bytes, length);
	return 0;
}

static struct buf draw(const struct sequence_call *calls, size_t count, const char *domain, const char *title)
{
	struct arena *arena = arena_create();
	struct report_sequence sequence;
	struct buf text;
	struct report_output output = {collect, &text};
	buf_init(&text, BUF_NO_CEILING);
	sequence_make(calls, count, 1, domain, arena, &sequence);
	sequence.title = title;
	assert_int_equal(report_mermaid(&sequence, &output), 0);
	arena_destroy(arena);
	return text;
}

static void assert_drawn(const struct sequence_call *calls, size_t count, const char *wanted)
{
	struct buf text = draw(calls, count, "core", "t");
	const char *head = "sequenceDiagram\n    title: t\n";
	assert_memory_equal(text.data, head, strlen(head));
	assert_string_equal(text.data + strlen(head), wanted);
	buf_finish(&text);
}

static void calls_between_domains_are_messages_in_order(void **state)
{
	(void)state;
	static const struct sequence_call calls[] = {
		{1, 2, "parse", "parser", 1, true}, {2, 3, "next", "parser", 1, true}, {3, 4, "read", "io", 1, true},
		{1, 5, "run", "core", 1, true}, {5, 6, "print", "io", 1, true}, {5, 7, "flush", "io", 1, true}};
	assert_drawn(calls, 6, "    participant d1 as core\n    participant d2 as parser\n    participant d3 as io\n"
			       "    d1->>d2: parse()\n    d2->>d3: read()\n    d1->>d3: print(), flush()\n");
}

static void repeated_calls_stand_in_loops(void **state)
{
	(void)state;
	/* main calls step 1000 times, which calls get and put once each, and hash of another domain 20 times. */
	static const struct sequence_call calls[] = {
		{1, 2, "step", "core", 1000, true}, {2, 3, "get", "store", 1000, true}, {3, 4, "hash", "util", 20000, true},
		{2, 5, "put", "store", 1000, true}, {1, 6, "close", "store", 1, true}};
	assert_drawn(calls, 5, "    participant d1 as core\n    participant d2 as store\n    participant d3 as util\n"
			       "    loop 1000 times\n        d1->>d2: get()\n        loop 20 times\n            d2->>d3: hash()\n        end\n"
			       "        d1->>d2: put()\n    end\n    d1->>d2: close()\n");
}

static void libraries_are_gone_through(void **state)
{
	(void)state;
	static const struct sequence_call calls[] = {
		{1, 2, "qsort", NULL, 1, true}, {2, 3, "compare", "order", 50, true}, {1, 4, "hidden", "order", 3, false}};
	assert_drawn(calls, 3, "    participant d1 as core\n    participant d2 as order\n"
			       "    loop 50 times\n        d1->>d2: compare()\n    end\n    d1->>d2: hidden() (seen, not counted)\n");
}

static void recursion_and_strangers_end(void **state)
{
	(void)state;
	/* 2 and 3 call each other; 9's caller was never entered from here. */
	static const struct sequence_call calls[] = {
		{1, 2, "a", "x", 1, true}, {2, 3, "b", "y", 10, true}, {3, 2, "a", "x", 9, true}, {8, 9, "c", "y", 1, true},
		{2, 1, "main", "core", 1, true}};
	struct buf text = draw(calls, 5, "core", "t");
	assert_non_null(strstr(text.data, "d1->>d2: a()"));
	assert_non_null(strstr(text.data, "d1->>d3: c()"));
	buf_finish(&text);
	assert_drawn(NULL, 0, "    participant d1 as core\n    Note over d1: all calls that were seen stay in this domain\n");
}

static void many_calls_are_bounded_and_counted(void **state)
{
	(void)state;
	enum { MANY = 5000 };
	struct sequence_call *calls = mem_zalloc(MANY, sizeof *calls);
	for (int i = 0; i < MANY; i++) /* a chain that goes to and fro, deeply */
		calls[i] = (struct sequence_call){i + 1, i + 2, "f", i % 2 ? "b" : "a", 1, true};
	struct buf text = draw(calls, MANY, "b", "t");
	size_t messages = 0;
	for (const char *at = text.data; (at = strstr(at, "->>")); at++)
		messages++;
	assert_in_range(messages, 100, 200);
	char wanted[80];
	snprintf(wanted, sizeof wanted, "%zu more calls between domains are not drawn", MANY - messages);
	assert_non_null(strstr(text.data, wanted));
	buf_finish(&text);
	free(calls);
}

static const struct sequence_call HOSTILE[] = {
	{1, 2, "end", "end", 3, true}, {2, 3, "a;b\nd1->>d9: evil", "x as y", 1, true}, {3, 4, "%%{init: {}}%%", "<script>alert(1)</script>", 2, true},
	{4, 5, "wrap: me", "\"quoted\" #35; \\ `", 1, true}, {5, 6, "gr\xc3\xbc\xc3\x9f\xf0\x9f\x92\xa5\xff\x01", "\xe6\x97\xa5\xe6\x9c\xac", 1, true},
	{6, 7, "", "", 1, true}, {7, 8, "title: x", "participant", 1, true}, {8, 9, "-->>", "loop", 7, true}};

/* Each line is one of Mermaid's statements, and its text has nothing but harmless characters and entities. */
static void whatever_the_names_the_text_is_mermaids(void **state)
{
	(void)state;
	struct buf text = draw(HOSTILE, sizeof HOSTILE / sizeof *HOSTILE, "a:b", "x;\ny end");
	size_t depth = 0, lines = 0;
	for (char *line = strtok(text.data, "\n"); line; line = strtok(NULL, "\n"), lines++) {
		unsigned a, b;
		int at = 0;
		line += strspn(line, " ");
		if (!lines) {
			assert_string_equal(line, "sequenceDiagram");
			continue;
		}
		if (!strcmp(line, "end")) {
			assert_true(depth-- > 0);
			continue;
		}
		if (sscanf(line, "participant d%u as %n", &a, &at) != 1 && sscanf(line, "d%u->>d%u: %n", &a, &b, &at) != 2) {
			at = strncmp(line, "loop ", 5) ? 7 : 5;
			assert_true(!strncmp(line, "loop ", 5) || !strncmp(line, "title: ", 7));
			depth += at == 5;
		}
		for (const char *c = line + at; *c; c++) {
			if (*c == '#') {
				size_t digits = strspn(c + 1, "0123456789");
				assert_true(digits > 0 && c[1 + digits] == ';');
				c += 1 + digits;
				continue;
			}
			assert_non_null(strchr("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789 _.,/()*=~!?[]-", *c));
			assert_false(c[0] == '-' && (c[1] == '-' || c[1] == '>'));
			assert_false(!strncmp(c, "end", 3) && strchr(" (", c[3]) && (c == line + at || c[-1] == ' '));
		}
	}
	assert_int_equal(depth, 0);
	assert_true(lines > 15);
	buf_finish(&text);
}

int main(int argc, char **argv)
{
	(void)argv;
	if (argc > 1) {
		struct buf text = draw(HOSTILE, sizeof HOSTILE / sizeof *HOSTILE, "a:b", "x;\ny end");
		fputs(text.data, stdout);
		buf_finish(&text);
		return 0;
	}
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(calls_between_domains_are_messages_in_order), cmocka_unit_test(repeated_calls_stand_in_loops),
		cmocka_unit_test(libraries_are_gone_through), cmocka_unit_test(recursion_and_strangers_end),
		cmocka_unit_test(many_calls_are_bounded_and_counted), cmocka_unit_test(whatever_the_names_the_text_is_mermaids),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
