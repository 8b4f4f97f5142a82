/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The model: what was put comes back, release by release, whatever was put before and after. An oracle in memory keeps the
 * lines that each release's views must hold; random snapshots are put, put again and replaced. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sqlite3.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/beside.h"
#include "base/buf.h"
#include "base/mem.h"
#include "facts/codec.h"
#include "model/model.h"

/* ---- a model in a scratch folder ---- */

struct scratch { char folder[64], path[96]; struct model *model; };

static int set_up(void **state)
{
	struct scratch *scratch = mem_zalloc(1, sizeof *scratch);
	struct err err = {0};
	strcpy(scratch->folder, "/tmp/sightline-model-XXXXXX");
	assert_non_null(mkdtemp(scratch->folder));
	snprintf(scratch->path, sizeof scratch->path, "%s/sub/model.db", scratch->folder);
	assert_int_equal(model_open(scratch->path, MODEL_WRITE, &scratch->model, &err), 0);
	*state = scratch;
	return 0;
}

static int tear_down(void **state)
{
	struct scratch *scratch = *state;
	char path[128];
	model_close(scratch->model);
	static const char *const suffixes[] = {"", "-wal", "-shm"};
	for (size_t i = 0; i < 3; i++) {
		snprintf(path, sizeof path, "%s%s", scratch->path, suffixes[i]);
		unlink(path);
	}
	snprintf(path, sizeof path, "%s/sub", scratch->folder);
	rmdir(path);
	assert_int_equal(rmdir(scratch->folder), 0); /* nothing else was left behind */
	free(scratch);
	return 0;
}

/* ---- random things out of small worlds, so that releases share much ---- */

static uint32_t below(uint64_t *random, uint32_t limit)
{
	*random ^= *random << 13;
	*random ^= *random >> 7;
	*random ^= *random << 17;
	return (uint32_t)((*random >> 24) % limit);
}

#define FILES 6
#define SYMBOLS 12
#define DOMAINS 3
static const char *const PATHS[FILES] = {"a.c", "a.h", "sub/b.c", "sub/b.h", "gr\xc3\xbc\xc3\x9f.c", "it's.c"};
static const char *const NAMES[SYMBOLS / 2] = {"main", "run", "stop", "'quoted'", "\xe6\x97\xa5", "other"};
static const char *const DOMAIN_NAMES[DOMAINS] = {"core", "net", "it's"};
static const char *const KINDS[] = {"call", "type", "macro"};

