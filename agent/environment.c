/* SPDX-License-Identifier: MIT */
/* What the environment says of the agent: taken out at start, so that the program sees what it would see without us, and
 * put back for programs that it starts. Owns our words in the environment; must not know who starts what.
 *
 * No allocation, no libc: also used between vfork and exec. */
#include "core.h"

#define PRELOAD "LD_PRELOAD"

static char preload_part[1024];   /* the element of LD_PRELOAD that names the agent, as it was written */
static char told[sizeof(struct agent_options) + 1024];

/* The value of NAME in "NAME=value"; NULL: another variable. */
static char *value_of(char *entry, const char *name)
{
	while (*name) {
		if (*entry++ != *name++)
			return NULL;
	}
	return *entry == '=' ? entry + 1 : NULL;
}

static void remove_entry(char **entry)
{
	do
		entry[0] = entry[1];
	while (*entry++);
}

static bool is_separator(char byte)
{
	return byte == ':' || byte == ' ';
}

/* The agent's element of a preload list: its start and length; NULL: it has none. */
static char *find_own_part(char *list, size_t *length)
{
	static const char own[] = "libsightline-agent.so";
	while (*list) {
		size_t part = 0;
		while (list[part] && !is_separator(list[part]))
			part++;
		if (part >= sizeof own - 1 && same_bytes(list + part - (sizeof own - 1), own, sizeof own - 1)) {
			*length = part;
			return list;
		}
		list += part + (list[part] != 0);
	}
	return NULL;
}

/* Without our element and the separator next to it: what the user had written is left. */
static void cut_own_part(char *list, char *part, size_t length)
{
	char *rest = part + length;
	if (*rest)
		rest++;
	else if (part > list)
		part--;
	do
		*part++ = *rest;
	while (*rest++);
}

const char *environment_take(char **environment)
{
	const char *told_here = NULL;
	for (char **entry = environment; *entry;) {
		char *value = value_of(*entry, TRACE_VARIABLE);
		if (value) {
			size_t length = 0;
			told[0] = 0;
			if (text_append(told, sizeof told, &length, value))
				told_here = told;
			zero_bytes(*entry, text_length(*entry));
			remove_entry(entry);
			continue;
		}
		size_t length = 0;
		value = value_of(*entry, PRELOAD);
		char *part = value ? find_own_part(value, &length) : NULL;
		if (part) {
			if (length < sizeof preload_part)
				copy_bytes(preload_part, part, length);
			cut_own_part(value, part, length);
			if (!*value) {
				remove_entry(entry);
				continue;
			}
		}
		entry++;
	}
	return told_here;
}

const char *environment_own_name(void)
{
	return preload_part[0] ? text_file_name(preload_part) : NULL;
}

static size_t count_of(char *const envp[])
{
	size_t count = 0;
	while (envp && envp[count])
		count++;
	return count;
}

/* Enough for our two variables, whatever the caller's LD_PRELOAD holds. */
static size_t own_size(char *const envp[])
{
	size_t size = sizeof told + sizeof preload_part + 128;
	for (size_t i = 0; envp && envp[i]; i++) {
		char *list = value_of(envp[i], PRELOAD);
		if (list)
			size += text_length(list) + 1;
	}
	return size;
}

size_t environment_need(char *const envp[])
{
	return (count_of(envp) + 4) * sizeof(char *) + own_size(envp);
}

/* "SIGHTLINE_AGENT=<as told>;parent=<this file>": a "parent" that we were told with is not repeated. */
static bool append_told(char *buffer, size_t size, size_t *length)
{
	bool fits = text_append(buffer, size, length, TRACE_VARIABLE "=");
	for (const char *pair = told; *pair;) {
		size_t part = 0;
		while (pair[part] && pair[part] != ';')
			part++;
		if (part && !(part > 7 && same_bytes(pair, "parent=", 7))) {
			for (size_t i = 0; i < part; i++) {
				char byte[2] = {pair[i], 0};
				fits = text_append(buffer, size, length, byte) && fits;
			}
			fits = text_append(buffer, size, length, ";") && fits;
		}
		pair += part + (pair[part] != 0);
	}
	fits = text_append(buffer, size, length, "parent=") && fits;
	text_append_hex(buffer, size, length, pool_header->trace_id, sizeof pool_header->trace_id);
	return fits;
}

char **environment_with_agent(char *const envp[], void *buffer, size_t size)
{
	if (!agent_options.follow || !pool_header || !preload_part[0])
		return (char **)envp;
	size_t count = count_of(envp);
	if (size < environment_need(envp))
		return NULL;
	char **out = buffer;
	char *texts = (char *)(out + count + 4);
	size_t room = size - (count + 4) * sizeof(char *), length = 0, put = 0;
	bool has_preload = false;
	for (size_t i = 0; i < count; i++) {
		size_t part_length;
		char *list = value_of(envp[i], PRELOAD);
		if (value_of(envp[i], TRACE_VARIABLE))
			continue;
		out[put++] = envp[i];
		if (!list || has_preload)
			continue;
		has_preload = true;
		if (find_own_part(list, &part_length))
			continue;
		/* Behind the others: a sanitizer's runtime must stay first. */
		out[put - 1] = texts + length;
		text_append(texts, room, &length, envp[i]);
		if (*list)
			text_append(texts, room, &length, ":");
		text_append(texts, room, &length, preload_part);
		length++;
	}
	if (!has_preload) {
		out[put++] = texts + length;
		text_append(texts, room, &length, PRELOAD "=");
		text_append(texts, room, &length, preload_part);
		length++;
	}
	out[put++] = texts + length;
	if (!append_told(texts, room, &length))
		return NULL;
	out[put] = NULL;
	return out;
}

void environment_clean(char **environment, char *const original[])
{
	char *preload = NULL;
	for (size_t i = 0; original[i]; i++) {
		if (value_of(original[i], PRELOAD))
			preload = original[i];
	}
	for (char **entry = environment; *entry;) {
		size_t length;
		char *list = value_of(*entry, PRELOAD);
		bool is_ours = value_of(*entry, TRACE_VARIABLE) != NULL;
		if (list && find_own_part(list, &length)) {
			is_ours = !preload;
			if (preload)
				*entry = preload;
		}
		if (is_ours)
			remove_entry(entry);
		else
			entry++;
	}
}
