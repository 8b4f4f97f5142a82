/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What changed in the architecture between two releases: rows of both in, sorted events out. Pure: no I/O, no SQL, no clock.
 *
 * Most rows of two releases are the same, and a caller that knows which need not bring them: of tables marked "changed" only
 * rows that are in one release and not in the other are looked at. Line numbers alone, order, layout of the text, comments and
 * names of locals are in no row that is compared, so that they never make an event.
 *
 * Things are matched before they are compared: files by path, else by what git or their content says is a rename; functions by
 * name, else by the file they moved to, else by body and callees; domains by the assignment that keeps the most functions
 * (Kuhn 1955, in the form of Jonker and Volgenant 1987). What is matched is neither added nor removed. */
#ifndef SIGHTLINE_ANALYSIS_DRIFT_H
#define SIGHTLINE_ANALYSIS_DRIFT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/mem.h"

#define DRIFT_NONE UINT32_MAX

/* ---- what comes out ---- */

enum drift_kind {
	DRIFT_DOMAIN_ADDED, DRIFT_DOMAIN_REMOVED, DRIFT_DOMAIN_RENAMED, DRIFT_DOMAIN_SPLIT, DRIFT_DOMAIN_MERGED,
	DRIFT_FILE_MOVED,            /* to another domain */
	DRIFT_FILE_RENAMED,          /* to another path */
	DRIFT_FUNCTION_MOVED,        /* to another file */
	DRIFT_FUNCTION_RENAMED,
	DRIFT_DEPENDENCY_ADDED, DRIFT_DEPENDENCY_REMOVED, /* between domains */
	DRIFT_CYCLE_ADDED, DRIFT_CYCLE_BROKEN, DRIFT_CYCLE_GROWN, DRIFT_CYCLE_SHRUNK, /* of domains, of files */
	DRIFT_VIOLATION_ADDED, DRIFT_VIOLATION_FIXED,     /* of the declared architecture */
	DRIFT_FINDING_ADDED, DRIFT_FINDING_FIXED,         /* of any other rule */
	DRIFT_DEBT_UP, DRIFT_DEBT_DOWN,
	DRIFT_COMPLEXITY_UP, DRIFT_COMPLEXITY_DOWN,       /* of the whole: how much of the code a change may reach */
	DRIFT_HIGH_DEBT_ADDED, DRIFT_HIGH_DEBT_REMOVED,   /* a file that became, or is no longer, a case for refactoring */
	DRIFT_EXCLUSIVITY_DOWN, DRIFT_EXCLUSIVITY_UP,     /* of a domain */
	DRIFT_COMMON_ADDED, DRIFT_COMMON_REMOVED,         /* functions that several entry points share now, or no longer */
	DRIFT_DEAD_CODE_GROWN, DRIFT_DEAD_CODE_SHRUNK,
	DRIFT_ENTRY_POINT_ADDED, DRIFT_ENTRY_POINT_REMOVED,
	DRIFT_RESOURCE_ADDED, DRIFT_RESOURCE_REMOVED, DRIFT_RESOURCE_SHARED, DRIFT_RESOURCE_EXCLUSIVE,
	DRIFT_GLOBAL_SHARED, DRIFT_GLOBAL_EXCLUSIVE,      /* mutable, of one domain before and of several now; or back */
	DRIFT_LIBRARY_ADDED, DRIFT_LIBRARY_REMOVED,
	DRIFT_API_BREAKING, DRIFT_API_COMPATIBLE,
	DRIFT_CALL_OBSERVED,         /* seen in runs now and not before, where both releases were traced */
	DRIFT_FLOW_GONE,             /* an entry point that runs entered before and do not enter now, likewise */
	DRIFT_KINDS,
};
enum drift_severity { DRIFT_INFO, DRIFT_MINOR, DRIFT_MAJOR, DRIFT_CRITICAL, DRIFT_SEVERITIES };

