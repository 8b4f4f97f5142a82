/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cmd/domain_options.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"

#define MOST_DOMAINS 100000

static int read_number(const struct options *options, const char *name, unsigned long long least, unsigned long long most,
		       unsigned long long *out, struct err *err)
{
	const char *text = options_value(options, name);
	char *end;
	if (!text)
		return 0;
	errno = 0;
	*out = strtoull(text, &end, 10);
	if (errno || !*text || *end || *text == '-' || *out < least || *out > most)
		return err_set(err, ERR_INPUT, "--%s: expected a whole number from %llu to %llu, got \"%s\"", name, least, most, text);
	return 0;
}

static int read_signals(const char *list, unsigned *out, struct err *err)
{
	for (const char *at = list; *at;) {
		size_t length = strcspn(at, ",");
		unsigned signal = 0;
		while (signal < DOMAIN_SIGNALS && (strlen(DOMAIN_SIGNAL_NAMES[signal]) != length ||
						   strncmp(DOMAIN_SIGNAL_NAMES[signal], at, length)))
			signal++;
		if (signal == DOMAIN_SIGNALS)
			return err_set(err, ERR_INPUT, "--without: \"%.*s\" is no signal; there are dependencies, peers, text, prefix, folder and "
				       "observed", (int)length, at);
		*out |= 1u << signal;
		at += length + (at[length] == ',');
	}
	return 0;
}

int domain_options_read(const struct options *options, struct domains_options *out, struct err *err)
{
	const char *level = options_value(options, "level"), *without = options_value(options, "without");
	unsigned long long seed = 0, wanted = 0;
	int result = read_number(options, "seed", 0, UINT64_MAX, &seed, err);
	if (!result)
		result = read_number(options, "domains", 1, MOST_DOMAINS, &wanted, err);
	if (!result && without)
		result = read_signals(without, &out->without, err);
	if (!result && level && strcmp(level, "coarse") && strcmp(level, "default") && strcmp(level, "fine"))
		result = err_set(err, ERR_INPUT, "--level: expected coarse, default or fine, got \"%s\"", level);
	if (!result && level && wanted)
		result = err_set(err, ERR_INPUT, "--level and --domains exclude each other; give one");
	if (result)
		return result;
	out->seed = seed;
	out->wanted = (uint32_t)wanted;
	out->fresh = options_has(options, "fresh");
	if (level)
		out->view = *level == 'c' ? DOMAIN_VIEW_COARSE : *level == 'f' ? DOMAIN_VIEW_FINE : DOMAIN_VIEW_DEFAULT;
	return 0;
}

char *domain_options_write(const struct domains_options *options)
{
	struct buf text;
	if (!options->seed && !options->wanted && !options->without && !options->view && !options->fresh)
		return mem_strdup("");
	buf_init(&text, BUF_NO_CEILING);
	buf_printf(&text, "level %u, domains %" PRIu32 ", without %u, seed %" PRIu64 ", fresh %u", options->view, options->wanted,
		   options->without, options->seed, options->fresh);
	return buf_take(&text, NULL);
}

int domain_options_parse(const char *text, struct domains_options *out, struct err *err)
{
	unsigned view = 0, without = 0, fresh = 0;
	int end = 0;
	if (*text && (sscanf(text, "level %u, domains %" SCNu32 ", without %u, seed %" SCNu64 ", fresh %u%n", &view, &out->wanted, &without,
			     &out->seed, &fresh, &end) != 5 || text[end] || view > DOMAIN_VIEW_FINE))
		return err_set(err, ERR_DATABASE, "the model is damaged: how domains were found is told as \"%s\"; scan again", text);
	out->view = (enum domain_view)view;
	out->without = without;
	out->fresh = fresh != 0;
	return 0;
}

void domain_options_hash(const struct domains_options *options, struct hasher *hasher)
{
	uint64_t words[] = {options->seed, options->wanted, options->without, options->view, options->fresh};
	hasher_add(hasher, words, sizeof words);
}
