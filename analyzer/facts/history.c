/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Canonical bytes of histories, and the words by which commits that mend are known. */
#include "facts/history.h"

#include <string.h>

#include "facts/wire.h"

static const char MAGIC[4] = {'S', 'L', 'H', HISTORY_FORMAT_VERSION};

enum { FLAG_SHALLOW = 1, FLAG_CUT = 2 };

/* ---- words ---- */

static char lower(char c)
{
	return c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
}

static bool is_word_char(char c)
{
	c = lower(c);
	return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_';
}

static bool is_mending(const char *word, size_t length)
{
	static const char *const words[] = {"fix", "fixes", "fixed", "fixing", "fixup", "bug", "bugs", "bugfix", "bugfixes", "defect",
		"defects", "crash", "crashes", "crashed", "crashing", "leak", "leaks", "leaked", "regression", "regressions", "overflow",
		"overflows", "segfault", "segfaults", "deadlock", "deadlocks"};
	for (size_t w = 0; w < sizeof words / sizeof *words; w++) {
		size_t i = 0;
		while (i < length && words[w][i] && lower(word[i]) == words[w][i])
			i++;
		if (i == length && !words[w][i])
			return true;
	}
	return false;
}

static bool begins(const char *line, const char *with)
{
	while (*with && lower(*line) == *with)
		line++, with++;
	return !*with;
}

bool history_is_fix(const char *message)
{
	while (*message == '\n' || *message == ' ')
		message++;
	const char *at = message;
	while (*at && *at != '\n') {
		size_t length = 0;
		while (is_word_char(at[length]))
			length++;
		if (length && is_mending(at, length))
			return true;
		at += length ? length : 1;
	}
	for (; *at; at = strchrnul(at, '\n')) {
		at++;
		if (begins(at, "fixes:") || begins(at, "fixes #"))
			return true;
	}
	return false;
}

/* ---- bytes ---- */

void history_encode(const struct history *history, struct buf *out)
{
	buf_append(out, MAGIC, sizeof MAGIC);
	wire_append_signed(out, history->head_time);
	buf_append_varint(out, history->window_days);
	buf_append_varint(out, history->place);
	buf_append_varint(out, (history->is_shallow ? FLAG_SHALLOW : 0) | (history->is_cut ? FLAG_CUT : 0));
	buf_append_varint(out, history->unreadable);
	wire_append_strings(out, history->strings, history->string_count);
	buf_append_varint(out, history->author_count);
	for (uint32_t i = 0; i < history->author_count; i++)
		buf_append_varint(out, i ? history->authors[i] - history->authors[i - 1] : history->authors[0]);
	buf_append_varint(out, history->commit_count);
	int64_t before = history->head_time;
	for (uint32_t i = 0; i < history->commit_count; i++) {
		const struct history_commit *commit = &history->commits[i];
		unsigned char id[8];
		for (int b = 0; b < 8; b++)
			id[b] = (unsigned char)(commit->id >> (56 - 8 * b));
		buf_append(out, id, sizeof id);
		wire_append_signed(out, (int64_t)((uint64_t)before - (uint64_t)commit->time)); /* may wrap */
		before = commit->time;
		buf_append_varint(out, (uint64_t)commit->author << 1 | commit->is_fix);
		buf_append_varint(out, commit->files);
		buf_append_varint(out, commit->count);
		for (uint32_t c = commit->first; c < commit->first + commit->count; c++) {
			const struct history_change *change = &history->changes[c];
			buf_append_varint(out, change->path);
			buf_append_varint(out, change->old_path == HISTORY_NONE ? 0 : (uint64_t)change->old_path + 1);
			buf_append_varint(out, change->added);
			buf_append_varint(out, change->removed);
		}
	}
}

/* A number below a bound. */
static bool bounded(struct wire *wire, uint64_t bound, uint32_t *out)
{
	uint64_t value;
	if (!wire_number(wire, &value) || value >= bound)
		return false;
	*out = (uint32_t)value;
	return true;
}

static int decode_head(struct wire *wire, struct history *history)
{
	uint64_t time, flags;
	if ((size_t)(wire->end - wire->at) < sizeof MAGIC || memcmp(wire->at, MAGIC, sizeof MAGIC) != 0)
		return wire_fail(wire, "not a history of this version");
	wire->at += sizeof MAGIC;
	if (!wire_number(wire, &time) || !bounded(wire, UINT32_MAX, &history->window_days) ||
	    !bounded(wire, (uint64_t)UINT32_MAX + 1, &history->place) || !wire_number(wire, &flags) || flags > (FLAG_SHALLOW | FLAG_CUT) ||
	    !bounded(wire, UINT32_MAX, &history->unreadable))
		return wire_fail(wire, "bad header");
	history->head_time = wire_signed(time);
	history->is_shallow = (flags & FLAG_SHALLOW) != 0;
	history->is_cut = (flags & FLAG_CUT) != 0;
	return 0;
}

