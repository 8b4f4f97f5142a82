/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cmd/export_push.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/mem.h"
#include "base/text.h"
#include "cmd/terminal.h"
#include "net/jira.h"

#define TOKEN_BYTES ((size_t)16 << 10)
#define ROUNDS 3 /* tries of one page of which it is not sure what became of it */

enum state { MISSING, THERE, CREATED, REFUSED };
struct item {
	const char *label, *name, *title;
	enum state state;
	char *key, *why; /* heap */
};

struct push {
	const struct export *export;
	struct jira *jira;
	struct item *items; size_t count; /* epics first, as in export */
	bool is_dry_run;
};

/* ---- settings ---- */

static const char *environment(const char *name)
{
	const char *value = getenv(name);
	return value && *value ? value : NULL;
}

/* The token, heap. A file's last line end is not of it. */
static int read_token(const char *file, char **out, struct err *err)
{
	size_t length;
	char *text = NULL;
	if (!file) {
		const char *value = environment("SIGHTLINE_JIRA_TOKEN");
		if (!value)
			return err_set(err, ERR_INPUT, "--push jira: no token; set SIGHTLINE_JIRA_TOKEN or give --token-file FILE");
		*out = mem_strdup(value);
		return 0;
	}
	struct err cause = {0};
	if (file_read(file, TOKEN_BYTES, &text, &length, &cause))
		return err_set(err, ERR_INPUT, "--token-file: %s", cause.text);
	while (length && (text[length - 1] == '\n' || text[length - 1] == '\r'))
		text[--length] = 0;
	*out = text;
	return 0;
}

static void tell_wait(void *context, const char *line)
{
	(void)context;
	terminal_print(stderr, "sightline: ", line, "\n");
}

static int open_jira(struct push *push, const struct session *session, const char *token_file, struct err *err)
{
	const struct config_jira *config = &session->config->jira;
	const char *url = environment("SIGHTLINE_JIRA_URL"), *user = environment("SIGHTLINE_JIRA_USER"), *name = NULL;
	struct jira_settings settings = {.url = url ? url : config->url, .user = user ? user : config->user,
					 .project = push->export->tracker.project,
					 .is_data_center = push->export->tracker.is_data_center};
	char *token = NULL;
	if (settings.is_data_center)
		settings.user = NULL; /* its tokens go alone */
	settings.policy.told = session->quiet ? NULL : tell_wait;
	if (!settings.url)
		return err_set(err, ERR_INPUT, "--push jira: where to? set jira: url in sightline.yaml, or SIGHTLINE_JIRA_URL");
	if (!settings.is_data_center && !settings.user)
		return err_set(err, ERR_INPUT, "--push jira: whose token is it? set jira: user in sightline.yaml, or SIGHTLINE_JIRA_USER, "
			       "to the address of its owner");
	int result = read_token(token_file, &token, err);
	if (result)
		return result;
	settings.token = token;
	result = jira_open(&settings, &push->jira, err);
	if (result)
		err_prefix(err, "--push jira");
	explicit_bzero(token, strlen(token));
	free(token);
	if (!result && (result = jira_myself(push->jira, &name, err)))
		err_prefix(err, "%s", settings.url);
	if (!result && !session->quiet) {
		terminal_print(stderr, "sightline: ", settings.url, ", project ");
		terminal_print(stderr, "", settings.project, ", as ");
		terminal_print(stderr, "", name, "\n");
	}
	return result;
}

/* ---- what is there, what is made ---- */

static void take_key(struct item *item, enum state state, const char *key)
{
	free(item->key);
	item->key = mem_strdup(key);
	item->state = state;
}

struct looking { struct push *push; const size_t *which; enum state state; };

static void found(void *context, size_t label, const char *key)
{
	struct looking *looking = context;
	struct item *item = &looking->push->items[looking->which[label]];
	if (item->state == MISSING) /* the first of several: that of the oldest issue */
		take_key(item, looking->state, key);
}

