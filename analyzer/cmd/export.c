/* SPDX-License-Identifier: GPL-3.0-or-later */
/* sightline export: tasks and findings for other people's tools. */
#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/text.h"
#include "cmd/export_load.h"
#include "cmd/export_push.h"
#include "cmd/goals.h"
#include "cmd/target.h"
#include "cmd/terminal.h"

#define PUSH_MOST 100 /* tasks; nobody wants a thousand new issues by mistake */

/* ---- what is asked for ---- */

static int is_one_of(const char *option, const char *value, const char *const *words, struct err *err)
{
	struct buf all;
	for (size_t i = 0; value && words[i]; i++)
		if (!strcmp(value, words[i]))
			return 0;
	if (!value)
		return 0;
	buf_init(&all, 300);
	for (size_t i = 0; words[i]; i++)
		buf_printf(&all, "%s%s", i ? ", " : "", words[i]);
	int result = err_set(err, ERR_INPUT, "--%s %s: there is %s", option, value, all.data);
	buf_finish(&all);
	return result;
}

static int check_words(const struct options *options, struct err *err)
{
	static const char *const contents[] = {"tasks", "findings", NULL}, *const flavors[] = {"cloud", "dc", NULL},
				 *const epics[] = {"goal", "domain", "none", NULL}, *const pushes[] = {"jira", NULL},
				 *const statuses[] = {"open", "reopened", "accepted", "done", "all", NULL},
				 *const severities[] = {"info", "minor", "major", "critical", NULL};
	static const struct { const char *option; const char *const *words; } checks[] = {
		{"of", contents}, {"jira-flavor", flavors}, {"epics", epics}, {"push", pushes}, {"status", statuses},
		{"severity", severities}};
	int result = 0;
	for (size_t i = 0; !result && i < sizeof checks / sizeof *checks; i++)
		result = is_one_of(checks[i].option, options_value(options, checks[i].option), checks[i].words, err);
	return result;
}

static int find_format(const struct options *options, const struct export_format **out, struct err *err)
{
	static const struct { const char *suffix, *name; } suffixes[] = {
		{".sarif", "sarif"}, {".md", "markdown"}, {".csv", "csv"}, {".json", "json"}};
	const char *name = options_value(options, "format"), *path = options_value(options, "output");
	const char *dot = path ? strrchr(path_basename(path), '.') : NULL;
	struct buf known;
	if (options_has(options, "push"))
		name = name ? name : "jira-json";
	for (size_t i = 0; !name && dot && i < sizeof suffixes / sizeof *suffixes; i++)
		if (!strcmp(dot, suffixes[i].suffix))
			name = suffixes[i].name;
	buf_init(&known, 300);
	for (const struct export_format *format = export_formats(); format->name; format++) {
		buf_printf(&known, "%s%s", known.length ? ", " : "", format->name);
		if (name && !strcmp(format->name, name))
			*out = format;
	}
	int result = 0;
	if (!name)
		result = err_set(err, ERR_INPUT, "sightline export: which format? --format takes %s", known.data);
	else if (!*out)
		result = err_set(err, ERR_INPUT, "sightline export: no format \"%s\"; there is %s", name, known.data);
	else if (options_has(options, "push") && strcmp(name, "jira-json"))
		result = err_set(err, ERR_INPUT, "--push jira sends issues: leave --format out");
	buf_finish(&known);
	return result;
}

static int parse_most(const struct options *options, size_t *most, struct err *err)
{
	const char *text = options_value(options, "max-results");
	char *end;
	if (!text)
		return 0;
	unsigned long value = strtoul(text, &end, 10);
	if (*end || *text < '0' || *text > '9' || value < 1 || value > 1000000)
		return err_set(err, ERR_INPUT, "--max-results %s: give a number from 1 to 1000000", text);
	*most = value;
	return 0;
}

