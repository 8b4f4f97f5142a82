/* SPDX-License-Identifier: GPL-3.0-or-later */
/* New domains put into a configuration that a person wrote, all of whose lines stay as they are. */
#ifndef SIGHTLINE_CONFIG_INSERT_H
#define SIGHTLINE_CONFIG_INSERT_H

#include "base/buf.h"
#include "base/err.h"

/* Appends to out the configuration text (name: of its file) with lines put at the end of its "domains:", where they take
 * nothing away from a glob above them: the first that matches wins. lines: entries of a mapping, whole lines, the keys
 * indented by two spaces; written as deep as the keys that are there. Without a "domains:" one is put at the end.
 * ERR_INPUT: text is no configuration, or its domains are in braces, where there is no line to put one behind. */
int config_insert_domains(const char *text, size_t length, const char *name, const char *lines, struct buf *out,
			  struct err *err);

#endif
