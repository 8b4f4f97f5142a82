/* SPDX-License-Identifier: MIT */
/* The trace file of this process: a few chunks of it, each preallocated on disk before it is mapped (a full disk is a
 * loss, never a SIGBUS), and segments cut off them. Quiet (core.h). Owns the file; must not know what records mean.
 *
 * No descriptor is kept, so that a host that closes all of its own closes none of ours. The file grows by opening its
 * path again, early: a reserve stays free for the time when that is no longer possible (chroot, another user, seccomp). */
#include "core.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <time.h>

#define CHUNKS 64
#define CHUNK_FIRST (1u << 20)
#define CHUNK_FIRST_FORKED (512u << 10)
#define CHUNK_SCARCE (48u << 10) /* where there is no place for more */
#define CHUNK_LARGEST (8u << 20)
#define FILE_LARGEST (512ull << 20)
#define RESERVE (256u << 10)
#define LIST_SEGMENTS 64
#define WAITS_SHORT 200     /* of a yield */
#define WAITS_LONG 200      /* of a millisecond */
#define ROUND_UP(value, to) (((value) + (to) - 1) / (to) * (to))

struct chunk {
	char *base;
	uint64_t offset, size; /* in the file */
};

struct trace_header *pool_header;
bool pool_is_frozen;
static struct chunk chunks[CHUNKS];
static uint32_t chunk_count;
static uint64_t cursor;       /* offset in the file of the next segment */
static uint32_t is_growing, cannot_grow;
static uint32_t is_extending[TRACE_SEGMENT_KINDS];
static char file_path[sizeof agent_options.directory + 64];
/* Lists of each kind, newest last. */
static struct trace_segment *lists[TRACE_SEGMENT_KINDS][LIST_SEGMENTS];
static uint32_t list_count[TRACE_SEGMENT_KINDS];
/* Mappings of the parent's file in a forked child: replaced by private memory at once, since code that the fork
 * interrupted may still hold pointers into them; given back by the next generation. */
static struct chunk retired[CHUNKS];
static uint32_t retired_count;

bool pool_file_may_have(uint64_t size)
{
	struct rlimit limit;
	return system_call(SYS_prlimit64, 0L, (long)RLIMIT_FSIZE, NULL, &limit) != 0 || size <= limit.rlim_cur;
}

/* Blocks for a part of the file: by fallocate, or by writing zeros where the file system has none. */
static long allocate_blocks(long descriptor, uint64_t offset, uint64_t size)
{
	long status;
	do
		status = system_call(SYS_fallocate, descriptor, 0L, offset, size);
	while (status == -4 /* EINTR */);
	if (status != -95 /* EOPNOTSUPP */ && status != -38 /* ENOSYS */)
		return status;
	for (uint64_t at = offset; at < offset + size; at += AGENT_PAGE) {
		status = system_call(SYS_pwrite64, descriptor, edge_base, (long)AGENT_PAGE, at);
		if (status != (long)AGENT_PAGE)
			return status < 0 ? status : -28 /* ENOSPC */;
	}
	return 0;
}

static long map_chunk(long descriptor, uint64_t offset, uint64_t size, struct chunk *chunk)
{
	if (!pool_file_may_have(offset + size))
		return -27 /* EFBIG */;
	long status = allocate_blocks(descriptor, offset, size);
	if (status != 0)
		return status;
	long address = system_call(SYS_mmap, NULL, size, (long)(PROT_READ | PROT_WRITE), (long)MAP_SHARED, descriptor,
				   offset);
	if (address < 0 && address > -4096)
		return address;
	*chunk = (struct chunk){(char *)address, offset, size};
	return 0;
}

static bool map_next(uint64_t need)
{
	const struct chunk *last = &chunks[chunk_count - 1];
	uint64_t end = last->offset + last->size;
	uint64_t size = end / 2 < CHUNK_LARGEST ? ROUND_UP(end / 2, AGENT_PAGE) : CHUNK_LARGEST;
	if (size < CHUNK_FIRST)
		size = CHUNK_FIRST;
	if (size < need)
		size = ROUND_UP(need, AGENT_PAGE);
	long status = -28;
	if (chunk_count < CHUNKS && end + size <= FILE_LARGEST) {
		long descriptor = system_call(SYS_openat, (long)AT_FDCWD, file_path,
					      (long)(O_RDWR | O_CLOEXEC | O_NOFOLLOW));
		status = descriptor;
		if (descriptor >= 0) {
			status = map_chunk(descriptor, end, size, &chunks[chunk_count]);
			system_call(SYS_close, descriptor);
		}
	}
	if (status == 0) {
		__atomic_store_n(&pool_header->file_size, end + size, __ATOMIC_RELEASE);
		__atomic_store_n(&chunk_count, chunk_count + 1, __ATOMIC_RELEASE);
	} else {
		__atomic_store_n(&cannot_grow, 1, __ATOMIC_RELAXED);
	}
	return status == 0;
}

