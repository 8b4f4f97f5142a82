/* SPDX-License-Identifier: GPL-3.0-or-later */
/* C4 in Structurizr's DSL: the codebase is a software system, domains its containers, files their components. Complete, and read
 * back by "sightline scan --reference". */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "c4.h"
#include "label.h"
#include "picture_internal.h"
#include "uses.h"
#include "writers.h"

/* A component view of more boxes is no picture; its largest files are shown. */
#define MOST_IN_VIEW 40

struct sized { double size; uint32_t index; };

static int by_size(const void *a, const void *b)
{
	const struct sized *x = a, *y = b;
	return x->size != y->size ? (x->size > y->size ? -1 : 1) : x->index < y->index ? -1 : x->index > y->index;
}

static void put_debt(struct sink *sink, double debt)
{
	sink_printf(sink, "Debt %ld of 100", picture_debt_number(debt));
}

/* Three words that every element has: description, technology, tags. */
static void put_node_words(struct sink *sink, const struct report_node *node)
{
	sink_printf(sink, " \"%u files, %u functions, ", (unsigned)node->files, (unsigned)node->functions);
	sink_number(sink, node->size > 0 ? node->size : 0);
	sink_string(sink, " lines. ");
	put_debt(sink, node->debt);
	sink_printf(sink, "\" \"C\" \"debt%u%s\"", (unsigned)(picture_debt_class(node->debt) - picture_debt_scale),
		    node->cycle != REPORT_NONE ? ",cycle" : "");
}

static void put_file(struct sink *sink, const struct report_file *file, uint32_t index)
{
	sink_printf(sink, "        f%u = component \"", (unsigned)index);
	c4_name(sink, file->path);
	sink_printf(sink, "\" \"%u functions, ", (unsigned)file->functions);
	sink_number(sink, file->code_lines > 0 ? file->code_lines : 0);
	sink_string(sink, " lines. ");
	put_debt(sink, file->debt);
	sink_printf(sink, "\" \"C\" \"debt%u\"\n", (unsigned)(picture_debt_class(file->debt) - picture_debt_scale));
}

/* A container whose name had to be written otherwise says which domain it is. Two may look alike then: a number tells them apart. */
static void put_container(struct sink *sink, const struct report *report, uint32_t index)
{
	const struct report_node *node = &report->nodes[index];
	bool plain = c4_is_plain(node->name);
	sink_printf(sink, "      d%u = container \"", (unsigned)index);
	c4_name(sink, node->name);
	if (!plain)
		sink_printf(sink, " (%u)", (unsigned)index);
	sink_string(sink, "\"");
	put_node_words(sink, node);
	sink_string(sink, " {\n");
	if (!plain) {
		sink_string(sink, "        properties {\n          \"sightline.domain\" \"");
		c4_exact(sink, node->name);
		sink_string(sink, "\"\n        }\n");
	}
	for (uint32_t i = 0; i < report->file_count; i++)
		if (report->files[i].node == index)
			put_file(sink, &report->files[i], i);
	sink_string(sink, "      }\n");
}

/* In focus: the domain is one container, its files (nodes) are components, neighbours are containers beside it. */
static void put_focus(struct sink *sink, const struct report *report)
{
	bool plain = c4_is_plain(report->focus);
	sink_string(sink, "      focus = container \"");
	c4_name(sink, report->focus);
	sink_string(sink, plain ? "" : " (in focus)");
	sink_string(sink, "\" \"The domain in focus\" \"C\" {\n");
	if (!plain) {
		sink_string(sink, "        properties {\n          \"sightline.domain\" \"");
		c4_exact(sink, report->focus);
		sink_string(sink, "\"\n        }\n");
	}
	for (uint32_t i = 0; i < report->node_count; i++) {
		if (report->nodes[i].is_outside)
			continue;
		sink_printf(sink, "        d%u = component \"", (unsigned)i);
		c4_name(sink, report->nodes[i].name);
		sink_string(sink, "\"");
		put_node_words(sink, &report->nodes[i]);
		sink_string(sink, "\n");
	}
	sink_string(sink, "      }\n");
	for (uint32_t i = 0; i < report->node_count; i++)
		if (report->nodes[i].is_outside)
			put_container(sink, report, i);
}

