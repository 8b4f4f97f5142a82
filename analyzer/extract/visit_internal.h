/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the visit*.c files share. Private to them.
 *
 * One top-level declaration at a time is copied from libclang into a flat array of nodes in pre-order (tree.c), and
 * all meaning is worked out on that array: no recursion over the source's depth, no second visit. */
#ifndef SIGHTLINE_EXTRACT_VISIT_INTERNAL_H
#define SIGHTLINE_EXTRACT_VISIT_INTERNAL_H

#include <clang-c/Index.h>
#include <stdbool.h>

#include "extract/visit.h"
#include "facts/codec.h"

#define NODE_NONE UINT32_MAX
#define FILE_NONE UINT32_MAX

/* ---- files of the unit ---- */

enum directive { DIRECTIVE_NONE, DIRECTIVE_IF, DIRECTIVE_ELSE, DIRECTIVE_ENDIF };

struct source_file {
	CXFile handle;
	char *real_path;               /* absolute; "" where unknown */
	const char *path;              /* below the root; NULL: outside the codebase */
	const char *text;              /* contents as clang read them; may be NULL */
	size_t text_length;
	struct facts_builder *builder; /* NULL until something is said about the file */
	bool is_known;                 /* a shared prefix has given its chunk */
	bool is_main;
	uint32_t lines, code_lines;
	uint32_t *line_starts;         /* offset of each line; lines + 1 entries */
	uint8_t *directives;           /* of each line: enum directive */
	uint32_t *code_before;         /* code_before[l]: code lines among lines 1..l */
	struct interval { uint32_t start, end, entity; } *intervals; /* top-level definitions, for macro expansions */
	size_t interval_count, interval_capacity;
	struct map64 *used_files;      /* files that declare what this one uses */
	struct map64 *symbol_ids;      /* entity -> symbol in builder */
};

/* ---- entities: declarations of the unit, once each ---- */

enum entity_role { ENTITY_SYMBOL, ENTITY_PARAMETER, ENTITY_LOCAL, ENTITY_IGNORED };
struct entity {
	uint8_t role;
	uint8_t kind;       /* enum symbol_kind */
	uint8_t scope;      /* enum symbol_scope of a reference to it */
	bool outside;       /* declared outside the codebase */
	bool is_system;     /* by a system header */
	bool is_anonymous;
	uint32_t file;      /* of the declaration that gives a SCOPE_FILE identity; FILE_NONE */
	uint32_t decl_file; /* where the referenced declaration stands */
	uint32_t first_file; /* types: where the first declaration stands; FILE_NONE */
	uint32_t parent;    /* entity; NODE_NONE */
	uint32_t ordinal;   /* local statics, locals, parameters */
	const char *name;        /* linkage name */
	const char *source_name; /* NULL where equal */
};

/* ---- the flat tree ---- */

struct node {
	CXCursor cursor;
	uint32_t parent;
	uint32_t end;    /* index past the subtree */
	uint16_t kind;   /* enum CXCursorKind */
	uint8_t role;    /* enum role, for expressions */
	uint8_t flags;   /* enum reference_flag bits that hold for the subtree */
};
enum role { ROLE_READ, ROLE_WRITE, ROLE_READ_WRITE, ROLE_ADDRESS, ROLE_CALLEE, ROLE_NONE };

struct expansion { uint32_t file, start, end, entity, line; };

struct visit {
	CXTranslationUnit unit;
	const struct source_tree *tree;
	const struct command *command;
	const struct visit_known *known;
	struct arena *arena;                /* dies with the visit */
	struct visit_summary *summary;
	struct source_file *files; size_t file_count, file_capacity;
	struct map64 *file_ids;             /* CXFile pointer -> files */
	struct interner *real_paths;        /* same numbers as files */
	CXFile last_file; uint32_t last_file_id;
	struct entity *entities; size_t entity_count, entity_capacity;
	struct map64 *entity_ids;           /* declaration pointer -> entities */
	struct map64 *seen_records;
	struct node *nodes; size_t node_count, node_capacity;
	struct expansion *expansions; size_t expansion_count, expansion_capacity;
	size_t expansions_sorted;
	struct include_edge { uint32_t from, to, line, offset, flags; const char *spelled; } *includes;
	size_t include_count, include_capacity;
	struct macro_body { uint32_t file, entity, line, start, end; bool function_like; } *bodies; /* text behind the name */
	size_t body_count, body_capacity;
	struct map64 *macro_names;          /* (file, name) -> entity */
	struct map64 *static_counts;        /* (function entity, name) -> how many local statics of that name so far */
	struct map64 *declared_external;    /* functions that some declaration makes external definitions; NULL until asked */
	struct map64 *defined_in;           /* function -> file of its definition, while finding out the above */
	struct alias { uint32_t file, from, kind, line; const char *target; } *aliases; /* targets to be looked up */
	size_t alias_count, alias_capacity;
	bool gnu89_inline;
	bool optimised;                     /* -O1 and up */
	/* of the declaration at hand */
	uint32_t file;                      /* whose chunk it goes to */
	uint32_t owner;                     /* entity: function, variable, type; NODE_NONE */
	uint32_t local_count;
};

