/* SPDX-License-Identifier: GPL-3.0-or-later */
/* How much of the traced programs was recorded, and what was lost: for the view coverage. */
#include "analysis/observed_bind.h"

#include <stdlib.h>
#include <string.h>

static const char *const MODES[] = {"fentry", "instrument", "patch", "plt", "none"};
#define MODE_COUNT (sizeof MODES / sizeof *MODES)
#define MODULES_LISTED 32 /* of the codebase: a test suite may run hundreds of programs */

/* By the bits from OBSERVATION_MODULE_REASON on, the first of which says nothing. */
static const char *const REASONS[] = {NULL, "built with entry hooks", "asked for", "belongs to the codebase", "not of the codebase",
	"of the system or the agent", "a sanitizer's runtime is linked into it", "loaded while several threads ran or another library was loaded",
	"its code is not laid out as linkers do", "the system does not let its code be changed", "a shadow stack guards its returns",
	"has nothing that could be hooked"};
enum { REASON_COUNT = sizeof REASONS / sizeof *REASONS, REASON_FOREIGN = 4, REASON_SYSTEM = 5 };

struct covering {
	struct observed_result *result;
	size_t capacity;
	uint64_t modules, of_codebase;
	struct { uint64_t modules, functions, recorded; } mode[MODE_COUNT];
	struct interner *known;  /* modules: name and build id */
	struct interner *ways; uint64_t *way_modules; size_t way_capacity; /* "plt, not of the codebase" */
	struct interner *listed; struct listed { uint64_t recorded, functions; } *rows; size_t row_capacity; /* modules by name and way */
	struct interner *losses; struct loss { uint64_t count; } *lost; size_t lost_capacity;
	uint64_t calls, samples, uses, use_rows;
};

static void cover(struct covering *covering, const char *what, uint64_t seen, uint64_t total)
{
	struct observed_result *result = covering->result;
	mem_grow(&result->coverage, &covering->capacity, result->coverage_count + 1, sizeof *result->coverage);
	result->coverage[result->coverage_count++] =
		(struct observed_coverage){arena_strdup(result->arena, what), seen, total};
}

static void cover_mode(struct covering *covering, const char *format, const char *mode, uint64_t seen, uint64_t total)
{
	struct buf what;
	buf_init(&what, BUF_NO_CEILING);
	buf_append_string(&what, format);
	buf_append_string(&what, mode);
	cover(covering, what.data, seen, total);
	buf_finish(&what);
}

/* "plt, not of the codebase"; false: the agent did not say why. */
static bool tell_way(const char *mode, uint64_t flags, struct buf *out)
{
	bool is_told = false;
	buf_append_string(out, mode);
	for (size_t i = 1; i < REASON_COUNT; i++)
		if (flags & (uint64_t)OBSERVATION_MODULE_REASON << i) {
			buf_printf(out, "%s%s", is_told ? "; " : ", ", REASONS[i]);
			is_told = true;
		}
	return is_told;
}

static bool is_own(uint64_t flags)
{
	uint64_t others = (uint64_t)OBSERVATION_MODULE_REASON << REASON_FOREIGN | (uint64_t)OBSERVATION_MODULE_REASON << REASON_SYSTEM;
	return (flags & OBSERVATION_MODULE_CODEBASE) || !(flags & others);
}

static void take_way(struct covering *covering, const char *name, const char *mode, const struct observation_module *module)
{
	struct buf way, row;
	buf_init(&way, BUF_NO_CEILING);
	buf_init(&row, BUF_NO_CEILING);
	if (tell_way(mode, module->flags, &way)) {
		uint32_t id = interner_add_string(covering->ways, way.data);
		mem_grow_zeroed(&covering->way_modules, &covering->way_capacity, (size_t)id + 1, sizeof *covering->way_modules);
		covering->way_modules[id]++;
		buf_printf(&row, "module %s: %s", name, way.data);
	}
	if (row.length && is_own(module->flags)) {
		uint32_t id = interner_add_string(covering->listed, row.data);
		mem_grow_zeroed(&covering->rows, &covering->row_capacity, (size_t)id + 1, sizeof *covering->rows);
		covering->rows[id].recorded += module->recorded;
		covering->rows[id].functions += module->functions;
	}
	buf_finish(&way);
	buf_finish(&row);
}

