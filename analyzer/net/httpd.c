/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The only place that includes microhttpd.h. */
#include "net/httpd.h"

#include <arpa/inet.h>
#include <errno.h>
#include <microhttpd.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/random.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/mem.h"

#define TOKEN_BYTES 16
#define CONNECTIONS 32
#define IDLE_SECONDS 20
#define CONNECTION_BYTES 32768 /* for a request's line and headers */
#define PATH_BYTES 256

struct httpd {
	struct MHD_Daemon *daemon;
	struct httpd_options options;
	char token[2 * TOKEN_BYTES + 1];
	char host[INET6_ADDRSTRLEN + 16];  /* "127.0.0.1:4711" */
	char local[32];                    /* "localhost:4711"; "": not a loopback address */
	char url[INET6_ADDRSTRLEN + 64];
};

/* What nobody may frame, guess the type of, keep, or learn the address of. The page brings a policy of its own for its scripts. */
static const char *const headers[][2] = {
	{"X-Content-Type-Options", "nosniff"}, {"Referrer-Policy", "no-referrer"}, {"Cache-Control", "no-store"},
	{"X-Frame-Options", "DENY"}, {"Cross-Origin-Resource-Policy", "same-origin"}, {"Cross-Origin-Opener-Policy", "same-origin"},
	{"Content-Security-Policy", "frame-ancestors 'none'"},
};

static enum MHD_Result respond(struct MHD_Connection *connection, struct httpd_reply *reply)
{
	struct MHD_Response *response = MHD_create_response_from_buffer(reply->length, reply->bytes ? reply->bytes : (void *)"",
									reply->bytes ? MHD_RESPMEM_MUST_FREE : MHD_RESPMEM_PERSISTENT);
	if (!response) {
		free(reply->bytes);
		return MHD_NO;
	}
	for (size_t i = 0; i < sizeof headers / sizeof *headers; i++)
		MHD_add_response_header(response, headers[i][0], headers[i][1]);
	MHD_add_response_header(response, MHD_HTTP_HEADER_CONTENT_TYPE, reply->type);
	if (reply->is_deflated)
		MHD_add_response_header(response, MHD_HTTP_HEADER_CONTENT_ENCODING, "deflate");
	if (reply->status == MHD_HTTP_METHOD_NOT_ALLOWED)
		MHD_add_response_header(response, MHD_HTTP_HEADER_ALLOW, "GET, HEAD");
	enum MHD_Result result = MHD_queue_response(connection, reply->status, response);
	MHD_destroy_response(response);
	return result;
}

static enum MHD_Result refuse(struct MHD_Connection *connection, unsigned status, const char *why)
{
	struct httpd_reply reply = {status, "text/plain; charset=utf-8", mem_strdup(why), strlen(why), false};
	return respond(connection, &reply);
}

/* Takes as long for any wrong token. */
static bool is_token(const struct httpd *server, const char *text)
{
	size_t length = sizeof server->token - 1;
	unsigned char differs = 0;
	if (strnlen(text, length) < length)
		return false;
	for (size_t i = 0; i < length; i++)
		differs |= (unsigned char)(text[i] ^ server->token[i]);
	return !differs && text[length] == '/';
}

static bool is_host(const struct httpd *server, const char *host)
{
	return host && (!strcasecmp(host, server->host) || (*server->local && !strcasecmp(host, server->local)));
}

static enum MHD_Result handle(void *context, struct MHD_Connection *connection, const char *url, const char *method, const char *version,
			      const char *upload, size_t *upload_size, void **state)
{
	struct httpd *server = context;
	static int seen;
	(void)version;
	(void)upload;
	if (!*state) { /* headers are complete; a body would follow */
		*state = &seen;
		return MHD_YES;
	}
	if (*upload_size) {
		*upload_size = 0;
		return MHD_YES;
	}
	if (!is_host(server, MHD_lookup_connection_value(connection, MHD_HEADER_KIND, MHD_HTTP_HEADER_HOST)))
		return refuse(connection, MHD_HTTP_MISDIRECTED_REQUEST, "This server is known by another name.\n");
	if (strcmp(method, MHD_HTTP_METHOD_GET) && strcmp(method, MHD_HTTP_METHOD_HEAD))
		return refuse(connection, MHD_HTTP_METHOD_NOT_ALLOWED, "Only GET and HEAD.\n");
	if (strlen(url) > PATH_BYTES || url[0] != '/' || !is_token(server, url + 1))
		return refuse(connection, MHD_HTTP_NOT_FOUND, "Not found. The address that sightline serve printed has a token.\n");
	struct httpd_reply reply = {MHD_HTTP_NOT_FOUND, "text/plain; charset=utf-8", NULL, 0, false};
	server->options.answer(server->options.context, url + sizeof server->token + 1, &reply);
	const char *accepted = MHD_lookup_connection_value(connection, MHD_HEADER_KIND, MHD_HTTP_HEADER_ACCEPT_ENCODING);
	if (reply.is_deflated && (!accepted || !strstr(accepted, "deflate"))) {
		free(reply.bytes);
		return refuse(connection, MHD_HTTP_NOT_ACCEPTABLE, "This is sent deflated only; curl: --compressed.\n");
	}
	return respond(connection, &reply);
}

