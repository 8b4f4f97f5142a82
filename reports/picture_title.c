/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Title, legend, and what was left out. */
#include "label.h"
#include "picture_internal.h"

#define ROW "<TR><TD ALIGN=\"LEFT\">"
#define ROW_END "</TD></TR>"
#define TABLE "<TABLE BORDER=\"0\" CELLBORDER=\"0\" CELLSPACING=\"0\" CELLPADDING=\"4\" ALIGN=\"LEFT\">"

/* Every piece stands in a cell of its own: a viewer's font may be wider than the one it was measured with. */
static void write_legend(const struct report *report, FILE *out)
{
	fputs(ROW TABLE "<TR><TD>debt</TD>", out);
	for (size_t i = 0; i < DEBT_CLASSES; i++)
		fprintf(out, "<TD BGCOLOR=\"%s\" BORDER=\"1\" COLOR=\"%s\" WIDTH=\"52\"><FONT COLOR=\"%s\">%s</FONT></TD>",
			picture_debt_scale[i].fill, picture_debt_scale[i].border, picture_debt_scale[i].ink, picture_debt_scale[i].range);
	fputs("</TR></TABLE>" ROW_END
	      ROW "bigger: more lines of code" ROW_END
	      ROW "arrow: uses; thicker: more references; dot: a few references back" ROW_END
	      ROW "<FONT COLOR=\"" CYCLE_COLOUR "\">\xE2\x86\xBB in a dependency cycle; red, two heads: use each other;</FONT>" ROW_END
	      ROW "<FONT COLOR=\"" CYCLE_COLOUR "\">red, dashed: closes a longer cycle, against heavier arrows</FONT>" ROW_END, out);
	if (report->has_runs)
		fputs(ROW "<FONT COLOR=\"" SEEN_COLOUR "\">blue-green: in the source, and seen in traced runs</FONT>" ROW_END
		      ROW "hollow head: in the source, never seen in runs" ROW_END
		      ROW "<FONT COLOR=\"" ONLY_SEEN_COLOUR "\">orange, dotted: only seen in runs, not in the source</FONT>" ROW_END, out);
	for (size_t i = 0; i < report->node_count; i++)
		if (report->nodes[i].is_outside) {
			fputs(ROW "<FONT COLOR=\"" FAINT_INK "\">dashed boxes: other domains; those to the left use this one more than "
			      "it uses them</FONT>" ROW_END, out);
			break;
		}
}

static void write_notes(const struct builder *builder, FILE *out)
{
	const struct fold *fold = &builder->fold;

	if (fold->nodes_folded > 0) {
		fprintf(out, ROW "%zu of %zu boxes, the smaller ones, are folded into dashed boxes",
			fold->nodes_folded, builder->report->node_count);
		if (fold->edges_folded > 0) {
			fprintf(out, "; their %zu dependencies (weight ", fold->edges_folded);
			label_write_count(out, fold->folded_weight);
			fputs(") are not drawn", out);
		}
		fputs(ROW_END, out);
	}
	if (fold->hubs > 0)
		fputs(ROW "thick frame: used so widely that only its heaviest users' arrows are drawn" ROW_END, out);
	if (fold->edges_hidden > 0) {
		fprintf(out, ROW "%zu of %zu dependencies, the lighter ones (weight ", fold->edges_hidden,
			fold->edges_hidden + fold->edge_count);
		label_write_count(out, fold->hidden_weight);
		fputs("), are not drawn" ROW_END, out);
	}
}

void picture_set_title(struct builder *builder)
{
	const struct report *report = builder->report;
	struct text text;

	if (!text_open(builder, &text))
		return;
	fputs("<TABLE BORDER=\"0\" CELLBORDER=\"0\" CELLSPACING=\"0\" CELLPADDING=\"3\">" ROW
	      "<FONT POINT-SIZE=\"26\"><B>", text.out);
	label_write(text.out, report->title, 80, LABEL_HTML);
	fputs("</B></FONT>" ROW_END ROW "<FONT POINT-SIZE=\"15\" COLOR=\"" FAINT_INK "\">release ", text.out);
	label_write(text.out, report->release, 60, LABEL_HTML);
	fputs("</FONT>" ROW_END, text.out);
	if (report->subtitle && *report->subtitle) {
		fputs(ROW "<FONT POINT-SIZE=\"15\">", text.out);
		label_write(text.out, report->subtitle, 160, LABEL_HTML);
		fputs("</FONT>" ROW_END, text.out);
	}
	write_legend(report, text.out);
	write_notes(builder, text.out);
	fputs("</TABLE>", text.out);
	text_set(builder, &text, builder->graph, "label", true);
}

