/* SPDX-License-Identifier: MIT */
/* Owns: the table of outside APIs, and telling of their calls. The table is data: apis.txt, built in, and the user's.
 * Must not know how calls are noticed. */
#include "apis_table.h"
#include "core.h"
#include "got.h"
#include "resources.h"

enum { APIS = 1024, SLOTS = 4096, TEXT_SIZE = 1 << 16, NAME_SIZE = 1024, FIELDS = 6, UNKNOWN_LENGTH = 1 << 30 };

static const char *const kind_names[] = TRACE_RESOURCE_NAMES;
static const char *const operation_names[] = TRACE_OPERATION_NAMES;
static struct api apis[APIS];
static size_t api_count;
static uint16_t slots[SLOTS]; /* index + 1, by hash of the name */
static char built_in[] = APIS_TABLE, users[TEXT_SIZE];

/* ---- the table ---- */

static uint32_t name_hash(const char *name)
{
	uint32_t hash = 2166136261u;

	for (; *name; name++)
		hash = (hash ^ (uint8_t)*name) * 16777619u;
	return hash ^ hash >> 15;
}

const struct api *api_find(const char *function)
{
	for (uint32_t at = name_hash(function); slots[at % SLOTS]; at++)
		if (text_is(apis[slots[at % SLOTS] - 1].function, function))
			return &apis[slots[at % SLOTS] - 1];
	return NULL;
}

static int index_of(const char *const *names, int count, const char *word)
{
	for (int i = 1; i < count; i++)
		if (text_is(names[i], word))
			return i;
	return 0;
}

static int digit_of(const char *word)
{
	return word[0] >= '1' && word[0] <= '6' && !word[1] ? word[0] - '0' : 0;
}

/* fields: NUL-ended words that stay where they are. A row that makes no sense is left out. */
static void api_add(char **fields, int count)
{
	int kind = count >= 5 ? index_of(kind_names, TRACE_RESOURCE_KINDS, fields[1]) : 0;
	int operation = count >= 5 ? index_of(operation_names, TRACE_OPERATIONS, fields[3]) : 0;
	struct api api = {.function = fields[0], .type = fields[2], .kind = (enum trace_resource_kind)kind,
			  .operation = (enum trace_operation)operation};
	struct api *known;

	if (count < 5 || !kind || !operation || !(api.text = (uint8_t)digit_of(fields[4])))
		return;
	api.length = count > 5 ? (uint8_t)digit_of(fields[5]) : 0;
	known = (struct api *)api_find(api.function);
	if (known) {
		*known = api; /* the user's row replaces ours */
		return;
	}
	if (api_count == APIS)
		return;
	apis[api_count++] = api;
	uint32_t at = name_hash(api.function);
	while (slots[at % SLOTS])
		at++;
	slots[at % SLOTS] = (uint16_t)api_count;
}

static void table_read(char *text)
{
	while (*text) {
		char *fields[FIELDS];
		int count = 0;
		bool is_comment = false;

		while (*text && *text != '\n') {
			if (*text == '#')
				is_comment = true;
			if (is_comment || *text == ' ' || *text == '\t' || *text == '\r') {
				*text++ = 0;
				continue;
			}
			if (count < FIELDS)
				fields[count++] = text;
			while (*text && *text != ' ' && *text != '\t' && *text != '\r' && *text != '\n')
				text++;
		}
		if (*text)
			*text++ = 0;
		if (count)
			api_add(fields, count);
	}
}

void apis_start(void)
{
	table_read(built_in);
	if (agent_options.apis[0]) {
		long length = read_file(agent_options.apis, users, sizeof(users) - 1);
		if (length > 0) {
			users[length] = 0;
			table_read(users);
		}
	}
}

/* ---- calls ---- */

static bool is_word(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '$';
}

/* A statement without its values, on one line: equal statements are one resource, however often they are called. */
static size_t sql_shape(const char *sql, size_t length, char *out, size_t size)
{
	size_t at = 0, used = 0;

	while (at < length && sql[at] && used + 2 < size) {
		char c = sql[at];
		bool in_word = used && is_word(out[used - 1]);
		if (c == '\'') {
			for (at++; at < length && sql[at] && (sql[at] != '\'' || (at + 1 < length && sql[at + 1] == '\'')); at++)
				at += sql[at] == '\'';
			at += at < length && sql[at] == '\'';
			out[used++] = '?';
		} else if (c >= '0' && c <= '9' && !in_word) {
			while (at < length && (is_word(sql[at]) || sql[at] == '.'))
				at++;
			out[used++] = '?';
		} else if (c == ' ' || c == '\t' || c == '\n' || c == '\r') {
			at++;
			if (used && out[used - 1] != ' ')
				out[used++] = ' ';
		} else {
			out[used++] = c;
			at++;
		}
	}
	while (used && (out[used - 1] == ' ' || out[used - 1] == ';'))
		used--;
	return used;
}

static void told_api(const struct scene *scene, const struct api *api, const char *text, size_t length)
{
	char shape[NAME_SIZE];

	if (api->kind == TRACE_RESOURCE_SQL) {
		length = sql_shape(text, length, shape, sizeof(shape));
		text = shape;
	} else {
		size_t end = 0;
		while (end < length && end < NAME_SIZE && text[end])
			end++;
		length = end;
	}
	scene_use(scene, resource_number(api->kind, text, length, api->type, 0, 0), api->operation, 0, false);
}

void api_called(const struct got_record *record, const uintptr_t *words, uintptr_t from, const void *frame)
{
	const struct api *api = record->api;
	const char *text = (const char *)words[api->text - 1];
	long length = api->length ? (long)(int)words[api->length - 1] : -1; /* an int: the upper half of the word is open */
	struct scene scene;

	if (!text || !scene_enter(&scene, (const void *)from, frame))
		return;
	told_api(&scene, api, text, length < 0 ? UNKNOWN_LENGTH : (size_t)length);
	scene_leave(&scene);
}
