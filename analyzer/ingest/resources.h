/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Resources of an image, named as the model has them, and who used them. */
#ifndef SIGHTLINE_INGEST_RESOURCES_H
#define SIGHTLINE_INGEST_RESOURCES_H

#include "ingest/image.h"

/* Reads resources, uses (and the stacks at them), lock orders. */
void resources_read(struct image *image);

#endif
