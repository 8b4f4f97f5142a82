/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Which domain of the older release is which of the newer one, and what came between them. */
#include <stdlib.h>

#include "analysis/assignment.h"
#include "analysis/drift_internal.h"

#define SAME_DOMAIN 0.5      /* of the smaller one's functions and files must be shared */
#define SAME_NAMED_DOMAIN 0.2 /* likewise where both have one name */
#define CAME_FROM 0.5        /* of an unmatched domain must have been in one of the other release, to have come from there */
#define DECLARED_WEIGHT 1e9  /* two declared domains of one name are one, whatever is in them */
#define NAME_WEIGHT 0.5      /* settles what content leaves open */

/* ---- matching ---- */

struct overlap { uint32_t old, new; double shared; };

struct domains {
	struct drifting *d;
	struct map64 *index;         /* older << 32 | newer -> place in overlaps */
	struct overlap *overlaps; size_t count, capacity;
	double *size[2];             /* functions and files per domain */
};

static double shared(const struct domains *m, uint32_t old, uint32_t new)
{
	uint32_t at;
	return map64_get(m->index, (uint64_t)old << 32 | new, &at) ? m->overlaps[at].shared : 0;
}

static void share(struct domains *m, uint32_t old, uint32_t new, double weight)
{
	uint32_t at;
	if (old == DRIFT_NONE || new == DRIFT_NONE)
		return;
	if (!map64_get(m->index, (uint64_t)old << 32 | new, &at)) {
		mem_grow(&m->overlaps, &m->capacity, m->count + 1, sizeof *m->overlaps);
		at = (uint32_t)m->count;
		m->overlaps[m->count++] = (struct overlap){old, new, 0};
		map64_put(m->index, (uint64_t)old << 32 | new, at);
	}
	m->overlaps[at].shared += weight;
}

static void measure_overlaps(struct domains *m)
{
	struct drifting *d = m->d;
	for (uint32_t f = 0; f < d->in->files_count; f++) {
		for (unsigned side = 0; side < 2; side++)
			if ((d->in->files[f].sides >> side & 1) && d->in->files[f].domain[side] != DRIFT_NONE)
				m->size[side][d->in->files[f].domain[side]]++;
		if (drift_is_old(d->in->files[f].sides) && d->out->file_now[f] != DRIFT_NONE)
			share(m, d->in->files[f].domain[0], d->in->files[d->out->file_now[f]].domain[1], 1);
	}
	for (uint32_t i = 0; i < d->in->functions_count; i++) {
		const struct drift_function *row = &d->in->functions[i];
		for (unsigned side = 0; side < 2; side++) {
			uint32_t domain = row->sides >> side & 1 ? drift_domain_of(d, side, row->file) : DRIFT_NONE;
			if (domain != DRIFT_NONE)
				m->size[side][domain]++;
		}
		if (drift_is_old(row->sides) && d->function_now[i] != DRIFT_NONE)
			share(m, drift_domain_of(d, 0, row->file), drift_domain_of(d, 1, d->in->functions[d->function_now[i]].file), 1);
	}
}

static void assign(struct domains *m)
{
	struct drifting *d = m->d;
	const struct drift_domain *old = d->in->domains[0], *new = d->in->domains[1];
	size_t count = 0, capacity = 0;
	struct assignment_pair *pairs = NULL;
	for (uint32_t a = 0; a < d->in->domain_count[0]; a++)
		for (uint32_t b = 0; b < d->in->domain_count[1]; b++) {
			bool same_name = !strcmp(old[a].name, new[b].name);
			double weight = shared(m, a, b);
			if (same_name && old[a].is_declared && new[b].is_declared)
				weight += DECLARED_WEIGHT;
			else if (weight > 0 && same_name)
				weight += NAME_WEIGHT;
			if (weight <= 0)
				continue;
			mem_grow(&pairs, &capacity, count + 1, sizeof *pairs);
			pairs[count++] = (struct assignment_pair){a, b, weight};
		}
	assignment_best((uint32_t)d->in->domain_count[0], (uint32_t)d->in->domain_count[1], pairs, count, d->out->domain_now);
	free(pairs);
	for (uint32_t a = 0; a < d->in->domain_count[0]; a++) {
		uint32_t b = d->out->domain_now[a];
		if (b == DRIFT_NONE)
			continue;
		bool same_name = !strcmp(old[a].name, new[b].name);
		double smaller = m->size[0][a] < m->size[1][b] ? m->size[0][a] : m->size[1][b];
		if (!(same_name && old[a].is_declared && new[b].is_declared) &&
		    shared(m, a, b) < (same_name ? SAME_NAMED_DOMAIN : SAME_DOMAIN) * smaller)
			d->out->domain_now[a] = DRIFT_NONE;
		else
			d->out->domain_before[b] = a;
	}
}

