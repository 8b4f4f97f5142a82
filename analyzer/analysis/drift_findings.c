/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What rules say now and did not before, and the other way round. */
#include <stdlib.h>

#include "analysis/drift_internal.h"
#include "facts/fingerprint.h"

/* Rules of the declared architecture; and those that tell what events of their own kind tell: of a circle, the cheapest cut may
 * be another one after any change within it, which is no news. */
static const char *const architecture[] = {"V003", "V004", NULL};
static const char *const told_elsewhere[] = {"V001", "V002", "V011", "V014", "V015", "V016", NULL};

static bool is_one_of(const char *text, const char *const *list)
{
	for (; *list; list++)
		if (!strcmp(text, *list))
			return true;
	return false;
}

static bool is_word(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
}

/* The older name of a function that goes by another name now; the subject itself where it names none. */
static const char *function_name_before(const struct drifting *d, const char *subject)
{
	for (size_t i = 0; i < d->renamed_function_count; i++) {
		uint32_t now = d->renamed_functions[i];
		if (!strcmp(drift_symbol_name(d, d->in->functions[now].symbol), subject))
			return drift_symbol_name(d, d->in->functions[d->function_before[now]].symbol);
	}
	return subject;
}

/* The subject with each path that was renamed, and the function where it names just one, by its older name. */
static const char *subject_before(struct drifting *d, const char *subject)
{
	subject = function_name_before(d, subject);
	for (size_t i = 0; i < d->renamed_count; i++) {
		uint32_t f = d->renamed[i], before = d->out->file_before[f];
		const char *path = d->in->files[f].path, *at = strstr(subject, path);
		if (!at)
			continue;
		size_t length = strlen(path);
		if ((at == subject || !is_word(at[-1])) && !is_word(at[length]))
			subject = drift_text(d, "%.*s%s%s", (int)(at - subject), subject, d->in->files[before].path, at + length);
	}
	return subject;
}

struct said { const struct drift_finding *row; const char *key; };

static int compare_said(const void *a, const void *b)
{
	const struct said *x = a, *y = b;
	int order = strcmp(x->key, y->key);
	if (!order)
		order = strcmp(x->row->fingerprint, y->row->fingerprint);
	return order;
}

static const char *key_of(struct drifting *d, const struct drift_finding *row, unsigned side, bool with_file)
{
	const char *subject = side ? subject_before(d, row->subject) : row->subject;
	return drift_text(d, "%s\t%s\t%s", row->rule, with_file ? drift_path_identity(d, side, row->file) : "", subject);
}

static struct said *sort_side(struct drifting *d, unsigned side, size_t *count)
{
	struct said *list = mem_zalloc(d->in->findings_count + 1, sizeof *list);
	*count = 0;
	for (size_t i = 0; i < d->in->findings_count; i++) {
		const struct drift_finding *row = &d->in->findings[i];
		if (row->sides == (side ? DRIFT_IN_NEW : DRIFT_IN_OLD) && !is_one_of(row->rule, told_elsewhere))
			list[(*count)++] = (struct said){row, key_of(d, row, side, true)};
	}
	if (*count)
		qsort(list, *count, sizeof *list, compare_said);
	return list;
}

/* What was accepted by its older fingerprint is so by the newer one. */
static void alias(struct drifting *d, const char *before, const char *now)
{
	if (!strcmp(before, now))
		return;
	mem_grow(&d->out->aliases, &d->alias_capacity, d->out->alias_count + 1, sizeof *d->out->aliases);
	d->out->aliases[d->out->alias_count++] = (struct drift_alias){before, now};
}

/* Takes away what both have. */
static void cancel(struct drifting *d, struct said *old, size_t *old_count, struct said *new, size_t *new_count)
{
	size_t o = 0, n = 0, kept_old = 0, kept_new = 0;
	while (o < *old_count || n < *new_count) {
		int order = o == *old_count ? 1 : n == *new_count ? -1 : strcmp(old[o].key, new[n].key);
		if (order < 0) {
			old[kept_old++] = old[o++];
		} else if (order > 0) {
			new[kept_new++] = new[n++];
		} else {
			alias(d, old[o++].row->fingerprint, new[n].row->fingerprint);
			n++;
		}
	}
	*old_count = kept_old;
	*new_count = kept_new;
}

