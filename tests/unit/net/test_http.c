/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The HTTP client against a server of a few lines, which answers each connection with the next of the bytes it was given. */
#include <arpa/inet.h>
#include <poll.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

#include "net/http.h"

static pid_t server;
static int seen_fd;           /* each request that the server read, NUL between them */
static char url[64];
static char told[2000];

/* Reads one request: its head, and as many bytes as Content-Length says. */
static void read_request(int connection, int seen)
{
	char text[8192] = "";
	size_t length = 0;
	for (;;) {
		ssize_t got = read(connection, text + length, sizeof text - 1 - length);
		if (got <= 0)
			break;
		text[length += (size_t)got] = 0;
		char *end = strstr(text, "\r\n\r\n"), *size = strstr(text, "Content-Length: ");
		if (end && length >= (size_t)(end + 4 - text) + (size > text && size < end ? strtoul(size + 16, NULL, 10) : 0))
			break;
	}
	if (write(seen, text, length + 1) < 0)
		_exit(1);
}

/* A reply of "" hangs up; "?" never answers; after "+" the connection stays open, and whatever comes on it next is read and gets no
 * answer. After the last one the server is gone. */
static void serve(const char *const *replies)
{
	int listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0), ends[2];
	struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	socklen_t size = sizeof address;
	assert_int_equal(bind(listener, (struct sockaddr *)&address, size), 0);
	assert_int_equal(listen(listener, 8), 0);
	getsockname(listener, (struct sockaddr *)&address, &size);
	snprintf(url, sizeof url, "http://127.0.0.1:%d/hook?x=1", ntohs(address.sin_port));
	assert_int_equal(pipe(ends), 0);
	server = fork();
	if (server == 0) {
		int seen = ends[1];
		for (; *replies; replies++) {
			int connection = accept(listener, NULL, NULL);
			read_request(connection, seen);
			if (**replies == '?')
				pause();
			bool stays = **replies == '+';
			if (write(connection, *replies + stays, strlen(*replies) - stays) < 0)
				_exit(1);
			if (!stays) {
				close(connection);
				continue;
			}
			struct pollfd ends[] = {{connection, POLLIN, 0}, {listener, POLLIN, 0}};
			poll(ends, 2, 5000);
			if (ends[0].revents && recv(connection, &(char){0}, 1, MSG_PEEK) > 0) {
				read_request(connection, seen);
				replies++; /* hangs up on the old connection instead of a new one */
			}
			close(connection);
		}
		_exit(0);
	}
	close(listener);
	close(ends[1]);
	seen_fd = ends[0];
	told[0] = 0;
}

/* How many requests came, and the last one. */
static size_t stop(char *last, size_t size)
{
	char all[65536];
	size_t length = 0, count = 0, start = 0;
	kill(server, SIGKILL);
	waitpid(server, NULL, 0);
	for (ssize_t got; (got = read(seen_fd, all + length, sizeof all - length)) > 0;)
		length += (size_t)got;
	close(seen_fd);
	for (size_t i = 0; i < length; i++)
		if (!all[i]) {
			snprintf(last, size, "%s", all + start);
			start = i + 1;
			count++;
		}
	return count;
}

static void tell(void *context, const char *line)
{
	(void)context;
	snprintf(told + strlen(told), sizeof told - strlen(told), "%s\n", line);
}

#define OK_REPLY "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\nhi"
#define REPLY(status) "HTTP/1.1 " status "\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"

static const struct http_header headers[] = {{"Authorization", "Bearer hush-hush"}, {"X-Signature", "sha256=12"}};
static int send_to(const char *where, bool is_repeatable, struct http_response *response, bool *unsure, struct err *err)
{
	struct http_policy policy = {.attempts = 4, .attempt_seconds = 1, .first_wait_ms = 5, .told = tell};
	struct http_request request = {.method = "POST", .url = where, .headers = headers, .header_count = 2, .body = "{}",
				       .body_length = 2, .is_secret = true, .is_repeatable = is_repeatable};
	struct http *http = NULL;
	int result = http_create(&policy, &http, err);
	if (!result)
		result = http_send(http, &request, response, unsure, err);
	http_destroy(http);
	return result;
}

