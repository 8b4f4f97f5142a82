/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Modules, threads and entries of one process image, and addresses in it. */
#include "ingest/image.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"

#define ENTRY_CEILING 65536

struct symbol_cache {
	struct interner *keys;
	struct symbols **symbols;
	size_t capacity;
	struct arena *arena;
	struct interner *pairs; /* of functions */
	void **known;           /* by pair */
	size_t known_capacity;
};

struct symbol_cache *symbol_cache_create(void)
{
	struct symbol_cache *cache = mem_zalloc(1, sizeof *cache);
	cache->keys = interner_create();
	cache->arena = arena_create();
	cache->pairs = interner_create();
	return cache;
}

bool symbol_cache_find(const struct symbol_cache *cache, const struct symbol_code *one, const struct symbol_code *other,
		       void *out, size_t size)
{
	const struct symbol_code *pair[] = {one, other};
	uint32_t id;
	if (!interner_find(cache->pairs, (const char *)pair, sizeof pair, &id))
		return false;
	memcpy(out, cache->known[id], size);
	return true;
}

void symbol_cache_keep(struct symbol_cache *cache, const struct symbol_code *one, const struct symbol_code *other,
		       const void *what, size_t size)
{
	const struct symbol_code *pair[] = {one, other};
	uint32_t id = interner_add(cache->pairs, (const char *)pair, sizeof pair);
	mem_grow(&cache->known, &cache->known_capacity, (size_t)id + 1, sizeof *cache->known);
	cache->known[id] = arena_alloc(cache->arena, size);
	memcpy(cache->known[id], what, size);
}

void symbol_cache_destroy(struct symbol_cache *cache)
{
	if (!cache)
		return;
	for (uint32_t i = 0; i < interner_count(cache->keys); i++)
		symbols_close(cache->symbols[i]);
	interner_destroy(cache->keys);
	interner_destroy(cache->pairs);
	arena_destroy(cache->arena);
	free(cache->known);
	free(cache->symbols);
	free(cache);
}

static struct symbols *cached_symbols(struct run *run, const char *path, const void *id, size_t id_length, uint64_t not_after)
{
	struct symbol_cache *cache = run->cache;
	struct buf key;
	buf_init(&key, BUF_NO_CEILING);
	buf_append(&key, id, id_length);
	buf_printf(&key, " %zu %s", id_length, path);
	if (!id_length)
		buf_printf(&key, " %llu", (unsigned long long)not_after);
	uint32_t before = interner_count(cache->keys), number = interner_add(cache->keys, key.data, key.length);
	buf_finish(&key);
	mem_grow(&cache->symbols, &cache->capacity, (size_t)number + 1, sizeof *cache->symbols);
	if (number == before) {
		struct symbols_options options = {run->options->root, run->options->debug_folders};
		progress_report(run->options->progress, "reading symbols", number, 0, path);
		cache->symbols[number] = symbols_open(path, id, id_length, not_after, &options);
	}
	return cache->symbols[number];
}

uint64_t image_string(const struct image *image, const char *text)
{
	return observation_builder_string(image->run->builder, text, strlen(text));
}

static const char *text_of(const struct image *image, trace_ref reference)
{
	size_t length = 0;
	const char *text = trace_text(image->trace, reference, &length);
	return arena_strndup(image->arena, text ? text : "", text ? strnlen(text, length) : 0);
}

static const char *mode_name(uint32_t mode)
{
	static const char *const NAMES[TRACE_MODE_END] = {"none", "fentry", "instrument", "patch", "plt", "none"};
	return mode < TRACE_MODE_END ? NAMES[mode] : "none";
}

