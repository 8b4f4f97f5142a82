/* SPDX-License-Identifier: MIT */
/* Owns: the numbers of resources, and counting their uses with a stack at the first.
 * Must not: lock, allocate outside the trace file; know what the host called. */
#include "core.h"
#include "descriptors.h"
#include "locks.h"
#include "stack.h"
#include "uses.h"
#include "wrap.h"

#include <errno.h>

enum { RESOURCES = 1 << 16, RESOURCES_OWN = RESOURCES - TRACE_RESOURCE_KINDS, SLOTS = 1 << 17, PROBES = 64 };
enum { NAME_LARGEST = 1024, TYPES = 128, OF_KIND = 4096 /* own names of one kind; beyond, they are folded */ };

/* Index + 1 into records = the number; the upper half of a slot is the hash. */
static uint64_t slots[SLOTS];
static const struct trace_resource *records[RESOURCES + 1];
static const struct trace_string *names[RESOURCES + 1];
static uint32_t taken[RESOURCES + 1];                  /* slot of each */
static uint32_t resource_count, kind_counts[TRACE_RESOURCE_KINDS];
static uint32_t more[TRACE_RESOURCE_KINDS]; /* what stands for all that came too late, by kind */
static struct { const char *text; trace_ref reference; } types[TYPES];

struct identity { enum trace_resource_kind kind; const char *name; size_t length; trace_ref type; uintptr_t address, made_at; };

static uint32_t identity_hash(const struct identity *identity)
{
	uint64_t hash = identity->kind * 0x9e3779b97f4a7c15ull ^ identity->type;
	size_t left = identity->length;
	const char *at = identity->name;

	for (uint64_t word; left; at += sizeof(word), left -= left < sizeof(word) ? left : sizeof(word)) {
		word = 0;
		if (left >= sizeof(word))
			__builtin_memcpy(&word, at, sizeof(word));
		else
			copy_bytes(&word, at, left);
		hash = (hash ^ word) * 0x9e3779b97f4a7c15ull;
		hash ^= hash >> 32;
		if (left < sizeof(word))
			break;
	}
	hash = (hash ^ identity->address) * 0x9e3779b97f4a7c15ull;
	hash = ((hash ^ hash >> 29) ^ identity->made_at) * 0x9e3779b97f4a7c15ull;
	return (uint32_t)(hash >> 32);
}

static bool identity_matches(const struct identity *identity, uint32_t number)
{
	const struct trace_resource *record = records[number];
	size_t length;
	const char *name = resource_name(number, &length);

	return record->kind == (uint32_t)identity->kind && record->address == identity->address
	       && record->made_at == identity->made_at && record->type == identity->type && !name == !identity->name
	       && (!name || (length == identity->length && same_bytes(name, identity->name, length)));
}

/* Types are few: each text is stored once, and so are compared by reference. */
static trace_ref type_reference(const char *type)
{
	if (!type)
		return 0;
	for (uint32_t i = 0; i < TYPES; i++) {
		const char *known = __atomic_load_n(&types[i].text, __ATOMIC_ACQUIRE);
		if (!known) {
			trace_ref reference = pool_string(type, text_length(type));
			if (!reference || !__atomic_compare_exchange_n(&types[i].text, &known, type, false, __ATOMIC_ACQ_REL,
								      __ATOMIC_ACQUIRE)) {
				i--; /* somebody took the place: look at what he put there */
				if (!reference)
					return 0;
				continue;
			}
			__atomic_store_n(&types[i].reference, reference, __ATOMIC_RELEASE);
			return reference;
		}
		if (known == type || text_is(known, type)) {
			trace_ref reference;
			while (!(reference = __atomic_load_n(&types[i].reference, __ATOMIC_ACQUIRE)))
				; /* between two stores of another thread */
			return reference;
		}
	}
	return 0;
}

