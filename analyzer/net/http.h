/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Requests over HTTP to servers that the user names: the only folder that includes curl.h. Knows nothing of what is sent.
 *
 * Nothing that may be secret gets into a message: header values and bodies are never repeated, a URL that carries a password is
 * refused, redirects are not followed, and with is_secret only https (or a server on this machine) will do. */
#ifndef SIGHTLINE_NET_HTTP_H
#define SIGHTLINE_NET_HTTP_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"
#include "base/err.h"

struct http_header { const char *name, *value; };
struct http_request {
	const char *method;      /* "GET", "POST", ... */
	const char *url;         /* http:// or https:// */
	const struct http_header *headers; size_t header_count; /* "Authorization", "Content-Type", a signature, ... */
	const char *body; size_t body_length; /* NULL: none */
	bool is_secret;          /* a header is a credential: not over plain http */
	/* It may be carried out twice without harm. Then it is tried again whatever happened; otherwise only where the server
	 * surely did not carry it out: no connection, 429, or 503 with Retry-After. */
	bool is_repeatable;
};

struct http_response {
	long status;             /* 200, 404, ...: what the last attempt was answered */
	char *body;              /* NUL-terminated (not counted); free with http_response_finish */
	size_t length;
	unsigned attempts;
};

/* 0 = the default. */
struct http_policy {
	unsigned attempts;         /* at most so many in all (5) */
	unsigned attempt_seconds;  /* time limit of one attempt (30) */
	unsigned total_seconds;    /* of all of them with the waits between (300); a wait that would go past it is not begun */
	unsigned first_wait_ms;    /* before the second attempt; doubled each time (500); Retry-After comes before it */
	/* Told before each wait, one line: "HOST answered 429; trying again in 2 s (2 of 5)". May be NULL. */
	void (*told)(void *context, const char *line);
	void *context;
};

/* One connection is kept between requests to one server. policy is copied; NULL: defaults. */
struct http;
int http_create(const struct http_policy *policy, struct http **out, struct err *err); /* ERR_INTERNAL */
void http_destroy(struct http *http); /* NULL is legal */

/* 0 where there was an answer, whatever its status. ERR_INPUT: URL or header that cannot be used, plain http with a secret.
 * ERR_IO: no answer after all attempts ("HOST: why"). ERR_LIMIT: an answer larger than 16 MiB. *unsure (may be NULL) says
 * whether the server may have carried it out although there was no answer or one of 5xx; it is set in any case. */
int http_send(struct http *http, const struct http_request *request, struct http_response *out, bool *unsure, struct err *err);
void http_response_finish(struct http_response *response);

/* Can url be sent to, and may a secret be? ERR_INPUT says why not. */
int http_check_url(const char *url, bool is_secret, struct err *err);

/* text as part of a URL: all but letters, digits and -._~ as %XX. */
void http_append_encoded(struct buf *out, const char *text);
/* "Basic ..." of RFC 7617, for an Authorization header. */
void http_append_basic(struct buf *out, const char *user, const char *password);

#endif
