/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The table of report formats: a new writer is one file and one line here. */
#include "writers.h"

const struct report_format *report_formats(void)
{
	static const struct report_format formats[] = {
		{ "dot", "Graphviz source of the domain picture, to style or lay out yourself", dot_write },
		{ "svg", "the domain picture: open it in a browser, hover and click", svg_write },
		{ NULL, NULL, NULL },
	};

	return formats;
}
