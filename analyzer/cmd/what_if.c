/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cmd/what_if.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "cmd/debt_model.h"
#include "cmd/derive.h"
#include "cmd/plans.h"
#include "cmd/terminal.h"

#define SHOWN 15      /* files and domains that change most, for people */
#define NOTICED 0.005 /* smaller changes of a score are not told */

/* One number before and after. */
struct difference { const char *scope, *subject, *metric; double before, after; };
struct differences { struct difference *items; size_t count, capacity; };

static void add(struct differences *out, const char *scope, const char *subject, const char *metric, double before, double after)
{
	mem_grow(&out->items, &out->capacity, out->count + 1, sizeof *out->items);
	out->items[out->count++] = (struct difference){scope, subject, metric, before, after};
}

/* Both lists are sorted by scope, subject and metric; what only one of them has (a new domain, one that is empty now) is 0 in the
 * other. */
static void compare_rows(const struct debt_metric *before, size_t before_count, const struct debt_metric *after, size_t after_count,
			 struct differences *out)
{
	for (size_t b = 0, a = 0; b < before_count || a < after_count;) {
		int order = b == before_count ? 1 : a == after_count ? -1 : strcmp(before[b].scope, after[a].scope);
		if (!order)
			order = strcmp(before[b].subject, after[a].subject);
		if (!order)
			order = strcmp(before[b].metric, after[a].metric);
		const struct debt_metric *row = order > 0 ? &after[a] : &before[b];
		double was = order > 0 ? 0 : before[b].value, is = order < 0 ? 0 : after[a].value;
		if (!strcmp(row->scope, "codebase") || fabs(was - is) > NOTICED)
			add(out, row->scope, row->subject, row->metric, was, is);
		b += order <= 0;
		a += order >= 0;
	}
}

/* ---- for programs ---- */

static int print_rows(const struct differences *differences, enum output_format format, struct err *err)
{
	struct buf out;
	buf_init(&out, BUF_NO_CEILING);
	buf_append_string(&out, format == OUTPUT_JSON ? "[" : "scope,subject,metric,before,after,change\r\n");
	for (size_t i = 0; i < differences->count; i++) {
		const struct difference *row = &differences->items[i];
		if (format == OUTPUT_JSON) {
			buf_append_string(&out, i ? ",\n  {\"scope\": " : "\n  {\"scope\": ");
			output_json_string(&out, row->scope, strlen(row->scope));
			buf_append_string(&out, ", \"subject\": ");
			output_json_string(&out, row->subject, strlen(row->subject));
			buf_append_string(&out, ", \"metric\": ");
			output_json_string(&out, row->metric, strlen(row->metric));
			buf_printf(&out, ", \"before\": %.10g, \"after\": %.10g, \"change\": %.10g}", row->before, row->after, row->after - row->before);
		} else {
			output_csv_field(&out, row->scope, strlen(row->scope));
			buf_append_char(&out, ',');
			output_csv_field(&out, row->subject, strlen(row->subject));
			buf_printf(&out, ",%s,%.10g,%.10g,%.10g\r\n", row->metric, row->before, row->after, row->after - row->before);
		}
	}
	if (format == OUTPUT_JSON)
		buf_append_string(&out, "\n]\n");
	bool written = fwrite(out.data, 1, out.length, stdout) == out.length;
	buf_finish(&out);
	return written ? 0 : err_set(err, ERR_IO, "cannot write the output");
}

/* ---- for people ---- */

static void print_difference(const struct difference *row, const char *name)
{
	terminal_print(stdout, "  ", name, "");
	size_t columns = terminal_columns(name, strlen(name));
	const char *style = row->after < row->before ? terminal_style(stdout, STYLE_GREEN)
			    : row->after > row->before ? terminal_style(stdout, STYLE_YELLOW) : "";
	printf("%*s %10.4g -> %10.4g  %s%+.3g%s\n", columns < 44 ? (int)(44 - columns) : 0, "", row->before, row->after, style,
	       row->after - row->before, *style ? terminal_style(stdout, STYLE_PLAIN) : "");
}

static int compare_effect(const void *a, const void *b)
{
	const struct difference *x = *(const struct difference *const *)a, *y = *(const struct difference *const *)b;
	double dx = fabs(x->after - x->before), dy = fabs(y->after - y->before);
	if (dx != dy)
		return dx > dy ? -1 : 1;
	return strcmp(x->subject, y->subject);
}

static void print_scope(const struct differences *differences, const char *scope, const char *title)
{
	const struct difference **rows = mem_alloc((differences->count + 1) * sizeof *rows);
	size_t count = 0;
	for (size_t i = 0; i < differences->count; i++)
		if (!strcmp(differences->items[i].scope, scope) && !strcmp(differences->items[i].metric, "debt_score"))
			rows[count++] = &differences->items[i];
	if (count) {
		qsort(rows, count, sizeof *rows, compare_effect);
		printf("\n%s%s%s\n", terminal_style(stdout, STYLE_BOLD), title, terminal_style(stdout, STYLE_PLAIN));
	}
	for (size_t i = 0; i < count && i < SHOWN; i++)
		print_difference(rows[i], rows[i]->subject);
	if (count > SHOWN)
		printf("  ... and %zu more: --format json has all\n", count - SHOWN);
	free(rows);
}

