/* SPDX-License-Identifier: GPL-3.0-or-later */
/* From trace files to observations: the one header of ingest/ that other folders include.
 *
 * Trace files are bytes of any origin: nothing in them is trusted, damaged parts are skipped and counted. The programs and
 * libraries that ran, and their debug information, are read from this machine's disk, matched by path and build id.
 *
 * What is counted, and how calls that the machine code does not have are told, is said in edges.h. */
#ifndef SIGHTLINE_INGEST_INGEST_H
#define SIGHTLINE_INGEST_INGEST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/progress.h"
#include "facts/observation.h"

struct ingest_options {
	const char *root;                 /* the codebase: absolute, real path, without a slash at its end */
	const char *home;                 /* told as "~" in the names of files; NULL: none */
	const char *const *debug_folders; /* where debug files may lie, before /usr/lib/debug; NULL at the end; may be NULL */
	const struct progress *progress;  /* may be NULL */
};

/* The observation of one run: of all given trace files with its run id. */
struct ingest_run {
	char run_id[33];  /* 32 lower-case hex digits */
	struct buf bytes; /* canonical bytes: observation_decode reads them */
	uint64_t traces;  /* trace files in it, repeats not counted */
	uint64_t events;  /* sum of all counts in them */
};

enum ingest_note_kind {
	INGEST_NOTE_MISSING,     /* a module is gone, or another file lies there than the one that ran */
	INGEST_NOTE_UNDESCRIBED, /* a module below the codebase's root without debug information */
	INGEST_NOTE_DAMAGED,     /* part of a trace file could not be used */
	INGEST_NOTE_REFUSED,     /* a file that holds no trace, or one of a version that we do not read */
};
struct ingest_note {
	enum ingest_note_kind kind;
	char *text; /* one line: what, where, why */
};

struct ingest_report {
	uint64_t files;     /* that were given and hold a trace */
	uint64_t refused;   /* that were given and hold none */
	uint64_t traces;    /* in them: several may stand behind each other in one file */
	uint64_t repeats;   /* of these, traces that are there in a later state, too: left out */
	uint64_t damaged;   /* segments and records left out because they make no sense */
	uint64_t running;   /* traces of processes that were not seen to end */
	uint64_t lost[16];  /* by enum trace_loss, summed */
	struct ingest_run *runs; /* by run id */
	size_t run_count;
	struct ingest_note *notes; /* distinct, sorted; at most 1000 */
	size_t note_count;
};

/* Reads files, in any order. Files that hold no trace are told in the report; where none holds one it is an error:
 * ERR_INPUT. ERR_IO: a file cannot be opened or read. report is untouched on failure; else the caller finishes it. */
int ingest_files(const char *const *paths, size_t count, const struct ingest_options *options,
		 struct ingest_report *report, struct err *err);
void ingest_report_finish(struct ingest_report *report);

/* What a loss is called in observation.losses ("calls", "resource events" ...), by enum trace_loss; NULL: no such loss. */
const char *ingest_loss_name(unsigned loss);

#endif