static uint32_t resource_append(const struct identity *identity, uint32_t number)
{
	struct trace_resource *record;
	trace_ref name = 0;

	if (identity->name) {
		struct trace_string *string = pool_append(TRACE_STRINGS, sizeof(*string) + identity->length);
		if (!string)
			return 0;
		string->length = (uint32_t)identity->length;
		copy_bytes(string->bytes, identity->name, identity->length);
		pool_publish(TRACE_STRINGS, string, sizeof(*string) + identity->length);
		name = pool_reference(string);
		names[number] = string;
	}
	record = pool_append(TRACE_RESOURCES, sizeof(*record));
	if (!record)
		return 0;
	*record = (struct trace_resource){
		.id = number, .kind = identity->kind, .name = name, .type = identity->type, .address = identity->address,
		.made_at = identity->made_at, .first = pool_order(),
	};
	pool_publish(TRACE_RESOURCES, record, sizeof(*record));
	__atomic_store_n(&records[number], record, __ATOMIC_RELEASE);
	return number;
}

/* Too many for their own numbers (or no room for one): told as one of their kind. */
static uint32_t resource_more(enum trace_resource_kind kind)
{
	uint32_t number = __atomic_load_n(&more[kind], __ATOMIC_RELAXED);

	if (!number) {
		const struct identity identity = {.kind = kind, .name = "(more)", .length = 6};
		number = resource_append(&identity, RESOURCES_OWN + (uint32_t)kind);
		__atomic_store_n(&more[kind], number, __ATOMIC_RELAXED);
	}
	return number;
}

/* The next number of its own; 0: there are too many. Folded names are few, and come on top. */
static uint32_t resource_make(const struct identity *identity, bool is_folded)
{
	uint32_t *of_kind = &kind_counts[identity->kind], number;

	if (__atomic_load_n(of_kind, __ATOMIC_RELAXED) >= (is_folded ? 2 : 1) * OF_KIND
	    || __atomic_load_n(&resource_count, __ATOMIC_RELAXED) >= RESOURCES_OWN)
		return 0;
	__atomic_fetch_add(of_kind, 1, __ATOMIC_RELAXED);
	number = __atomic_add_fetch(&resource_count, 1, __ATOMIC_RELAXED);
	return number <= RESOURCES_OWN ? resource_append(identity, number) : 0;
}

/* The number that is there, or a new one; 0: no room. */
static uint32_t resource_find(const struct identity *identity, bool is_folded)
{
	uint32_t hash = identity_hash(identity), made = 0;

	for (uint32_t probe = 0; probe < PROBES; probe++) {
		uint64_t *slot = &slots[(hash + probe) % SLOTS], found = __atomic_load_n(slot, __ATOMIC_ACQUIRE);
		if (!found) {
			if (!made)
				made = resource_make(identity, is_folded);
			if (!made)
				return 0;
			taken[made] = (uint32_t)(slot - slots);
			if (__atomic_compare_exchange_n(slot, &found, (uint64_t)hash << 32 | made, false, __ATOMIC_ACQ_REL,
							__ATOMIC_ACQUIRE))
				return made;
			taken[made] = SLOTS;
		}
		if (found >> 32 == hash && identity_matches(identity, (uint32_t)found))
			return (uint32_t)found;
	}
	return made;
}

/* A program that opens thousands of files: told as "folder/" and a star. */
static uint32_t resource_of_folder(const struct identity *identity)
{
	char name[NAME_LARGEST + 1];
	size_t length = identity->length;
	struct identity folder = *identity;

	while (length && identity->name[length - 1] != '/')
		length--;
	if (!length || length == identity->length)
		return 0;
	copy_bytes(name, identity->name, length);
	name[length] = '*';
	folder.name = name;
	folder.length = length + 1;
	return resource_find(&folder, true);
}

