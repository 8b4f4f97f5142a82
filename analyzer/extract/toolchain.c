/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Finds out about the libclang we are linked with. Knows nothing of commands or units. */
#include "extract/toolchain.h"

#include <clang-c/Index.h>
#include <dlfcn.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "extract/extract.h"

const char *extract_clang_version(void)
{
	static char version[64];
	if (version[0])
		return version;
	CXString text = clang_getClangVersion(); /* "Debian clang version 19.1.7 (3~deb12u1)" */
	const char *full = clang_getCString(text);
	const char *number = full ? strstr(full, "version ") : NULL;
	number = number ? number + strlen("version ") : full ? full : "unknown";
	snprintf(version, sizeof version, "%.*s", (int)strcspn(number, " ("), number);
	clang_disposeString(text);
	return version;
}

static bool has_builtin_headers(const char *folder, char resolved[PATH_MAX])
{
	char header[PATH_MAX];
	int length = snprintf(header, sizeof header, "%s/include/stddef.h", folder);
	return length < (int)sizeof header && access(header, R_OK) == 0 && realpath(folder, resolved);
}

const char *toolchain_resource_dir(void)
{
	static char found[PATH_MAX];
	static bool searched;
	if (searched)
		return found[0] ? found : NULL;
	searched = true;
	Dl_info info;
	char library[PATH_MAX] = "/usr/lib";
	if (dladdr((void *)clang_getClangVersion, &info) && info.dli_fname && realpath(info.dli_fname, library)) {
		char *slash = strrchr(library, '/');
		if (slash)
			*slash = '\0';
	}
	int major = atoi(extract_clang_version());
	/* Beside the library: LLVM's own layout, Debian's (the library is in the multiarch folder), Fedora's. */
	static const char *const BESIDE[] = {"%s/clang/%d", "%s/../llvm-%d/lib/clang/%d", "%s/../lib/clang/%d"};
	for (size_t i = 0; i < sizeof BESIDE / sizeof *BESIDE; i++) {
		char folder[PATH_MAX + 64];
		snprintf(folder, sizeof folder, BESIDE[i], library, major, major);
		if (has_builtin_headers(folder, found))
			return found;
	}
	char folder[PATH_MAX];
	snprintf(folder, sizeof folder, "%s/lib/clang/%d", SIGHTLINE_LLVM_PREFIX, major);
	if (has_builtin_headers(folder, found))
		return found;
	found[0] = '\0';
	return NULL;
}
