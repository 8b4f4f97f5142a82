/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The public API: what public headers declare, and whether code that uses it still builds and still runs. */
#include <stdio.h>
#include <stdlib.h>

#include "analysis/drift_internal.h"
#include "analysis/drift_layout.h"

/* One thing as public headers offer it on each side. Kinds of things do not mix: struct s and typedef s are two. */
struct offer {
	const char *name; uint8_t kind;
	uint8_t sides;                   /* on which a public header offers it */
	const char *text[2];             /* signature, layout or type; NULL: not known, or an opaque type */
	uint32_t file[2], line[2];
};
struct api { struct drifting *d; struct interner *keys; struct offer *offers; size_t count, capacity; };

static struct offer *offer_of(struct api *api, uint32_t symbol, bool add)
{
	const struct drift_symbol *row = &api->d->in->symbols[symbol];
	char key[512];
	uint32_t id;
	int length = snprintf(key, sizeof key, "%u\t%.480s", row->kind, row->name);
	length = length < (int)sizeof key ? length : (int)sizeof key - 1;
	if (!add)
		return interner_find(api->keys, key, (size_t)length, &id) ? &api->offers[id] : NULL;
	id = interner_add(api->keys, key, (size_t)length);
	if (id == api->count) {
		mem_grow(&api->offers, &api->capacity, api->count + 1, sizeof *api->offers);
		api->offers[api->count++] = (struct offer){.name = row->name, .kind = row->kind};
	}
	return &api->offers[id];
}

static bool is_public(const struct drifting *d, uint32_t file)
{
	return file != DRIFT_NONE && d->in->files[file].is_public;
}

static void offer(struct api *api, uint32_t symbol, uint32_t file, uint8_t sides, uint32_t line, const char *text)
{
	if (!is_public(api->d, file))
		return;
	struct offer *offer = offer_of(api, symbol, true);
	for (unsigned side = 0; side < 2; side++) {
		if (!(sides >> side & 1))
			continue;
		if (!(offer->sides >> side & 1)) {
			offer->file[side] = file;
			offer->line[side] = line;
		}
		offer->sides |= (uint8_t)(1u << side);
		if (text)
			offer->text[side] = text;
	}
}

static void collect(struct api *api)
{
	const struct drift_input *in = api->d->in;
	for (size_t i = 0; i < in->declarations_count; i++)
		offer(api, in->declarations[i].symbol, in->declarations[i].file, in->declarations[i].sides, in->declarations[i].line, NULL);
	for (size_t i = 0; i < in->types_count; i++)
		offer(api, in->types[i].symbol, in->types[i].file, in->types[i].sides, in->types[i].line, in->types[i].layout);
	for (size_t i = 0; i < in->macros_count; i++)
		offer(api, in->macros[i].symbol, in->macros[i].file, in->macros[i].sides, in->macros[i].line, NULL);
	/* What functions and variables are is said by their definitions, wherever those are. */
	for (size_t i = 0; i < in->functions_count; i++) {
		const struct drift_function *row = &in->functions[i];
		struct offer *found = row->flags & FUNCTION_STATIC && !is_public(api->d, row->file) ? NULL : offer_of(api, row->symbol, false);
		for (unsigned side = 0; found && side < 2; side++)
			if (row->sides >> side & 1)
				found->text[side] = row->signature;
	}
	for (size_t i = 0; i < in->variables_count; i++) {
		const struct drift_variable *row = &in->variables[i];
		struct offer *found = row->flags & VARIABLE_STATIC ? NULL : offer_of(api, row->symbol, false);
		for (unsigned side = 0; found && side < 2; side++)
			if (row->sides >> side & 1)
				found->text[side] = row->type;
	}
}

static const char *word_of(uint8_t kind)
{
	switch ((enum symbol_kind)kind) {
	case SYMBOL_FUNCTION: return "function";
	case SYMBOL_VARIABLE: return "variable";
	case SYMBOL_STRUCT: return "struct";
	case SYMBOL_UNION: return "union";
	case SYMBOL_ENUM: return "enum";
	case SYMBOL_TYPEDEF: return "typedef";
	default: return "macro";
	}
}

/* Macros that only keep a header from being read twice, and reserved ones, are nobody's API. A part of a type that has no name of its
 * own comes and goes with the type; only what changed within it is told by it alone. */
static bool is_no_offer(const struct offer *offer)
{
	static const char *const endings[] = {"_H", "_H_", "_H__", "_INCLUDED", "_INCLUDED_"};
	size_t length = strlen(offer->name);
	if (offer->kind != SYMBOL_MACRO)
		return strchr(offer->name, '<') && offer->sides != (DRIFT_IN_OLD | DRIFT_IN_NEW);
	for (size_t i = 0; i < sizeof endings / sizeof *endings; i++) {
		size_t tail = strlen(endings[i]);
		if (length > tail && !strcmp(offer->name + length - tail, endings[i]))
			return true;
	}
	return *offer->name == '_';
}

static void tell(struct drifting *d, const struct offer *offer, unsigned side, enum drift_kind kind, enum drift_severity severity,
		 const char *detail)
{
	struct drift_event *event = drift_add(d, kind, severity, drift_text(d, "%s %s", word_of(offer->kind), offer->name), NULL, detail);
	event->file = d->in->files[offer->file[side]].path;
	event->line = offer->line[side];
}

/* What a function that is no longer offered goes by now, "" where it is not known. */
static const char *new_name(struct drifting *d, const struct offer *offer)
{
	if (offer->kind != SYMBOL_FUNCTION)
		return "";
	for (uint32_t i = 0; i < d->in->functions_count; i++) {
		const struct drift_function *row = &d->in->functions[i];
		uint32_t now = drift_is_old(row->sides) ? d->function_now[i] : DRIFT_NONE;
		if (now != DRIFT_NONE && now != i && !strcmp(drift_symbol_name(d, row->symbol), offer->name) &&
		    strcmp(drift_symbol_name(d, d->in->functions[now].symbol), offer->name))
			return drift_text(d, ": it is called %s now", drift_symbol_name(d, d->in->functions[now].symbol));
	}
	return "";
}

