/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "net/jira.h"

#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

#define LABELS_AT_ONCE 40
#define PAGE 100
#define PAGES_MOST 1000 /* of one search: a server that always has a next page does not keep us */

struct jira {
	struct arena *arena;
	struct http *http;
	const char *base, *project, *token;
	char *authorization;    /* the header's value */
	bool is_data_center;
};

int jira_open(const struct jira_settings *settings, struct jira **out, struct err *err)
{
	struct http *http = NULL;
	int result = http_check_url(settings->url, true, err);
	if (!result && (!*settings->token || settings->token[strcspn(settings->token, "\r\n\t ")]))
		result = err_set(err, ERR_INPUT, "the token is empty or has white space in it");
	if (!result)
		result = http_create(&settings->policy, &http, err);
	if (result)
		return result;
	struct arena *arena = arena_create();
	struct jira *jira = arena_zalloc(arena, 1, sizeof *jira);
	struct buf text;
	size_t length = strlen(settings->url);
	while (length && settings->url[length - 1] == '/')
		length--;
	buf_init(&text, BUF_NO_CEILING);
	if (settings->user)
		http_append_basic(&text, settings->user, settings->token);
	else
		buf_printf(&text, "Bearer %s", settings->token);
	*jira = (struct jira){.arena = arena, .http = http, .base = arena_strndup(arena, settings->url, length),
			      .project = arena_strdup(arena, settings->project), .token = arena_strdup(arena, settings->token),
			      .is_data_center = settings->is_data_center, .authorization = buf_take(&text, NULL)};
	*out = jira;
	return 0;
}

void jira_close(struct jira *jira)
{
	if (!jira)
		return;
	http_destroy(jira->http);
	explicit_bzero(jira->authorization, strlen(jira->authorization));
	free(jira->authorization);
	explicit_bzero((char *)jira->token, strlen(jira->token));
	arena_destroy(jira->arena);
}

/* ---- what the server says ---- */

static void replace_all(char *text, const char *secret)
{
	size_t length = strlen(secret);
	for (char *at = text; length >= 4 && (at = strstr(at, secret));)
		memset(at, '*', length);
}

/* A server may repeat what it was sent, the token with it. In the arena. */
static const char *without_secrets(struct jira *jira, const char *text)
{
	char *copy = arena_strdup(jira->arena, text);
	replace_all(copy, jira->token);
	replace_all(copy, strchr(jira->authorization, ' ') + 1);
	return copy;
}

static void append_text(struct buf *out, const char *name, const json_t *value)
{
	if (!json_is_string(value) || out->length > 400)
		return;
	buf_printf(out, "%s%s%s%.300s", out->length ? "; " : "", name, *name ? ": " : "", json_string_value(value));
}

/* {"errorMessages": [text], "errors": {field: text}} as one line; "" where there is nothing of it. */
static const char *complaints(struct jira *jira, const json_t *object)
{
	struct buf text;
	size_t i;
	const char *field;
	json_t *value;
	buf_init(&text, 2000);
	json_array_foreach(json_object_get(object, "errorMessages"), i, value)
		append_text(&text, "", value);
	json_object_foreach(json_object_get(object, "errors"), field, value)
		append_text(&text, field, value);
	append_text(&text, "", json_object_get(object, "message"));
	const char *out = text.length ? without_secrets(jira, text.data) : "";
	buf_finish(&text);
	return out;
}

static json_t *parse(const struct http_response *response)
{
	return json_loadb(response->body, response->length, JSON_REJECT_DUPLICATES, NULL);
}

/* What an answer that is no success means. */
static int refuse(struct jira *jira, const char *what, const struct http_response *response, struct err *err)
{
	json_t *body = parse(response);
	const char *said = complaints(jira, body);
	json_decref(body);
	switch (response->status) {
	case 401:
		return err_set(err, ERR_INPUT, "%s: 401: the token is not accepted%s%s; is it of this site, not expired%s?", what,
			       *said ? ": " : "", said, jira->is_data_center ? "" : ", and jira: user the address it belongs to");
	case 403:
		return err_set(err, ERR_INPUT, "%s: 403: not allowed%s%s; may the token's owner do this in project %s?", what, *said ? ": " : "",
			       said, jira->project);
	case 404:
		return err_set(err, ERR_INPUT, "%s: 404: not there%s%s; is the URL that of the site, and jira: flavor right?", what,
			       *said ? ": " : "", said);
	case 301: case 302: case 303: case 307: case 308:
		return err_set(err, ERR_INPUT, "%s: %ld: the site has moved, or asks for a login; give the URL that it ends at", what,
			       response->status);
	default:
		return err_set(err, response->status == 400 ? ERR_INPUT : ERR_IO, "%s: %ld%s%s", what, response->status, *said ? ": " : "",
			       said);
	}
}

