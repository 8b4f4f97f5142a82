/* SPDX-License-Identifier: MIT */
/* Owns: the table of descriptors, and how files and addresses are called.
 * Must not: open, change or keep a descriptor; call what we wrap.
 *
 * Names of addresses are those of the service: a client's socket is called by its peer, an accepted one by its own address,
 * so that both ends of one service have one resource. Ports that the kernel chose are in no name. */
#include "descriptors.h"
#include "core.h"

#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <stddef.h>
#include <sys/syscall.h>
#include <sys/un.h>

enum { DESCRIPTORS = 1 << 20, NAME_SIZE = 1100, EPHEMERAL = 32768 };

static uint32_t table[DESCRIPTORS]; /* pages that are not touched cost nothing */
static unsigned highest;            /* no descriptor beyond it was ever set */

void descriptor_set(int descriptor, uint32_t resource)
{
	if (descriptor < 0 || descriptor >= DESCRIPTORS)
		return;
	__atomic_store_n(&table[descriptor], resource, __ATOMIC_RELAXED);
	if ((unsigned)descriptor > __atomic_load_n(&highest, __ATOMIC_RELAXED))
		__atomic_store_n(&highest, (unsigned)descriptor, __ATOMIC_RELAXED);
}

uint32_t descriptor_known(int descriptor)
{
	return descriptor >= 0 && descriptor < DESCRIPTORS && resources_are_current() ?
		__atomic_load_n(&table[descriptor], __ATOMIC_RELAXED) : 0;
}

uint32_t descriptor_take(int descriptor)
{
	uint32_t resource = descriptor_known(descriptor);

	if (resource)
		__atomic_store_n(&table[descriptor], 0, __ATOMIC_RELAXED);
	return resource;
}

void descriptors_forget(unsigned first, unsigned last)
{
	unsigned end = __atomic_load_n(&highest, __ATOMIC_RELAXED);

	for (unsigned i = first; i <= last && i <= end; i++)
		if (table[i])
			__atomic_store_n(&table[i], 0, __ATOMIC_RELAXED);
}

void descriptors_reset(void)
{
	descriptors_forget(0, UINT32_MAX);
	highest = 0;
}

/* ---- names ---- */

struct name { char text[NAME_SIZE]; size_t length; };

static void name_add(struct name *name, const char *text)
{
	text_append(name->text, sizeof(name->text), &name->length, text);
}

/* Removes "//", "/./" and "/x/../" in place. The text is absolute. */
static void path_clean(struct name *name)
{
	char *text = name->text, *to = text;
	const char *from = text;

	while (*from) {
		while (*from == '/')
			from++;
		const char *end = from;
		while (*end && *end != '/')
			end++;
		size_t length = (size_t)(end - from);
		if (length == 2 && from[0] == '.' && from[1] == '.') {
			while (to > text && *--to != '/')
				;
		} else if (length && !(length == 1 && from[0] == '.')) {
			*to++ = '/';
			for (size_t i = 0; i < length; i++)
				*to++ = from[i];
		}
		from = end;
	}
	if (to == text)
		*to++ = '/';
	*to = 0;
	name->length = (size_t)(to - text);
}

static bool name_working_directory(struct name *name)
{
	long length = pool_is_frozen ? -EPERM : system_call(SYS_getcwd, name->text, (long)sizeof(name->text));

	if (length <= 1 || name->text[0] != '/')
		return false;
	name->length = (size_t)length - 1;
	return true;
}

uint32_t path_resource(enum trace_resource_kind kind, int directory, const char *path)
{
	struct name name = {.length = 0};

	if (!path)
		return 0;
	if (path[0] != '/') {
		size_t length;
		const char *base = directory == AT_FDCWD ? NULL : resource_name(descriptor_resource(directory), &length);
		if (base && length < sizeof(name.text)) {
			copy_bytes(name.text, base, length);
			name.text[length] = 0;
			name.length = length;
		} else if (directory != AT_FDCWD || !name_working_directory(&name)) {
			return resource_named(kind, path, NULL); /* better a relative name than none */
		}
		name_add(&name, "/");
	}
	name_add(&name, path);
	path_clean(&name);
	return resource_number(kind, name.text, name.length, NULL, 0, 0);
}

