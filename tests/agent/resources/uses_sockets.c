/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Sockets of each family, client and server in one program; pipes; names of hosts: uses_sockets FOLDER */
#include <arpa/inet.h>
#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <netdb.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

static struct sockaddr_in loopback(int port)
{
	return (struct sockaddr_in){.sin_family = AF_INET, .sin_port = htons((uint16_t)port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
}

static int listener;

static void *serve(void *unused)
{
	char buffer[100];
	int peer = accept(listener, NULL, NULL);

	assert(peer >= 0 && recv(peer, buffer, sizeof(buffer), MSG_WAITALL) == 100 && send(peer, "answer", 6, 0) == 6);
	assert(read(peer, buffer, 1) == 0 && close(peer) == 0);
	return unused;
}

static void tcp(int port)
{
	struct sockaddr_in address = loopback(port);
	char buffer[100] = {0};
	pthread_t thread;
	int one = 1, client;

	listener = socket(AF_INET, SOCK_STREAM, 0);
	setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &one, sizeof(one));
	assert(bind(listener, (void *)&address, sizeof(address)) == 0 && listen(listener, 5) == 0);
	assert(pthread_create(&thread, NULL, serve, NULL) == 0);
	client = socket(AF_INET, SOCK_STREAM, 0);
	assert(connect(client, (void *)&address, sizeof(address)) == 0);
	assert(send(client, buffer, 60, 0) == 60 && write(client, buffer, 40) == 40 && recv(client, buffer, 6, MSG_WAITALL) == 6);
	assert(close(client) == 0 && pthread_join(thread, NULL) == 0 && close(listener) == 0);
	client = socket(AF_INET, SOCK_STREAM, 0);
	errno = 0;
	assert(connect(client, (void *)&address, sizeof(address)) == -1 && errno == ECONNREFUSED && close(client) == 0);
}

static void udp(int port)
{
	struct sockaddr_in address = loopback(port), from;
	socklen_t size = sizeof(from);
	char buffer[100];
	int server = socket(AF_INET, SOCK_DGRAM, 0), client = socket(AF_INET, SOCK_DGRAM, 0);

	assert(bind(server, (void *)&address, sizeof(address)) == 0);
	assert(sendto(client, "question", 8, 0, (void *)&address, sizeof(address)) == 8);
	assert(recvfrom(server, buffer, sizeof(buffer), 0, (void *)&from, &size) == 8);
	assert(sendto(server, "yes", 3, 0, (void *)&from, size) == 3);
	size = sizeof(from);
	assert(recvfrom(client, buffer, sizeof(buffer), 0, (void *)&from, &size) == 3);
	assert(recv(client, buffer, 1, MSG_DONTWAIT) == -1 && errno == EAGAIN);
	close(server);
	close(client);
}

static void local(void)
{
	struct sockaddr_un address = {.sun_family = AF_UNIX, .sun_path = "socket"};
	char buffer[10];
	struct iovec part = {buffer, 5};
	struct msghdr message = {.msg_iov = &part, .msg_iovlen = 1};
	int pair[2], server = socket(AF_UNIX, SOCK_STREAM, 0), client = socket(AF_UNIX, SOCK_STREAM, 0), peer;

	assert(bind(server, (void *)&address, sizeof(address)) == 0 && listen(server, 1) == 0);
	assert(connect(client, (void *)&address, sizeof(address)) == 0);
	peer = accept4(server, NULL, NULL, SOCK_CLOEXEC);
	assert(peer >= 0 && sendmsg(client, &message, 0) == 5 && recvmsg(peer, &message, 0) == 5);
	close(peer);
	close(client);
	close(server);
	unlink("socket");
	assert(socketpair(AF_UNIX, SOCK_DGRAM, 0, pair) == 0 && write(pair[0], "ab", 2) == 2 && read(pair[1], buffer, 10) == 2);
	close(pair[0]);
	close(pair[1]);
}

static void pipes(void)
{
	char buffer[10];
	int one[2], two[2];

	assert(pipe(one) == 0 && pipe2(two, O_CLOEXEC) == 0);
	assert(write(one[1], "abc", 3) == 3 && read(one[0], buffer, 10) == 3 && write(two[1], "x", 1) == 1);
	for (int i = 0; i < 2; i++) {
		close(one[i]);
		close(two[i]);
	}
}

int main(int count, char **arguments)
{
	struct addrinfo *found = NULL, hints = {.ai_socktype = SOCK_STREAM};

	assert(count == 4 && chdir(arguments[1]) == 0);
	int port = atoi(arguments[2]), other = atoi(arguments[3]);
	tcp(port);
	udp(other);
	local();
	pipes();
	assert(getaddrinfo("127.0.0.1", "80", &hints, &found) == 0);
	freeaddrinfo(found);
	assert(getaddrinfo("no.such.host.invalid", NULL, &hints, &found) != 0);
	printf("done\n");
	return 0;
}