static void cover_ways(struct covering *covering)
{
	for (uint32_t i = 0; i < interner_count(covering->ways); i++)
		cover_mode(covering, "modules: ", interner_text(covering->ways, i), covering->way_modules[i], covering->modules);
	for (uint32_t i = 0; i < interner_count(covering->listed) && i < MODULES_LISTED; i++)
		cover(covering, interner_text(covering->listed, i), covering->rows[i].recorded, covering->rows[i].functions);
}

/* A module that several runs loaded counts once, in the mode it had first. */
static void take_module(struct covering *covering, const struct observation *observation, const struct observation_module *module)
{
	const char *name = observation->strings[module->name_string], *mode = observation->strings[module->mode_string];
	struct buf key;
	buf_init(&key, BUF_NO_CEILING);
	buf_append(&key, name, strlen(name) + 1);
	buf_append_string(&key, observation->strings[module->build_id_string]);
	buf_append(&key, "", 1);
	buf_append_string(&key, mode);
	uint32_t before = interner_count(covering->known), id = interner_add(covering->known, key.data, key.length);
	buf_finish(&key);
	if (id != before)
		return;
	covering->modules++;
	take_way(covering, name, mode, module);
	covering->of_codebase += (module->flags & OBSERVATION_MODULE_CODEBASE) != 0;
	for (size_t i = 0; i < MODE_COUNT; i++)
		if (!strcmp(mode, MODES[i])) {
			covering->mode[i].modules++;
			covering->mode[i].functions += module->functions;
			covering->mode[i].recorded += module->recorded;
		}
}

static void take_counts(struct covering *covering, const struct observation *observation)
{
	for (uint64_t i = 0; i < observation->edges_count; i++)
		*(observation->edges[i].how == OBSERVATION_COUNTED ? &covering->calls : &covering->samples) +=
			observation->edges[i].how == OBSERVATION_STACKED ? 0 : observation->edges[i].count;
	covering->use_rows += observation->uses_count;
	for (uint64_t i = 0; i < observation->uses_count; i++)
		covering->uses += observation->uses[i].count;
	for (uint64_t i = 0; i < observation->losses_count; i++) {
		uint32_t id = interner_add_string(covering->losses, observation->strings[observation->losses[i].what_string]);
		mem_grow_zeroed(&covering->lost, &covering->lost_capacity, (size_t)id + 1, sizeof *covering->lost);
		covering->lost[id].count += observation->losses[i].count;
	}
}

void observed_cover(struct binder *binder, const struct observation *observations, size_t count, struct observed_result *result)
{
	struct covering covering = {.result = result, .known = interner_create(), .losses = interner_create(),
				    .ways = interner_create(), .listed = interner_create()};
	uint64_t described = 0, matched = 0;
	for (size_t i = 0; i < count; i++) {
		struct observed_identity identity;
		binder_identify(binder, &observations[i], &identity);
		described += identity.described;
		matched += identity.matched;
		for (uint64_t m = 0; m < observations[i].modules_count; m++)
			take_module(&covering, &observations[i], &observations[i].modules[m]);
		take_counts(&covering, &observations[i]);
	}
	if (count) {
		cover(&covering, "modules of the codebase", covering.of_codebase, covering.modules);
		cover(&covering, "traced functions found in the release at their line", matched, described);
	}
	for (size_t i = 0; i < MODE_COUNT; i++)
		if (covering.mode[i].modules) {
			cover_mode(&covering, "modules traced in mode ", MODES[i], covering.mode[i].modules, covering.modules);
			/* Where the compiler put the hooks in, nobody has counted them. */
			if (covering.mode[i].recorded)
				cover_mode(&covering, "functions recorded in mode ", MODES[i], covering.mode[i].recorded,
					   covering.mode[i].functions);
		}
	for (uint32_t i = 0; i < interner_count(covering.losses); i++) {
		const char *what = interner_text(covering.losses, i);
		uint64_t lost = covering.lost[i].count; /* each use keeps the stack of its first event */
		uint64_t stacks = covering.use_rows > lost ? covering.use_rows - lost : 0;
		uint64_t recorded = !strcmp(what, "calls") ? covering.calls : !strcmp(what, "resource events") ? covering.uses
				    : !strcmp(what, "samples") ? covering.samples
				    : !strcmp(what, "stacks") ? stacks : 0;
		if (lost)
			cover_mode(&covering, "lost: ", what, lost, lost + recorded);
	}
	cover_ways(&covering);
	interner_destroy(covering.ways);
	interner_destroy(covering.listed);
	free(covering.way_modules);
	free(covering.rows);
	interner_destroy(covering.known);
	interner_destroy(covering.losses);
	free(covering.lost);
}
