/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The picture as DOT text, written by cgraph. */
#include "writers.h"

#include <stdio.h>
#include <stdlib.h>

#include "picture.h"

int dot_write(const struct report *report, const struct report_output *output, struct report_error *error)
{
	struct picture picture = { 0 };
	char *text = NULL;
	size_t length = 0;
	FILE *stream = NULL;
	int status = -1;

	if (picture_build(report, &picture, error) < 0)
		return -1;
	stream = open_memstream(&text, &length);
	if (!stream || agwrite(picture.graph, stream) != 0)
		snprintf(error->text, sizeof error->text, "writing DOT: %s", picture_message());
	else
		status = 0;
	if (stream && fclose(stream) != 0 && status == 0) {
		snprintf(error->text, sizeof error->text, "writing DOT: out of memory");
		status = -1;
	}
	if (status == 0)
		status = output->write(output->context, text, length);
	free(text);
	picture_finish(&picture);
	return status;
}
