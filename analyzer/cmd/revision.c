/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cmd/revision.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/mem.h"
#include "base/text.h"
#include "cmd/past.h"
#include "cmd/vcs.h"
#include "extract_id.h"

#define DATABASE_BYTES ((size_t)1 << 30)
#define GENERATED_BYTES ((size_t)256 << 20)
#define LINK_DEPTH 8 /* submodules in submodules */

/* ---- the working tree ---- */

static int find_database(struct revisions *revisions, const char *compile_commands, struct err *err)
{
	int result = commands_find(revisions->session->root, compile_commands, &revisions->database, err);
	return result == ERR_NOT_FOUND && !compile_commands ? 0 : result;
}

static int infer(const struct revisions *revisions, const char *root, const struct warnings *warnings, struct command_list **out,
		 struct err *err)
{
	const struct config_strings *exclude = &revisions->session->config->exclude;
	const char **skip = mem_zalloc(exclude->count + 1, sizeof *skip);
	for (size_t i = 0; i < exclude->count; i++)
		skip[i] = exclude->items[i];
	int result = commands_infer(root, skip, warnings, out, err);
	free(skip);
	return result;
}

static void begin_scan(const struct revisions *revisions, struct tree_scan *scan)
{
	*scan = (struct tree_scan){.model = revisions->session->model, .config = revisions->session->config,
				   .progress = revisions->progress, .how = revisions->how};
}

int revisions_start(struct session *session, const struct tree_scan_how *how, const char *build, const char *compile_commands,
		    const struct progress *progress, const struct warnings *warnings, struct revisions *out, struct err *err)
{
	struct revisions revisions = {.session = session, .progress = progress, .how = *how, .build = build, .arena = arena_create(),
				      .sources = interner_create()};
	begin_scan(&revisions, &revisions.now);
	int result = vcs_top(session->root, &revisions.top, err);
	if (!result && !build)
		result = find_database(&revisions, compile_commands, err);
	if (!result && !build)
		result = revisions.database ? commands_load(session->root, revisions.database, warnings, &revisions.now.list, err)
					    : infer(&revisions, session->root, warnings, &revisions.now.list, err);
	for (size_t i = 0; !result && revisions.now.list && i < revisions.now.list->count; i++)
		interner_add_string(revisions.sources, path_below(revisions.now.list->commands[i].file, revisions.top));
	if (result) {
		revisions_finish(&revisions);
		return result;
	}
	*out = revisions;
	return 0;
}

void revisions_finish(struct revisions *revisions)
{
	if (!revisions->arena)
		return;
	place_give_up(&revisions->place);
	tree_scan_finish(&revisions->now);
	interner_destroy(revisions->sources);
	arena_destroy(revisions->arena);
	free(revisions->top);
	free(revisions->database);
	free(revisions->tree);
	free(revisions->root);
	free(revisions->index);
	free(revisions->generated);
	free(revisions->copied);
	memset(revisions, 0, sizeof *revisions);
}

/* ---- files that git does not track ---- */

struct gathering {
	struct revisions *revisions;
	const struct interner *tracked, *untracked;
	struct interner *seen;
	char *build_folder; /* where the compile commands lie; NULL: at the top */
	size_t capacity;
};

static bool has(const struct interner *paths, const char *path)
{
	uint32_t id;
	return interner_find(paths, path, strlen(path), &id);
}

/* A source that git neither tracks nor ignores is somebody's new work, no output of a build: the revision does not have it. */
static bool is_new_work(const struct gathering *gathering, const char *path, const char *below)
{
	bool built = gathering->build_folder && path_below(path, gathering->build_folder);
	return !built && has(gathering->untracked, below) && has(gathering->revisions->sources, below);
}

/* path: absolute and normalised. */
static void gather(struct gathering *gathering, const char *path)
{
	struct revisions *revisions = gathering->revisions;
	const char *below = path_below(path, revisions->top);
	uint32_t before = interner_count(gathering->seen);
	if (!below || !*below || has(gathering->tracked, below) || is_new_work(gathering, path, below) ||
	    interner_add_string(gathering->seen, below) != before)
		return;
	mem_grow(&revisions->generated, &gathering->capacity, revisions->generated_count + 1, sizeof *revisions->generated);
	revisions->generated[revisions->generated_count++] = arena_strdup(revisions->arena, below);
}

