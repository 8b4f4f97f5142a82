/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Tasks and findings for other people's tools: trackers, code scanning, spreadsheets. Plain rows in, bytes out; all text is
 * foreign, and each writer escapes for its format. Same input, same bytes. */
#ifndef SIGHTLINE_REPORTS_EXPORT_H
#define SIGHTLINE_REPORTS_EXPORT_H

#include "report.h"

#define EXPORT_NONE UINT32_MAX

enum export_severity { EXPORT_INFO, EXPORT_MINOR, EXPORT_MAJOR, EXPORT_CRITICAL };
#define EXPORT_SEVERITIES 4
extern const char *const export_severity_names[EXPORT_SEVERITIES];

struct export_rule {
	const char *id, *name, *title, *goal;
	const char *why, *fix;         /* fix: an introduction, then lines "1. ..." */
	enum export_severity severity; /* where a finding has none of its own */
	bool is_builtin;               /* its false alarms were counted: see tests/rules */
};

struct export_place { const char *file; uint32_t line /* 0: the whole file */; const char *message; };

struct export_finding {
	uint32_t rule;                 /* index into rules */
	enum export_severity severity;
	const char *domain;            /* NULL: none */
	const char *file;              /* relative to the root; where the rule names none, the place that shows it best. NULL: none */
	uint32_t line;                 /* 0: the whole file */
	bool is_anchored;              /* file and line were chosen for it: the rule is about a domain */
	const char *subject, *message, *fingerprint;
	uint32_t effort_minutes;
	const struct export_place *related; size_t related_count; /* more places of what has one cause with it */
	const struct export_place *flow; size_t flow_count; /* the way round a circle, from its file back to it; none: 0 */
};

struct export_evidence { const char *place /* "file:line" */, *message; };

struct export_task {
	const char *key;               /* the same in every release */
	const char *external_id;       /* CODEBASE:KEY, for what is imported again */
	const char *label;             /* the same, fit for a label: no spaces */
	const char *title, *goal, *status, *rule, *why, *steps, *reason /* of acceptance; "" */;
	const char *rule_title;
	const char *domain;            /* NULL: none or several */
	enum export_severity severity; /* of its worst finding */
	double priority;
	uint32_t effort_minutes, findings;
	double score_change;           /* expected change of the debt score; NaN: not known */
	uint32_t epic;                 /* index into epics, EXPORT_NONE */
	const struct export_evidence *evidence; size_t evidence_count; /* the first of its findings */
};

struct export_epic {
	const char *external_id, *label, *title, *text, *goal /* NULL: several */;
};

enum export_estimate { EXPORT_ESTIMATE_NONE, EXPORT_ESTIMATE_TIME, EXPORT_ESTIMATE_POINTS };

/* What a team's tracker calls things. Every text has a value unless it says NULL. */
struct export_tracker {
	bool is_data_center;           /* Jira on site: wiki markup, epic links */
	bool is_raw;                   /* CSV for programs only: formulas are left as they are */
	enum export_estimate estimate;
	const char *project;           /* key (Jira) or name (Azure) */
	const char *epic_type, *task_type;
	const char *priorities[EXPORT_SEVERITIES]; /* NULL: no priority is set */
	const char *points_field, *epic_name_field, *epic_link_field; /* Jira's customfield_N; NULL: not set */
	const char *parent;            /* Jira: key of the epic that all tasks get; NULL: epics of ours */
	const char *const *labels; size_t label_count; /* more of them */
	const char *url;               /* Azure: https://dev.azure.com/ORGANISATION; NULL: to be filled in */
	const char *area, *iteration;  /* Azure; NULL: the project's */
	const char *effort_field;      /* Azure: "Microsoft.VSTS.Scheduling.StoryPoints", ... */
	const char *effort_column;     /* and what it is called: "Story Points", ... */
};

struct export {
	const char *codebase, *release, *commit /* "" where unknown */, *version /* of sightline */;
	const char *category;          /* SARIF: what a later upload replaces */
	const struct export_rule *rules;       size_t rule_count;
	const struct export_finding *findings; size_t finding_count; /* the worst first */
	const struct export_task *tasks;       size_t task_count;    /* by falling priority */
	const struct export_epic *epics;       size_t epic_count;
	size_t left_out;               /* how many there were beyond what was asked for */
	struct export_tracker tracker;
};

enum export_content { EXPORT_TASKS = 1, EXPORT_FINDINGS = 2 };
struct export_format {
	const char *name, *summary;
	unsigned contents;             /* what it can carry; the first of these by default */
	size_t most_tasks, most_findings; /* what its reader takes in one file, or a person reads; 0: any number */
	bool tells_evidence;           /* places beside a finding's own, and ways round circles */
	/* content: one of contents. */
	int (*write)(const struct export *export, enum export_content content, const struct report_output *output);
};
const struct export_format *export_formats(void); /* name NULL ends */

/* The requests of "jira-json", one by one, for a sender: epics first, then tasks, at most JIRA_PAGE in one. */
#define JIRA_PAGE 50
/* One issue of a request: {"fields": ...}. parent: its epic's key; NULL: none. */
int export_jira_epic(const struct export *export, size_t epic, const struct report_output *output);
int export_jira_task(const struct export *export, size_t task, const char *parent, const struct report_output *output);
/* Page number of all pages; 0 and nothing written where there is no such page. Epics are referred to as "{LABEL}". */
size_t export_jira_pages(const struct export *export);
int export_jira_page(const struct export *export, size_t page, const struct report_output *output);
bool export_jira_page_is_epics(const struct export *export, size_t page);

#endif
