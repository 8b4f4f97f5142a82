/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "analysis/drift_layout.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

struct member { const char *name, *type; size_t name_length, type_length; };
struct members { struct member *items; size_t count, capacity; };

static void split(const char *layout, struct members *out)
{
	while (*layout) {
		const char *end = strchrnul(layout, '\n'), *tab = memchr(layout, '\t', (size_t)(end - layout));
		if (!tab)
			tab = end;
		mem_grow(&out->items, &out->capacity, out->count + 1, sizeof *out->items);
		out->items[out->count++] = (struct member){layout, tab < end ? tab + 1 : end, (size_t)(tab - layout),
							    tab < end ? (size_t)(end - tab - 1) : 0};
		layout = *end ? end + 1 : end;
	}
}

static bool same_name(const struct member *a, const struct member *b)
{
	return a->name_length == b->name_length && !memcmp(a->name, b->name, a->name_length);
}

static bool same_type(const struct member *a, const struct member *b)
{
	return a->type_length == b->type_length && !memcmp(a->type, b->type, a->type_length);
}

static const struct member *find(const struct members *members, const struct member *wanted)
{
	for (size_t i = 0; i < members->count; i++)
		if (same_name(&members->items[i], wanted))
			return &members->items[i];
	return NULL;
}

#define TOLD 60 /* bytes of a name or type that are told */
#define PART(text, length) (int)((length) > TOLD ? TOLD : (length)), text

/* The first that was removed or changed. */
static bool tell_broken(const struct members *before, const struct members *after, const char *what, char *said, size_t size)
{
	for (size_t i = 0; i < before->count; i++) {
		const struct member *old = &before->items[i], *new = find(after, old);
		if (!new) {
			snprintf(said, size, "%s %.*s is gone", what, PART(old->name, old->name_length));
			return true;
		}
		if (!same_type(old, new)) {
			snprintf(said, size, "%s %.*s was %.*s and is %.*s", what, PART(old->name, old->name_length),
				 PART(old->type, old->type_length), PART(new->type, new->type_length));
			return true;
		}
	}
	return false;
}

static enum layout_change compare_enums(const struct members *before, const struct members *after, char *said, size_t size)
{
	if (tell_broken(before, after, "enumerator", said, size))
		return LAYOUT_BREAKING;
	for (size_t i = 0; i < after->count; i++)
		if (!find(before, &after->items[i])) {
			snprintf(said, size, "enumerator %.*s is new", PART(after->items[i].name, after->items[i].name_length));
			return LAYOUT_COMPATIBLE;
		}
	return LAYOUT_SAME; /* in another order, each with its value */
}

static enum layout_change compare_records(const char *kind, const struct members *before, const struct members *after, char *said,
					  size_t size)
{
	bool is_union = !strcmp(kind, "union");
	size_t shared = before->count < after->count ? before->count : after->count, i = 0;
	if (tell_broken(before, after, "field", said, size))
		return LAYOUT_BREAKING;
	while (i < shared && same_name(&before->items[i], &after->items[i]))
		i++;
	if (i == before->count && i == after->count)
		return LAYOUT_SAME;
	if (i == before->count || is_union) {
		size_t added = after->count - before->count;
		const struct member *first = &after->items[i];
		if (is_union && !added)
			return LAYOUT_SAME;
		for (size_t k = 0; k < after->count; k++)
			if (!find(before, &after->items[k])) {
				first = &after->items[k];
				break;
			}
		snprintf(said, size, "%zu field%s added%s, the first %.*s; its size may grow, so what allocates it must be built anew", added,
			 added == 1 ? "" : "s", is_union ? "" : " at the end", PART(first->name, first->name_length));
		return LAYOUT_GROWN;
	}
	const struct member *here = &after->items[i];
	if (!find(before, here))
		snprintf(said, size, "field %.*s was put before %.*s", PART(here->name, here->name_length),
			 PART(before->items[i].name, before->items[i].name_length));
	else
		snprintf(said, size, "fields are in another order, from %.*s on", PART(before->items[i].name, before->items[i].name_length));
	return LAYOUT_BREAKING;
}

enum layout_change layout_compare(const char *kind, const char *before, const char *after, char *said, size_t size)
{
	struct members a = {0}, b = {0};
	enum layout_change change = LAYOUT_SAME;
	*said = 0;
	if (!strcmp(before, after))
		return LAYOUT_SAME;
	split(before, &a);
	split(after, &b);
	if (!strcmp(kind, "enum"))
		change = compare_enums(&a, &b, said, size);
	else if (!strcmp(kind, "typedef")) {
		change = LAYOUT_BREAKING;
		if (a.count && b.count)
			snprintf(said, size, "it was %.*s and is %.*s", PART(a.items[0].type, a.items[0].type_length),
				 PART(b.items[0].type, b.items[0].type_length));
	} else
		change = compare_records(kind, &a, &b, said, size);
	free(a.items);
	free(b.items);
	return change;
}

/* ---- signatures ---- */

/* Result, then each parameter; commas and brackets within a parameter are its own. */
static void split_signature(const char *signature, struct members *out)
{
	/* The parameter list is the last bracket that opens at depth 0 and runs to the end. */
	size_t length = strlen(signature), open = length;
	int depth = 0;
	for (size_t i = length; i-- > 0;) {
		depth += signature[i] == ')' ? 1 : signature[i] == '(' ? -1 : 0;
		if (!depth && signature[i] == '(') {
			open = i;
			break;
		}
	}
	mem_grow(&out->items, &out->capacity, 1, sizeof *out->items);
	out->items[out->count++] = (struct member){signature, signature, 0, open};
	depth = 0;
	for (size_t i = open + 1, start = i; i < length; i++) {
		char c = signature[i];
		if ((c == ',' && !depth) || i + 1 == length) {
			while (signature[start] == ' ')
				start++;
			mem_grow(&out->items, &out->capacity, out->count + 1, sizeof *out->items);
			out->items[out->count++] = (struct member){signature + start, signature + start, 0, i - start};
			start = i + 1;
		}
		depth += c == '(' ? 1 : c == ')' ? -1 : 0;
	}
}

/* "struct foo *" -> "const struct foo *" */
static bool gained_const(const struct member *before, const struct member *after)
{
	static const char word[] = "const ";
	size_t extra = sizeof word - 1;
	return after->type_length == before->type_length + extra && before->type_length && before->type[before->type_length - 1] == '*' &&
	       !memchr(before->type, '(', before->type_length) && memchr(before->type, '*', before->type_length) == before->type + before->type_length - 1 &&
	       !memcmp(after->type, word, extra) && !memcmp(after->type + extra, before->type, before->type_length);
}

bool signature_is_compatible(const char *before, const char *after)
{
	struct members a = {0}, b = {0};
	split_signature(before, &a);
	split_signature(after, &b);
	bool compatible = a.count == b.count;
	for (size_t i = 0; compatible && i < a.count; i++) {
		bool gained_result = !i && a.items[0].type_length == 5 && !memcmp(a.items[0].type, "void ", 5) && !memchr(b.items[0].type, '(', b.items[0].type_length);
		compatible = same_type(&a.items[i], &b.items[i]) || gained_result || (i && gained_const(&a.items[i], &b.items[i]));
	}
	free(a.items);
	free(b.items);
	return compatible;
}
