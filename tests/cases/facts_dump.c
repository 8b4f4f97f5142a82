/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Prints the facts of one C file as sorted text: facts_dump ROOT FILE [CLANG-ARGUMENT...]. For golden tests, and for
 * whoever wants to see what the visitor sees. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "extract/visit.h"
#include "facts/codec.h"

static const char *const KINDS[] = {"?", "function", "variable", "struct", "union", "enum", "typedef", "field", "enumerator",
				    "macro"};
static const char *const REFERENCES[] = {"?", "call", "read", "write", "address", "type", "field-read", "field-write",
					 "field-address", "macro", "cleanup", "alias"};

static void print_symbol(const struct facts *f, uint32_t id)
{
	if (id == FACTS_NONE) {
		printf("-");
		return;
	}
	const struct facts_symbol *s = &f->symbols[id];
	printf("%s ", KINDS[s->kind]);
	if (s->parent_symbol != FACTS_NONE)
		printf("%s.", f->strings[f->symbols[s->parent_symbol].name_string]);
	printf("%s", f->strings[s->name_string]);
	if (s->file_string != FACTS_NONE)
		printf("@%s", f->strings[s->file_string]);
	if (s->ordinal)
		printf("#%u", s->ordinal);
}

static void print_slot(const struct facts *f, uint32_t id)
{
	static const char *const names[] = {"?", "field", "variable", "parameter", "return", "local", "function", "unknown",
					    "icall-parameter", "icall-return"};
	const struct facts_slot *s = &f->slots[id];
	printf("%s", names[s->kind]);
	if (s->owner_symbol != FACTS_NONE) {
		printf("(");
		print_symbol(f, s->owner_symbol);
		printf(",%u)", s->index);
	}
	if (s->through_slot != FACTS_NONE) {
		printf("[%u through ", s->index);
		print_slot(f, s->through_slot);
		printf("]");
	}
}

static void print_flags(uint32_t flags, const char *const *names)
{
	for (unsigned i = 0; names[i]; i++)
		if (flags >> i & 1)
			printf(" %s", names[i]);
}

static void print_source_name(const struct facts *f, uint32_t name)
{
	if (name != FACTS_NONE)
		printf(" spelled %s", f->strings[name]);
}

