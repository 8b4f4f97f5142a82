/* SPDX-License-Identifier: MIT */
/* Tables of edges: one per thread and hub, open addressing by pairs. The hubs look at the two records of the home pair;
 * all else is here. Quiet (core.h). Owns the tables; must not know how calls were noticed.
 *
 * A record is claimed by its caller's address (compare and swap: a signal handler may insert on the same thread, in the
 * middle of our insertion), filled, and published by its key. A full table stays in the file and a larger one takes over: counts of
 * equal keys add up when the file is read. */
#include "core.h"

#define PROBES 64
#define TABLES_LARGEST 8  /* tables of the largest size that one thread may fill */
#define SPARES 2048
#define DETOURS 10000
#define LOG_COMFORTABLE 15u /* 1 MiB: no larger for comfort alone */

char edge_base[AGENT_PAGE] __attribute__((aligned(AGENT_PAGE)));
volatile uint8_t edge_saw_pause;

/* Tables of threads that have ended, for the next threads with their entry. */
static struct trace_segment *spares[SPARES];

static struct trace_segment *spare_take(uint32_t entry, uint32_t flags, uint32_t log_size)
{
	for (uint32_t i = 0; i < SPARES; i++) {
		struct trace_segment *segment = __atomic_load_n(&spares[i], __ATOMIC_ACQUIRE);
		if (!segment || segment->entry != entry || segment->flags != flags ||
		    segment->reserved[0] < log_size)
			continue;
		if (__atomic_compare_exchange_n(&spares[i], &segment, NULL, false, __ATOMIC_ACQ_REL,
						__ATOMIC_RELAXED))
			return segment;
	}
	return NULL;
}

static void spare_put(struct trace_segment *segment)
{
	for (uint32_t i = 0; i < SPARES; i++) {
		struct trace_segment *none = NULL;
		if (!__atomic_load_n(&spares[i], __ATOMIC_RELAXED) &&
		    __atomic_compare_exchange_n(&spares[i], &none, segment, false, __ATOMIC_RELEASE,
						__ATOMIC_RELAXED))
			return;
	}
}

void edges_forget(void)
{
	for (uint32_t i = 0; i < SPARES; i++) {
		if (spares[i])
			spares[i] = NULL;
	}
}

static char *records_of(const struct edge_view *view, enum edge_set_kind kind)
{
	return (char *)view->empty + view->sets[kind].offset;
}

static struct trace_segment *table_of(const struct edge_view *view, enum edge_set_kind kind)
{
	return view->sets[kind].offset ? (struct trace_segment *)(void *)records_of(view, kind) - 1 : NULL;
}

void edges_give_back(struct edge_view *view)
{
	for (int kind = 0; kind < EDGE_SETS; kind++) {
		struct trace_segment *table = table_of(view, kind);
		view->sets[kind].mask = 0;
		__atomic_signal_fence(__ATOMIC_SEQ_CST);
		view->sets[kind].offset = 0;
		if (table)
			spare_put(table);
	}
}

/* The first or the next table of a set. reserved[0]: log2 of its records; reserved[1]: how many are taken;
 * reserved[2]: how often a hub came here for it. */
static bool add_table(struct edge_view *view, enum edge_set_kind kind, struct thread *thread)
{
	static const uint32_t flags[EDGE_SETS] = {0, TRACE_EDGES_PLT, TRACE_EDGES_SAMPLED, TRACE_EDGES_FUNCTIONS};
	uint32_t log_size = thread->log_size[kind];
	if (view->tables[kind] >= (EDGE_LOG_LARGEST - EDGE_LOG_SMALLEST) / 2 + TABLES_LARGEST)
		return false;
	if (view->tables[kind])
		log_size += 2;
	if (log_size < EDGE_LOG_SMALLEST)
		log_size = EDGE_LOG_SMALLEST;
	if (log_size > EDGE_LOG_LARGEST)
		log_size = EDGE_LOG_LARGEST;
	struct trace_segment *table = spare_take(thread->entry, flags[kind], log_size);
	if (table)
		table->reserved[2] = 0;
	if (!table) {
		table = pool_segment(TRACE_EDGES, sizeof(struct trace_edge), sizeof(struct trace_edge) << log_size);
		if (!table)
			return false;
		table->entry = thread->entry;
		table->flags = flags[kind];
		table->reserved[0] = log_size;
	}
	view->tables[kind]++;
	thread->log_size[kind] = (uint8_t)table->reserved[0];
	view->sets[kind].offset = (char *)(table + 1) - (char *)view->empty;
	__atomic_signal_fence(__ATOMIC_SEQ_CST);
	view->sets[kind].mask = (sizeof(struct trace_edge) << table->reserved[0]) - sizeof(struct trace_edge);
	return true;
}

/* Pair by pair: home, its neighbour, the next pair ... */
static uint64_t probe(uint64_t home, uint32_t i)
{
	return (home + (i & ~1u) * sizeof(struct trace_edge)) ^ (i & 1) * sizeof(struct trace_edge);
}

/* Paused, a hub looks for a record where none of its key lies, and reads half of a mask. */
static_assert((PROBES + 1) * sizeof(struct trace_edge) < TRACE_PAUSED &&
	      (sizeof(struct trace_edge) << EDGE_LOG_SMALLEST) - TRACE_PAUSED > (PROBES + 1) * sizeof(struct trace_edge) &&
	      EDGE_TABLE_LARGEST <= UINT32_MAX, "edge_table_x86_64.h");

