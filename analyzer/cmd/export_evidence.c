/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What shows a finding beside its own place: the others of its task, or of two domains the files by which one needs the other; and
 * of what is in a circle the way round it. */
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "cmd/export_load.h"

#define RELATED 10                   /* places beside a finding's own */
#define FLOW 100                     /* steps of a way */
#define LOOKS UINT64_C(100000000)    /* dependencies looked at for all ways together: some seconds */

/* Files of circles by their stem (foo.c and foo.h are one), or domains; and what they need. */
struct circles {
	struct interner *stems;
	struct step {
		uint32_t from, to, rank /* among those from and to the same, 0: the one that shows it best */, line;
		const char *file, *needed;
		uint32_t places;      /* that need it; 0: not counted */
		bool is_round;        /* both ends are in one circle */
	} *steps; /* by from, to and rank, once they are sorted */
	size_t count, capacity;
	size_t *first;                /* stem -> its first step */
	uint32_t *by, *queue;         /* stem -> step by which a search came to it, + 1 */
	uint64_t looks;
};

static int compare_steps(const void *a, const void *b)
{
	const struct step *x = a, *y = b;
	if (x->from != y->from)
		return x->from < y->from ? -1 : 1;
	if (x->to != y->to)
		return x->to < y->to ? -1 : 1;
	if (x->rank != y->rank)
		return x->rank < y->rank ? -1 : 1;
	return x->line != y->line ? (x->line < y->line ? -1 : 1) : strcmp(x->file, y->file);
}

static void add_step(struct circles *circles, struct step step)
{
	if (step.from == step.to)
		return;
	mem_grow(&circles->steps, &circles->capacity, circles->count + 1, sizeof *circles->steps);
	circles->steps[circles->count++] = step;
}

/* Once all steps are there. */
static void arrange(struct circles *out)
{
	size_t stems = interner_count(out->stems);
	if (out->count)
		qsort(out->steps, out->count, sizeof *out->steps, compare_steps);
	out->first = mem_zalloc(stems + 2, sizeof *out->first);
	out->by = mem_zalloc(stems + 1, sizeof *out->by);
	out->queue = mem_zalloc(stems + 1, sizeof *out->queue);
	for (size_t i = 0; i < out->count; i++)
		out->first[out->steps[i].from + 1]++;
	for (size_t i = 0; i < stems; i++)
		out->first[i + 1] += out->first[i];
}

static void finish(struct circles *circles)
{
	interner_destroy(circles->stems);
	free(circles->steps);
	free(circles->first);
	free(circles->by);
	free(circles->queue);
}

static int read_circles(struct loaded_export *loaded, const struct session *session, struct circles *out, struct err *err)
{
	const char *parameters[] = {session->release};
	struct rows *rows = NULL;
	bool has_row;
	int result = model_query_named(session->model, "export_circles", parameters, 1, &rows, err);
	while (!result && !(result = rows_next(rows, &has_row, err)) && has_row) {
		const char *from = arena_strdup(loaded->arena, rows_text(rows, 0, NULL));
		const char *to = arena_strdup(loaded->arena, rows_text(rows, 1, NULL));
		add_step(out, (struct step){.from = interner_add(out->stems, from, path_stem_length(from)),
					    .to = interner_add(out->stems, to, path_stem_length(to)),
					    .line = (uint32_t)rows_integer(rows, 2), .file = from, .needed = to, .is_round = true});
	}
	rows_close(rows);
	arrange(out);
	return result;
}