/* Each world has all symbols; the rest is drawn. seed: the same gives the same. */
static void draw(uint64_t seed, struct snapshot *s)
{
	uint64_t random = seed * UINT64_C(0x9e3779b97f4a7c15) + 1;
	for (uint32_t i = 0; i < DOMAINS; i++)
		*SNAPSHOT_ADD(s, domains) = (struct snapshot_domain){.name = DOMAIN_NAMES[i], .is_declared = (uint8_t)below(&random, 2),
			.files = below(&random, 3), .cohesion = below(&random, 3) / 2.0};
	for (uint32_t i = 0; i < FILES; i++)
		*SNAPSHOT_ADD(s, files) = (struct snapshot_file){.path = PATHS[i], .lines = 1 + below(&random, 3),
			.is_header = (uint8_t)(i % 2), .domain = below(&random, 4) ? below(&random, DOMAINS) : SNAPSHOT_NONE};
	for (uint32_t i = 0; i < SYMBOLS; i++)
		*SNAPSHOT_ADD(s, symbols) = (struct snapshot_symbol){1 + i / 6 /* functions, variables */, NAMES[i % 6],
								      i % 3 ? "" : PATHS[i % FILES]};
	for (uint32_t i = 0; i < 6; i++)
		if (below(&random, 3))
			*SNAPSHOT_ADD(s, functions) = (struct snapshot_function){.symbol = i, .file = below(&random, 2),
				.signature = "int (void)", .line = 1 + below(&random, 3), .cyclomatic = below(&random, 2),
				.source_name = below(&random, 4) ? NULL : "alias", .configurations = ""};
	for (uint32_t i = 6; i < SYMBOLS; i++)
		if (below(&random, 3))
			*SNAPSHOT_ADD(s, variables) = (struct snapshot_variable){i, below(&random, FILES), "int", below(&random, 3), 8};
	for (uint32_t from = 0; from < 6; from++)
		for (uint32_t to = 0; to < 6; to++)
			for (uint8_t how = 1; how <= 2; how++)
				if (!below(&random, 4))
					*SNAPSHOT_ADD(s, calls) = (struct snapshot_call){from, to, how, "direct", below(&random, 3) / 2.0,
											 1 + below(&random, 2), 1, 0, "", 0, NULL, 0};
	for (uint32_t i = 6; i < SYMBOLS; i++)
		if (below(&random, 2))
			*SNAPSHOT_ADD(s, uses) = (struct snapshot_use){below(&random, 3) ? 0 : SNAPSHOT_NONE, i, below(&random, FILES), "read",
								       1 + below(&random, 3), 1};
	for (uint32_t i = 0; i < FILES; i++) {
		if (below(&random, 2))
			*SNAPSHOT_ADD(s, includes) = (struct snapshot_include){i, "stdio.h", 1 + below(&random, 2), 1, 1, 0};
		*SNAPSHOT_ADD(s, dependencies) = (struct snapshot_dependency){i, (i + 1) % FILES, KINDS[below(&random, 3)],
									      below(&random, 4) / 4.0, below(&random, 3)};
		if (below(&random, 2))
			*SNAPSHOT_ADD(s, regions) = (struct snapshot_region){i, 1, 2 + below(&random, 2), "ifdef X"};
	}
	*SNAPSHOT_ADD(s, resources) = (struct snapshot_resource){"file", "/etc/x"};
	*SNAPSHOT_ADD(s, resource_uses) = (struct snapshot_resource_use){below(&random, 6), 0, "open", 1 + below(&random, 2), 1,
		"log", below(&random, 3), 1, 2, 3};
	*SNAPSHOT_ADD(s, metrics) = (struct snapshot_metric){"codebase", "", "debt", below(&random, 3) / 7.0};
	*SNAPSHOT_ADD(s, coverage) = (struct snapshot_coverage){"units", below(&random, 3), 3};
	if (below(&random, 2))
		*SNAPSHOT_ADD(s, policies) = (struct snapshot_policy){"core", "*", below(&random, 2) ? "allow" : "forbid"};
	if (below(&random, 2))
		*SNAPSHOT_ADD(s, entries) = (struct snapshot_entry){0, "main", below(&random, 3), below(&random, 3), 0};
	*SNAPSHOT_ADD(s, flows) = (struct snapshot_flow){0, 1 + below(&random, 5), below(&random, 3), (uint8_t)below(&random, 2)};
	*SNAPSHOT_ADD(s, domain_dependencies) = (struct snapshot_domain_dependency){0, 1, below(&random, 3), below(&random, 3),
		below(&random, 3)};
	*SNAPSHOT_ADD(s, flow_calls) = (struct snapshot_flow_call){0, 1, 2, below(&random, 3), "exact", below(&random, 3)};
	*SNAPSHOT_ADD(s, lock_orders) = (struct snapshot_lock_order){0, 0, below(&random, 6), below(&random, 3)};
	/* Some calls were seen, and functions with them. */
	for (size_t i = 0; i < s->calls_count; i++)
		if (below(&random, 2)) {
			s->calls[i].observed = below(&random, 3) ? 1 + below(&random, 3) : UINT64_MAX;
			s->calls[i].observed_how = "exact";
			s->calls[i].observed_first = i;
		}
	for (size_t i = 0; i < s->functions_count; i++)
		s->functions[i].observed_calls = below(&random, 3);
}

/* ---- lines: what a release says, one text per row, sorted ---- */

struct lines { char **items; size_t count, capacity; };

__attribute__((format(printf, 2, 3))) static void say(struct lines *lines, const char *format, ...)
{
	va_list arguments;
	mem_grow(&lines->items, &lines->capacity, lines->count + 1, sizeof *lines->items);
	va_start(arguments, format);
	assert_true(vasprintf(&lines->items[lines->count++], format, arguments) >= 0);
	va_end(arguments);
}