/* What one thread at a time does, with signals blocked: a handler that leaves by longjmp would leave it begun for ever.
 * False: another one is at it. */
static bool begin_alone(uint32_t *is_begun, uint64_t *mask)
{
	const uint64_t all = UINT64_MAX;
	if (__atomic_load_n(is_begun, __ATOMIC_RELAXED) ||
	    system_call(SYS_rt_sigprocmask, (long)SIG_BLOCK, &all, mask, sizeof *mask) != 0)
		return false;
	if (!__atomic_exchange_n(is_begun, 1, __ATOMIC_ACQUIRE))
		return true;
	system_call(SYS_rt_sigprocmask, (long)SIG_SETMASK, mask, NULL, sizeof *mask);
	return false;
}

static void end_alone(uint32_t *is_begun, const uint64_t *mask)
{
	__atomic_store_n(is_begun, 0, __ATOMIC_RELEASE);
	system_call(SYS_rt_sigprocmask, (long)SIG_SETMASK, mask, NULL, sizeof *mask);
}

static bool can_grow(void)
{
	return !pool_is_frozen && !__atomic_load_n(&cannot_grow, __ATOMIC_RELAXED);
}

/* Maps the next chunk; others live on the reserve meanwhile. */
static bool grow(uint64_t need)
{
	uint64_t mask;
	if (!can_grow() || !begin_alone(&is_growing, &mask))
		return false;
	bool has_grown = map_next(need);
	end_alone(&is_growing, &mask);
	return has_grown;
}

/* Where size bytes fit at or after an offset: in its chunk, else in a later one. -1: nowhere. */
static int64_t place(uint64_t at, uint64_t size, struct chunk *found)
{
	uint32_t count = __atomic_load_n(&chunk_count, __ATOMIC_ACQUIRE);
	for (uint32_t i = 0; i < count; i++) {
		uint64_t start = at > chunks[i].offset ? at : chunks[i].offset;
		if (start + size <= chunks[i].offset + chunks[i].size) {
			*found = chunks[i];
			return (int64_t)start;
		}
	}
	return -1;
}

static uint64_t bytes_free(void)
{
	uint32_t count = __atomic_load_n(&chunk_count, __ATOMIC_ACQUIRE);
	uint64_t end = chunks[count - 1].offset + chunks[count - 1].size;
	uint64_t at = __atomic_load_n(&cursor, __ATOMIC_RELAXED);
	return at < end ? end - at : 0;
}

void pool_reserve(size_t bytes)
{
	if (pool_header && !pool_is_frozen && bytes_free() < bytes)
		grow(bytes);
}

/* For another thread that is at what it does alone: a moment, then longer, since a disk may be slow. False: long enough. */
static bool wait_for(const uint32_t *is_begun, uint32_t *attempts)
{
	const struct timespec pause = {0, 1000000};
	if (++*attempts > WAITS_SHORT + WAITS_LONG)
		return false;
	if (!__atomic_load_n(is_begun, __ATOMIC_ACQUIRE))
		return true; /* it was, and has done it */
	if (*attempts <= WAITS_SHORT)
		system_call(SYS_sched_yield);
	else
		system_call(SYS_nanosleep, &pause, NULL);
	return true;
}

static char *take(uint64_t size)
{
	struct chunk chunk;
	uint32_t attempts = 0;
	uint64_t at = __atomic_load_n(&cursor, __ATOMIC_RELAXED);
	for (;;) {
		int64_t start = place(at, size, &chunk);
		if (start < 0) {
			if (!grow(size) && (!can_grow() || !wait_for(&is_growing, &attempts)))
				return NULL;
			at = __atomic_load_n(&cursor, __ATOMIC_RELAXED);
			continue;
		}
		if (__atomic_compare_exchange_n(&cursor, &at, (uint64_t)start + size, false, __ATOMIC_ACQ_REL,
						__ATOMIC_RELAXED)) {
			if (bytes_free() < RESERVE)
				grow(0);
			return chunk.base + ((uint64_t)start - chunk.offset);
		}
	}
}