static void tell_of_module(const struct image *image, const struct image_module *module)
{
	uint64_t flags = symbols_facts(module->symbols)->flags;
	struct buf text;
	buf_init(&text, BUF_NO_CEILING);
	if (module->path[0] == '/' && (flags & OBSERVATION_MODULE_MISSING)) {
		buf_printf(&text, "%s: gone, or not the file that ran (build id); its functions stay without names", module->path);
		image->run->note(image->run->note_context, INGEST_NOTE_MISSING, text.data);
	} else if (path_below(module->path, image->run->options->root) && !(flags & OBSERVATION_MODULE_DEBUG) && !module->is_agent) {
		/* Of a shell or make nobody wants to know; of an installed program the release knows no function, which is told. */
		buf_printf(&text, "%s: no debug information; compile with -g, or name the folder of its debug files", module->path);
		image->run->note(image->run->note_context, INGEST_NOTE_UNDESCRIBED, text.data);
	}
	buf_finish(&text);
}

static uint64_t module_row(const struct image *image, const struct image_module *module, const struct trace_module *record,
			   size_t id_length)
{
	const struct symbols_facts *facts = symbols_facts(module->symbols);
	const char *below = path_below(module->path, image->run->options->root);
	char id[2 * sizeof record->build_id + 1] = "";
	for (size_t i = 0; i < id_length; i++)
		snprintf(id + 2 * i, 3, "%02x", record->build_id[i]);
	struct observation_module row = {
		.name_string = image_string(image, below && *below ? below : path_basename(module->path)),
		.build_id_string = image_string(image, id),
		.mode_string = image_string(image, mode_name(record->mode)),
		.functions = facts->functions > record->functions ? facts->functions : record->functions,
		.recorded = record->recorded,
		.flags = facts->flags | (record->reason && record->reason < TRACE_REASON_END ?
					 (uint64_t)OBSERVATION_MODULE_REASON << record->reason : 0),
		.described = facts->described,
	};
	return observation_builder_add(image->run->builder, OBSERVATION_TABLE_modules, &row);
}

static bool starts_with(const char *text, const char *start)
{
	return strncmp(text, start, strlen(start)) == 0;
}

static void add_module(struct image *image, const struct trace_module *record, const char *program)
{
	const char *path = text_of(image, record->path), *name = path_basename(path);
	size_t id_length = record->build_id_length <= sizeof record->build_id ? record->build_id_length : 0;
	struct image_module *module = &image->modules[image->module_count++];
	*module = (struct image_module){
		.bias = record->bias, .start = record->start, .end = record->end, .first = record->first, .last = record->last,
		.mode = record->mode < TRACE_MODE_END ? (enum trace_mode)record->mode : TRACE_MODE_NONE, .path = path,
		.symbols = cached_symbols(image->run, path, record->build_id, id_length, image->trace->header->started_at),
		.is_agent = starts_with(name, "libsightline-agent"),
		.is_loader = starts_with(name, "ld-linux") || starts_with(name, "ld.so") || starts_with(name, "ld-2"),
		.is_libc = starts_with(name, "libc.so") || starts_with(name, "libc-2"),
	};
	uint64_t flags = symbols_facts(module->symbols)->flags;
	bool is_program = *program && strcmp(path, program) == 0;
	module->is_inside = !module->is_agent &&
			    ((flags & OBSERVATION_MODULE_CODEBASE) || path_below(path, image->run->options->root) ||
			     (is_program && !(flags & OBSERVATION_MODULE_DEBUG)));
	module->row = module_row(image, module, record, id_length);
	if (is_program)
		image->program = module;
	tell_of_module(image, module);
}

static void read_modules(struct image *image)
{
	struct trace_rows rows;
	size_t total = 0;
	for (uint64_t at = 0; trace_rows_next(image->trace, TRACE_MODULES, &at, &rows);)
		total += rows.count;
	image->modules = mem_zalloc(total + 1, sizeof *image->modules);
	const char *program = text_of(image, image->trace->header->program);
	for (uint64_t at = 0; trace_rows_next(image->trace, TRACE_MODULES, &at, &rows);)
		for (uint64_t i = 0; i < rows.count; i++) {
			const struct trace_module *record = trace_row(&rows, i);
			if (record->start < record->end && record->path)
				add_module(image, record, program);
			else if (record->start || record->end)
				image->run->damaged++;
		}
	/* Without a program of that path: the loader lists the program first. */
	if (!image->program && image->module_count)
		image->program = &image->modules[0];
}