static int compare_lines(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

static void lines_finish(struct lines *lines)
{
	for (size_t i = 0; i < lines->count; i++)
		free(lines->items[i]);
	free(lines->items);
	*lines = (struct lines){0};
}

static const char *domain_of(const struct snapshot *s, uint32_t file)
{
	return s->files[file].domain == SNAPSHOT_NONE ? "-" : s->domains[s->files[file].domain].name;
}

static const char *file_of_function(const struct snapshot *s, uint32_t symbol)
{
	for (size_t i = 0; i < s->functions_count; i++)
		if (s->functions[i].symbol == symbol)
			return s->files[s->functions[i].file].path;
	return "-";
}

static void expect_symbols(const struct snapshot *s, struct lines *out)
{
	for (size_t i = 0; i < s->functions_count; i++) {
		const struct snapshot_function *f = &s->functions[i];
		say(out, "function %s %s %u %u %s %s %u", s->symbols[f->symbol].name, s->files[f->file].path, f->line, f->cyclomatic,
		    f->source_name ? f->source_name : s->symbols[f->symbol].name, domain_of(s, f->file), (unsigned)f->observed_calls);
	}
	for (size_t i = 0; i < s->variables_count; i++)
		say(out, "variable %s %s %u %s", s->symbols[s->variables[i].symbol].name, s->files[s->variables[i].file].path,
		    s->variables[i].line, domain_of(s, s->variables[i].file));
	for (size_t i = 0; i < s->calls_count; i++) {
		const struct snapshot_call *c = &s->calls[i];
		say(out, "call %s %s %s %s %s %.1f %u %lld %s", s->symbols[c->caller].name, file_of_function(s, c->caller), s->symbols[c->callee].name,
		    file_of_function(s, c->callee), c->how == 1 ? "direct" : "indirect", c->confidence, c->sites,
		    c->observed > INT64_MAX ? INT64_MAX : (long long)c->observed, c->observed_how ? c->observed_how : "-");
	}
	for (size_t i = 0; i < s->uses_count; i++) {
		const struct snapshot_use *u = &s->uses[i];
		say(out, "use %s %s %s %u", u->from == SNAPSHOT_NONE ? s->files[u->from_file].path : s->symbols[u->from].name,
		    s->symbols[u->to].name, s->files[u->from_file].path, u->sites);
	}
	for (size_t i = 0; i < s->entries_count; i++)
		say(out, "entry %s %s %u", s->symbols[s->entries[i].symbol].name, s->entries[i].kind, (unsigned)s->entries[i].observed);
	for (size_t i = 0; i < s->resource_uses_count; i++)
		say(out, "resource %s %s %s %u %u 1 2 3", s->symbols[s->resource_uses[i].symbol].name, s->resources[0].name,
		    s->resource_uses[i].operation, s->resource_uses[i].sites, (unsigned)s->resource_uses[i].observed);
}

static void expect_rest(const struct snapshot *s, struct lines *out)
{
	for (size_t i = 0; i < s->files_count; i++)
		say(out, "file %s %u %u %s", s->files[i].path, s->files[i].lines, s->files[i].is_header, domain_of(s, (uint32_t)i));
	for (size_t i = 0; i < s->includes_count; i++)
		say(out, "include %s %s %u", s->files[s->includes[i].file].path, s->includes[i].included, s->includes[i].line);
	for (size_t i = 0; i < s->dependencies_count; i++)
		say(out, "dependency %s %s %s %.2f %.0f", s->files[s->dependencies[i].from_file].path, s->files[s->dependencies[i].to_file].path,
		    s->dependencies[i].kind, s->dependencies[i].weight, s->dependencies[i].observed);
	for (size_t i = 0; i < s->regions_count; i++)
		say(out, "region %s %u", s->files[s->regions[i].file].path, s->regions[i].end_line);
	for (size_t i = 0; i < s->domains_count; i++)
		say(out, "domain %s %u %u %.1f", s->domains[i].name, s->domains[i].is_declared, s->domains[i].files,
		    s->domains[i].cohesion);
	for (size_t i = 0; i < s->metrics_count; i++)
		say(out, "metric %s %.5f", s->metrics[i].metric, s->metrics[i].value);
	for (size_t i = 0; i < s->coverage_count; i++)
		say(out, "coverage %s %u", s->coverage[i].what, (unsigned)s->coverage[i].seen);
	for (size_t i = 0; i < s->policies_count; i++)
		say(out, "policy %s %s", s->policies[i].from_domain, s->policies[i].verdict);
	for (size_t i = 0; i < s->flows_count; i++)
		say(out, "flow %u %u", s->flows[i].depth, s->flows[i].observed);
	for (size_t i = 0; i < s->flow_calls_count; i++)
		say(out, "flow call %u exact %u", (unsigned)s->flow_calls[i].observed, (unsigned)s->flow_calls[i].first);
	for (size_t i = 0; i < s->lock_orders_count; i++)
		say(out, "order %s %u", s->symbols[s->lock_orders[i].symbol].name, (unsigned)s->lock_orders[i].observed);
	for (size_t i = 0; i < s->domain_dependencies_count; i++)
		say(out, "link %.0f %u %.0f", s->domain_dependencies[i].weight, s->domain_dependencies[i].symbols,
		    s->domain_dependencies[i].observed);
}

static const char ASK[] =
	"SELECT printf('function %s %s %d %d %s %s %d', name, file, line, cyclomatic, source_name, coalesce(domain, '-'), "
	"observed_calls) "
	"FROM functions WHERE release = :release UNION ALL "
	"SELECT printf('variable %s %s %d %s', name, file, line, coalesce(domain, '-')) FROM variables WHERE release = :release UNION ALL "
	"SELECT printf('call %s %s %s %s %s %.1f %d %d %s', caller, coalesce(caller_file, '-'), callee, coalesce(callee_file, '-'), how, "
	"confidence, sites, observed_count, coalesce(observed_how, '-')) FROM calls WHERE release = :release UNION ALL "
	"SELECT printf('use %s %s %s %d', from_name, to_name, from_file, sites) FROM uses WHERE release = :release UNION ALL "
	"SELECT printf('entry %s %s %d', function, kind, observed_count) FROM entry_points WHERE release = :release UNION ALL "
	"SELECT printf('resource %s %s %s %d %d %d %d %d', function, name, operation, static_sites, observed_count, observed_errors, "
	"observed_bytes, observed_ns) FROM resource_uses WHERE release = :release "
	"UNION ALL SELECT printf('file %s %d %d %s', file, lines, is_header, coalesce(domain, '-')) FROM files WHERE release = :release "
	"UNION ALL SELECT printf('include %s %s %d', file, included, line) FROM includes WHERE release = :release UNION ALL "
	"SELECT printf('dependency %s %s %s %.2f %.0f', from_file, to_file, kind, weight, observed_weight) FROM dependencies WHERE release = :release UNION ALL "
	"SELECT printf('region %s %d', file, end_line) FROM regions WHERE release = :release UNION ALL "
	"SELECT printf('domain %s %d %d %.1f', domain, is_declared, files, cohesion) FROM domains "
	"WHERE release = :release UNION ALL SELECT printf('metric %s %.5f', metric, value) FROM metrics WHERE release = :release AND scope <> 'function' UNION ALL "
	"SELECT printf('coverage %s %d', what, seen) FROM coverage WHERE release = :release UNION ALL "
	"SELECT printf('policy %s %s', from_domain, verdict) FROM policies WHERE release = :release UNION ALL "
	"SELECT printf('flow %d %d', depth, observed) FROM flows WHERE release = :release UNION ALL "
	"SELECT printf('flow call %d %s %d', observed_count, observed_how, first) FROM flow_calls WHERE release = :release UNION ALL "
	"SELECT printf('order %s %d', function, observed_count) FROM lock_orders WHERE release = :release UNION ALL "
	"SELECT printf('link %.0f %d %.0f', weight, symbols, observed_weight) FROM domain_dependencies WHERE release = :release UNION ALL "
	"SELECT printf('unit %s %s', unit, status) FROM units WHERE release = :release";

static void ask(struct model *model, const char *sql, const char *release, struct lines *out)
{
	struct query_parameter parameter = {.name = ":release", .value = release};
	struct rows *rows = NULL;
	struct err err = {0};
	bool has_row;
	if (model_query_foreign(model, sql, &parameter, 1, 0, &rows, &err))
		fail_msg("%s", err.text);
	for (;;) {
		assert_int_equal(rows_next(rows, &has_row, &err), 0);
		if (!has_row)
			break;
		say(out, "%s", rows_text(rows, 0, NULL));
	}
	rows_close(rows);
}

static void assert_same(struct lines *got, struct lines *wanted, const char *what)
{
	struct lines *both[] = {got, wanted};
	for (size_t i = 0; i < 2; i++)
		if (both[i]->count)
			qsort(both[i]->items, both[i]->count, sizeof *both[i]->items, compare_lines);
	for (size_t i = 0; i < got->count && i < wanted->count; i++)
		if (strcmp(got->items[i], wanted->items[i]))
			fail_msg("%s: \"%s\" instead of \"%s\"", what, got->items[i], wanted->items[i]);
	assert_int_equal(got->count, wanted->count);
}

/* ---- units ---- */

#define UNITS 4
/* Facts of a unit, of which there are three kinds: ok, partial, failed. */
static struct model_release_unit put_unit_keyed(struct model *model, uint32_t number, uint32_t status, struct hash128 key)
{
	struct facts_builder *builder = facts_builder_create();
	struct buf bytes;
	struct err err = {0};
	char command[HASH_HEX_LENGTH + 1];
	struct hash128 command_hash = hash_bytes(&number, sizeof number);
	hash_hex(command_hash, command);
	struct facts_unit row = {.status = status, .errors = status == UNIT_PARTIAL};
	row.path_string = facts_builder_string(builder, PATHS[number], strlen(PATHS[number]));
	row.command_string = facts_builder_string(builder, command, HASH_HEX_LENGTH);
	row.reason_string = facts_builder_string(builder, "", 0);
	facts_builder_add(builder, FACTS_TABLE_units, &row);
	buf_init(&bytes, BUF_NO_CEILING);
	facts_builder_finish(builder, &bytes);
	facts_builder_destroy(builder);
	static const char *const files[] = {"a.c", "/usr/include/stdio.h", "raw\xff.h"};
	static const char *const absent[] = {"include/a.h"};
	struct model_unit unit = {.path = PATHS[number], .command_hash = command_hash, .facts_id = hash_bytes(bytes.data, bytes.length),
				  .facts = bytes.data, .facts_length = bytes.length, .input_key = key,
				  .files = files, .file_count = 3, .absent = absent, .absent_count = 1};
	if (model_unit_put(model, &unit, &err))
		fail_msg("%s", err.text);
	buf_finish(&bytes);
	return (struct model_release_unit){PATHS[number], command_hash, unit.facts_id};
}

static struct model_release_unit put_unit(struct model *model, uint32_t number, uint32_t status)
{
	return put_unit_keyed(model, number, status, (struct hash128){status, number});
}

/* ---- the oracle ---- */

struct known { const char *name; bool exists; uint64_t manifest, units_of, order; struct lines lines; };

/* manifest: decides the units; seed: the snapshot. */
/* What is done before the transaction that puts ends; NULL: nothing. */
static model_judge judge;

static void put(struct model *model, struct known *release, uint64_t manifest, uint64_t seed)
{
	static const char *const statuses[] = {"", "ok", "partial", "failed"};
	struct model_release_unit units[UNITS];
	struct snapshot snapshot = {0};
	struct err err = {0};
	size_t count = 0;
	uint64_t units_of = 1; /* the statuses as digits: two manifests may turn out the same */
	uint64_t random = manifest * UINT64_C(0x9e3779b97f4a7c15);
	lines_finish(&release->lines);
	for (uint32_t i = 0; i < UNITS; i++) {
		uint32_t status = below(&random, 4);
		units_of = units_of * 4 + status;
		if (!status)
			continue;
		units[count++] = put_unit(model, i, status);
		say(&release->lines, "unit %s %s", PATHS[i], statuses[status]);
	}
	draw(seed, &snapshot);
	struct model_release row = {.name = release->name, .git_commit = "abc", .created_at = 1700000000, .units = units, .unit_count = count,
				    .discovery = "level 2", .missing = 3};
	if (model_release_put_judged(model, &row, &snapshot, judge, model, &err))
		fail_msg("%s", err.text);
	expect_symbols(&snapshot, &release->lines);
	expect_rest(&snapshot, &release->lines);
	snapshot_finish(&snapshot);
	static uint64_t clock;
	if (!release->exists || release->units_of != units_of)
		release->order = ++clock; /* new, or replaced: it moves to the end */
	release->exists = true;
	release->manifest = manifest;
	release->units_of = units_of;
}

/* A number by SQL of our own, past the views. */
static int64_t number_of(const char *path, const char *sql)
{
	sqlite3 *db = NULL;
	sqlite3_stmt *statement = NULL;
	assert_int_equal(sqlite3_open_v2(path, &db, SQLITE_OPEN_READONLY, NULL), SQLITE_OK);
	assert_int_equal(sqlite3_prepare_v2(db, sql, -1, &statement, NULL), SQLITE_OK);
	assert_int_equal(sqlite3_step(statement), SQLITE_ROW);
	int64_t number = sqlite3_column_int64(statement, 0);
	sqlite3_finalize(statement);
	sqlite3_close(db);
	return number;
}

static const char *const INTERVALS[] = {"manifest", "file", "function", "variable", "call", "use", "include", "dependency", "region",
					"entry", "flow", "flow_call", "resource_use", "lock_order", "domain", "domain_dependency", "metric", "coverage_row", "policy"};
#define INTERVAL_COUNT (sizeof INTERVALS / sizeof *INTERVALS)

static int64_t interval_rows(const char *path, const char *where)
{
	int64_t sum = 0;
	for (size_t i = 0; i < INTERVAL_COUNT; i++) {
		char sql[512];
		snprintf(sql, sizeof sql, "SELECT count(*) FROM %s t WHERE %s", INTERVALS[i], where);
		sum += number_of(path, sql);
	}
	return sum;
}

static void check_releases(const struct scratch *scratch, struct known *releases, size_t count)
{
	const struct known *newest = NULL;
	for (size_t i = 0; i < count; i++) {
		struct lines got = {0};
		ask(scratch->model, ASK, releases[i].name, &got);
		assert_same(&got, &releases[i].lines, releases[i].name);
		lines_finish(&got);
		if (releases[i].exists && (!newest || releases[i].order > newest->order))
			newest = &releases[i];
	}
	/* No row that no release holds, and none that ends before it starts. */
	assert_int_equal(interval_rows(scratch->path, "NOT EXISTS (SELECT 1 FROM release r WHERE r.number >= t.since AND "
				       "(t.until = 0 OR r.number <= t.until))"), 0);
	assert_int_equal(interval_rows(scratch->path, "t.until <> 0 AND t.until < t.since"), 0);
	char *name = NULL;
	struct err err = {0};
	assert_int_equal(model_release_resolve(scratch->model, NULL, &name, &err), 0);
	assert_string_equal(name, newest->name);
	free(name);
}

/* ---- tests ---- */

static void a_release_put_twice_is_the_same(void **state)
{
	struct scratch *scratch = *state;
	struct known release = {.name = "A"};
	put(scratch->model, &release, 1, 1);
	check_releases(scratch, &release, 1);
	int64_t rows = interval_rows(scratch->path, "1");
	put(scratch->model, &release, 1, 1);
	check_releases(scratch, &release, 1);
	assert_int_equal(interval_rows(scratch->path, "1"), rows);
	assert_int_equal(number_of(scratch->path, "SELECT count(*) FROM release"), 1);
	lines_finish(&release.lines);
}

static void an_unchanged_release_adds_no_rows(void **state)
{
	struct scratch *scratch = *state;
	struct known releases[] = {{.name = "A"}, {.name = "B"}, {.name = "C"}};
	put(scratch->model, &releases[0], 1, 1);
	int64_t rows = interval_rows(scratch->path, "1");
	put(scratch->model, &releases[1], 1, 1);
	put(scratch->model, &releases[2], 1, 1);
	assert_int_equal(interval_rows(scratch->path, "1"), rows);
	check_releases(scratch, releases, 3);
	for (size_t i = 0; i < 3; i++)
		lines_finish(&releases[i].lines);
}

static void each_release_says_what_was_put(void **state)
{
	struct scratch *scratch = *state;
	for (uint64_t seed = 1; seed <= 12; seed++) {
		struct known releases[] = {{.name = "A"}, {.name = "B"}, {.name = "C"}, {.name = "D"}, {.name = "it's"}};
		size_t count = sizeof releases / sizeof *releases;
		uint64_t random = seed * 48271;
		for (int step = 0; step < 14; step++) {
			struct known *release = &releases[below(&random, (uint32_t)count)];
			/* As often as not another derivation of the same manifest. */
			uint64_t manifest = release->exists && below(&random, 2) ? release->manifest : below(&random, 5) + 1;
			put(scratch->model, release, manifest, below(&random, 6));
			check_releases(scratch, releases, count);
		}
		for (size_t i = 0; i < count; i++)
			lines_finish(&releases[i].lines);
		tear_down(state);
		set_up(state);
		scratch = *state;
	}
}

static void a_release_without_its_facts_is_not_stored(void **state)
{
	struct scratch *scratch = *state;
	struct known release = {.name = "A"};
	put(scratch->model, &release, 1, 1);
	struct model_release_unit units[] = {put_unit(scratch->model, 0, UNIT_OK), {"b.c", {1, 2}, {3, 4}}};
	struct model_release row = {.name = "B", .git_commit = "", .created_at = 0, .units = units, .unit_count = 2};
	struct snapshot snapshot = {0};
	struct err err = {0};
	draw(2, &snapshot);
	assert_int_equal(model_release_put(scratch->model, &row, &snapshot, &err), ERR_DATABASE);
	assert_non_null(strstr(err.text, "b.c"));
	row.name = "A"; /* nor is the one of that name harmed */
	assert_int_equal(model_release_put(scratch->model, &row, &snapshot, &err), ERR_DATABASE);
	snapshot_finish(&snapshot);
	check_releases(scratch, &release, 1);
	assert_int_equal(number_of(scratch->path, "SELECT count(*) FROM release"), 1);
	lines_finish(&release.lines);
}

/* A tree that goes back to what it was is not parsed again. */
static void a_unit_remembers_what_it_was(void **state)
{
	struct scratch *scratch = *state;
	struct model_unit cached;
	struct err err = {0};
	struct model_release_unit unit = put_unit(scratch->model, 4, UNIT_OK);
	assert_int_equal(model_unit_cached(scratch->model, unit.path, unit.command_hash, 0, &cached, &err), 0);
	const struct hash128 first = cached.input_key;
	for (uint64_t i = 1; i <= 10; i++) /* ten more versions, and each put again */
		for (int twice = 0; twice < 2; twice++)
			put_unit_keyed(scratch->model, 4, UNIT_OK, (struct hash128){77, i});
	for (uint64_t back = 0; back <= MODEL_UNIT_BACK; back++) {
		assert_int_equal(model_unit_cached(scratch->model, unit.path, unit.command_hash, back, &cached, &err), 0);
		assert_true(hash_equal(cached.input_key, (struct hash128){77, 10 - back}));
	}
	assert_int_equal(model_unit_cached(scratch->model, unit.path, unit.command_hash, MODEL_UNIT_BACK + 1, &cached, &err), ERR_NOT_FOUND);
	put_unit_keyed(scratch->model, 4, UNIT_OK, (struct hash128){77, 8}); /* one that comes back is there once */
	for (uint64_t back = 0; back <= MODEL_UNIT_BACK; back++) {
		int result = model_unit_cached(scratch->model, unit.path, unit.command_hash, back, &cached, &err);
		assert_true(result == 0 || (back == MODEL_UNIT_BACK && result == ERR_NOT_FOUND));
		assert_true(result || hash_equal(cached.input_key, (struct hash128){77, 8}) == (back == 0));
		assert_true(result || !hash_equal(cached.input_key, first));
	}
}

static void units_are_remembered(void **state)
{
	struct scratch *scratch = *state;
	struct model_unit cached;
	struct err err = {0};
	struct model_release_unit unit = put_unit(scratch->model, 4, UNIT_PARTIAL);
	assert_int_equal(model_unit_cached(scratch->model, unit.path, (struct hash128){9, 9}, 0, &cached, &err), ERR_NOT_FOUND);
	assert_int_equal(model_unit_cached(scratch->model, "none.c", unit.command_hash, 0, &cached, &err), ERR_NOT_FOUND);
	for (int round = 0; round < 2; round++) {
		assert_int_equal(model_unit_cached(scratch->model, unit.path, unit.command_hash, 0, &cached, &err), 0);
		assert_true(hash_equal(cached.facts_id, unit.facts_id));
		assert_true(hash_equal(cached.input_key, (struct hash128){UNIT_PARTIAL, 4}));
		assert_int_equal(cached.file_count, 3);
		assert_string_equal(cached.files[2], "raw\xff.h");
		assert_int_equal(cached.absent_count, 1);
		assert_string_equal(cached.absent[0], "include/a.h");
		/* On disk once the model was closed. */
		model_close(scratch->model);
		assert_int_equal(model_open(scratch->path, MODEL_WRITE, &scratch->model, &err), 0);
	}
}

static void a_manifest_comes_back_sorted(void **state)
{
	struct scratch *scratch = *state;
	struct err err = {0};
	struct model_release_unit units[UNITS], *stored = NULL;
	size_t count = 0;
	for (uint32_t i = 0; i < UNITS; i++)
		units[UNITS - 1 - i] = put_unit(scratch->model, i, UNIT_OK);
	struct model_release row = {.name = "A", .git_commit = "", .created_at = 0, .units = units, .unit_count = UNITS};
	struct snapshot snapshot = {0};
	assert_int_equal(model_release_put(scratch->model, &row, &snapshot, &err), 0);
	assert_int_equal(model_release_units(scratch->model, "A", &stored, &count, &err), 0);
	assert_int_equal(count, UNITS);
	for (size_t i = 0; i < count; i++) {
		assert_string_equal(stored[i].path, PATHS[i]);
		assert_true(hash_equal(stored[i].facts_id, units[UNITS - 1 - i].facts_id));
	}
	free(stored);
	assert_int_equal(model_release_units(scratch->model, "none", &stored, &count, &err), 0);
	assert_int_equal(count, 0);
	free(stored);
	/* The same units in another order are the same manifest. */
	struct hash128 key = {5, 6};
	assert_false(model_release_is_current(scratch->model, &row, key));
	assert_int_equal(model_release_set_derive_key(scratch->model, "A", key, &err), 0);
	assert_true(model_release_is_current(scratch->model, &row, key));
	struct model_release_unit first = units[0];
	units[0] = units[1];
	units[1] = first;
	assert_true(model_release_is_current(scratch->model, &row, key));
	assert_false(model_release_is_current(scratch->model, &row, (struct hash128){5, 7}));
	row.unit_count--;
	assert_false(model_release_is_current(scratch->model, &row, key));
	row.unit_count++;
	row.name = "B";
	assert_false(model_release_is_current(scratch->model, &row, key));
	/* Deriving anew forgets with what it was derived. */
	row.name = "A";
	assert_int_equal(model_release_put(scratch->model, &row, &snapshot, &err), 0);
	assert_false(model_release_is_current(scratch->model, &row, key));
}

static void take_domain(void *context, const char *path, const char *domain)
{
	say(context, "%s %s", path, domain);
}

static void domains_before_are_those_discovered_last(void **state)
{
	struct scratch *scratch = *state;
	struct known releases[] = {{.name = "A"}, {.name = "B"}};
	struct err err = {0};
	put(scratch->model, &releases[0], 1, 1);
	put(scratch->model, &releases[1], 2, 2);
	static const struct { const char *before; uint64_t seed; } cases[] = {{"A", 1}, {"B", 2}, {"new", 2}, {NULL, 2}};
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct lines got = {0}, wanted = {0};
		struct snapshot snapshot = {0};
		assert_int_equal(model_previous_domains(scratch->model, cases[i].before, take_domain, &got, &err), 0);
		if (cases[i].seed)
			draw(cases[i].seed, &snapshot);
		for (uint32_t f = 0; f < snapshot.files_count; f++)
			if (snapshot.files[f].domain != SNAPSHOT_NONE && !snapshot.domains[snapshot.files[f].domain].is_declared)
				say(&wanted, "%s %s", PATHS[f], domain_of(&snapshot, f));
		assert_same(&got, &wanted, cases[i].before ? cases[i].before : "newest");
		snapshot_finish(&snapshot);
		lines_finish(&got);
		lines_finish(&wanted);
	}
	lines_finish(&releases[0].lines);
	lines_finish(&releases[1].lines);
}

