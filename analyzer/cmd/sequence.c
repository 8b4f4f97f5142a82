/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cmd/sequence.h"

#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/hash.h"

#define MESSAGES_MOST 150
#define NAMES_MOST 4 /* functions named in one message */
#define NONE UINT32_MAX

/* A call in the tree of first calls: its children are what its callee calls, if it is the call that entered the callee first. */
struct node {
	uint32_t parent, first_child, last_child, next; /* nodes; NONE */
	uint32_t from, to;    /* participants: domains that the call leaves and enters */
	double times;         /* calls for each call of the caller */
	uint32_t messages;    /* in it and below it */
};

struct sequence {
	const struct sequence_call *calls;
	size_t count;
	struct arena *arena;
	struct interner *domains;
	struct node *nodes;         /* one per call, then the root */
	uint32_t root;
	uint32_t *drawn; size_t participant_count; /* domain -> participant, in order of their first message */
	struct report_step *steps; size_t step_count, step_capacity;
	size_t messages, left_out;
};

static const char *print(struct sequence *s, const struct buf *text)
{
	return arena_strndup(s->arena, text->data ? text->data : "", text->length);
}

/* ---- the tree ---- */

/* The call that is the first to enter each function: function -> node. Ids are interned as text of their bytes. */
static uint32_t function_number(struct interner *functions, int64_t id)
{
	return interner_add(functions, (const char *)&id, sizeof id);
}

static void append_child(struct sequence *s, uint32_t parent, uint32_t child)
{
	struct node *node = &s->nodes[parent];
	s->nodes[child].parent = parent;
	if (node->last_child == NONE)
		node->first_child = child;
	else
		s->nodes[node->last_child].next = child;
	node->last_child = child;
}

static void build(struct sequence *s, int64_t entry, uint32_t entry_domain)
{
	struct interner *functions = interner_create();
	size_t most = 2 * s->count + 2;
	uint32_t *entered_by = mem_alloc(most * sizeof *entered_by);
	uint64_t *called = mem_zalloc(most, sizeof *called);
	memset(entered_by, 0xff, most * sizeof *entered_by);
	uint32_t start = function_number(functions, entry);
	entered_by[start] = s->root;
	for (uint32_t i = 0; i < s->count; i++) {
		uint32_t callee = function_number(functions, s->calls[i].callee);
		if (entered_by[callee] == NONE)
			entered_by[callee] = i;
		if (s->calls[i].is_counted)
			called[callee] += s->calls[i].count;
	}
	for (uint32_t i = 0; i < s->count; i++) {
		const struct sequence_call *call = &s->calls[i];
		uint32_t caller = function_number(functions, call->caller);
		/* Parents come first in order of first sight; what does not (another thread was first) hangs below the entry. */
		uint32_t parent = entered_by[caller] == NONE || (entered_by[caller] != s->root && entered_by[caller] >= i) ? s->root
																  : entered_by[caller];
		uint64_t calls = parent == s->root && caller == start ? 1 : called[caller];
		struct node *node = &s->nodes[i];
		*node = (struct node){.first_child = NONE, .last_child = NONE, .next = NONE};
		node->times = call->is_counted && calls ? (double)call->count / (double)calls : 1;
		append_child(s, parent, i);
		node->from = parent == s->root ? entry_domain : s->nodes[parent].to;
		node->to = call->domain ? interner_add_string(s->domains, call->domain) : node->from;
	}
	/* Children come after their parents: counted from behind. */
	for (uint32_t i = (uint32_t)s->count; i-- > 0;) {
		struct node *node = &s->nodes[i];
		node->messages += node->from != node->to;
		s->nodes[node->parent].messages += node->messages;
	}
	interner_destroy(functions);
	free(entered_by);
	free(called);
}

/* ---- steps ---- */

static uint32_t participant(struct sequence *s, uint32_t domain)
{
	if (s->drawn[domain] == NONE)
		s->drawn[domain] = (uint32_t)s->participant_count++;
	return s->drawn[domain];
}

static void step(struct sequence *s, enum report_step_kind kind, uint32_t from, uint32_t to, const char *text)
{
	struct report_step *before = s->steps;
	size_t capacity = s->step_capacity;
	if (s->step_count == capacity) {
		s->step_capacity = capacity ? 2 * capacity : 64;
		s->steps = arena_alloc(s->arena, s->step_capacity * sizeof *s->steps);
		if (s->step_count)
			memcpy(s->steps, before, s->step_count * sizeof *s->steps);
	}
	s->steps[s->step_count++] = (struct report_step){kind, from, to, text};
}

static bool in_loop(const struct node *node)
{
	return node->times >= 1.5;
}

/* Do two neighbours repeat alike? Within a tenth: branches in a loop are not taken each time. */
static bool alike(const struct node *a, const struct node *b)
{
	double low = a->times < b->times ? a->times : b->times, high = a->times < b->times ? b->times : a->times;
	return in_loop(a) == in_loop(b) && (!in_loop(a) || high <= 1.1 * low);
}

static bool is_leaf_message(const struct node *node)
{
	return node->from != node->to && node->messages == 1;
}

