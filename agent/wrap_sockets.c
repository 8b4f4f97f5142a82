/* SPDX-License-Identifier: MIT */
/* Wraps: sockets, pipes and the names of hosts. */
#include "descriptors.h"
#include "wrap.h"

#include <errno.h>
#include <netdb.h>
#include <sys/socket.h>
#include <unistd.h>

/* ---- making and naming ---- */

static void told_made(const struct scene *scene, int descriptor, uint32_t resource, enum trace_operation operation)
{
	if (descriptor >= 0)
		descriptor_set(descriptor, resource);
	scene_use(scene, resource, operation, 0, descriptor < 0);
}

WRAPPED(socket);
AGENT_EXPORT int socket(int domain, int type, int protocol)
{
	int descriptor = REAL(socket)(domain, type, protocol);
	TELL(told_made(&scene, descriptor, resource_named(TRACE_RESOURCE_SOCKET, socket_type_name(domain, type), NULL),
		       TRACE_SOCKET));
	return descriptor;
}

static void told_pair(const struct scene *scene, const int pair[2], enum trace_resource_kind kind, const char *type, int result)
{
	/* It has no name: known by where it was made. */
	uint32_t resource = resource_number(kind, NULL, 0, type, 0, scene->from);

	if (result == 0) {
		descriptor_set(pair[0], resource);
		descriptor_set(pair[1], resource);
	}
	scene_use(scene, resource, kind == TRACE_RESOURCE_PIPE ? TRACE_CREATE : TRACE_SOCKET, 0, result != 0);
}

WRAPPED(socketpair);
AGENT_EXPORT int socketpair(int domain, int type, int protocol, int pair[2])
{
	int result = REAL(socketpair)(domain, type, protocol, pair);
	TELL(told_pair(&scene, pair, TRACE_RESOURCE_SOCKET, "socketpair", result));
	return result;
}

WRAPPED(pipe);
AGENT_EXPORT int pipe(int pair[2])
{
	int result = REAL(pipe)(pair);
	TELL(told_pair(&scene, pair, TRACE_RESOURCE_PIPE, NULL, result));
	return result;
}

WRAPPED(pipe2);
AGENT_EXPORT int pipe2(int pair[2], int flags)
{
	int result = REAL(pipe2)(pair, flags);
	TELL(told_pair(&scene, pair, TRACE_RESOURCE_PIPE, NULL, result));
	return result;
}

/* From now on the descriptor is called by this address. A port of 0 is told as such: what the kernel chose is nobody's name. */
static void told_bound(const struct scene *scene, int descriptor, const struct sockaddr *address, socklen_t length, int result)
{
	uint32_t resource = address_resource(descriptor, address, length);

	if (!resource)
		resource = descriptor_resource(descriptor);
	else if (result == 0)
		descriptor_set(descriptor, resource);
	scene_use(scene, resource, TRACE_BIND, 0, result != 0);
}

WRAPPED(bind);
AGENT_EXPORT int bind(int descriptor, const struct sockaddr *address, socklen_t length)
{
	int result = REAL(bind)(descriptor, address, length);
	TELL(told_bound(&scene, descriptor, address, length, result));
	return result;
}

WRAPPED(listen);
AGENT_EXPORT int listen(int descriptor, int backlog)
{
	int result = REAL(listen)(descriptor, backlog);
	TELL(descriptor_used(&scene, descriptor, TRACE_LISTEN, result));
	return result;
}

static void told_connected(const struct scene *scene, int descriptor, const struct sockaddr *address, socklen_t length, int result)
{
	uint32_t resource = address_resource(descriptor, address, length);
	bool failed = result != 0 && scene->error != EINPROGRESS && scene->error != EINTR;

	if (!resource)
		return; /* AF_UNSPEC: a datagram socket lets go of its peer */
	if (!failed)
		descriptor_set(descriptor, resource);
	scene_use(scene, resource, TRACE_CONNECT, 0, failed);
}

WRAPPED(connect);
AGENT_EXPORT int connect(int descriptor, const struct sockaddr *address, socklen_t length)
{
	int result = REAL(connect)(descriptor, address, length);
	TELL(told_connected(&scene, descriptor, address, length, result));
	return result;
}

