/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Commands of one tree, told of another: which words of a command are paths, and where they lead when the tree is elsewhere.
 * Knows nothing of databases. */
#include "extract/relocate.h"

#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/text.h"
#include "extract/sanitise.h"

/* Does a path begin at this place of the argument: at its start, behind an option's name, or behind a separator? */
static bool begins_path(const char *argument, const char *at)
{
	const char *from = at;
	while (from > argument && !strchr("\"':,;=( ", from[-1]))
		from--;
	size_t length = (size_t)(at - from);
	if (!length || from > argument)
		return !length;
	return sanitise_is_joined_option(argument, length);
}

/* Appends text with root replaced wherever it stands as whole leading components of a path. */
static void append_relocated(struct buf *out, const char *text, const char *root, const char *replacement)
{
	const char *argument = text;
	size_t length = strlen(root);
	while (*text) {
		const char *at = length > 1 ? strstr(text, root) : NULL;
		if (!at)
			break;
		bool whole = at[length] == '\0' || strchr("/\"':,; )", at[length]);
		buf_append(out, text, (size_t)(at - text));
		if (whole && begins_path(argument, at))
			buf_append_string(out, replacement);
		else
			buf_append(out, at, length);
		text = at + length;
	}
	buf_append_string(out, text);
}

struct hash128 relocate_hash(const struct words *arguments, const char *directory, const char *root)
{
	struct hasher *hasher = hasher_create();
	struct buf text;
	buf_init(&text, BUF_NO_CEILING);
	append_relocated(&text, directory, root, ".");
	hasher_add(hasher, text.data, text.length);
	for (size_t i = 0; i < arguments->count; i++) {
		buf_clear(&text);
		append_relocated(&text, arguments->items[i], root, ".");
		hasher_add(hasher, text.data ? text.data : "", text.length);
	}
	struct hash128 hash = hasher_result(hasher);
	buf_finish(&text);
	hasher_destroy(hasher);
	return hash;
}

/* Options whose value is one path. */
static const char *const PATH_OPTIONS[] = {
	/* The longer first, where one begins like another. */
	"--include-directory-after", "--include-directory", "--include", "-include", "-imacros", "--imacros", "-isystem-after",
	"-isystem", "-iquote", "-idirafter", "-iwithsysroot", "-isysroot", "--sysroot=", "--sysroot", "-I", NULL};

/* The path that word holds, behind its option: "-Ia" -> "a"; "" where it follows as the next word; NULL where it is none. */
static const char *path_of(const char *word)
{
	for (size_t i = 0; PATH_OPTIONS[i]; i++)
		if (!strncmp(word, PATH_OPTIONS[i], strlen(PATH_OPTIONS[i])))
			return word + strlen(PATH_OPTIONS[i]);
	return NULL;
}

char *relocate_path(const char *path, const char *directory, const char *from, const char *to)
{
	char *whole = path_join(directory, path), *real = path_below(whole, from) ? NULL : realpath(whole, NULL);
	const char *below = path_below(whole, from);
	if (!below && real)
		below = path_below(real, from); /* by way of a link */
	bool is_relative = *path != '/', starts_inside = path_below(directory, from) != NULL;
	char *moved = NULL;
	if (is_relative && starts_inside && !below)
		moved = mem_strdup(whole);        /* leads out of the tree: it goes on meaning that place */
	else if (below && !(is_relative && starts_inside))
		moved = *below ? path_join(to, below) : mem_strdup(to);
	free(whole);
	free(real);
	return moved;
}

void relocate_words(const struct words *in, const char *directory, const char *from, const char *to, struct arena *arena,
		    struct words *out)
{
	struct buf text;
	buf_init(&text, BUF_NO_CEILING);
	bool is_value = false; /* of the option before */
	for (size_t i = 0; i < in->count; i++) {
		const char *word = in->items[i], *path = is_value ? word : path_of(word);
		char *moved = path && *path ? relocate_path(path, directory, from, to) : NULL;
		buf_clear(&text);
		if (moved) {
			buf_append(&text, word, (size_t)(path - word));
			buf_append_string(&text, moved);
		} else {
			append_relocated(&text, word, from, to);
		}
		is_value = !is_value && path && !*path;
		words_add(out, arena_strdup(arena, text.data ? text.data : ""));
		free(moved);
	}
	buf_finish(&text);
}
