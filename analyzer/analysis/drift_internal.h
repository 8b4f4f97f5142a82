/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the parts of drift share. Private to drift*.c. */
#ifndef SIGHTLINE_ANALYSIS_DRIFT_INTERNAL_H
#define SIGHTLINE_ANALYSIS_DRIFT_INTERNAL_H

#include <string.h>

#include "analysis/drift.h"
#include "base/buf.h"
#include "base/hash.h"
#include "facts/facts.h"

#define DRIFT_NAMES 5 /* most names that a detail lists; the rest is counted */

struct drifting {
	const struct drift_input *in;
	struct drift *out;
	size_t event_capacity, wanted_capacity, note_capacity, alias_capacity;
	struct interner *paths;      /* every path of a file -> its index */
	uint32_t *path_file;         /* id of paths -> file */
	uint32_t *renamed; size_t renamed_count; /* newer files that had another path */
	uint32_t *renamed_functions; size_t renamed_function_count; /* newer functions that had another name */
	/* Functions: rows by symbol, and which older row is which newer one. */
	uint32_t *old_function, *new_function; /* symbol -> row in that release, DRIFT_NONE */
	uint32_t *function_now, *function_before; /* row -> row of the other release; DRIFT_NONE: gone, new */
	uint32_t *symbol_now, *symbol_before;     /* symbol -> what it is in the other release; functions by the above, what a file
						   * scopes by the file's renaming; DRIFT_NONE: nothing */
	bool *domain_split[2];       /* newer domains that came out of a split ([1]); older ones that were merged ([0]) */
	uint32_t *domain_origin[2];  /* [1]: per newer domain the older one most of it was in; [0]: per older one where most went */
};

static inline bool drift_is_old(uint8_t sides) { return sides & DRIFT_IN_OLD; }
static inline bool drift_is_new(uint8_t sides) { return sides & DRIFT_IN_NEW; }

/* Text in the result's arena. */
const char *drift_text(struct drifting *d, const char *format, ...) __attribute__((format(printf, 2, 3)));
/* "a, b, c and 4 more" out of names, of which at most DRIFT_NAMES are told. */
const char *drift_list(struct drifting *d, const char *const *names, size_t count);
void drift_note(struct drifting *d, const char *text);

/* A new event. identity: what it is about by its older names, for the fingerprint; NULL: the subject. The rest is zero; the
 * pointer dies with the next event. */
struct drift_event *drift_add(struct drifting *d, enum drift_kind kind, enum drift_severity severity, const char *subject,
			      const char *identity, const char *detail);
/* Causes of the event added last, as far as they are known already; kept are the first DRIFT_EVIDENCE. */
void drift_add_evidence(struct drifting *d, struct drift_event *event, const struct drift_evidence *rows, size_t count);
void drift_want(struct drifting *d, uint8_t side, bool is_file, uint32_t from, uint32_t to);

/* Domain of a file on a side, DRIFT_NONE; and names. */
uint32_t drift_domain_of(const struct drifting *d, unsigned side, uint32_t file);
const char *drift_domain_name(const struct drifting *d, unsigned side, uint32_t domain);
/* A domain of either side by its older name, for fingerprints. */
const char *drift_domain_identity(const struct drifting *d, unsigned side, uint32_t domain);
const char *drift_path_identity(const struct drifting *d, unsigned side, const char *path);
const char *drift_symbol_name(const struct drifting *d, uint32_t symbol);
/* The file of that path, DRIFT_NONE. */
uint32_t drift_file_find(const struct drifting *d, const char *path);

/* The parts, in the order in which they run: each uses what those before it matched. */
void drift_match_files(struct drifting *d);       /* drift_files.c */
void drift_match_functions(struct drifting *d);
void drift_match_domains(struct drifting *d);     /* drift_domains.c */
void drift_tell_files(struct drifting *d);
void drift_tell_domains(struct drifting *d);
void drift_tell_dependencies(struct drifting *d);
void drift_tell_cycles(struct drifting *d);       /* drift_cycles.c */
void drift_tell_findings(struct drifting *d);     /* drift_findings.c */
void drift_tell_debt(struct drifting *d);         /* drift_debt.c */
void drift_tell_reach(struct drifting *d);        /* dead code, entry points, common code: drift_reach.c */
void drift_tell_observed(struct drifting *d);
void drift_tell_shared(struct drifting *d);       /* resources, globals, libraries: drift_shared.c */
void drift_tell_api(struct drifting *d);          /* drift_api.c */

#endif
