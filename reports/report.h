/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Report writers: one plain struct in, bytes out. They know nothing of models, SQL or files; they include nothing of
 * the analyzer. Everything given to them is foreign text: each writer escapes for its format. Same input, same bytes. */
#ifndef SIGHTLINE_REPORTS_REPORT_H
#define SIGHTLINE_REPORTS_REPORT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define REPORT_NONE UINT32_MAX

struct report_part {         /* a file of a domain */
	const char *name;
	double size;         /* lines of code */
	double debt;         /* 0..100 */
};
struct report_node {         /* a domain, or a file where one domain is in focus */
	const char *name;
	const char *label;   /* short; NULL = name */
	uint32_t group;      /* index into groups (clusters), REPORT_NONE */
	double size;         /* lines of code */
	double debt;         /* 0..100 */
	double cohesion, exclusivity; /* 0..1; negative: not known, of files */
	uint32_t files, functions;
	uint32_t cycle;      /* number of the dependency cycle it is in, REPORT_NONE */
	const char *detail;  /* more lines for the tooltip, separated by \n; may be NULL */
	bool is_outside;     /* a neighbour drawn for context (the focus view) */
	const struct report_part *parts; size_t part_count; /* its most important ones, in order: then it is a cluster */
};
struct report_group { const char *name; };
struct report_edge {
	uint32_t from, to;
	double weight;       /* 0: nothing written, only seen in runs */
	uint32_t symbols;
	double observed;     /* times seen in traced runs */
	bool in_cycle;
	const char *detail;  /* tooltip: the heaviest symbols; may be NULL */
};
struct report_file {         /* for formats that show the parts of domains: REPORT_NEEDS_FILES */
	const char *path;    /* relative to the codebase, "/" between folders */
	uint32_t node;       /* index into nodes: its domain; REPORT_NONE where nodes are no domains */
	const char *domain;
	double lines, code_lines, debt; /* debt 0..100 */
	uint32_t functions;
	double cyclomatic, cognitive;   /* sums over its functions */
	bool is_header;
};
struct report_link {         /* between files */
	uint32_t from, to;   /* index into files */
	double weight;       /* 0: only included, or only seen in runs */
	double observed;
	bool includes;
};
struct report_task {         /* REPORT_NEEDS_TASKS; the most important first */
	const char *title, *goal, *domain /* NULL: several */, *why, *steps /* a line each; both may be NULL */;
	double priority;
	uint32_t effort_minutes, findings;
};
/* What is new, gone or other than in the release before; kind: number, debt, part, dependency, task */
struct report_change { const char *kind, *text; };
struct report {
	const char *title;       /* codebase name */
	const char *release;
	const char *focus;       /* the domain whose files the nodes are; NULL: nodes are all domains, or all files */
	const char *subtitle;    /* numbers in one line */
	struct report_node *nodes;   size_t node_count;
	struct report_group *groups; size_t group_count;
	struct report_edge *edges;   size_t edge_count;
	struct report_file *files;   size_t file_count;
	struct report_link *links;   size_t link_count;
	struct report_task *tasks;   size_t task_count;
	const char *previous;    /* the release that changes are told against; NULL: there is none */
	struct report_change *changes; size_t change_count;
	const char *coverage;    /* what was not seen, in one line; NULL: nothing to be told */
	bool has_runs;           /* something was traced: edges seen in runs are told from those that were not */
	size_t top_nodes;        /* draw at most so many nodes (0 = default 40) and fold the rest into one per group */
	size_t top_edges;        /* and so many edges (0 = default 120); the rest is counted in a note */
};

/* A sequence diagram: messages between participants in order, with loops around some of them. */
enum report_step_kind { REPORT_MESSAGE, REPORT_LOOP /* opens one, text is its condition */, REPORT_LOOP_END, REPORT_NOTE };
struct report_step { enum report_step_kind kind; uint32_t from, to /* participants */; const char *text; };
struct report_sequence {
	const char *title;
	const char *const *participants; size_t participant_count; /* in order of their first message */
	const struct report_step *steps; size_t step_count;
};

struct report_output {
	/* Non-zero return: could not be written; the writer stops and returns it. */
	int (*write)(void *context, const void *bytes, size_t length);
	void *context;
};

/* Why a writer failed (a library's message), one line; error[0] = 0 where write() failed. */
struct report_error { char text[256]; };

/* What a writer reads beside nodes, groups and edges; else those members may be empty. */
enum report_need {
	REPORT_NEEDS_FILES = 1 << 0, /* files and links */
	REPORT_NEEDS_TASKS = 1 << 1, /* tasks and changes */
	REPORT_HAS_LEVELS = 1 << 2,  /* it tells domains and files by itself: nodes are to be domains, or the files of one */
	REPORT_IS_BINARY = 1 << 3,   /* nothing for a terminal */
};

/* name: "dot", "svg"; extension: how a file of it is called ("puml"), NULL: as the format. A NULL name ends the list. */
struct report_format {
	const char *name, *extension, *summary;
	unsigned needs;
	int (*write)(const struct report *report, const struct report_output *output, struct report_error *error);
};
const struct report_format *report_formats(void);

/* As Mermaid's sequenceDiagram. Returns what write() did. */
int report_mermaid(const struct report_sequence *sequence, const struct report_output *output);

#endif
