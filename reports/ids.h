/* SPDX-License-Identifier: GPL-3.0-or-later */
/* An id discipline for cgraph that numbers names in the order of their first use. cgraph's own takes addresses, and
 * writes and lays out subgraphs in that order: another picture with every run. */
#ifndef SIGHTLINE_REPORTS_IDS_H
#define SIGHTLINE_REPORTS_IDS_H

#include <graphviz/cgraph.h>

/* For agopen. Static storage; the state of each graph is freed when the graph is closed. */
Agdisc_t *ids_discipline(void);

#endif
