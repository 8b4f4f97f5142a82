/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "analysis/drift.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "analysis/drift_internal.h"

/* ---- text ---- */

const char *drift_text(struct drifting *d, const char *format, ...)
{
	va_list arguments, again;
	va_start(arguments, format);
	va_copy(again, arguments);
	int length = vsnprintf(NULL, 0, format, arguments);
	va_end(arguments);
	char *text = arena_alloc(d->out->arena, (size_t)(length < 0 ? 0 : length) + 1);
	*text = 0;
	if (length > 0)
		vsnprintf(text, (size_t)length + 1, format, again);
	va_end(again);
	return text;
}

const char *drift_list(struct drifting *d, const char *const *names, size_t count)
{
	struct buf text;
	buf_init(&text, BUF_NO_CEILING);
	buf_append_string(&text, "");
	size_t told = count > DRIFT_NAMES + 1 ? DRIFT_NAMES : count;
	for (size_t i = 0; i < told; i++)
		buf_printf(&text, "%s%s", !i ? "" : i + 1 < told || told < count ? ", " : " and ", names[i]);
	if (told < count)
		buf_printf(&text, " and %zu more", count - told);
	const char *kept = arena_strndup(d->out->arena, text.data, text.length);
	buf_finish(&text);
	return kept;
}

void drift_note(struct drifting *d, const char *text)
{
	mem_grow(&d->out->notes, &d->note_capacity, d->out->note_count + 1, sizeof *d->out->notes);
	d->out->notes[d->out->note_count++] = text;
}

/* ---- events ---- */

struct drift_event *drift_add(struct drifting *d, enum drift_kind kind, enum drift_severity severity, const char *subject,
			      const char *identity, const char *detail)
{
	mem_grow(&d->out->events, &d->event_capacity, d->out->count + 1, sizeof *d->out->events);
	struct drift_event *event = &d->out->events[d->out->count++];
	char hex[HASH_HEX_LENGTH + 1];
	struct hasher *hasher = hasher_create();
	hasher_add_string(hasher, drift_kind_info(kind)->name);
	hasher_add_string(hasher, identity ? identity : subject);
	hash_hex(hasher_result(hasher), hex);
	hasher_destroy(hasher);
	*event = (struct drift_event){.kind = kind, .severity = severity, .subject = subject, .detail = detail,
				      .fingerprint = arena_strdup(d->out->arena, hex)};
	return event;
}

void drift_add_evidence(struct drifting *d, struct drift_event *event, const struct drift_evidence *rows, size_t count)
{
	size_t kept = count < DRIFT_EVIDENCE ? count : DRIFT_EVIDENCE;
	struct drift_evidence *copy = arena_zalloc(d->out->arena, kept + 1, sizeof *copy);
	if (kept)
		memcpy(copy, rows, kept * sizeof *copy);
	event->evidence = copy;
	event->evidence_count = kept;
	event->evidence_total = count;
	if (kept && !event->file && copy->file) {
		event->file = copy->file;
		event->line = copy->line;
	}
}

void drift_want(struct drifting *d, uint8_t side, bool is_file, uint32_t from, uint32_t to)
{
	mem_grow(&d->out->wanted, &d->wanted_capacity, d->out->wanted_count + 1, sizeof *d->out->wanted);
	d->out->wanted[d->out->wanted_count++] = (struct drift_wanted){(uint32_t)d->out->count - 1, side, is_file, from, to};
}

/* ---- names ---- */

uint32_t drift_domain_of(const struct drifting *d, unsigned side, uint32_t file)
{
	return file == DRIFT_NONE ? DRIFT_NONE : d->in->files[file].domain[side];
}

const char *drift_domain_name(const struct drifting *d, unsigned side, uint32_t domain)
{
	return domain == DRIFT_NONE ? "no domain" : d->in->domains[side][domain].name;
}

const char *drift_domain_identity(const struct drifting *d, unsigned side, uint32_t domain)
{
	if (side && domain != DRIFT_NONE && d->out->domain_before[domain] != DRIFT_NONE)
		return d->in->domains[0][d->out->domain_before[domain]].name;
	return drift_domain_name(d, side, domain);
}