/* Looks for some items; what is found gets the state. */
static int look(struct push *push, const size_t *which, size_t count, enum state state, struct err *err)
{
	const char **labels = mem_zalloc(count + 1, sizeof *labels);
	struct looking looking = {push, which, state};
	for (size_t i = 0; i < count; i++)
		labels[i] = push->items[which[i]].label;
	int result = jira_find(push->jira, labels, count, found, &looking, err);
	free(labels);
	return result;
}

static int append_bytes(void *context, const void *bytes, size_t length)
{
	buf_append(context, bytes, length);
	return 0;
}

static char *body_of(const struct push *push, size_t at)
{
	struct buf text;
	buf_init(&text, BUF_NO_CEILING);
	struct report_output output = {append_bytes, &text};
	size_t epics = push->export->epic_count;
	int status;
	if (at < epics) {
		status = export_jira_epic(push->export, at, &output);
	} else {
		uint32_t epic = push->export->tasks[at - epics].epic;
		const char *parent = push->export->tracker.parent ? push->export->tracker.parent
				     : epic != EXPORT_NONE ? push->items[epic].key : NULL;
		status = export_jira_task(push->export, at - epics, parent, &output);
	}
	if (status)
		mem_exhausted(text.length); /* nothing else can fail: it is written into memory */
	return buf_take(&text, NULL);
}

static int create_once(struct push *push, const size_t *which, size_t count, bool *unsure, struct err *err)
{
	char *bodies[JIRA_MOST];
	struct jira_outcome outcomes[JIRA_MOST];
	for (size_t i = 0; i < count; i++)
		bodies[i] = body_of(push, which[i]);
	int result = jira_create(push->jira, (const char *const *)bodies, count, outcomes, unsure, err);
	for (size_t i = 0; i < count; i++) {
		struct item *item = &push->items[which[i]];
		free(bodies[i]);
		if (!result && outcomes[i].key)
			take_key(item, CREATED, outcomes[i].key);
		if (!result && outcomes[i].why) {
			item->state = REFUSED;
			item->why = mem_strdup(outcomes[i].why);
		}
	}
	return result;
}

static void wait_seconds(unsigned seconds)
{
	struct timespec left = {.tv_sec = seconds};
	while (nanosleep(&left, &left))
		;
}

/* Creates at most JIRA_MOST. Where an answer got lost, what was made in spite of it is looked for before the rest is tried again: no
 * issue is made twice. */
static int create_page(struct push *push, size_t *which, size_t count, struct err *err)
{
	for (unsigned round = 1;; round++) {
		bool unsure = false;
		int result = create_once(push, which, count, &unsure, err);
		if (!result || !unsure)
			return result;
		struct err lost = *err;
		wait_seconds(round); /* a search sees new issues a little later */
		result = look(push, which, count, CREATED, err);
		if (result)
			return err_prefix(err, "%s; then", lost.text);
		size_t left = 0;
		for (size_t i = 0; i < count; i++)
			if (push->items[which[i]].state == MISSING)
				which[left++] = which[i];
		count = left;
		if (!count)
			return 0;
		if (round == ROUNDS) {
			*err = lost;
			return err->code;
		}
	}
}

/* All that is missing of items from first up to last. */
static int create_missing(struct push *push, size_t first, size_t last, struct err *err)
{
	size_t which[JIRA_MOST], count = 0;
	int result = 0;
	for (size_t i = first; !result && i <= last; i++) {
		if (i < last && push->items[i].state == MISSING)
			which[count++] = i;
		if (count == JIRA_MOST || (i == last && count)) {
			result = create_page(push, which, count, err);
			count = 0;
		}
	}
	return result;
}

/* Epics that get no new task are not made. */
static void drop_idle_epics(struct push *push)
{
	size_t epics = push->export->epic_count;
	bool *busy = mem_zalloc(epics + 1, sizeof *busy);
	for (size_t i = epics; i < push->count; i++)
		if (push->items[i].state == MISSING && push->export->tasks[i - epics].epic != EXPORT_NONE)
			busy[push->export->tasks[i - epics].epic] = true;
	for (size_t i = 0; i < epics; i++)
		if (!busy[i] && push->items[i].state == MISSING)
			push->items[i].state = THERE;
	free(busy);
}

