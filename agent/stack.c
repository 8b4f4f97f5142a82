/* SPDX-License-Identifier: MIT */
/* Owns: whole call stacks: walking them, storing each distinct one once, and knowing again one that was seen.
 * Must not: lock, allocate outside the trace file, call the loader but for what it tells without a lock (modules_notice).
 *
 * A walk is a function of where it starts and of the words it reads from the stack. Both are kept with its result: where
 * they are all as they were, the result is the same, whatever the frames are made of. That takes no unwind table and,
 * other than a walk, no load has to wait for the one before it. */
#include "stack.h"
#include "cfi.h"

enum { FRAMES_MAX = 128, SETS = 128, WAYS = 4, INTERNED = 1 << 14, PROBES = 32, ROOM_NEEDED = 8192 };

struct walk {
	uint64_t addresses[FRAMES_MAX];
	uint32_t count, reads;
	bool is_cut, used_frame_pointer, is_exact; /* exact: all reads could be kept */
	uint32_t offsets[STACK_READS_MAX];         /* from the sp of the start */
	uintptr_t words[STACK_READS_MAX];
};

/* One walk that was made. Written under an odd version, by whoever made it odd; read between two equal even ones. */
struct known_walk {
	uint32_t version;
	uint32_t reads;
	uintptr_t pc, sp, high;
	uintptr_t bp;         /* where the walk used it, else 0 and uses_bp false */
	bool uses_bp;
	uint32_t generation;  /* of the modules */
	uint32_t file;        /* file_number */
	uint64_t stack;       /* the result */
	uint32_t offsets[STACK_READS_MAX];
	uintptr_t words[STACK_READS_MAX];
};
static struct known_walk known[SETS][WAYS];
static uint32_t next_way[SETS];
static const struct trace_stack *interned[INTERNED];
static uint16_t interned_slots[INTERNED]; /* which of them are taken */
static uint32_t interned_count, file_number;

/* ---- walking ---- */

static void walk_keep_word(struct walk *walk, uintptr_t start, uintptr_t slot, uintptr_t word)
{
	uintptr_t offset = slot - start;

	if (!slot)
		return;
	if (walk->reads == STACK_READS_MAX || slot < start || offset > UINT32_MAX) {
		walk->is_exact = false;
		return;
	}
	walk->offsets[walk->reads] = (uint32_t)offset;
	walk->words[walk->reads++] = word;
}

/* pending: the caller's frame pointer was read here, and matters once somebody uses it. */
static void walk_from(struct walk *walk, struct frame_state state, struct cfi_bounds bounds)
{
	uintptr_t start = state.sp, pending = 0;
	enum cfi_result result = CFI_CALLER;

	walk->count = walk->reads = 0;
	walk->used_frame_pointer = walk->is_cut = false;
	walk->is_exact = true;
	for (bool bp_is_first = true;;) {
		struct cfi_reads reads = {0};
		uintptr_t bp = state.bp;

		walk->addresses[walk->count++] = state.pc;
		if (walk->count == FRAMES_MAX) {
			result = CFI_LOST;
			break;
		}
		result = cfi_step(&state, false, &bounds, &reads);
		if (result != CFI_CALLER)
			break;
		if (reads.used_frame_pointer) {
			if (bp_is_first)
				walk->used_frame_pointer = true;
			else
				walk_keep_word(walk, start, pending, bp);
		}
		walk_keep_word(walk, start, reads.return_slot, *(const uintptr_t *)reads.return_slot);
		if (reads.other_slot)
			walk_keep_word(walk, start, reads.other_slot, *(const uintptr_t *)reads.other_slot);
		if (reads.frame_slot) {
			pending = reads.frame_slot;
			bp_is_first = false;
		}
	}
	/* Where it ended for want of a rule, words that were looked at may change and allow more: do not keep such walks. */
	walk->is_cut = result == CFI_LOST;
	walk->is_exact &= result == CFI_END;
}

/* ---- storing each distinct stack once ---- */

