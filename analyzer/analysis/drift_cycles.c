/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Circles of domains and of files: which are new, broken, grown or shrunk. */
#include <stdlib.h>

#include "analysis/drift_internal.h"
#include "base/text.h"

#define SAME_CYCLE 2      /* members that two circles must share to be one */
#define MANY 0.1          /* of a circle's members: so many newcomers are a major growth */
#define WANTED_EDGES 8    /* new dependencies within a circle that are looked up */

struct member { uint32_t id; const char *name; };
struct circle { const char *name; struct member *members; size_t count, capacity; uint32_t other; size_t shared; bool is_best; };
struct circles {
	struct drifting *d;
	bool is_file;
	struct circle *list[2]; size_t count[2], capacity[2];
	struct interner *stems;    /* files: "foo" of foo.c and foo.h; ids of newer things come first to be the same on both sides */
};

/* "foo.c" stands for foo.c and foo.h: the id of the file's path without its ending, as it is called in the newer release. */
static uint32_t stem_of(struct circles *c, unsigned side, const char *path)
{
	uint32_t file = drift_file_find(c->d, path);
	if (!side && file != DRIFT_NONE && c->d->out->file_now[file] != DRIFT_NONE)
		path = c->d->in->files[c->d->out->file_now[file]].path;
	return interner_add(c->stems, path, path_stem_length(path));
}

static uint32_t domain_named(const struct drifting *d, unsigned side, const char *name)
{
	for (uint32_t i = 0; i < d->in->domain_count[side]; i++)
		if (!strcmp(d->in->domains[side][i].name, name))
			return i;
	return DRIFT_NONE;
}

/* An older domain that was merged is what it went into; a newer one that was split off is itself, and "seen" by its origin. */
static uint32_t domain_id(struct circles *c, unsigned side, const char *name)
{
	struct drifting *d = c->d;
	uint32_t domain = domain_named(d, side, name), now = DRIFT_NONE;
	if (domain == DRIFT_NONE)
		return interner_add_string(c->stems, name);
	if (side)
		now = domain;
	else if (d->out->domain_now[domain] != DRIFT_NONE)
		now = d->out->domain_now[domain];
	else if (d->domain_split[0][domain])
		now = d->domain_origin[0][domain];
	return interner_add_string(c->stems, now == DRIFT_NONE ? drift_text(d, "gone\t%s", name) : drift_domain_name(d, 1, now));
}

static int compare_members(const void *a, const void *b)
{
	const struct member *x = a, *y = b;
	if (x->id != y->id)
		return x->id < y->id ? -1 : 1;
	return strcmp(x->name, y->name);
}

static void collect(struct circles *c)
{
	const struct drift_input *in = c->d->in;
	struct interner *names[2] = {interner_create(), interner_create()};
	for (unsigned pass = 0; pass < 2; pass++) { /* the newer first */
		unsigned side = !pass;
		for (size_t i = 0; i < in->cycle_members_count; i++) {
			const struct drift_cycle_member *row = &in->cycle_members[i];
			if (row->side != side || row->is_file != c->is_file)
				continue;
			uint32_t known = interner_count(names[side]), at = interner_add_string(names[side], row->cycle);
			if (at == known) {
				mem_grow(&c->list[side], &c->capacity[side], c->count[side] + 1, sizeof *c->list[side]);
				c->list[side][c->count[side]++] = (struct circle){.name = row->cycle, .other = DRIFT_NONE};
			}
			struct circle *circle = &c->list[side][at];
			mem_grow(&circle->members, &circle->capacity, circle->count + 1, sizeof *circle->members);
			circle->members[circle->count++] = (struct member){
				c->is_file ? stem_of(c, side, row->member) : domain_id(c, side, row->member), row->member};
		}
		interner_destroy(names[side]);
		for (size_t i = 0; i < c->count[side]; i++)
			qsort(c->list[side][i].members, c->list[side][i].count, sizeof *c->list[side][i].members, compare_members);
	}
}

static bool holds(const struct circle *circle, uint32_t id)
{
	size_t low = 0, high = circle->count;
	while (low < high) {
		size_t middle = (low + high) / 2;
		if (circle->members[middle].id < id)
			low = middle + 1;
		else
			high = middle;
	}
	return low < circle->count && circle->members[low].id == id;
}

/* Each circle's best counterpart, by members shared. */
static void pair_up(struct circles *c)
{
	for (unsigned side = 0; side < 2; side++)
		for (uint32_t i = 0; i < c->count[side]; i++) {
			struct circle *circle = &c->list[side][i];
			for (uint32_t o = 0; o < c->count[!side]; o++) {
				size_t both = 0;
				for (size_t m = 0; m < circle->count; m++)
					both += holds(&c->list[!side][o], circle->members[m].id);
				if (both > circle->shared) {
					circle->shared = both;
					circle->other = o;
				}
			}
			if (circle->shared < SAME_CYCLE)
				circle->other = DRIFT_NONE;
		}
}

