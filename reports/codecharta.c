/* SPDX-License-Identifier: GPL-3.0-or-later */
/* CodeCharta's cc.json, version 1.3: folders as districts, files as buildings. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "json.h"
#include "writers.h"

/* Two levels of JSON a folder: paths that go deeper are told by their last folder's file name. */
#define MOST_FOLDERS 16

static const struct report *sorting; /* qsort has no context; set for the length of one sort */

static int by_path(const void *a, const void *b)
{
	return strcmp(sorting->files[*(const uint32_t *)a].path, sorting->files[*(const uint32_t *)b].path);
}

static void put_file(struct json *json, const struct report_file *file, const char *name)
{
	json_put_object(json, NULL);
	json_put_text(json, "name", name);
	json_put_text(json, "type", "File");
	json_put_object(json, "attributes");
	json_put_number(json, "loc", file->lines >= 0 ? file->lines : 0);
	json_put_number(json, "rloc", file->code_lines >= 0 ? file->code_lines : 0);
	json_put_integer(json, "functions", file->functions);
	json_put_number(json, "complexity", file->cyclomatic >= 0 ? file->cyclomatic : 0);
	json_put_number(json, "cognitive_complexity", file->cognitive >= 0 ? file->cognitive : 0);
	json_put_number(json, "debt_score", file->debt >= 0 ? file->debt : 0);
	json_end(json);
	json_end(json);
}

/* How many bytes of whole folders, their slashes included, two paths have in common; at most MOST_FOLDERS folders. */
static size_t shared_folders(const char *a, const char *b, unsigned *folders)
{
	size_t shared = 0;
	*folders = 0;
	for (size_t i = 0; a[i] && a[i] == b[i] && *folders < MOST_FOLDERS; i++)
		if (a[i] == '/') {
			shared = i + 1;
			++*folders;
		}
	return shared;
}

/* Files in the order of their paths: of each, the folders that the one before was not in are opened. */
static void put_tree(struct json *json, const struct report *report, const uint32_t *order)
{
	const char *before = "";
	unsigned open = 0;
	for (size_t i = 0; i < report->file_count; i++) {
		const struct report_file *file = &report->files[order[i]];
		unsigned shared;
		const char *at = file->path + shared_folders(before, file->path, &shared);
		for (; open > shared; open--) {
			json_end(json); /* children */
			json_end(json);
		}
		for (const char *slash; open < MOST_FOLDERS && (slash = strchr(at, '/')); at = slash + 1, open++) {
			json_put_object(json, NULL);
			json_put_text_sized(json, "name", at, (size_t)(slash - at));
			json_put_text(json, "type", "Folder");
			json_put_array(json, "children");
		}
		put_file(json, file, at);
		before = file->path;
	}
	for (; open; open--) {
		json_end(json);
		json_end(json);
	}
}

static int put_edge(struct json *json, const struct report *report, const struct report_link *link)
{
	const char *ends[2] = {report->files[link->from].path, report->files[link->to].path};
	static const char *const keys[2] = {"fromNodeName", "toNodeName"};
	json_put_object(json, NULL);
	for (int i = 0; i < 2; i++) {
		size_t size = strlen(ends[i]) + sizeof "/root/";
		char *path = malloc(size);
		if (!path)
			return -1;
		snprintf(path, size, "/root/%s", ends[i]);
		json_put_text(json, keys[i], path);
		free(path);
	}
	json_put_object(json, "attributes");
	json_put_number(json, "references", link->weight);
	if (report->has_runs)
		json_put_number(json, "observed", link->observed);
	json_end(json);
	json_end(json);
	return 0;
}

static void put_kinds(struct json *json)
{
	static const char *const kinds[][2] = {{"loc", "absolute"}, {"rloc", "absolute"}, {"functions", "absolute"},
		{"complexity", "absolute"}, {"cognitive_complexity", "absolute"}, {"debt_score", "relative"}};
	json_put_object(json, "attributeTypes");
	json_put_object(json, "nodes");
	for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
		json_put_text(json, kinds[i][0], kinds[i][1]);
	json_end(json);
	json_put_object(json, "edges");
	json_put_text(json, "references", "absolute");
	json_end(json);
	json_end(json);
}

int codecharta_write(const struct report *report, const struct report_output *output, struct report_error *error)
{
	uint32_t *order = malloc((report->file_count + 1) * sizeof *order);
	struct json json;
	int status = order ? 0 : -1;
	error->text[0] = 0;
	for (uint32_t i = 0; order && i < report->file_count; i++)
		order[i] = i;
	sorting = report;
	if (order)
		qsort(order, report->file_count, sizeof *order, by_path);
	json_start(&json, output, false);
	json_put_object(&json, NULL);
	json_put_text(&json, "projectName", report->title ? report->title : "");
	json_put_text(&json, "apiVersion", "1.3");
	json_put_array(&json, "nodes");
	json_put_object(&json, NULL);
	json_put_text(&json, "name", "root");
	json_put_text(&json, "type", "Folder");
	json_put_object(&json, "attributes");
	json_end(&json);
	json_put_array(&json, "children");
	if (order)
		put_tree(&json, report, order);
	json_end(&json);
	json_end(&json);
	json_end(&json);
	put_kinds(&json);
	json_put_array(&json, "edges");
	for (size_t i = 0; i < report->link_count && !status; i++) {
		const struct report_link *link = &report->links[i];
		if (link->weight > 0 && link->from < report->file_count && link->to < report->file_count)
			status = put_edge(&json, report, link);
	}
	free(order);
	if (status) {
		snprintf(error->text, sizeof error->text, "out of memory");
		return status;
	}
	json_end(&json);
	json_end(&json);
	return json_finish(&json);
}
