/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What views.sql says of its views, as a list. */
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "model/embedded.h"
#include "model/internal.h"

static struct view_column *parse(const char *text)
{
	/* Static storage in effect: made once, kept until the process ends. */
	static struct arena *arena;
	arena = arena_create();
	struct view_column *list = NULL;
	size_t count = 0, capacity = 0;
	const char *view = NULL;
	for (const char *line = text, *end; *line; line = *end ? end + 1 : end) {
		end = strchrnul(line, '\n');
		const char *colon = memchr(line, ':', (size_t)(end - line));
		if (!colon || strncmp(line, "-- ", 3))
			continue;
		bool is_view = !strncmp(line, "-- view ", 8), is_column = !strncmp(line, "--   ", 5);
		const char *name = line + (is_view ? 8 : 5);
		if (!is_view && !(is_column && view))
			continue;
		char *word = arena_strndup(arena, name, (size_t)(colon - name));
		char *said = arena_strndup(arena, colon + 2, (size_t)(end - colon - 2));
		if (is_view)
			view = word;
		mem_grow(&list, &capacity, count + 2, sizeof *list);
		list[count++] = (struct view_column){view, is_view ? NULL : word, said};
		list[count] = (struct view_column){NULL, NULL, NULL};
	}
	return list;
}

static struct view_column *list;
static pthread_once_t list_once = PTHREAD_ONCE_INIT; /* rules are run by several threads */

static void make_list(void)
{
	list = parse(embedded_find("views"));
}

const struct view_column *model_schema(void)
{
	pthread_once(&list_once, make_list);
	return list;
}