static void an_unknown_release_names_those_there_are(void **state)
{
	struct scratch *scratch = *state;
	struct err err = {0};
	char *name = NULL;
	assert_int_equal(model_release_resolve(scratch->model, NULL, &name, &err), ERR_NOT_FOUND);
	assert_non_null(strstr(err.text, "sightline scan"));
	struct known releases[] = {{.name = "A"}, {.name = "it's"}};
	put(scratch->model, &releases[0], 1, 1);
	put(scratch->model, &releases[1], 1, 1);
	assert_int_equal(model_release_resolve(scratch->model, "C", &name, &err), ERR_NOT_FOUND);
	assert_non_null(strstr(err.text, "it's, A"));
	assert_int_equal(model_release_resolve(scratch->model, "it's", &name, &err), 0);
	assert_string_equal(name, "it's");
	free(name);
	lines_finish(&releases[0].lines);
	lines_finish(&releases[1].lines);
}

static void foreign_sql_is_limited(void **state)
{
	struct scratch *scratch = *state;
	struct rows *rows = NULL;
	struct err err = {0};
	bool has_row = true;
	int result = model_query_foreign(scratch->model, "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT i FROM n",
					 NULL, 0, 100000, &rows, &err);
	assert_int_equal(result, 0);
	size_t count = 0;
	while (!(result = rows_next(rows, &has_row, &err)) && has_row)
		count++;
	assert_int_equal(result, ERR_LIMIT);
	assert_in_range(count, 100, 100000);
	rows_close(rows);
	/* Neither the limit nor the authorizer stays behind. */
	struct known release = {.name = "A"};
	put(scratch->model, &release, 1, 1);
	check_releases(scratch, &release, 1);
	lines_finish(&release.lines);
}