/* A path from the repository's root down, as it is to stand in front of names. */
static int check_prefix(const char *prefix, struct err *err)
{
	if (!prefix)
		return 0;
	char *plain = path_normalise(prefix);
	bool leaves = *plain == '/' || !strncmp(plain, "..", 2);
	free(plain);
	return leaves ? err_set(err, ERR_INPUT, "--path-prefix %s: give the codebase's place below the repository's root", prefix) : 0;
}

static int choose(const struct options *options, const struct export_format *format, struct export_choice *choice, char **weights,
		  struct err *err)
{
	const char *of = options_value(options, "of"), *severity = options_value(options, "severity");
	*choice = (struct export_choice){.content = format->contents & EXPORT_TASKS ? EXPORT_TASKS : EXPORT_FINDINGS,
		.status = options_value(options, "status"), .domain = options_value(options, "domain"),
		.rule = options_value(options, "rule"), .path_prefix = options_value(options, "path-prefix"), .epics = "none"};
	if (of)
		choice->content = !strcmp(of, "tasks") ? EXPORT_TASKS : EXPORT_FINDINGS;
	if (!(format->contents & choice->content))
		return err_set(err, ERR_INPUT, "--of %s: %s carries %s only", of, format->name, format->contents & EXPORT_TASKS ? "tasks" : "findings");
	if (choice->status && choice->content == EXPORT_FINDINGS)
		return err_set(err, ERR_INPUT, "--status: findings have none; it is for tasks");
	if (severity)
		choice->severity = rule_severity_rank(severity);
	bool is_tracker = format->contents == EXPORT_TASKS; /* one item each, and its epics are items, too */
	size_t most = choice->content == EXPORT_TASKS ? format->most_tasks : format->most_findings;
	choice->most = !is_tracker ? most : options_has(options, "push") ? PUSH_MOST : 0;
	choice->most_items = is_tracker && !options_has(options, "max-results") ? most : 0;
	choice->needs_evidence = format->tells_evidence;
	choice->needs_place = !(format->contents & EXPORT_TASKS);
	int result = options_has(options, "goal") ? goals_parse(options_value(options, "goal"), weights, err) : 0;
	if (!result)
		result = parse_most(options, &choice->most, err);
	if (!result)
		result = check_prefix(choice->path_prefix, err);
	choice->weights = *weights;
	return result;
}

/* ---- what the tracker calls things ---- */

static const char *either(const char *given, const char *otherwise)
{
	return given ? given : otherwise;
}

static enum export_estimate estimate_of(const char *word, enum export_estimate otherwise)
{
	return !word ? otherwise : !strcmp(word, "time") ? EXPORT_ESTIMATE_TIME : !strcmp(word, "points") ? EXPORT_ESTIMATE_POINTS
	       : EXPORT_ESTIMATE_NONE;
}

static void fill_azure(const struct config_azure *azure, const struct options *options, struct export_tracker *out)
{
	static const struct { const char *process, *epic, *task, *field, *column; } processes[] = {
		{"agile", "Feature", "User Story", "Microsoft.VSTS.Scheduling.StoryPoints", "Story Points"},
		{"scrum", "Feature", "Product Backlog Item", "Microsoft.VSTS.Scheduling.Effort", "Effort"},
		{"basic", "Epic", "Issue", "Microsoft.VSTS.Scheduling.Effort", "Effort"},
		{"cmmi", "Feature", "Requirement", "Microsoft.VSTS.Scheduling.Size", "Size"}};
	size_t i = 0;
	while (azure->process && i < 3 && strcmp(azure->process, processes[i].process))
		i++;
	out->estimate = estimate_of(azure->estimate, EXPORT_ESTIMATE_POINTS);
	out->project = either(options_value(options, "project"), either(azure->project, "{project}"));
	out->epic_type = either(azure->epic_type, processes[i].epic);
	out->task_type = either(azure->task_type, processes[i].task);
	out->effort_field = processes[i].field;
	out->effort_column = processes[i].column;
	out->url = azure->url;
	out->area = azure->area;
	out->iteration = azure->iteration;
}