static void name_ipv4(struct name *name, const uint8_t bytes[4])
{
	for (int i = 0; i < 4; i++) {
		if (i)
			name_add(name, ".");
		text_append_number(name->text, sizeof(name->text), &name->length, bytes[i]);
	}
}

/* All groups, but ::N where only the last is not zero. */
static void name_ipv6(struct name *name, const struct in6_addr *address)
{
	static const char digits[] = "0123456789abcdef";
	static const uint8_t mapped[12] = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};
	const uint8_t *bytes = address->s6_addr;
	int group = 0;

	if (same_bytes(bytes, mapped, sizeof(mapped))) {
		name_ipv4(name, bytes + 12);
		return;
	}
	while (group < 7 && !bytes[2 * group] && !bytes[2 * group + 1])
		group++;
	name_add(name, group == 7 ? "[::" : "[");
	for (group = group == 7 ? 7 : 0; group < 8; group++) {
		unsigned value = bytes[2 * group] * 256u + bytes[2 * group + 1];
		char text[5];
		int at = 0;
		for (int shift = 12; shift >= 0; shift -= 4)
			if (at || value >> shift || !shift)
				text[at++] = digits[value >> shift & 15];
		text[at] = 0;
		name_add(name, text);
		name_add(name, group < 7 ? ":" : "]");
	}
}

const char *socket_type_name(int domain, int type)
{
	type &= 0xf;
	switch (domain) {
	case AF_INET: case AF_INET6: return type == SOCK_STREAM ? "tcp" : type == SOCK_DGRAM ? "udp" : "ip";
	case AF_UNIX: return "unix";
	case AF_NETLINK: return "netlink";
	case AF_PACKET: return "packet";
	default: return "socket";
	}
}

static int socket_type(int descriptor)
{
	int type = 0;
	socklen_t size = sizeof(type);

	if (pool_is_frozen || system_call(SYS_getsockopt, (long)descriptor, (long)SOL_SOCKET, (long)SO_TYPE, &type, &size) != 0)
		return SOCK_STREAM;
	return type;
}

static bool name_unix(struct name *name, const struct sockaddr_un *address, socklen_t length)
{
	size_t bytes = length - offsetof(struct sockaddr_un, sun_path);

	if (length <= offsetof(struct sockaddr_un, sun_path))
		return false;
	if (bytes > sizeof(address->sun_path))
		bytes = sizeof(address->sun_path);
	name_add(name, address->sun_path[0] ? "" : "@"); /* abstract */
	for (size_t i = !address->sun_path[0]; i < bytes && (address->sun_path[i] || !address->sun_path[0]); i++) {
		char one[2] = {address->sun_path[i] ? address->sun_path[i] : '@', 0};
		name_add(name, one);
	}
	return true;
}

static uint32_t address_named(const char *type, const struct sockaddr *address, socklen_t length)
{
	struct name name = {.length = 0};
	unsigned port;

	name_add(&name, type);
	name_add(&name, " ");
	switch (address->sa_family) {
	case AF_INET:
		if (length < sizeof(struct sockaddr_in))
			return 0;
		name_ipv4(&name, (const uint8_t *)&((const struct sockaddr_in *)(const void *)address)->sin_addr);
		port = ntohs(((const struct sockaddr_in *)(const void *)address)->sin_port);
		break;
	case AF_INET6:
		if (length < offsetof(struct sockaddr_in6, sin6_scope_id))
			return 0;
		name_ipv6(&name, &((const struct sockaddr_in6 *)(const void *)address)->sin6_addr);
		port = ntohs(((const struct sockaddr_in6 *)(const void *)address)->sin6_port);
		break;
	case AF_UNIX:
		if (!name_unix(&name, (const void *)address, length))
			return 0;
		return resource_number(TRACE_RESOURCE_SOCKET, name.text, name.length, type, 0, 0);
	default:
		return resource_number(TRACE_RESOURCE_SOCKET, type, text_length(type), type, 0, 0);
	}
	name_add(&name, ":");
	if (port)
		text_append_number(name.text, sizeof(name.text), &name.length, port);
	else
		name_add(&name, "*"); /* the kernel chooses one */
	return resource_number(TRACE_RESOURCE_SOCKET, name.text, name.length, type, 0, 0);
}

