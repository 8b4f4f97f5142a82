/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Any bytes as a history: refused, or the one spelling of what they say, bound to files without a step outside. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "facts/history.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length);

static volatile size_t sink; /* so that the walk is not optimised away */

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length)
{
	struct arena *arena = arena_create();
	struct history history;
	struct err err = {0};
	int result = history_decode(bytes, length, arena, &history, &err);
	if (result == 0) {
		for (uint32_t i = 0; i < history.commit_count; i++) {
			const struct history_commit *commit = &history.commits[i];
			sink += history.authors[commit->author];
			for (uint32_t c = commit->first; c < commit->first + commit->count; c++) {
				sink += strlen(history.strings[history.changes[c].path]);
				if (history.changes[c].old_path != HISTORY_NONE)
					sink += strlen(history.strings[history.changes[c].old_path]);
			}
		}
		struct buf again;
		buf_init(&again, BUF_NO_CEILING);
		history_encode(&history, &again);
		if (again.length != length || memcmp(again.data, bytes, length) != 0)
			abort();
		buf_finish(&again);
	} else if ((result != ERR_INPUT && result != ERR_LIMIT) || err.code != (enum err_code)result || !err.text[0]) {
		abort();
	}
	arena_destroy(arena);
	char *message = malloc(length + 1);
	memcpy(message, bytes, length);
	message[length] = 0;
	sink += history_is_fix(message);
	free(message);
	return 0;
}
