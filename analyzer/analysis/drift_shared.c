/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What lies outside the functions: resources, mutable globals, external libraries, and how many domains meet at them. */
#include <stdio.h>
#include <stdlib.h>

#include "analysis/drift_internal.h"
#include "analysis/system_headers.h"

/* One use of a thing by a place: rows are sorted by thing, and each thing's are looked at together. */
struct use { const char *thing, *named /* there, of it */; uint32_t domain, file, line; const char *from; uint8_t sides; };
struct uses { struct use *items; size_t count, capacity; };

static void add_use(struct uses *uses, struct use use)
{
	mem_grow(&uses->items, &uses->capacity, uses->count + 1, sizeof *uses->items);
	uses->items[uses->count++] = use;
}

static int compare_uses(const void *a, const void *b)
{
	const struct use *x = a, *y = b;
	int order = strcmp(x->thing, y->thing);
	if (order)
		return order;
	if (x->file != y->file)
		return x->file < y->file ? -1 : 1;
	if (x->line != y->line)
		return x->line < y->line ? -1 : 1;
	order = strcmp(x->from, y->from);
	return order ? order : (int)x->sides - (int)y->sides;
}

static size_t end_of(const struct uses *uses, size_t start)
{
	size_t end = start + 1;
	while (end < uses->count && !strcmp(uses->items[end].thing, uses->items[start].thing))
		end++;
	return end;
}

/* The uses of one thing, and the domains on each side, each once, the older ones as what they are now where they still are. */
struct meeting { const struct use *uses; size_t count; uint32_t domains[2][16]; size_t domain_count[2]; size_t use_count[2]; };

static void meet(struct meeting *m, unsigned side, uint32_t domain)
{
	size_t known = m->domain_count[side] < 16 ? m->domain_count[side] : 16;
	for (size_t i = 0; i < known; i++)
		if (m->domains[side][i] == domain)
			return;
	if (m->domain_count[side] < 16)
		m->domains[side][m->domain_count[side]] = domain;
	m->domain_count[side]++;
}

/* A number that is the same for both names of a domain. Parts of a domain that was split count as that one, so that a split alone
 * shares nothing; so do those that were merged. */
static uint32_t same_domain(const struct drifting *d, unsigned side, uint32_t domain)
{
	if (side) {
		if (d->domain_split[1][domain] && d->out->domain_now[d->domain_origin[1][domain]] != DRIFT_NONE)
			return d->out->domain_now[d->domain_origin[1][domain]];
		return domain;
	}
	uint32_t now = d->out->domain_now[domain];
	if (now == DRIFT_NONE && d->domain_split[0][domain])
		now = d->domain_origin[0][domain];
	return now != DRIFT_NONE ? now : (uint32_t)d->in->domain_count[1] + domain;
}

static void gather(const struct drifting *d, struct meeting *m, const struct use *uses, size_t count)
{
	memset(m, 0, sizeof *m);
	m->uses = uses;
	m->count = count;
	for (size_t i = 0; i < count; i++)
		for (unsigned side = 0; side < 2; side++) {
			if (!(uses[i].sides >> side & 1))
				continue;
			uint32_t domain = drift_domain_of(d, side, uses[i].file);
			m->use_count[side]++;
			if (domain != DRIFT_NONE)
				meet(m, side, same_domain(d, side, domain));
		}
}

/* Places on a side as evidence; fresh: only those that are not on the other. */
static void add_places(struct drifting *d, struct drift_event *event, const struct meeting *m, unsigned side, bool fresh)
{
	struct drift_evidence *rows = mem_zalloc(m->count + 1, sizeof *rows);
	size_t count = 0;
	for (unsigned pass = 0; pass < 2; pass++) /* those of the other side's domains last */
		for (size_t i = 0; i < m->count; i++) {
			const struct use *use = &m->uses[i];
			if (!(use->sides >> side & 1) || use->file == DRIFT_NONE || (fresh && use->sides == (DRIFT_IN_OLD | DRIFT_IN_NEW)))
				continue;
			uint32_t domain = drift_domain_of(d, side, use->file);
			bool known = false;
			for (size_t k = 0; domain != DRIFT_NONE && k < m->domain_count[!side] && k < 16; k++)
				known |= m->domains[!side][k] == same_domain(d, side, domain);
			if (known == pass)
				rows[count++] = (struct drift_evidence){use->named, use->from, d->in->files[use->file].path, use->line};
		}
	drift_add_evidence(d, event, rows, count);
	free(rows);
}

