/* SPDX-License-Identifier: MIT */
/* What takes rights from the process, and so from the agent: seccomp filters, another root folder, another user. Owns
 * these wrappers: before each the file is made large enough to go on without being opened again. */
#include <stdarg.h>
#include <sys/prctl.h>
#include <unistd.h>

#include "lifecycle.h"

#define JAIL_RESERVE (4u << 20)

bool freeze_begin(void)
{
	bool was_frozen = pool_is_frozen;
	pool_reserve(JAIL_RESERVE);
	pool_is_frozen = true;
	return was_frozen;
}

AGENT_EXPORT int prctl(int option, ...)
{
	va_list list;
	va_start(list, option);
	unsigned long a = va_arg(list, unsigned long), b = va_arg(list, unsigned long);
	unsigned long c = va_arg(list, unsigned long), d = va_arg(list, unsigned long);
	va_end(list);
	bool is_filter = option == PR_SET_SECCOMP && pool_header;
	bool was_frozen = is_filter && freeze_begin();
	int status = REAL(prctl)(option, a, b, c, d);
	if (is_filter && status != 0)
		pool_is_frozen = was_frozen;
	if (option == PR_SET_NAME && status == 0 && a)
		thread_name(NULL, (const char *)a);
	return status;
}

AGENT_EXPORT int chroot(const char *path)
{
	pool_reserve(JAIL_RESERVE);
	return REAL(chroot)(path);
}

AGENT_EXPORT int setuid(uid_t user)
{
	pool_reserve(JAIL_RESERVE);
	return REAL(setuid)(user);
}

AGENT_EXPORT int seteuid(uid_t user)
{
	pool_reserve(JAIL_RESERVE);
	return REAL(seteuid)(user);
}

AGENT_EXPORT int setreuid(uid_t real, uid_t effective)
{
	pool_reserve(JAIL_RESERVE);
	return REAL(setreuid)(real, effective);
}

AGENT_EXPORT int setresuid(uid_t real, uid_t effective, uid_t saved)
{
	pool_reserve(JAIL_RESERVE);
	return REAL(setresuid)(real, effective, saved);
}