/* Has this member of a newer circle of domains come out of one that was in the older circle? */
static bool is_old_part(struct circles *c, const struct circle *old, const struct member *member)
{
	struct drifting *d = c->d;
	if (holds(old, member->id))
		return true;
	if (c->is_file)
		return false;
	uint32_t domain = domain_named(d, 1, member->name);
	if (domain == DRIFT_NONE || !d->domain_split[1][domain])
		return false;
	return holds(old, domain_id(c, 0, drift_domain_name(d, 0, d->domain_origin[1][domain])));
}

/* Pairs of files, by their ids, of which the older release says something that the newer does not: where the newer has them too, it
 * only says something else of them. */
static struct map64 *known_pairs(struct circles *c)
{
	const struct drift_input *in = c->d->in;
	struct map64 *known = map64_create();
	for (size_t i = 0; c->is_file && i < in->dependencies_count; i++) {
		const struct drift_dependency *row = &in->dependencies[i];
		if (row->sides == DRIFT_IN_OLD)
			map64_put(known, (uint64_t)stem_of(c, 0, in->files[row->from].path) << 32 | stem_of(c, 0, in->files[row->to].path), 1);
	}
	return known;
}

/* Did the older release have a dependency between these newer domains? */
static bool is_known_link(const struct drifting *d, uint32_t from, uint32_t to)
{
	uint32_t old_from = d->out->domain_before[from], old_to = d->out->domain_before[to];
	for (size_t k = 0; k < d->in->domain_dependencies_count; k++) {
		const struct drift_domain_dependency *link = &d->in->domain_dependencies[k];
		if (!link->side && link->weight > 0 && link->from == old_from && link->to == old_to)
			return true;
	}
	return false;
}

/* The members that a newer dependency of files ties, and what is to be looked up of it: files, or their domains. */
static bool ends_of(struct circles *c, const struct drift_dependency *row, struct member ends[2], uint32_t *from, uint32_t *to)
{
	struct drifting *d = c->d;
	const struct drift_file *files = d->in->files;
	if (c->is_file) {
		*from = row->from;
		*to = row->to;
		ends[0] = (struct member){stem_of(c, 1, files[*from].path), files[*from].path};
		ends[1] = (struct member){stem_of(c, 1, files[*to].path), files[*to].path};
		return ends[0].id != ends[1].id;
	}
	*from = drift_domain_of(d, 1, row->from);
	*to = drift_domain_of(d, 1, row->to);
	if (*from == DRIFT_NONE || *to == DRIFT_NONE || *from == *to)
		return false;
	ends[0] = (struct member){domain_id(c, 1, drift_domain_name(d, 1, *from)), drift_domain_name(d, 1, *from)};
	ends[1] = (struct member){domain_id(c, 1, drift_domain_name(d, 1, *to)), drift_domain_name(d, 1, *to)};
	return true;
}

/* New dependencies among the members are what closed the circle or drew the newcomers in: where it grew (old: what it was), one that
 * ties no newcomer added nothing, since those that were in it reached each other before. */
static void want_edges(struct circles *c, const struct circle *circle, const struct circle *old)
{
	struct drifting *d = c->d;
	struct map64 *told = map64_create(), *known = known_pairs(c);
	unsigned wanted = 0;
	for (size_t i = 0; i < d->in->dependencies_count && wanted < WANTED_EDGES; i++) {
		const struct drift_dependency *row = &d->in->dependencies[i];
		struct member ends[2];
		uint32_t from, to, ignored;
		if (row->sides != DRIFT_IN_NEW || !ends_of(c, row, ends, &from, &to) || !holds(circle, ends[0].id) || !holds(circle, ends[1].id))
			continue;
		if (old && is_old_part(c, old, &ends[0]) && is_old_part(c, old, &ends[1]))
			continue;
		if (c->is_file ? map64_get(known, (uint64_t)ends[0].id << 32 | ends[1].id, &ignored) : is_known_link(d, from, to))
			continue;
		if (map64_get(told, (uint64_t)from << 32 | to, &ignored))
			continue;
		map64_put(told, (uint64_t)from << 32 | to, 1);
		drift_want(d, 1, c->is_file, from, to);
		wanted++;
	}
	map64_destroy(told);
	map64_destroy(known);
}

/* Names of members that the other circle (NULL: none) does not hold. Heap. */
static const char **names_beyond(struct circles *c, const struct circle *circle, const struct circle *other, bool is_new, size_t *count)
{
	const char **names = mem_zalloc(circle->count + 1, sizeof *names);
	*count = 0;
	for (size_t i = 0; i < circle->count; i++)
		if (!other || !(is_new ? is_old_part(c, other, &circle->members[i]) : holds(other, circle->members[i].id)))
			names[(*count)++] = circle->members[i].name;
	return names;
}

