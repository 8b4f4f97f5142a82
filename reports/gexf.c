/* SPDX-License-Identifier: GPL-3.0-or-later */
/* GEXF 1.2draft, the newest version that both Gephi and others' readers know: sized by code, coloured by debt. */
#include <math.h>
#include <stdlib.h>

#include "picture_internal.h"
#include "writers.h"
#include "xml.h"

static const char attributes[] =
	"  <attributes class=\"node\">\n"
	"   <attribute id=\"0\" title=\"domain\" type=\"string\"/>\n"
	"   <attribute id=\"1\" title=\"code_lines\" type=\"double\"/>\n"
	"   <attribute id=\"2\" title=\"debt\" type=\"double\"/>\n"
	"   <attribute id=\"3\" title=\"files\" type=\"integer\"/>\n"
	"   <attribute id=\"4\" title=\"functions\" type=\"integer\"/>\n"
	"   <attribute id=\"5\" title=\"is_outside\" type=\"boolean\"/>\n"
	"  </attributes>\n"
	"  <attributes class=\"edge\">\n"
	"   <attribute id=\"6\" title=\"symbols\" type=\"integer\"/>\n"
	"   <attribute id=\"7\" title=\"observed\" type=\"double\"/>\n"
	"   <attribute id=\"8\" title=\"in_cycle\" type=\"boolean\"/>\n"
	"  </attributes>\n";

static void put_value(struct sink *sink, unsigned attribute, double value)
{
	sink_printf(sink, "<attvalue for=\"%u\" value=\"", attribute);
	sink_number(sink, value);
	sink_string(sink, "\"/>");
}

static void put_bool(struct sink *sink, unsigned attribute, bool value)
{
	sink_printf(sink, "<attvalue for=\"%u\" value=\"%s\"/>", attribute, value ? "true" : "false");
}

static void put_node(struct sink *sink, const struct report *report, uint32_t index)
{
	const struct report_node *node = &report->nodes[index];
	const char *domain = node->group < report->group_count ? report->groups[node->group].name : node->is_outside ? "" : report->focus;
	unsigned long colour = strtoul(picture_debt_class(node->debt)->fill + 1, NULL, 16);
	sink_printf(sink, "   <node id=\"n%u\" label=\"", (unsigned)index);
	xml_text(sink, node->label ? node->label : node->name);
	sink_string(sink, "\"><attvalues><attvalue for=\"0\" value=\"");
	xml_text(sink, domain);
	sink_string(sink, "\"/>");
	put_value(sink, 1, node->size);
	put_value(sink, 2, node->debt);
	put_value(sink, 3, node->files);
	put_value(sink, 4, node->functions);
	put_bool(sink, 5, node->is_outside);
	sink_printf(sink, "</attvalues><viz:color r=\"%lu\" g=\"%lu\" b=\"%lu\"/><viz:size value=\"", colour >> 16, colour >> 8 & 0xff, colour & 0xff);
	sink_number(sink, node->size > 0 && node->size < 1e12 ? round(4 + sqrt(node->size) / 3) : 4); /* area, roughly, by lines */
	sink_string(sink, "\"/></node>\n");
}

static void put_edge(struct sink *sink, const struct report *report, uint32_t index)
{
	const struct report_edge *edge = &report->edges[index];
	if (edge->from >= report->node_count || edge->to >= report->node_count)
		return;
	sink_printf(sink, "   <edge id=\"e%u\" source=\"n%u\" target=\"n%u\" weight=\"", (unsigned)index, (unsigned)edge->from, (unsigned)edge->to);
	sink_number(sink, edge->weight);
	sink_string(sink, "\"><attvalues>");
	put_value(sink, 6, edge->symbols);
	put_value(sink, 7, edge->observed);
	put_bool(sink, 8, edge->in_cycle);
	sink_string(sink, "</attvalues></edge>\n");
}

int gexf_write(const struct report *report, const struct report_output *output, struct report_error *error)
{
	struct sink sink;
	error->text[0] = 0;
	sink_start(&sink, output);
	sink_string(&sink, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<gexf xmlns=\"http://www.gexf.net/1.2draft\" "
		    "xmlns:viz=\"http://www.gexf.net/1.2draft/viz\" version=\"1.2\">\n <meta>\n  <creator>sightline</creator>\n  <description>");
	xml_text(&sink, report->title);
	sink_string(&sink, " ");
	xml_text(&sink, report->release);
	sink_string(&sink, "</description>\n </meta>\n <graph defaultedgetype=\"directed\" mode=\"static\">\n");
	sink_string(&sink, attributes);
	sink_string(&sink, "  <nodes>\n");
	for (uint32_t i = 0; i < report->node_count; i++)
		put_node(&sink, report, i);
	sink_string(&sink, "  </nodes>\n  <edges>\n");
	for (uint32_t i = 0; i < report->edge_count; i++)
		put_edge(&sink, report, i);
	sink_string(&sink, "  </edges>\n </graph>\n</gexf>\n");
	return sink_finish(&sink);
}