static int send_request(struct jira *jira, const char *method, const char *path, const char *body, bool is_repeatable,
			struct http_response *response, bool *unsure, struct err *err)
{
	const struct http_header headers[] = {{"Authorization", jira->authorization}, {"Accept", "application/json"},
					      {"Content-Type", "application/json"}};
	struct buf url;
	buf_init(&url, BUF_NO_CEILING);
	buf_printf(&url, "%s/rest/api/%d/%s", jira->base, jira->is_data_center ? 2 : 3, path);
	struct http_request request = {.method = method, .url = url.data, .headers = headers, .header_count = body ? 3 : 2, .body = body,
				       .body_length = body ? strlen(body) : 0, .is_secret = true, .is_repeatable = is_repeatable};
	int result = http_send(jira->http, &request, response, unsure, err);
	buf_finish(&url);
	return result;
}

int jira_myself(struct jira *jira, const char **name, struct err *err)
{
	struct http_response response = {0};
	int result = send_request(jira, "GET", "myself", NULL, true, &response, NULL, err);
	if (!result && response.status != 200)
		result = refuse(jira, "asking who we are", &response, err);
	if (!result) {
		json_t *body = parse(&response);
		const char *said = json_string_value(json_object_get(body, "displayName"));
		if (!json_is_object(body))
			result = err_set(err, ERR_INPUT, "asking who we are: the answer is no JSON; is this a Jira site's URL?");
		else
			*name = without_secrets(jira, said ? said : "?");
		json_decref(body);
	}
	http_response_finish(&response);
	return result;
}

/* ---- search ---- */

struct search {
	const char *const *labels;
	size_t count;
	void (*found)(void *context, size_t label, const char *key);
	void *context;
	size_t first;       /* index of labels[0] for the caller */
};

static void append_quoted(struct buf *out, const char *text)
{
	buf_append_char(out, '"');
	for (; *text; text++) {
		if (*text == '"' || *text == '\\')
			buf_append_char(out, '\\');
		buf_append_char(out, *text);
	}
	buf_append_char(out, '"');
}

static char *search_body(const struct jira *jira, const struct search *search, size_t start, const char *token)
{
	struct buf jql;
	buf_init(&jql, BUF_NO_CEILING);
	buf_append_string(&jql, "project = ");
	append_quoted(&jql, jira->project);
	buf_append_string(&jql, " AND labels in (");
	for (size_t i = 0; i < search->count; i++) {
		buf_append_string(&jql, i ? ", " : "");
		append_quoted(&jql, search->labels[i]);
	}
	buf_append_string(&jql, ") ORDER BY created ASC");
	json_t *body = json_pack("{s:s, s:i, s:[s]}", "jql", jql.data, "maxResults", PAGE, "fields", "labels");
	if (jira->is_data_center)
		json_object_set_new(body, "startAt", json_integer((json_int_t)start));
	else if (token)
		json_object_set_new(body, "nextPageToken", json_string(token));
	char *text = json_dumps(body, JSON_COMPACT);
	if (!text)
		mem_exhausted(0);
	json_decref(body);
	buf_finish(&jql);
	return text;
}

static void tell_found(const struct search *search, const json_t *issue)
{
	const char *key = json_string_value(json_object_get(issue, "key"));
	size_t i;
	json_t *label;
	json_array_foreach(json_object_get(json_object_get(issue, "fields"), "labels"), i, label)
		for (size_t j = 0; key && json_is_string(label) && j < search->count; j++)
			if (!strcmp(json_string_value(label), search->labels[j]))
				search->found(search->context, search->first + j, key);
}

