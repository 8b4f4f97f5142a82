/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The macros of C4-PlantUML: Container(id, "Name", ...), Rel(a, b, "label"), System_Boundary(id, "Name") { ... }. */
#include <string.h>

#include "config/plantuml.h"

#define MOST_ARGUMENTS 16

struct macro {
	const char *name; size_t name_length;
	const char *arguments[MOST_ARGUMENTS];
	const char *places[MOST_ARGUMENTS];    /* where each stands */
	size_t count;                          /* of those that go by place; $name=value are left out */
};

static bool is_letter(char c)
{
	return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_';
}

static bool is_called(const struct macro *macro, const char *name)
{
	return macro->name_length == strlen(name) && !strncasecmp(macro->name, name, macro->name_length);
}

static bool begins(const struct macro *macro, const char *name)
{
	return macro->name_length >= strlen(name) && !strncasecmp(macro->name, name, strlen(name));
}

static bool has(const struct macro *macro, const char *part)
{
	return memmem(macro->name, macro->name_length, part, strlen(part)) != NULL;
}

/* One argument up to its comma or the closing bracket; *at stands behind it. false: neither comes. */
static bool take_argument(struct plantuml *p, const char **at, struct macro *macro)
{
	const char *from = *at, *to;
	while (from < p->end && (*from == ' ' || *from == '\t'))
		from++;
	bool quoted = from < p->end && *from == '"', named = from < p->end && *from == '$';
	bool in_text = false;
	for (to = from; to < p->end && (in_text || (*to != ',' && *to != ')')); to++)
		if (*to == '"')
			in_text = !in_text;
	if (to == p->end)
		return false;
	*at = to;
	while (to > from && (to[-1] == ' ' || to[-1] == '\t'))
		to--;
	if (quoted && to - from > 1 && to[-1] == '"') {
		from++;
		to--;
	}
	if (named || macro->count == MOST_ARGUMENTS)
		return true;
	macro->places[macro->count] = from;
	macro->arguments[macro->count++] = plantuml_text(p, from, to);
	return true;
}

/* Word( at the beginning of the line. */
static bool take_macro(struct plantuml *p, struct macro *macro)
{
	const char *at = p->at;
	while (at < p->end && is_letter(*at))
		at++;
	macro->name = p->at;
	macro->name_length = (size_t)(at - p->at);
	if (!macro->name_length || at == p->end || *at != '(')
		return false;
	do {
		at++;
		if (!take_argument(p, &at, macro))
			return false;
	} while (*at == ',');
	p->at = at + 1;
	plantuml_skip_blanks(p);
	return true;
}

static int find(struct plantuml *p, const struct macro *macro, size_t argument, uint32_t *out)
{
	const char *id = macro->arguments[argument], *nearest;
	struct position at = plantuml_position(p, macro->places[argument]);
	if (reference_find(p->reader, id, out))
		return 0;
	nearest = reference_guess(p->reader, id);
	if (nearest)
		return complaint_set(&p->reader->complaint, at, "there is no element %s before this line, did you mean \"%s\"?",
				     complaint_quote(id, strlen(id)).text, nearest);
	return complaint_set(&p->reader->complaint, at, "there is no element %s before this line, define it above",
			     complaint_quote(id, strlen(id)).text);
}

static int read_relation(struct plantuml *p, const struct macro *macro)
{
	uint32_t from = 0, to = 0;
	struct position at = plantuml_position(p, macro->name);
	bool is_back = has(macro, "Back") || has(macro, "back"), is_both = begins(macro, "BiRel");
	/* RelIndex(index, from, to, ...) */
	size_t first = begins(macro, "RelIndex") ? 1 : 0;
	if (macro->count < first + 2)
		return complaint_set(&p->reader->complaint, at, "a relation has two ends: Rel(from, to, \"label\")");
	int result = find(p, macro, first, &from);
	if (!result)
		result = find(p, macro, first + 1, &to);
	if (!result && (!is_back || is_both))
		result = reference_add_relation(p->reader, from, to, at);
	if (!result && (is_back || is_both))
		result = reference_add_relation(p->reader, to, from, at);
	return result;
}

static int read_element(struct plantuml *p, const struct macro *macro)
{
	struct position at = plantuml_position(p, macro->name);
	bool is_outside = has(macro, "_Ext") || has(macro, "Db") || has(macro, "Queue") || begins(macro, "Person");
	uint32_t element;
	if (macro->count < 1 || !*macro->arguments[0])
		return complaint_set(&p->reader->complaint, at, "an element has an id: Container(id, \"Name\")");
	const char *id = macro->arguments[0], *name = macro->count > 1 && *macro->arguments[1] ? macro->arguments[1] : id;
	int result = plantuml_add(p, name, id, is_outside, at, &element);
	if (!result && p->files)
		result = reference_set_globs(p->reader, element, p->files, at);
	if (!result && p->domain)
		result = reference_set_domain(p->reader, element, p->domain, at);
	p->files = p->domain = NULL;
	if (!result)
		p->reader->reference->elements[element].is_group = !begins(macro, "Container") && !begins(macro, "Component");
	if (!result && p->at < p->end && *p->at == '{')
		result = plantuml_open(p, element);
	return result;
}

int plantuml_read_macro(struct plantuml *p, bool *is_macro)
{
	static const char *const elements[] = {"Person", "System", "Container", "Component", "Boundary", "Enterprise_Boundary", "Deployment_Node",
					       "Node", NULL};
	const char *from = p->at;
	struct macro macro = {0};
	*is_macro = take_macro(p, &macro);
	if (!*is_macro) {
		p->at = from;
		return 0;
	}
	if (begins(&macro, "Rel") || begins(&macro, "BiRel"))
		return read_relation(p, &macro);
	if (is_called(&macro, "AddProperty") && macro.count > 1) {
		p->files = !strcmp(macro.arguments[0], "sightline.files") ? macro.arguments[1] : p->files;
		p->domain = !strcmp(macro.arguments[0], "sightline.domain") ? macro.arguments[1] : p->domain;
		return 0;
	}
	for (size_t i = 0; elements[i]; i++)
		if (begins(&macro, elements[i]))
			return read_element(p, &macro);
	if (p->at < p->end && *p->at == '{')
		return plantuml_open(p, plantuml_parent(p));
	return 0;
}
