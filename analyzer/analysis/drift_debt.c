/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Debt, reach of a change, exclusivity: numbers that moved by more than noise, and the files that moved them. Debt is that of the
 * structure alone: interest comes and goes with the commits of the past year, also where no line of the architecture changed. */
#include <math.h>
#include <stdlib.h>

#include "analysis/drift_internal.h"

#define DEBT_WHOLE 0.5      /* points of the codebase's debt */
#define DEBT_DOMAIN 1.0     /* of a domain's */
#define DEBT_MAJOR 5.0      /* from there on a rise is major */
#define DEBT_HIGH 50.0      /* of a file: a case for refactoring */
#define DEBT_HIGH_STEP 2.0  /* how much must have changed, so that a file at the border does not flicker */
#define COST_STEP 0.01      /* of the propagation cost, 0..1 */
#define EXCLUSIVITY_STEP 0.05

/* Users weigh nothing, but say who suffers. Smells are what findings and hard functions make of them. */
enum number { NUMBER_DEBT, NUMBER_COGNITIVE, NUMBER_CYCLOMATIC, NUMBER_FAN_IN, NUMBER_FAN_OUT, NUMBER_CYCLE, NUMBER_REACH, NUMBER_SMELLS,
	      NUMBER_MODULARITY, NUMBER_COUNT };
static const char *const number_names[NUMBER_COUNT] = {"debt_structure", "cognitive_max", "cyclomatic_sum", "fan_in", "fan_out", "cycle_size",
						       "reach", "debt_smells", "debt_modularity"};
static const char *const number_titles[NUMBER_COUNT] = {"debt", "hardest function", "decisions", "users", "uses", "files in its circle",
							"files it reaches", "smells", "ties to other parts"};

struct numbers { double value[2][NUMBER_COUNT]; bool known[2][NUMBER_COUNT]; };

/* Numbers of files whose numbers changed, by their newer index. */
static struct numbers *read_files(const struct drifting *d)
{
	struct numbers *files = mem_zalloc(d->in->files_count + 1, sizeof *files);
	for (size_t i = 0; i < d->in->metrics_count; i++) {
		const struct drift_metric *row = &d->in->metrics[i];
		uint32_t file = strcmp(row->scope, "file") ? DRIFT_NONE : drift_file_find(d, row->subject);
		if (file != DRIFT_NONE && !row->side && d->out->file_now[file] != DRIFT_NONE)
			file = d->out->file_now[file];
		for (unsigned n = 0; file != DRIFT_NONE && n < NUMBER_COUNT; n++)
			if (!strcmp(row->metric, number_names[n])) {
				files[file].value[row->side][n] = row->value;
				files[file].known[row->side][n] = true;
			}
	}
	return files;
}

struct cause { uint32_t file; double weight; };

static int compare_causes(const void *a, const void *b)
{
	const struct cause *x = a, *y = b;
	if (x->weight != y->weight)
		return x->weight > y->weight ? -1 : 1;
	return x->file < y->file ? -1 : x->file > y->file;
}

/* "debt 12 to 31: hardest function 4 to 40, uses 3 to 9": what moved the way that the debt did, and by as much as is shown;
 * sums of many things only where nothing plainer did. */
static const char *describe(struct drifting *d, const struct numbers *row)
{
	struct buf text;
	bool is_new = !row->known[0][NUMBER_DEBT], is_gone = !row->known[1][NUMBER_DEBT];
	buf_init(&text, BUF_NO_CEILING);
	if (is_new || is_gone)
		buf_printf(&text, "%s with debt %.0f", is_new ? "new" : "gone", row->value[is_new][NUMBER_DEBT]);
	else
		buf_printf(&text, "debt %.0f to %.0f", row->value[0][NUMBER_DEBT], row->value[1][NUMBER_DEBT]);
	bool any = false, up = row->value[1][NUMBER_DEBT] > row->value[0][NUMBER_DEBT];
	for (unsigned n = NUMBER_DEBT + 1; n < (any ? NUMBER_SMELLS : NUMBER_COUNT) && !is_new && !is_gone; n++)
		if (row->known[0][n] && row->known[1][n] && round(row->value[0][n]) != round(row->value[1][n]) &&
		    (row->value[1][n] > row->value[0][n]) == up) {
			buf_printf(&text, "%s%s %.0f to %.0f", any ? ", " : ": ", number_titles[n], row->value[0][n], row->value[1][n]);
			any = true;
		}
	const char *kept = arena_strndup(d->out->arena, text.data, text.length);
	buf_finish(&text);
	return kept;
}