static uint64_t stack_hash(const uint64_t *addresses, uint32_t count, bool is_cut)
{
	uint64_t hash = count * 2 + is_cut;

	for (uint32_t i = 0; i < count; i++) {
		hash = (hash ^ addresses[i]) * 0x9e3779b97f4a7c15ull;
		hash ^= hash >> 29;
	}
	return hash;
}

static const struct trace_stack *stack_append(const uint64_t *addresses, uint32_t count, bool is_cut, uint64_t hash)
{
	size_t size = sizeof(struct trace_stack) + count * sizeof(uint64_t);
	struct trace_stack *stack = pool_append(TRACE_STACKS, size);

	if (!stack) {
		pool_lost(TRACE_LOST_STACKS, 1);
		return NULL;
	}
	stack->hash = hash;
	stack->count = count;
	stack->is_cut = is_cut;
	for (uint32_t i = 0; i < count; i++)
		stack->addresses[i] = addresses[i];
	pool_publish(TRACE_STACKS, stack, size);
	return stack;
}

static bool are_equal(const uint64_t *left, const uint64_t *right, uint32_t count)
{
	for (uint32_t i = 0; i < count; i++)
		if (left[i] != right[i])
			return false;
	return true;
}

static const struct trace_stack *stack_intern(const uint64_t *addresses, uint32_t count, bool is_cut)
{
	uint64_t hash = stack_hash(addresses, count, is_cut);
	const struct trace_stack *made = NULL;

	for (uint32_t probe = 0; probe < PROBES; probe++) {
		const struct trace_stack **slot = &interned[(hash + probe) % INTERNED];
		const struct trace_stack *stack = __atomic_load_n(slot, __ATOMIC_ACQUIRE);

		if (!stack) {
			if (!made)
				made = stack_append(addresses, count, is_cut, hash);
			if (!made)
				return NULL;
			if (__atomic_compare_exchange_n(slot, &stack, made, false, __ATOMIC_RELEASE, __ATOMIC_ACQUIRE)) {
				interned_slots[__atomic_fetch_add(&interned_count, 1, __ATOMIC_RELAXED)] = (uint16_t)(slot - interned);
				return made;
			}
		}
		if (stack->hash == hash && stack->count == count && stack->is_cut == (uint32_t)is_cut
		    && are_equal(stack->addresses, addresses, count))
			return stack; /* another thread may have stored it too: that one has no reader, and costs its bytes */
	}
	return made ? made : stack_append(addresses, count, is_cut, hash); /* the table is full: told again and again, but right */
}

/* ---- knowing a walk again ---- */

static bool known_matches(const struct known_walk *entry, const struct frame_state *start, uintptr_t high, uint64_t *stack)
{
	uint32_t version = __atomic_load_n(&entry->version, __ATOMIC_ACQUIRE);

	if (version & 1 || entry->sp != start->sp || entry->pc != start->pc || entry->high != high
	    || (entry->uses_bp && entry->bp != start->bp)
	    || entry->file != file_number || entry->generation != __atomic_load_n(&modules_generation, __ATOMIC_RELAXED))
		return false;
	uint32_t reads = entry->reads;
	if (reads > STACK_READS_MAX)
		return false;
	for (uint32_t i = 0; i < reads; i++) {
		uintptr_t slot = start->sp + entry->offsets[i];
		/* torn by a writer: the version tells, but the slot must be one that can be read */
		if (slot > high - sizeof(uintptr_t) || *(const uintptr_t *)slot != entry->words[i])
			return false;
	}
	*stack = entry->stack;
	__atomic_thread_fence(__ATOMIC_ACQUIRE);
	return __atomic_load_n(&entry->version, __ATOMIC_RELAXED) == version;
}

