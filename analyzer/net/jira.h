/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What is needed of Jira's REST API: Cloud (version 3) and Data Center (version 2). Bodies of issues come ready made. Knows nothing of
 * tasks. The token never gets into a message, also where the server repeats it. */
#ifndef SIGHTLINE_NET_JIRA_H
#define SIGHTLINE_NET_JIRA_H

#include "net/http.h"

struct jira_settings {
	const char *url;          /* https://NAME.atlassian.net, https://jira.example.org/context */
	const char *project;      /* key */
	bool is_data_center;
	const char *user;         /* Cloud: e-mail address; NULL: the token is sent as a bearer's */
	const char *token;
	struct http_policy policy;
};

struct jira;
/* Copies what it needs. ERR_INPUT: a URL that a token must not be sent to, a token of no sense. */
int jira_open(const struct jira_settings *settings, struct jira **out, struct err *err);
void jira_close(struct jira *jira);

/* As whom we are known; borrowed until jira_close. ERR_INPUT: the token is refused. ERR_IO: no sensible answer. */
int jira_myself(struct jira *jira, const char **name, struct err *err);

/* Calls found for each issue of the project that bears one of the labels; index of the label. */
int jira_find(struct jira *jira, const char *const *labels, size_t count,
	      void (*found)(void *context, size_t label, const char *key), void *context, struct err *err);

#define JIRA_MOST 50
struct jira_outcome { const char *key /* NULL: not made */, *why /* it was refused; NULL */; }; /* borrowed until jira_close */
/* Creates up to JIRA_MOST issues by one request. bodies: {"fields": ...}. Returns 0 where the server said of each what became of it
 * (also where it refused all), and fills outcomes. ERR_INPUT: token or right is missing. ERR_IO: no answer, or one of no sense; *unsure
 * then says whether some may have been made all the same, which jira_find tells. */
int jira_create(struct jira *jira, const char *const *bodies, size_t count, struct jira_outcome *outcomes, bool *unsure, struct err *err);

#endif
