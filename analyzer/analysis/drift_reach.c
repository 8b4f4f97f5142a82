/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What can be reached, what is entered, what several share, and what runs. */
#include <stdio.h>
#include <stdlib.h>

#include "analysis/drift_internal.h"

/* ---- functions that crossed a border, put together by domain ---- */

struct crossing { uint32_t row, domain; };

static int compare_crossings(const void *a, const void *b)
{
	const struct crossing *x = a, *y = b;
	if (x->domain != y->domain)
		return x->domain < y->domain ? -1 : 1;
	return x->row < y->row ? -1 : x->row > y->row;
}

/* One event per domain of the side for rows of that side. what: "%zu functions (%u lines) ..." is made of it. */
static void tell_crossings(struct drifting *d, struct crossing *list, size_t count, unsigned side, enum drift_kind kind,
			   enum drift_severity severity, const char *what)
{
	if (count)
		qsort(list, count, sizeof *list, compare_crossings);
	for (size_t i = 0, end; i < count; i = end) {
		uint32_t domain = list[i].domain, lines = 0;
		for (end = i; end < count && list[end].domain == domain; end++)
			;
		struct drift_evidence *rows = mem_zalloc(end - i + 1, sizeof *rows);
		const char **names = mem_zalloc(end - i + 1, sizeof *names);
		struct hasher *hasher = hasher_create(); /* which functions they are is part of what is accepted */
		for (size_t k = i; k < end; k++) {
			const struct drift_function *function = &d->in->functions[list[k].row];
			names[k - i] = drift_symbol_name(d, function->symbol);
			rows[k - i] = (struct drift_evidence){names[k - i], "", d->in->files[function->file].path, function->line};
			lines += function->code_lines;
			hasher_add_string(hasher, names[k - i]);
		}
		char hex[HASH_HEX_LENGTH + 1];
		hash_hex(hasher_result(hasher), hex);
		hasher_destroy(hasher);
		const char *name = drift_domain_name(d, side, domain);
		struct drift_event *event = drift_add(d, kind, severity, name,
			drift_text(d, "%s\t%s", drift_domain_identity(d, side, domain), hex),
			drift_text(d, "%zu function%s (%u line%s) %s: %s", end - i, end - i == 1 ? "" : "s", lines, lines == 1 ? "" : "s", what,
				   drift_list(d, names, end - i)));
		drift_add_evidence(d, event, rows, end - i);
		(side ? (event->after = lines) : (event->before = lines));
		free(rows);
		free(names);
	}
}

/* lost: functions of the newer release that have the property and did not have it; else those of the older that had it and have
 * it no more. */
static void find_dead(struct drifting *d, bool grown)
{
	size_t count = 0;
	struct crossing *list = mem_zalloc(d->in->functions_count + 1, sizeof *list);
	for (uint32_t i = 0; i < d->in->functions_count; i++) {
		const struct drift_function *row = &d->in->functions[i];
		if (!(grown ? drift_is_new(row->sides) : drift_is_old(row->sides)) || row->is_reachable)
			continue;
		uint32_t other = (grown ? d->function_before : d->function_now)[i];
		if (other != DRIFT_NONE && !d->in->functions[other].is_reachable)
			continue;
		list[count++] = (struct crossing){i, drift_domain_of(d, grown, row->file)};
	}
	tell_crossings(d, list, count, grown, grown ? DRIFT_DEAD_CODE_GROWN : DRIFT_DEAD_CODE_SHRUNK, grown ? DRIFT_MINOR : DRIFT_INFO,
		       grown ? "cannot be reached from any entry point" : "that could not be reached, called now or gone");
	free(list);
}

static void find_common(struct drifting *d, bool added)
{
	size_t count = 0;
	struct crossing *list = mem_zalloc(d->in->functions_count + 1, sizeof *list);
	for (uint32_t i = 0; i < d->in->functions_count; i++) {
		const struct drift_function *row = &d->in->functions[i];
		uint32_t now = drift_is_old(row->sides) ? d->function_now[i] : DRIFT_NONE;
		if (now == DRIFT_NONE || !row->is_reachable || !d->in->functions[now].is_reachable ||
		    row->is_common == d->in->functions[now].is_common || row->is_common == added)
			continue;
		list[count++] = (struct crossing){now, drift_domain_of(d, 1, d->in->functions[now].file)};
	}
	tell_crossings(d, list, count, 1, added ? DRIFT_COMMON_ADDED : DRIFT_COMMON_REMOVED, DRIFT_INFO,
		       added ? "that several entry points reach now" : "that one entry point alone reaches now");
	free(list);
}

/* ---- entry points ---- */

static uint64_t entry_key(uint32_t symbol, const char *kind)
{
	return (uint64_t)symbol << 32 | (uint32_t)hash_bytes64(kind, strlen(kind));
}

/* What is entered on a side: by symbol and kind -> times seen in runs, as far as they fit. */
static struct map64 *entries_of(const struct drifting *d, unsigned side)
{
	struct map64 *map = map64_create();
	for (size_t i = 0; i < d->in->entries_count; i++) {
		const struct drift_entry *row = &d->in->entries[i];
		uint32_t seen = row->observed > UINT32_MAX ? UINT32_MAX : (uint32_t)row->observed;
		if (row->sides >> side & 1)
			map64_put(map, entry_key(row->symbol, row->kind), seen);
	}
	return map;
}