static void known_keep(struct known_walk *entry, const struct frame_state *start, uintptr_t high, const struct walk *walk,
		       uint64_t stack)
{
	uint32_t version = __atomic_load_n(&entry->version, __ATOMIC_RELAXED);

	if (version & 1 || !__atomic_compare_exchange_n(&entry->version, &version, version + 1, false, __ATOMIC_ACQUIRE,
							__ATOMIC_RELAXED))
		return; /* somebody writes it now */
	__atomic_thread_fence(__ATOMIC_RELEASE);
	entry->pc = start->pc;
	entry->sp = start->sp;
	entry->high = high;
	entry->bp = start->bp;
	entry->uses_bp = walk->used_frame_pointer;
	entry->generation = __atomic_load_n(&modules_generation, __ATOMIC_RELAXED);
	entry->file = file_number;
	entry->stack = stack;
	entry->reads = walk->reads;
	for (uint32_t i = 0; i < walk->reads; i++) {
		entry->offsets[i] = walk->offsets[i];
		entry->words[i] = walk->words[i];
	}
	__atomic_store_n(&entry->version, version + 2, __ATOMIC_RELEASE);
}

/* Little may be left of a stack, as of an alternate one for signals: then the place itself must do. */
static bool has_room(uintptr_t sp, uintptr_t low, uintptr_t high)
{
	return sp < high && sp > low + ROOM_NEEDED;
}

__attribute__((noinline)) static uint64_t record_place(const struct frame_state *start)
{
	uint64_t address = start->pc;

	pool_lost(TRACE_LOST_STACKS, 1);
	return pool_reference(stack_intern(&address, 1, true));
}

__attribute__((noinline)) static uint64_t record_walk(const struct frame_state *start, struct cfi_bounds bounds,
						      struct known_walk *place)
{
	struct walk walk;
	uint64_t stack;

	walk_from(&walk, *start, bounds);
	if (modules_notice(start->pc) || (walk.is_cut && modules_notice(walk.addresses[walk.count - 1])))
		walk_from(&walk, *start, bounds);
	stack = pool_reference(stack_intern(walk.addresses, walk.count, walk.is_cut));
	if (walk.is_cut)
		pool_lost(TRACE_LOST_STACKS, 1);
	if (stack && walk.is_exact)
		known_keep(place, start, bounds.high, &walk, stack);
	return stack;
}

uint64_t stack_record(const void *frame, struct thread *thread)
{
	const uintptr_t *words = frame;
	struct frame_state start = {.pc = words[1], .sp = (uintptr_t)(words + 2), .bp = words[0]};
	uintptr_t low = (uintptr_t)thread->stack_low, high = (uintptr_t)thread->stack_high;
	struct cfi_bounds bounds = {start.sp, high, 0, 0};
	uint32_t set = (uint32_t)(((start.pc ^ start.sp << 20) * 0x9e3779b97f4a7c15ull) >> 32) % SETS;
	uint64_t stack = 0;

	if (start.sp < low || start.sp >= high) { /* of the program's own making, or nobody told us where it lies */
		bounds.next_low = low;
		bounds.next_high = high;
		bool is_alternate = alternate_stack(&low, &high);
		if (!is_alternate && !mapping_of(start.sp, &low, &high))
			return record_place(&start);
		bounds.high = high;
		/* Or it was known, and has grown. */
		if (!is_alternate && (!thread->stack_high || high == (uintptr_t)thread->stack_high)) {
			thread->stack_low = (void *)low;
			thread->stack_high = (void *)high;
		}
	}
	if (!has_room(start.sp, low, high))
		return record_place(&start);
	for (uint32_t way = 0; way < WAYS; way++)
		if (known_matches(&known[set][way], &start, bounds.high, &stack))
			return stack;
	return record_walk(&start, bounds, &known[set][__atomic_fetch_add(&next_way[set], 1, __ATOMIC_RELAXED) % WAYS]);
}

void stack_reset(void)
{
	/* Only what is taken: a child of a large parent has to copy each page it writes to. */
	for (uint32_t i = 0; i < interned_count; i++)
		interned[interned_slots[i]] = NULL;
	interned_count = 0;
	file_number++;
}
