/* SPDX-License-Identifier: GPL-3.0-or-later */
/* sightline alerts: what changed between two stored releases, told to those whom sightline.yaml names. */
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "cmd/alerts.h"
#include "cmd/drift_load.h"
#include "cmd/session.h"

int alerts_between(struct session *session, const char *from, const char *to, bool dry_run, bool again, size_t *failed, struct err *err)
{
	struct drift_loaded loaded;
	char *codebase = NULL;
	int result = alerts_check(session->config, err);
	if (!result)
		result = model_codebase(session->model, &codebase, err);
	if (!result)
		result = drift_load(session->model, from, to, session->config, session->root, &loaded, err);
	if (!result) {
		struct alerts alerts = {.config = session->config, .root = session->root, .codebase = *codebase ? codebase : "codebase", .from = from,
					.to = to, .drift = loaded.drift, .dry_run = dry_run, .again = again};
		result = alerts_send(&alerts, session->model, failed, err);
		drift_loaded_finish(&loaded);
	}
	free(codebase);
	return result;
}

/* *before: heap; NULL where it is the first. */
static int release_before(struct session *session, const char *release, char **before, struct err *err)
{
	struct rows *rows = NULL;
	bool has_row = false;
	int result = model_query_named(session->model, "release_before", &release, 1, &rows, err);
	if (!result)
		result = rows_next(rows, &has_row, err);
	*before = !result && has_row ? mem_strdup(rows_text(rows, 0, NULL)) : NULL;
	rows_close(rows);
	return result;
}

int alerts_of_release(struct session *session, const char *release, struct err *err)
{
	char *before = NULL;
	int result = release_before(session, release, &before, err);
	if (!result && before)
		result = alerts_between(session, before, release, false, false, NULL, err);
	free(before);
	return result;
}

static int find_releases(const struct options *options, struct session *session, char **from, char **to, struct err *err)
{
	size_t given = options->operand_count;
	int result = model_release_resolve(session->model, given > 1 ? options->operands[1] : NULL, to, err);
	if (!result && given)
		result = model_release_resolve(session->model, options->operands[0], from, err);
	else if (!result)
		result = release_before(session, *to, from, err);
	if (!result && !*from)
		result = err_set(err, ERR_NOT_FOUND, "%s is the only release: there is nothing to compare it with", *to);
	return result;
}

static int run_alerts(const struct options *options, int *code, struct err *err)
{
	struct session session;
	char *from = NULL, *to = NULL;
	size_t failed = 0;
	if (options->operand_count > 2)
		return err_set(err, ERR_INPUT, "sightline alerts: two releases at most; \"%s\" is a third one", options->operands[2]);
	int result = session_start(options, NULL, &session, err);
	if (result)
		return result;
	if (!session.config->alert_count)
		result = err_set(err, ERR_INPUT, "%s: there is no \"alerts:\" in it; see 'sightline alerts --help'",
				 session.config->path ? session.config->path : "sightline.yaml");
	if (!result)
		result = model_open(session.database, options_has(options, "dry-run") ? MODEL_READ : MODEL_WRITE, &session.model, err);
	if (!result)
		result = find_releases(options, &session, &from, &to, err);
	if (!result)
		result = alerts_between(&session, from, to, options_has(options, "dry-run"), options_has(options, "again"), &failed, err);
	if (!result && failed)
		*code = EXIT_GATE;
	free(from);
	free(to);
	session_finish(&session);
	return result;
}

static const struct option_spec alerts_options[] = {
	{0, "dry-run", NULL, "print what would be sent, and send nothing"},
	{0, "again", NULL, "send what was sent before, too"},
	{0, NULL, NULL, NULL},
};
const struct command_spec command_alerts = {
	.name = "alerts", .synopsis = "[OLD [NEW]] [--dry-run]", .summary = "tell changes of architecture to those whom sightline.yaml names",
	.description =
		"Compares two releases (without names: the newest and the one before it) and sends what changed where 'alerts:' in\n"
		"sightline.yaml says. Each entry has one target and says which events it gets:\n"
		"\n"
		"  alerts:\n"
		"  - severity: major                  # at least: info, minor (the default), major or critical\n"
		"    command: mail -s drift team@example.org   # gets a JSON object per line on its input\n"
		"  - kinds: [cycle_added, dependency_added]    # without: every kind that is no improvement\n"
		"    webhook: https://ci.example.org/hook      # gets one JSON object by POST\n"
		"    secret_env: HOOK_KEY             # signs it: X-Sightline-Signature-256: sha256=HMAC of the body\n"
		"    seconds: 5                       # time limit; a webhook that fails is tried four times\n"
		"  - webhook_env: SLACK_URL           # the variable that holds the URL, if that is secret\n"
		"    format: slack\n"
		"\n"
		"A target that fails is told and tried again the next time; what it was sent it is not sent twice. 'sightline scan' does the\n"
		"same after each new release if --alerts or --config FILE is given: without them it runs no command and calls no server that\n"
		"a file in the scanned tree names, since anybody may have written that. Ends with 1 where a target failed.",
	.examples = "  sightline alerts --dry-run\n      what would be sent for the newest release?\n"
		    "  sightline scan --alerts\n      send what is new in it\n"
		    "  sightline alerts v2.4 v2.5 --again\n      once more",
	.options = alerts_options, .run = run_alerts,
};
