/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the parts of the reader share: the state, and what is checked of every value. Private to config/. */
#ifndef SIGHTLINE_CONFIG_READER_H
#define SIGHTLINE_CONFIG_READER_H

#include "base/hash.h"
#include "config/config.h"
#include "config/yaml.h"

struct reader {
	struct complaint complaint;
	struct arena *arena;
	struct config *config;
	struct interner *domains; /* names; the id is the index in config->domains */
};

/* Each returns 0, or sets the complaint at the node's position. expected: "a glob", for "expected a glob, got a list". */
int reader_check_kind(const struct reader *reader, const struct yaml_node *node, enum yaml_kind kind, const char *expected);
int reader_check_text(const struct reader *reader, const struct yaml_node *node, const char *expected);
int reader_check_keys(const struct reader *reader, const struct yaml_node *mapping);
int reader_check_domain_name(const struct reader *reader, const struct yaml_node *name);
int reader_read_glob(const struct reader *reader, const struct yaml_node *node, const char **out);
int reader_read_globs(const struct reader *reader, const struct yaml_node *list, struct config_strings *out);

const char *reader_describe(const struct yaml_node *node);            /* "a list", "a number" */
struct complaint_quote reader_quote(const struct yaml_node *node);

/* config.c: a plain decimal number; a severity. */
bool reader_number(const struct yaml_node *node, double *out);
int reader_read_severity(const struct reader *reader, const struct yaml_node *node, const char **out);
/* gate.c */
int reader_read_gate(const struct reader *reader, const struct yaml_node *node);
/* alerts.c */
int reader_read_alerts(const struct reader *reader, const struct yaml_node *list);
struct arena *config_arena(struct config *config); /* dies with it */

/* refine.c: what is to be honoured by discovery. Each node may be NULL. Two that contradict are refused at the later one,
 * with the line of the other. */
int reader_read_refinement(const struct reader *reader, const struct yaml_node *pin, const struct yaml_node *join,
			   const struct yaml_node *apart, const struct yaml_node *rename);

/* exports.c: the sections export, jira and azure. Each node may be NULL. */
int reader_read_exports(const struct reader *reader, const struct yaml_node *export, const struct yaml_node *jira,
			const struct yaml_node *azure);

#endif