static void fill_jira(const struct config_jira *jira, const struct options *options, bool is_csv, struct export_tracker *out)
{
	static const char *const priorities[] = {"Low", "Medium", "High", "Highest"};
	const char *flavor = either(options_value(options, "jira-flavor"), jira->flavor);
	out->is_data_center = flavor && !strcmp(flavor, "dc");
	/* A CSV's columns are mapped by hand; a field that is not on a project's screen makes the API refuse the issue. */
	out->estimate = estimate_of(jira->estimate, is_csv ? EXPORT_ESTIMATE_TIME : EXPORT_ESTIMATE_NONE);
	out->project = either(options_value(options, "project"), either(jira->project, "PROJECT"));
	out->epic_type = either(jira->epic_type, "Epic");
	out->task_type = either(jira->task_type, "Task");
	for (size_t i = 0; i < EXPORT_SEVERITIES && !jira->no_priorities; i++)
		out->priorities[i] = either(jira->priorities[i], priorities[i]);
	out->points_field = jira->points_field;
	out->epic_name_field = jira->epic_name_field;
	out->epic_link_field = jira->epic_link_field;
	out->parent = jira->epic;
}

/* What the format needs of the configuration, and whether epics are of use in it. */
static int fill_tracker(const struct options *options, const struct session *session, const struct export_format *format,
			struct export_tracker *out, struct export_choice *choice, struct err *err)
{
	const struct config *config = session->config;
	bool is_jira = !strncmp(format->name, "jira-", 5), is_azure = !strncmp(format->name, "azure-", 6);
	bool is_csv = !strcmp(format->name, "jira-csv"), pushes = options_has(options, "push");
	out->is_raw = options_has(options, "raw-csv");
	out->labels = config->export.labels.items;
	out->label_count = config->export.labels.count;
	if (is_azure)
		fill_azure(&config->azure, options, out);
	else
		fill_jira(&config->jira, options, is_csv, out);
	if (pushes && !config->jira.project && !options_has(options, "project"))
		return err_set(err, ERR_INPUT, "--push jira: into which project? set jira: project in sightline.yaml, or give --project KEY");
	if (is_jira && out->estimate == EXPORT_ESTIMATE_POINTS && !is_csv && !out->points_field)
		return err_set(err, ERR_INPUT, "jira: estimate: points needs points_field, the field's id: customfield_10016 on many sites");
	const char *epics = either(options_value(options, "epics"), either(config->export.epics, "goal"));
	if ((is_jira || is_azure) && !out->parent)
		choice->epics = epics;
	if (is_jira && !is_csv && out->is_data_center && !out->epic_link_field && strcmp(choice->epics, "none")) {
		choice->epics = "none";
		if (!session->quiet)
			fprintf(stderr, "sightline: no epics: jira: epic_link_field names the field that links to one\n");
	}
	return 0;
}

/* ---- where it goes ---- */

static int write_whole(const struct loaded_export *loaded, const struct export_format *format, enum export_content content,
		       const char *path, struct err *err)
{
	struct target target;
	int result = target_open(&target, path, err);
	if (result)
		return result;
	struct report_output output = {target_write, target.stream};
	errno = 0;
	if (format->write(&loaded->export, content, &output) || fflush(target.stream))
		result = err_errno(err, ERR_IO, errno ? errno : ENOMEM, "%s: cannot be written", path ? path : "the output");
	return target_close(&target, result, err);
}

static char *page_path(const char *folder, bool is_epics, size_t number)
{
	struct buf path;
	buf_init(&path, BUF_NO_CEILING);
	buf_printf(&path, "%s/%s-%03zu.json", folder, is_epics ? "epics" : "tasks", number);
	return buf_take(&path, NULL);
}

/* The number of a page by its file's name; 0: it is none of ours. */
static unsigned long page_number(const char *name, bool is_epics)
{
	char *end;
	if (strncmp(name, is_epics ? "epics-" : "tasks-", 6) || name[6] < '0' || name[6] > '9')
		return 0;
	unsigned long number = strtoul(name + 6, &end, 10);
	return strcmp(end, ".json") ? 0 : number;
}

