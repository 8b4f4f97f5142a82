/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Findings with one cause become one task: something that a person would schedule. Tasks live on from release to release. */
#ifndef SIGHTLINE_CHECK_TASKS_H
#define SIGHTLINE_CHECK_TASKS_H

#include "check/findings.h"

struct task_goal { const char *name; double weight; };

struct task {
	const char *key;      /* RULE-hhhhhhhh: rule and cause; the same in every release */
	const char *title, *goal, *domain /* NULL: none or several */, *rule, *why, *steps, *reason /* of acceptance; "" */;
	const char *status;   /* open, reopened (it was done before), accepted, done (of a release before, shown no more) */
	double priority;
	uint32_t effort_minutes, findings;
	double score_change; bool has_change; /* of the codebase's debt_score; filled by whoever knows the graph */
};
struct tasks { struct arena *arena; struct task *items; size_t count, capacity; };

/* What a baseline file accepts: one line each, "KEY reason", where KEY is a task's key or a finding's fingerprint; "#" starts
 * a comment. text may be NULL: nothing. */
struct baseline { struct interner *keys; const char **reasons; size_t capacity; struct arena *arena; };
void baseline_parse(const char *text, struct baseline *out);
void baseline_finish(struct baseline *baseline);

/* Makes the tasks of a release out of its findings (whose task_key is filled in), with those of the release before as far as
 * the model has them: they end as done, and what was done and is back is reopened. Sorted by falling priority, then key.
 *
 * priority = weight of the goal x benefit / cost. benefit = 1, 2, 10 or 30 by its worst finding (info, minor, major, critical),
 * a quarter of that where it is in tests or in code of others that the codebase carries, times 1 to 2 by how many findings there
 * are, n: 1 + (n - 1) / (n + 9). cost = 4 + hours: any change costs half a day beside the work
 * itself. So the worst comes first, and of two as bad the cheaper; many small things do not hide a large one.
 * tasks_rank() then adds what each does for the score. */
int tasks_make(struct model *model, const char *release, struct findings *findings, const struct task_goal *goals,
	       size_t goal_count, const struct baseline *baseline, struct tasks *out, struct err *err);
/* Once score_change is filled in, a single time: multiplies each priority by 1 + the points of the score that the task takes away,
 * and sorts anew. */
void tasks_rank(struct tasks *tasks);
void tasks_finish(struct tasks *tasks);
/* What one finding adds to: severity_rank 0 info to 3 critical */
double task_worth(unsigned severity_rank, bool is_aside);
/* 1 to 2, by how many findings there are. */
double task_crowd(uint32_t findings);
/* Hours that it costs. */
double task_cost(double effort_minutes);
/* worst: the largest worth of its findings */
double task_priority(double weight, double worst, uint32_t findings, uint32_t effort_minutes);

#endif
