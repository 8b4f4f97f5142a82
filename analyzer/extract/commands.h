/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Parsing a database from memory: for commands_load, the unit tests and the fuzzer. */
#ifndef SIGHTLINE_EXTRACT_COMMANDS_H
#define SIGHTLINE_EXTRACT_COMMANDS_H

#include "extract/extract.h"

/* As commands_load, from bytes, which are followed by a NUL. json_path need not exist; its folder, if it does, is what
 * relative directories start from, else root. */
int commands_parse(const char *root, const char *json_path, const char *bytes, size_t length,
		   const struct warnings *warnings, struct command_list **out, struct err *err);

#endif
