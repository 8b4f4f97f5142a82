/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A row per dependency, headed as Gephi's import knows it. */
#include "csv.h"
#include "writers.h"

static const char *group_of(const struct report *report, const struct report_node *node)
{
	return node->group < report->group_count ? report->groups[node->group].name : "";
}

int csv_write(const struct report *report, const struct report_output *output, struct report_error *error)
{
	static const char *const heads[] = {"Source", "Target", "Weight", "Symbols", "Observed", "InCycle", "SourceGroup", "TargetGroup",
					    "SourceLines", "TargetLines", "SourceDebt", "TargetDebt"};
	struct csv csv;
	error->text[0] = 0;
	csv_start(&csv, output, false);
	for (size_t i = 0; i < sizeof heads / sizeof *heads; i++)
		csv_text(&csv, heads[i]);
	csv_end_row(&csv);
	for (size_t i = 0; i < report->edge_count; i++) {
		const struct report_edge *edge = &report->edges[i];
		if (edge->from >= report->node_count || edge->to >= report->node_count)
			continue;
		const struct report_node *from = &report->nodes[edge->from], *to = &report->nodes[edge->to];
		csv_text(&csv, from->name);
		csv_text(&csv, to->name);
		csv_number(&csv, edge->weight);
		csv_integer(&csv, edge->symbols);
		csv_number(&csv, edge->observed);
		csv_integer(&csv, edge->in_cycle);
		csv_text(&csv, group_of(report, from));
		csv_text(&csv, group_of(report, to));
		csv_number(&csv, from->size);
		csv_number(&csv, to->size);
		csv_number(&csv, from->debt);
		csv_number(&csv, to->debt);
		csv_end_row(&csv);
	}
	return csv_finish(&csv);
}
