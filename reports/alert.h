/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Events of drift on their way to somebody: what a command, a webhook or Slack is given. */
#ifndef SIGHTLINE_REPORTS_ALERT_H
#define SIGHTLINE_REPORTS_ALERT_H

#include "report.h"

struct alert_place { const char *symbol, *from, *file; uint32_t line; }; /* "" and 0 where not known */
struct alert_event {
	const char *kind, *severity, *subject, *detail;
	const char *why, *advice;   /* a sentence each; "" */
	const char *file; uint32_t line; /* NULL, 0 where it has no place */
	const char *fingerprint;
	bool is_improvement;
	const struct alert_place *places; size_t place_count;
};
struct alert {
	const char *codebase, *from, *to; /* releases */
	const struct alert_event *events; size_t event_count;
};

/* Each returns what write() did. */
int report_alert_lines(const struct alert *alert, const struct report_output *output); /* a JSON object per event and line */
int report_alert_json(const struct alert *alert, const struct report_output *output);  /* one JSON object */
/* A message for Slack and what understands its incoming webhooks (Mattermost, Rocket.Chat): the gravest events, the rest counted. */
int report_alert_slack(const struct alert *alert, const struct report_output *output);

#endif