/* Pages of an earlier export that had more of them: whoever sends all files would send those, too. */
static int remove_rest(const char *folder, const size_t written[2], struct err *err)
{
	DIR *listing = opendir(folder);
	int result = listing ? 0 : err_errno(err, ERR_IO, errno, "%s: cannot be read", folder);
	for (struct dirent *entry; !result && (entry = readdir(listing));)
		for (int is_epics = 0; !result && is_epics < 2; is_epics++)
			if (page_number(entry->d_name, is_epics) > written[is_epics]) {
				char *path = path_join(folder, entry->d_name);
				if (unlink(path))
					result = err_errno(err, ERR_IO, errno, "%s: an earlier export's page cannot be removed", path);
				free(path);
			}
	if (listing)
		closedir(listing);
	return result;
}

static int write_page(const struct export *export, size_t page, const char *path, struct err *err)
{
	struct target target;
	int result = target_open(&target, path, err);
	if (result)
		return result;
	struct report_output output = {target_write, target.stream};
	if (export_jira_page(export, page, &output) || fflush(target.stream))
		result = err_errno(err, ERR_IO, errno, "%s: cannot be written", path);
	return target_close(&target, result, err);
}

static int write_pages(const struct export *export, const char *folder, struct err *err)
{
	size_t numbers[2] = {0, 0};
	int result = dir_create(folder, err);
	for (size_t page = 0; !result && page < export_jira_pages(export); page++) {
		bool is_epics = export_jira_page_is_epics(export, page);
		char *path = page_path(folder, is_epics, ++numbers[is_epics]);
		result = write_page(export, page, path, err);
		free(path);
	}
	return result ? result : remove_rest(folder, numbers, err);
}

static bool is_folder(const char *path)
{
	struct stat status;
	size_t length = path ? strlen(path) : 0;
	return length && (path[length - 1] == '/' || (!stat(path, &status) && S_ISDIR(status.st_mode)));
}

static void tell_left_out(const struct loaded_export *loaded, const struct export_choice *choice)
{
	bool tasks = choice->content == EXPORT_TASKS;
	if (loaded->export.left_out)
		fprintf(stderr, "sightline: %zu %s of lower %s are left out; --max-results N sets how many there may be (now %zu)\n",
			loaded->export.left_out, tasks ? "tasks" : "findings", tasks ? "priority" : "severity",
			tasks ? loaded->export.task_count : choice->most);
}

static void tell(const struct loaded_export *loaded, const struct export_format *format, const struct export_choice *choice,
		 const char *path)
{
	bool tasks = choice->content == EXPORT_TASKS;
	const char *what = tasks ? "tasks" : "findings";
	if (path && strcmp(path, "-")) {
		fprintf(stderr, "sightline: %zu %s as %s in ", tasks ? loaded->export.task_count : loaded->export.finding_count, what, format->name);
		terminal_print(stderr, "", path, "\n");
	}
	tell_left_out(loaded, choice);
	if (loaded->placeless)
		fprintf(stderr, "sightline: %zu findings are left out: no file can be told for them\n", loaded->placeless);
	if (!strcmp(format->name, "jira-json") && loaded->export.epic_count)
		fprintf(stderr, "sightline: tasks name their epic by its label in braces: put its key there after epics are made, "
				"or let --push jira do all of it\n");
	if (!strcmp(format->name, "azure-json") && (!loaded->export.tracker.url || !strcmp(loaded->export.tracker.project, "{project}")))
		fprintf(stderr, "sightline: {organization} and {project} are to be filled in, or set azure: url and project\n");
}

static int load(const struct options *options, const struct session *session, const struct export_format *format,
		struct export_choice *choice, struct loaded_export *loaded, struct err *err)
{
	int result = fill_tracker(options, session, format, &loaded->export.tracker, choice, err);
	if (result)
		return result;
	struct buf category;
	buf_init(&category, BUF_NO_CEILING);
	buf_printf(&category, "%s/%s", either(options_value(options, "category"), "sightline"), session->release);
	result = export_load(session, choice, loaded, err);
	if (!result)
		loaded->export.category = arena_strndup(loaded->arena, category.data, category.length);
	buf_finish(&category);
	return result;
}

