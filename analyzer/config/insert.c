/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Where new lines go is found in the tree of the text; the text itself is copied, never written anew. */
#include "config/insert.h"

#include <string.h>

#include "config/config.h"
#include "config/yaml.h"

#define INDENT 2 /* of the keys in lines */

/* The byte at which a line starts; behind the text's last line its length. */
static size_t line_start(const char *text, size_t length, unsigned line)
{
	size_t at = 0;
	for (; line > 1 && at < length; line--) {
		const char *end = memchr(text + at, '\n', length - at);
		at = end ? (size_t)(end - text) + 1 : length;
	}
	return at;
}

/* Back over what stands before the next key and belongs to it: blank lines and comments at the margin. */
static size_t before_remarks(const char *text, size_t at)
{
	while (at > 0) {
		size_t start = at - 1;
		while (start > 0 && text[start - 1] != '\n')
			start--;
		size_t blank = strspn(text + start, " \t\r");
		if (text[start] != '#' && text[start + blank] != '\n')
			break;
		at = start;
	}
	return at;
}

static void append_indented(struct buf *out, const char *lines, unsigned depth)
{
	while (*lines) {
		size_t length = strcspn(lines, "\n");
		length += lines[length] == '\n';
		for (unsigned i = 0; i < depth; i++)
			buf_append_char(out, ' ');
		buf_append(out, lines + INDENT, length - INDENT);
		lines += length;
	}
}

/* The domains of root as a block: how deep its keys are (0: there are none), and the line of root's next key (0: none
 * follows). Braces, an alias and what else is not a key on each line have no end to put a line behind. */
static int find_block(const struct yaml_node *root, const char *text, size_t length, const struct complaint *complaint,
		      unsigned *depth, unsigned *next)
{
	*depth = *next = 0;
	for (size_t i = 0; root && i < root->count; i++) {
		const struct yaml_node *domains = root->items[i], *key = root->keys[i];
		if (strcmp(key->text, "domains"))
			continue;
		if (i + 1 < root->count)
			*next = root->keys[i + 1]->at.line;
		if (domains->kind == YAML_MAPPING && domains->count && domains->keys[0]->at.line > key->at.line)
			*depth = (unsigned)strspn(text + line_start(text, length, domains->keys[0]->at.line), " ");
		if (!*depth || *depth + 1 != domains->keys[0]->at.column)
			return complaint_set(complaint, key->at, "domains that are not each on a line of its own below \"domains:\", "
					     "write them so first");
	}
	return 0;
}

int config_insert_domains(const char *text, size_t length, const char *name, const char *lines, struct buf *out,
			  struct err *err)
{
	struct config *config = NULL;
	struct arena *arena = arena_create();
	struct complaint complaint = {name, err};
	struct yaml_node *root = NULL;
	unsigned depth = 0, next = 0;
	int result = config_parse(text, length, name, &config, err); /* for what yaml_parse does not know to be wrong */
	config_destroy(config);
	if (!result)
		result = yaml_parse(text, length, arena, &complaint, &root);
	if (!result)
		result = find_block(root, text, length, &complaint, &depth, &next);
	arena_destroy(arena);
	if (result)
		return result;
	size_t at = next ? line_start(text, length, next) : length;
	if (depth)
		at = before_remarks(text, at);
	buf_append(out, text, at);
	if (at && text[at - 1] != '\n')
		buf_append_char(out, '\n');
	if (!depth)
		buf_append_string(out, "domains:\n");
	append_indented(out, lines, depth ? depth : INDENT);
	buf_append(out, text + at, length - at);
	return 0;
}
