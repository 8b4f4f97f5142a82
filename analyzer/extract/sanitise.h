/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One recorded compiler command -> arguments for libclang. */
#ifndef SIGHTLINE_EXTRACT_SANITISE_H
#define SIGHTLINE_EXTRACT_SANITISE_H

#include <stdbool.h>

#include "extract/words.h"

/* What a command turned out to be. */
enum command_language {
	LANGUAGE_C,
	LANGUAGE_FOREIGN, /* C++, assembler, a header on its own ...: not ours to parse */
};

/* Appends to out the arguments that decide what file means to the preprocessor and the parser: without compiler and
 * wrappers, inputs, outputs, warnings, plugins, anything that loads or writes a file, and flags that only gcc knows.
 * recorded: the words of the command, @files expanded. Words are borrowed from it or made in arena. */
enum command_language sanitise_command(const struct words *recorded, const char *file, struct arena *arena,
				       struct words *out);

/* Appends what libclang needs besides: builtin headers, working directory, leniency towards old C, and the likeness of
 * a gcc where the command was not clang's. */
void sanitise_add_environment(struct words *out, struct arena *arena, const char *directory);

/* Is name one whose value may be joined to it: "-I" of "-Ifolder"? */
bool sanitise_is_joined_option(const char *name, size_t length);

/* Is it a C source by its name: ".c", ".i"? */
bool sanitise_is_c_name(const char *file);

/* NULL-terminated; see gcc_flags.c. */
extern const char *const GCC_ONLY_FLAGS[];

#endif