/* A finding that the rule tells by its subject alone is the same in another file: its fingerprint says so. */
static void cancel_elsewhere(struct drifting *d, struct said *old, size_t *old_count, struct said *new, size_t *new_count)
{
	for (unsigned side = 0; side < 2; side++) {
		struct said *list = side ? new : old;
		size_t count = side ? *new_count : *old_count;
		for (size_t i = 0; i < count; i++)
			list[i].key = list[i].row->fingerprint;
		if (count)
			qsort(list, count, sizeof *list, compare_said);
	}
	cancel(d, old, old_count, new, new_count);
}

/* A function that moved takes its findings with it. */
static void cancel_moved(struct drifting *d, struct said *old, size_t *old_count, struct said *new, size_t *new_count)
{
	struct interner *moved = interner_create();
	for (uint32_t i = 0; i < d->in->functions_count; i++) {
		uint32_t now = drift_is_old(d->in->functions[i].sides) ? d->function_now[i] : DRIFT_NONE;
		if (now != DRIFT_NONE && d->out->file_now[d->in->functions[i].file] != d->in->functions[now].file)
			interner_add_string(moved, drift_symbol_name(d, d->in->functions[i].symbol));
	}
	for (unsigned side = 0; side < 2; side++) {
		struct said *list = side ? new : old;
		size_t count = side ? *new_count : *old_count;
		for (size_t i = 0; i < count; i++) {
			uint32_t ignored;
			if (interner_find(moved, list[i].row->subject, strlen(list[i].row->subject), &ignored))
				list[i].key = key_of(d, list[i].row, side, false);
		}
		if (count)
			qsort(list, count, sizeof *list, compare_said);
	}
	interner_destroy(moved);
	cancel(d, old, old_count, new, new_count);
}

static void tell(struct drifting *d, const struct drift_finding *row, unsigned side)
{
	bool declared = is_one_of(row->rule, architecture);
	enum drift_kind kind = declared ? (side ? DRIFT_VIOLATION_ADDED : DRIFT_VIOLATION_FIXED)
					: (side ? DRIFT_FINDING_ADDED : DRIFT_FINDING_FIXED);
	enum drift_severity severity = DRIFT_INFO;
	uint32_t file = row->file ? drift_file_find(d, row->file) : DRIFT_NONE;
	bool gone = !side && file != DRIFT_NONE && d->out->file_now[file] == DRIFT_NONE;
	if (side)
		drift_severity_find(row->severity, &severity);
	struct drift_event *event = drift_add(d, kind, severity, drift_text(d, "%s %s", row->rule, row->subject), NULL,
		side ? row->message : gone ? drift_text(d, "its file %s has gone", row->file) : drift_text(d, "was: %s", row->message));
	/* A finding's own fingerprint, so that one baseline accepts it here and among findings; be it by the names that it had when its
	 * file or function was called as in the older release. */
	event->fingerprint = row->fingerprint;
	if (side) {
		char hex[HASH_HEX_LENGTH + 1];
		fingerprint_of_finding(row->rule, drift_path_identity(d, 1, row->file), subject_before(d, row->subject), hex);
		alias(d, drift_text(d, "%s", hex), row->fingerprint);
	}
	event->file = row->file;
	event->line = row->line;
}

void drift_tell_findings(struct drifting *d)
{
	size_t old_count, new_count;
	struct said *old = sort_side(d, 0, &old_count), *new = sort_side(d, 1, &new_count);
	cancel(d, old, &old_count, new, &new_count);
	cancel_moved(d, old, &old_count, new, &new_count);
	cancel_elsewhere(d, old, &old_count, new, &new_count);
	for (size_t i = 0; i < old_count; i++)
		tell(d, old[i].row, 0);
	for (size_t i = 0; i < new_count; i++)
		tell(d, new[i].row, 1);
	free(old);
	free(new);
}