static uint64_t entry_row(const struct image *image, uint64_t function, const char *kind, uint64_t count)
{
	struct observation_entry row = {function, image_string(image, kind), count};
	return observation_builder_add(image->run->builder, OBSERVATION_TABLE_entries, &row);
}

static uint64_t main_row(const struct image *image)
{
	uint64_t address = image->program ? symbols_facts(image->program->symbols)->main : 0;
	const struct symbol_code *code = address ? symbols_code_at(image->program->symbols, address) : NULL;
	return code ? image_function_row(image, image->program, code->source) : OBSERVATION_NONE;
}

static void add_thread(struct image *image, const struct trace_thread *thread)
{
	if (thread->entry >= ENTRY_CEILING) {
		image->run->damaged += thread->entry != TRACE_NONE;
		return;
	}
	uint64_t row;
	if (thread->start_function) {
		struct place place = image_place(image, thread->start_function, thread->first);
		row = entry_row(image, image_place_row(image, &place, true), "thread", 1);
	} else {
		row = entry_row(image, main_row(image), "main", !(image->trace->header->flags & TRACE_FORKED));
	}
	while (image->entry_count <= thread->entry)
		image->entries[image->entry_count++] = OBSERVATION_NONE;
	image->entries[thread->entry] = row;
	image->start_functions[image->start_count++] = thread->start_function;
}

static void read_threads(struct image *image)
{
	struct trace_rows rows;
	size_t total = 0, last = 0;
	for (uint64_t at = 0; trace_rows_next(image->trace, TRACE_THREADS, &at, &rows);)
		for (uint64_t i = 0; i < rows.count; i++, total++) {
			const struct trace_thread *thread = trace_row(&rows, i);
			if (thread->entry < ENTRY_CEILING && thread->entry > last)
				last = thread->entry;
		}
	image->entries = mem_alloc((last + 1) * sizeof *image->entries);
	image->start_functions = mem_alloc((total + 1) * sizeof *image->start_functions);
	for (uint64_t at = 0; trace_rows_next(image->trace, TRACE_THREADS, &at, &rows);)
		for (uint64_t i = 0; i < rows.count; i++) {
			const struct trace_thread *thread = trace_row(&rows, i);
			if (thread->tid)
				add_thread(image, thread);
		}
}

void image_init(struct image *image, struct run *run, const struct trace *trace)
{
	*image = (struct image){.run = run, .trace = trace, .arena = arena_create(), .told = interner_create()};
	read_modules(image);
	read_threads(image);
}

void image_finish(struct image *image)
{
	arena_destroy(image->arena);
	interner_destroy(image->told);
	free(image->modules);
	free(image->entries);
	free(image->start_functions);
}

struct place image_place(const struct image *image, uint64_t address, uint64_t order)
{
	const struct image_module *found = NULL;
	for (size_t i = 0; i < image->module_count; i++) {
		const struct image_module *module = &image->modules[i];
		if (address < module->start || address >= module->end)
			continue;
		/* Of several that were there in turn: the one that was there then; else the one that came last before. */
		bool was_there = module->first <= order && (!module->last || order <= module->last);
		if (!found || was_there || (module->first <= order && module->first > found->first))
			found = module;
		if (was_there)
			break;
	}
	struct place place = {.module = found};
	if (found) {
		place.address = address - found->bias;
		place.code = symbols_code_at(found->symbols, place.address);
	}
	return place;
}