const char *drift_path_identity(const struct drifting *d, unsigned side, const char *path)
{
	uint32_t file = path && side ? drift_file_find(d, path) : DRIFT_NONE;
	uint32_t before = file == DRIFT_NONE ? DRIFT_NONE : d->out->file_before[file];
	return before != DRIFT_NONE ? d->in->files[before].path : path ? path : "";
}

const char *drift_symbol_name(const struct drifting *d, uint32_t symbol)
{
	return symbol == DRIFT_NONE ? "" : d->in->symbols[symbol].name;
}

uint32_t drift_file_find(const struct drifting *d, const char *path)
{
	uint32_t id;
	return interner_find(d->paths, path, strlen(path), &id) ? d->path_file[id] : DRIFT_NONE;
}

/* ---- the whole ---- */

static void tell_coverage(struct drifting *d)
{
	const struct drift_release *old = &d->in->releases[0], *new = &d->in->releases[1];
	for (unsigned side = 0; side < 2; side++) {
		const struct drift_release *release = &d->in->releases[side];
		if (release->units_failed)
			drift_note(d, drift_text(d, "%u of %u units could not be read in %s: what only they hold is told as %s", release->units_failed,
						 release->units, release->name, side ? "gone" : "new"));
	}
	/* A tree that does not compile just now: a call with an error in it is none. */
	if (old->units_partial != new->units_partial)
		drift_note(d, drift_text(d, "%u of %u units have errors in %s, %u of %u in %s: what stands in the lines with errors is not seen, and "
					 "may be told as gone or new", new->units_partial, new->units, new->name, old->units_partial,
					 old->units, old->name));
	if (*old->analysis && *new->analysis && strcmp(old->analysis, new->analysis))
		drift_note(d, drift_text(d, "%s and %s were analysed with another configuration or version of sightline: what rules and "
					 "domains say may differ for that alone; scan the older one again to be sure", old->name, new->name));
	if (!old->observations != !new->observations)
		drift_note(d, drift_text(d, "only %s was traced: what runs is not compared", old->observations ? old->name : new->name));
}

static int compare_text(const char *a, const char *b)
{
	return !a || !b ? (a != NULL) - (b != NULL) : strcmp(a, b);
}

static int compare_events(const void *a, const void *b)
{
	const struct drift_event *x = *(const struct drift_event *const *)a, *y = *(const struct drift_event *const *)b;
	if (x->severity != y->severity)
		return x->severity > y->severity ? -1 : 1;
	if (x->kind != y->kind)
		return x->kind < y->kind ? -1 : 1;
	int order = compare_text(x->subject, y->subject);
	if (!order)
		order = compare_text(x->file, y->file);
	if (!order)
		order = x->line < y->line ? -1 : x->line > y->line;
	return order ? order : compare_text(x->detail, y->detail);
}

static void sort_events(struct drifting *d)
{
	struct drift *out = d->out;
	const struct drift_event **order = mem_zalloc(out->count + 1, sizeof *order);
	struct drift_event *sorted = mem_zalloc(out->count + 1, sizeof *sorted);
	uint32_t *place = mem_zalloc(out->count + 1, sizeof *place);
	for (size_t i = 0; i < out->count; i++)
		order[i] = &out->events[i];
	qsort(order, out->count, sizeof *order, compare_events);
	for (size_t i = 0; i < out->count; i++) {
		sorted[i] = *order[i];
		place[order[i] - out->events] = (uint32_t)i;
	}
	for (size_t i = 0; i < out->wanted_count; i++)
		out->wanted[i].event = place[out->wanted[i].event];
	free(out->events);
	out->events = sorted;
	free(order);
	free(place);
}

static void number_paths(struct drifting *d)
{
	d->paths = interner_create();
	d->path_file = mem_zalloc(d->in->files_count + 1, sizeof *d->path_file);
	for (uint32_t i = 0; i < d->in->files_count; i++)
		d->path_file[interner_add_string(d->paths, d->in->files[i].path)] = i;
}