static void sends_and_reads(void **state)
{
	(void)state;
	static const char *const replies[] = {OK_REPLY, NULL};
	struct http_response response = {0};
	struct err err = {0};
	char last[8192] = "";
	bool unsure = true;
	serve(replies);
	assert_int_equal(send_to(url, false, &response, &unsure, &err), 0);
	assert_int_equal(response.status, 200);
	assert_string_equal(response.body, "hi");
	assert_false(unsure);
	http_response_finish(&response);
	assert_int_equal(stop(last, sizeof last), 1);
	assert_memory_equal(last, "POST /hook?x=1 HTTP/1.1\r\n", 25);
	assert_non_null(strstr(last, "\r\nAuthorization: Bearer hush-hush\r\n"));
	assert_non_null(strstr(last, "\r\nX-Signature: sha256=12\r\n"));
	assert_string_equal(strstr(last, "\r\n\r\n"), "\r\n\r\n{}");
}

static void tries_again(void **state)
{
	(void)state;
	static const char *const replies[] = {"", REPLY("500 Oh"), REPLY("429 Slow"), OK_REPLY, NULL};
	struct http_response response = {0};
	struct err err = {0};
	char last[8192];
	bool unsure = true;
	serve(replies);
	assert_int_equal(send_to(url, true, &response, &unsure, &err), 0);
	assert_int_equal(response.status, 200);
	assert_int_equal(response.attempts, 4);
	assert_false(unsure);
	http_response_finish(&response);
	assert_int_equal(stop(last, sizeof last), 4);
	assert_non_null(strstr(told, "127.0.0.1 answered 429; trying again in"));
	assert_null(strstr(told, "hush"));
}

static void does_nothing_twice_that_must_not(void **state)
{
	(void)state;
	static const char *const silent[] = {"", OK_REPLY, NULL}, *const broken[] = {REPLY("502 Bad"), OK_REPLY, NULL},
				 *const refused[] = {REPLY("429 Slow"), OK_REPLY, NULL};
	struct http_response response = {0};
	struct err err = {0};
	char last[8192];
	bool unsure = false;
	serve(silent);
	assert_int_equal(send_to(url, false, &response, &unsure, &err), ERR_IO);
	assert_true(unsure);
	assert_null(strstr(err.text, "hush"));
	assert_int_equal(stop(last, sizeof last), 1);

	serve(broken);
	assert_int_equal(send_to(url, false, &response, &unsure, &err), 0);
	assert_int_equal(response.status, 502);
	assert_true(unsure);
	http_response_finish(&response);
	assert_int_equal(stop(last, sizeof last), 1);

	serve(refused);
	assert_int_equal(send_to(url, false, &response, &unsure, &err), 0);
	assert_int_equal(response.status, 200);
	assert_false(unsure);
	http_response_finish(&response);
	assert_int_equal(stop(last, sizeof last), 2);
}

/* Two requests on one client, the second of which gets no answer on the connection that the first left open. */
static void does_nothing_twice_on_a_kept_connection(void **state)
{
	(void)state;
	static const char *const replies[] = {"+HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi", "", OK_REPLY, NULL};
	struct http_response response = {0};
	struct err err = {0};
	char last[8192];
	bool unsure = false;
	struct http *http = NULL;
	serve(replies);
	struct http_request request = {.method = "POST", .url = url, .body = "{}", .body_length = 2};
	assert_int_equal(http_create(NULL, &http, &err), 0);
	assert_int_equal(http_send(http, &request, &response, NULL, &err), 0);
	http_response_finish(&response);
	assert_int_equal(http_send(http, &request, &response, &unsure, &err), ERR_IO);
	assert_true(unsure);
	http_destroy(http);
	assert_int_equal(stop(last, sizeof last), 2);
}

static void heeds_retry_after(void **state)
{
	(void)state;
	static const char *const soon[] = {"HTTP/1.1 503 Later\r\nRetry-After: 1\r\nContent-Length: 0\r\nConnection: close\r\n\r\n", OK_REPLY,
					   NULL},
				 *const late[] = {"HTTP/1.1 429 Later\r\nRetry-After: 86400\r\nContent-Length: 0\r\nConnection: close\r\n\r\n",
						  OK_REPLY, NULL};
	struct http_response response = {0};
	struct err err = {0};
	struct timespec before, after;
	char last[8192];
	serve(soon);
	clock_gettime(CLOCK_MONOTONIC, &before);
	assert_int_equal(send_to(url, false, &response, NULL, &err), 0);
	clock_gettime(CLOCK_MONOTONIC, &after);
	assert_int_equal(response.status, 200);
	assert_true((after.tv_sec - before.tv_sec) + (after.tv_nsec - before.tv_nsec) / 1e9 >= 1);
	http_response_finish(&response);
	assert_int_equal(stop(last, sizeof last), 2);

	serve(late); /* a day is longer than we have: the refusal is the answer */
	assert_int_equal(send_to(url, true, &response, NULL, &err), 0);
	assert_int_equal(response.status, 429);
	http_response_finish(&response);
	assert_int_equal(stop(last, sizeof last), 1);
}

