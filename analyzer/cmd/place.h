/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Folders of our own beside a model, for trees that are written and thrown away. Knows nothing of git. Private to cmd/. */
#ifndef SIGHTLINE_CMD_PLACE_H
#define SIGHTLINE_CMD_PLACE_H

#include <stddef.h>
#include <sys/types.h>

#include "base/err.h"

struct place {
	char *folder; /* absolute real path, empty when taken */
	int lock;     /* on the folder's lock file: a folder that nobody has locked is a leftover */
	int pipe;     /* while it is open, the janitor waits */
	pid_t janitor;
};

/* Takes the first free folder "<database>-revisions/N", made empty. It goes when the place is given up, and whenever this
 * process ends in any way: a child of ours outlives us to remove it. Should that be killed as well, the next place_take does it.
 * ERR_IO. */
int place_take(const char *database, struct place *out, struct err *err);
void place_give_up(struct place *place); /* a zeroed one is legal */

/* Removes everything in folder, not folder itself. */
int place_empty(const char *folder, struct err *err);

/* Copies the file at from to path below folder; makes the folders on the way. Follows no link below folder: what lies there
 * may be hostile. ERR_IO, ERR_INPUT where a link or something else is in the way. */
int place_copy(const char *folder, const char *path, const char *from, struct err *err);
/* Makes the folder at path below folder, in the same way. */
int place_make_folder(const char *folder, const char *path, struct err *err);

#endif