struct drift *drift_compare(const struct drift_input *input)
{
	struct drift *out = mem_zalloc(1, sizeof *out);
	struct drifting d = {.in = input, .out = out};
	out->arena = arena_create();
	number_paths(&d);
	drift_match_files(&d);
	drift_match_functions(&d);
	drift_match_domains(&d);
	tell_coverage(&d);
	drift_tell_domains(&d);
	drift_tell_files(&d);
	drift_tell_dependencies(&d);
	drift_tell_cycles(&d);
	drift_tell_findings(&d);
	drift_tell_debt(&d);
	drift_tell_reach(&d);
	drift_tell_observed(&d);
	drift_tell_shared(&d);
	drift_tell_api(&d);
	sort_events(&d);
	interner_destroy(d.paths);
	free(d.path_file);
	free(d.renamed);
	free(d.renamed_functions);
	free(d.old_function);
	free(d.new_function);
	free(d.function_now);
	free(d.function_before);
	free(d.symbol_now);
	free(d.symbol_before);
	for (unsigned side = 0; side < 2; side++) {
		free(d.domain_split[side]);
		free(d.domain_origin[side]);
	}
	return out;
}

/* ---- causes that are looked up afterwards ---- */

static int compare_evidence(const void *a, const void *b)
{
	const struct drift_evidence *x = a, *y = b;
	int order = compare_text(x->file, y->file);
	if (!order)
		order = x->line < y->line ? -1 : x->line > y->line;
	if (!order)
		order = compare_text(x->symbol, y->symbol);
	return order ? order : compare_text(x->from, y->from);
}

void drift_give(struct drift *drift, const struct drift_wanted *wanted, const struct drift_evidence *rows, size_t count)
{
	struct drifting d = {.out = drift};
	struct drift_event *event = &drift->events[wanted->event];
	size_t before = event->evidence_count, all = before + count, kept = 0;
	if (!count)
		return;
	struct drift_evidence *sorted = mem_zalloc(all + 1, sizeof *sorted);
	if (before)
		memcpy(sorted, event->evidence, before * sizeof *sorted);
	for (size_t i = 0; i < count; i++) {
		sorted[before + i] = (struct drift_evidence){arena_strdup(drift->arena, rows[i].symbol ? rows[i].symbol : ""),
			arena_strdup(drift->arena, rows[i].from ? rows[i].from : ""),
			arena_strdup(drift->arena, rows[i].file ? rows[i].file : ""), rows[i].line};
	}
	qsort(sorted, all, sizeof *sorted, compare_evidence);
	for (size_t i = 0; i < all; i++)
		if (!kept || compare_evidence(&sorted[kept - 1], &sorted[i]))
			sorted[kept++] = sorted[i];
	size_t total = kept + (event->evidence_total - before);
	event->file = NULL;
	drift_add_evidence(&d, event, sorted, kept);
	event->evidence_total = total;
	/* The names, each once, in the order of places. */
	const char *names[DRIFT_EVIDENCE];
	size_t name_count = 0;
	for (size_t i = 0; i < event->evidence_count; i++) {
		size_t k = 0;
		while (k < name_count && strcmp(names[k], event->evidence[i].symbol))
			k++;
		if (k == name_count && *event->evidence[i].symbol)
			names[name_count++] = event->evidence[i].symbol;
	}
	if (!before && name_count)
		event->detail = drift_text(&d, "%s: %s", event->detail, drift_list(&d, names, name_count));
	free(sorted);
}

void drift_destroy(struct drift *drift)
{
	if (!drift)
		return;
	free(drift->events);
	free(drift->wanted);
	free(drift->notes);
	free(drift->aliases);
	free(drift->file_now);
	free(drift->file_before);
	free(drift->domain_now);
	free(drift->domain_before);
	arena_destroy(drift->arena);
	free(drift);
}

void drift_input_finish(struct drift_input *input)
{
#define DRIFT_FREE(name, type) free(input->name);
	DRIFT_TABLES(DRIFT_FREE)
#undef DRIFT_FREE
	free(input->domains[0]);
	free(input->domains[1]);
	memset(input, 0, sizeof *input);
}
