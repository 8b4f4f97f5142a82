/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Whose past is whose: the commits of a history, bound to the files of a release. Pure. */
#ifndef SIGHTLINE_ANALYSIS_FILE_HISTORY_H
#define SIGHTLINE_ANALYSIS_FILE_HISTORY_H

#include "facts/history.h"

struct file_change { uint32_t commit /* of the history */, file, added, removed; };
struct file_history { struct file_change *changes; size_t count; /* sorted by commit (newest first), file; one per pair; heap */ };

/* paths: the release's files, sorted. A commit of a file that was called otherwise then belongs to what it is called now; what was
 * changed and is no file of the release is left out. */
void file_history_bind(const struct history *history, const char *const *paths, uint32_t count, struct file_history *out);
void file_history_finish(struct file_history *history);

/* What is known of one file, or of one domain. */
struct past {
	double commits;       /* of the last 365 days before the release's commit */
	double fixes;         /* of these, those that mend something */
	double authors;       /* who made those of the window */
	double lines_changed; /* added and removed in the last 365 days */
	double across;        /* commits of the last 365 days that changed another domain, too */
	double recent;        /* sum over the window of 0.5 ^ years, those that mend counted twice */
};
/* Commits that change more than HISTORY_BULK C files (imports, new licence texts, reformatting) say nothing of a single file. */
#define HISTORY_BULK 100
/* Both arrays are filled: of_file has file_count entries, of_domain domain_count. */
void file_history_sum(const struct history *history, const struct file_history *changes, const uint32_t *domain_of,
		      uint32_t file_count, uint32_t domain_count, struct past *of_file, struct past *of_domain);

#endif