/* A macro of the same name in the newer release: what uses the function is mended by a build. */
static const struct offer *macro_instead(const struct api *api, const struct offer *offer)
{
	char key[512];
	uint32_t id;
	int length = snprintf(key, sizeof key, "%u\t%.480s", SYMBOL_MACRO, offer->name);
	if (offer->kind != SYMBOL_FUNCTION || !interner_find(api->keys, key, (size_t)length, &id) || api->offers[id].sides != DRIFT_IN_NEW)
		return NULL;
	return &api->offers[id];
}

static void tell_removed(const struct api *api, const struct offer *offer)
{
	struct drifting *d = api->d;
	const struct offer *macro = macro_instead(api, offer);
	const char *path = d->in->files[offer->file[0]].path;
	if (macro)
		tell(d, offer, 0, DRIFT_API_BREAKING, DRIFT_MAJOR, drift_text(d, "removed from %s; a macro takes its place at %s:%u: code that "
		     "uses it must be built anew", path, d->in->files[macro->file[1]].path, macro->line[1]));
	else
		tell(d, offer, 0, DRIFT_API_BREAKING, offer->kind == SYMBOL_MACRO ? DRIFT_MAJOR : DRIFT_CRITICAL,
		     drift_text(d, "removed from %s%s", path, new_name(d, offer)));
}

static void tell_changed(struct drifting *d, const struct offer *offer)
{
	char said[400];
	if (!offer->text[0] || !offer->text[1] || !strcmp(offer->text[0], offer->text[1]))
		return; /* the same, or not known for one release */
	if (offer->kind == SYMBOL_FUNCTION) {
		bool compatible = signature_is_compatible(offer->text[0], offer->text[1]);
		tell(d, offer, 1, compatible ? DRIFT_API_COMPATIBLE : DRIFT_API_BREAKING, compatible ? DRIFT_MINOR : DRIFT_CRITICAL,
		     drift_text(d, "signature was %s and is %s", offer->text[0], offer->text[1]));
		return;
	}
	if (offer->kind == SYMBOL_VARIABLE) {
		tell(d, offer, 1, DRIFT_API_BREAKING, DRIFT_CRITICAL, drift_text(d, "type was %s and is %s", offer->text[0], offer->text[1]));
		return;
	}
	enum layout_change change = layout_compare(word_of(offer->kind), offer->text[0], offer->text[1], said, sizeof said);
	if (change == LAYOUT_BREAKING)
		tell(d, offer, 1, DRIFT_API_BREAKING, DRIFT_CRITICAL, drift_text(d, "%s changed: %s",
		     offer->kind == SYMBOL_ENUM ? "values" : offer->kind == SYMBOL_TYPEDEF ? "type" : "layout", said));
	else if (change != LAYOUT_SAME)
		tell(d, offer, 1, DRIFT_API_COMPATIBLE, change == LAYOUT_GROWN ? DRIFT_MINOR : DRIFT_INFO, drift_text(d, "extended: %s", said));
}

/* The header stays, but whoever is given the build's result no longer finds it there; or finds it now. */
static void tell_installed(struct drifting *d, const struct drift_file *file)
{
	bool gone = file->installed == DRIFT_IN_OLD;
	if (!d->in->installs[0] || !d->in->installs[1] || file->sides != (DRIFT_IN_OLD | DRIFT_IN_NEW) || !file->installed ||
	    file->installed == (DRIFT_IN_OLD | DRIFT_IN_NEW))
		return;
	struct drift_event *event = drift_add(d, gone ? DRIFT_API_BREAKING : DRIFT_API_COMPATIBLE, gone ? DRIFT_CRITICAL : DRIFT_INFO,
		drift_text(d, "header %s", file->path), NULL, gone ? drift_text(d, "is no longer installed; it was by %s:%u", file->said_in, file->said_line)
								 : drift_text(d, "is installed now, by %s:%u", file->said_in, file->said_line));
	event->file = file->path;
}

static void tell_headers(struct drifting *d)
{
	for (uint32_t f = 0; f < d->in->files_count; f++) {
		uint32_t now = d->out->file_now[f];
		tell_installed(d, &d->in->files[f]);
		if (!d->in->files[f].is_public || !drift_is_old(d->in->files[f].sides) || now == f)
			continue;
		const char *path = d->in->files[f].path;
		struct drift_event *event = drift_add(d, DRIFT_API_BREAKING, DRIFT_CRITICAL, drift_text(d, "header %s", path), NULL,
			now == DRIFT_NONE ? "is gone" : drift_text(d, "is called %s now", d->in->files[now].path));
		event->file = now == DRIFT_NONE ? path : d->in->files[now].path;
	}
}

void drift_tell_api(struct drifting *d)
{
	struct api api = {.d = d, .keys = interner_create()};
	collect(&api);
	for (size_t i = 0; i < api.count; i++) {
		const struct offer *offer = &api.offers[i];
		if (is_no_offer(offer))
			continue;
		if (offer->sides == DRIFT_IN_OLD)
			tell_removed(&api, offer);
		else if (offer->sides == DRIFT_IN_NEW)
			tell(d, offer, 1, DRIFT_API_COMPATIBLE, DRIFT_INFO, drift_text(d, "new in %s", d->in->files[offer->file[1]].path));
		else
			tell_changed(d, offer);
	}
	tell_headers(d);
	interner_destroy(api.keys);
	free(api.offers);
}
