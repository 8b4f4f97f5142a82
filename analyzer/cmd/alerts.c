/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cmd/alerts.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/hash.h"
#include "base/text.h"
#include "cmd/feed.h"
#include "cmd/target.h"
#include "cmd/terminal.h"
#include "net/http.h"
#include "net/signature.h"
#include "reports/alert.h"

#define COMMAND_SECONDS 30
#define WEBHOOK_SECONDS 10   /* of one attempt */
#define WEBHOOK_ATTEMPTS 4
#define ALL_ATTEMPTS 6       /* times the seconds of one: with the waits between */

/* What one target gets. */
struct delivery {
	const struct alerts *alerts;
	const struct config_alert *alert;
	struct alert_event *events; size_t count;
	struct alert_place *places;
	char *name;               /* of the target, for people: no secret in it */
	struct buf body;
};

int alerts_check(const struct config *config, struct err *err)
{
	enum drift_kind ignored;
	for (size_t i = 0; i < config->alert_count; i++)
		for (size_t k = 0; k < config->alerts[i].kind_count; k++) {
			const struct config_word *kind = &config->alerts[i].kinds[k];
			const char *nearest = NULL;
			size_t best = strlen(kind->text) / 3 + 1;
			if (drift_kind_find(kind->text, &ignored))
				continue;
			for (unsigned known = 0; known < DRIFT_KINDS && strlen(kind->text) < 100; known++) {
				const char *name = drift_kind_info((enum drift_kind)known)->name;
				size_t distance = text_distance(kind->text, name);
				if (distance < best) {
					best = distance;
					nearest = name;
				}
			}
			return err_set(err, ERR_INPUT, "%s:%u:%u: there are no events of kind \"%.60s\"%s%s%s", config->path, kind->line, kind->column,
				       kind->text, nearest ? "; did you mean \"" : "; 'sightline drift --help' lists the kinds", nearest ? nearest : "",
				       nearest ? "\"?" : "");
		}
	return 0;
}

bool alerts_are_allowed(const struct options *options)
{
	return options_has(options, "alerts") || options_has(options, "config");
}

/* ---- which events ---- */

static bool wants(const struct config_alert *alert, const struct drift_event *event)
{
	const struct drift_kind_info *info = drift_kind_info(event->kind);
	enum drift_severity least = DRIFT_MINOR;
	if (alert->severity)
		drift_severity_find(alert->severity, &least);
	for (size_t i = 0; i < alert->kind_count; i++)
		if (!strcmp(alert->kinds[i].text, info->name))
			return !alert->severity || event->severity >= least; /* asked for by name: of any severity */
	return !alert->kind_count && !info->is_improvement && event->severity >= least;
}

/* The host of a URL; what stands before and behind it may be secret. */
static void append_host(struct buf *out, const char *url)
{
	const char *host = strstr(url, "://"), *at;
	host = host ? host + 3 : url;
	size_t length = strcspn(host, "/?#");
	if ((at = memchr(host, '@', length))) {
		length -= (size_t)(at + 1 - host);
		host = at + 1;
	}
	terminal_append(out, host, length);
}

static char *name_target(const struct config_alert *alert)
{
	struct buf name;
	buf_init(&name, 200);
	if (alert->command) {
		buf_append_string(&name, "command \"");
		terminal_append(&name, alert->command, strlen(alert->command) > 60 ? 60 : strlen(alert->command));
		buf_append_string(&name, strlen(alert->command) > 60 ? "...\"" : "\"");
	} else {
		buf_append_string(&name, alert->is_slack ? "Slack webhook " : "webhook ");
		if (alert->webhook)
			append_host(&name, alert->webhook);
		else
			buf_printf(&name, "$%s", alert->webhook_variable);
	}
	return buf_take(&name, NULL);
}

/* By this the model remembers what a target was sent. */
static char *remark_key(const struct config_alert *alert)
{
	struct hasher *hasher = hasher_create();
	char hex[HASH_HEX_LENGTH + 1];
	struct buf key;
	hasher_add_string(hasher, alert->command ? alert->command : "");
	hasher_add_string(hasher, alert->webhook ? alert->webhook : "");
	hasher_add_string(hasher, alert->webhook_variable ? alert->webhook_variable : "");
	hash_hex(hasher_result(hasher), hex);
	hasher_destroy(hasher);
	buf_init(&key, 100);
	buf_printf(&key, "alerted %s", hex);
	return buf_take(&key, NULL);
}

