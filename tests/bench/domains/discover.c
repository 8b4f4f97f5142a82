/* SPDX-License-Identifier: GPL-3.0-or-later */
/* discover_domains MODEL [OPTIONS]: domain discovery on the newest release of a model, without scanning. On stdout
 * file<TAB>domain<TAB>certainty for each file; on stderr the time that discovery took.
 *
 * --seed N  --seeds N  --threads N  --domains N  --level coarse|default|fine  --without SIGNAL,...  --before FILE (what
 * an earlier run printed)  --fresh  --observed W (weight of what the release's runs saw, dependencies being 1)  --flat
 * (as if all that is discovered lay in one folder) */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "analysis/domain_observed.h"
#include "analysis/indirect.h"
#include "base/hash.h"
#include "base/text.h"
#include "facts/observation.h"
#include "model/model.h"

static unsigned signals_of(const char *list)
{
	unsigned found = 0;
	for (unsigned s = 0; s < DOMAIN_SIGNALS; s++)
		found |= strstr(list, DOMAIN_SIGNAL_NAMES[s]) ? 1u << s : 0;
	return found;
}

/* The labels of an earlier run, by path. */
static const char **read_before(const char *path, const struct graph *graph)
{
	const char **labels = mem_zalloc((size_t)graph->file_count + 1, sizeof *labels);
	char *text = NULL, *line;
	size_t length;
	struct err err;
	if (file_read(path, (size_t)1 << 30, &text, &length, &err))
		exit(2);
	for (char *rest = text; (line = strsep(&rest, "\n"));) {
		char *file = strsep(&line, "\t"), *domain = line ? strsep(&line, "\t") : NULL;
		for (uint32_t low = 0, high = graph->file_count; domain && low < high;) {
			uint32_t middle = (low + high) / 2;
			int order = strcmp(graph->files[middle].path, file);
			if (!order)
				labels[middle] = domain;
			*(order < 0 ? &low : &high) = order < 0 ? middle + 1 : order ? middle : low;
			if (!order)
				break;
		}
	}
	return labels;
}

struct runs { struct arena *arena; struct observation *items; size_t count, capacity; };

static int take_run(void *context, const void *bytes, size_t length, struct err *err)
{
	struct runs *runs = context;
	void *copy = memcpy(arena_alloc(runs->arena, length + 1), bytes, length);
	mem_grow(&runs->items, &runs->capacity, runs->count + 1, sizeof *runs->items);
	return observation_decode(copy, length, runs->arena, &runs->items[runs->count++], err);
}

/* What the runs of the release saw becomes options->observed. */
static int read_runs(struct model *model, const char *name, const struct graph *graph, struct domains_options *options, struct err *err)
{
	struct runs runs = {.arena = arena_create()};
	struct model_release release = {0};
	size_t left_behind;
	int result = model_release_read(model, name, &release, err);
	if (!result)
		result = model_observations(model, &release, take_run, &runs, &left_behind, err);
	if (!result) {
		struct observed_result *observed;
		observed_compute(graph, runs.items, runs.count, &observed);
		options->observed = domain_observed_edges(graph, observed, &options->observed_count);
		fprintf(stderr, "%zu runs, %zu ties\n", runs.count, options->observed_count);
		observed_result_destroy(observed);
	}
	model_release_free(&release);
	arena_destroy(runs.arena);
	free(runs.items);
	return result;
}

static void parse(int argc, char **argv, struct domains_options *options, const struct graph *graph, bool *flat)
{
	for (int i = 2; i < argc; i++) {
		const char *value = i + 1 < argc ? argv[i + 1] : "";
		if (!strcmp(argv[i], "--fresh") || !strcmp(argv[i], "--flat")) {
			*(!strcmp(argv[i], "--flat") ? flat : &options->fresh) = true;
			continue;
		}
		i++;
		if (!strcmp(argv[i - 1], "--seed"))
			options->seed = strtoull(value, NULL, 10);
		else if (!strcmp(argv[i - 1], "--seeds"))
			options->seeds = (unsigned)atoi(value);
		else if (!strcmp(argv[i - 1], "--threads"))
			options->threads = (unsigned)atoi(value);
		else if (!strcmp(argv[i - 1], "--domains"))
			options->wanted = (unsigned)atoi(value);
		else if (!strcmp(argv[i - 1], "--level"))
			options->view = !strcmp(value, "coarse") ? DOMAIN_VIEW_COARSE : !strcmp(value, "fine") ? DOMAIN_VIEW_FINE
													: DOMAIN_VIEW_DEFAULT;
		else if (!strcmp(argv[i - 1], "--without"))
			options->without = signals_of(value);
		else if (!strcmp(argv[i - 1], "--observed"))
			options->observed_weight = atof(value);
		else if (!strcmp(argv[i - 1], "--before"))
			options->previous = read_before(value, graph);
		else
			exit(2);
	}
}