/* What is to be known of a kind by who groups, filters or judges events. */
struct drift_kind_info {
	const char *name;        /* "dependency_added": as in the view and in the configuration */
	const char *title;       /* "Dependencies between domains added" */
	const char *why;         /* one sentence: why it matters */
	const char *advice;      /* one sentence: what to do; "" where there is nothing to do */
	bool is_improvement;     /* never fails a gate */
};
const struct drift_kind_info *drift_kind_info(enum drift_kind kind);
bool drift_kind_find(const char *name, enum drift_kind *out);
const char *drift_severity_name(enum drift_severity severity);          /* info, minor, major, critical */
bool drift_severity_find(const char *name, enum drift_severity *out);

struct drift_evidence {
	const char *symbol;      /* what is named there, or what the place is about; "" */
	const char *from;        /* who names it: a function, "" at file scope */
	const char *file;        /* where; in the newer release unless the event is about something gone */
	uint32_t line;           /* 0: not known */
};

struct drift_event {
	enum drift_kind kind;
	enum drift_severity severity;
	const char *subject;     /* what it is about, told by its name in the newer release if it is there: "net -> store" */
	const char *detail;      /* how it changed: one line for people */
	const char *file; uint32_t line; /* where to look first; NULL, 0 */
	const char *from, *to;   /* dependencies: the domains; else NULL */
	double before, after;    /* of what the kind measures (debt, members of a cycle, functions); 0 where it measures nothing */
	const char *fingerprint; /* 32 hex digits of kind and subject by their older names; no line, no count is in it */
	const struct drift_evidence *evidence; size_t evidence_count; /* at most DRIFT_EVIDENCE, the most telling first */
	size_t evidence_total;   /* how many there are */
};
#define DRIFT_EVIDENCE 20

/* A dependency whose causes are still to be looked up: DRIFT_DEPENDENCY_* (between domains) and DRIFT_CYCLE_* (between domains or
 * files). Domains and files are indices into the input's. */
struct drift_wanted { uint32_t event; uint8_t side /* 0 older, 1 newer */; bool is_file; uint32_t from, to; };

/* A finding of the newer release that went by another fingerprint before its file or function was renamed. */
struct drift_alias { const char *before, *now; };

struct drift {
	struct arena *arena;     /* everything that is given out */
	struct drift_event *events; size_t count; /* by falling severity, then kind, subject, file, line */
	struct drift_wanted *wanted; size_t wanted_count;
	/* How the older release's things are called in the newer one: DRIFT_NONE: gone. Indices into the input. */
	uint32_t *file_now, *file_before;     /* per file; a file that stayed is its own */
	uint32_t *domain_now, *domain_before; /* older domain -> newer, newer -> older */
	struct drift_alias *aliases; size_t alias_count;
	uint32_t files_added, files_removed, functions_added, functions_removed; /* after matching */
	const char **notes; size_t note_count; /* what must be known to read this: units that failed, runs on one side only */
};

/* ---- what goes in. [0] is of the older release, [1] of the newer ---- */

enum drift_sides { DRIFT_IN_OLD = 1, DRIFT_IN_NEW = 2 }; /* bits: which releases a row is of */

struct drift_domain {
	const char *name;
	bool is_declared;
	double debt, exclusivity;        /* of the structure, 0..100; 0..1; below 0: not known */
};
struct drift_file { /* every file of either release; distinct paths */
	const char *path;
	uint8_t sides;
	bool is_header, is_public;       /* public: of the API; see cmd/public_headers.h */
	uint8_t installed;               /* sides on which a build file installs it */
	const char *said_in; uint32_t said_line; /* the build file that says so, of the newest such side; NULL */
	uint32_t domain[2];              /* DRIFT_NONE: none */
	uint32_t code_lines[2];
	uint32_t git_before;             /* the file that git says this one was; DRIFT_NONE */
};
struct drift_symbol { uint8_t kind; /* enum symbol_kind */ const char *name, *scope; /* path of the file that scopes it; "" */ };
struct drift_function { /* every function of either release; what changed is there once per release */
	uint32_t symbol, file;
	uint8_t sides;
	uint8_t is_reachable, is_common; /* reachable: also from functions whose address is taken; common: several entry points share it */
	uint32_t line, flags, parameters, cyclomatic, cognitive, code_lines;
	const char *signature;
};
struct drift_type { uint32_t symbol, file; uint8_t sides; uint32_t line; const char *kind, *layout; /* NULL: not known */ }; /* changed */
struct drift_variable { uint32_t symbol, file; uint8_t sides; uint32_t line, flags; const char *type; };         /* changed */
struct drift_macro { uint32_t symbol, file; uint8_t sides; uint32_t line; };                                      /* changed */
struct drift_declaration { uint32_t symbol, file; uint8_t sides; uint32_t line; bool is_definition; };
	/* changed; in headers also those of symbols that changed, and of headers that did */
