/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Which headers a codebase's build files say are installed: what others may include, and so its public API. Build files are read as
 * text that somebody else wrote: nothing of them is run, and what is not understood says nothing. */
#ifndef SIGHTLINE_BUILDFILES_INSTALLED_H
#define SIGHTLINE_BUILDFILES_INSTALLED_H

#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"

/* Reads meson.build, CMakeLists.txt, Makefile.am, makefiles and debian/NAME.install below root (absolute), from the topmost ones along
 * the folders that they go down into, and appends what they say as text, which is valid UTF-8 and can be stored: sorted lines
 * "=PATH", TAB, FILE, TAB, LINE for a header or pattern ("include/x/", two stars) relative to root, "~PATH..." where the file is not
 * there, since it is made by the build or meant otherwise. FILE and LINE: where it is said, the first place for each path and file.
 * Files that cannot be read, and what goes past a limit, are left out. */
void installed_read(const char *root, struct buf *out);

/* A header that is installed: index into headers; said_in is valid during the call. Once per header: where it is named, else by a pattern. */
typedef void (*installed_visit)(void *context, size_t header, const char *said_in, uint32_t line);
/* Whom of headers (paths relative to root, sorted) such a text means. A "~PATH" means the one header that is called so; where
 * several are, the one that shares the most folders with it, if that is one. Lines that are none are left out. */
void installed_match(const char *text, const char *const *headers, size_t count, installed_visit visit, void *context);

#endif
