/* SPDX-License-Identifier: GPL-3.0-or-later */
/* sightline.yaml: read, checked, with a default for everything. The only folder that includes libfyaml.h.
 * May include base only. (Added to the folder table of the design: configuration is foreign input with its own
 * parser and belongs neither to cmd/ nor to base/.) */
#ifndef SIGHTLINE_CONFIG_CONFIG_H
#define SIGHTLINE_CONFIG_CONFIG_H

#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"

struct config_strings { const char **items; size_t count; };

struct config_domain { const char *name; struct config_strings globs; unsigned line; };
struct config_dependency { const char *from, *to; bool allowed; unsigned line; }; /* domain names; "*" = any */
/* What discovery is to honour. A pin and a rename have a name: where the files go; what the domain of globs' first is called. */
struct config_refinement { const char *name; struct config_strings globs; unsigned line; };
struct config_apart { struct config_strings a, b; unsigned line; };
struct config_goal { const char *name; double weight; };

struct config_parameter { const char *name; const char *value; bool is_number; double number; };
struct config_rule { /* rules: {ID: off} or {ID: {severity: ..., PARAMETER: ...}}; whether there is such a rule is for others to say */
	const char *id;
	bool off;
	const char *severity; /* info, minor, major, critical; NULL: as the rule says */
	struct config_parameter *parameters; size_t parameter_count;
	unsigned line, column;
};

/* gate: what a change of the architecture may be. Whether there is such a kind or measure is for others to say. */
enum config_verdict { CONFIG_IGNORE, CONFIG_WARN, CONFIG_FAIL };
struct config_gate_event { const char *kind; enum config_verdict verdict; const char *severity /* from there on; NULL: any */; unsigned line, column; };
struct config_gate_limit { const char *measure; double most /* how much it may get worse */; unsigned line, column; };
struct config_gate {
	const char *severity;              /* the floor: less severe events are ignored; NULL: none */
	struct config_gate_event *events; size_t event_count; /* events: {KIND: fail|warn|ignore, or {verdict: ..., severity: ...}} */
	struct config_gate_limit *limits; size_t limit_count; /* limits: {MEASURE: most} */
};
/* What trackers call things; NULL: not given. No token and no place of one: this file comes with a codebase, and names
 * the server that the token would go to. */
struct config_export {
	const char *codebase;              /* in external ids; NULL: the name of the folder */
	const char *epics;                 /* goal, domain or none */
	struct config_strings labels;      /* more labels for every task */
};
struct config_jira {
	const char *url, *project;         /* https://NAME.atlassian.net; key of the project */
	const char *flavor;                /* cloud or dc */
	const char *user;                  /* e-mail address of the token's owner (cloud) */
	const char *epic_type, *task_type; /* names of issue types */
	const char *epic;                  /* key of an epic that gets all tasks */
	const char *estimate;              /* time, points or none */
	const char *points_field, *epic_name_field, *epic_link_field; /* customfield_N */
	const char *priorities[4];         /* by severity: info, minor, major, critical */
	bool no_priorities;                /* priorities: off */
};
struct config_azure {
	const char *url, *project;         /* https://dev.azure.com/ORGANISATION; name of the project */
	const char *process;               /* agile, scrum, basic or cmmi: what items are called */
	const char *epic_type, *task_type, *area, *iteration, *estimate;
};

struct config_word { const char *text; unsigned line, column; };
struct config_alert { /* alerts: [{kinds: [...], severity: ..., command: ... or webhook: ...}, ...] */
	struct config_word *kinds; size_t kind_count; /* none: every kind that is no improvement */
	const char *severity;          /* the least; NULL: minor */
	const char *command;           /* of the shell; gets events on stdin */
	const char *webhook;           /* a URL; or where it is: the name of an environment variable */
	const char *webhook_variable;
	const char *secret_variable;   /* names the environment variable with the key of the signature; NULL: not signed */
	bool is_slack;                 /* else JSON of our own */
	unsigned seconds;              /* time limit; 0: by default */
	unsigned line;
};

struct config {
	const char *path;                  /* where it was read from; NULL: defaults */
	struct config_domain *domains; size_t domain_count;        /* domains: {name: [glob, ...]} in order */
	struct config_strings layers;      /* layers: [top, ..., bottom]: a layer may use those below it; each a domain */
	struct config_dependency *dependencies; size_t dependency_count; /* allow: / forbid: lists of "a -> b" */
	bool allow_only;                   /* some "allow:" was given: what is not allowed is forbidden */
	struct config_strings generated, vendored, exclude; /* globs; excluded files are not scanned */
	struct config_strings api;         /* api: headers that others build against; none: those that are installed */
	struct config_strings infrastructure; /* infrastructure: files that everything may use: a domain of that name */
	struct config_refinement *pins; size_t pin_count;       /* pin: {domain: [glob, ...]}: others may join them there */
	struct config_refinement *joins; size_t join_count;     /* join: [[glob, glob, ...], ...]: in one domain */
	struct config_apart *apart; size_t apart_count;         /* apart: [[glob, glob], ...]: never in one domain */
	struct config_refinement *renames; size_t rename_count; /* rename: {discovered: new} */
	struct config_goal *goals; size_t goal_count;
	struct config_rule *rules; size_t rule_count;
	struct config_gate gate;
	const char *rules_folder;          /* more rules: --rules, put there by the command line; borrowed; NULL: none */
	struct config_export export;
	struct config_jira jira;
	struct config_azure azure;
	struct config_alert *alerts; size_t alert_count;
	const char *baseline;              /* file of accepted findings; NULL: none */
	const char *reference_path;        /* reference: a diagram or another sightline.yaml, beside this file; NULL: none */
	struct reference *reference;       /* the diagram that was adopted (reference.h); owned; NULL: none */
	struct config *reference_config;   /* the sightline.yaml that was; owned; NULL: none */
};

/* Reads path; explicit: a missing file is ERR_INPUT, else it means defaults. Unknown key, wrong type, unknown domain
 * name, bad YAML: ERR_INPUT "file:line:column: what, what instead" ("did you mean"). */
int config_load(const char *path, bool explicit_path, struct config **out, struct err *err);
int config_parse(const char *text, size_t length, const char *name, struct config **out, struct err *err);
void config_destroy(struct config *config);

#endif