/* The fingerprints that were sent for the same older release; "" where it was another. Heap. */
static char *sent_before(const char *remark, const char *from)
{
	size_t length = strlen(from);
	if (!strncmp(remark, from, length) && remark[length] == '\n')
		return mem_strdup(remark + length + 1);
	return mem_strdup("");
}

static void take_event(struct delivery *delivery, const struct drift_event *event, size_t *places)
{
	const struct drift_kind_info *info = drift_kind_info(event->kind);
	struct alert_place *first = delivery->places + *places;
	for (size_t i = 0; i < event->evidence_count; i++)
		delivery->places[(*places)++] = (struct alert_place){event->evidence[i].symbol, event->evidence[i].from, event->evidence[i].file,
								     event->evidence[i].line};
	delivery->events[delivery->count++] = (struct alert_event){
		.kind = info->name, .severity = drift_severity_name(event->severity), .subject = event->subject, .detail = event->detail,
		.why = info->why, .advice = info->advice, .file = event->file, .line = event->line, .fingerprint = event->fingerprint,
		.is_improvement = info->is_improvement, .places = first, .place_count = event->evidence_count};
}

static void choose(struct delivery *delivery, const char *sent)
{
	const struct drift *drift = delivery->alerts->drift;
	size_t places = 0;
	for (size_t i = 0; i < drift->count; i++)
		places += drift->events[i].evidence_count;
	delivery->events = mem_zalloc(drift->count + 1, sizeof *delivery->events);
	delivery->places = mem_zalloc(places + 1, sizeof *delivery->places);
	places = 0;
	for (size_t i = 0; i < drift->count; i++)
		if (wants(delivery->alert, &drift->events[i]) && !strstr(sent, drift->events[i].fingerprint))
			take_event(delivery, &drift->events[i], &places);
}

/* ---- sending ---- */

static int append_body(void *context, const void *bytes, size_t length)
{
	buf_append(context, bytes, length);
	return 0;
}

static void make_body(struct delivery *delivery)
{
	struct alert alert = {delivery->alerts->codebase, delivery->alerts->from, delivery->alerts->to, delivery->events, delivery->count};
	struct report_output output = {append_body, &delivery->body};
	if (delivery->alert->command)
		report_alert_lines(&alert, &output);
	else if (delivery->alert->is_slack)
		report_alert_slack(&alert, &output);
	else
		report_alert_json(&alert, &output);
}

static void told(void *context, const char *line)
{
	(void)context;
	terminal_print(stderr, "sightline: alert: ", line, "\n");
}

static const char *variable(const char *name, struct err *err)
{
	const char *value = getenv(name);
	if (!value || !*value)
		err_set(err, ERR_INPUT, "the environment variable %s is not set", name);
	return value && *value ? value : NULL;
}

static int post(const struct delivery *delivery, struct err *err)
{
	const struct config_alert *alert = delivery->alert;
	unsigned seconds = alert->seconds ? alert->seconds : WEBHOOK_SECONDS;
	struct http_policy policy = {.attempts = WEBHOOK_ATTEMPTS, .attempt_seconds = seconds, .total_seconds = ALL_ATTEMPTS * seconds, .told = told};
	const char *url = alert->webhook ? alert->webhook : variable(alert->webhook_variable, err);
	const char *key = alert->secret_variable ? variable(alert->secret_variable, err) : NULL;
	char signature[sizeof "sha256=" + SIGNATURE_HEX] = "sha256=", delivery_id[HASH_HEX_LENGTH + 1];
	if (!url || (alert->secret_variable && !key))
		return ERR_INPUT;
	hash_hex(hash_bytes(delivery->body.data, delivery->body.length), delivery_id);
	struct http_header headers[4] = {{"Content-Type", "application/json"}, {"X-Sightline-Event", "drift"}, {"X-Sightline-Delivery", delivery_id}};
	size_t header_count = 3;
	if (key) {
		signature_make(key, delivery->body.data, delivery->body.length, signature + strlen(signature));
		headers[header_count++] = (struct http_header){"X-Sightline-Signature-256", signature};
	}
	/* Told twice is better than not at all, and the delivery's id tells that it is the same. */
	struct http_request request = {.method = "POST", .url = url, .headers = headers, .header_count = header_count, .body = delivery->body.data,
				       .body_length = delivery->body.length, .is_secret = alert->webhook_variable != NULL, .is_repeatable = true};
	struct http_response response = {0};
	struct http *http = NULL;
	int result = http_create(&policy, &http, err);
	if (!result)
		result = http_send(http, &request, &response, NULL, err);
	if (!result && (response.status < 200 || response.status > 299))
		result = err_set(err, ERR_IO, "it answered %ld", response.status);
	http_response_finish(&response);
	http_destroy(http);
	return result;
}