/* What the working tree's units read, those of submodules too (they are tracked by others). */
static int gather_generated(struct revisions *revisions, struct err *err)
{
	struct interner *tracked = interner_create(), *untracked = interner_create();
	struct gathering gathering = {.revisions = revisions, .tracked = tracked, .untracked = untracked, .seen = interner_create()};
	const struct command_list *list = revisions->now.list;
	char *folder = revisions->database ? path_join(revisions->database, "..") : NULL;
	gathering.build_folder = folder ? realpath(folder, NULL) : NULL;
	if (gathering.build_folder && path_below(revisions->session->root, gathering.build_folder)) {
		free(gathering.build_folder); /* the codebase is not all built */
		gathering.build_folder = NULL;
	}
	int result = vcs_tracked(revisions->top, tracked, err);
	if (!result)
		result = vcs_untracked(revisions->top, untracked, err);
	for (size_t i = 0; !result && i < list->count; i++) {
		const struct command *command = &list->commands[i];
		struct model_unit known;
		gather(&gathering, command->file);
		int found = model_unit_cached(revisions->session->model, command->path, command->command_hash, 0, &known, err);
		if (found && found != ERR_NOT_FOUND)
			result = found;
		for (size_t f = 0; !found && f < known.file_count; f++) {
			char *path = path_join(list->root, known.files[f]);
			gather(&gathering, path);
			free(path);
		}
	}
	interner_destroy(tracked);
	interner_destroy(untracked);
	interner_destroy(gathering.seen);
	free(gathering.build_folder);
	free(folder);
	return result;
}

int revisions_know_now(struct revisions *revisions, struct err *err)
{
	if (revisions->now_is_known || revisions->build)
		return 0;
	int result = tree_scan_parse(&revisions->now, err);
	if (!result)
		result = gather_generated(revisions, err);
	if (!result)
		revisions->copied = mem_zalloc(revisions->generated_count + 1, sizeof *revisions->copied);
	revisions->now_is_known = !result;
	return result;
}

/* What was copied is no part of another revision. */
static void remove_copied(struct revisions *revisions)
{
	for (size_t i = 0; i < revisions->generated_count; i++) {
		char *path = revisions->copied[i] ? path_join(revisions->tree, revisions->generated[i]) : NULL;
		if (path)
			unlink(path); /* no link is on its way: place_copy saw to that, and nothing was written since */
		revisions->copied[i] = false;
		free(path);
	}
}

/* Copies what the revision lacks. A file that the revision itself has is the revision's. */
static int copy_generated(struct revisions *revisions, struct revision_notes *notes, struct err *err)
{
	int result = 0;
	for (size_t i = 0; !result && i < revisions->generated_count; i++) {
		const char *path = revisions->generated[i];
		char *there = path_join(revisions->tree, path), *here = path_join(revisions->top, path);
		struct stat info;
		if (lstat(there, &info) && !stat(here, &info) && S_ISREG(info.st_mode)) {
			struct err problem = {0};
			/* Something of the revision may be in the way: then its units tell what they lack. */
			int copied = place_copy(revisions->tree, path, here, &problem);
			if (copied && copied != ERR_INPUT)
				result = err_set(err, copied, "%s", problem.text);
			revisions->copied[i] = !copied;
			if (!copied && !notes->generated++)
				notes->generated_example = path;
		}
		free(there);
		free(here);
	}
	return result;
}

/* ---- writing a revision ---- */

static int take_place(struct revisions *revisions, struct err *err)
{
	if (revisions->place.folder)
		return 0;
	int result = place_take(revisions->session->database, &revisions->place, err);
	if (result)
		return result;
	const char *below = path_below(revisions->session->root, revisions->top);
	revisions->tree = path_join(revisions->place.folder, "tree");
	revisions->index = path_join(revisions->place.folder, "index");
	revisions->root = below && *below ? path_join(revisions->tree, below) : mem_strdup(revisions->tree);
	return place_make_folder(revisions->place.folder, "tree", err);
}

