/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Where the boxes of a picture go: what svg.c and png.c share. */
#ifndef SIGHTLINE_REPORTS_LAYOUT_H
#define SIGHTLINE_REPORTS_LAYOUT_H

#include <graphviz/gvc.h>

#include "picture.h"

/* Lays out with Graphviz's dot; gvFreeLayout is the caller's. Not 0: Graphviz failed, picture_message says why. */
int layout_run(GVC_t *gvc, struct picture *picture);

#endif
