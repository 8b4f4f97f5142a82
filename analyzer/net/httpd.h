/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A small read-only HTTP server for one user's browser. Knows nothing of what it hands out.
 *
 * Every address begins with a random token, so that neither other users of the machine nor other sites in the same browser can ask.
 * A request must be for the host that it was sent to (DNS rebinding), GET or HEAD, and short; there are no files behind any path. */
#ifndef SIGHTLINE_NET_HTTPD_H
#define SIGHTLINE_NET_HTTPD_H

#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"

struct httpd_reply {
	unsigned status;         /* 200, 404, 410, 503 */
	const char *type;        /* Content-Type; static storage */
	void *bytes;             /* heap, becomes the server's; NULL: length 0 */
	size_t length;
	bool is_deflated;        /* bytes are compressed (zlib) */
};

struct httpd_options {
	const char *address;     /* numeric; NULL: 127.0.0.1 */
	unsigned port;           /* 0: any that is free */
	/* Called in a thread of the server, one at a time. path: what follows the token's slash, "" for the page; no query. */
	void (*answer)(void *context, const char *path, struct httpd_reply *reply);
	void *context;
};

struct httpd;
/* ERR_INPUT: no such address, or the port is taken. ERR_INTERNAL. */
int httpd_start(const struct httpd_options *options, struct httpd **out, struct err *err);
/* "http://127.0.0.1:4711/TOKEN/"; lives as long as the server. */
const char *httpd_url(const struct httpd *server);
/* Ends what is under way. */
void httpd_stop(struct httpd *server);

#endif