/* A segment that no reader sees yet. */
static struct trace_segment *make_segment(enum trace_segment_kind kind, uint32_t record_size, size_t bytes)
{
	uint64_t size = ROUND_UP(bytes + sizeof(struct trace_segment), TRACE_PAGE);
	struct trace_segment *segment = pool_header ? (struct trace_segment *)take(size) : NULL;
	if (!segment)
		return NULL;
	segment->size = size;
	segment->kind = kind;
	segment->record_size = record_size;
	segment->entry = TRACE_NONE;
	return segment;
}

struct trace_segment *pool_segment(enum trace_segment_kind kind, uint32_t record_size, size_t bytes)
{
	struct trace_segment *segment = make_segment(kind, record_size, bytes);
	if (segment)
		__atomic_store_n(&segment->magic, TRACE_SEGMENT_MAGIC, __ATOMIC_RELEASE);
	return segment;
}

/* Lists. Entries of several writers lie behind each other, and "used" covers them when none is half-written: reserved[0]
 * of the segment has the bytes given out (low half) and the entries not yet published (high half). */
#define GIVEN(state) ((state) & 0xffffffffu)
#define PENDING ((uint64_t)1 << 32)

static void *append_to(struct trace_segment *segment, size_t bytes)
{
	uint64_t state = __atomic_load_n(&segment->reserved[0], __ATOMIC_RELAXED);
	do {
		if (GIVEN(state) + bytes > segment->size - sizeof *segment)
			return NULL;
	} while (!__atomic_compare_exchange_n(&segment->reserved[0], &state, state + bytes + PENDING, false,
					      __ATOMIC_ACQ_REL, __ATOMIC_RELAXED));
	return (char *)(segment + 1) + GIVEN(state);
}

/* The next segment of a list that had so many, larger than the one before. */
static bool extend_list(enum trace_segment_kind kind, size_t bytes, uint32_t count)
{
	static const uint32_t record_sizes[TRACE_SEGMENT_KINDS] = {
		[TRACE_MODULES] = sizeof(struct trace_module), [TRACE_THREADS] = sizeof(struct trace_thread),
		[TRACE_RESOURCES] = sizeof(struct trace_resource)};
	uint32_t doublings = count < 6 ? count : 6;
	size_t size = ((size_t)4 * TRACE_PAGE << doublings) - sizeof(struct trace_segment);
	if (__atomic_load_n(&list_count[kind], __ATOMIC_ACQUIRE) != count)
		return true; /* by another thread, meanwhile */
	if (count == LIST_SEGMENTS)
		return false;
	struct trace_segment *none = NULL, *made = pool_segment(kind, record_sizes[kind], size > bytes ? size : bytes);
	if (!made)
		return false;
	/* Where two do it at once, one segment stays empty. */
	__atomic_compare_exchange_n(&lists[kind][count], &none, made, false, __ATOMIC_ACQ_REL, __ATOMIC_RELAXED);
	uint32_t known = count;
	__atomic_compare_exchange_n(&list_count[kind], &known, count + 1, false, __ATOMIC_ACQ_REL, __ATOMIC_RELAXED);
	return true;
}

/* One thread at a time extends a list: hundreds that start at once would use up its segments. But where system calls may be
 * forbidden, they do. */
void *pool_append(enum trace_segment_kind kind, size_t bytes)
{
	bytes = ROUND_UP(bytes, (size_t)8);
	for (uint32_t attempts = 0; pool_header;) {
		uint32_t count = __atomic_load_n(&list_count[kind], __ATOMIC_ACQUIRE);
		void *entry = count ? append_to(lists[kind][count - 1], bytes) : NULL;
		uint64_t mask;
		if (entry)
			return entry;
		bool is_alone = !pool_is_frozen && begin_alone(&is_extending[kind], &mask);
		if (!is_alone && !pool_is_frozen) {
			if (!wait_for(&is_extending[kind], &attempts))
				return NULL;
			continue;
		}
		bool is_longer = extend_list(kind, bytes, count);
		if (is_alone)
			end_alone(&is_extending[kind], &mask);
		if (!is_longer)
			return NULL;
	}
	return NULL;
}