static void set_numbers(struct circles *c, struct drift_event *event, const struct circle *old, const struct circle *new)
{
	const struct circle *shown = new ? new : old;
	event->before = old ? (double)old->count : 0;
	event->after = new ? (double)new->count : 0;
	if (c->is_file)
		event->file = shown->members[0].name;
}

static const char *subject_of(struct circles *c, const struct circle *circle)
{
	return drift_text(c->d, "%s around %s", c->is_file ? "files" : "domains", circle->name);
}

/* Members by their older names, so that a renamed member does not make another circle of it. */
static const char *identity_of(struct circles *c, const struct circle *circle, unsigned side)
{
	if (c->is_file)
		return drift_text(c->d, "file\t%s", drift_path_identity(c->d, side, circle->name));
	uint32_t domain = domain_named(c->d, side, circle->name);
	return drift_text(c->d, "domain\t%s", domain == DRIFT_NONE ? circle->name : drift_domain_identity(c->d, side, domain));
}

static void tell_new(struct circles *c, const struct circle *circle)
{
	size_t count;
	const char **names = names_beyond(c, circle, NULL, true, &count);
	struct drift_event *event = drift_add(c->d, DRIFT_CYCLE_ADDED, c->is_file ? DRIFT_MAJOR : DRIFT_CRITICAL, subject_of(c, circle),
		identity_of(c, circle, 1), drift_text(c->d, "%zu %s need each other: %s", count, c->is_file ? "files" : "domains",
						   drift_list(c->d, names, count)));
	set_numbers(c, event, NULL, circle);
	want_edges(c, circle, NULL);
	free(names);
}

static void tell_broken(struct circles *c, const struct circle *circle)
{
	size_t count;
	const char **names = names_beyond(c, circle, NULL, false, &count);
	struct drift_event *event = drift_add(c->d, DRIFT_CYCLE_BROKEN, DRIFT_INFO, subject_of(c, circle), identity_of(c, circle, 0),
		drift_text(c->d, "%s need each other no more", drift_list(c->d, names, count)));
	set_numbers(c, event, circle, NULL);
	free(names);
}

static void tell_changed(struct circles *c, const struct circle *old, const struct circle *new)
{
	size_t joined_count, left_count;
	const char **joined = names_beyond(c, new, old, true, &joined_count), **left = names_beyond(c, old, new, false, &left_count);
	/* Files come and go with each release: where more left than joined, less is tangled. A domain that joins is news on its own. */
	if (joined_count && (!c->is_file || joined_count > left_count)) {
		enum drift_severity severity = !c->is_file || (double)joined_count > MANY * (double)old->count ? DRIFT_MAJOR : DRIFT_MINOR;
		const char *detail = drift_text(c->d, "from %zu to %zu, as %s joined", old->count, new->count, drift_list(c->d, joined, joined_count));
		/* Who joined is part of it: a circle that grows once more is another event than the one that was accepted. */
		struct drift_event *event = drift_add(c->d, DRIFT_CYCLE_GROWN, severity, subject_of(c, new),
			drift_text(c->d, "%s\t%s", identity_of(c, old, 0), joined[0]), detail);
		set_numbers(c, event, old, new);
		want_edges(c, new, old);
	} else if (left_count > joined_count) {
		struct drift_event *event = drift_add(c->d, DRIFT_CYCLE_SHRUNK, DRIFT_INFO, subject_of(c, new), identity_of(c, old, 0),
			drift_text(c->d, "from %zu to %zu: %s left", old->count, new->count, drift_list(c->d, left, left_count)));
		set_numbers(c, event, old, new);
	}
	free(joined);
	free(left);
}

static void tell(struct drifting *d, bool is_file)
{
	struct circles c = {.d = d, .is_file = is_file, .stems = interner_create()};
	collect(&c);
	pair_up(&c);
	for (size_t i = 0; i < c.count[1]; i++) {
		struct circle *circle = &c.list[1][i];
		if (circle->other == DRIFT_NONE)
			tell_new(&c, circle);
		else if (c.list[0][circle->other].other == i)
			tell_changed(&c, &c.list[0][circle->other], circle);
	}
	for (size_t i = 0; i < c.count[0]; i++)
		if (c.list[0][i].other == DRIFT_NONE)
			tell_broken(&c, &c.list[0][i]);
	for (unsigned side = 0; side < 2; side++) {
		for (size_t i = 0; i < c.count[side]; i++)
			free(c.list[side][i].members);
		free(c.list[side]);
	}
	interner_destroy(c.stems);
}

void drift_tell_cycles(struct drifting *d)
{
	tell(d, false);
	tell(d, true);
}
