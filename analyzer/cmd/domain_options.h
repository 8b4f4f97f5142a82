/* SPDX-License-Identifier: GPL-3.0-or-later */
/* How domains are to be found, from the command line. */
#ifndef SIGHTLINE_CMD_DOMAIN_OPTIONS_H
#define SIGHTLINE_CMD_DOMAIN_OPTIONS_H

#include "analysis/domains.h"
#include "base/hash.h"
#include "cmd/options.h"

#define OPTIONS_DOMAINS                                                                                           \
	{0, "level", "coarse|default|fine", "which partition of the domain tree becomes the domains"},              \
	{0, "domains", "N", "discover N domains (default: as many as the seeds agree on)"},                         \
	{0, "without", "SIGNAL,...", "discover without dependencies, peers, text, prefix, folder or observed"},            \
	{0, "seed", "N", "what chance starts from in discovery (default: 0)"},                                      \
	{0, "fresh", NULL, "discover from nothing instead of from the domains of the release before"}

/* Fills level, number, signals, seed and freshness; the rest is left as it is. ERR_INPUT. */
int domain_options_read(const struct options *options, struct domains_options *out, struct err *err);
/* The same as text, to be kept with a release; "" by default. Heap. And back: what cannot be read is ERR_DATABASE. */
char *domain_options_write(const struct domains_options *options);
int domain_options_parse(const char *text, struct domains_options *out, struct err *err);
/* What of it changes how domains are found; where they start from (options->start) is left to the caller. */
void domain_options_hash(const struct domains_options *options, struct hasher *hasher);

#endif