/* The submodules that the working tree has checked out are written from their own repositories. */
static int write_submodules(struct revisions *revisions, const char *top, const char *commit, const char *tree, unsigned depth,
			    struct revision_notes *notes, struct err *err)
{
	struct vcs_submodule *list;
	size_t count;
	int result = vcs_submodules(top, commit, &list, &count, err);
	if (result)
		return result;
	for (size_t i = 0; !result && i < count; i++) {
		char *repository = path_join(top, list[i].path), *folder = path_join(tree, list[i].path), *mark = path_join(repository, ".git");
		char *found = NULL, index[32];
		struct err ignored = {0};
		snprintf(index, sizeof index, "index.%u.%zu", depth, i);
		char *own_index = path_join(revisions->place.folder, index);
		unlink(own_index);
		bool missing = depth >= LINK_DEPTH || access(mark, F_OK) || vcs_commit(repository, list[i].commit, &found, &ignored);
		if (!missing) {
			result = place_make_folder(tree, list[i].path, err);
			if (!result)
				result = vcs_write_tree(repository, found, folder, own_index, err);
			if (!result)
				result = write_submodules(revisions, repository, found, folder, depth + 1, notes, err);
		} else if (!notes->missing_submodules++) {
			notes->missing_submodule = arena_strdup(revisions->arena, list[i].path);
		}
		free(repository);
		free(folder);
		free(mark);
		free(found);
		free(own_index);
	}
	free(list);
	return result;
}

static int write_revision(struct revisions *revisions, const char *commit, struct revision_notes *notes, struct err *err)
{
	struct stat info;
	progress_report(revisions->progress, "writing the revision", 0, 0, NULL);
	int result = take_place(revisions, err);
	remove_copied(revisions);
	/* Nor is what a build left. Without one, git brings the tree from one revision to the next. */
	if (!result && revisions->build) {
		unlink(revisions->index);
		result = place_empty(revisions->tree, err);
	}
	if (!result)
		result = vcs_write_tree(revisions->top, commit, revisions->tree, revisions->index, err);
	if (!result)
		result = write_submodules(revisions, revisions->top, commit, revisions->tree, 0, notes, err);
	if (!result)
		result = copy_generated(revisions, notes, err);
	if (!result && (stat(revisions->root, &info) || !S_ISDIR(info.st_mode)))
		result = err_set(err, ERR_NOT_FOUND, "%.12s: %s was not there yet", commit, path_below(revisions->session->root, revisions->top));
	return result;
}

/* ---- its commands ---- */

struct borrowing { struct revisions *revisions; struct borrowed_command *list; size_t count, capacity; };

/* The source of the working tree that lies in the same folder and is named most like path; NULL: none does. */
static const char *neighbour(const struct revisions *revisions, const char *path)
{
	size_t folder = (size_t)(path_basename(path) - path), best_shared = 0;
	const char *best = NULL;
	for (uint32_t i = 0; i < interner_count(revisions->sources); i++) {
		const char *other = interner_text(revisions->sources, i);
		if ((size_t)(path_basename(other) - other) != folder || strncmp(path, other, folder) != 0)
			continue;
		size_t shared = folder;
		while (path[shared] && path[shared] == other[shared])
			shared++;
		if (!best || shared > best_shared) {
			best = other;
			best_shared = shared;
		}
	}
	return best;
}

static void borrow(void *context, const char *path, const char *renamed_to)
{
	struct borrowing *borrowing = context;
	const struct interner *sources = borrowing->revisions->sources;
	const char *dot = strrchr(path, '.');
	uint32_t id;
	if (!dot || strcmp(dot, ".c") != 0)
		return;
	const char *of = renamed_to && interner_find(sources, renamed_to, strlen(renamed_to), &id) ? interner_text(sources, id)
											       : neighbour(borrowing->revisions, path);
	if (!of)
		return;
	mem_grow(&borrowing->list, &borrowing->capacity, borrowing->count + 1, sizeof *borrowing->list);
	borrowing->list[borrowing->count++] = (struct borrowed_command){arena_strdup(borrowing->revisions->arena, path), of};
}