static void tell_entry(struct drifting *d, const struct map64 *others, const struct drift_entry *row, unsigned side)
{
	uint32_t other = (side ? d->symbol_before : d->symbol_now)[row->symbol], ignored;
	if (map64_get(others, entry_key(other, row->kind), &ignored))
		return;
	uint32_t function = (side ? d->new_function : d->old_function)[row->symbol];
	bool is_export = !strcmp(row->kind, "export") || !strcmp(row->kind, "callback");
	const char *name = drift_symbol_name(d, row->symbol);
	/* Programs have a main each, files a static function of one name: the file tells which. */
	bool needs_file = function != DRIFT_NONE && (!strcmp(row->kind, "main") || *d->in->symbols[row->symbol].scope);
	const char *subject = drift_text(d, "%s %s", row->kind, name), *identity = NULL;
	if (needs_file) {
		const char *path = d->in->files[d->in->functions[function].file].path;
		identity = drift_text(d, "%s (%s)", subject, drift_path_identity(d, side, path));
		subject = drift_text(d, "%s (%s)", subject, path);
	}
	struct drift_event *event = drift_add(d, side ? DRIFT_ENTRY_POINT_ADDED : DRIFT_ENTRY_POINT_REMOVED,
		is_export ? DRIFT_INFO : DRIFT_MINOR, subject, identity,
		side ? drift_text(d, "control enters at %s now", name) : drift_text(d, "control enters at %s no more", name));
	if (function != DRIFT_NONE) {
		event->file = d->in->files[d->in->functions[function].file].path;
		event->line = d->in->functions[function].line;
	}
}

void drift_tell_reach(struct drifting *d)
{
	find_dead(d, true);
	find_dead(d, false);
	find_common(d, true);
	find_common(d, false);
	/* An entry whose counts changed is there once per side: only what is on one side by symbol and kind is told. */
	struct map64 *entries[2] = {entries_of(d, 0), entries_of(d, 1)};
	for (size_t i = 0; i < d->in->entries_count; i++) {
		const struct drift_entry *row = &d->in->entries[i];
		if (row->sides == DRIFT_IN_OLD || row->sides == DRIFT_IN_NEW)
			tell_entry(d, entries[row->sides != DRIFT_IN_NEW], row, row->sides == DRIFT_IN_NEW);
	}
	map64_destroy(entries[0]);
	map64_destroy(entries[1]);
}

/* ---- what runs ---- */

static bool was_observed(const struct drifting *d, const struct map64 *seen, uint32_t caller, uint32_t callee)
{
	uint32_t ignored;
	return map64_get(seen, (uint64_t)d->symbol_before[caller] << 32 | d->symbol_before[callee], &ignored);
}

static void tell_calls(struct drifting *d)
{
	struct map64 *seen = map64_create(), *told = map64_create();
	for (size_t i = 0; i < d->in->calls_count; i++)
		if (drift_is_old(d->in->calls[i].sides) && d->in->calls[i].observed)
			map64_put(seen, (uint64_t)d->in->calls[i].caller << 32 | d->in->calls[i].callee, 1);
	for (size_t i = 0; i < d->in->calls_count; i++) {
		const struct drift_call *row = &d->in->calls[i];
		uint64_t key = (uint64_t)row->caller << 32 | row->callee;
		uint32_t ignored;
		if (row->sides != DRIFT_IN_NEW || !row->observed || was_observed(d, seen, row->caller, row->callee) ||
		    map64_get(told, key, &ignored))
			continue;
		map64_put(told, key, 1);
		uint32_t caller = d->new_function[row->caller], callee = d->new_function[row->callee];
		uint32_t from = caller == DRIFT_NONE ? DRIFT_NONE : drift_domain_of(d, 1, d->in->functions[caller].file);
		uint32_t to = callee == DRIFT_NONE ? DRIFT_NONE : drift_domain_of(d, 1, d->in->functions[callee].file);
		bool crosses = from != DRIFT_NONE && to != DRIFT_NONE && from != to;
		struct drift_event *event = drift_add(d, DRIFT_CALL_OBSERVED, crosses ? DRIFT_MINOR : DRIFT_INFO,
			drift_text(d, "%s -> %s", drift_symbol_name(d, row->caller), drift_symbol_name(d, row->callee)),
			drift_text(d, "%s -> %s", drift_symbol_name(d, d->symbol_before[row->caller]),
				   drift_symbol_name(d, d->symbol_before[row->callee])),
			crosses ? drift_text(d, "seen %llu times, from %s to %s", (unsigned long long)row->observed, drift_domain_name(d, 1, from),
					     drift_domain_name(d, 1, to))
				: drift_text(d, "seen %llu times", (unsigned long long)row->observed));
		if (caller != DRIFT_NONE) {
			event->file = d->in->files[d->in->functions[caller].file].path;
			event->line = row->line ? row->line : d->in->functions[caller].line;
		}
	}
	map64_destroy(seen);
	map64_destroy(told);
}

static void tell_flows(struct drifting *d)
{
	struct map64 *entries = entries_of(d, 1);
	for (size_t i = 0; i < d->in->entries_count; i++) {
		const struct drift_entry *row = &d->in->entries[i];
		uint32_t now = 0;
		if (!drift_is_old(row->sides) || !row->observed)
			continue;
		if (map64_get(entries, entry_key(d->symbol_now[row->symbol], row->kind), &now) && now)
			continue;
		uint32_t function = d->old_function[row->symbol];
		const char *name = drift_symbol_name(d, row->symbol);
		struct drift_event *event = drift_add(d, DRIFT_FLOW_GONE, DRIFT_MINOR, drift_text(d, "%s %s", row->kind, name), NULL,
			drift_text(d, "entered %llu times before, not once now", (unsigned long long)row->observed));
		if (function != DRIFT_NONE) {
			event->file = d->in->files[d->in->functions[function].file].path;
			event->line = d->in->functions[function].line;
		}
	}
	map64_destroy(entries);
}

void drift_tell_observed(struct drifting *d)
{
	if (!d->in->releases[0].observations || !d->in->releases[1].observations)
		return;
	tell_calls(d);
	tell_flows(d);
}