static int run_with(const struct options *options, const struct session *session, const struct export_format *format, struct err *err)
{
	const char *path = options_value(options, "output");
	struct loaded_export loaded = {0};
	struct export_choice choice;
	char *weights = NULL;
	int result = choose(options, format, &choice, &weights, err);
	if (!result)
		result = load(options, session, format, &choice, &loaded, err);
	if (!result && options_has(options, "push")) {
		struct push_choice push = {options_value(options, "token-file"), options_has(options, "dry-run")};
		if (!session->quiet)
			tell_left_out(&loaded, &choice);
		result = export_push(&loaded.export, session, &push, err);
	} else if (!result) {
		result = !strcmp(format->name, "jira-json") && is_folder(path) ? write_pages(&loaded.export, path, err)
			 : write_whole(&loaded, format, choice.content, path, err);
		if (!result && !session->quiet)
			tell(&loaded, format, &choice, path);
	}
	export_unload(&loaded);
	free(weights);
	return result;
}

static int check_push(const struct options *options, struct err *err)
{
	static const char *const needs_push[] = {"dry-run", "token-file"};
	if (options_has(options, "push"))
		return options_has(options, "output") ? err_set(err, ERR_INPUT, "--push jira writes no file: leave -o out") : 0;
	for (size_t i = 0; i < 2; i++)
		if (options_has(options, needs_push[i]))
			return err_set(err, ERR_INPUT, "--%s goes with --push jira", needs_push[i]);
	return 0;
}

static int run_export(const struct options *options, int *code, struct err *err)
{
	(void)code;
	const struct export_format *format = NULL;
	struct session session;
	if (options->operand_count)
		return err_set(err, ERR_INPUT, "sightline export: \"%s\" is unexpected; did you mean -o %s?", options->operands[0],
			       options->operands[0]);
	int result = check_words(options, err);
	if (!result)
		result = check_push(options, err);
	if (!result)
		result = find_format(options, &format, err);
	if (result)
		return result;
	struct options without_format = *options; /* --format is a file's here, not that of rows */
	struct option_value *values = mem_zalloc(options->value_count + 1, sizeof *values);
	without_format.values = values;
	without_format.value_count = 0;
	for (size_t i = 0; i < options->value_count; i++)
		if (strcmp(options->values[i].option->name, "format"))
			values[without_format.value_count++] = options->values[i];
	result = session_open(&without_format, &session, err);
	free(values);
	if (result)
		return result;
	result = run_with(options, &session, format, err);
	session_finish(&session);
	return result;
}