static void find_origins(struct domains *m)
{
	struct drifting *d = m->d;
	for (unsigned side = 0; side < 2; side++)
		for (uint32_t i = 0; i < d->in->domain_count[side]; i++) {
			double most = 0;
			d->domain_origin[side][i] = DRIFT_NONE;
			for (uint32_t o = 0; o < d->in->domain_count[!side]; o++) {
				double weight = side ? shared(m, o, i) : shared(m, i, o);
				if (weight > most) {
					most = weight;
					d->domain_origin[side][i] = o;
				}
			}
			bool unmatched = (side ? d->out->domain_before : d->out->domain_now)[i] == DRIFT_NONE;
			d->domain_split[side][i] = unmatched && most > CAME_FROM * m->size[side][i];
		}
}

void drift_match_domains(struct drifting *d)
{
	struct domains m = {.d = d, .index = map64_create()};
	for (unsigned side = 0; side < 2; side++) {
		m.size[side] = mem_zalloc(d->in->domain_count[side] + 1, sizeof *m.size[side]);
		d->domain_split[side] = mem_zalloc(d->in->domain_count[side] + 1, sizeof *d->domain_split[side]);
		d->domain_origin[side] = mem_zalloc(d->in->domain_count[side] + 1, sizeof *d->domain_origin[side]);
	}
	d->out->domain_now = mem_alloc((d->in->domain_count[0] + 1) * sizeof *d->out->domain_now);
	d->out->domain_before = mem_alloc((d->in->domain_count[1] + 1) * sizeof *d->out->domain_before);
	for (uint32_t i = 0; i < d->in->domain_count[1]; i++)
		d->out->domain_before[i] = DRIFT_NONE;
	measure_overlaps(&m);
	assign(&m);
	find_origins(&m);
	for (unsigned side = 0; side < 2; side++)
		free(m.size[side]);
	free(m.overlaps);
	map64_destroy(m.index);
}

/* ---- domains that came, went, split ... ---- */

/* Files of a domain of a side, in order, as evidence; origin: only those that were (will be) there on the other side. */
static size_t files_of(struct drifting *d, unsigned side, uint32_t domain, uint32_t origin, struct drift_evidence **out)
{
	size_t count = 0, capacity = 0;
	struct drift_evidence *rows = NULL;
	for (uint32_t f = 0; f < d->in->files_count; f++) {
		if (!(d->in->files[f].sides >> side & 1) || d->in->files[f].domain[side] != domain)
			continue;
		uint32_t other = (side ? d->out->file_before : d->out->file_now)[f];
		if (origin != DRIFT_NONE && (other == DRIFT_NONE || d->in->files[other].domain[!side] != origin))
			continue;
		mem_grow(&rows, &capacity, count + 1, sizeof *rows);
		rows[count++] = (struct drift_evidence){"", "", d->in->files[f].path, 0};
	}
	*out = rows;
	return count;
}

static void tell_whole(struct drifting *d, enum drift_kind kind, unsigned side, uint32_t domain)
{
	struct drift_evidence *rows;
	size_t count = files_of(d, side, domain, DRIFT_NONE, &rows);
	const char *name = drift_domain_name(d, side, domain);
	struct drift_event *event = drift_add(d, kind, DRIFT_MINOR, name, NULL,
		drift_text(d, "%zu file%s: %s%s", count, count == 1 ? "" : "s", count ? rows[0].file : "none", count > 1 ? ", ..." : ""));
	drift_add_evidence(d, event, rows, count);
	free(rows);
}

