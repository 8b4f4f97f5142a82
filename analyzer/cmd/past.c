/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cmd/past.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "facts/history.h"
#include "history/history.h"

/* The bytes of the history of this name: from the model, else from the repository, and then stored. In the arena or *read. */
static int find_bytes(struct session *session, const char *revision, const struct progress *progress, struct hash128 id, struct arena *arena, struct buf *read,
		      const void **bytes, size_t *length, struct err *err)
{
	void *stored = NULL;
	size_t stored_length = 0;
	struct err ignored = {0};
	int result = model_history_get(session->model, &id, arena, &stored, length, err);
	*bytes = stored;
	if (result != ERR_NOT_FOUND)
		return result;
	*err = (struct err){0};
	stored = NULL;
	/* Most commits are those of the scan before. */
	result = model_history_get(session->model, NULL, arena, &stored, &stored_length, &ignored);
	if (result && result != ERR_NOT_FOUND)
		return err_set(err, ignored.code, "%s", ignored.text);
	long processors = sysconf(_SC_NPROCESSORS_ONLN);
	result = history_read(session->root, revision, stored, stored_length, processors > 0 ? (unsigned)processors : 1, progress, read, err);
	if (!result)
		result = model_history_put(session->model, id, read->data, read->length, err);
	*bytes = read->data;
	*length = read->length;
	return result;
}

static void tell(const struct history *history, struct past_told *out)
{
	if (history->is_shallow)
		snprintf(out->reason, sizeof out->reason, "the git history is cut short (a shallow clone): what is missing of it counts for nothing; "
			 "git fetch --unshallow mends that");
	else if (history->unreadable)
		snprintf(out->reason, sizeof out->reason, "%u commits of the git history could not be read (a partial clone?) and count for nothing",
			 history->unreadable);
}

int past_read(struct session *session, const char *revision, const struct progress *progress, struct model_release *release, struct past_told *told,
	      struct err *err)
{
	struct err absent = {0};
	struct hash128 id;
	*told = (struct past_told){{0}, false};
	if (history_identify(session->root, revision, &id, &absent)) {
		told->is_absent = true;
		snprintf(told->reason, sizeof told->reason, "%.900s: interest is left out of the score", absent.text);
		return 0;
	}
	struct arena *arena = arena_create();
	struct buf read;
	struct history history;
	const void *bytes = NULL;
	size_t length = 0;
	buf_init(&read, BUF_NO_CEILING);
	int result = find_bytes(session, revision, progress, id, arena, &read, &bytes, &length, err);
	if (!result)
		result = history_decode(bytes, length, arena, &history, err);
	if (!result) {
		release->history = id;
		release->git_time = history.head_time;
		tell(&history, told);
	} else if (result == ERR_NOT_FOUND || result == ERR_IO) {
		/* A repository that breaks while it is read costs no more than its history. */
		told->is_absent = true;
		snprintf(told->reason, sizeof told->reason, "%.900s: interest is left out of the score", err->text);
		*err = (struct err){0};
		result = 0;
	}
	buf_finish(&read);
	arena_destroy(arena);
	return result;
}
