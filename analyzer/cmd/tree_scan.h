/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Of a tree and its compile commands, a release: parses what changed, derives, stores. Tells nobody. Private to cmd/. */
#ifndef SIGHTLINE_CMD_TREE_SCAN_H
#define SIGHTLINE_CMD_TREE_SCAN_H

#include "cmd/derive.h"
#include "cmd/domain_options.h"
#include "extract/extract.h"

#define OPTIONS_TREE_SCAN                                                                         \
	{'j', "jobs", "N", "parallel workers (default: one per processor)"},                        \
	{0, "unit-timeout", "SECONDS", "give a unit up after that long, and after one more try (default: 120)"}

struct tree_scan_how {
	unsigned jobs, unit_seconds; /* 0 seconds: the extractor's own limit */
	struct domains_options domains;
};
/* From --jobs, --unit-timeout and what says how domains are found. ERR_INPUT. */
int tree_scan_how(const struct options *options, struct tree_scan_how *out, struct err *err);

/* Runs the build in root and records its commands, in .sightline/compile_commands.json there. *path: heap. Errors as of
 * commands_record; then a former record stays. */
int tree_scan_record(const char *root, const char *build, const struct warnings *warnings, char **path, struct err *err);

/* Zeroed but for what is given. */
struct tree_scan {
	struct model *model;            /* given: open for writing; borrowed */
	const struct config *config;    /* given; borrowed */
	const struct progress *progress; /* given; borrowed; may be NULL */
	struct tree_scan_how how;       /* given */
	void (*meanwhile)(void *context); void *meanwhile_context; /* given; may be NULL: done once where parsing leaves time for it */
	struct input_checker *checker;  /* given, owned; may be NULL: of the same root, with files that it knows already */
	struct command_list *list;      /* given, owned: what to parse, its root is the codebase */

	size_t excluded;                /* commands left out as the configuration says */
	struct model_release_unit *units; /* one per command: the manifest */
	size_t *changed; size_t changed_count; /* commands that had to be parsed */
	struct graph_ahead *ahead; size_t next_ahead; /* of units that did not change, those before next_ahead */
	struct extract_statistics statistics;
	struct derive_summary derived;
	char *discovery;                /* how, as text: kept with the release */
	char *installed;                /* headers that build files install, likewise */
	bool was_current;               /* the release was stored so already */
};

/* Parses the units whose inputs changed and stores their facts. Errors: of the model or the extractor; an interrupt is
 * ERR_INTERNAL. */
int tree_scan_parse(struct tree_scan *scan, struct err *err);
/* Then: makes a release of them. *release: given are name, git_commit, created_at, and history and git_time where they are known; the
 * rest is filled, and is borrowed from scan. ERR_INPUT: an unusable name. */
int tree_scan_store(struct tree_scan *scan, struct model_release *release, struct err *err);
void tree_scan_finish(struct tree_scan *scan);

#endif
