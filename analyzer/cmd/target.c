/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cmd/target.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/mem.h"

int target_open(struct target *target, const char *path, struct err *err)
{
	struct stat status;
	*target = (struct target){.stream = stdout};
	if (!path || !strcmp(path, "-"))
		return 0;
	char *real = realpath(path, NULL); /* a link keeps its place, what it leads to is replaced */
	target->path = real ? real : mem_strdup(path);
	/* A link to a file yet to be made has no real path: the file is made through it. */
	if (real ? !stat(real, &status) && S_ISREG(status.st_mode) : lstat(path, &status) != 0) {
		struct buf name;
		buf_init(&name, BUF_NO_CEILING);
		buf_printf(&name, "%s.%ld.tmp", target->path, (long)getpid());
		target->temporary = buf_take(&name, NULL);
	}
	target->stream = fopen(target->temporary ? target->temporary : target->path, "wbe");
	if (target->stream)
		return 0;
	int result = err_errno(err, ERR_INPUT, errno, "%s: cannot be written", path);
	free(target->path);
	free(target->temporary);
	return result;
}

int target_close(struct target *target, int result, struct err *err)
{
	if (!target->path)
		return result;
	bool failed = fclose(target->stream) != 0;
	if (!result && (failed || (target->temporary && rename(target->temporary, target->path))))
		result = err_errno(err, ERR_IO, errno, "%s: cannot be written", target->path);
	if (result && target->temporary)
		unlink(target->temporary);
	free(target->path);
	free(target->temporary);
	return result;
}

int target_write(void *context, const void *bytes, size_t length)
{
	return fwrite(bytes, 1, length, context) == length ? 0 : -1;
}
