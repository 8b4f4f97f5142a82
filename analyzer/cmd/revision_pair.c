/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cmd/revision_pair.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/mem.h"
#include "base/text.h"
#include "cmd/vcs.h"
#include "cmd/revision.h"
#include "cmd/terminal.h"

#define DATABASE_NAME "gate.db"
#define WORKING_TREE "working tree"

struct making {
	struct session *session;
	struct terminal_progress terminal;
	struct revisions revisions;
	struct revision_pair pair;
	char *base_commit, *head_commit;
	const char *head;  /* NULL: the working tree */
};

static void warn(void *context, const char *line)
{
	struct making *making = context;
	terminal_progress_clear(&making->terminal);
	terminal_print(stderr, "sightline: warning: ", line, "\n");
}

static char *release_name(const char *revision, const char *commit)
{
	struct buf name;
	buf_init(&name, BUF_NO_CEILING);
	text_append_utf8(&name, revision, strlen(revision));
	if (strncmp(revision, commit, strlen(revision)) != 0)
		buf_printf(&name, "@%.12s", commit);
	return buf_take(&name, NULL);
}

static int open_model(const struct options *options, struct session *session, struct err *err)
{
	if (!options_has(options, "db")) {
		char *folder = path_join(session->database, "..");
		free(session->database);
		session->database = path_join(folder, DATABASE_NAME);
		free(folder);
	}
	int result = model_open(session->database, MODEL_WRITE, &session->model, err);
	if (!result)
		session_hide(session);
	return result;
}

/* The commits: a base that went on without us is no change of ours. */
static int find_commits(struct making *making, const struct options *options, const char *base, struct err *err)
{
	const char *top = making->revisions.top;
	char *tip = NULL, *fork = NULL;
	struct err nowhere = {0};
	int result = vcs_commit(top, base, &tip, err);
	if (!result)
		result = vcs_commit(top, making->head ? making->head : "HEAD", &making->head_commit, err);
	if (!result && !options_has(options, "exact")) {
		result = vcs_merge_base(top, tip, making->head_commit, &fork, &nowhere);
		if (result == ERR_NOT_FOUND) {
			warn(making, nowhere.text);
			result = 0; /* two histories: compared as they are */
		} else if (result) {
			*err = nowhere;
		}
	}
	if (!result) {
		struct buf remark;
		buf_init(&remark, BUF_NO_CEILING);
		if (fork && strcmp(fork, tip))
			buf_printf(&remark, "%s has gone on since: compared is with %.12s, where the two parted", base, fork);
		making->pair.remark = buf_take(&remark, NULL);
		making->base_commit = fork ? fork : tip;
		making->pair.base = release_name(base, making->base_commit);
		making->pair.head = making->head ? release_name(making->head, making->head_commit) : mem_strdup(WORKING_TREE);
	}
	if (making->base_commit != tip)
		free(tip);
	return result;
}

static int scan_revision(struct making *making, const char *commit, const char *name, struct err *err)
{
	struct revision_notes notes;
	struct buf line;
	int result = revisions_scan(&making->revisions, commit, name, &notes, err);
	terminal_progress_clear(&making->terminal);
	if (result)
		return err_prefix(err, "%s", name);
	buf_init(&line, BUF_NO_CEILING);
	revision_notes_append(&line, &notes);
	if (line.length && !making->session->quiet) {
		terminal_print(stderr, "sightline: ", name, ": ");
		terminal_print(stderr, "", line.data, "\n");
	}
	buf_finish(&line);
	return 0;
}

/* With a build, the working tree's units are not yet known. */
static int build_now(struct making *making, struct err *err)
{
	struct revisions *revisions = &making->revisions;
	struct warnings warnings = {warn, making};
	char *path = NULL;
	int result = tree_scan_record(making->session->root, revisions->build, &warnings, &path, err);
	if (!result)
		result = commands_load(making->session->root, path, &warnings, &revisions->now.list, err);
	if (!result)
		result = tree_scan_parse(&revisions->now, err);
	free(path);
	return result;
}

static int scan_both(struct making *making, struct err *err)
{
	struct revisions *revisions = &making->revisions;
	int result = scan_revision(making, making->base_commit, making->pair.base, err);
	if (result)
		return result;
	if (making->head) {
		revisions->how.domains.start = making->pair.base;
		return scan_revision(making, making->head_commit, making->pair.head, err);
	}
	if (revisions->build)
		result = build_now(making, err);
	revisions->now.how.domains.start = making->pair.base;
	if (!result)
		result = tree_scan_store(&revisions->now, &(struct model_release){.name = making->pair.head, .git_commit = making->head_commit,
											       .created_at = (int64_t)time(NULL)}, err);
	if (!result && revisions->now.list->missing)
		fprintf(stderr, "sightline: warning: %zu sources of compile_commands.json are not there: is it of this tree?\n",
			revisions->now.list->missing);
	return result;
}

int revision_pair_make(const struct options *options, struct session *session, const char *base, const char *head, struct revision_pair *out,
		       struct err *err)
{
	struct making making = {.session = session, .head = head};
	struct warnings warnings = {warn, &making};
	struct tree_scan_how how;
	if (options_has(options, "build") && options_has(options, "compile-commands"))
		return err_set(err, ERR_INPUT, "--build and --compile-commands exclude each other");
	terminal_progress_init(&making.terminal, session->quiet);
	int result = tree_scan_how(options, &how, err);
	if (!result)
		result = open_model(options, session, err);
	if (!result)
		result = revisions_start(session, &how, options_value(options, "build"), options_value(options, "compile-commands"),
					 &making.terminal.progress, &warnings, &making.revisions, err);
	if (!result)
		result = find_commits(&making, options, base, err);
	if (!result)
		result = scan_both(&making, err);
	if (!result)
		result = model_codebase_put(session->model, path_basename(session->root), err);
	terminal_progress_clear(&making.terminal);
	revisions_finish(&making.revisions);
	free(making.base_commit);
	free(making.head_commit);
	if (result)
		revision_pair_finish(&making.pair);
	else
		*out = making.pair;
	return result;
}

void revision_pair_finish(struct revision_pair *pair)
{
	free(pair->base);
	free(pair->head);
	free(pair->remark);
	*pair = (struct revision_pair){0};
}
