/* SPDX-License-Identifier: GPL-3.0-or-later */
/* sightline ingest: traces, from wherever, become observations of a release. */
#include "cmd/observe.h"
#include "cmd/reference.h"

static int run_ingest(const struct options *options, int *code, struct err *err)
{
	(void)code;
	struct session session;
	struct terminal_progress progress;
	struct trace_files files = {0};
	struct observe_outcome outcome = {0};
	if (!options->operand_count)
		return err_set(err, ERR_INPUT, "sightline ingest: name trace files, or folders that hold some");
	int result = session_start(options, NULL, &session, err);
	if (result)
		return result;
	terminal_progress_init(&progress, session.quiet);
	result = reference_use(options, session.config, err);
	for (size_t i = 0; !result && i < options->operand_count; i++)
		result = trace_files_find(options->operands[i], &files, err);
	if (!result)
		result = observe_files(&session, options_value(options, "release"), &files, options_has(options, "force"), &progress,
				       &outcome, err);
	if (!session.quiet && outcome.stored) {
		observe_say("%zu %s added to release %s, which now shows", outcome.stored, outcome.stored == 1 ? "run" : "runs",
			    session.release);
		int printed = observe_print(&session, result ? NULL : err);
		result = result ? result : printed;
	}
	trace_files_finish(&files);
	session_finish(&session);
	return result;
}

static const struct option_spec ingest_options[] = {
	OPTION_RULES, OPTION_REFERENCE,
	{'r', "release", "NAME", "the release whose build ran (default: the newest)"},
	{0, "force", NULL, "add runs of another build, too, marked as foreign"},
	{0, NULL, NULL, NULL},
};
const struct command_spec command_ingest = {
	.name = "ingest", .synopsis = "TRACE... [OPTIONS]", .summary = "add recorded runs to a release",
	.description =
		"Reads trace files ('sightline trace -o FILE' writes them; its folders will do, too) in any order, turns addresses into\n"
		"functions by the symbols and debug information of the programs that ran, and adds what was seen to the release they\n"
		"were built from. What is there already is recognised; a later copy of a trace takes the place of an earlier one. A run\n"
		"of another build than the release is refused.",
	.examples = "  sightline ingest server.trace\n      a trace that was recorded elsewhere, or before the tree was scanned\n"
		    "  sightline ingest traces/ --release v2.1\n      a folder of them",
	.options = ingest_options, .run = run_ingest,
};