/* visit_files.c */
uint32_t visit_file_id(struct visit *visit, CXFile file);        /* FILE_NONE for no file */
uint32_t visit_known_file_id(struct visit *visit, const char *real_path); /* of a shared prefix; may have no handle */
struct facts_builder *visit_builder(struct visit *visit, uint32_t file);
void visit_location(struct visit *visit, CXCursor cursor, uint32_t *file, uint32_t *line, uint32_t *offset);
uint32_t visit_line(struct visit *visit, CXCursor cursor);       /* in the file at hand: of the include, if elsewhere */
void visit_regions(struct visit *visit);
void visit_scan_lines(struct visit *visit, struct source_file *file);
uint32_t visit_code_lines(const struct source_file *file, uint32_t first, uint32_t last);
uint32_t visit_intern(struct visit *visit, uint32_t file, const char *text);
char *visit_text(struct visit *visit, CXString text);            /* into the arena; disposes text */
void visit_collect_inputs(struct visit *visit);
void visit_files_finish(struct visit *visit);

/* visit_symbols.c */
uint32_t visit_entity(struct visit *visit, CXCursor declaration); /* NODE_NONE where it has no meaning for us */
uint32_t visit_symbol(struct visit *visit, uint32_t file, uint32_t entity); /* as referred to; FACTS_NONE if ignored */
uint32_t visit_definition_symbol(struct visit *visit, uint32_t file, uint32_t entity); /* types: SCOPE_FILE */
uint32_t visit_macro_entity(struct visit *visit, CXCursor definition);
void visit_mark_used(struct visit *visit, uint32_t file, uint32_t entity);
uint32_t visit_local(struct visit *visit, CXCursor declaration, uint8_t role, uint32_t ordinal, uint32_t function);

/* visit_tree.c */
void visit_tree_build(struct visit *visit, CXCursor top);
void visit_tree_roles(struct visit *visit);
uint32_t node_child(const struct visit *visit, uint32_t node);               /* first, or NODE_NONE */
uint32_t node_next(const struct visit *visit, uint32_t node);                /* sibling, or NODE_NONE */
bool node_is_decided(const struct visit *visit, uint32_t node);              /* ?: of which a constant leaves one side */
uint32_t node_strip(const struct visit *visit, uint32_t node);               /* through parens and casts */
uint32_t node_last_child(const struct visit *visit, uint32_t node);
bool node_is_expression(const struct visit *visit, uint32_t node);

/* visit_generic.c: marks what a _Generic does not evaluate, REF_MAYBE where it cannot be told what it selects */
void visit_generic_flags(struct visit *visit, uint32_t node);

/* visit_refs.c, visit_flow.c, visit_declarations.c, visit_attributes.c */
uint32_t visit_call_target(struct visit *visit, uint32_t call);              /* entity of a direct call, or NODE_NONE */
void visit_references(struct visit *visit);
void visit_flows(struct visit *visit);
void visit_sites(struct visit *visit);                                       /* visit_sites.c */
void visit_secrets(struct visit *visit);                                     /* visit_secrets.c */
/* A string literal that is argument number argument of the function symbol, or LITERAL_HELD. */
void visit_literal_add(struct visit *visit, uint32_t literal, uint32_t symbol, uint32_t argument);
bool visit_never_repeated(const struct visit *visit, uint32_t loop);         /* do { } while (0) */
const char *visit_library_name(const char *name); /* what a __builtin_ stands for; NULL: code of the compiler's own */
uint32_t visit_callee_symbol(struct visit *visit, uint32_t entity, const char *library_name);
void visit_declaration(struct visit *visit, CXCursor cursor);
void visit_aliases(struct visit *visit);                                     /* once all declarations were seen */
void visit_implicit_function(struct visit *visit, CXCursor declaration, uint32_t entity, uint32_t line);
uint32_t visit_signature(struct visit *visit, CXType function);              /* canonical; interned */
void visit_reference_add(struct visit *visit, uint32_t from, uint32_t to, enum reference_kind kind, uint32_t flags,
			 uint32_t line);

/* One attribute as written, "cleanup" + "free_it"; arguments without the parentheses, macro parameters replaced. */
void visit_each_attribute(struct visit *visit, uint32_t declaration_node,
			  void (*found)(struct visit *visit, const char *name, const char *argument, void *context),
			  void *context);

/* What else libclang does not tell and the text does. The text may stand in a macro's body. */
bool visit_is_spelled(struct visit *visit, CXCursor cursor, const char *word);        /* whether it starts with word */
enum role visit_asm_role(struct visit *visit, CXCursor statement, uint32_t operand);  /* of an asm statement */

/* text with the codebase's root taken out wherever a path starts with it: __FILE__ and diagnostics must not tell where a
 * checkout lies. */
void visit_without_root(const struct visit *visit, const char *text, struct buf *out);

#endif
