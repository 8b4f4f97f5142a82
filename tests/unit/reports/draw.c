/* SPDX-License-Identifier: GPL-3.0-or-later */
/* draw FORMAT NODES GROUPS EDGES OUTSIDE >FILE: a made-up picture to look at while changing a writer.
 * draw FORMAT hostile|grouped|empty >FILE: what readers are tried with. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sample.h"

static int to_stdout(void *context, const void *bytes, size_t length)
{
	(void)context;
	return fwrite(bytes, 1, length, stdout) == length ? 0 : -1;
}

int main(int argc, char **argv)
{
	const struct report_output output = { to_stdout, NULL };
	struct report_error error = { "" };
	struct sample sample;
	int status = 2;

	bool is_named = argc == 3 && (!strcmp(argv[2], "hostile") || !strcmp(argv[2], "grouped") || !strcmp(argv[2], "empty"));
	if (argc != 6 && !is_named) {
		fprintf(stderr, "usage: draw FORMAT NODES GROUPS EDGES OUTSIDE, or draw FORMAT hostile|grouped|empty\n");
		return 2;
	}
	if (is_named && argv[2][0] == 'e')
		sample = (struct sample){ .report = { .title = "t", .release = "r" } };
	else if (is_named)
		sample_init_hostile(&sample, argv[2][0] == 'g');
	else
			sample_init(&sample, strtoul(argv[2], NULL, 10), strtoul(argv[3], NULL, 10), strtoul(argv[4], NULL, 10),
		    strtoul(argv[5], NULL, 10));
	for (const struct report_format *format = report_formats(); format->name; format++)
		if (strcmp(format->name, argv[1]) == 0)
			status = format->write(&sample.report, &output, &error) == 0 ? 0 : 1;
	if (status != 0)
		fprintf(stderr, "draw: %s\n", error.text);
	sample_finish(&sample);
	return status;
}