static void append_message(struct buf *text, const struct sequence_call *call)
{
	buf_printf(text, "%s()", call->name);
	if (!call->is_counted)
		buf_append_string(text, " (seen, not counted)");
}

/* One message for a run of leaves in the same direction; returns the last of them. */
static uint32_t draw_message(struct sequence *s, uint32_t at)
{
	const struct node *first = &s->nodes[at];
	struct buf text;
	size_t names = 1;
	buf_init(&text, BUF_NO_CEILING);
	append_message(&text, &s->calls[at]);
	while (is_leaf_message(first)) {
		uint32_t next = s->nodes[at].next;
		while (next != NONE && !s->nodes[next].messages)
			next = s->nodes[next].next;
		if (next == NONE || !is_leaf_message(&s->nodes[next]) || s->nodes[next].to != first->to || !alike(first, &s->nodes[next]))
			break;
		at = next;
		if (names++ < NAMES_MOST) {
			buf_append_string(&text, ", ");
			append_message(&text, &s->calls[at]);
		}
	}
	if (names > NAMES_MOST)
		buf_printf(&text, " and %zu more", names - NAMES_MOST);
	uint32_t from = participant(s, first->from), to = participant(s, first->to);
	if (s->messages++ < MESSAGES_MOST)
		step(s, REPORT_MESSAGE, from, to, print(s, &text));
	buf_finish(&text);
	return at;
}

static void open_loop(struct sequence *s, const struct node *node)
{
	struct buf text;
	buf_init(&text, BUF_NO_CEILING);
	// A mean over several passes has a fraction; a count has none.
	buf_printf(&text, "%.*f times", node->times >= 10 || node->times == floor(node->times) ? 0 : 1, node->times);
	step(s, REPORT_LOOP, 0, 0, print(s, &text));
	buf_finish(&text);
}

static uint32_t next_with_messages(const struct sequence *s, uint32_t at)
{
	while (at != NONE && !s->nodes[at].messages)
		at = s->nodes[at].next;
	return at;
}

/* Depth first, without recursion: programs call deeply. */
static void draw(struct sequence *s)
{
	struct open { uint32_t next, loop /* node whose loop is open; NONE */; } *stack = NULL;
	size_t depth = 0, capacity = 0;
	mem_grow(&stack, &capacity, 1, sizeof *stack);
	stack[depth++] = (struct open){next_with_messages(s, s->nodes[s->root].first_child), NONE};
	while (depth) {
		struct open *top = &stack[depth - 1];
		uint32_t at = top->next;
		if (top->loop != NONE && (at == NONE || !alike(&s->nodes[top->loop], &s->nodes[at]))) {
			step(s, REPORT_LOOP_END, 0, 0, NULL);
			top->loop = NONE;
		}
		if (at == NONE) {
			depth--;
			continue;
		}
		if (s->messages >= MESSAGES_MOST) {
			s->left_out += s->nodes[at].messages;
			top->next = next_with_messages(s, s->nodes[at].next);
			continue;
		}
		if (in_loop(&s->nodes[at]) && top->loop == NONE) {
			open_loop(s, &s->nodes[at]);
			top->loop = at;
		}
		uint32_t last = s->nodes[at].from != s->nodes[at].to ? draw_message(s, at) : at;
		top->next = next_with_messages(s, s->nodes[last].next);
		uint32_t child = next_with_messages(s, s->nodes[at].first_child);
		if (child == NONE)
			continue;
		mem_grow(&stack, &capacity, depth + 1, sizeof *stack);
		stack[depth++] = (struct open){child, NONE};
	}
	free(stack);
}

void sequence_make(const struct sequence_call *calls, size_t count, int64_t entry, const char *entry_domain, struct arena *arena,
		   struct report_sequence *out)
{
	struct sequence s = {.calls = calls, .count = count, .arena = arena, .domains = interner_create(), .root = (uint32_t)count};
	struct buf text;
	buf_init(&text, BUF_NO_CEILING);
	s.nodes = arena_zalloc(arena, count + 1, sizeof *s.nodes);
	s.nodes[s.root] = (struct node){NONE, NONE, NONE, NONE, 0, 0, 1, 0};
	s.drawn = arena_alloc(arena, (count + 1) * sizeof *s.drawn);
	memset(s.drawn, 0xff, (count + 1) * sizeof *s.drawn);
	uint32_t home = interner_add_string(s.domains, entry_domain);
	build(&s, entry, home);
	participant(&s, home);
	draw(&s);
	if (!s.messages)
		step(&s, REPORT_NOTE, 0, 0, "all calls that were seen stay in this domain");
	if (s.left_out) {
		buf_printf(&text, "%zu more calls between domains are not drawn", s.left_out);
		step(&s, REPORT_NOTE, 0, 0, print(&s, &text));
	}
	const char **participants = arena_zalloc(arena, s.participant_count + 1, sizeof *participants);
	for (uint32_t i = 0; i < interner_count(s.domains); i++)
		if (s.drawn[i] != NONE)
			participants[s.drawn[i]] = arena_strdup(arena, interner_text(s.domains, i));
	*out = (struct report_sequence){"", participants, s.participant_count, s.steps, s.step_count};
	interner_destroy(s.domains);
	buf_finish(&text);
}
