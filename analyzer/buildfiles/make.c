/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Makefiles and what automake makes of Makefile.am: lists of headers by their prefix, and what the recipes of install targets copy
 * into a folder for headers. Conditions are not judged: what any branch installs is installed. */
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "buildfiles/reading.h"

#define LINE_BYTES ((size_t)256 << 10)
#define RECIPES 20000

struct recipe { char *text; const char *file; uint32_t line; };
struct header_list { const char *name, *file; uint32_t line; };
struct makefile {
	struct place place;
	bool is_automake;
	bool in_install;             /* the rule at hand is of a target that installs */
	struct recipe *recipes; size_t recipe_count, recipe_capacity;
	struct header_list *lists; size_t list_count, list_capacity;
};

/* ---- expansion ---- */

static void expand(struct makefile *make, const char *text, size_t length, struct buf *out, unsigned depth);

static void expand_name(struct makefile *make, const char *name, size_t length, struct buf *out, unsigned depth)
{
	struct reading *reading = make->place.reading;
	static const struct { const char *name; bool is_top; } folders[] = {
		{"srcdir", false}, {"builddir", false}, {"abs_srcdir", false}, {"abs_builddir", false}, {"CURDIR", false},
		{"top_srcdir", true}, {"top_builddir", true}, {"abs_top_srcdir", true}, {"abs_top_builddir", true},
	};
	for (size_t i = 0; i < sizeof folders / sizeof *folders; i++)
		if (word_is(name, length, folders[i].name)) {
			buf_append_string(out, place_mark(reading, folders[i].is_top ? reading->top : make->place.folder));
			return;
		}
	struct variable *variable = scope_take(make->place.scope, name, length);
	if (variable) {
		/* A value that only hands on what configure finds out keeps its name. */
		expand(make, variable->value, strlen(variable->value), out, depth + 1);
		variable->busy = false;
		return;
	}
	buf_append_char(out, OPEN);
	buf_append(out, name, length);
	buf_append_char(out, OPEN);
}

/* $(wildcard A) and the like: what can be told of them is their arguments. */
static void expand_function(struct makefile *make, const char *text, size_t length, struct buf *out, unsigned depth)
{
	static const char *const plain[] = {"wildcard ", "sort ", "strip ", "abspath ", "realpath "};
	struct buf list;
	for (size_t i = 0; i < sizeof plain / sizeof *plain; i++) {
		size_t word = strlen(plain[i]);
		if (length > word && !memcmp(text, plain[i], word)) {
			expand(make, text + word, length - word, out, depth + 1);
			return;
		}
	}
	const char *comma = memchr(text, ',', length);
	if (length > 10 && !memcmp(text, "addprefix ", 10) && comma) {
		struct buf prefix;
		const char *word;
		size_t at = 0, word_length, rest = length - (size_t)(comma + 1 - text);
		buf_init(&prefix, LINE_BYTES);
		buf_init(&list, LINE_BYTES);
		expand(make, text + 10, (size_t)(comma - text) - 10, &prefix, depth + 1);
		expand(make, comma + 1, rest, &list, depth + 1);
		while (list.data && prefix.data && word_next(list.data, &at, &word, &word_length) &&
		       reading_spend(make->place.reading, prefix.length + word_length)) {
			buf_append(out, prefix.data, prefix.length);
			buf_append(out, word, word_length);
			buf_append_char(out, ' ');
		}
		buf_finish(&prefix);
		buf_finish(&list);
		return;
	}
	buf_append_char(out, OPEN);
	buf_append_char(out, OPEN);
}

/* Length of the reference at text, which starts behind its '$' with a bracket; 0: it is not closed. */
static size_t reference_length(const char *text, size_t length)
{
	char open = *text, close = open == '(' ? ')' : '}';
	size_t depth = 0;
	for (size_t i = 0; i < length; i++) {
		depth += text[i] == open;
		if (text[i] == close && !--depth)
			return i + 1;
	}
	return 0;
}

static bool is_name(const char *text, size_t length)
{
	for (size_t i = 0; i < length; i++)
		if (!isalnum((unsigned char)text[i]) && !strchr("_.-@%<^?+*", text[i]))
			return false;
	return length != 0;
}

