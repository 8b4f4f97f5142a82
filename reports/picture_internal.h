/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the files that build a picture share. Private to picture*.c.
 *
 * picture.c owns the graph and its defaults, picture_boxes.c draws nodes and clusters, picture_arrows.c edges,
 * picture_title.c title, legend and what was left out. */
#ifndef SIGHTLINE_REPORTS_PICTURE_INTERNAL_H
#define SIGHTLINE_REPORTS_PICTURE_INTERNAL_H

#include <graphviz/cgraph.h>
#include <stdio.h>

#include "fold.h"
#include "report.h"

#define INK "#1f2933"
#define FAINT_INK "#5b6770"
#define CYCLE_COLOUR "#c2123f"
#define SEEN_COLOUR "#0b7285"      /* in the source and seen in runs */
#define ONLY_SEEN_COLOUR "#c2570c" /* seen in runs only */
/* Viewers without Helvetica take fonts up to so many em wide on average: leave room for them. */
#define LETTER_WIDTH 0.62

/* Everything needed while a graph is being built. A failed allocation is remembered and reported once. */
struct builder {
	const struct report *report;
	struct fold fold;
	Agraph_t *graph;
	Agnode_t **nodes;   /* per fold node */
	Agraph_t **groups;  /* per report group: its cluster, NULL where nothing of it is drawn */
	bool failed;
};

/* Debt, low to high, in classes of equal width. */
struct debt_class { const char *fill, *pale, *ink, *border, *range; };
#define DEBT_CLASSES 5
extern const struct debt_class picture_debt_scale[DEBT_CLASSES];
const struct debt_class *picture_debt_class(double debt);
long picture_debt_number(double debt); /* 0..100 */

/* A growing string of ours; one open at a time is all that is needed. */
struct text { FILE *out; char *data; size_t length; };
bool text_open(struct builder *builder, struct text *text);
/* Closes text and sets it as an attribute; html: its markup is ours and its foreign parts were escaped. */
void text_set(struct builder *builder, struct text *text, void *object, const char *name, bool html);

void picture_set(void *object, const char *name, const char *value);
__attribute__((format(printf, 4, 5)))
void picture_set_text(struct builder *builder, void *object, const char *name, const char *format, ...);
/* Hundredths as "1.23": a decimal point in every locale. */
void picture_set_hundredths(struct builder *builder, void *object, const char *name, double value);

void picture_add_boxes(struct builder *builder);
void picture_add_arrows(struct builder *builder);
void picture_set_title(struct builder *builder);

#endif
