/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The table of report formats: a new writer is one file and one line here. */
#include "writers.h"

#define FILES REPORT_NEEDS_FILES
#define TASKS REPORT_NEEDS_TASKS
#define LEVELS REPORT_HAS_LEVELS

const struct report_format *report_formats(void)
{
	static const struct report_format formats[] = {
		{ "dot", "gv", "Graphviz source of the domain picture, to style or lay out yourself", 0, dot_write },
		{ "svg", NULL, "the domain picture: open it in a browser, hover and click", 0, svg_write },
		{ "png", NULL, "the domain picture for slides and chats", REPORT_IS_BINARY, png_write },
		{ "markdown", "md", "a release note: the parts, the worst, what changed, what to do", TASKS | LEVELS, markdown_write },
		{ "json", NULL, "everything, for programs", FILES | TASKS, json_write },
		{ "csv", NULL, "a row per dependency", 0, csv_write },
		{ "graphml", NULL, "nodes and dependencies, for igraph, networkx, yEd and Gephi", 0, graphml_write },
		{ "gexf", NULL, "nodes and dependencies, coloured, for Gephi", 0, gexf_write },
		{ "mermaid", "mmd", "a flowchart for READMEs and wikis", 0, flowchart_write },
		{ "plantuml", "puml", "a component diagram; can be read back as reference", FILES, plantuml_write },
		{ "structurizr", "dsl", "C4 containers and components; can be read back as reference", FILES | LEVELS, structurizr_write },
		{ "cc.json", NULL, "files as a city, for CodeCharta", FILES | LEVELS, codecharta_write },
		{ NULL, NULL, NULL, 0, NULL },
	};

	return formats;
}