/* The '$' of a shell's variable is left to whoever knows its loop. */
static void expand(struct makefile *make, const char *text, size_t length, struct buf *out, unsigned depth)
{
	if (depth > NESTING || !reading_spend(make->place.reading, length + 1))
		return;
	for (size_t i = 0; i < length && !out->overflow; i++) {
		if (text[i] == '$' && i + 1 < length && strchr("({", text[i + 1])) {
			size_t whole = reference_length(text + i + 1, length - i - 1);
			if (!whole)
				return;
			if (!reading_spend(make->place.reading, whole))
				return;
			if (is_name(text + i + 2, whole - 2))
				expand_name(make, text + i + 2, whole - 2, out, depth);
			else
				expand_function(make, text + i + 2, whole - 2, out, depth);
			i += whole;
		} else if (text[i] == '$' && i + 1 < length && text[i + 1] == '$') {
			buf_append_char(out, '$');
			i++;
		} else if (text[i] == '$' && i + 1 < length && isalpha((unsigned char)text[i + 1])) {
			expand_name(make, text + ++i, 1, out, depth);
		} else if (text[i] == '@') { /* of configure */
			const char *end = memchr(text + i + 1, '@', length - i - 1);
			if (end && end > text + i + 1 && is_name(text + i + 1, (size_t)(end - text) - i - 1)) {
				expand_name(make, text + i + 1, (size_t)(end - text) - i - 1, out, depth);
				i = (size_t)(end - text);
			} else {
				buf_append_char(out, '@');
			}
		} else {
			buf_append_char(out, text[i]);
		}
	}
}

/* Heap; never NULL. */
static char *expanded(struct makefile *make, const char *text)
{
	struct buf out;
	buf_init(&out, LINE_BYTES);
	expand(make, text, strlen(text), &out, 0);
	return buf_take(&out, NULL);
}

/* ---- lines ---- */

static void read_text(struct makefile *make, const char *path, unsigned depth);
static void read_make(struct reading *reading, const char *path, unsigned depth);

static void follow_include(struct makefile *make, const char *names, unsigned depth)
{
	char *text = expanded(make, names);
	const char *word;
	size_t at = 0, length;
	while (depth < NESTING && word_next(text, &at, &word, &length)) {
		char *name = mem_strndup(word, length);
		const char *path = *name == TOP ? reading_join(make->place.reading, "", name + 1)
						 : reading_join(make->place.reading, make->place.folder, name);
		if (path && !strchr(name, OPEN))
			read_text(make, path, depth + 1);
		free(name);
	}
	free(text);
}

/* Automake's lists are told by their names: foo_HEADERS goes where foodir says. */
static void note_list(struct makefile *make, const char *name, size_t length, uint32_t line)
{
	static const char *const not_installed[] = {"noinst_", "check_", "EXTRA_", "am__", "BUILT_", "nodist_noinst_", "dist_noinst_", "XFAIL_"};
	if (!make->is_automake || length < 9 || memcmp(name + length - 8, "_HEADERS", 8))
		return;
	for (size_t i = 0; i < sizeof not_installed / sizeof *not_installed; i++)
		if (!strncmp(name, not_installed[i], strlen(not_installed[i])))
			return;
	mem_grow(&make->lists, &make->list_capacity, make->list_count + 1, sizeof *make->lists);
	make->lists[make->list_count++] = (struct header_list){arena_strndup(make->place.reading->arena, name, length),
		make->place.file, line};
}

/* "NAME = value", "NAME += value", ...: length of the name and start of the value; false: it is no assignment. */
static bool is_assignment(const char *line, const char **name, size_t *length, const char **value)
{
	while (*line == ' ')
		line++;
	for (const char *word; (word = !strncmp(line, "export ", 7) ? line + 7 : !strncmp(line, "override ", 9) ? line + 9 : NULL);)
		line = word;
	size_t end = 0;
	while (isalnum((unsigned char)line[end]) || (line[end] && strchr("_.-", line[end])))
		end++;
	const char *at = line + end;
	while (*at == ' ' || *at == '\t')
		at++;
	if (*at == '+' || *at == '?' || *at == '!')
		at++;
	while (*at == ':')
		at++;
	if (!end || *at != '=')
		return false;
	*name = line;
	*length = end;
	*value = at + 1 + strspn(at + 1, " \t");
	return true;
}