struct drift_call { uint32_t caller, callee; uint8_t sides; uint32_t line; uint64_t observed; };                  /* changed */
struct drift_dependency { uint32_t from, to; /* files */ uint8_t sides; const char *kind; };                      /* changed; written ones */
struct drift_domain_dependency { uint32_t from, to; /* domains of its side */ uint8_t side; double weight; uint32_t symbols; }; /* all */
struct drift_cycle_member { uint8_t side; bool is_file; const char *cycle, *member; };                            /* all */
struct drift_finding { /* changed */
	uint8_t sides;
	const char *rule, *severity, *goal, *domain, *file /* NULL: none */, *subject, *message, *fingerprint;
	uint32_t line;
};
struct drift_metric { uint8_t side; const char *scope, *subject, *metric; double value; }; /* codebase: all; file: changed */
struct drift_entry { uint32_t symbol; uint8_t sides; const char *kind; uint64_t observed; };                      /* all */
struct drift_resource_use { uint32_t symbol; const char *kind, *name; uint8_t sides, is_static /* the source names it */; uint32_t line; }; /* all */
struct drift_global_use { uint32_t variable, from /* DRIFT_NONE: file scope */, file; uint8_t sides; uint32_t line; bool is_write; };
	/* every use of mutable variables that are used otherwise than before */
struct drift_include { uint32_t file; const char *included; uint8_t sides; uint32_t line; }; /* all of files outside the codebase */
struct drift_release {
	const char *name; uint32_t units, units_failed, units_partial /* with errors */, observations;
	const char *analysis; /* what it was derived with (version, configuration): the same text, the same rules; "": not known */
};

struct drift_input {
	struct drift_release releases[2];
#define DRIFT_TABLES(X)                                                                                                 \
	X(files, struct drift_file) X(symbols, struct drift_symbol) X(functions, struct drift_function)                     \
	X(types, struct drift_type) X(variables, struct drift_variable) X(macros, struct drift_macro)                       \
	X(declarations, struct drift_declaration) X(calls, struct drift_call) X(dependencies, struct drift_dependency)      \
	X(domain_dependencies, struct drift_domain_dependency) X(cycle_members, struct drift_cycle_member)                  \
	X(findings, struct drift_finding) X(metrics, struct drift_metric) X(entries, struct drift_entry)                    \
	X(resource_uses, struct drift_resource_use) X(global_uses, struct drift_global_use) X(includes, struct drift_include)
#define DRIFT_MEMBER(name, type) type *name; size_t name##_count, name##_capacity;
	DRIFT_TABLES(DRIFT_MEMBER)
#undef DRIFT_MEMBER
	struct drift_domain *domains[2]; size_t domain_count[2], domain_capacity[2];
	bool installs[2];                /* a build file was understood that installs some header */
};
/* Appends a zeroed row to a table of an input and returns it. */
#define DRIFT_ADD(input, name)                                                                                          \
	(mem_grow(&(input)->name, &(input)->name##_capacity, (input)->name##_count + 1, sizeof *(input)->name),             \
	 memset(&(input)->name[(input)->name##_count], 0, sizeof *(input)->name), &(input)->name[(input)->name##_count++])
void drift_input_finish(struct drift_input *input); /* frees the arrays, not the strings */

/* Strings of the input are borrowed by what comes out. Free with drift_destroy. */
struct drift *drift_compare(const struct drift_input *input);
/* Gives a wanted event its causes: any number, in any order; kept are the most telling. Then settles file, line and detail. */
void drift_give(struct drift *drift, const struct drift_wanted *wanted, const struct drift_evidence *rows, size_t count);
void drift_destroy(struct drift *drift);

#endif