/* Several parts of one (side 1: split), or one out of several (side 0: merged). whole: on the other side. */
static void tell_parts(struct drifting *d, unsigned side, uint32_t whole)
{
	const char **names = mem_zalloc(d->in->domain_count[side] + 1, sizeof *names);
	size_t name_count = 0, count = 0, capacity = 0;
	struct drift_evidence *all = NULL;
	uint32_t heir = (side ? d->out->domain_now : d->out->domain_before)[whole];
	if (heir != DRIFT_NONE)
		names[name_count++] = drift_domain_name(d, side, heir);
	for (uint32_t i = 0; i < d->in->domain_count[side]; i++) {
		if (!d->domain_split[side][i] || d->domain_origin[side][i] != whole)
			continue;
		struct drift_evidence *rows;
		size_t more = files_of(d, side, i, whole, &rows);
		names[name_count++] = drift_domain_name(d, side, i);
		mem_grow(&all, &capacity, count + more + 1, sizeof *all);
		if (more)
			memcpy(all + count, rows, more * sizeof *rows);
		count += more;
		free(rows);
	}
	if (name_count > (heir != DRIFT_NONE)) {
		const char *name = drift_domain_name(d, !side, whole);
		struct drift_event *event = drift_add(d, side ? DRIFT_DOMAIN_SPLIT : DRIFT_DOMAIN_MERGED, DRIFT_MINOR, name,
			drift_text(d, "%s\t%s", name, drift_list(d, names, name_count)),
			drift_text(d, side ? "into %s" : "of %s", drift_list(d, names, name_count)));
		drift_add_evidence(d, event, all, count);
	}
	free(all);
	free(names);
}

void drift_tell_domains(struct drifting *d)
{
	for (uint32_t i = 0; i < d->in->domain_count[1]; i++) {
		uint32_t before = d->out->domain_before[i];
		if (before == DRIFT_NONE && !d->domain_split[1][i])
			tell_whole(d, DRIFT_DOMAIN_ADDED, 1, i);
		if (before != DRIFT_NONE && strcmp(drift_domain_name(d, 0, before), drift_domain_name(d, 1, i)))
			drift_add(d, DRIFT_DOMAIN_RENAMED, DRIFT_INFO, drift_domain_name(d, 1, i), drift_domain_name(d, 0, before),
				  drift_text(d, "was %s", drift_domain_name(d, 0, before)));
		tell_parts(d, 0, i);
	}
	for (uint32_t i = 0; i < d->in->domain_count[0]; i++) {
		if (d->out->domain_now[i] == DRIFT_NONE && !d->domain_split[0][i])
			tell_whole(d, DRIFT_DOMAIN_REMOVED, 0, i);
		tell_parts(d, 1, i);
	}
}

/* ---- dependencies ---- */

/* What a domain is on the other side, one that was split or merged being what it came from or went into. */
static uint32_t across(const struct drifting *d, unsigned side, uint32_t domain)
{
	uint32_t other = (side ? d->out->domain_before : d->out->domain_now)[domain];
	return other != DRIFT_NONE ? other : d->domain_split[side][domain] ? d->domain_origin[side][domain] : DRIFT_NONE;
}

static uint64_t pair(uint32_t from, uint32_t to)
{
	return (uint64_t)from << 32 | to;
}

struct dependencies {
	struct map64 *own[2];     /* pairs of domains of each side */
	struct map64 *crossed[2]; /* the other side's pairs, as domains of this side */
	struct map64 *written[2]; /* pairs between which the source newly names something ([1]), or no longer does ([0]) */
};

static uint64_t file_pair_key(const char *kind, uint32_t from, uint32_t to)
{
	uint64_t numbers[2] = {pair(from, to), hash_bytes64(kind, strlen(kind))};
	return hash_bytes64(numbers, sizeof numbers) & ~UINT64_C(1);
}

/* Of dependencies of files, what is left when those that only moved with their files are taken away. */
static void find_written(const struct drifting *d, struct dependencies *set)
{
	const struct drift_input *in = d->in;
	struct map64 *seen[2] = {map64_create(), map64_create()};
	for (unsigned pass = 0; pass < 2; pass++)
		for (size_t i = 0; i < in->dependencies_count; i++) {
			const struct drift_dependency *row = &in->dependencies[i];
			unsigned side = row->sides == DRIFT_IN_NEW;
			if (row->sides == (DRIFT_IN_OLD | DRIFT_IN_NEW))
				continue;
			if (!pass) {
				map64_put(seen[side], file_pair_key(row->kind, row->from, row->to), 1);
				continue;
			}
			const uint32_t *other = side ? d->out->file_before : d->out->file_now;
			uint32_t from = other[row->from], to = other[row->to], ignored;
			if (from != DRIFT_NONE && to != DRIFT_NONE && map64_get(seen[!side], file_pair_key(row->kind, from, to), &ignored))
				continue;
			from = drift_domain_of(d, side, row->from);
			to = drift_domain_of(d, side, row->to);
			if (from != DRIFT_NONE && to != DRIFT_NONE && from != to)
				map64_put(set->written[side], pair(from, to), 1);
		}
	map64_destroy(seen[0]);
	map64_destroy(seen[1]);
}