static bool target_installs(const char *line, size_t length)
{
	for (size_t at = 0; at < length;) {
		size_t word = strcspn(line + at, " \t:");
		char *target = mem_strndup(line + at, word);
		bool installs = text_has(target, "install") && !text_has(target, "uninstall");
		free(target);
		if (installs)
			return true;
		at += word + 1;
	}
	return false;
}

static void take_line(struct makefile *make, char *line, uint32_t number, unsigned depth)
{
	const char *name, *value, *text = line + strspn(line, " ");
	size_t length;
	if (*line == '\t') {
		if (!make->in_install || make->recipe_count >= RECIPES)
			return;
		mem_grow(&make->recipes, &make->recipe_capacity, make->recipe_count + 1, sizeof *make->recipes);
		make->recipes[make->recipe_count++] = (struct recipe){mem_strdup(line + 1), make->place.file, number};
		return;
	}
	char *comment = strchr(line, '#');
	if (comment)
		*comment = '\0';
	if (!strncmp(text, "if", 2) || !strncmp(text, "else", 4) || !strncmp(text, "endif", 5))
		return; /* within a rule, too */
	if (!strncmp(text, "include ", 8) || !strncmp(text, "-include ", 9)) {
		follow_include(make, strchr(text, ' '), depth);
	} else if (is_assignment(line, &name, &length, &value)) {
		scope_add(make->place.reading, make->place.scope, name, length, value);
		note_list(make, name, length, number);
	} else if (strchr(text, ':')) {
		make->in_install = target_installs(text, (size_t)(strchr(text, ':') - text));
	}
}

/* A file that is included speaks for the folder of the one that includes it. */
static void read_text(struct makefile *make, const char *path, unsigned depth)
{
	char *text = reading_open(make->place.reading, path);
	struct buf line;
	uint32_t number = 0, first = 1;
	const char *file = make->place.file;
	if (!text)
		return;
	make->place.file = path;
	buf_init(&line, LINE_BYTES);
	for (char *at = text; at;) {
		char *end = strchr(at, '\n');
		size_t length = end ? (size_t)(end - at) : strlen(at);
		number++;
		if (!line.length)
			first = number;
		bool goes_on = length && at[length - 1] == '\\';
		buf_append(&line, at, length - goes_on);
		if (goes_on)
			buf_append_char(&line, ' ');
		else if (line.data)
			take_line(make, line.data, first, depth);
		if (!goes_on)
			buf_clear(&line);
		at = end ? end + 1 : NULL;
	}
	make->place.file = file;
	buf_finish(&line);
	free(text);
}

/* ---- recipes ---- */

static bool is_copying(const char *program, size_t length)
{
	char *word = mem_strndup(program, length), *plain = strrchr(word, OPEN); /* "$(Q)cp" */
	bool copies = text_has(word, "install") || !strcmp(path_basename(plain ? plain + 1 : word), "cp") || text_has(word, "\001cp\001");
	free(word);
	return copies;
}

static void copy_command(struct makefile *make, const char *folder, const char *words, uint32_t line)
{
	const char *word, *last = NULL;
	size_t at = 0, length, last_length = 0, start, headers = 0;
	bool folders = false, named = false;
	/* "$(Q) $(LIBTOOL) --mode=install install x.h ..." */
	bool is_word = word_next(words, &at, &word, &length);
	while (is_word && (*word == OPEN || *word == '-') && !is_copying(word, length))
		is_word = word_next(words, &at, &word, &length);
	if (!is_word || !is_copying(word, length))
		return;
	for (start = at; word_next(words, &at, &word, &length);) {
		bool is_target = length > 19 && !strncmp(word, "--target-directory=", 19);
		folders |= *word == '-' && length < 8 && word[1] != '-' && (memchr(word, 'r', length) || memchr(word, 'R', length) || memchr(word, 'a', length));
		if (is_target || (length == 2 && !strncmp(word, "-t", 2))) {
			named = is_target || word_next(words, &at, &word, &length);
			last = word;
			last_length = length;
			break;
		}
		last = word;
		last_length = length;
	}
	char *destination = mem_strndup(last ? last : "", last_length);
	struct place place = make->place;
	place.folder = folder;
	if (text_names_include_folder(destination)) {
		at = start;
		while (word_next(words, &at, &word, &length)) {
			if (word == last || *word == '-')
				continue;
			headers += word_is_header(word, length);
			place_say(&place, word, length, line, folders);
		}
		/* A header that is made under another name: "install x.h.in $(includedir)/x.h". */
		if (!headers && !named && word_is_header(destination, last_length))
			place_say(&place, path_basename(destination), strlen(path_basename(destination)), line, false);
	}
	free(destination);
}

