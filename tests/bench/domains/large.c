/* SPDX-License-Identifier: GPL-3.0-or-later */
/* bench_discovery [FILES DEPENDENCIES THREADS]: all of domain discovery on a made-up codebase: folders of 200 files, three of four
 * dependencies within one. */
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <time.h>

#include "analysis/domains.h"
#include "graph/leiden.h"

#define FOLDER 200

static int compare_rows(const void *a, const void *b)
{
	const struct file_dependency *x = a, *y = b;
	if (x->from != y->from)
		return x->from < y->from ? -1 : 1;
	return (x->to > y->to) - (x->to < y->to);
}

int main(int argc, char **argv)
{
	uint32_t files = argc > 1 ? (uint32_t)atoi(argv[1]) : 100000;
	size_t wanted = argc > 2 ? (size_t)atol(argv[2]) : 5000000, count = 0;
	struct graph graph = {.files = mem_zalloc((size_t)files + 1, sizeof *graph.files), .file_count = files};
	struct file_dependency *rows = mem_alloc((wanted + 1) * sizeof *rows);
	struct domains_options options = {.threads = argc > 3 ? (unsigned)atoi(argv[3]) : 2};
	struct domains_result *result;
	struct err err = {0};
	struct timespec start, end;
	uint64_t random = 1;
	for (uint32_t i = 0; i < files; i++) {
		char path[64];
		snprintf(path, sizeof path, "part%06u/file%03u.c", i / FOLDER, i % FOLDER);
		graph.files[i] = (struct graph_file){.path = mem_strdup(path), .lines = 100, .code_lines = 100};
	}
	for (size_t made; count < wanted && (double)wanted < (double)files * FOLDER / 3;) {
		for (made = count; made < wanted; made++) {
			uint32_t from = (uint32_t)(leiden_random(&random) % files), to;
			to = leiden_random(&random) % 4 ? from / FOLDER * FOLDER + (uint32_t)(leiden_random(&random) % FOLDER)
							: (uint32_t)(leiden_random(&random) % files);
			rows[made] = (struct file_dependency){from, to < files ? to : from, DEPENDENCY_CALL,
							      (float)(1 + leiden_random(&random) % 9)};
		}
		qsort(rows, made, sizeof *rows, compare_rows);
		count = 0;
		for (size_t i = 0; i < made; i++)
			if (rows[i].from != rows[i].to && (!count || compare_rows(&rows[count - 1], &rows[i])))
				rows[count++] = rows[i];
	}
	clock_gettime(CLOCK_MONOTONIC, &start);
	if (domains_discover(&graph, rows, count, NULL, 0, &options, &result, &err)) {
		fprintf(stderr, "%s\n", err.text);
		return 2;
	}
	clock_gettime(CLOCK_MONOTONIC, &end);
	struct rusage usage;
	getrusage(RUSAGE_SELF, &usage);
	printf("%u files, %zu dependencies: %u domains in %.1f s on %u threads (%ld s of CPU time in all), peak %ld MiB\n", files, count,
	       result->count, (double)(end.tv_sec - start.tv_sec) + (double)(end.tv_nsec - start.tv_nsec) / 1e9, options.threads,
	       (long)usage.ru_utime.tv_sec, usage.ru_maxrss / 1024);
	domains_result_destroy(result);
	return 0;
}