static int decode_authors(struct wire *wire, struct history *history)
{
	uint32_t count;
	if (!bounded(wire, (uint64_t)(wire->end - wire->at) + 1, &count))
		return wire_fail(wire, "bad author count");
	uint32_t *authors = arena_alloc(wire->arena, ((size_t)count + 1) * sizeof *authors);
	uint64_t last = 0;
	for (uint32_t i = 0; i < count; i++) {
		uint64_t step;
		if (!wire_number(wire, &step) || (i && !step) || step > UINT32_MAX || last + step > UINT32_MAX)
			return wire_fail(wire, "bad author");
		authors[i] = (uint32_t)(last += step);
	}
	history->authors = authors;
	history->author_count = count;
	return 0;
}

static int decode_changes(struct wire *wire, const struct history *history, struct history_change *changes, uint32_t count)
{
	for (uint32_t i = 0; i < count; i++) {
		uint32_t old;
		if (!bounded(wire, history->string_count, &changes[i].path) ||
		    !bounded(wire, (uint64_t)history->string_count + 1, &old) || !bounded(wire, UINT32_MAX, &changes[i].added) ||
		    !bounded(wire, UINT32_MAX, &changes[i].removed))
			return wire_fail(wire, "bad change");
		changes[i].old_path = old ? old - 1 : HISTORY_NONE;
		if (i && changes[i].path <= changes[i - 1].path)
			return wire_fail(wire, "changes out of order");
	}
	return 0;
}

static int decode_commits(struct wire *wire, struct history *history)
{
	uint32_t count, taken = 0;
	if (!bounded(wire, (uint64_t)(wire->end - wire->at) / 12 + 1, &count))
		return wire_fail(wire, "bad commit count");
	size_t most = (size_t)(wire->end - wire->at) / 4 + 1; /* a change takes at least four bytes */
	if (most > UINT32_MAX)
		return err_set(wire->err, ERR_LIMIT, "%s: too large", wire->what);
	struct history_commit *commits = arena_alloc(wire->arena, ((size_t)count + 1) * sizeof *commits);
	struct history_change *changes = arena_alloc(wire->arena, most * sizeof *changes);
	int64_t before = history->head_time;
	for (uint32_t i = 0; i < count; i++) {
		struct history_commit *commit = &commits[i];
		uint64_t step, author;
		*commit = (struct history_commit){.first = taken};
		if (wire->end - wire->at < 8)
			return wire_fail(wire, "commit cut short");
		for (int b = 0; b < 8; b++)
			commit->id = commit->id << 8 | *wire->at++;
		if (!wire_number(wire, &step) || !wire_number(wire, &author) || author >> 1 >= history->author_count ||
		    !bounded(wire, UINT32_MAX, &commit->files) ||
		    !bounded(wire, (uint64_t)(wire->end - wire->at) / 4 + 1, &commit->count))
			return wire_fail(wire, "bad commit");
		/* Wraps like the encoder's difference. */
		before = commit->time = (int64_t)((uint64_t)before - (uint64_t)wire_signed(step));
		commit->author = (uint32_t)(author >> 1);
		commit->is_fix = author & 1;
		int result = decode_changes(wire, history, changes + taken, commit->count);
		if (result)
			return result;
		taken += commit->count;
	}
	history->commits = commits;
	history->commit_count = count;
	history->changes = changes;
	history->change_count = taken;
	return 0;
}

int history_decode(const void *bytes, size_t length, struct arena *arena, struct history *out, struct err *err)
{
	struct wire wire = {bytes, bytes, (const unsigned char *)bytes + length, arena, "history", err};
	struct history history = {0};
	uint64_t strings;
	int result = decode_head(&wire, &history);
	if (!result)
		result = wire_strings(&wire, &history.strings, &strings);
	if (!result) {
		history.string_count = (uint32_t)strings;
		result = decode_authors(&wire, &history);
	}
	if (!result)
		result = decode_commits(&wire, &history);
	if (!result && wire.at != wire.end)
		result = wire_fail(&wire, "bytes behind the end");
	if (!result)
		*out = history;
	return result;
}