static void put_use(struct sink *sink, const struct use *use)
{
	const struct report_edge *edge = use->edge;
	bool written = edge && edge->weight > 0;
	sink_printf(sink, "    d%u -> d%u \"", (unsigned)use->from, (unsigned)use->to);
	if (!edge)
		sink_string(sink, "includes only");
	else if (!written)
		sink_string(sink, "only seen in runs");
	else
		c4_places(sink, edge->weight);
	sink_printf(sink, "\" \"\" \"%s\"\n", !edge ? "includes" : !written ? "runs" : edge->in_cycle ? "cyclic" : "uses");
}

/* Files within a domain; what goes between domains is told of the containers. */
static void put_links(struct sink *sink, const struct report *report)
{
	for (size_t i = 0; i < report->link_count; i++) {
		const struct report_link *link = &report->links[i];
		if (!(link->weight > 0) || link->from >= report->file_count || link->to >= report->file_count || link->from == link->to ||
		    report->files[link->from].node != report->files[link->to].node || report->files[link->from].node >= report->node_count)
			continue;
		sink_printf(sink, "    f%u -> f%u \"", (unsigned)link->from, (unsigned)link->to);
		c4_places(sink, link->weight);
		sink_string(sink, "\" \"\" \"uses\"\n");
	}
}

/* A view that leaves out what only includes, and, of many files, the smaller ones. 0, or -1 for want of memory. */
static int put_component_view(struct sink *sink, const struct report *report, uint32_t domain)
{
	struct sized *files = malloc((report->file_count + 1) * sizeof *files);
	size_t count = 0;
	if (!files)
		return -1;
	for (uint32_t i = 0; i < report->file_count; i++)
		if (report->files[i].node == domain)
			files[count++] = (struct sized){report->files[i].code_lines, i};
	qsort(files, count, sizeof *files, by_size);
	if (count) {
		sink_printf(sink, "    component d%u \"files-%u\" {\n", (unsigned)domain, (unsigned)domain);
		for (size_t i = 0; i < count && i < MOST_IN_VIEW; i++)
			sink_printf(sink, "      include f%u\n", (unsigned)files[i].index);
		sink_string(sink, "      autoLayout lr\n    }\n");
	}
	free(files);
	return 0;
}

static int put_views(struct sink *sink, const struct report *report)
{
	int status = 0;
	sink_string(sink, "  views {\n    container system \"domains\" {\n      include *\n      exclude relationship.tag==includes\n"
		    "      autoLayout lr\n    }\n");
	if (report->focus)
		sink_string(sink, "    component focus \"files\" {\n      include *\n      exclude relationship.tag==includes\n      autoLayout lr\n    }\n");
	for (uint32_t i = 0; i < report->node_count && !report->focus && !status; i++)
		status = put_component_view(sink, report, i);
	sink_string(sink, "    styles {\n");
	for (unsigned i = 0; i < DEBT_CLASSES; i++)
		sink_printf(sink, "      element \"debt%u\" {\n        background %s\n        color %s\n      }\n", i, picture_debt_scale[i].fill,
			    picture_debt_scale[i].ink);
	sink_string(sink, "      relationship cyclic {\n        color " CYCLE_COLOUR "\n      }\n    }\n  }\n");
	return status;
}

int structurizr_write(const struct report *report, const struct report_output *output, struct report_error *error)
{
	struct use *uses;
	size_t count;
	struct sink sink;
	int status;
	error->text[0] = 0;
	if (uses_gather(report, &uses, &count) < 0) {
		snprintf(error->text, sizeof error->text, "out of memory");
		return -1;
	}
	sink_start(&sink, output);
	sink_string(&sink, "// Edit it, and hold the code to it: sightline scan --reference THIS_FILE\nworkspace \"");
	c4_name(&sink, report->title);
	sink_string(&sink, "\" \"Release ");
	c4_name(&sink, report->release);
	sink_string(&sink, "\" {\n  model {\n    system = softwareSystem \"");
	c4_name(&sink, report->title);
	sink_string(&sink, "\" \"");
	c4_name(&sink, report->subtitle);
	sink_string(&sink, "\" {\n");
	if (report->focus)
		put_focus(&sink, report);
	for (uint32_t i = 0; i < report->node_count && !report->focus; i++)
		put_container(&sink, report, i);
	sink_string(&sink, "    }\n");
	for (size_t i = 0; i < count; i++)
		put_use(&sink, &uses[i]);
	put_links(&sink, report);
	sink_string(&sink, "  }\n");
	status = put_views(&sink, report);
	sink_string(&sink, "}\n");
	free(uses);
	if (status < 0) {
		snprintf(error->text, sizeof error->text, "out of memory");
		return -1;
	}
	return sink_finish(&sink);
}
