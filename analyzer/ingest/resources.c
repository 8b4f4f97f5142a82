/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Resources, uses and lock orders of an image become rows of the observation. */
#include "ingest/resources.h"

#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "ingest/edges.h"
#include "facts/names.h"
#include "facts/sql.h"

struct table_use { uint64_t resource, operation; }; /* rows: of a table, string */

struct resource {
	const struct trace_resource *record; /* NULL: no such number */
	uint64_t row;                        /* OBSERVATION_NONE for sql */
	struct table_use *tables;            /* sql: what the statement does */
	size_t table_count, table_capacity;
	uint64_t first, first_from;          /* of its uses */
};
struct resources {
	struct image *image;
	struct resource *rows; /* by number */
	size_t count;
	struct name_context names;
	struct resource *statement; /* whose tables are being read */
};

static const char *text_of(const struct resources *resources, trace_ref reference, size_t *length)
{
	const char *text = trace_text(resources->image->trace, reference, length);
	if (!text)
		*length = 0;
	return text ? text : "";
}

static uint64_t add_resource(const struct image *image, const char *kind, const char *name, uint64_t type)
{
	struct observation_resource row = {image_string(image, kind), image_string(image, name), type};
	return observation_builder_add(image->run->builder, OBSERVATION_TABLE_resources, &row);
}

/* A global or static object at a run-time address: "server.lock", with its library where it is not the codebase's. */
static bool append_object(const struct resources *resources, uint64_t address, uint64_t order, struct buf *out)
{
	const struct image *image = resources->image;
	for (size_t i = 0; i < image->module_count; i++) {
		const struct image_module *module = &image->modules[i];
		if (address < module->bias || !symbols_is_loaded(module->symbols, address - module->bias) ||
		    module->first > order || (module->last && order > module->last))
			continue;
		if (!symbols_data_name(module->symbols, address - module->bias, out))
			buf_printf(out, "%s+%llx", path_basename(module->path), (unsigned long long)(address - module->bias));
		else if (!module->is_inside)
			buf_printf(out, " (%s)", path_basename(module->path));
		return true;
	}
	return false;
}

static void append_lock(const struct resources *resources, const struct resource *resource, struct buf *out)
{
	const struct trace_resource *record = resource->record;
	if (record->address && append_object(resources, record->address, record->first, out))
		return;
	if (record->made_at)
		image_describe(resources->image, record->made_at, record->first, out);
	if (!out->length && resource->first_from)
		image_describe(resources->image, resource->first_from, resource->first, out);
}

static void append_function(const struct resources *resources, uint64_t address, uint64_t order, struct buf *out)
{
	struct place place = image_place(resources->image, address, order);
	if (place.code)
		buf_append_string(out, place.code->source->name);
	else if (place.module)
		buf_printf(out, "%s+%llx", path_basename(place.module->path), (unsigned long long)place.address);
}

/* Signal handlers are entries, whether or not they ran. */
static void append_signal(const struct resources *resources, const struct trace_resource *record, const char *name,
			  size_t length, struct buf *out)
{
	const struct image *image = resources->image;
	struct place place = image_place(image, record->address, record->first);
	if (!length)
		name = text_of(resources, record->type, &length);
	buf_append(out, name, strnlen(name, length));
	if (!out->length)
		buf_append_char(out, '?');
	if (record->address <= 1 || !place.module)
		return;
	buf_append_string(out, " (");
	append_function(resources, record->address, record->first, out);
	buf_append_char(out, ')');
	if (place.module->is_inside) {
		struct observation_entry entry = {image_place_row(image, &place, true), image_string(image, "signal"), 0};
		observation_builder_add(image->run->builder, OBSERVATION_TABLE_entries, &entry);
	}
}

