/* SPDX-License-Identifier: MIT */
/* TRACE_VARIABLE: "key=value;key=value", values %-escaped. Owns agent_options. Unknown keys are of a later launcher and
 * are left alone. */
#include "core.h"

struct agent_options agent_options;

static int hex_digit(char digit)
{
	if (digit >= '0' && digit <= '9')
		return digit - '0';
	digit |= 0x20;
	return digit >= 'a' && digit <= 'f' ? digit - 'a' + 10 : -1;
}

/* The value up to ';', unescaped; false: it does not fit. */
static bool take_text(const char *value, char *out, size_t size)
{
	size_t length = 0;
	for (; *value && *value != ';'; value++) {
		char byte = *value;
		if (byte == '%' && hex_digit(value[1]) >= 0 && hex_digit(value[2]) >= 0) {
			byte = (char)(hex_digit(value[1]) << 4 | hex_digit(value[2]));
			value += 2;
		}
		if (length + 1 >= size)
			return false;
		out[length++] = byte;
	}
	out[length] = 0;
	return true;
}

static void take_id(const char *value, uint8_t id[16])
{
	for (int i = 0; i < 16 && hex_digit(value[2 * i]) >= 0 && hex_digit(value[2 * i + 1]) >= 0; i++)
		id[i] = (uint8_t)(hex_digit(value[2 * i]) << 4 | hex_digit(value[2 * i + 1]));
}

static uint64_t take_number(const char *value)
{
	uint64_t number = 0;
	for (; *value >= '0' && *value <= '9'; value++)
		number = number * 10 + (uint64_t)(*value - '0');
	return number;
}

static enum trace_mode take_mode(const char *value)
{
	static const char *const names[TRACE_MODE_END] = {"auto", "fentry", "instrument", "patch", "plt", "none"};
	char name[16] = "";
	take_text(value, name, sizeof name);
	for (int i = 0; i < TRACE_MODE_NONE; i++) {
		if (text_is(name, names[i]))
			return (enum trace_mode)i;
	}
	return TRACE_MODE_AUTO;
}

static const char *after(const char *text, const char *key)
{
	size_t length = text_length(key);
	for (size_t i = 0; i < length; i++) {
		if (text[i] != key[i])
			return NULL;
	}
	return text[length] == '=' ? text + length + 1 : NULL;
}

static bool take_pair(const char *pair)
{
	const char *value;
	if ((value = after(pair, "dir")))
		return take_text(value, agent_options.directory, sizeof agent_options.directory);
	if ((value = after(pair, "cache")))
		return take_text(value, agent_options.cache, sizeof agent_options.cache);
	if ((value = after(pair, "own")))
		return take_text(value, agent_options.own, sizeof agent_options.own);
	if ((value = after(pair, "apis")))
		return take_text(value, agent_options.apis, sizeof agent_options.apis);
	if ((value = after(pair, "mode")))
		agent_options.mode = take_mode(value);
	else if ((value = after(pair, "sample")))
		agent_options.sample_period = take_number(value);
	else if ((value = after(pair, "time")))
		agent_options.time = take_number(value) != 0;
	else if ((value = after(pair, "follow")))
		agent_options.follow = take_number(value) != 0;
	else if ((value = after(pair, "paused")))
		agent_options.paused = take_number(value) != 0;
	else if ((value = after(pair, "run")))
		take_id(value, agent_options.run_id);
	else if ((value = after(pair, "parent")))
		take_id(value, agent_options.parent_id);
	return true;
}

bool options_read(const char *value)
{
	agent_options = (struct agent_options){.follow = true};
	while (*value) {
		if (!take_pair(value)) {
			agent_options.directory[0] = 0;
			return false;
		}
		while (*value && *value++ != ';')
			;
	}
	return agent_options.directory[0] != 0;
}
