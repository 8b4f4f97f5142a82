/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cmd/reference.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/hash.h"
#include "base/mem.h"

#define MOST_TOLD 8 /* names in one line */

int reference_use(const struct options *options, struct config *config, struct err *err)
{
	const char *path = options_value(options, "reference");
	return path ? reference_adopt(config, path, err) : reference_adopt_named(config, err);
}

struct judge {
	const struct reference *reference;
	const char *const *domains; size_t domain_count;
	uint32_t *own;         /* per element: the domain that it is; REFERENCE_NONE */
	uint32_t *lifted;      /* the same, of the nearest element around it that is one */
	bool *holds_one;       /* something within it is one */
	bool *is_known;        /* per domain: some element is it */
	struct reference_verdict *out;
	size_t capacity;
};

/* ---- which element is which domain ---- */

static uint32_t find_domain(const struct judge *judge, const struct interner *names, const char *name)
{
	uint32_t found, loose = REFERENCE_NONE;
	if (!name)
		return REFERENCE_NONE;
	if (interner_find(names, name, strlen(name), &found))
		return found;
	/* "Networking" is the domain networking, where only one is called so. */
	for (uint32_t i = 0; i < judge->domain_count; i++)
		if (!strcasecmp(judge->domains[i], name))
			loose = loose == REFERENCE_NONE ? i : REFERENCE_NONE - 1;
	return loose == REFERENCE_NONE - 1 ? REFERENCE_NONE : loose;
}

static void map_element(struct judge *judge, const struct interner *names, size_t index)
{
	const struct reference_element *elements = judge->reference->elements, *element = &elements[index];
	uint32_t domain = find_domain(judge, names, element->domain ? element->domain : element->name);
	if (domain == REFERENCE_NONE && !element->domain)
		domain = find_domain(judge, names, element->id);
	judge->own[index] = domain;
	if (domain == REFERENCE_NONE)
		return;
	judge->is_known[domain] = true;
	for (uint32_t above = element->parent; above != REFERENCE_NONE && !judge->holds_one[above]; above = elements[above].parent)
		judge->holds_one[above] = true;
}

/* Groups last, inner ones first: "redis" around the domains of redis is not the domain redis. */
static void map_elements(struct judge *judge)
{
	const struct reference *reference = judge->reference;
	struct interner *names = interner_create();
	for (size_t i = 0; i < judge->domain_count; i++)
		interner_add_string(names, judge->domains[i]);
	for (size_t i = 0; i < reference->element_count; i++) {
		judge->own[i] = REFERENCE_NONE;
		if (!reference->elements[i].is_group || reference->elements[i].domain)
			map_element(judge, names, i);
	}
	for (size_t i = reference->element_count; i-- > 0;)
		if (reference->elements[i].is_group && !reference->elements[i].domain && !judge->holds_one[i])
			map_element(judge, names, i);
	/* Elements come after what they are part of. */
	for (size_t i = 0; i < reference->element_count; i++) {
		uint32_t parent = reference->elements[i].parent;
		judge->lifted[i] = judge->own[i] == REFERENCE_NONE && parent != REFERENCE_NONE ? judge->lifted[parent] : judge->own[i];
	}
	interner_destroy(names);
}

/* Something that the codebase should have and has not. */
static bool is_missing(const struct judge *judge, size_t element)
{
	return judge->lifted[element] == REFERENCE_NONE && !judge->holds_one[element] && !judge->reference->elements[element].is_outside;
}

/* ---- what it allows ---- */

static void add(struct judge *judge, struct interner *seen, const char *from, const char *to, const char *verdict)
{
	struct buf key;
	buf_init(&key, BUF_NO_CEILING);
	buf_printf(&key, "%s\n%s\n%s", from, to, verdict);
	uint32_t known = interner_count(seen);
	if (interner_add_string(seen, key.data) == known) {
		struct reference_verdict *out = judge->out;
		mem_grow(&out->policies, &judge->capacity, out->policy_count + 1, sizeof *out->policies);
		out->policies[out->policy_count++] = (struct reference_policy){from, to, verdict};
	}
	buf_finish(&key);
}

/* The name under which an element is told: its domain, or, of what the code has not, its own. NULL: nothing is told of it. */
static const char *name_of(const struct judge *judge, uint32_t element)
{
	if (judge->lifted[element] != REFERENCE_NONE)
		return judge->domains[judge->lifted[element]];
	return is_missing(judge, element) ? judge->reference->elements[element].name : NULL;
}