static void append_name(const struct resources *resources, const struct resource *resource, struct buf *out)
{
	const struct trace_resource *record = resource->record;
	const struct name_context *names = &resources->names;
	size_t length;
	const char *name = text_of(resources, record->name, &length);
	switch (record->kind) {
	case TRACE_RESOURCE_FILE: case TRACE_RESOURCE_DIRECTORY:
		name_append_path(names, name, length, out);
		break;
	case TRACE_RESOURCE_PROCESS: case TRACE_RESOURCE_LIBRARY:
		if (length && name[0] == '/')
			name_append_path(names, name, length, out);
		else
			buf_append(out, name, strnlen(name, length));
		break;
	case TRACE_RESOURCE_SOCKET:
		name_append_socket(names, name, length, out);
		break;
	case TRACE_RESOURCE_LOCK:
		if (length)
			name_append_plain(names, name, length, out);
		else
			append_lock(resources, resource, out);
		break;
	case TRACE_RESOURCE_THREAD:
		append_function(resources, record->address, record->first, out);
		break;
	case TRACE_RESOURCE_SIGNAL:
		append_signal(resources, record, name, length, out);
		break;
	case TRACE_RESOURCE_SHARED_MEMORY: case TRACE_RESOURCE_QUEUE: case TRACE_RESOURCE_PIPE:
		if (length > 1 && name[0] == '/' && memchr(name + 1, '/', length - 1))
			name_append_path(names, name, length, out);
		else
			name_append_plain(names, name, length, out);
		break;
	default:
		buf_append(out, name, strnlen(name, length));
	}
	/* Without a name: pipes and the like are told by where they were first used. */
	if (!out->length && record->kind == TRACE_RESOURCE_PROCESS)
		buf_append_string(out, "child");
	if (!out->length && resource->first_from)
		image_describe(resources->image, resource->first_from, resource->first, out);
	if (!out->length)
		buf_append_string(out, "?");
}

static void visit_table(void *context, const char *table, const char *operation)
{
	struct resources *resources = context;
	struct resource *resource = resources->statement;
	size_t length;
	const char *type = text_of(resources, resource->record->type, &length);
	struct table_use use = {
		add_resource(resources->image, "table", table,
			     observation_builder_string(resources->image->run->builder, type, strnlen(type, length))),
		image_string(resources->image, operation)};
	for (size_t i = 0; i < resource->table_count; i++)
		if (memcmp(&resource->tables[i], &use, sizeof use) == 0)
			return;
	mem_grow(&resource->tables, &resource->table_capacity, resource->table_count + 1, sizeof *resource->tables);
	resource->tables[resource->table_count++] = use;
}

static void name_resource(struct resources *resources, struct resource *resource)
{
	static const char *const KINDS[TRACE_RESOURCE_KINDS] = TRACE_RESOURCE_NAMES;
	const struct trace_resource *record = resource->record;
	size_t length;
	if (record->kind == TRACE_RESOURCE_SQL) {
		const char *statement = text_of(resources, record->name, &length);
		resources->statement = resource;
		sql_tables(statement, length, visit_table, resources);
		return;
	}
	struct buf name;
	buf_init(&name, BUF_NO_CEILING);
	append_name(resources, resource, &name);
	const char *type = text_of(resources, record->type, &length);
	if (record->kind == TRACE_RESOURCE_SIGNAL)
		length = 0; /* it is the name */
	resource->row = add_resource(resources->image, KINDS[record->kind], name.data,
				     observation_builder_string(resources->image->run->builder, type, strnlen(type, length)));
	buf_finish(&name);
}

static void read_records(struct resources *resources)
{
	const struct image *image = resources->image;
	struct trace_rows rows;
	size_t total = 0;
	for (uint64_t at = 0; trace_rows_next(image->trace, TRACE_RESOURCES, &at, &rows);)
		total += rows.count;
	resources->count = total + 1;
	resources->rows = mem_zalloc(resources->count, sizeof *resources->rows);
	for (uint64_t at = 0; trace_rows_next(image->trace, TRACE_RESOURCES, &at, &rows);)
		for (uint64_t i = 0; i < rows.count; i++) {
			const struct trace_resource *record = trace_row(&rows, i);
			/* Numbers count up from 1. */
			if (record->id && record->id < resources->count && record->kind && record->kind < TRACE_RESOURCE_KINDS)
				resources->rows[record->id] = (struct resource){.record = record, .row = OBSERVATION_NONE};
			else
				image->run->damaged += record->id != 0;
		}
}