static void print_people(const struct differences *differences)
{
	static const char *const told[] = {"debt_score", "debt_structure", "debt_entanglement", "debt_reach", "debt_modularity", "interest_hours",
					   "cycle_groups", "largest_cycle", "relative_cyclicity", "propagation_cost", "turbomq"};
	printf("%sCodebase, before and after%s\n", terminal_style(stdout, STYLE_BOLD), terminal_style(stdout, STYLE_PLAIN));
	for (size_t t = 0; t < sizeof told / sizeof *told; t++)
		for (size_t i = 0; i < differences->count; i++)
			if (!strcmp(differences->items[i].scope, "codebase") && !strcmp(differences->items[i].metric, told[t]))
				print_difference(&differences->items[i], told[t]);
	print_scope(differences, "domain", "Domains, debt");
	print_scope(differences, "file", "Files, debt");
	size_t freed = 0, caught = 0;
	for (size_t i = 0; i < differences->count; i++) {
		const struct difference *row = &differences->items[i];
		if (strcmp(row->scope, "file") || strcmp(row->metric, "cycle_size"))
			continue;
		freed += row->before > 0 && row->after <= 0;
		caught += row->before <= 0 && row->after > 0;
	}
	printf("\n%zu files get out of a cycle, %zu get into one.\n", freed, caught);
}

static int tell(const struct session *session, const struct debt_model *debt, const struct plan *plan, struct err *err)
{
	struct debt_changed changed;
	struct debt_result *after;
	struct differences differences = {0};
	int result = 0;
	debt_apply(&debt->input, plan->changes, plan->count, plan->new_domains, plan->new_count, &changed);
	debt_measure(&changed.input, &after);
	debt_judge(&changed.input, after);
	debt_tell_measured(&debt->input, debt->result);
	debt_tell_judged(&debt->input, debt->result);
	debt_tell_measured(&changed.input, after);
	debt_tell_judged(&changed.input, after);
	compare_rows(debt->result->metrics, debt->result->metric_count, after->metrics, after->metric_count, &differences);
	compare_rows(debt->result->scores, debt->result->score_count, after->scores, after->score_count, &differences);
	if (session->format == OUTPUT_TABLE)
		print_people(&differences);
	else
		result = print_rows(&differences, session->format, err);
	free(differences.items);
	debt_result_destroy(after);
	debt_changed_finish(&changed);
	return result;
}

/* A change that is true already answers nothing; more likely its names are the wrong way round. */
static int check_effect(const struct debt_input *input, const struct debt_change *change, const char *text, struct err *err)
{
	if (change->kind == DEBT_MOVE && input->files[change->a].domain == change->b)
		return err_set(err, ERR_INPUT, "--what-if \"%s\": it is in that domain already", text);
	if (change->kind != DEBT_MOVE && plan_weight(input, change) <= 0)
		return err_set(err, ERR_INPUT, "--what-if \"%s\": the first does not depend on the second", text);
	return 0;
}

/* ---- kept ---- */

/* Plans are stored, and the release is derived anew, so that its tasks have them. */
static int keep_plans(struct session *session, const char *const *changes, size_t count, enum what_if_keep keep, struct err *err)
{
	struct model_release release;
	struct derive_summary summary = {0};
	model_close(session->model);
	session->model = NULL;
	int result = model_open(session->database, MODEL_WRITE, &session->model, err);
	for (size_t i = 0; !result && i < count; i++)
		result = keep == WHAT_IF_SAVE ? model_plan_put(session->model, changes[i], (int64_t)time(NULL), err)
					      : model_plan_drop(session->model, changes[i], err);
	if (!result)
		result = model_release_read(session->model, session->release, &release, err);
	if (result)
		return result;
	result = derive_release(session->model, &release, session->config, NULL, NULL, NULL, &summary, err);
	derive_summary_finish(&summary);
	model_release_free(&release);
	if (!result && !session->quiet)
		fprintf(stderr, keep == WHAT_IF_SAVE ? "saved: 'sightline tasks' has %zu more to do, and shows them done once the code is so\n"
						     : "forgotten: %zu\n", count);
	return result;
}

int what_if(struct session *session, const char *const *changes, size_t count, enum what_if_keep keep, struct err *err)
{
	if (keep == WHAT_IF_FORGET)
		return keep_plans(session, changes, count, keep, err);
	struct debt_model debt;
	struct plan plan;
	int result = debt_model_load(session->model, session->release, &debt, err);
	if (result)
		return result;
	plan_init(&plan);
	for (size_t i = 0; !result && i < count; i++) {
		result = plan_add(&plan, &debt.input, changes[i], err);
		if (!result)
			result = check_effect(&debt.input, &plan.changes[i], changes[i], err);
	}
	if (!result)
		result = tell(session, &debt, &plan, err);
	plan_finish(&plan);
	debt_model_finish(&debt);
	return result || keep == WHAT_IF_TELL ? result : keep_plans(session, changes, count, keep, err);
}