static const struct option_spec export_options[] = {
	{0, "format", "jira-csv|jira-json|azure-csv|azure-json|sarif|sonar|gitlab|csv|json|markdown",
	 "what to write (default: by the name of the output)"},
	{'o', "output", "PATH", "where to (default: standard output); jira-json: FOLDER/ gets one file per request"},
	{0, "of", "tasks|findings", "what csv, json and markdown hold (default: tasks)"},
	{0, "goal", "GOAL=WEIGHT,...", "only of these goals; tasks are ranked by them"},
	{0, "status", "open|reopened|accepted|done|all", "tasks of this status (default: open and reopened)"},
	{0, "severity", "info|minor|major|critical", "only these and worse ones"},
	{0, "domain", "NAME", "only in this domain"},
	{0, "rule", "ID", "only of this rule (id or name)"},
	{0, "max-results", "N", "at most so many, the worst first (default: what the reader takes; --push: 100)"},
	{0, "path-prefix", "FOLDER", "where the codebase lies below its repository's root"},
	{0, "category", "NAME", "sarif: a later upload of this name replaces the one before (default: sightline)"},
	{0, "epics", "goal|domain|none", "what tasks are gathered under in trackers (default: goal)"},
	{0, "jira-flavor", "cloud|dc", "Jira Cloud or Data Center (default: cloud)"},
	{0, "project", "KEY", "Jira's or Azure's project"},
	{0, "raw-csv", NULL, "leave cells that begin like a formula as they are: for programs, not for spreadsheets"},
	{0, "push", "jira", "make the issues that are not there yet on a Jira site"},
	{0, "dry-run", NULL, "with --push: only say what would be made"},
	{0, "token-file", "FILE", "with --push: where the token is (default: the environment's SIGHTLINE_JIRA_TOKEN)"},
	OPTION_RULES, OPTION_RELEASE, {0, NULL, NULL, NULL},
};
const struct command_spec command_export = {
	.name = "export", .synopsis = "--format FORMAT [-o PATH] [OPTIONS]", .summary = "hand tasks and findings to other tools",
	.description =
		"Tasks go to trackers: jira-csv and azure-csv for their imports, jira-json and azure-json for their REST APIs. Findings go to\n"
		"code scanning: sarif (GitHub and others), sonar (SonarQube's generic issues), gitlab (Code Quality). csv, json and markdown\n"
		"hold either. What a format or its reader takes at most is cut by priority or severity, and what is left out is told.\n"
		"In CSV, text that a spreadsheet would run as a formula gets an apostrophe in front.\n"
		"\n"
		"Each task has an external id, CODEBASE:KEY, the same in every release. Jira's import updates issues by it; --push jira makes\n"
		"only those of which no issue bears its label, and leaves the others as people changed them. It needs jira: url, project and\n"
		"user in sightline.yaml (or SIGHTLINE_JIRA_URL, --project, SIGHTLINE_JIRA_USER) and a token in SIGHTLINE_JIRA_TOKEN or a file:\n"
		"never on the command line. Data Center takes the token alone. At most 100 tasks are pushed at once unless --max-results says more;\n"
		"what was not reached is made by the next push. Exit code 2: the site refused something, and said why; 3: it did not answer.\n"
		"\n"
		"Story points are made of the estimate: 1 up to an hour, 2 up to half a day, 3 a day, 5 two days, 8 a week, 13 beyond.\n"
		"sightline.yaml says what a tracker calls things:\n"
		"\n"
		"  export: {codebase: NAME, epics: goal|domain|none, labels: [LABEL]}\n"
		"  jira: {url: https://NAME.atlassian.net, project: KEY, user: ADDRESS, flavor: cloud|dc, task_type: Task, epic_type: Epic,\n"
		"         epic: KEY-1, estimate: time|points|none, points_field: customfield_10016, epic_link_field: customfield_10014,\n"
		"         epic_name_field: customfield_10011, priorities: {critical: Highest, major: High} or off}\n"
		"  azure: {url: https://dev.azure.com/ORGANISATION, project: NAME, process: agile|scrum|basic|cmmi, task_type: TYPE,\n"
		"          epic_type: TYPE, area: PATH, iteration: PATH, estimate: points|none}",
	.examples = "  sightline export --format jira-csv --goal velocity --max-results 25 -o tasks.csv\n      a sprint's worth of tasks for Jira's import\n"
		    "  SIGHTLINE_JIRA_TOKEN=$(pass jira) sightline export --push jira --dry-run\n      which issues would be made on the Jira site; without --dry-run they are\n"
		    "  sightline export --format sarif -o sightline.sarif\n      for GitHub code scanning: upload it with github/codeql-action/upload-sarif\n"
		    "  sightline export --format gitlab -o gl-code-quality-report.json\n      for artifacts: reports: codequality in .gitlab-ci.yml\n"
		    "  sightline export --format sonar -o sonar.json\n      for SonarQube: -Dsonar.externalIssuesReportPaths=sonar.json\n"
		    "  sightline export --format markdown --domain networking\n      what to do in one domain, to paste into an issue",
	.options = export_options, .run = run_export,
};