static int read_crossings(struct loaded_export *loaded, const struct session *session, struct circles *out, struct err *err)
{
	const char *parameters[] = {session->release};
	struct rows *rows = NULL;
	bool has_row;
	int result = model_query_named(session->model, "export_crossings", parameters, 1, &rows, err);
	while (!result && !(result = rows_next(rows, &has_row, err)) && has_row)
		add_step(out, (struct step){.from = interner_add_string(out->stems, rows_text(rows, 0, NULL)),
					    .to = interner_add_string(out->stems, rows_text(rows, 1, NULL)),
					    .rank = (uint32_t)rows_integer(rows, 2) - 1, .line = (uint32_t)rows_integer(rows, 3),
					    .file = arena_strdup(loaded->arena, rows_text(rows, 4, NULL)),
					    .needed = arena_strdup(loaded->arena, rows_text(rows, 5, NULL)),
					    .places = rows_integer(rows, 6) > 1 ? (uint32_t)rows_integer(rows, 6) : 1,
					    .is_round = rows_integer(rows, 7) != 0});
	rows_close(rows);
	arrange(out);
	return result;
}

/* The fewest steps from one stem to another, the last first; 0 where there are none or too many. */
static size_t find_way(struct circles *circles, uint32_t from, uint32_t to, uint32_t *way)
{
	size_t head = 0, tail = 0, length = 0;
	memset(circles->by, 0, interner_count(circles->stems) * sizeof *circles->by);
	circles->queue[tail++] = from;
	while (head < tail && !circles->by[to] && circles->looks < LOOKS) {
		uint32_t at = circles->queue[head++];
		for (size_t i = circles->first[at]; i < circles->first[at + 1]; i++, circles->looks++) {
			uint32_t next = circles->steps[i].to;
			if (next == from || circles->by[next] || !circles->steps[i].is_round)
				continue;
			circles->by[next] = (uint32_t)i + 1;
			circles->queue[tail++] = next;
		}
	}
	for (uint32_t at = to; circles->by[to] && at != from; at = circles->steps[way[length++]].from) {
		if (length == FLOW)
			return 0;
		way[length] = circles->by[at] - 1;
	}
	return length;
}

static struct export_place place_of(struct loaded_export *loaded, const char *prefix, const struct step *step)
{
	struct buf text;
	buf_init(&text, BUF_NO_CEILING);
	buf_printf(&text, "%s needs %s", step->file, step->needed);
	if (step->places)
		buf_printf(&text, " in %u place%s", step->places, step->places > 1 ? "s" : "");
	struct export_place place = {export_prefixed(loaded, prefix, step->file), step->line,
				     arena_strndup(loaded->arena, text.data, text.length)};
	buf_finish(&text);
	return place;
}

/* own: the finding's; then the shortest way from what it needs back to it, if there is one. */
static void add_flow(struct loaded_export *loaded, struct circles *circles, const char *prefix, struct export_finding *finding,
		     struct export_place own, uint32_t from, uint32_t to)
{
	uint32_t way[FLOW];
	size_t steps = find_way(circles, to, from, way);
	if (!steps)
		return;
	struct export_place *flow = arena_zalloc(loaded->arena, steps + 1, sizeof *flow);
	flow[0] = own;
	for (size_t i = 0; i < steps; i++)
		flow[i + 1] = place_of(loaded, prefix, &circles->steps[way[steps - 1 - i]]);
	finding->flow = flow;
	finding->flow_count = steps + 1;
}

/* The ends of a finding's subject "ONE -> OTHER"; false: it has none, or they are not known. length: of what names each. */
static bool find_ends(const struct circles *circles, const struct export_finding *finding, size_t (*length)(const char *), uint32_t *from,
		      uint32_t *to)
{
	const char *arrow = strstr(finding->subject, " -> ");
	if (!arrow)
		return false;
	char *name = mem_strndup(finding->subject, (size_t)(arrow - finding->subject));
	bool known = interner_find(circles->stems, name, length(name), from) &&
		     interner_find(circles->stems, arrow + 4, length(arrow + 4), to) && *from != *to;
	free(name);
	return known;
}

/* A finding about "FILE -> OTHER" where OTHER needs FILE again. */
static void add_way(struct loaded_export *loaded, struct circles *circles, const char *prefix, struct export_finding *finding)
{
	uint32_t from, to;
	if (finding->line && !finding->is_anchored && find_ends(circles, finding, path_stem_length, &from, &to))
		add_flow(loaded, circles, prefix, finding, (struct export_place){finding->file, finding->line, finding->message}, from, to);
}

