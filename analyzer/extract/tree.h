/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The files below a folder, by path and by name. Internal to extract/. */
#ifndef SIGHTLINE_EXTRACT_TREE_H
#define SIGHTLINE_EXTRACT_TREE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"

#define TREE_NONE UINT32_MAX

struct tree;

/* Walks root: regular files, and links to such below root. Hidden folders are left out, as are linked folders (their
 * targets are walked where they are, and no loop can arise) and paths that match a glob of skip (NULL-terminated; may
 * be NULL). Errors: ERR_IO where root cannot be read; ERR_LIMIT past 2 million files. */
int tree_create(const char *root, const char *const *skip, struct tree **out, struct err *err);
void tree_destroy(struct tree *tree);

/* Files are numbered in order of path. Paths are relative to root, raw bytes, borrowed. */
uint32_t tree_count(const struct tree *tree);
const char *tree_path(const struct tree *tree, uint32_t file);
uint32_t tree_find(const struct tree *tree, const char *path); /* TREE_NONE where there is none */

/* The files whose last component is name, in order of path: *first points to *count numbers. */
void tree_named(const struct tree *tree, const char *name, const uint32_t **first, size_t *count);

#endif