static struct resource *resource_at(const struct resources *resources, uint32_t number)
{
	bool is_there = number < resources->count && resources->rows[number].record;
	return is_there ? &resources->rows[number] : NULL;
}

static void find_first_uses(struct resources *resources)
{
	struct trace_rows rows;
	for (uint64_t at = 0; trace_rows_next(resources->image->trace, TRACE_USES, &at, &rows);)
		for (uint64_t i = 0; i < rows.count; i++) {
			const struct trace_use *use = trace_row(&rows, i);
			struct resource *resource = use->from ? resource_at(resources, use->resource) : NULL;
			if (resource && (!resource->first_from || use->first < resource->first ||
					 (use->first == resource->first && use->from < resource->first_from))) {
				resource->first = use->first;
				resource->first_from = use->from;
			}
		}
}

static void add_use(const struct resources *resources, const struct trace_use *use, uint32_t entry)
{
	static const char *const OPERATIONS[TRACE_OPERATIONS] = TRACE_OPERATION_NAMES;
	struct image *image = resources->image;
	const struct resource *resource = resource_at(resources, use->resource);
	if (!resource || !use->operation || use->operation >= TRACE_OPERATIONS) {
		image->run->damaged++;
		return;
	}
	const struct trace_stack *stack = use->stack ? trace_stack_at(image->trace, use->stack) : NULL;
	if (stack)
		edges_add_stack(image, stack, entry, use->first);
	struct observation_use row = {
		.entry = image_entry(image, entry), .count = use->count, .errors = use->errors, .bytes = use->bytes, .ns = use->ns,
		.first = image->run->order + use->first, .resource = resource->row,
		.operation_string = image_string(image, OPERATIONS[use->operation])};
	row.function = image_user_row(image, use->from, stack, use->first, &row.line);
	if (row.function == OBSERVATION_NONE) {
		image->run->nowhere += use->count;
		return;
	}
	if (resource->record->kind != TRACE_RESOURCE_SQL)
		observation_builder_add(image->run->builder, OBSERVATION_TABLE_uses, &row);
	for (size_t i = 0; i < resource->table_count; i++) {
		row.resource = resource->tables[i].resource;
		row.operation_string = resource->tables[i].operation;
		observation_builder_add(image->run->builder, OBSERVATION_TABLE_uses, &row);
	}
}

static void read_orders(const struct resources *resources)
{
	struct image *image = resources->image;
	struct trace_rows rows;
	for (uint64_t at = 0; trace_rows_next(image->trace, TRACE_ORDERS, &at, &rows);)
		for (uint64_t i = 0; i < rows.count; i++) {
			const struct trace_order *order = trace_row(&rows, i);
			if (!order->from)
				continue;
			const struct resource *held = resource_at(resources, order->held), *taken = resource_at(resources, order->taken);
			uint64_t line, function = image_user_row(image, order->from, NULL, order->first, &line);
			if (!held || !taken || held->row == OBSERVATION_NONE || taken->row == OBSERVATION_NONE) {
				image->run->damaged += function != OBSERVATION_NONE;
				continue;
			}
			if (function == OBSERVATION_NONE)
				continue; /* told with its use */
			struct observation_order row = {held->row, taken->row, function, order->count};
			observation_builder_add(image->run->builder, OBSERVATION_TABLE_orders, &row);
		}
}

void resources_read(struct image *image)
{
	struct resources resources = {
		.image = image,
		.names = {image->run->options->root, image->run->options->home, image->trace->header->pid, image->run->pids,
			  image->run->pid_count}};
	struct trace_rows rows;
	read_records(&resources);
	find_first_uses(&resources);
	for (size_t i = 1; i < resources.count; i++)
		if (resources.rows[i].record)
			name_resource(&resources, &resources.rows[i]);
	for (uint64_t at = 0; trace_rows_next(image->trace, TRACE_USES, &at, &rows);)
		for (uint64_t i = 0; i < rows.count; i++) {
			const struct trace_use *use = trace_row(&rows, i);
			if (use->from)
				add_use(&resources, use, rows.segment->entry);
		}
	read_orders(&resources);
	for (size_t i = 0; i < resources.count; i++)
		free(resources.rows[i].tables);
	free(resources.rows);
}