struct asking { struct model *model; struct lines lines; };

static void ask_all(void *context)
{
	struct asking *asking = context;
	ask(asking->model, ASK, "A", &asking->lines);
}

static unsigned copied;

/* Another connection would see nothing yet of what is being put. */
static int copy_and_ask(void *context, struct err *err)
{
	(void)err;
	struct asking here = {.model = context}, there = {.model = model_copy(context, INT64_C(1) << 30)};
	struct beside beside;
	assert_null(model_copy(context, 1000));
	assert_non_null(there.model);
	beside_begin(&beside, ask_all, &there);
	ask_all(&here);
	beside_end(&beside);
	copied += (unsigned)here.lines.count;
	assert_same(&there.lines, &here.lines, "copy");
	lines_finish(&here.lines);
	lines_finish(&there.lines);
	model_close(there.model);
	return 0;
}

static void a_copy_has_what_is_not_committed_yet(void **state)
{
	struct scratch *scratch = *state;
	struct known release = {.name = "A"};
	judge = copy_and_ask;
	put(scratch->model, &release, 1, 1);
	assert_in_range(copied, 10, 100000);
	/* Memory that is kept for it changes nothing, whether there is more of it than needed or less. */
	model_read_ahead(scratch->model, INT64_C(1) << 30);
	put(scratch->model, &release, 2, 2);
	model_read_ahead(scratch->model, 1000);
	put(scratch->model, &release, 3, 3);
	judge = NULL;
	check_releases(scratch, &release, 1);
	lines_finish(&release.lines);
}