static void be_silent(void *context, const char *format, va_list arguments)
{
	(void)context;
	(void)format;
	(void)arguments;
}

static int make_token(struct httpd *server, struct err *err)
{
	unsigned char bytes[TOKEN_BYTES];
	if (getrandom(bytes, sizeof bytes, 0) != (ssize_t)sizeof bytes)
		return err_errno(err, ERR_INTERNAL, errno, "no random bytes are to be had");
	for (size_t i = 0; i < sizeof bytes; i++)
		snprintf(server->token + 2 * i, 3, "%02x", bytes[i]);
	return 0;
}

/* A socket of our own, so that what went wrong can be told. */
static int listen_at(const char *address, unsigned port, struct err *err)
{
	struct sockaddr_in v4 = {.sin_family = AF_INET, .sin_port = htons((uint16_t)port)};
	struct sockaddr_in6 v6 = {.sin6_family = AF_INET6, .sin6_port = htons((uint16_t)port)};
	bool is_v4 = inet_pton(AF_INET, address, &v4.sin_addr) == 1, is_v6 = !is_v4 && inet_pton(AF_INET6, address, &v6.sin6_addr) == 1;
	int one = 1, code = 0;
	if (!is_v4 && !is_v6) {
		err_set(err, ERR_INPUT, "--listen %s: give a numeric address, as 127.0.0.1 or ::1", address);
		return -1;
	}
	int handle_of = socket(is_v4 ? AF_INET : AF_INET6, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (handle_of >= 0 && (setsockopt(handle_of, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one) ||
			       (is_v4 ? bind(handle_of, (struct sockaddr *)&v4, sizeof v4) : bind(handle_of, (struct sockaddr *)&v6, sizeof v6)) ||
			       listen(handle_of, CONNECTIONS))) {
		code = errno;
		close(handle_of);
		handle_of = -1;
		errno = code;
	}
	if (handle_of < 0)
		err_errno(err, ERR_INPUT, errno, "%s port %u cannot be listened at", address, port);
	return handle_of;
}

static unsigned port_of(int handle_of)
{
	struct sockaddr_storage bound;
	socklen_t length = sizeof bound;
	if (getsockname(handle_of, (struct sockaddr *)&bound, &length))
		return 0;
	return ntohs(bound.ss_family == AF_INET ? ((struct sockaddr_in *)&bound)->sin_port : ((struct sockaddr_in6 *)&bound)->sin6_port);
}

int httpd_start(const struct httpd_options *options, struct httpd **out, struct err *err)
{
	struct httpd *server = mem_zalloc(1, sizeof *server);
	const char *address = options->address ? options->address : "127.0.0.1";
	server->options = *options;
	int handle_of = -1, result = make_token(server, err);
	if (!result && (handle_of = listen_at(address, options->port, err)) < 0)
		result = ERR_INPUT;
	if (!result) {
		bool is_v6 = strchr(address, ':') != NULL;
		unsigned port = port_of(handle_of);
		snprintf(server->host, sizeof server->host, is_v6 ? "[%s]:%u" : "%s:%u", address, port);
		if (!strncmp(address, "127.", 4) || !strcmp(address, "::1"))
			snprintf(server->local, sizeof server->local, "localhost:%u", port);
		snprintf(server->url, sizeof server->url, "http://%s/%s/", server->host, server->token);
		server->daemon = MHD_start_daemon(MHD_USE_INTERNAL_POLLING_THREAD | MHD_USE_AUTO | MHD_USE_ERROR_LOG, 0, NULL, NULL, handle, server,
			MHD_OPTION_LISTEN_SOCKET, handle_of, MHD_OPTION_CONNECTION_LIMIT, (unsigned)CONNECTIONS,
			MHD_OPTION_CONNECTION_TIMEOUT, (unsigned)IDLE_SECONDS, MHD_OPTION_CONNECTION_MEMORY_LIMIT, (size_t)CONNECTION_BYTES,
			MHD_OPTION_STRICT_FOR_CLIENT, 1, MHD_OPTION_EXTERNAL_LOGGER, be_silent, NULL, MHD_OPTION_END);
		if (!server->daemon) {
			close(handle_of);
			result = err_set(err, ERR_INTERNAL, "the server cannot be started");
		}
	}
	if (result)
		free(server);
	else
		*out = server;
	return result;
}

const char *httpd_url(const struct httpd *server)
{
	return server->url;
}

void httpd_stop(struct httpd *server)
{
	MHD_stop_daemon(server->daemon);
	free(server);
}