/* Relative include paths start from the folder that a compiler ran in: it must exist. */
static int make_folders(const struct revisions *revisions, const struct command_list *list, struct err *err)
{
	int result = 0;
	for (size_t i = 0; !result && i < list->count; i++) {
		const char *below = path_below(list->commands[i].directory, revisions->tree);
		if (below && (!i || strcmp(list->commands[i].directory, list->commands[i - 1].directory) != 0))
			result = place_make_folder(revisions->tree, below, err);
	}
	return result;
}

static int map_commands(struct revisions *revisions, const char *commit, struct revision_notes *notes, struct command_list **out,
			struct err *err)
{
	struct borrowing borrowing = {.revisions = revisions};
	int result = vcs_gone_files(revisions->top, commit, NULL, borrow, &borrowing, err);
	struct commands_move move = {.from = revisions->top, .to = revisions->tree, .codebase = revisions->session->root,
				     .borrowed = borrowing.list, .borrowed_count = borrowing.count};
	if (!result)
		result = commands_load_moved(revisions->database, &move, NULL, out, err);
	for (size_t i = 0; !result && i < (*out)->count; i++)
		notes->borrowed += (*out)->commands[i].inferred;
	free(borrowing.list);
	return result ? result : make_folders(revisions, *out, err);
}

static int build_commands(struct revisions *revisions, struct command_list **out, struct err *err)
{
	char *record = path_join(revisions->place.folder, "commands.json");
	int result = commands_record(revisions->root, revisions->build, record, NULL, err);
	if (!result)
		result = commands_load(revisions->root, record, NULL, out, err);
	free(record);
	return result;
}

static int find_commands(struct revisions *revisions, const char *commit, struct revision_notes *notes, struct command_list **out,
			 struct err *err)
{
	if (revisions->build)
		return build_commands(revisions, out, err);
	if (revisions->database)
		return map_commands(revisions, commit, notes, out, err);
	return infer(revisions, revisions->root, NULL, out, err);
}

/* ---- known already? ---- */

static void add_file(struct hasher *hasher, const char *path, size_t ceiling)
{
	char *bytes = NULL;
	size_t length = 0;
	if (!file_read(path, ceiling, &bytes, &length, NULL))
		hasher_add(hasher, bytes, length);
	free(bytes);
}

/* What a revision's units follow from. */
static void recipe(const struct revisions *revisions, const char *commit, char out[HASH_HEX_LENGTH + 1])
{
	struct hasher *hasher = hasher_create();
	const struct config_strings *exclude = &revisions->session->config->exclude;
	hasher_add_string(hasher, EXTRACT_ID);
	hasher_add_string(hasher, extract_clang_version());
	hasher_add_string(hasher, commit);
	hasher_add_string(hasher, revisions->build ? revisions->build : "");
	hasher_add_string(hasher, revisions->with_history ? "history" : "");
	hasher_add_string(hasher, path_below(revisions->session->root, revisions->top));
	if (revisions->database)
		add_file(hasher, revisions->database, DATABASE_BYTES);
	for (size_t i = 0; i < exclude->count; i++)
		hasher_add_string(hasher, exclude->items[i]);
	for (size_t i = 0; i < revisions->generated_count; i++) {
		char *path = path_join(revisions->top, revisions->generated[i]);
		hasher_add_string(hasher, revisions->generated[i]);
		add_file(hasher, path, GENERATED_BYTES);
		free(path);
	}
	hash_hex(hasher_result(hasher), out);
	hasher_destroy(hasher);
}

static char *remark_key(const char *name)
{
	struct buf key;
	buf_init(&key, BUF_NO_CEILING);
	buf_printf(&key, "revision %s", name);
	return buf_take(&key, NULL);
}

/* Is the release there, made in the same way? Where it only was analysed otherwise, that is done anew. */
static int find_known(struct revisions *revisions, const char *name, const char *hex, bool *known, struct err *err)
{
	struct model *model = revisions->session->model;
	char *key = remark_key(name), *before = NULL;
	struct model_release release;
	int result = model_remark(model, key, &before, err);
	*known = !result && !strcmp(before, hex);
	free(key);
	free(before);
	if (!*known)
		return result;
	result = model_release_read(model, name, &release, err);
	if (result) {
		*known = false;
		return result == ERR_NOT_FOUND ? 0 : result;
	}
	if (!model_release_is_current(model, &release, derive_key(revisions->session->config, &revisions->how.domains))) {
		struct derive_summary summary = {0};
		result = derive_release(model, &release, revisions->session->config, NULL, &revisions->how.domains, revisions->progress, &summary,
					err);
		derive_summary_finish(&summary);
	}
	model_release_free(&release);
	return result;
}

