/* SPDX-License-Identifier: GPL-3.0-or-later */
/* GraphML: every node and edge with its numbers, and labels as yEd draws them. */
#include "label.h"
#include "picture_internal.h"
#include "writers.h"
#include "xml.h"

static const char keys[] =
	" <key id=\"name\" for=\"node\" attr.name=\"name\" attr.type=\"string\"/>\n"
	" <key id=\"label\" for=\"node\" attr.name=\"label\" attr.type=\"string\"/>\n"
	" <key id=\"domain\" for=\"node\" attr.name=\"domain\" attr.type=\"string\"/>\n"
	" <key id=\"code_lines\" for=\"node\" attr.name=\"code_lines\" attr.type=\"double\"/>\n"
	" <key id=\"debt\" for=\"node\" attr.name=\"debt\" attr.type=\"double\"/>\n"
	" <key id=\"files\" for=\"node\" attr.name=\"files\" attr.type=\"int\"/>\n"
	" <key id=\"functions\" for=\"node\" attr.name=\"functions\" attr.type=\"int\"/>\n"
	" <key id=\"cohesion\" for=\"node\" attr.name=\"cohesion\" attr.type=\"double\"/>\n"
	" <key id=\"exclusivity\" for=\"node\" attr.name=\"exclusivity\" attr.type=\"double\"/>\n"
	" <key id=\"cycle\" for=\"node\" attr.name=\"cycle\" attr.type=\"int\"/>\n"
	" <key id=\"is_outside\" for=\"node\" attr.name=\"is_outside\" attr.type=\"boolean\"/>\n"
	" <key id=\"weight\" for=\"edge\" attr.name=\"weight\" attr.type=\"double\"/>\n"
	" <key id=\"symbols\" for=\"edge\" attr.name=\"symbols\" attr.type=\"int\"/>\n"
	" <key id=\"observed\" for=\"edge\" attr.name=\"observed\" attr.type=\"double\"/>\n"
	" <key id=\"in_cycle\" for=\"edge\" attr.name=\"in_cycle\" attr.type=\"boolean\"/>\n"
	" <key id=\"drawn\" for=\"node\" yfiles.type=\"nodegraphics\"/>\n";

static void put_text(struct sink *sink, const char *key, const char *text)
{
	sink_printf(sink, "   <data key=\"%s\">", key);
	xml_text(sink, text);
	sink_string(sink, "</data>\n");
}

static void put_number(struct sink *sink, const char *key, double value)
{
	sink_printf(sink, "   <data key=\"%s\">", key);
	sink_number(sink, value);
	sink_string(sink, "</data>\n");
}

static void put_node(struct sink *sink, const struct report *report, uint32_t index)
{
	const struct report_node *node = &report->nodes[index];
	const char *label = node->label ? node->label : node->name;
	sink_printf(sink, "  <node id=\"n%u\">\n", (unsigned)index);
	put_text(sink, "name", node->name);
	put_text(sink, "label", label);
	if (node->group < report->group_count || (report->focus && !node->is_outside))
		put_text(sink, "domain", node->group < report->group_count ? report->groups[node->group].name : report->focus);
	put_number(sink, "code_lines", node->size);
	put_number(sink, "debt", node->debt);
	put_number(sink, "files", node->files);
	put_number(sink, "functions", node->functions);
	if (node->cohesion >= 0)
		put_number(sink, "cohesion", node->cohesion);
	if (node->exclusivity >= 0)
		put_number(sink, "exclusivity", node->exclusivity);
	if (node->cycle != REPORT_NONE)
		put_number(sink, "cycle", node->cycle);
	put_text(sink, "is_outside", node->is_outside ? "true" : "false");
	/* yEd sees labels and colours nowhere else, and puts all boxes on one spot until a layout is asked for. */
	sink_printf(sink, "   <data key=\"drawn\"><y:ShapeNode><y:Geometry width=\"%.0f\" height=\"32\"/><y:Fill color=\"%s\"/><y:NodeLabel>",
		    (double)(24 + 7 * label_length(label, 60)), picture_debt_class(node->debt)->fill);
	xml_text(sink, label);
	sink_string(sink, "</y:NodeLabel><y:Shape type=\"roundrectangle\"/></y:ShapeNode></data>\n  </node>\n");
}

static void put_edge(struct sink *sink, const struct report *report, uint32_t index)
{
	const struct report_edge *edge = &report->edges[index];
	if (edge->from >= report->node_count || edge->to >= report->node_count)
		return;
	sink_printf(sink, "  <edge id=\"e%u\" source=\"n%u\" target=\"n%u\">\n", (unsigned)index, (unsigned)edge->from, (unsigned)edge->to);
	put_number(sink, "weight", edge->weight);
	put_number(sink, "symbols", edge->symbols);
	put_number(sink, "observed", edge->observed);
	put_text(sink, "in_cycle", edge->in_cycle ? "true" : "false");
	sink_string(sink, "  </edge>\n");
}

int graphml_write(const struct report *report, const struct report_output *output, struct report_error *error)
{
	struct sink sink;
	error->text[0] = 0;
	sink_start(&sink, output);
	sink_string(&sink, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<graphml xmlns=\"http://graphml.graphdrawing.org/xmlns\" "
		    "xmlns:y=\"http://www.yworks.com/xml/graphml\">\n");
	sink_string(&sink, keys);
	sink_string(&sink, " <graph id=\"architecture\" edgedefault=\"directed\">\n");
	for (uint32_t i = 0; i < report->node_count; i++)
		put_node(&sink, report, i);
	for (uint32_t i = 0; i < report->edge_count; i++)
		put_edge(&sink, report, i);
	sink_string(&sink, " </graph>\n</graphml>\n");
	return sink_finish(&sink);
}