/* One page. *token (heap) is that of the next one, *start where it starts; *more: there is one. */
static int search_page(struct jira *jira, const struct search *search, size_t *start, char **token, bool *more, struct err *err)
{
	struct http_response response = {0};
	size_t i;
	json_t *issue;
	char *request = search_body(jira, search, *start, *token);
	int result = send_request(jira, "POST", jira->is_data_center ? "search" : "search/jql", request, true, &response, NULL, err);
	free(request);
	if (!result && response.status != 200)
		result = refuse(jira, "searching what is there already", &response, err);
	json_t *body = result ? NULL : parse(&response);
	const json_t *issues = json_object_get(body, "issues");
	if (!result && !json_is_array(issues))
		result = err_set(err, ERR_IO, "searching what is there already: the answer holds no list of issues");
	if (!result)
		json_array_foreach(issues, i, issue)
			tell_found(search, issue);
	if (!result && jira->is_data_center) {
		*start += json_array_size(issues);
		*more = json_array_size(issues) && (json_int_t)*start < json_integer_value(json_object_get(body, "total"));
	} else if (!result) {
		const char *next = json_string_value(json_object_get(body, "nextPageToken"));
		free(*token);
		*token = next ? mem_strdup(next) : NULL;
		*more = next && !json_is_true(json_object_get(body, "isLast"));
	}
	json_decref(body);
	http_response_finish(&response);
	return result;
}

int jira_find(struct jira *jira, const char *const *labels, size_t count,
	      void (*found)(void *context, size_t label, const char *key), void *context, struct err *err)
{
	int result = 0;
	for (size_t first = 0; !result && first < count; first += LABELS_AT_ONCE) {
		struct search search = {labels + first, count - first < LABELS_AT_ONCE ? count - first : LABELS_AT_ONCE, found, context, first};
		size_t start = 0, pages = 0;
		char *token = NULL;
		bool more = true;
		while (!result && more && pages++ < PAGES_MOST)
			result = search_page(jira, &search, &start, &token, &more, err);
		if (!result && more)
			result = err_set(err, ERR_IO, "searching what is there already: the server gives page after page without end");
		free(token);
	}
	return result;
}

/* ---- creation ---- */

static const char *copy_key(struct jira *jira, const json_t *issue)
{
	const char *key = json_string_value(json_object_get(issue, "key"));
	return key ? arena_strdup(jira->arena, key) : NULL;
}

/* {"issues": [{"key"}], "errors": [{"failedElementNumber", "elementErrors"}]}: those made are listed in order, without the failed. */
static int read_outcomes(struct jira *jira, const json_t *body, struct jira_outcome *outcomes, size_t count, struct err *err)
{
	const json_t *issues = json_object_get(body, "issues"), *errors = json_object_get(body, "errors");
	size_t i, made = 0;
	json_t *error;
	memset(outcomes, 0, count * sizeof *outcomes);
	json_array_foreach(errors, i, error) {
		json_int_t number = json_integer_value(json_object_get(error, "failedElementNumber"));
		if (!json_is_integer(json_object_get(error, "failedElementNumber")) || number < 0 || (size_t)number >= count)
			continue;
		const char *why = complaints(jira, json_object_get(error, "elementErrors"));
		outcomes[number].why = *why ? why : "refused without a reason";
	}
	for (i = 0; i < count; i++)
		if (!outcomes[i].why && made < json_array_size(issues))
			outcomes[i].key = copy_key(jira, json_array_get(issues, made++));
	for (i = 0; i < count; i++)
		if (!outcomes[i].key && !outcomes[i].why)
			return err_set(err, ERR_IO, "creating issues: the answer does not say what became of all of them");
	return 0;
}

int jira_create(struct jira *jira, const char *const *bodies, size_t count, struct jira_outcome *outcomes, bool *unsure, struct err *err)
{
	struct http_response response = {0};
	struct buf request;
	buf_init(&request, BUF_NO_CEILING);
	buf_append_string(&request, "{\"issueUpdates\":[");
	for (size_t i = 0; i < count; i++) {
		buf_append_string(&request, i ? "," : "");
		buf_append_string(&request, bodies[i]);
	}
	buf_append_string(&request, "]}");
	int result = send_request(jira, "POST", "issue/bulk", request.data, false, &response, unsure, err);
	buf_finish(&request);
	if (result)
		return result;
	json_t *body = parse(&response);
	bool lists = json_is_array(json_object_get(body, "issues")) || json_is_array(json_object_get(body, "errors"));
	if (response.status == 201 || response.status == 200 || (response.status == 400 && lists)) {
		result = read_outcomes(jira, body, outcomes, count, err);
		*unsure = result != 0;
	} else {
		result = refuse(jira, "creating issues", &response, err);
	}
	json_decref(body);
	http_response_finish(&response);
	return result;
}