uint64_t image_function_row(const struct image *image, const struct image_module *module, struct symbol_source *source)
{
	/* Rows differ by the module's row, and so by its mode. */
	uint64_t round = image->run->round * TRACE_MODE_END + (uint64_t)module->mode;
	if (source->round != round) {
		struct observation_function row = {
			.name_string = image_string(image, source->name),
			.file_string = source->file ? image_string(image, source->file) : OBSERVATION_NONE,
			.line = source->line, .module = module->row,
		};
		source->row = observation_builder_add(image->run->builder, OBSERVATION_TABLE_functions, &row);
		source->round = round;
		if (source->unit) {
			struct observation_origin origin = {source->row, image_string(image, source->unit)};
			observation_builder_add(image->run->builder, OBSERVATION_TABLE_origins, &origin);
		}
	}
	return source->row;
}

/* A wrapper of the agent stands for what it wraps. */
static struct place behind_wrapper(const struct image *image, const struct place *place)
{
	for (size_t i = 0; place->code && i < image->module_count; i++) {
		const struct image_module *module = &image->modules[i];
		const struct symbol_code *code =
			module->is_agent ? NULL : symbols_code_named(module->symbols, place->code->source->name);
		if (code)
			return (struct place){module, code->entry, code};
	}
	return *place;
}

uint64_t image_named_row(const struct image *image, const struct image_module *module, const char *name)
{
	struct observation_function row = {image_string(image, name), OBSERVATION_NONE, 0, module->row};
	return observation_builder_add(image->run->builder, OBSERVATION_TABLE_functions, &row);
}

uint64_t image_place_row(const struct image *image, const struct place *given, bool is_entry)
{
	struct place place = *given;
	if (!place.module)
		return OBSERVATION_NONE;
	if (place.module->is_agent)
		place = behind_wrapper(image, given);
	if (place.code)
		return image_function_row(image, place.module, place.code->source);
	char name[24] = "?";
	if (is_entry)
		snprintf(name, sizeof name, "?%llx", (unsigned long long)place.address);
	return image_named_row(image, place.module, name);
}

uint64_t image_entry(const struct image *image, uint32_t number)
{
	return number < image->entry_count ? image->entries[number] : OBSERVATION_NONE;
}

bool image_is_start_function(const struct image *image, const struct place *place)
{
	if (!place->module)
		return false;
	for (size_t i = 0; i < image->start_count; i++) {
		uint64_t start = image->start_functions[i];
		if (start && place->code && start - place->module->bias == place->code->entry)
			return true;
	}
	return false;
}

void image_describe(const struct image *image, uint64_t return_address, uint64_t order, struct buf *out)
{
	struct place place = image_place(image, return_address - 1, order);
	if (!place.module)
		return;
	size_t count;
	const struct symbol_frame *frames = symbols_frames(place.module->symbols, place.address, &count);
	if (count && frames[0].source->file && frames[0].line)
		buf_printf(out, "%s:%u %s", frames[0].source->file, frames[0].line, frames[0].source->name);
	else if (count && frames[0].source->name[0] != '?')
		buf_printf(out, "%s (%s)", frames[0].source->name, path_basename(place.module->path));
	else
		buf_printf(out, "%s+%llx", path_basename(place.module->path), (unsigned long long)place.address);
}

uint64_t image_user_row(const struct image *image, uint64_t return_address, const struct trace_stack *stack, uint64_t order,
			uint64_t *line)
{
	struct place direct = image_place(image, return_address - 1, order);
	for (uint32_t i = 0; i <= (stack ? stack->count : 0); i++) {
		struct place place = i == 0 ? direct : image_place(image, stack->addresses[i - 1] - 1, order);
		size_t count;
		if (!place.module || !place.module->is_inside)
			continue;
		const struct symbol_frame *frames = symbols_frames(place.module->symbols, place.address, &count);
		*line = count ? frames[0].line : 0;
		return count ? image_function_row(image, place.module, frames[0].source) : image_place_row(image, &place, false);
	}
	*line = 0;
	return image_place_row(image, &direct, false);
}