static void gives_up(void **state)
{
	(void)state;
	static const char *const hangs[] = {"?", NULL}, *const none[] = {NULL};
	struct http_response response = {0};
	struct err err = {0};
	char last[8192];
	bool unsure = false;
	serve(hangs);
	assert_int_equal(send_to(url, false, &response, &unsure, &err), ERR_IO);
	assert_true(unsure);
	assert_int_equal(stop(last, sizeof last), 1);

	serve(none);
	waitpid(server, NULL, 0); /* nobody listens any more */
	assert_int_equal(send_to(url, false, &response, &unsure, &err), ERR_IO);
	assert_false(unsure);
	assert_non_null(strstr(err.text, "4 attempts"));
	assert_null(strstr(err.text, "hush"));
	stop(last, sizeof last);
}

static void follows_nobody_elsewhere(void **state)
{
	(void)state;
	static const char *const replies[] = {"HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1:1/\r\nContent-Length: 0\r\n\r\n", NULL};
	struct http_response response = {0};
	struct err err = {0};
	char last[8192];
	serve(replies);
	assert_int_equal(send_to(url, true, &response, NULL, &err), 0);
	assert_int_equal(response.status, 302);
	http_response_finish(&response);
	assert_int_equal(stop(last, sizeof last), 1);
}

static void refuses(void **state)
{
	(void)state;
	struct http_response response = {0};
	struct err err = {0};
	assert_int_equal(http_check_url("http://jira.example.org/", true, &err), ERR_INPUT);
	assert_non_null(strstr(err.text, "unencrypted"));
	assert_int_equal(http_check_url("http://jira.example.org/", false, &err), 0);
	assert_int_equal(http_check_url("https://jira.example.org/a", true, &err), 0);
	assert_int_equal(http_check_url("https://me:hush@jira.example.org/", true, &err), ERR_INPUT);
	assert_null(strstr(err.text, "hush"));
	assert_int_equal(http_check_url("file:///etc/passwd", false, &err), ERR_INPUT);
	assert_int_equal(http_check_url("127.0.0.1.example.org", true, &err), ERR_INPUT);
	assert_int_equal(http_check_url("http://127.0.0.1.example.org/", true, &err), ERR_INPUT);
	assert_int_equal(http_check_url("", true, &err), ERR_INPUT);
	struct http_header split = {"Authorization", "Bearer hush\r\nX-More: 1"};
	struct http_request request = {.method = "GET", .url = "http://127.0.0.1:1/", .headers = &split, .header_count = 1};
	struct http *http = NULL;
	assert_int_equal(http_create(NULL, &http, &err), 0);
	assert_int_equal(http_send(http, &request, &response, NULL, &err), ERR_INPUT);
	assert_null(strstr(err.text, "hush"));
	http_destroy(http);
}

static void encodes(void **state)
{
	(void)state;
	struct buf out;
	buf_init(&out, 1000);
	http_append_encoded(&out, "a b/\xc3\xa9");
	assert_string_equal(out.data, "a%20b%2F%C3%A9");
	static const char *const basic[][3] = {{"", "", "Basic Og=="}, {"a", "", "Basic YTo="}, {"a", "b", "Basic YTpi"},
					       {"Aladdin", "open sesame", "Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ=="}};
	for (size_t i = 0; i < 4; i++) {
		buf_clear(&out);
		http_append_basic(&out, basic[i][0], basic[i][1]);
		assert_string_equal(out.data, basic[i][2]);
	}
	buf_finish(&out);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(sends_and_reads), cmocka_unit_test(tries_again), cmocka_unit_test(does_nothing_twice_that_must_not),
		cmocka_unit_test(does_nothing_twice_on_a_kept_connection), cmocka_unit_test(heeds_retry_after), cmocka_unit_test(gives_up), cmocka_unit_test(follows_nobody_elsewhere),
		cmocka_unit_test(refuses), cmocka_unit_test(encodes),
	};
	signal(SIGPIPE, SIG_IGN);
	unsetenv("http_proxy"); /* of whoever runs the tests */
	unsetenv("all_proxy");
	return cmocka_run_group_tests(tests, NULL, NULL);
}
