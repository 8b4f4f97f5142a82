/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "net/http.h"

#include <curl/curl.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/mem.h"

#define ANSWER_CEILING ((size_t)16 << 20)
#define LONGEST_WAIT_MS 60000u /* of ours; a server may ask for more */

struct http {
	CURL *curl;
	struct http_policy policy;
};

int http_create(const struct http_policy *policy, struct http **out, struct err *err)
{
	static bool is_ready;
	if (!is_ready && curl_global_init(CURL_GLOBAL_DEFAULT))
		return err_set(err, ERR_INTERNAL, "libcurl cannot be used: its start failed");
	is_ready = true;
	CURL *curl = curl_easy_init();
	if (!curl)
		return err_set(err, ERR_INTERNAL, "libcurl cannot be used: out of memory or descriptors");
	struct http *http = mem_zalloc(1, sizeof *http);
	http->curl = curl;
	if (policy)
		http->policy = *policy;
	struct http_policy *set = &http->policy;
	set->attempts = set->attempts ? set->attempts : 5;
	set->attempt_seconds = set->attempt_seconds ? set->attempt_seconds : 30;
	set->total_seconds = set->total_seconds ? set->total_seconds : 300;
	set->first_wait_ms = set->first_wait_ms ? set->first_wait_ms : 500;
	*out = http;
	return 0;
}

void http_destroy(struct http *http)
{
	if (!http)
		return;
	curl_easy_cleanup(http->curl);
	free(http);
}

void http_response_finish(struct http_response *response)
{
	free(response->body);
	*response = (struct http_response){0};
}

/* ---- what may be sent where ---- */

static bool is_this_machine(const char *host)
{
	return !strcasecmp(host, "localhost") || (!strncmp(host, "127.", 4) && !host[strspn(host, "0123456789.")]) || !strcmp(host, "[::1]");
}

/* host: heap, also on failure NULL or heap. */
static int read_url(const char *url, bool is_secret, char **host, struct err *err)
{
	CURLU *parts = curl_url();
	char *scheme = NULL, *name = NULL, *user = NULL, *password = NULL;
	int result = 0;
	if (!parts)
		mem_exhausted(0);
	if (curl_url_set(parts, CURLUPART_URL, url, 0) || curl_url_get(parts, CURLUPART_SCHEME, &scheme, 0) ||
	    curl_url_get(parts, CURLUPART_HOST, &name, 0))
		result = err_set(err, ERR_INPUT, "no URL that can be used; write it as https://HOST/PATH");
	else if (!curl_url_get(parts, CURLUPART_USER, &user, 0) || !curl_url_get(parts, CURLUPART_PASSWORD, &password, 0))
		result = err_set(err, ERR_INPUT, "the URL of %s carries a user or password; give a token by environment or file instead",
				 name);
	else if (strcmp(scheme, "http") && strcmp(scheme, "https"))
		result = err_set(err, ERR_INPUT, "%s://%s: only https and http are spoken", scheme, name);
	else if (is_secret && !strcmp(scheme, "http") && !is_this_machine(name))
		result = err_set(err, ERR_INPUT, "http://%s: the token would cross the network unencrypted; use https", name);
	else if (host)
		*host = mem_strdup(name);
	curl_free(scheme);
	curl_free(name);
	curl_free(user);
	curl_free(password);
	curl_url_cleanup(parts);
	return result;
}

int http_check_url(const char *url, bool is_secret, struct err *err)
{
	return read_url(url, is_secret, NULL, err);
}

static int make_headers(const struct http_request *request, struct curl_slist **out, struct err *err)
{
	struct curl_slist *list = NULL;
	struct buf line;
	int result = 0;
	buf_init(&line, BUF_NO_CEILING);
	for (size_t i = 0; !result && i < request->header_count; i++) {
		const struct http_header *header = &request->headers[i];
		for (const char *at = header->value; !result && *at; at++)
			if ((unsigned char)*at < 0x20 || *at == 0x7f)
				result = err_set(err, ERR_INPUT, "header %s: its value has a control character in it", header->name);
		buf_clear(&line);
		buf_printf(&line, "%s: %s", header->name, header->value);
		struct curl_slist *longer = result ? NULL : curl_slist_append(list, line.data);
		if (!result && !longer)
			mem_exhausted(line.length);
		list = longer ? longer : list;
	}
	if (line.data)
		explicit_bzero(line.data, line.length);
	buf_finish(&line);
	/* No waiting for "100 Continue", which small servers do not answer. */
	struct curl_slist *longer = result ? NULL : curl_slist_append(list, "Expect:");
	if (result)
		curl_slist_free_all(list);
	else
		*out = longer;
	return result;
}