static const char *domains_text(struct drifting *d, const struct meeting *m, unsigned side)
{
	const char *names[16];
	size_t count = m->domain_count[side] < 16 ? m->domain_count[side] : 16;
	for (size_t i = 0; i < count; i++) {
		uint32_t domain = m->domains[side][i];
		names[i] = domain < d->in->domain_count[1] ? drift_domain_name(d, 1, domain)
							    : drift_domain_name(d, 0, domain - (uint32_t)d->in->domain_count[1]);
	}
	return drift_list(d, names, count);
}

struct meeting_kinds { enum drift_kind shared, exclusive; enum drift_severity severity; };

static void tell_sharing(struct drifting *d, const struct meeting *m, const struct meeting_kinds *kinds)
{
	bool shared = m->domain_count[0] == 1 && m->domain_count[1] > 1, exclusive = m->domain_count[0] > 1 && m->domain_count[1] == 1;
	if (!shared && !exclusive)
		return;
	struct drift_event *event = drift_add(d, shared ? kinds->shared : kinds->exclusive, shared ? kinds->severity : DRIFT_INFO,
		m->uses->thing, NULL, shared ? drift_text(d, "used by %s; only by %s before", domains_text(d, m, 1), domains_text(d, m, 0))
					     : drift_text(d, "used by %s alone; by %s before", domains_text(d, m, 1), domains_text(d, m, 0)));
	event->before = (double)m->domain_count[0];
	event->after = (double)m->domain_count[1];
	add_places(d, event, m, 1, shared);
}

/* ---- resources ---- */

/* What has no name of its own is called after the place that made it, "file.c:12 function" or "program+1f40", of which the line and
 * the address change with every build. */
static const char *lasting_name(struct drifting *d, const struct drift_resource_use *row)
{
	static const char digits[] = "0123456789", hex[] = "0123456789abcdef";
	const char *colon = strrchr(row->name, ':'), *plus = strrchr(row->name, '+');
	size_t count = colon ? strspn(colon + 1, digits) : 0;
	if (row->is_static)
		return row->name;
	if (count && colon[1 + count] == ' ')
		return drift_text(d, "%.*s%s", (int)(colon - row->name), row->name, colon + 1 + count);
	if (plus && plus[1] && !plus[1 + strspn(plus + 1, hex)])
		return drift_text(d, "%.*s", (int)(plus - row->name), row->name);
	return row->name;
}

static void tell_resources(struct drifting *d)
{
	struct uses uses = {0};
	struct meeting m;
	bool both_traced = d->in->releases[0].observations && d->in->releases[1].observations;
	for (size_t i = 0; i < d->in->resource_uses_count; i++) {
		const struct drift_resource_use *row = &d->in->resource_uses[i];
		for (unsigned side = 0; side < 2; side++) {
			uint32_t function = (side ? d->new_function : d->old_function)[row->symbol];
			if (!(row->sides >> side & 1) || (!row->is_static && !both_traced))
				continue;
			add_use(&uses, (struct use){drift_text(d, "%s %s", row->kind, lasting_name(d, row)), row->name, 0,
				function == DRIFT_NONE ? DRIFT_NONE : d->in->functions[function].file, row->line,
				drift_symbol_name(d, row->symbol), (uint8_t)(1u << side)});
		}
	}
	if (uses.count)
		qsort(uses.items, uses.count, sizeof *uses.items, compare_uses);
	for (size_t i = 0, end; i < uses.count; i = end) {
		end = end_of(&uses, i);
		gather(d, &m, &uses.items[i], end - i);
		bool is_environment = !strncmp(uses.items[i].thing, "environment ", 12);
		if (!m.use_count[0] || !m.use_count[1]) {
			bool added = m.use_count[1] != 0;
			struct drift_event *event = drift_add(d, added ? DRIFT_RESOURCE_ADDED : DRIFT_RESOURCE_REMOVED,
				added ? DRIFT_MINOR : DRIFT_INFO, uses.items[i].thing, NULL,
				drift_text(d, "%s by %s", added ? "used now" : "no longer used", uses.items[i].from));
			add_places(d, event, &m, added, false);
		}
		tell_sharing(d, &m, &(struct meeting_kinds){DRIFT_RESOURCE_SHARED, DRIFT_RESOURCE_EXCLUSIVE,
							     is_environment ? DRIFT_MINOR : DRIFT_MAJOR});
	}
	free(uses.items);
}