/* The files (of a domain, or all) whose debt moved the same way, weighed by their size. */
static void add_causes(struct drifting *d, struct drift_event *event, const struct numbers *files, uint32_t domain, double direction)
{
	struct cause *causes = mem_zalloc(d->in->files_count + 1, sizeof *causes);
	size_t count = 0;
	for (uint32_t f = 0; f < d->in->files_count; f++) {
		const struct numbers *row = &files[f];
		double delta = row->value[1][NUMBER_DEBT] - row->value[0][NUMBER_DEBT];
		unsigned side = d->in->files[f].sides != DRIFT_IN_OLD;
		if (!(row->known[0][NUMBER_DEBT] || row->known[1][NUMBER_DEBT]) || delta * direction <= 0.5 ||
		    (domain != DRIFT_NONE && (!side || d->in->files[f].domain[1] != domain)))
			continue;
		causes[count++] = (struct cause){f, fabs(delta) * (1 + d->in->files[f].code_lines[side])};
	}
	if (count)
		qsort(causes, count, sizeof *causes, compare_causes);
	struct drift_evidence *rows = mem_zalloc(count + 1, sizeof *rows);
	for (size_t i = 0; i < count; i++)
		rows[i] = (struct drift_evidence){i < DRIFT_EVIDENCE ? describe(d, &files[causes[i].file]) : "", "",
						  d->in->files[causes[i].file].path, 0};
	drift_add_evidence(d, event, rows, count);
	if (count)
		event->detail = drift_text(d, "%s, most of it by %s (%s)", event->detail, rows[0].file, rows[0].symbol);
	free(rows);
	free(causes);
}

/* What a debt was without the files that are gone: where nothing is worse than that, debt did not rise. Clean code that goes leaves
 * the rest, and its mean, behind. domain: newer; DRIFT_NONE: all. */
static double without_gone(const struct drifting *d, const struct numbers *files, uint32_t domain, double debt)
{
	double lines = 0, gone = 0, of_gone = 0;
	for (uint32_t f = 0; f < d->in->files_count; f++) {
		const struct drift_file *file = &d->in->files[f];
		if (!drift_is_old(file->sides) || (domain != DRIFT_NONE && file->domain[0] != d->out->domain_before[domain]))
			continue;
		lines += file->code_lines[0];
		if (d->out->file_now[f] == DRIFT_NONE && files[f].known[0][NUMBER_DEBT]) {
			gone += file->code_lines[0];
			of_gone += files[f].value[0][NUMBER_DEBT] * file->code_lines[0];
		}
	}
	return gone > 0 && gone < lines ? (debt * lines - of_gone) / (lines - gone) : debt;
}

static void tell_debt(struct drifting *d, const struct numbers *files, uint32_t domain, double before, double after)
{
	bool up = after > before;
	double step = domain == DRIFT_NONE ? DEBT_WHOLE : DEBT_DOMAIN;
	if (fabs(after - before) < step || (up && after - without_gone(d, files, domain, before) < step))
		return;
	const char *subject = domain == DRIFT_NONE ? "codebase" : drift_domain_name(d, 1, domain);
	struct drift_event *event = drift_add(d, up ? DRIFT_DEBT_UP : DRIFT_DEBT_DOWN,
		up ? after - before >= DEBT_MAJOR ? DRIFT_MAJOR : DRIFT_MINOR : DRIFT_INFO, subject,
		domain == DRIFT_NONE ? "codebase" : drift_text(d, "domain\t%s", drift_domain_identity(d, 1, domain)),
		drift_text(d, "from %.1f to %.1f of 100", before, after));
	event->before = before;
	event->after = after;
	add_causes(d, event, files, domain, up ? 1 : -1);
}