static const char *folder_after(struct makefile *make, const char *folder, const char *word, size_t length)
{
	char *name = mem_strndup(word, length);
	const char *found = strchr(name, OPEN) ? NULL
			    : *name == TOP ? reading_join(make->place.reading, "", name + 1)
			    : *name == '/' ? NULL : reading_join(make->place.reading, folder, name);
	free(name);
	return found;
}

static void read_below(struct makefile *make, const char *folder);

/* A make within: it installs what its folder says, if it is asked to install or to do what this one does. */
static void make_command(struct makefile *make, const char *folder, const char *words)
{
	const char *word;
	size_t at = 0, length;
	bool installs = false;
	if (!word_next(words, &at, &word, &length))
		return;
	char *program = mem_strndup(word, length);
	bool is_make = text_has(program, "\001MAKE\001") || !strcmp(program, "make");
	free(program);
	while (is_make && word_next(words, &at, &word, &length)) {
		if (length >= 2 && !strncmp(word, "-C", 2)) {
			if (length > 2 || word_next(words, &at, &word, &length))
				folder = folder_after(make, folder, word + (length > 2 && *word == '-' ? 2 : 0), length - (length > 2 && *word == '-' ? 2 : 0));
			if (!folder)
				return;
		}
		char *target = mem_strndup(word, length);
		installs |= text_has(target, "install") || !strcmp(target, "$@") || text_has(target, "MAKECMDGOALS");
		free(target);
	}
	if (is_make && installs)
		read_below(make, folder);
}

/* Words of a shell's loop variable in its place; in *text, heap. */
static void put_loop(struct reading *reading, char **text, const char *name, const char *values)
{
	struct buf out;
	size_t length = strlen(name);
	buf_init(&out, LINE_BYTES);
	for (const char *at = *text; *at; at++) {
		const char *start = at + 1 + (at[1] == '{');
		if (*at == '$' && length && !strncmp(start, name, length) && !isalnum((unsigned char)start[length]) && start[length] != '_') {
			/* "$i" is any of them, "dir/$i" each behind dir/. */
			size_t prefix = out.length, from = 0, word_length;
			const char *word;
			while (prefix && !isspace((unsigned char)out.data[prefix - 1]) && !strchr("\"'", out.data[prefix - 1]))
				prefix--;
			char *before = mem_strndup(out.data ? out.data + prefix : "", out.length - prefix);
			out.length = prefix;
			while (word_next(values, &from, &word, &word_length) && reading_spend(reading, word_length + strlen(before) + 1)) {
				buf_append_string(&out, before);
				buf_append(&out, word, word_length);
				buf_append_char(&out, ' ');
			}
			free(before);
			at = start + length - (start[length] != '}');
		} else {
			buf_append_char(&out, *at);
		}
	}
	free(*text);
	*text = buf_take(&out, NULL);
}

struct shell { const char *folder; char loop[64]; char *values; };

static void shell_command(struct makefile *make, struct shell *shell, const char *begin, size_t length, uint32_t line)
{
	static const char *const skipped[] = {"do", "then", "else", "{", "("};
	char *text = mem_strndup(begin, length);
	const char *word, *words = text;
	size_t at = 0, word_length;
	char *comment = strstr(text, " #");
	if (comment)
		*comment = '\0';
	words += strspn(words, " \t@-+(");
	for (size_t i = 0; i < sizeof skipped / sizeof *skipped; i++) {
		size_t skip = strlen(skipped[i]);
		if (!strncmp(words, skipped[i], skip) && isspace((unsigned char)words[skip]))
			words += skip + 1;
	}
	words += strspn(words, " \t@-+(");
	if (!strncmp(words, "for ", 4)) {
		const char *in = strstr(words, " in ");
		size_t name = strcspn(words + 4, " \t");
		if (in && name < sizeof shell->loop) {
			memcpy(shell->loop, words + 4, name);
			shell->loop[name] = '\0';
			free(shell->values);
			shell->values = mem_strdup(in + 4);
		}
	} else if (!strncmp(words, "cd ", 3)) {
		at = 3;
		if (word_next(words, &at, &word, &word_length))
			shell->folder = shell->folder ? folder_after(make, shell->folder, word, word_length) : NULL;
	} else if (shell->folder) {
		char *with = mem_strdup(words);
		if (shell->values)
			put_loop(make->place.reading, &with, shell->loop, shell->values);
		copy_command(make, shell->folder, with, line);
		make_command(make, shell->folder, with);
		free(with);
	}
	free(text);
}

