/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Nodes that speak of the same things: the words of the identifiers that they define and of the functions that they
 * call. */
#include <ctype.h>
#include <string.h>

#include "analysis/domain_internal.h"

#define WORD_LETTERS 3      /* and more */

static void add_word(struct domain_terms *terms, struct interner *words, uint32_t node, const char *text, size_t length)
{
	char lower[64];
	if (length < WORD_LETTERS || length > sizeof lower)
		return;
	for (size_t i = 0; i < length; i++)
		lower[i] = (char)tolower((unsigned char)text[i]);
	domain_terms_add(terms, node, interner_add(words, lower, length));
}

/* "xmlNodePtr" and "xml_node_ptr" are xml, node, ptr. */
static void add_words(struct domain_terms *terms, struct interner *words, uint32_t node, const char *name)
{
	size_t start = 0, i = 0;
	for (; name[i]; i++) {
		bool is_letter = isalpha((unsigned char)name[i]);
		bool starts = i > start && isupper((unsigned char)name[i]) &&
			      (islower((unsigned char)name[i - 1]) || (islower((unsigned char)name[i + 1]) && i > start + 1));
		if (is_letter && !starts)
			continue;
		add_word(terms, words, node, name + start, i - start);
		start = is_letter ? i : i + 1;
	}
	add_word(terms, words, node, name + start, i - start);
}

static void collect(const struct discovery *d, struct domain_terms *terms, struct interner *words)
{
	const struct graph *graph = d->graph;
	for (uint32_t i = 0; i < graph->symbol_count; i++) {
		const struct graph_symbol *symbol = &graph->symbols[i];
		if (!symbol->is_defined || symbol->file == GRAPH_NONE || d->node_of[symbol->file] == GRAPH_NONE)
			continue;
		const char *dot = strrchr(symbol->name, '.');
		add_words(terms, words, d->node_of[symbol->file], dot ? dot + 1 : symbol->name);
	}
	for (uint32_t i = 0; i < graph->call_count; i++) {
		const struct graph_call *call = &graph->calls[i];
		if (call->file != GRAPH_NONE && d->node_of[call->file] != GRAPH_NONE)
			add_words(terms, words, d->node_of[call->file], graph->symbols[call->callee].name);
	}
}

void domain_text_make(struct discovery *d)
{
	struct domain_terms terms = {0};
	d->words = interner_create();
	collect(d, &terms, d->words);
	domain_terms_tie(d, &terms, interner_count(d->words), &d->signals[DOMAIN_TEXT]);
	d->terms = terms.items;
	d->term_count = terms.count;
}