static void print_facts(const struct facts *f)
{
	static const char *const function_flags[] = {
		"definition", "static", "inline", "weak", "alias", "constructor", "destructor", "variadic", "noreturn",
		"no-prototype", "from-macro", "inline-only", "hidden", "implicit", "nested", "ifunc", "used", NULL};
	static const char *const variable_flags[] = {"definition", "static", "local-static", "mutable", "thread-local", "weak",
						     "alias", "hidden", "from-macro", "initialised", "used", NULL};
	static const char *const reference_flags[] = {"via-macro", "unevaluated", "maybe", "inactive", "builtin", NULL};
	static const char *const type_flags[] = {"definition", "anonymous", "function-pointer", NULL};
	static const char *const field_flags[] = {"function-pointer", "bit-field", "array", NULL};
	static const char *const include_flags[] = {"angle", "outside", "missing", "used", NULL};
	for (uint32_t i = 0; i < f->files_count; i++)
		printf("file %s lines %u code %u%s\n", f->strings[f->files[i].path_string], f->files[i].lines,
		       f->files[i].code_lines, f->files[i].flags & FILE_MAIN ? " main" : "");
	for (uint32_t i = 0; i < f->functions_count; i++) {
		const struct facts_function *r = &f->functions[i];
		print_symbol(f, r->symbol);
		printf(" %u-%u p%u cc%u cog%u loc%u '%s'", r->line, r->end_line, r->parameters, r->cyclomatic, r->cognitive,
		       r->code_lines, f->strings[r->signature_string]);
		print_flags(r->flags, function_flags);
		print_source_name(f, r->source_name_string);
		printf("\n");
	}
	for (uint32_t i = 0; i < f->variables_count; i++) {
		const struct facts_variable *r = &f->variables[i];
		print_symbol(f, r->symbol);
		printf(" %u-%u '%s'", r->line, r->end_line, f->strings[r->type_string]);
		print_flags(r->flags, variable_flags);
		print_source_name(f, r->source_name_string);
		printf("\n");
	}
	for (uint32_t i = 0; i < f->types_count; i++) {
		print_symbol(f, f->types[i].symbol);
		printf(" %u-%u", f->types[i].line, f->types[i].end_line);
		print_flags(f->types[i].flags, type_flags);
		if (f->types[i].underlying_string != FACTS_NONE)
			printf(" is '%s'", f->strings[f->types[i].underlying_string]);
		printf("\n");
	}
	for (uint32_t i = 0; i < f->fields_count; i++) {
		print_symbol(f, f->fields[i].symbol);
		printf(" %u '%s'", f->fields[i].index, f->strings[f->fields[i].type_string]);
		print_flags(f->fields[i].flags, field_flags);
		printf("\n");
	}
	for (uint32_t i = 0; i < f->macros_count; i++) {
		print_symbol(f, f->macros[i].symbol);
		printf(" %u-%u%s\n", f->macros[i].line, f->macros[i].end_line, f->macros[i].flags ? " function-like" : "");
	}
	for (uint32_t i = 0; i < f->includes_count; i++) {
		printf("include %s %u", f->strings[f->includes[i].file_string], f->includes[i].line);
		print_flags(f->includes[i].flags, include_flags);
		printf("\n");
	}
	for (uint32_t i = 0; i < f->references_count; i++) {
		const struct facts_reference *r = &f->references[i];
		print_symbol(f, r->from_symbol);
		printf(" --%s--> ", REFERENCES[r->kind]);
		print_symbol(f, r->to_symbol);
		printf(" x%u @%u", r->sites, r->line);
		print_flags(r->flags, reference_flags);
		printf("\n");
	}
	for (uint32_t i = 0; i < f->flows_count; i++) {
		printf("flow ");
		print_slot(f, f->flows[i].target_slot);
		printf(" <- ");
		print_slot(f, f->flows[i].source_slot);
		printf("\n");
	}
	for (uint32_t i = 0; i < f->icalls_count; i++) {
		printf("icall ");
		print_symbol(f, f->icalls[i].from_symbol);
		printf(" through ");
		print_slot(f, f->icalls[i].slot);
		printf(" '%s' args %u x%u @%u\n", f->strings[f->icalls[i].signature_string], f->icalls[i].arguments,
		       f->icalls[i].sites, f->icalls[i].line);
	}
	for (uint32_t i = 0; i < f->outcalls_count; i++) {
		static const char *const names[] = {"ignored", "untested", "in-loop", "loop-condition", "literal", "built-format",
						    "under-lock", "leaked", "overwrites", NULL};
		printf("outcall ");
		print_symbol(f, f->outcalls[i].from_symbol);
		printf(" calls ");
		print_symbol(f, f->outcalls[i].callee_symbol);
		printf(" x%u", f->outcalls[i].sites);
		print_flags(f->outcalls[i].flags, names);
		printf("\n");
	}
	for (uint32_t i = 0; i < f->constants_count; i++) {
		printf("constant ");
		print_symbol(f, f->constants[i].from_symbol);
		printf(" gives %s to ", f->strings[f->constants[i].value_string]);
		print_symbol(f, f->constants[i].callee_symbol);
		printf(" %u\n", f->constants[i].argument);
	}
	for (uint32_t i = 0; i < f->locks_count; i++) {
		printf("lock ");
		print_symbol(f, f->locks[i].from_symbol);
		if (f->locks[i].held_symbol != FACTS_NONE) {
			printf(" holds ");
			print_symbol(f, f->locks[i].held_symbol);
		}
		printf(" and then ");
		print_symbol(f, f->locks[i].to_symbol);
		printf("\n");
	}
	for (uint32_t i = 0; i < f->literals_count; i++) {
		printf("literal ");
		print_symbol(f, f->literals[i].from_symbol);
		printf(" gives \"%s\" to ", f->strings[f->literals[i].text_string]);
		print_symbol(f, f->literals[i].callee_symbol);
		printf(" %u\n", f->literals[i].argument);
	}
	for (uint32_t i = 0; i < f->regions_count; i++)
		printf("region %u-%u %s\n", f->regions[i].line, f->regions[i].end_line,
		       f->strings[f->regions[i].condition_string]);
}

static void print_chunk(void *context, const char *path, const void *bytes, size_t length)
{
	int *failures = context;
	struct arena *arena = arena_create();
	struct facts facts;
	struct err err;
	if (facts_decode(bytes, length, arena, &facts, &err)) {
		fprintf(stderr, "%s: %s\n", path, err.text);
		++*failures;
	} else {
		print_facts(&facts);
	}
	arena_destroy(arena);
}

int main(int argc, char **argv)
{
	if (argc < 3) {
		fprintf(stderr, "usage: %s ROOT FILE [CLANG-ARGUMENT...]\n", argv[0]);
		return 2;
	}
	char *root = realpath(argv[1], NULL), *file = realpath(argv[2], NULL);
	if (!root || !file) {
		perror(argv[root ? 2 : 1]);
		return 2;
	}
	CXIndex index = clang_createIndex(0, 0);
	CXTranslationUnit unit;
	if (clang_parseTranslationUnit2(index, file, (const char *const *)argv + 3, argc - 3, NULL, 0,
					CXTranslationUnit_DetailedPreprocessingRecord | CXTranslationUnit_KeepGoing, &unit)) {
		fprintf(stderr, "%s: libclang gave up\n", file);
		return 1;
	}
	int failures = 0;
	struct source_tree tree = {root, root};
	struct command command = {.directory = root, .file = file, .arguments = (const char **)argv + 3,
				  .argument_count = (size_t)(argc - 3)};
	struct visit_sink sink = {print_chunk, &failures};
	struct visit_summary summary = {.arena = arena_create()};
	struct err err;
	if (visit_unit(unit, &tree, &command, NULL, &sink, &summary, &err)) {
		fprintf(stderr, "%s\n", err.text);
		failures++;
	}
	for (size_t i = 0; i < summary.diagnostic_count; i++)
		printf("diagnostic %u %s:%u %s\n", summary.diagnostics[i].kind, summary.diagnostics[i].file,
		       summary.diagnostics[i].line, summary.diagnostics[i].message);
	arena_destroy(summary.arena);
	clang_disposeTranslationUnit(unit);
	clang_disposeIndex(index);
	free(root);
	free(file);
	return failures ? 1 : 0;
}