enum outcome { COUNTED, TABLE_FULL };

static enum outcome count_in(const struct edge_view *view, enum edge_set_kind kind, uintptr_t from, uintptr_t callee,
			     uint64_t weight)
{
	char *records = records_of(view, kind);
	uint64_t key = trace_edge_key(from, callee), home = edge_home(key);
	for (uint32_t i = 0; i < PROBES; i++) {
		uint64_t at = probe(home, i) & view->sets[kind].mask, none = 0;
		struct trace_edge *edge = (struct trace_edge *)(void *)(records + at);
		if (__atomic_load_n(&edge->key, __ATOMIC_ACQUIRE) == key) {
			edge_add(&edge->count, weight);
			return COUNTED;
		}
		if (!__atomic_compare_exchange_n(&edge->from, &none, from, false, __ATOMIC_ACQ_REL, __ATOMIC_RELAXED))
			continue;
		edge->first = pool_order();
		edge->count = weight;
		__atomic_store_n(&edge->key, key, __ATOMIC_RELEASE);
		__atomic_fetch_add(&table_of(view, kind)->reserved[1], 1, __ATOMIC_RELAXED);
		return COUNTED;
	}
	return TABLE_FULL;
}

struct trace_edge *edge_find(const struct thread *thread, enum edge_set_kind kind, uintptr_t from, uintptr_t callee)
{
	const struct edge_view *view = thread_view(thread);
	uint64_t key = trace_edge_key(from, callee), home = edge_home(key);
	for (uint32_t i = 0; i < PROBES; i++) {
		uint64_t at = probe(home, i) & view->sets[kind].mask;
		struct trace_edge *edge = (struct trace_edge *)(void *)(records_of(view, kind) + at);
		if (__atomic_load_n(&edge->key, __ATOMIC_ACQUIRE) == key)
			return edge;
	}
	return NULL;
}

/* More than 5 of 8 places taken, or edges that are called often lie outside their home pairs: each such call costs many
 * times what it should, and a larger table has a better place for them. */
static bool is_crowded(const struct edge_view *view, enum edge_set_kind kind)
{
	struct trace_segment *table = table_of(view, kind);
	if (!table || table->reserved[1] * 8 > ((uint64_t)5 << table->reserved[0]))
		return true;
	return table->reserved[0] < LOG_COMFORTABLE && ++table->reserved[2] > DETOURS;
}

void edge_count_in(enum edge_set_kind kind, uintptr_t from, uintptr_t callee, uint64_t weight)
{
	struct thread *thread = pool_header && from && callee ? thread_self() : NULL;
	struct edge_view *view = thread && thread->is_attached ? thread_view(thread) : NULL;
	if (!view) {
		pool_lost(TRACE_LOST_EDGES, weight);
		return;
	}
	if (edge_saw_pause && !(pool_header->flags & TRACE_WAS_PAUSED))
		__atomic_fetch_or(&pool_header->flags, TRACE_WAS_PAUSED, __ATOMIC_RELAXED);
	if (is_crowded(view, kind))
		add_table(view, kind, thread);
	if (view->sets[kind].offset && count_in(view, kind, from, callee, weight) == COUNTED)
		return;
	/* Too many neighbours, as after many reloads of libraries: the next table has place. */
	if (!add_table(view, kind, thread) || count_in(view, kind, from, callee, weight) != COUNTED)
		pool_lost(TRACE_LOST_EDGES, weight);
}

void edge_miss(uintptr_t from, uintptr_t callee)
{
	edge_count_in(EDGE_CALLS, from, callee, 1);
}

void edge_miss_plt(uintptr_t from, uintptr_t callee)
{
	edge_count_in(EDGE_PLT, from, callee, 1);
}

void edge_count(uintptr_t from, uintptr_t callee)
{
	if (!agent_control_page->paused)
		edge_count_in(EDGE_CALLS, from, callee, 1);
	else
		edge_saw_pause = 1;
}

void edge_sample(uintptr_t from, uintptr_t callee, uint64_t weight)
{
	if (!agent_control_page->paused)
		edge_count_in(EDGE_SAMPLES, from, callee, weight);
	else
		edge_saw_pause = 1;
}

struct range {
	uintptr_t start, end;
	uint64_t since;
};

/* The callee is moved by a byte: the format allows any address in a function's first bytes, and no hub looks for that. */
static void retire_in(struct trace_segment *table, void *context)
{
	const struct range *range = context;
	struct trace_edge *edges = (struct trace_edge *)(void *)(table + 1);
	size_t count = (table->size - sizeof *table) / sizeof *edges;
	for (size_t i = 0; i < count; i++) {
		uint64_t key = __atomic_load_n(&edges[i].key, __ATOMIC_ACQUIRE);
		uint64_t from = edges[i].from, callee = trace_edge_callee(&edges[i]);
		if (key && edges[i].first >= range->since &&
		    ((from >= range->start && from < range->end) || (callee >= range->start && callee < range->end)))
			__atomic_store_n(&edges[i].key, trace_edge_key(from, callee + 1), __ATOMIC_RELEASE);
	}
}

void edges_retire(uintptr_t start, uintptr_t end, uint64_t since)
{
	struct range range = {start, end, since};
	pool_visit(TRACE_EDGES, retire_in, &range);
}
