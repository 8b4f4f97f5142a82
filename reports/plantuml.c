/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A component diagram for PlantUML: complete, and read back by "sightline scan --reference". Needs no C4 library. */
#include <stdio.h>
#include <stdlib.h>

#include "c4.h"
#include "picture_internal.h"
#include "uses.h"
#include "writers.h"

/* PlantUML writes names in black, and an ink of one's own is beyond older versions: the darkest classes of the scale are lighter here. */
static const char *fill_of(const struct report_node *node)
{
	static const char *const lighter[DEBT_CLASSES] = { [DEBT_CLASSES - 2] = "#e8853a", [DEBT_CLASSES - 1] = "#d0611f" };
	const struct debt_class *class = picture_debt_class(node->debt);
	const char *fill = lighter[class - picture_debt_scale];
	return node->is_outside ? "#FFFFFF" : fill ? fill : class->fill;
}

static void put_node(struct sink *sink, const struct report *report, uint32_t index)
{
	const struct report_node *node = &report->nodes[index];
	const char *name = node->label ? node->label : node->name;
	sink_printf(sink, "%scomponent \"", node->group < report->group_count ? "  " : "");
	c4_name(sink, name);
	sink_printf(sink, "\" as d%u %s\n", (unsigned)index, fill_of(node));
	if (c4_is_plain(node->name) && !node->label)
		return;
	sink_printf(sink, "' sightline.domain d%u = ", (unsigned)index);
	c4_exact(sink, node->name);
	sink_string(sink, "\n");
}

static void put_nodes(struct sink *sink, const struct report *report)
{
	for (uint32_t i = 0; i < report->node_count; i++)
		if (report->nodes[i].group >= report->group_count)
			put_node(sink, report, i);
	for (uint32_t group = 0; group < report->group_count; group++) {
		sink_string(sink, "package \"");
		c4_name(sink, report->groups[group].name);
		sink_printf(sink, "\" as g%u {\n", (unsigned)group);
		for (uint32_t i = 0; i < report->node_count; i++)
			if (report->nodes[i].group == group)
				put_node(sink, report, i);
		sink_string(sink, "}\n");
	}
}

static void put_use(struct sink *sink, const struct use *use)
{
	const struct report_edge *edge = use->edge;
	if (!edge) {
		sink_printf(sink, "d%u ..> d%u : includes only\n", (unsigned)use->from, (unsigned)use->to);
		return;
	}
	bool written = edge->weight > 0;
	sink_printf(sink, "d%u %s d%u : ", (unsigned)use->from,
		    !written ? "-[dotted]->" : edge->in_cycle ? "-[" CYCLE_COLOUR "]->" : "-->", (unsigned)use->to);
	if (written)
		c4_places(sink, edge->weight);
	else
		sink_string(sink, "only seen in runs");
	sink_string(sink, "\n");
}

int plantuml_write(const struct report *report, const struct report_output *output, struct report_error *error)
{
	struct use *uses;
	size_t count;
	struct sink sink;
	error->text[0] = 0;
	if (uses_gather(report, &uses, &count) < 0) {
		snprintf(error->text, sizeof error->text, "out of memory");
		return -1;
	}
	sink_start(&sink, output);
	sink_string(&sink, "@startuml\n' Edit it, and hold the code to it: sightline scan --reference THIS_FILE\ntitle ");
	c4_name(&sink, report->title);
	sink_string(&sink, " ");
	c4_name(&sink, report->release);
	sink_string(&sink, "\nskinparam componentStyle uml2\nskinparam shadowing false\n");
	put_nodes(&sink, report);
	for (size_t i = 0; i < count; i++)
		put_use(&sink, &uses[i]);
	sink_string(&sink, "@enduml\n");
	free(uses);
	return sink_finish(&sink);
}
