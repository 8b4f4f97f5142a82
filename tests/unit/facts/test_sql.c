/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SQL statements and the tables that they name. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "facts/sql.h"

static void visit(void *context, const char *table, const char *operation)
{
	struct buf *out = context;
	buf_printf(out, "%s%s %s", out->length ? ", " : "", operation, table);
}

static void check(const char *statement, const char *expected)
{
	struct buf out;
	size_t length = strlen(statement);
	char *copy = malloc(length ? length : 1); /* exactly that size, no NUL */
	memcpy(copy, statement, length);
	buf_init(&out, BUF_NO_CEILING);
	buf_append_string(&out, "");
	sql_tables(copy, length, visit, &out);
	if (strcmp(out.data, expected) != 0)
		fail_msg("%s\n gives    %s\n expected %s", statement, out.data, expected);
	buf_finish(&out);
	free(copy);
}

static void test_statements(void **state)
{
	(void)state;
	static const char *const CASES[][2] = {
		{"SELECT * FROM Users", "select users"},
		{"select a from \"Users\" u, orders AS o where u.id=o.id", "select Users, select orders"},
		{"SELECT 1", ""},
		{"SELECT a FROM x JOIN y ON x.i=y.i LEFT OUTER JOIN z USING (i)", "select x, select y, select z"},
		{"SELECT a FROM (SELECT b FROM inner_t) AS s", "select inner_t"},
		{"SELECT a FROM (a JOIN b ON 1), c", "select a, select b"},
		{"SELECT (SELECT max(x) FROM m) FROM t WHERE EXISTS (SELECT 1 FROM e)", "select m, select t, select e"},
		{"INSERT INTO logs(a,b) VALUES (?,?)", "insert logs"},
		{"INSERT OR REPLACE INTO main.kv VALUES(1,'from x')", "insert main.kv"},
		{"REPLACE INTO kv VALUES (1)", "insert kv"},
		{"SELECT replace(a, 'x', 'y') FROM t", "select t"},
		{"INSERT INTO a SELECT * FROM b", "insert a, select b"},
		{"INSERT INTO t VALUES (1) ON CONFLICT (id) DO UPDATE SET a=1", "insert t"},
		{"INSERT INTO t VALUES (1) ON DUPLICATE KEY UPDATE a=1", "insert t"},
		{"UPDATE users SET a=1 WHERE id IN (SELECT id FROM gone)", "update users, select gone"},
		{"UPDATE OR IGNORE users SET a=1", "update users"},
		{"UPDATE t SET a=b FROM s WHERE s.i=t.i", "update t, select s"},
		{"SELECT * FROM t FOR UPDATE", "select t"},
		{"DELETE FROM sessions WHERE t < now()", "delete sessions"},
		{"CREATE TABLE IF NOT EXISTS `a b` (id int REFERENCES other(id) ON DELETE CASCADE ON UPDATE NO ACTION)",
		 "create a b"},
		{"CREATE TEMP TABLE t AS SELECT * FROM s", "create t, select s"},
		{"CREATE UNIQUE INDEX IF NOT EXISTS i ON t(a)", "create t"},
		{"DROP TABLE IF EXISTS a, b", "drop a, drop b"},
		{"ALTER TABLE t ADD COLUMN c", "alter t"},
		{"TRUNCATE TABLE t", "truncate t"},
		{"WITH c AS (SELECT * FROM r), d(x) AS (SELECT 1) SELECT * FROM c, d, e", "select r, select e"},
		{"WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i+1 FROM n) SELECT i FROM n", ""},
		{"SELECT EXTRACT(YEAR FROM ts), substring(a FROM 2), trim(both from x) FROM t", "select t"},
		{"SELECT a IS DISTINCT FROM b FROM t", "select t"},
		{"SELECT * FROM generate_series(1, 3)", ""},
		{"SELECT * FROM [odd name] -- FROM hidden\n, /* FROM x */ y", "select odd name, select y"},
		{"SELECT 'it''s FROM here', \"FROM\" FROM t WHERE a = $1 AND b = $tag$ FROM z $tag$ AND c::text = :p", "select t"},
		{"BEGIN; INSERT INTO a VALUES (1); COMMIT", "insert a"},
		{"PRAGMA table_info(t)", ""},
		{"EXPLAIN QUERY PLAN SELECT * FROM t", "select t"},
		{"", ""},
		{"SELECT * FROM", ""},
		{"SELECT * FROM 'cut", ""},
		{"SELECT * FROM a.", "select a"},
		{"WITH", ""},
		{"INSERT INTO", ""},
		{"((((", ""},
		{"/* never closed", ""},
	};
	for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++)
		check(CASES[i][0], CASES[i][1]);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(test_statements)};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