static void tell_high(struct drifting *d, const struct numbers *row, uint32_t file)
{
	double before = row->value[0][NUMBER_DEBT], after = row->value[1][NUMBER_DEBT];
	bool up = after >= DEBT_HIGH && before < DEBT_HIGH, down = after < DEBT_HIGH && before >= DEBT_HIGH;
	if (!(up || down) || fabs(after - before) < DEBT_HIGH_STEP || !row->known[1][NUMBER_DEBT])
		return;
	const char *path = d->in->files[file].path;
	struct drift_event *event = drift_add(d, up ? DRIFT_HIGH_DEBT_ADDED : DRIFT_HIGH_DEBT_REMOVED, up ? DRIFT_MINOR : DRIFT_INFO, path,
					      drift_path_identity(d, 1, path), describe(d, row));
	event->file = path;
	event->before = before;
	event->after = after;
}

static double metric(const struct drifting *d, unsigned side, const char *name, bool *known)
{
	for (size_t i = 0; i < d->in->metrics_count; i++) {
		const struct drift_metric *row = &d->in->metrics[i];
		if (row->side == side && !strcmp(row->scope, "codebase") && !strcmp(row->metric, name)) {
			*known = true;
			return row->value;
		}
	}
	*known = false;
	return 0;
}

static void tell_reach(struct drifting *d)
{
	bool known[2];
	double before = metric(d, 0, "propagation_cost", &known[0]), after = metric(d, 1, "propagation_cost", &known[1]);
	if (!known[0] || !known[1] || fabs(after - before) < COST_STEP)
		return;
	struct drift_event *event = drift_add(d, after > before ? DRIFT_COMPLEXITY_UP : DRIFT_COMPLEXITY_DOWN,
		after > before ? DRIFT_MINOR : DRIFT_INFO, "codebase", NULL,
		drift_text(d, "a change of one file may reach %.1f %% of the files, %.1f %% before (propagation cost)", after * 100, before * 100));
	event->before = before;
	event->after = after;
}

static void tell_exclusivity(struct drifting *d, uint32_t old, uint32_t new)
{
	double before = d->in->domains[0][old].exclusivity, after = d->in->domains[1][new].exclusivity;
	if (before < 0 || after < 0 || fabs(after - before) < EXCLUSIVITY_STEP)
		return;
	bool up = after > before;
	struct drift_event *event = drift_add(d, up ? DRIFT_EXCLUSIVITY_UP : DRIFT_EXCLUSIVITY_DOWN, up ? DRIFT_INFO : DRIFT_MINOR,
		drift_domain_name(d, 1, new), drift_domain_name(d, 0, old),
		drift_text(d, "%.0f %% of its functions are called from no other domain, %.0f %% before", after * 100, before * 100));
	event->before = before;
	event->after = after;
}

void drift_tell_debt(struct drifting *d)
{
	struct numbers *files = read_files(d);
	bool known[2];
	double before = metric(d, 0, "debt_structure", &known[0]), after = metric(d, 1, "debt_structure", &known[1]);
	if (known[0] && known[1])
		tell_debt(d, files, DRIFT_NONE, before, after);
	for (uint32_t i = 0; i < d->in->domain_count[1]; i++) {
		uint32_t old = d->out->domain_before[i];
		if (old == DRIFT_NONE)
			continue;
		if (d->in->domains[0][old].debt >= 0 && d->in->domains[1][i].debt >= 0)
			tell_debt(d, files, i, d->in->domains[0][old].debt, d->in->domains[1][i].debt);
		tell_exclusivity(d, old, i);
	}
	tell_reach(d);
	for (uint32_t f = 0; f < d->in->files_count; f++)
		tell_high(d, &files[f], f);
	free(files);
}
