/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The libclang in use: its version, its builtin headers, where it looks for system headers. */
#ifndef SIGHTLINE_EXTRACT_TOOLCHAIN_H
#define SIGHTLINE_EXTRACT_TOOLCHAIN_H

/* The folder whose include/ holds clang's builtin headers; NULL where none was found. Static storage. */
const char *toolchain_resource_dir(void);

#endif