/* A finding about "DOMAIN -> OTHER": the files by which it needs the other, and the way back if they are in a circle. */
static void add_crossings(struct loaded_export *loaded, struct circles *domains, const char *prefix, struct export_finding *finding)
{
	uint32_t from, to;
	if (!finding->is_anchored || !find_ends(domains, finding, strlen, &from, &to))
		return;
	size_t at = domains->first[from], count = 0;
	while (at < domains->first[from + 1] && domains->steps[at].to != to)
		at++;
	while (at + count < domains->first[from + 1] && domains->steps[at + count].to == to && count < RELATED)
		count++;
	if (!count)
		return;
	struct export_place *places = arena_zalloc(loaded->arena, count, sizeof *places);
	for (size_t i = 0; i < count; i++)
		places[i] = place_of(loaded, prefix, &domains->steps[at + i]);
	finding->related = places;
	finding->related_count = count;
	if (domains->steps[at].is_round)
		add_flow(loaded, domains, prefix, finding, places[0], from, to);
}

/* Of the findings of one task each has the ones behind it, and from the last on those at the start, as related places; unless it has
 * some already. */
static void add_related(struct loaded_export *loaded)
{
	size_t count = loaded->export.finding_count, capacity = 0, causes = 0;
	struct interner *keys = interner_create();
	struct cause { size_t count, first; } *of = NULL;
	uint32_t *cause = mem_alloc((count + 1) * sizeof *cause);
	for (size_t i = 0; i < count; i++) {
		cause[i] = loaded->causes[i] ? interner_add_string(keys, loaded->causes[i]) : UINT32_MAX;
		for (; cause[i] != UINT32_MAX && cause[i] >= causes; causes++) {
			mem_grow(&of, &capacity, causes + 1, sizeof *of);
			of[causes] = (struct cause){0, 0};
		}
		if (cause[i] != UINT32_MAX)
			of[cause[i]].count++;
	}
	size_t at = 0, *members = mem_alloc((count + 1) * sizeof *members), *place = mem_alloc((count + 1) * sizeof *place);
	for (size_t i = 0; i < causes; i++) {
		of[i].first = at;
		at += of[i].count;
		of[i].count = 0;
	}
	for (size_t i = 0; i < count; i++)
		if (cause[i] != UINT32_MAX) {
			place[i] = of[cause[i]].count++;
			members[of[cause[i]].first + place[i]] = i;
		}
	for (size_t i = 0; i < count; i++) {
		struct cause group = cause[i] != UINT32_MAX ? of[cause[i]] : (struct cause){1, 0};
		size_t related = group.count - 1 < RELATED ? group.count - 1 : RELATED;
		struct export_place *places = related ? arena_zalloc(loaded->arena, related, sizeof *places) : NULL;
		for (size_t k = 0; k < related; k++) {
			const struct export_finding *other = &loaded->findings[members[group.first + (place[i] + k + 1) % group.count]];
			places[k] = (struct export_place){other->file, other->line, other->message};
		}
		if (!loaded->findings[i].related_count) {
			loaded->findings[i].related = places;
			loaded->findings[i].related_count = related;
		}
	}
	interner_destroy(keys);
	free(of);
	free(cause);
	free(members);
	free(place);
}

int export_load_evidence(struct loaded_export *loaded, const struct session *session, const char *path_prefix, struct err *err)
{
	struct circles files = {.stems = interner_create()}, domains = {.stems = interner_create()};
	int result = read_circles(loaded, session, &files, err);
	if (!result)
		result = read_crossings(loaded, session, &domains, err);
	for (size_t i = 0; !result && i < loaded->export.finding_count; i++) {
		add_way(loaded, &files, path_prefix, &loaded->findings[i]);
		add_crossings(loaded, &domains, path_prefix, &loaded->findings[i]);
	}
	if (!result)
		add_related(loaded);
	finish(&files);
	finish(&domains);
	return result;
}