uint32_t address_resource(int descriptor, const struct sockaddr *address, socklen_t length)
{
	if (!address || length < sizeof(address->sa_family))
		return 0;
	return address_named(socket_type_name(address->sa_family, socket_type(descriptor)), address, length);
}

static uint32_t asked_address_resource(int descriptor, long question)
{
	struct sockaddr_storage address = {0};
	socklen_t length = sizeof(address);

	if (pool_is_frozen || system_call(question, (long)descriptor, &address, &length) != 0)
		return 0;
	return address_resource(descriptor, (const void *)&address, length);
}

uint32_t own_address_resource(int descriptor)
{
	return asked_address_resource(descriptor, SYS_getsockname);
}

uint32_t peer_address_resource(int descriptor)
{
	return asked_address_resource(descriptor, SYS_getpeername);
}

/* ---- descriptors that were not seen made ---- */

static unsigned port_of(const struct sockaddr_storage *address)
{
	return address->ss_family == AF_INET || address->ss_family == AF_INET6
		? ntohs(((const struct sockaddr_in *)(const void *)address)->sin_port) : 0;
}

/* Which end it is was not seen: the one with a port that the kernel would not choose is the service. */
__attribute__((noinline)) static uint32_t socket_found(int descriptor)
{
	struct sockaddr_storage own = {0}, peer = {0};
	socklen_t own_length = sizeof(own), peer_length = sizeof(peer);
	uint32_t resource = 0;

	if (system_call(SYS_getsockname, (long)descriptor, &own, &own_length) != 0)
		return 0;
	if (system_call(SYS_getpeername, (long)descriptor, &peer, &peer_length) == 0
	    && (port_of(&own) >= EPHEMERAL || (own.ss_family == AF_UNIX && peer_length > sizeof(own.ss_family))))
		resource = address_resource(descriptor, (const void *)&peer, peer_length);
	if (!resource && (port_of(&own) || own.ss_family == AF_UNIX))
		resource = address_resource(descriptor, (const void *)&own, own_length);
	return resource ? resource
		: resource_named(TRACE_RESOURCE_SOCKET, socket_type_name(own.ss_family, socket_type(descriptor)), NULL);
}

static uint32_t descriptor_find(int descriptor)
{
	struct name target;
	char link[32];
	size_t link_length = 0;
	long length;

	if (pool_is_frozen)
		return 0;
	text_append(link, sizeof(link), &link_length, "/proc/self/fd/");
	text_append_number(link, sizeof(link), &link_length, (uint64_t)descriptor);
	length = system_call(SYS_readlinkat, (long)AT_FDCWD, link, target.text, (long)sizeof(target.text) - 1);
	if (length <= 0)
		return 0;
	target.text[length] = 0;
	if (target.text[0] == '/')
		return resource_number(TRACE_RESOURCE_FILE, target.text, (size_t)length, NULL, 0, 0);
	if (same_bytes(target.text, "socket:", 7))
		return socket_found(descriptor);
	if (same_bytes(target.text, "pipe:", 5))
		return resource_named(TRACE_RESOURCE_PIPE, "(not seen made)", NULL);
	return resource_named(TRACE_RESOURCE_OTHER, target.text, "descriptor");
}

uint32_t descriptor_resource(int descriptor)
{
	uint32_t resource = descriptor_known(descriptor);

	if (!resource && descriptor >= 0) {
		resource = descriptor_find(descriptor);
		descriptor_set(descriptor, resource);
	}
	return resource;
}

void descriptor_used(const struct scene *scene, int descriptor, enum trace_operation operation, long result)
{
	uint32_t resource = descriptor_resource(descriptor);

	if (resource)
		scene_use(scene, resource, operation, result > 0 ? (uint64_t)result : 0, result < 0);
}

void told_close(const struct scene *scene, uint32_t resource, int result)
{
	if (resource)
		scene_use(scene, resource, TRACE_CLOSE, 0, result != 0);
}