static void allow(struct judge *judge)
{
	const struct reference *reference = judge->reference;
	struct interner *seen = interner_create();
	size_t groups = 0;
	unsigned group_line = 0;
	for (size_t i = 0; i < reference->relation_count; i++) {
		const struct reference_relation *relation = &reference->relations[i];
		const char *from = name_of(judge, relation->from), *to = name_of(judge, relation->to);
		bool from_known = judge->lifted[relation->from] != REFERENCE_NONE, to_known = judge->lifted[relation->to] != REFERENCE_NONE;
		bool from_group = judge->holds_one[relation->from], to_group = judge->holds_one[relation->to];
		if (from && to && (from_known || to_known) && strcmp(from, to))
			add(judge, seen, from, to, "allow");
		else if ((from_group || to_group) && (from_group || from_known) && (to_group || to_known))
			group_line = groups++ ? group_line : relation->line;
	}
	for (size_t i = 0; i < judge->domain_count; i++) {
		if (judge->is_known[i])
			continue;
		add(judge, seen, judge->domains[i], "*", "allow");
		add(judge, seen, "*", judge->domains[i], "allow");
	}
	add(judge, seen, "*", "*", "forbid");
	interner_destroy(seen);
	if (groups)
		buf_printf(&judge->out->notes, "%s:%u: an arrow of a group says nothing of its parts; draw it between them (%zu such arrow%s)\n",
			   reference->path, group_line, groups, groups == 1 ? "" : "s");
}

/* ---- what is told ---- */

static void note_missing(struct judge *judge)
{
	struct buf *notes = &judge->out->notes;
	size_t told = 0;
	for (size_t i = 0; i < judge->reference->element_count; i++) {
		const struct reference_element *element = &judge->reference->elements[i];
		if (!is_missing(judge, i) || (element->parent != REFERENCE_NONE && is_missing(judge, element->parent)))
			continue;
		if (told < MOST_TOLD)
			buf_printf(notes, "%s%s (line %u)", told ? ", " : "these elements are no domain of the code: ", element->name, element->line);
		told++;
	}
	if (told > MOST_TOLD)
		buf_printf(notes, " and %zu more", told - MOST_TOLD);
	if (told)
		buf_append_string(notes, "; name them as 'sightline domains' does, or give them sightline.files\n");
}

static void note_unjudged(struct judge *judge)
{
	struct buf *notes = &judge->out->notes;
	size_t told = 0;
	for (size_t i = 0; i < judge->domain_count; i++) {
		if (judge->is_known[i])
			continue;
		if (told < MOST_TOLD)
			buf_printf(notes, "%s%s", told ? ", " : "these domains are not in the reference, and not judged by it: ", judge->domains[i]);
		told++;
	}
	if (told > MOST_TOLD)
		buf_printf(notes, " and %zu more", told - MOST_TOLD);
	if (told)
		buf_append_string(notes, "\n");
}

void reference_judge(const struct reference *reference, const char *const *domains, size_t domain_count, struct reference_verdict *out)
{
	struct judge judge = {.reference = reference, .domains = domains, .domain_count = domain_count, .out = out};
	size_t known = 0;
	*out = (struct reference_verdict){0};
	buf_init(&out->notes, 1 << 16);
	judge.own = mem_alloc((reference->element_count + 1) * sizeof *judge.own);
	judge.lifted = mem_alloc((reference->element_count + 1) * sizeof *judge.lifted);
	judge.holds_one = mem_zalloc(reference->element_count + 1, sizeof *judge.holds_one);
	judge.is_known = mem_zalloc(domain_count + 1, sizeof *judge.is_known);
	map_elements(&judge);
	for (size_t i = 0; i < domain_count; i++)
		known += judge.is_known[i];
	for (size_t i = 0; i < reference->note_count; i++)
		buf_printf(&out->notes, "%s\n", reference->notes[i]);
	if (known)
		allow(&judge);
	else
		buf_printf(&out->notes, "%s: none of its elements is a domain of the code, so nothing is held against it\n", reference->path);
	note_missing(&judge);
	if (known)
		note_unjudged(&judge);
	free(judge.own);
	free(judge.lifted);
	free(judge.holds_one);
	free(judge.is_known);
}

void reference_verdict_finish(struct reference_verdict *verdict)
{
	free(verdict->policies);
	buf_finish(&verdict->notes);
}