static void read_recipe(struct makefile *make, const struct recipe *recipe)
{
	make->place.file = recipe->file;
	char *text = expanded(make, recipe->text);
	struct shell shell = {.folder = make->place.folder};
	for (size_t at = 0; text[at] && reading_spend(make->place.reading, 10);) {
		size_t length = strcspn(text + at, ";&|");
		shell_command(make, &shell, text + at, length, recipe->line);
		at += length;
		at += strspn(text + at, ";&|");
	}
	free(shell.values);
	free(text);
}

/* ---- the whole ---- */

static void read_list(struct makefile *make, const struct header_list *list)
{
	static const char *const marks[] = {"dist_", "nodist_", "nobase_"};
	const char *prefix = list->name;
	char folder[256];
	for (size_t i = 0; i < sizeof marks / sizeof *marks; i++)
		if (!strncmp(prefix, marks[i], strlen(marks[i]))) {
			prefix += strlen(marks[i]);
			i = (size_t)-1;
		}
	size_t length = strlen(prefix);
	if (length < 9 || length - 8 + 4 > sizeof folder)
		return;
	memcpy(folder, prefix, length - 8);
	memcpy(folder + length - 8, "dir", 4);
	const char *said = scope_find(make->place.scope, folder, strlen(folder));
	if (!text_has(folder, "include") && !(said ? text_names_include_folder(said) : text_names_include_folder(folder)))
		return; /* installed elsewhere: for plugins, as documents */
	const char *value = scope_find(make->place.scope, list->name, strlen(list->name));
	char *words = expanded(make, value ? value : "");
	make->place.file = list->file;
	place_say_all(&make->place, words, list->line, false);
	free(words);
}

bool read_makefiles(struct reading *reading, const char *folder, unsigned depth)
{
	/* Makefile may be made of Makefile.in, or stand there until it is. Beside Makefile.am, all others are made of that. */
	static const char *const names[] = {"Makefile.am", "GNUmakefile", "Makefile", "makefile", "Makefile.in"};
	bool found = false;
	for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
		const char *path = reading_join(reading, folder, names[i]);
		if (!path || !reading_has(reading, path))
			continue;
		found = true;
		read_make(reading, path, depth);
		if (!i)
			break;
	}
	return found;
}

static void read_below(struct makefile *make, const char *folder)
{
	read_makefiles(make->place.reading, folder, make->place.depth + 1);
}

static void read_subdirs(struct makefile *make)
{
	const char *value = scope_find(make->place.scope, "SUBDIRS", 7), *word;
	char *words = expanded(make, value ? value : "");
	size_t at = 0, length;
	while (word_next(words, &at, &word, &length)) {
		const char *folder = folder_after(make, make->place.folder, word, length);
		if (folder && strcmp(folder, make->place.folder) != 0)
			read_below(make, folder);
	}
	free(words);
}

static void read_make(struct reading *reading, const char *path, unsigned depth)
{
	struct scope scope;
	const char *name = path_basename(path);
	struct makefile make = {.place = {reading, &scope, reading_folder(reading, path), path, depth},
				.is_automake = !strcmp(name, "Makefile.am")};
	if (depth > NESTING)
		return;
	scope_init(&scope);
	read_text(&make, path, 0);
	for (size_t i = 0; i < make.list_count; i++)
		read_list(&make, &make.lists[i]);
	for (size_t i = 0; i < make.recipe_count; i++) {
		read_recipe(&make, &make.recipes[i]);
		free(make.recipes[i].text);
	}
	if (make.is_automake)
		read_subdirs(&make);
	free(make.recipes);
	free(make.lists);
	scope_finish(&scope);
}