/* Called by the address that the client connected to; a failure by that of the listener. "Nobody waits" is no failure. */
static void told_accepted(const struct scene *scene, int listener, int descriptor)
{
	uint32_t resource = descriptor >= 0 ? own_address_resource(descriptor) : 0;

	if (!resource)
		resource = descriptor_resource(listener);
	if (descriptor >= 0)
		descriptor_set(descriptor, resource);
	scene_use(scene, resource, TRACE_ACCEPT, 0, descriptor < 0 && scene->error != EAGAIN && scene->error != EINTR);
}

WRAPPED(accept);
AGENT_EXPORT int accept(int listener, struct sockaddr *address, socklen_t *length)
{
	int descriptor = REAL(accept)(listener, address, length);
	TELL(told_accepted(&scene, listener, descriptor));
	return descriptor;
}

WRAPPED(accept4);
AGENT_EXPORT int accept4(int listener, struct sockaddr *address, socklen_t *length, int flags)
{
	int descriptor = REAL(accept4)(listener, address, length, flags);
	TELL(told_accepted(&scene, listener, descriptor));
	return descriptor;
}

/* ---- moving bytes ---- */

static bool has_address(uint32_t resource)
{
	size_t length;
	const char *name = resource_name(resource, &length);

	while (name && length-- > 0)
		if (name[length] == ' ')
			return true;
	return false;
}

/* A datagram socket without a name of its own is called by whom it talks to. address NULL: not told. */
static void told_moved(const struct scene *scene, int descriptor, const struct sockaddr *address, socklen_t length,
		       enum trace_operation operation, ssize_t result)
{
	uint32_t resource = descriptor_resource(descriptor), other = 0;

	if (!resource)
		return;
	if (address && !has_address(resource))
		other = address_resource(descriptor, address, length);
	scene_use(scene, other ? other : resource, operation, result > 0 ? (uint64_t)result : 0,
		  result < 0 && scene->error != EAGAIN);
}

WRAPPED(send);
AGENT_EXPORT ssize_t send(int descriptor, const void *buffer, size_t size, int flags)
{
	ssize_t result = REAL(send)(descriptor, buffer, size, flags);
	TELL(told_moved(&scene, descriptor, NULL, 0, TRACE_SEND, result));
	return result;
}

WRAPPED(sendto);
AGENT_EXPORT ssize_t sendto(int descriptor, const void *buffer, size_t size, int flags, const struct sockaddr *address,
			    socklen_t length)
{
	ssize_t result = REAL(sendto)(descriptor, buffer, size, flags, address, length);
	TELL(told_moved(&scene, descriptor, address, length, TRACE_SEND, result));
	return result;
}

WRAPPED(sendmsg);
AGENT_EXPORT ssize_t sendmsg(int descriptor, const struct msghdr *message, int flags)
{
	ssize_t result = REAL(sendmsg)(descriptor, message, flags);
	TELL(told_moved(&scene, descriptor, message->msg_name, message->msg_namelen, TRACE_SEND, result));
	return result;
}

WRAPPED(recv);
AGENT_EXPORT ssize_t recv(int descriptor, void *buffer, size_t size, int flags)
{
	ssize_t result = REAL(recv)(descriptor, buffer, size, flags);
	TELL(told_moved(&scene, descriptor, NULL, 0, TRACE_RECEIVE, result));
	return result;
}

WRAPPED(recvfrom);
AGENT_EXPORT ssize_t recvfrom(int descriptor, void *buffer, size_t size, int flags, struct sockaddr *address, socklen_t *length)
{
	ssize_t result = REAL(recvfrom)(descriptor, buffer, size, flags, address, length);
	TELL(told_moved(&scene, descriptor, result >= 0 && length ? address : NULL, length ? *length : 0, TRACE_RECEIVE, result));
	return result;
}

