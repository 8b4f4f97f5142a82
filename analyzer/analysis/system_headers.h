/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Headers that come with the C library, the kernel or the compiler: what needs no library of its own. */
#ifndef SIGHTLINE_ANALYSIS_SYSTEM_HEADERS_H
#define SIGHTLINE_ANALYSIS_SYSTEM_HEADERS_H

#include <stdbool.h>

/* name: as spelled in an #include, "sys/types.h". */
bool system_header(const char *name);

#endif