void pool_publish(enum trace_segment_kind kind, void *entry, size_t bytes)
{
	(void)bytes;
	for (uint32_t i = __atomic_load_n(&list_count[kind], __ATOMIC_ACQUIRE); i-- > 0;) {
		struct trace_segment *segment = lists[kind][i];
		if ((char *)entry < (char *)segment || (char *)entry >= (char *)segment + segment->size)
			continue;
		uint64_t state = __atomic_sub_fetch(&segment->reserved[0], PENDING, __ATOMIC_ACQ_REL);
		if (state >= PENDING)
			return;
		uint64_t used = __atomic_load_n(&segment->used, __ATOMIC_RELAXED);
		while (used < GIVEN(state) &&
		       !__atomic_compare_exchange_n(&segment->used, &used, GIVEN(state), false, __ATOMIC_RELEASE,
						    __ATOMIC_RELAXED))
			;
		return;
	}
}

trace_ref pool_reference(const void *in_file)
{
	uint32_t count = __atomic_load_n(&chunk_count, __ATOMIC_ACQUIRE);
	for (uint32_t i = 0; i < count && in_file; i++) {
		if ((char *)in_file >= chunks[i].base && (char *)in_file < chunks[i].base + chunks[i].size)
			return chunks[i].offset + (uint64_t)((char *)in_file - chunks[i].base);
	}
	return 0;
}

trace_ref pool_string(const char *text, size_t length)
{
	size_t bytes = sizeof(uint32_t) + length;
	struct trace_string *string = pool_append(TRACE_STRINGS, bytes < sizeof *string ? sizeof *string : bytes);
	if (!string)
		return 0;
	string->length = (uint32_t)length;
	copy_bytes(string->bytes, text, length);
	pool_publish(TRACE_STRINGS, string, bytes);
	return pool_reference(string);
}

void pool_visit(enum trace_segment_kind kind, void (*visit)(struct trace_segment *segment, void *context), void *context)
{
	uint32_t count = __atomic_load_n(&chunk_count, __ATOMIC_ACQUIRE);
	for (uint32_t i = 0; i < count; i++) {
		uint64_t at = chunks[i].offset ? 0 : TRACE_PAGE;
		while (at + TRACE_PAGE <= chunks[i].size) {
			struct trace_segment *segment = (struct trace_segment *)(void *)(chunks[i].base + at);
			bool is_segment = __atomic_load_n(&segment->magic, __ATOMIC_ACQUIRE) == TRACE_SEGMENT_MAGIC;
			if (is_segment && segment->kind == (uint32_t)kind)
				visit(segment, context);
			at += is_segment ? segment->size : TRACE_PAGE;
		}
	}
}

uint64_t pool_order(void)
{
	return pool_header ? __atomic_fetch_add(&pool_header->order, 1, __ATOMIC_RELAXED) : 0;
}

void pool_lost(enum trace_loss what, uint64_t count)
{
	if (pool_header)
		__atomic_fetch_add(&pool_header->lost[what], count, __ATOMIC_RELAXED);
}

/* ---- the file's start ---- */