/* ---- one attempt ---- */

static size_t keep(char *bytes, size_t size, size_t count, void *context)
{
	struct buf *body = context;
	buf_append(body, bytes, size * count);
	return body->overflow ? 0 : size * count;
}

static void set_up(CURL *curl, const struct http_request *request, struct curl_slist *headers, struct buf *body, char *why,
		   long milliseconds)
{
	curl_easy_reset(curl); /* keeps the connection */
	curl_easy_setopt(curl, CURLOPT_URL, request->url);
	curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, "http,https");
	curl_easy_setopt(curl, CURLOPT_FOLLOWLOCATION, 0L);
	curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
	/* On a connection that was kept, libcurl itself sends once more what got no answer. */
	curl_easy_setopt(curl, CURLOPT_FRESH_CONNECT, request->is_repeatable ? 0L : 1L);
	curl_easy_setopt(curl, CURLOPT_TIMEOUT_MS, milliseconds);
	curl_easy_setopt(curl, CURLOPT_CONNECTTIMEOUT_MS, milliseconds < 10000 ? milliseconds : 10000L);
	curl_easy_setopt(curl, CURLOPT_USERAGENT, "sightline/" SIGHTLINE_VERSION);
	curl_easy_setopt(curl, CURLOPT_HTTPHEADER, headers);
	curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, keep);
	curl_easy_setopt(curl, CURLOPT_WRITEDATA, body);
	curl_easy_setopt(curl, CURLOPT_ERRORBUFFER, why);
	if (request->body) {
		curl_easy_setopt(curl, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)request->body_length);
		curl_easy_setopt(curl, CURLOPT_POSTFIELDS, request->body);
	} else if (!strcmp(request->method, "HEAD")) {
		curl_easy_setopt(curl, CURLOPT_NOBODY, 1L);
	}
	curl_easy_setopt(curl, CURLOPT_CUSTOMREQUEST, request->method);
}

struct attempt {
	CURLcode code;
	long status;
	curl_off_t retry_after;  /* seconds; 0: not said */
	bool was_sent;           /* something of the request left this machine */
	char why[CURL_ERROR_SIZE];
};

static void try_once(struct http *http, const struct http_request *request, struct curl_slist *headers, struct buf *body,
		     long milliseconds, struct attempt *out)
{
	long sent = 0;
	*out = (struct attempt){0};
	buf_clear(body);
	set_up(http->curl, request, headers, body, out->why, milliseconds);
	out->code = curl_easy_perform(http->curl);
	curl_easy_getinfo(http->curl, CURLINFO_RESPONSE_CODE, &out->status);
	curl_easy_getinfo(http->curl, CURLINFO_RETRY_AFTER, &out->retry_after);
	curl_easy_getinfo(http->curl, CURLINFO_REQUEST_SIZE, &sent);
	out->was_sent = sent > 0;
	if (out->code && !out->why[0])
		strncpy(out->why, curl_easy_strerror(out->code), sizeof out->why - 1);
	/* What the handle still points to is the caller's. */
	curl_easy_setopt(http->curl, CURLOPT_ERRORBUFFER, NULL);
	curl_easy_setopt(http->curl, CURLOPT_HTTPHEADER, NULL);
}

/* ---- and again ---- */

static bool is_unsure(const struct attempt *attempt)
{
	if (attempt->code)
		return attempt->was_sent;
	return attempt->status >= 500 && !(attempt->status == 503 && attempt->retry_after > 0);
}

static bool is_worth_another(const struct http_request *request, const struct attempt *attempt)
{
	if (is_unsure(attempt) && !request->is_repeatable)
		return false;
	switch (attempt->code) {
	case CURLE_OK:
		return attempt->status == 429 || attempt->status == 408 || attempt->status == 500 ||
		       (attempt->status >= 502 && attempt->status <= 504);
	case CURLE_COULDNT_RESOLVE_HOST: case CURLE_COULDNT_RESOLVE_PROXY: case CURLE_COULDNT_CONNECT: case CURLE_OPERATION_TIMEDOUT:
	case CURLE_GOT_NOTHING: case CURLE_RECV_ERROR: case CURLE_SEND_ERROR: case CURLE_PARTIAL_FILE: case CURLE_SSL_CONNECT_ERROR:
	case CURLE_HTTP2: case CURLE_HTTP2_STREAM:
		return true;
	default:
		return false; /* a bad certificate stays bad */
	}
}

static long long milliseconds_now(void)
{
	struct timespec now;
	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec * 1000LL + now.tv_nsec / 1000000;
}