static void a_copy_cannot_be_written_to(void **state)
{
	struct scratch *scratch = *state;
	struct known release = {.name = "A"};
	put(scratch->model, &release, 1, 1);
	struct model *copy = model_copy(scratch->model, INT64_C(1) << 30);
	struct err err = {0};
	assert_int_equal(model_remark_put(copy, "key", "text", &err), ERR_DATABASE);
	model_close(copy);
	check_releases(scratch, &release, 1);
	lines_finish(&release.lines);
}

static void the_schema_describes_each_column(void **state)
{
	struct scratch *scratch = *state;
	const char *view = NULL;
	for (const struct view_column *row = model_schema(); row->view; row++) {
		assert_true(strlen(row->description) >= 3);
		if (!row->column) {
			view = row->view;
			continue;
		}
		assert_string_equal(row->view, view);
		char sql[256];
		struct lines none = {0};
		snprintf(sql, sizeof sql, "SELECT \"%s\".\"%s\" FROM \"%s\"", row->view, row->column, row->view);
		ask(scratch->model, sql, "A", &none);
		lines_finish(&none);
	}
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
	const struct CMUnitTest tests[] = {
		TEST(a_release_put_twice_is_the_same), TEST(an_unchanged_release_adds_no_rows), TEST(each_release_says_what_was_put),
		TEST(a_release_without_its_facts_is_not_stored), TEST(units_are_remembered), TEST(a_unit_remembers_what_it_was), TEST(a_manifest_comes_back_sorted),
		TEST(domains_before_are_those_discovered_last), TEST(an_unknown_release_names_those_there_are),
		TEST(foreign_sql_is_limited), TEST(a_copy_has_what_is_not_committed_yet), TEST(a_copy_cannot_be_written_to),
		TEST(the_schema_describes_each_column),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