/* ---- globals ---- */

static void tell_globals(struct drifting *d)
{
	struct uses uses = {0};
	struct meeting m;
	for (size_t i = 0; i < d->in->global_uses_count; i++) {
		const struct drift_global_use *row = &d->in->global_uses[i];
		uint32_t variable = drift_is_new(row->sides) ? row->variable : d->symbol_now[row->variable];
		const struct drift_symbol *symbol = &d->in->symbols[variable];
		add_use(&uses, (struct use){*symbol->scope ? drift_text(d, "%s (%s)", symbol->name, symbol->scope) : symbol->name, symbol->name, 0, row->file,
			row->line, drift_symbol_name(d, row->from), row->sides});
	}
	if (uses.count)
		qsort(uses.items, uses.count, sizeof *uses.items, compare_uses);
	for (size_t i = 0, end; i < uses.count; i = end) {
		end = end_of(&uses, i);
		gather(d, &m, &uses.items[i], end - i);
		if (m.use_count[0]) /* a new global that is shared from the start is told by the dependency, and by V011 */
			tell_sharing(d, &m, &(struct meeting_kinds){DRIFT_GLOBAL_SHARED, DRIFT_GLOBAL_EXCLUSIVE, DRIFT_MAJOR});
		else if (m.domain_count[1] > 1) {
			struct drift_event *event = drift_add(d, DRIFT_GLOBAL_SHARED, DRIFT_MAJOR, uses.items[i].thing, NULL,
				drift_text(d, "new, and used by %s", domains_text(d, &m, 1)));
			event->after = (double)m.domain_count[1];
			add_places(d, event, &m, 1, false);
		}
	}
	free(uses.items);
}

/* ---- libraries ---- */

/* "openssl/ssl.h" is of openssl, "zlib.h" of zlib. NULL: of the system. */
static const char *library_of(struct drifting *d, const char *header)
{
	if (system_header(header))
		return NULL;
	const char *slash = strchr(header, '/'), *dot = strrchr(header, '.');
	size_t length = slash ? (size_t)(slash - header) : dot && dot > header ? (size_t)(dot - header) : strlen(header);
	return length ? drift_text(d, "%.*s", (int)length, header) : NULL;
}

static void tell_libraries(struct drifting *d)
{
	struct uses uses = {0};
	struct meeting m;
	for (size_t i = 0; i < d->in->includes_count; i++) {
		const struct drift_include *row = &d->in->includes[i];
		const char *library = library_of(d, row->included);
		if (library)
			add_use(&uses, (struct use){library, row->included, 0, row->file, row->line, "", row->sides});
	}
	if (uses.count)
		qsort(uses.items, uses.count, sizeof *uses.items, compare_uses);
	for (size_t i = 0, end; i < uses.count; i = end) {
		end = end_of(&uses, i);
		gather(d, &m, &uses.items[i], end - i);
		if (m.use_count[0] && m.use_count[1])
			continue;
		bool added = m.use_count[1] != 0;
		struct drift_event *event = drift_add(d, added ? DRIFT_LIBRARY_ADDED : DRIFT_LIBRARY_REMOVED, added ? DRIFT_MAJOR : DRIFT_INFO,
			uses.items[i].thing, NULL, drift_text(d, "%s %s in %zu place%s", uses.items[i].named, added ? "is included" : "was included",
							      m.use_count[added], m.use_count[added] == 1 ? "" : "s"));
		add_places(d, event, &m, added, false);
	}
	free(uses.items);
}

void drift_tell_shared(struct drifting *d)
{
	tell_resources(d);
	tell_globals(d);
	tell_libraries(d);
}