static uint64_t now_ns(void)
{
	struct timespec now = {0, 0};
	system_call(SYS_clock_gettime, (long)CLOCK_REALTIME, &now);
	return (uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec;
}

/* 16 bytes that no other file has: from the kernel, mixed with the time and the pid in case it refuses. */
static void make_id(uint8_t id[16], uint64_t time, uint32_t pid)
{
	zero_bytes(id, 16);
	system_call(SYS_getrandom, id, 16L, 1L /* GRND_NONBLOCK */);
	for (int i = 0; i < 8; i++)
		id[i] ^= (uint8_t)(time >> 8 * i);
	for (int i = 0; i < 4; i++)
		id[8 + i] ^= (uint8_t)(pid >> 8 * i);
}

static uint32_t machine(void)
{
#if defined(__x86_64__)
	return 62; /* EM_X86_64 */
#elif defined(__aarch64__)
	return 183; /* EM_AARCH64 */
#else
#error "no such machine"
#endif
}

bool pool_file_name(uint32_t pid, const uint8_t id[16], char *buffer, size_t size)
{
	size_t length = 0;
	text_append(buffer, size, &length, agent_options.directory);
	text_append(buffer, size, &length, "/");
	text_append_number(buffer, size, &length, pid);
	text_append(buffer, size, &length, "-");
	text_append_hex(buffer, size, &length, id, 8);
	return text_append(buffer, size, &length, ".trace");
}

/* New, never one that is there. */
static long create_file(uint32_t pid, const uint8_t id[16])
{
	if (!pool_file_name(pid, id, file_path, sizeof file_path))
		return -36 /* ENAMETOOLONG */;
	return system_call(SYS_openat, (long)AT_FDCWD, file_path,
			   (long)(O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW), 0600L);
}

static void fill_header(struct trace_header *header, uint64_t time, uint32_t pid, const uint8_t id[16])
{
	header->version = TRACE_VERSION;
	header->byte_order = TRACE_BYTE_ORDER;
	header->header_size = sizeof *header;
	header->machine = machine();
	copy_bytes(header->run_id, agent_options.run_id, sizeof header->run_id);
	copy_bytes(header->trace_id, id, sizeof header->trace_id);
	header->pid = pid;
	header->parent_pid = (uint32_t)system_call(SYS_getppid);
	header->started_at = time;
	header->requested = agent_options.mode;
	header->state = TRACE_RUNNING;
	header->sample_period = agent_options.sample_period;
	header->order = 1;
}

/* A new file, its first chunk filled in but for the magic. */
static bool make_file(const uint8_t parent_id[16], uint32_t flags, struct chunk *chunk)
{
	uint64_t time = now_ns();
	uint32_t pid = (uint32_t)system_call(SYS_getpid);
	uint8_t id[16];
	make_id(id, time, pid);
	long descriptor = create_file(pid, id);
	if (descriptor < 0)
		return false;
	long status = map_chunk(descriptor, 0, flags & TRACE_FORKED ? CHUNK_FIRST_FORKED : CHUNK_FIRST, chunk);
	if (status == -28 /* ENOSPC */ || status == -27)
		status = map_chunk(descriptor, 0, CHUNK_SCARCE, chunk);
	system_call(SYS_close, descriptor);
	if (status != 0) {
		system_call(SYS_unlinkat, (long)AT_FDCWD, file_path, 0L);
		return false;
	}
	struct trace_header *header = (struct trace_header *)chunk->base;
	fill_header(header, time, pid, id);
	copy_bytes(header->parent_id, parent_id, sizeof header->parent_id);
	header->flags = flags;
	header->file_size = chunk->size;
	return true;
}

static void adopt(const struct chunk *chunk)
{
	chunks[0] = *chunk;
	cursor = TRACE_PAGE;
	is_growing = cannot_grow = 0;
	zero_bytes(is_extending, sizeof is_extending);
	__atomic_store_n(&chunk_count, 1, __ATOMIC_RELEASE);
	struct trace_header *header = (struct trace_header *)chunk->base;
	uint64_t magic;
	copy_bytes(&magic, TRACE_MAGIC, sizeof magic);
	__atomic_store_n((uint64_t *)(void *)header->magic, magic, __ATOMIC_RELEASE);
	__atomic_store_n(&pool_header, header, __ATOMIC_RELEASE);
}

bool pool_open(const uint8_t parent_id[16], uint32_t flags)
{
	struct chunk chunk;
	if (!make_file(parent_id, flags, &chunk))
		return false;
	adopt(&chunk);
	return true;
}

/* Private memory where the parent's file was. */
static void leave(void)
{
	for (uint32_t i = 0; i < retired_count; i++)
		system_call(SYS_munmap, retired[i].base, retired[i].size);
	pool_header = NULL;
	retired_count = chunk_count;
	for (uint32_t i = 0; i < retired_count; i++) {
		retired[i] = chunks[i];
		system_call(SYS_mmap, chunks[i].base, chunks[i].size, (long)(PROT_READ | PROT_WRITE),
			    (long)(MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED | MAP_NORESERVE), -1L, 0L);
	}
	chunk_count = 0;
	for (int kind = 0; kind < TRACE_SEGMENT_KINDS; kind++) {
		for (uint32_t i = 0; i < LIST_SEGMENTS; i++)
			lists[kind][i] = NULL;
		list_count[kind] = 0;
	}
}

bool pool_fork(void)
{
	if (!pool_header)
		return false;
	struct chunk chunk;
	uint32_t flags = TRACE_FORKED | (pool_header->flags & (TRACE_SAMPLED | TRACE_TIMED | TRACE_WAS_PAUSED));
	bool is_made = agent_options.follow && !pool_is_frozen && make_file(pool_header->trace_id, flags, &chunk);
	if (agent_options.follow && !is_made)
		pool_lost(TRACE_LOST_CHILDREN, 1);
	if (pool_is_frozen)
		pool_header = NULL; /* no system call: the mapping stays, unused */
	else
		leave();
	if (is_made)
		adopt(&chunk);
	return is_made;
}