static int send_body(const struct delivery *delivery, struct err *err)
{
	const struct config_alert *alert = delivery->alert;
	if (!alert->command)
		return post(delivery, err);
	return feed_command(alert->command, delivery->alerts->root, delivery->body.data, delivery->body.length,
			    alert->seconds ? alert->seconds : COMMAND_SECONDS, err);
}

static void print_body(const struct delivery *delivery)
{
	printf("%s%s%s: %zu %s\n", terminal_style(stdout, STYLE_BOLD), delivery->name, terminal_style(stdout, STYLE_PLAIN), delivery->count,
	       delivery->count == 1 ? "event" : "events");
	if (delivery->count)
		fwrite(delivery->body.data, 1, delivery->body.length, stdout);
}

/* ---- one target after the other ---- */

static int remember(const struct delivery *delivery, struct model *model, const char *key, const char *sent, struct err *err)
{
	struct buf text;
	buf_init(&text, BUF_NO_CEILING);
	buf_printf(&text, "%s\n%s", delivery->alerts->from, sent);
	for (size_t i = 0; i < delivery->count; i++)
		buf_printf(&text, "%s ", delivery->events[i].fingerprint);
	int result = model_remark_put(model, key, text.data, err);
	buf_finish(&text);
	return result;
}

static int deliver(struct delivery *delivery, struct model *model, const char *key, const char *sent, size_t *failed, struct err *err)
{
	struct err problem = {0};
	const char *plural = delivery->count == 1 ? "event" : "events";
	make_body(delivery);
	if (delivery->alerts->dry_run) {
		print_body(delivery);
		return 0;
	}
	if (!delivery->count)
		return 0;
	if (send_body(delivery, &problem)) {
		struct buf line;
		buf_init(&line, BUF_NO_CEILING);
		buf_printf(&line, "%s: %s; %zu %s not sent, 'sightline alerts' tries again", delivery->name, problem.text, delivery->count, plural);
		terminal_print(stderr, "sightline: warning: alert: ", line.data, "\n");
		buf_finish(&line);
		++*failed;
		return 0;
	}
	fprintf(stderr, "sightline: alert: %zu %s sent to %s\n", delivery->count, plural, delivery->name);
	return remember(delivery, model, key, sent, err);
}

int alerts_send(const struct alerts *alerts, struct model *model, size_t *failed, struct err *err)
{
	size_t own_failed = 0;
	int result = 0;
	for (size_t i = 0; !result && i < alerts->config->alert_count; i++) {
		struct delivery delivery = {.alerts = alerts, .alert = &alerts->config->alerts[i], .name = name_target(&alerts->config->alerts[i])};
		char *key = remark_key(delivery.alert), *remark = NULL, *sent = NULL;
		buf_init(&delivery.body, BUF_NO_CEILING);
		result = model_remark(model, key, &remark, err);
		if (!result) {
			sent = alerts->again ? mem_strdup("") : sent_before(remark, alerts->from);
			choose(&delivery, sent);
			result = deliver(&delivery, model, key, sent, &own_failed, err);
		}
		free(delivery.events);
		free(delivery.places);
		free(delivery.name);
		buf_finish(&delivery.body);
		free(key);
		free(remark);
		free(sent);
	}
	if (failed)
		*failed = own_failed;
	return result;
}
