/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The folder of a run: its control file and one trace file per process. */
#ifndef SIGHTLINE_CMD_TRACES_H
#define SIGHTLINE_CMD_TRACES_H

#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"
#include "base/hash.h"

#define TRACES_SUFFIX ".trace"

struct traces {
	char *folder;       /* absolute */
	char run_id[33];    /* hex */
	bool paused;
};
/* Makes "<parent>/<run id>" with its control file. ERR_IO. */
int traces_create(const char *parent, bool paused, struct traces *out, struct err *err);
void traces_finish(struct traces *traces);   /* frees; the folder stays */
void traces_remove(const struct traces *traces); /* what is in it, and the folder */

/* Gives back the disk under empty pages of files whose processes have ended: an agent makes room ahead, and thousands of short
 * processes would fill a disk with it. done: names that were dealt with. */
void traces_compact(const struct traces *traces, struct interner *done);

/* Paths of trace files: sorted; one free() each and one for the list. */
struct trace_files { char **paths; size_t count, capacity; };
/* A file is taken as it is, of a folder what ends in TRACES_SUFFIX, and what the folders in it hold. ERR_INPUT: there is none. */
int trace_files_find(const char *path, struct trace_files *out, struct err *err);
void trace_files_finish(struct trace_files *files);

/* How many of the processes that wrote them are running; the first few of their ids as text. */
size_t trace_files_running(const struct trace_files *files, char *ids, size_t size);

/* Writes them one behind the other into one file, packed (ingest/pack.h), whole or not at all. is_snapshot: marks them as copies
 * taken while the process ran. ERR_IO. */
int trace_files_join(const struct trace_files *files, const char *path, bool is_snapshot, struct err *err);

/* Sets whether a run records. ERR_INPUT: no such folder of a run. */
int traces_pause(const char *folder, bool paused, struct err *err);

#endif