static int compare_names(const void *a, const void *b)
{
	const struct graph_file *x = *(const struct graph_file *const *)a, *y = *(const struct graph_file *const *)b;
	int order = strcmp(path_basename(x->path), path_basename(y->path));
	return order ? order : strcmp(x->path, y->path);
}

/* Hides the folders of all files but those that are told by their folder (tests, third parties): "net/main.c" becomes
 * "src/main.c", or, where another file is called so, "src/2-main.c". */
static void flatten(struct graph *graph, const struct domains_result *told)
{
	struct graph_file **files = mem_alloc(((size_t)graph->file_count + 1) * sizeof *files);
	uint32_t count = 0, same = 0;
	for (uint32_t f = 0; f < graph->file_count; f++)
		if (!told->reasons[f].told)
			files[count++] = &graph->files[f];
	if (count)
		qsort(files, count, sizeof *files, compare_names);
	const char *last = "";
	for (uint32_t i = 0; i < count; i++) {
		const char *name = path_basename(files[i]->path);
		char text[4096];
		same = strcmp(name, last) ? 0 : same + 1;
		last = name;
		if (same)
			snprintf(text, sizeof text, "src/%u-%s", same + 1, name);
		else
			snprintf(text, sizeof text, "src/%s", name);
		files[i]->path = strdup(text);
	}
	free(files);
}

int main(int argc, char **argv)
{
	struct err err = {0};
	struct model *model = NULL;
	struct graph *graph = NULL;
	struct model_release_unit *units = NULL;
	size_t unit_count = 0, count;
	char *release = NULL;
	struct domains_options options = {.threads = 2};
	if (argc < 2 || model_open(argv[1], MODEL_READ, &model, &err) || model_release_resolve(model, NULL, &release, &err) ||
	    model_release_units(model, release, &units, &unit_count, &err) ||
	    graph_load(model, units, unit_count, NULL, &graph, &err)) {
		fprintf(stderr, "discover_domains MODEL [OPTIONS]: %s\n", err.text);
		return 2;
	}
	bool flat = false;
	parse(argc, argv, &options, graph, &flat);
	if (options.observed_weight > 0 && read_runs(model, release, graph, &options, &err)) {
		fprintf(stderr, "%s\n", err.text);
		return 2;
	}
	struct indirect_result indirect;
	indirect_resolve(graph, &indirect);
	struct file_dependency *rows = graph_dependencies(graph, indirect.calls, indirect.count, &count);
	struct domains_result *result;
	struct timespec start, end;
	const char **paths = mem_alloc(((size_t)graph->file_count + 1) * sizeof *paths);
	for (uint32_t f = 0; f < graph->file_count; f++)
		paths[f] = graph->files[f].path;
	if (flat && !domains_discover(graph, rows, count, indirect.calls, indirect.count, &options, &result, &err)) {
		flatten(graph, result);
		domains_result_destroy(result);
	}
	clock_gettime(CLOCK_MONOTONIC, &start);
	if (domains_discover(graph, rows, count, indirect.calls, indirect.count, &options, &result, &err)) {
		fprintf(stderr, "%s\n", err.text);
		return 2;
	}
	clock_gettime(CLOCK_MONOTONIC, &end);
	fprintf(stderr, "%.2f s, resolution %.2f, agreement %.3f, quality cold %.3f kept %.3f\n",
		(double)(end.tv_sec - start.tv_sec) + (double)(end.tv_nsec - start.tv_nsec) / 1e9, result->resolution,
		result->agreement, result->cold_quality, result->kept_quality);
	for (uint32_t f = 0; f < graph->file_count; f++)
		printf("%s\t%s\t%.3f\n", paths[f], result->domains[result->domain_of[f]].name,
		       result->reasons[f].certainty);
	domains_result_destroy(result);
	indirect_result_finish(&indirect);
	free(rows);
	free(paths);
	free(units);
	free(release);
	graph_destroy(graph);
	model_close(model);
	return 0;
}