WRAPPED(recvmsg);
AGENT_EXPORT ssize_t recvmsg(int descriptor, struct msghdr *message, int flags)
{
	ssize_t result = REAL(recvmsg)(descriptor, message, flags);
	TELL(told_moved(&scene, descriptor, result >= 0 ? message->msg_name : NULL, message->msg_namelen, TRACE_RECEIVE, result));
	return result;
}

static void told_messages(const struct scene *scene, int descriptor, const struct mmsghdr *messages, enum trace_operation operation,
			  int count)
{
	if (count < 0)
		told_moved(scene, descriptor, NULL, 0, operation, -1);
	for (int i = 0; i < count; i++)
		told_moved(scene, descriptor, messages[i].msg_hdr.msg_name, messages[i].msg_hdr.msg_namelen, operation,
			   messages[i].msg_len);
}

WRAPPED(sendmmsg);
AGENT_EXPORT int sendmmsg(int descriptor, struct mmsghdr *messages, unsigned count, int flags)
{
	int result = REAL(sendmmsg)(descriptor, messages, count, flags);
	TELL(told_messages(&scene, descriptor, messages, TRACE_SEND, result));
	return result;
}

WRAPPED(recvmmsg);
AGENT_EXPORT int recvmmsg(int descriptor, struct mmsghdr *messages, unsigned count, int flags, struct timespec *timeout)
{
	int result = REAL(recvmmsg)(descriptor, messages, count, flags, timeout);
	TELL(told_messages(&scene, descriptor, messages, TRACE_RECEIVE, result));
	return result;
}

ssize_t __recv_chk(int descriptor, void *buffer, size_t size, size_t room, int flags);
WRAPPED(__recv_chk);
AGENT_EXPORT ssize_t __recv_chk(int descriptor, void *buffer, size_t size, size_t room, int flags)
{
	ssize_t result = REAL(__recv_chk)(descriptor, buffer, size, room, flags);
	TELL(told_moved(&scene, descriptor, NULL, 0, TRACE_RECEIVE, result));
	return result;
}

ssize_t __recvfrom_chk(int descriptor, void *buffer, size_t size, size_t room, int flags, struct sockaddr *address,
		       socklen_t *length);
WRAPPED(__recvfrom_chk);
AGENT_EXPORT ssize_t __recvfrom_chk(int descriptor, void *buffer, size_t size, size_t room, int flags, struct sockaddr *address,
				    socklen_t *length)
{
	ssize_t result = REAL(__recvfrom_chk)(descriptor, buffer, size, room, flags, address, length);
	TELL(told_moved(&scene, descriptor, result >= 0 && length ? address : NULL, length ? *length : 0, TRACE_RECEIVE, result));
	return result;
}

/* ---- names of hosts ---- */

static void told_host(const struct scene *scene, const char *name, bool failed)
{
	if (name)
		scene_use(scene, resource_named(TRACE_RESOURCE_HOST, name, NULL), TRACE_RESOLVE, 0, failed);
}

WRAPPED(getaddrinfo);
AGENT_EXPORT int getaddrinfo(const char *name, const char *service, const struct addrinfo *hints, struct addrinfo **result)
{
	int error = REAL(getaddrinfo)(name, service, hints, result);
	TELL(told_host(&scene, name, error != 0));
	return error;
}

#define WRAP_HOST(function, parameters, ...)                                                                           \
	WRAPPED(function);                                                                                             \
	AGENT_EXPORT struct hostent *function parameters                                                               \
	{                                                                                                              \
		struct hostent *result = REAL(function)(__VA_ARGS__);                                                  \
		int host_error = h_errno;                                                                              \
		TELL(told_host(&scene, name, !result));                                                                \
		h_errno = host_error;                                                                                  \
		return result;                                                                                         \
	}
WRAP_HOST(gethostbyname, (const char *name), name)
WRAP_HOST(gethostbyname2, (const char *name, int family), name, family)

WRAPPED(gethostbyname_r);
AGENT_EXPORT int gethostbyname_r(const char *name, struct hostent *host, char *buffer, size_t size, struct hostent **result,
				 int *host_error)
{
	int error = REAL(gethostbyname_r)(name, host, buffer, size, result, host_error);
	TELL(told_host(&scene, name, error != 0 || !*result));
	return error;
}