static int create_all(struct push *push, struct err *err)
{
	size_t epics = push->export->epic_count;
	int result = create_missing(push, 0, epics, err);
	for (size_t i = epics; !result && i < push->count; i++) {
		uint32_t epic = push->export->tasks[i - epics].epic;
		if (push->items[i].state == MISSING && epic != EXPORT_NONE && push->items[epic].state == REFUSED) {
			push->items[i].state = REFUSED;
			push->items[i].why = mem_strdup("its epic was refused; jira: epic_type names the type, export: epics: none makes none");
		}
	}
	return result ? result : create_missing(push, epics, push->count, err);
}

/* ---- what is told ---- */

static void print_item(const struct item *item, const char *word)
{
	terminal_print(stdout, word, item->key ? item->key : "-", "");
	terminal_print(stdout, "  ", item->name, "");
	terminal_print(stdout, "  ", item->title, "");
	if (item->why)
		terminal_print(stdout, ": ", item->why, "");
	fputc('\n', stdout);
}

/* Prints what happened; where nothing else went wrong, refusals are the error. */
static int tell(const struct push *push, bool quiet, int result, struct err *err)
{
	size_t made = 0, there = 0, refused = 0, missing = 0;
	const char *why = NULL;
	for (size_t i = 0; i < push->count; i++) {
		const struct item *item = &push->items[i];
		made += item->state == CREATED;
		there += item->state == THERE && item->key;
		refused += item->state == REFUSED;
		missing += item->state == MISSING;
		why = !why && item->state == REFUSED ? item->why : why;
		if (item->state == CREATED)
			print_item(item, "created  ");
		else if (item->state == REFUSED)
			print_item(item, "refused  ");
		else if (item->state == MISSING && push->is_dry_run && !result)
			print_item(item, "missing  ");
	}
	fflush(stdout);
	if (!quiet && push->is_dry_run && !result)
		fprintf(stderr, "sightline: dry run: %zu would be made, %zu are there\n", missing, there);
	else if (!quiet)
		fprintf(stderr, "sightline: %zu made, %zu were there, %zu refused\n", made, there, refused);
	if (!quiet && result && missing)
		fprintf(stderr, "sightline: %zu were not reached; run it again, what is there is not made twice\n", missing);
	if (!result && refused)
		result = err_set(err, ERR_INPUT, "%zu of %zu issues were refused; the first: %s", refused, push->count, why);
	return result;
}

static void name_items(struct push *push)
{
	const struct export *export = push->export;
	push->count = export->epic_count + export->task_count;
	push->items = mem_zalloc(push->count + 1, sizeof *push->items);
	for (size_t i = 0; i < export->epic_count; i++)
		push->items[i] = (struct item){.label = export->epics[i].label, .name = "epic", .title = export->epics[i].title};
	for (size_t i = 0; i < export->task_count; i++)
		push->items[export->epic_count + i] = (struct item){.label = export->tasks[i].label, .name = export->tasks[i].key,
								    .title = export->tasks[i].title};
}

int export_push(const struct export *export, const struct session *session, const struct push_choice *choice, struct err *err)
{
	struct push push = {.export = export, .is_dry_run = choice->is_dry_run};
	name_items(&push);
	size_t *all = mem_zalloc(push.count + 1, sizeof *all);
	for (size_t i = 0; i < push.count; i++)
		all[i] = i;
	int result = open_jira(&push, session, choice->token_file, err);
	bool is_open = !result;
	if (!result)
		result = look(&push, all, push.count, THERE, err);
	if (!result)
		drop_idle_epics(&push);
	if (!result && !choice->is_dry_run)
		result = create_all(&push, err);
	if (is_open)
		result = tell(&push, session->quiet, result, err);
	for (size_t i = 0; i < push.count; i++) {
		free(push.items[i].key);
		free(push.items[i].why);
	}
	free(push.items);
	free(all);
	jira_close(push.jira);
	return result;
}
