/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What shows a finding beside its own place: the others of its task, and of a file in a circle the way round it. */
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "cmd/export_load.h"

#define RELATED 10                   /* places beside a finding's own */
#define FLOW 100                     /* steps of a way */
#define LOOKS UINT64_C(100000000)    /* dependencies looked at for all ways together: some seconds */

/* Files of circles by their stem (foo.c and foo.h are one), and what they need. */
struct circles {
	struct interner *stems;
	struct step { uint32_t from, to, line; const char *file, *needed; } *steps; /* by from, once they are sorted */
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
	return x->line != y->line ? (x->line < y->line ? -1 : 1) : strcmp(x->file, y->file);
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
		struct step step = {interner_add(out->stems, from, path_stem_length(from)), interner_add(out->stems, to, path_stem_length(to)),
				    (uint32_t)rows_integer(rows, 2), from, to};
		if (step.from == step.to)
			continue;
		mem_grow(&out->steps, &out->capacity, out->count + 1, sizeof *out->steps);
		out->steps[out->count++] = step;
	}
	rows_close(rows);
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
			if (next == from || circles->by[next])
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

/* A finding about "FILE -> OTHER" where OTHER needs FILE again: its own step, then the shortest way back. */
static void add_flow(struct loaded_export *loaded, struct circles *circles, const char *prefix, struct export_finding *finding)
{
	const char *arrow = strstr(finding->subject, " -> ");
	uint32_t from, to, way[FLOW];
	if (!arrow || !finding->line || finding->is_anchored)
		return;
	char *name = mem_strndup(finding->subject, (size_t)(arrow - finding->subject));
	bool known = interner_find(circles->stems, name, path_stem_length(name), &from) &&
		     interner_find(circles->stems, arrow + 4, path_stem_length(arrow + 4), &to) && from != to;
	free(name);
	size_t steps = known ? find_way(circles, to, from, way) : 0;
	if (!steps)
		return;
	struct export_place *flow = arena_zalloc(loaded->arena, steps + 1, sizeof *flow);
	flow[0] = (struct export_place){finding->file, finding->line, finding->message};
	for (size_t i = 0; i < steps; i++) {
		const struct step *step = &circles->steps[way[steps - 1 - i]];
		struct buf text;
		buf_init(&text, BUF_NO_CEILING);
		buf_printf(&text, "%s needs %s", step->file, step->needed);
		flow[i + 1] = (struct export_place){export_prefixed(loaded, prefix, step->file), step->line,
						    arena_strndup(loaded->arena, text.data, text.length)};
		buf_finish(&text);
	}
	finding->flow = flow;
	finding->flow_count = steps + 1;
}

/* Of the findings of one task each has the ones behind it, and from the last on those at the start, as related places. */
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
		loaded->findings[i].related = places;
		loaded->findings[i].related_count = related;
	}
	interner_destroy(keys);
	free(of);
	free(cause);
	free(members);
	free(place);
}

int export_load_evidence(struct loaded_export *loaded, const struct session *session, const char *path_prefix, struct err *err)
{
	struct circles circles = {.stems = interner_create()};
	int result = read_circles(loaded, session, &circles, err);
	for (size_t i = 0; !result && i < loaded->export.finding_count; i++)
		add_flow(loaded, &circles, path_prefix, &loaded->findings[i]);
	if (!result)
		add_related(loaded);
	interner_destroy(circles.stems);
	free(circles.steps);
	free(circles.first);
	free(circles.by);
	free(circles.queue);
	return result;
}