static void wait_for(long long milliseconds)
{
	struct timespec left = {milliseconds / 1000, milliseconds % 1000 * 1000000};
	while (nanosleep(&left, &left))
		;
}

static void tell(const struct http *http, const char *host, const struct attempt *attempt, long long wait, unsigned next)
{
	char line[600];
	if (!http->policy.told)
		return;
	if (attempt->code)
		snprintf(line, sizeof line, "%s: %s; trying again in %.1f s (%u of %u)", host, attempt->why, (double)wait / 1000, next,
			 http->policy.attempts);
	else
		snprintf(line, sizeof line, "%s answered %ld; trying again in %.1f s (%u of %u)", host, attempt->status,
			 (double)wait / 1000, next, http->policy.attempts);
	http->policy.told(http->policy.context, line);
}

/* Tries until it is answered for good, or no attempt is left. Returns how many there were. */
static unsigned try_all(struct http *http, const struct http_request *request, struct curl_slist *headers, const char *host,
			struct buf *body, struct attempt *attempt, bool *unsure)
{
	long long end = milliseconds_now() + http->policy.total_seconds * 1000LL, wait = http->policy.first_wait_ms;
	for (unsigned number = 1;; number++) {
		long long left = end - milliseconds_now(), limit = http->policy.attempt_seconds * 1000LL;
		try_once(http, request, headers, body, (long)(left < limit ? left > 1 ? left : 1 : limit), attempt);
		*unsure |= is_unsure(attempt);
		if (number >= http->policy.attempts || !is_worth_another(request, attempt))
			return number;
		long long asked = attempt->retry_after * 1000LL, pause = asked > wait ? asked : wait;
		if (milliseconds_now() + pause >= end)
			return number;
		tell(http, host, attempt, pause, number + 1);
		wait_for(pause);
		wait = wait * 2 < LONGEST_WAIT_MS ? wait * 2 : LONGEST_WAIT_MS;
	}
}

int http_send(struct http *http, const struct http_request *request, struct http_response *out, bool *unsure, struct err *err)
{
	struct curl_slist *headers = NULL;
	struct attempt attempt;
	struct buf body;
	char *host = NULL;
	bool may_be_done = false;
	if (unsure)
		*unsure = false;
	int result = read_url(request->url, request->is_secret, &host, err);
	if (!result)
		result = make_headers(request, &headers, err);
	if (result) {
		free(host);
		return result;
	}
	buf_init(&body, ANSWER_CEILING);
	unsigned attempts = try_all(http, request, headers, host, &body, &attempt, &may_be_done);
	/* An answer that is for good settles what earlier attempts left open, but a refusal does not. */
	if (unsure)
		*unsure = may_be_done && (attempt.code || attempt.status >= 300);
	if (body.overflow)
		result = err_set(err, ERR_LIMIT, "%s: its answer is larger than 16 MiB", host);
	else if (attempt.code && attempts > 1)
		result = err_set(err, ERR_IO, "%s: %s (%u attempts)", host, attempt.why, attempts);
	else if (attempt.code)
		result = err_set(err, ERR_IO, "%s: %s", host, attempt.why);
	if (!result) {
		*out = (struct http_response){.status = attempt.status, .attempts = attempts};
		out->body = buf_take(&body, &out->length);
	}
	buf_finish(&body);
	curl_slist_free_all(headers);
	free(host);
	return result;
}

/* ---- text ---- */

void http_append_encoded(struct buf *out, const char *text)
{
	for (; *text; text++) {
		unsigned char c = (unsigned char)*text;
		if ((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || strchr("-._~", c))
			buf_append_char(out, (char)c);
		else
			buf_printf(out, "%%%02X", c);
	}
}

void http_append_basic(struct buf *out, const char *user, const char *password)
{
	static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
	struct buf pair;
	buf_init(&pair, BUF_NO_CEILING);
	buf_append_string(&pair, user);
	buf_append_char(&pair, ':');
	buf_append_string(&pair, password);
	buf_append_string(out, "Basic ");
	for (size_t i = 0; i < pair.length; i += 3) {
		unsigned bits = 0;
		for (size_t j = 0; j < 3; j++)
			bits = bits << 8 | (i + j < pair.length ? (unsigned char)pair.data[i + j] : 0);
		for (size_t j = 0; j < 4; j++)
			buf_append_char(out, i + j <= pair.length ? digits[bits >> (18 - 6 * j) & 63] : '=');
	}
	explicit_bzero(pair.data, pair.length);
	buf_finish(&pair);
}
