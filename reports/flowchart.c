/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The domain picture as Mermaid's flowchart: folded as the other pictures are, and kept within what Mermaid renders by default
 * (500 edges, 50,000 characters). */
#include "flowchart.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "fold.h"
#include "label.h"
#include "picture_internal.h"
#include "writers.h"

#define MOST_NODES 60
#define MOST_EDGES 200
#define NAME_LIMIT 40 /* characters: at 8 bytes each for the oddest names all labels stay below 50,000 */

/* What is not plainly a letter, a digit or harmless becomes "#code;". Other scripts' letters are left as they are. */
void flowchart_text(struct sink *sink, const char *text)
{
	size_t shown = 0;
	for (; text && *text && shown < NAME_LIMIT; shown++) {
		size_t length;
		uint32_t code = sink_tame(sink_decode(text, &length));
		if (code == '\n' || code == '\t')
			code += 0x2400;
		if (code >= 0x80 || (code >= '0' && code <= '9') || (code >= 'A' && code <= 'Z') || (code >= 'a' && code <= 'z') ||
		    strchr(" ._-/", (int)code))
			sink_character(sink, code);
		else
			sink_printf(sink, "#%u;", (unsigned)code);
		text += length;
	}
	sink_string(sink, text && *text ? "\xE2\x80\xA6" : "");
}

static void put_node(struct sink *sink, const struct report *report, const struct fold *fold, uint32_t index)
{
	const struct fold_node *drawn = &fold->nodes[index];
	const struct report_node *node = drawn->source == REPORT_NONE ? NULL : &report->nodes[drawn->source];
	const char *open = node && node->is_outside ? "([\"" : "[\"", *close = node && node->is_outside ? "\"])" : "\"]";
	sink_printf(sink, "  %sn%u%s", drawn->group != REPORT_NONE ? "  " : "", (unsigned)index, open);
	if (!node) {
		sink_printf(sink, "%u smaller ones", (unsigned)drawn->folded);
	} else {
		flowchart_text(sink, node->label ? node->label : node->name);
		if (!node->is_outside) {
			char *lines = NULL;
			size_t length;
			FILE *stream = open_memstream(&lines, &length);
			if (stream) {
				label_write_count(stream, node->size);
				if (!fclose(stream))
					sink_printf(sink, "<br/>%s lines, debt %ld", lines, picture_debt_number(node->debt));
				free(lines);
			}
		}
	}
	sink_string(sink, close);
	if (node && !node->is_outside)
		sink_printf(sink, ":::debt%u", (unsigned)(picture_debt_class(node->debt) - picture_debt_scale));
	else
		sink_string(sink, ":::other");
	sink_string(sink, "\n");
}

static void put_nodes(struct sink *sink, const struct report *report, const struct fold *fold)
{
	for (uint32_t i = 0; i < fold->node_count; i++)
		if (fold->nodes[i].group == REPORT_NONE)
			put_node(sink, report, fold, i);
	for (uint32_t group = 0; group < report->group_count; group++) {
		bool is_open = false;
		for (uint32_t i = 0; i < fold->node_count; i++) {
			if (fold->nodes[i].group != group)
				continue;
			if (!is_open) {
				sink_printf(sink, "  subgraph g%u[\"", (unsigned)group);
				flowchart_text(sink, report->groups[group].name);
				sink_string(sink, "\"]\n");
			}
			is_open = true;
			put_node(sink, report, fold, i);
		}
		sink_string(sink, is_open ? "  end\n" : "");
	}
}

/* A thick arrow stands for what is heavy, a dotted one for what only runs showed, red for what closes a cycle. */
static void put_edges(struct sink *sink, const struct fold *fold)
{
	for (uint32_t i = 0; i < fold->edge_count; i++) {
		const struct fold_edge *edge = &fold->edges[i];
		bool is_mutual = edge->reverse != REPORT_NONE;
		const char *arrow = !edge->written ? (is_mutual ? " <-.-> " : " -.-> ")
				    : edge->weight > fold->heaviest / 4 ? (is_mutual ? " <==> " : " ==> ")
									: (is_mutual ? " <--> " : " --> ");
		sink_printf(sink, "  n%u%sn%u\n", (unsigned)edge->from, arrow, (unsigned)edge->to);
	}
	for (uint32_t i = 0; i < fold->edge_count; i++)
		if (fold->edges[i].in_cycle && fold->edges[i].closes)
			sink_printf(sink, "  linkStyle %u stroke:" CYCLE_COLOUR "\n", (unsigned)i);
}

int flowchart_put(struct sink *sink, const struct report *report)
{
	struct report bounded = *report;
	struct fold fold;
	if (!bounded.top_nodes || bounded.top_nodes > MOST_NODES)
		bounded.top_nodes = bounded.top_nodes ? MOST_NODES : 20;
	if (bounded.top_edges > MOST_EDGES)
		bounded.top_edges = MOST_EDGES;
	if (fold_build(&bounded, &fold) < 0)
		return -1;
	sink_string(sink, "flowchart LR\n");
	put_nodes(sink, &bounded, &fold);
	put_edges(sink, &fold);
	for (unsigned i = 0; i < DEBT_CLASSES; i++)
		sink_printf(sink, "  classDef debt%u fill:%s,stroke:%s,color:%s\n", i, picture_debt_scale[i].fill,
			    picture_debt_scale[i].border, picture_debt_scale[i].ink);
	sink_string(sink, "  classDef other fill:#fff,stroke:#9aa5ae,color:" INK ",stroke-dasharray:4\n");
	if (fold.edges_hidden || fold.edges_folded)
		sink_printf(sink, "%%%% %zu lighter dependencies are not drawn\n", fold.edges_hidden + fold.edges_folded);
	fold_finish(&fold);
	return 0;
}

int flowchart_write(const struct report *report, const struct report_output *output, struct report_error *error)
{
	struct sink sink;
	error->text[0] = 0;
	sink_start(&sink, output);
	if (flowchart_put(&sink, report) < 0) {
		snprintf(error->text, sizeof error->text, "out of memory");
		return -1;
	}
	return sink_finish(&sink);
}
