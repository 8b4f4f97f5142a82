/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The baseline file as the gate sees it: which lines accept something, which no longer do, and what is added. Private to cmd/.
 * Its form is that of check/tasks.h: "KEY reason" on a line, "#" starts a comment. */
#ifndef SIGHTLINE_CMD_GATE_BASELINE_H
#define SIGHTLINE_CMD_GATE_BASELINE_H

#include <stdbool.h>

#include "analysis/drift.h"
#include "base/hash.h"
#include "model/model.h"
#include "reports/gate.h"

struct gate_baseline {
	char *path;              /* NULL: there is none */
	char *text;              /* NULL: no such file yet */
	struct interner *keys;   /* in the order of the file */
	const char **now;        /* per key what goes by it has as its fingerprint since a rename; NULL: the key itself. Borrowed */
	struct interner *renamed; uint32_t *renamed_key; /* those fingerprints -> their keys */
};

/* path NULL: no baseline. ERR_INPUT: it cannot be read. */
int gate_baseline_read(const char *path, struct gate_baseline *out, struct err *err);
void gate_baseline_finish(struct gate_baseline *baseline);
/* A rename makes nothing new of what is accepted: keys that are an alias' older fingerprint accept the newer one, too. Once; the
 * aliases must outlive the baseline. */
void gate_baseline_rename(struct gate_baseline *baseline, const struct drift *drift);
bool gate_baseline_accepts(const struct gate_baseline *baseline, const char *fingerprint);

/* Keys that accept neither an event of rows nor a finding or task of the release head; names live in arena. A key that does so by
 * itself stays what it is, whatever was renamed. */
int gate_baseline_stale(struct gate_baseline *baseline, struct model *model, const char *head, const struct gate_report *report,
			struct arena *arena, const char *const **out, size_t *count, struct err *err);

/* How many keys it has that it had not at the commit of the release base; 0 where git does not know: then nothing is told. root: of
 * the codebase. */
size_t gate_baseline_grown(const struct gate_baseline *baseline, struct model *model, const char *root, const char *base);

/* Writes the file anew: comments at its top as they are; lines that accept something as they are, but for
 * keys of what was renamed since; a line for each new row that fails
 * or warns; all sorted by key, so that two branches that add lines merge. Says how many lines came and went. Put in place at once. */
int gate_baseline_update(const struct gate_baseline *baseline, const struct gate_report *report, size_t *added, size_t *removed,
			 struct err *err);

#endif