static bool has(const struct map64 *map, uint32_t from, uint32_t to)
{
	uint32_t ignored;
	return map64_get(map, pair(from, to), &ignored);
}

/* Does one newer domain need the other, directly or not? */
static bool reaches(const struct drifting *d, uint32_t from, uint32_t to)
{
	bool *seen = mem_zalloc(d->in->domain_count[1] + 1, sizeof *seen);
	bool changed = seen[from] = true;
	while (changed && !seen[to]) {
		changed = false;
		for (size_t i = 0; i < d->in->domain_dependencies_count; i++) {
			const struct drift_domain_dependency *row = &d->in->domain_dependencies[i];
			if (row->side && row->weight > 0 && seen[row->from] && !seen[row->to])
				changed = seen[row->to] = true;
		}
	}
	bool found = seen[to];
	free(seen);
	return found;
}

static void tell_dependency(struct drifting *d, const struct dependencies *set, const struct drift_domain_dependency *row)
{
	unsigned side = row->side;
	uint32_t from = across(d, side, row->from), to = across(d, side, row->to);
	if (has(set->crossed[side], row->from, row->to))
		return;
	if (from != DRIFT_NONE && to != DRIFT_NONE && (from == to || has(set->own[!side], from, to)))
		return;
	if (!side && (from == DRIFT_NONE || to == DRIFT_NONE))
		return; /* the domain has gone, which is told */
	const char *names[2] = {drift_domain_name(d, side, row->from), drift_domain_name(d, side, row->to)};
	bool written = has(set->written[side], row->from, row->to);
	enum drift_severity severity = DRIFT_INFO;
	const char *more = written ? "" : side ? ", as files moved" : ", as files moved";
	if (side) {
		bool closes = reaches(d, row->to, row->from);
		severity = written && (closes || from != DRIFT_NONE) ? (closes ? DRIFT_MAJOR : DRIFT_MINOR) : DRIFT_INFO;
		more = closes && written ? ", which closes a circle" : more;
	}
	const char *detail = drift_text(d, "%.0f place%s, %u name%s%s", row->weight, row->weight == 1 ? "" : "s", row->symbols,
					row->symbols == 1 ? "" : "s", more);
	struct drift_event *event = drift_add(d, side ? DRIFT_DEPENDENCY_ADDED : DRIFT_DEPENDENCY_REMOVED, severity,
		drift_text(d, "%s -> %s", names[0], names[1]),
		drift_text(d, "%s -> %s", drift_domain_identity(d, side, row->from), drift_domain_identity(d, side, row->to)), detail);
	event->from = names[0];
	event->to = names[1];
	event->before = side ? 0 : row->weight;
	event->after = side ? row->weight : 0;
	drift_want(d, (uint8_t)side, false, row->from, row->to);
}

void drift_tell_dependencies(struct drifting *d)
{
	struct dependencies set;
	for (unsigned side = 0; side < 2; side++) {
		set.own[side] = map64_create();
		set.crossed[side] = map64_create();
		set.written[side] = map64_create();
	}
	for (size_t i = 0; i < d->in->domain_dependencies_count; i++) {
		const struct drift_domain_dependency *row = &d->in->domain_dependencies[i];
		if (row->weight <= 0)
			continue;
		uint32_t from = across(d, row->side, row->from), to = across(d, row->side, row->to);
		map64_put(set.own[row->side], pair(row->from, row->to), 1);
		if (from != DRIFT_NONE && to != DRIFT_NONE)
			map64_put(set.crossed[!row->side], pair(from, to), 1);
	}
	find_written(d, &set);
	for (size_t i = 0; i < d->in->domain_dependencies_count; i++)
		if (d->in->domain_dependencies[i].weight > 0)
			tell_dependency(d, &set, &d->in->domain_dependencies[i]);
	for (unsigned side = 0; side < 2; side++) {
		map64_destroy(set.own[side]);
		map64_destroy(set.crossed[side]);
		map64_destroy(set.written[side]);
	}
}
