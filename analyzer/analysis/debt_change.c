/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Changes of the architecture, made on a copy of the numbers. */
#include <stdlib.h>
#include <string.h>

#include "analysis/debt_internal.h"

uint32_t debt_find_file(const struct debt_input *input, const char *path)
{
	uint32_t low = 0, high = input->file_count;
	while (low < high) {
		uint32_t middle = low + (high - low) / 2;
		int order = strcmp(input->files[middle].path, path);
		if (!order)
			return middle;
		if (order < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return GRAPH_NONE;
}

uint32_t debt_find_domain(const struct debt_input *input, const char *name)
{
	for (uint32_t d = 0; d < input->domain_count; d++)
		if (!strcmp(input->domains[d].name, name))
			return d;
	return GRAPH_NONE;
}

/* Sorted paths that begin with "stem." stand together. */
void debt_module_of(const struct debt_input *input, uint32_t file, uint32_t *first, uint32_t *count)
{
	const char *path = input->files[file].path, *slash = strrchr(path, '/'), *dot = strrchr(path, '.');
	*first = file;
	*count = 1;
	if (!dot || (slash && dot < slash) || dot == path || dot - 1 == slash)
		return;
	size_t stem = (size_t)(dot - path) + 1;
	while (*first && !strncmp(input->files[*first - 1].path, path, stem))
		--*first;
	uint32_t end = file + 1;
	while (end < input->file_count && !strncmp(input->files[end].path, path, stem))
		end++;
	*count = end - *first;
	/* "a.b.c" begins with "a." and is another module: such neighbours are told by a further dot. */
	while (*first < file && strchr(input->files[*first].path + stem, '.'))
		++*first, --*count;
	while (*first + *count > file + 1 && strchr(input->files[*first + *count - 1].path + stem, '.'))
		--*count;
}

static int compare_changes(const void *a, const void *b)
{
	const struct debt_change *x = a, *y = b;
	if (x->a != y->a)
		return x->a < y->a ? -1 : 1;
	return (x->b > y->b) - (x->b < y->b);
}

/* Cuts of one kind, sorted to be searched: a circle's are many. */
struct cuts { struct debt_change *items; size_t count; };

/* Files are told by the first of their module. */
static struct cuts cuts_of(const struct debt_input *input, const struct debt_change *changes, size_t count, enum debt_change_kind kind)
{
	struct cuts cuts = {mem_alloc((count + 1) * sizeof *cuts.items), 0};
	uint32_t ignored;
	for (size_t i = 0; i < count; i++) {
		if (changes[i].kind != kind)
			continue;
		struct debt_change *cut = &cuts.items[cuts.count++];
		*cut = changes[i];
		if (kind == DEBT_CUT_FILES) {
			debt_module_of(input, changes[i].a, &cut->a, &ignored);
			debt_module_of(input, changes[i].b, &cut->b, &ignored);
		}
	}
	if (cuts.count)
		qsort(cuts.items, cuts.count, sizeof *cuts.items, compare_changes);
	return cuts;
}

static bool has_cut(const struct cuts *cuts, uint32_t a, uint32_t b)
{
	struct debt_change key = {.a = a, .b = b};
	return cuts->count && bsearch(&key, cuts->items, cuts->count, sizeof key, compare_changes) != NULL;
}

/* Which dependencies are gone. has_files, has_domains: per file, whether some cut begins at its module or domain: few do. */
struct cutting { struct cuts files, domains; const struct debt_input *input; uint32_t *module; bool *has_files, *has_domains; };

static struct cutting cutting_make(const struct debt_input *input, const struct debt_change *changes, size_t count)
{
	size_t room = (size_t)input->file_count + 1;
	struct cutting cutting = {cuts_of(input, changes, count, DEBT_CUT_FILES), cuts_of(input, changes, count, DEBT_CUT_DOMAINS), input,
				  mem_alloc(room * sizeof *cutting.module), mem_zalloc(room, sizeof(bool)), mem_zalloc(room, sizeof(bool))};
	bool *of_domain = mem_zalloc((size_t)input->domain_count + 1, sizeof *of_domain), *of_file = mem_zalloc(room, sizeof *of_file);
	uint32_t ignored;
	for (size_t i = 0; i < cutting.files.count; i++)
		of_file[cutting.files.items[i].a] = true;
	for (size_t i = 0; i < cutting.domains.count; i++)
		of_domain[cutting.domains.items[i].a] = true;
	for (uint32_t f = 0; f < input->file_count; f++) {
		if (cutting.files.count) {
			debt_module_of(input, f, &cutting.module[f], &ignored);
			cutting.has_files[f] = of_file[cutting.module[f]];
		}
		cutting.has_domains[f] = of_domain[input->files[f].domain];
	}
	free(of_domain);
	free(of_file);
	return cutting;
}

static bool is_cut(const struct cutting *cutting, const struct file_dependency *row)
{
	const struct debt_file *files = cutting->input->files;
	return (cutting->has_files[row->from] && has_cut(&cutting->files, cutting->module[row->from], cutting->module[row->to])) ||
	       (cutting->has_domains[row->from] && has_cut(&cutting->domains, files[row->from].domain, files[row->to].domain));
}

/* With the last name that is used the include goes, too. */
static void keep_uncut(struct debt_changed *out, const struct debt_input *before, const struct debt_change *changes, size_t count)
{
	struct cutting cutting = cutting_make(&out->input, changes, count);
	size_t kept = 0;
	for (size_t i = 0; i < before->dependency_count; i++)
		if (!is_cut(&cutting, &before->dependencies[i]))
			out->kept[kept++] = before->dependencies[i];
	out->input.dependency_count = kept;
	free(cutting.files.items);
	free(cutting.domains.items);
	free(cutting.module);
	free(cutting.has_files);
	free(cutting.has_domains);
}

void debt_apply(const struct debt_input *input, const struct debt_change *changes, size_t count, const char *const *new_domains,
		size_t new_count, struct debt_changed *out)
{
	*out = (struct debt_changed){.input = *input, .kept = mem_alloc((input->dependency_count + 1) * sizeof *out->kept)};
	size_t domains = input->domain_count + new_count;
	out->input.files = mem_alloc(((size_t)input->file_count + 1) * sizeof *out->input.files);
	out->input.domains = mem_zalloc(domains + 1, sizeof *out->input.domains);
	if (input->file_count)
		memcpy(out->input.files, input->files, input->file_count * sizeof *input->files);
	if (input->domain_count)
		memcpy(out->input.domains, input->domains, input->domain_count * sizeof *input->domains);
	for (size_t i = 0; i < new_count; i++)
		out->input.domains[input->domain_count + i] = (struct debt_domain){.name = new_domains[i], .exclusivity = 1};
	out->input.domain_count = (uint32_t)domains;
	out->input.dependencies = out->kept;
	for (size_t i = 0; i < count; i++) {
		uint32_t first = 0, files = 0;
		if (changes[i].kind == DEBT_MOVE)
			debt_module_of(input, changes[i].a, &first, &files);
		for (uint32_t f = first; f < first + files; f++)
			out->input.files[f].domain = changes[i].b;
	}
	keep_uncut(out, input, changes, count);
}

void debt_changed_finish(struct debt_changed *changed)
{
	free(changed->input.files);
	free(changed->input.domains);
	free(changed->kept);
}