uint32_t resource_number(enum trace_resource_kind kind, const char *name, size_t length, const char *type, uintptr_t address,
			 uintptr_t made_at)
{
	struct identity identity = {kind, name, length > NAME_LARGEST ? NAME_LARGEST : length, type_reference(type), address, made_at};
	uint32_t number;

	if (!name)
		identity.length = 0;
	number = resource_find(&identity, false);
	if (!number && (kind == TRACE_RESOURCE_FILE || kind == TRACE_RESOURCE_DIRECTORY))
		number = resource_of_folder(&identity);
	return number ? number : resource_more(kind);
}

uint32_t resource_named(enum trace_resource_kind kind, const char *name, const char *type)
{
	return resource_number(kind, name, name ? text_length(name) : 0, type, 0, 0);
}

const char *resource_name(uint32_t resource, size_t *length)
{
	const struct trace_string *string = resource && resource <= RESOURCES ? names[resource] : NULL;

	*length = string ? string->length : 0;
	return string ? string->bytes : NULL;
}

void resource_use(struct thread *thread, uintptr_t from, const void *frame, const struct use_event *event)
{
	struct trace_use *use;
	bool is_new;

	if (!event->resource || !from) {
		pool_lost(TRACE_LOST_USES, 1);
		return;
	}
	use = use_find(thread, from, event->resource, event->operation, &is_new);
	if (!use)
		return;
	count_add(&use->count, 1);
	if (event->is_error)
		count_add(&use->errors, 1);
	if (event->bytes)
		count_add(&use->bytes, event->bytes);
	if (event->ns)
		count_add(&use->ns, event->ns);
	if (is_new) {
		use->first = pool_order();
		use->stack = stack_record(frame, thread);
		use_publish(use, from);
	}
}

void scene_use(const struct scene *scene, uint32_t resource, enum trace_operation operation, uint64_t bytes, bool is_error)
{
	struct use_event event = {.resource = resource, .operation = operation, .bytes = bytes, .is_error = is_error};

	resource_use(scene->thread, scene->from, scene->frame, &event);
}

/* ---- events ---- */

static enum { OWN_FILE, PARENTS_FILE, CHANGING } file_state;

void resources_start(void)
{
	real_find_all();
}

/* May run inside an entry hook: says that all numbers and offsets are void, nothing more. */
void resources_forked(void)
{
	file_state = PARENTS_FILE;
}

bool resources_are_current(void)
{
	return file_state == OWN_FILE;
}

static void resources_reset(void)
{
	uint32_t count = resource_count < RESOURCES_OWN ? resource_count : RESOURCES_OWN;

	for (uint32_t i = 1; i <= count; i++) {
		if (records[i] && taken[i] < SLOTS)
			slots[taken[i]] = 0;
		records[i] = NULL;
		names[i] = NULL;
	}
	zero_bytes(more, sizeof(more));
	zero_bytes(types, sizeof(types));
	zero_bytes(kind_counts, sizeof(kind_counts));
	resource_count = 0;
	uses_reset();
	stack_reset();
	descriptors_reset();
	locks_reset();
}

/* The first event in a forked child comes here, and makes all tables empty. false: another thread is at it. */
bool resources_renew(void)
{
	int state = PARENTS_FILE;

	if (__builtin_expect(file_state == OWN_FILE, 1))
		return true;
	if (!__atomic_compare_exchange_n((int *)&file_state, &state, CHANGING, false, __ATOMIC_ACQUIRE, __ATOMIC_RELAXED))
		return state == OWN_FILE;
	resources_reset();
	__atomic_store_n((int *)&file_state, OWN_FILE, __ATOMIC_RELEASE);
	return true;
}

bool scene_enter(struct scene *scene, const void *from, const void *frame)
{
	if (!agent_enter(&scene->thread))
		return false;
	if (!resources_renew()) {
		pool_lost(TRACE_LOST_USES, 1);
		agent_leave(scene->thread);
		return false;
	}
	scene->from = (uintptr_t)from;
	scene->frame = frame;
	scene->error = errno;
	return true;
}

void scene_leave(const struct scene *scene)
{
	errno = scene->error;
	agent_leave(scene->thread);
}