/* ---- the whole ---- */

/* Filters of git are not run, Git LFS is one: what it would have fetched stays a pointer, which is no C. */
static size_t count_pointers(const struct command_list *list)
{
	static const char start[] = "version https://git-lfs.github.com/spec/";
	size_t count = 0;
	for (size_t i = 0; i < list->count; i++) {
		char bytes[sizeof start - 1];
		FILE *file = fopen(list->commands[i].file, "rbe");
		count += file && fread(bytes, 1, sizeof bytes, file) == sizeof bytes && !memcmp(bytes, start, sizeof bytes);
		if (file)
			fclose(file);
	}
	return count;
}

static int store(struct revisions *revisions, struct tree_scan *scan, struct model_release *release, struct err *err)
{
	struct past_told told;
	int result = revisions->with_history ? past_read(revisions->session, release->git_commit, revisions->progress, release, &told, err) : 0;
	return result ? result : tree_scan_store(scan, release, err);
}

static int scan_written(struct revisions *revisions, const char *commit, const char *name, struct revision_notes *notes, struct err *err)
{
	struct tree_scan scan;
	int64_t when = 0;
	begin_scan(revisions, &scan);
	int result = find_commands(revisions, commit, notes, &scan.list, err);
	if (!result)
		result = vcs_commit_time(revisions->top, commit, &when, err);
	if (!result)
		result = tree_scan_parse(&scan, err);
	if (!result)
		result = store(revisions, &scan, &(struct model_release){.name = name, .git_commit = commit, .created_at = when}, err);
	if (!result) {
		notes->units = scan.list->count;
		notes->pointers = count_pointers(scan.list);
		notes->parsed = scan.changed_count;
		notes->not_complete = scan.derived.units_partial + scan.derived.units_failed;
	}
	tree_scan_finish(&scan);
	return result;
}

int revisions_scan(struct revisions *revisions, const char *commit, const char *name, struct revision_notes *notes, struct err *err)
{
	char hex[HASH_HEX_LENGTH + 1], *key = remark_key(name);
	*notes = (struct revision_notes){0};
	int result = revisions_know_now(revisions, err);
	if (!result) {
		recipe(revisions, commit, hex);
		result = find_known(revisions, name, hex, &notes->was_known, err);
	}
	if (!result && !notes->was_known) {
		result = write_revision(revisions, commit, notes, err);
		if (!result)
			result = scan_written(revisions, commit, name, notes, err);
		if (!result)
			result = model_remark_put(revisions->session->model, key, hex, err);
	}
	free(key);
	return result;
}

void revision_notes_append(struct buf *out, const struct revision_notes *notes)
{
	const char *before = "";
	if (notes->generated) {
		buf_printf(out, "%zu generated file%s as in the working tree (", notes->generated, notes->generated == 1 ? "" : "s");
		buf_append_string(out, notes->generated_example);
		buf_append_string(out, notes->generated > 1 ? ", ...)" : ")");
		before = "; ";
	}
	if (notes->borrowed) {
		buf_printf(out, "%s%zu source%s that %s gone since compiled as others are", before, notes->borrowed, notes->borrowed == 1 ? "" : "s",
			   notes->borrowed == 1 ? "is" : "are");
		before = "; ";
	}
	if (notes->missing_submodules) {
		buf_printf(out, "%s%zu submodule%s left out that %s not checked out here (", before, notes->missing_submodules,
			   notes->missing_submodules == 1 ? "" : "s", notes->missing_submodules == 1 ? "is" : "are");
		buf_append_string(out, notes->missing_submodule);
		buf_append_string(out, "): 'git submodule update --init' brings them");
		before = "; ";
	}
	if (notes->pointers) {
		buf_printf(out, "%s%zu source%s only Git LFS has", before, notes->pointers, notes->pointers == 1 ? "" : "s");
		before = "; ";
	}
	if (notes->not_complete)
		buf_printf(out, "%s%zu of %zu units not complete", before, notes->not_complete, notes->units);
}
