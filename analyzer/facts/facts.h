/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The vocabulary: what one translation unit says, as plain tables of 32-bit columns.
 *
 * Two things are made of these tables:
 *   chunk   what one unit says about ONE file of the codebase (its main file or a header it reads). Chunks are
 *           content-addressed and shared: a header that 500 units see alike is stored once.
 *   unit    the unit's own facts: which chunks it consists of, its diagnostics, how it parsed.
 * "Facts id" = hash of the canonical bytes (facts_encode), which are a function of the content alone: strings,
 * symbols and rows sorted and deduplicated, paths relative to the codebase; no absolute path, time, host name.
 *
 * Every foreign name (symbol, path, literal, message) is valid UTF-8 here: text_append_utf8 was applied.
 *
 * Columns named *string* index facts.strings, *symbol* index the SYMBOLS table; FACTS_NONE where optional and
 * absent. Booleans are bits of a flags column. Lines are 1-based lines of the chunk's file, at the EXPANSION
 * location where a macro is involved. */
#ifndef SIGHTLINE_FACTS_FACTS_H
#define SIGHTLINE_FACTS_FACTS_H

#include <stddef.h>
#include <stdint.h>

#define FACTS_NONE UINT32_MAX
#define FACTS_FORMAT_VERSION 3 /* part of the canonical bytes; raise when a column changes meaning */

enum symbol_kind {
	SYMBOL_FUNCTION = 1,
	SYMBOL_VARIABLE,   /* global, file-static and function-static variables; never automatic ones */
	SYMBOL_STRUCT,
	SYMBOL_UNION,
	SYMBOL_ENUM,
	SYMBOL_TYPEDEF,
	SYMBOL_FIELD,      /* parent: the struct or union */
	SYMBOL_ENUMERATOR, /* parent: the enum */
	SYMBOL_MACRO,
	SYMBOL_KIND_END,
};

/* How a symbol is told apart from others of its kind and name. */
enum symbol_scope {
	SCOPE_EXTERNAL = 1, /* external linkage: by kind and linkage name (asm label, if any). Function or variable;
			     * printf as well as our own: whether the codebase defines it is known at link time */
	SCOPE_FILE,         /* internal linkage, typedefs, macros, and types' own definitions: by kind, name and file */
	SCOPE_TAG,          /* a struct, union or enum tag referred to: by kind and name; the definition is found at
			     * link time (so that a header's chunk is the same whether or not the unit saw the
			     * definition) */
	SCOPE_MEMBER,       /* field, enumerator: by parent and name */
	SCOPE_LOCAL,        /* static variable of a function: by parent function, name and ordinal among equals */
	SCOPE_END,
};

/* A chunk's tables. Each row struct has only uint32_t members, in the order of the table's columns. */

struct facts_symbol {
	uint32_t kind;
	uint32_t scope;
	uint32_t name_string;   /* SCOPE_EXTERNAL: the linkage name (asm label, if any). Never "": anonymous types are
				 * named in extract/ after their typedef, parent field or first member, never by line */
	uint32_t file_string;   /* SCOPE_FILE: the file (relative to the codebase); else FACTS_NONE */
	uint32_t parent_symbol; /* SCOPE_MEMBER, SCOPE_LOCAL; else FACTS_NONE */
	uint32_t ordinal;       /* SCOPE_LOCAL: 0, 1, ... in source order among equal names of one function; else 0 */
};

enum function_flag {
	FUNCTION_DEFINITION = 1 << 0, /* has a body here; else a declaration */
	FUNCTION_STATIC = 1 << 1,
	FUNCTION_INLINE = 1 << 2,     /* "inline" in any spelling */
	FUNCTION_WEAK = 1 << 3,
	FUNCTION_ALIAS = 1 << 4,      /* a definition by __attribute__((alias)); see aliases */
	FUNCTION_CONSTRUCTOR = 1 << 5,
	FUNCTION_DESTRUCTOR = 1 << 6,
	FUNCTION_VARIADIC = 1 << 7,
	FUNCTION_NORETURN = 1 << 8,
	FUNCTION_NO_PROTOTYPE = 1 << 9,  /* K&R definition or () declaration */
	FUNCTION_FROM_MACRO = 1 << 10,   /* its name came out of a macro expansion */
	FUNCTION_INLINE_ONLY = 1 << 11,  /* C99 inline / gnu_inline extern: gives no external definition */
	FUNCTION_HIDDEN = 1 << 12,       /* visibility hidden or internal */
	FUNCTION_IMPLICIT = 1 << 13,     /* implicitly declared by a call */
	FUNCTION_NESTED_DECL = 1 << 14,  /* declared at block scope */
	FUNCTION_IFUNC = 1 << 15,
	FUNCTION_USED = 1 << 16,         /* __attribute__((used)) or section(...): something outside C may reach it */
};
struct facts_function { /* one per declaration or definition in this file */
	uint32_t symbol;
	uint32_t flags;
	uint32_t line, end_line;
	uint32_t parameters;
	uint32_t cyclomatic;       /* definitions: 1 + decisions (if, loops, case, ?:, &&, ||); else 0 */
	uint32_t cognitive;        /* definitions: Campbell 2018, SonarSource; else 0 */
	uint32_t code_lines;       /* definitions: lines of the body that hold a token; else 0 */
	uint32_t signature_string; /* canonical type, "int (struct foo *, int)": for matching indirect calls */
	uint32_t source_name_string; /* name in the source where an asm label gives another linkage name; else NONE */
};

enum variable_flag {
	VARIABLE_DEFINITION = 1 << 0, /* tentative definitions too; else an extern declaration */
	VARIABLE_STATIC = 1 << 1,     /* internal linkage */
	VARIABLE_LOCAL_STATIC = 1 << 2,
	VARIABLE_MUTABLE = 1 << 3,    /* its top-level type is not const (arrays: the element type) */
	VARIABLE_THREAD_LOCAL = 1 << 4,
	VARIABLE_WEAK = 1 << 5,
	VARIABLE_ALIAS = 1 << 6,
	VARIABLE_HIDDEN = 1 << 7,
	VARIABLE_FROM_MACRO = 1 << 8,
	VARIABLE_INITIALISED = 1 << 9,
	VARIABLE_USED = 1 << 10,
};
struct facts_variable {
	uint32_t symbol;
	uint32_t flags;
	uint32_t line, end_line;
	uint32_t type_string;
	uint32_t source_name_string; /* as in functions */
};

enum type_flag {
	TYPE_DEFINITION = 1 << 0, /* complete; typedefs always. else a forward declaration */
	TYPE_ANONYMOUS = 1 << 1,
	TYPE_FUNCTION_POINTER = 1 << 2, /* typedef of a function or function pointer type */
};
struct facts_type {
	uint32_t symbol;
	uint32_t flags;
	uint32_t line, end_line;
	uint32_t underlying_string; /* typedefs: what it names, as spelled; else NONE */
};

enum field_flag { FIELD_FUNCTION_POINTER = 1 << 0, FIELD_BIT_FIELD = 1 << 1, FIELD_ARRAY = 1 << 2 };
struct facts_field { /* fields of the struct and union definitions, enumerators of the enums, in source order */
	uint32_t symbol;
	uint32_t index;       /* position within the parent */
	uint32_t flags;
	uint32_t type_string; /* fields: the type as spelled; enumerators: the value in decimal */
};

enum macro_flag { MACRO_FUNCTION_LIKE = 1 << 0 };
struct facts_macro {
	uint32_t symbol;
	uint32_t flags;
	uint32_t line, end_line;
};

enum include_flag {
	INCLUDE_ANGLE = 1 << 0,
	INCLUDE_OUTSIDE = 1 << 1, /* resolved outside the codebase: file_string is the name as spelled */
	INCLUDE_MISSING = 1 << 2, /* not found: file_string is the name as spelled */
	INCLUDE_USED = 1 << 3,    /* something declared there, or in a file reached only through it, is used here */
};
struct facts_include {
	uint32_t file_string; /* relative to the codebase */
	uint32_t line;
	uint32_t flags;
};

enum reference_kind {
	REF_CALL = 1,      /* to: function. A direct call */
	REF_READ,          /* to: variable */
	REF_WRITE,         /* to: variable; x += 1 and x++ give a READ and a WRITE */
	REF_ADDRESS,       /* to: function (mentioned, not called) or variable (&x, array decay to a call argument) */
	REF_TYPE,          /* to: struct, union, enum, typedef, enumerator */
	REF_FIELD_READ,    /* to: field */
	REF_FIELD_WRITE,
	REF_FIELD_ADDRESS,
	REF_MACRO,         /* to: macro */
	REF_CLEANUP,       /* to: function, called at scope exit by __attribute__((cleanup)). A direct call */
	REF_ALIAS,         /* from: the alias; to: its target */
	REF_KIND_END,
};
enum reference_flag {
	REF_VIA_MACRO = 1 << 0,    /* the reference's token came out of a macro's body */
	REF_UNEVALUATED = 1 << 1,  /* inside sizeof, typeof, _Alignof, a _Generic control or unselected association */
	REF_MAYBE = 1 << 2,        /* one of several _Generic associations, selection unknown */
	REF_INACTIVE = 1 << 3,     /* in code that constant conditions remove (if (0)): compilers drop it */
	REF_BUILTIN = 1 << 4,      /* named through __builtin_X: to is X, the library function that may be called */
	REF_SYSTEM = 1 << 5,       /* to: function or variable that a system header declares first */
};
struct facts_reference { /* aggregated: one row per (from, to, kind, flags) */
	uint32_t from_symbol; /* function, variable (its initialiser or type), type or macro; FACTS_NONE: file scope */
	uint32_t to_symbol;
	uint32_t kind;
	uint32_t flags;
	uint32_t sites;       /* how many */
	uint32_t line;        /* of the first */
};

/* Where function pointers live. Indexing and dereferencing collapse into the object that holds the pointer
 * (an array of function pointers is one slot), casts are looked through, all instances of a struct share their
 * field's slot (field-based, Heintze & Tardieu 2001). */
enum slot_kind {
	SLOT_FIELD = 1, /* owner: the field */
	SLOT_VARIABLE,  /* owner: the variable */
	SLOT_PARAMETER, /* owner: the function; index: position from 0. Also of functions only declared here */
	SLOT_RETURN,    /* owner: the function; index 0 */
	SLOT_LOCAL,     /* owner: the function; index: ordinal of the automatic variable within it */
	SLOT_FUNCTION,  /* owner: a function itself: the value "that function" (only as a source) */
	SLOT_UNKNOWN,   /* owner NONE: the value comes from where we do not follow it */
	SLOT_ICALL_PARAMETER, /* owner NONE, through: argument number "index" of the calls that go through that slot */
	SLOT_ICALL_RETURN,    /* owner NONE, through: the result of the calls that go through that slot */
	SLOT_KIND_END,
};
struct facts_slot {
	uint32_t kind;
	uint32_t owner_symbol; /* or FACTS_NONE */
	uint32_t index;        /* see above; else 0 */
	uint32_t through_slot; /* SLOT_ICALL_*; else FACTS_NONE */
};
struct facts_flow { /* "may hold": whatever source holds, target may hold. Only for values that may be function
		     * pointers (by type, or void pointers and integers cast to or from one) */
	uint32_t target_slot;
	uint32_t source_slot;
	uint32_t line; /* of the first such assignment */
};
struct facts_icall { /* a call through a pointer; one per (from, slot, signature) */
	uint32_t from_symbol;
	uint32_t slot;             /* through what; SLOT_UNKNOWN where not followed */
	uint32_t signature_string; /* canonical function type called */
	uint32_t arguments;        /* number passed (largest, where sites differ) */
	uint32_t sites;
	uint32_t line;
};

#define LITERAL_HELD 255 /* no argument: callee holds the literal or is compared with it */
struct facts_literal { /* string literals given to functions declared OUTSIDE the codebase, at most 256 bytes kept; and those that
			* may be secrets (visit_secrets.c) */
	uint32_t from_symbol;   /* the caller; a variable: its initialiser */
	uint32_t callee_symbol; /* LITERAL_HELD: variable or field; the function of a local variable or parameter */
	uint32_t argument;      /* position from 0; LITERAL_HELD */
	uint32_t text_string;
	uint32_t line;
};

enum outcall_flag {
	OUTCALL_IGNORED = 1 << 0,        /* it gives a result, and the statement throws it away without a cast to void */
	OUTCALL_UNTESTED = 1 << 1,       /* the result goes into an automatic variable that no condition looks at, and that is neither
					  * returned, copied nor given to a function of the codebase */
	OUTCALL_IN_LOOP = 1 << 2,        /* do { } while (0) is none */
	OUTCALL_LOOP_CONDITION = 1 << 3, /* compared with something at every turn of a loop, as its condition */
	OUTCALL_LITERAL = 1 << 4,        /* its last argument is a string literal, or a choice of such */
	OUTCALL_BUILT_FORMAT = 1 << 5,   /* printf, syslog and the like: the format is data: an array of the function, a pointer that
					  * is assigned something else than literals and results of calls, a field */
	OUTCALL_UNDER_LOCK = 1 << 6,     /* while a lock is held, see visit_locks.c */
	OUTCALL_LEAKED = 1 << 7,         /* opens a descriptor or stream into an automatic variable that is only read, written and tested */
	OUTCALL_OVERWRITES = 1 << 8,     /* p = realloc(p, n) */
};
struct facts_outcall { /* calls from functions: of what is declared OUTSIDE the codebase, and of anything while a lock is held.
			* One row per (from, callee, flags) */
	uint32_t from_symbol;
	uint32_t callee_symbol; /* library functions behind __builtin_ names: those */
	uint32_t flags;
	uint32_t sites;
	uint32_t line;          /* of the first */
};

struct facts_constant { /* integer constants given to some functions from outside (modes, options, signals, ports) */
	uint32_t from_symbol;
	uint32_t callee_symbol;
	uint32_t argument;      /* position from 0 */
	uint32_t value_string;  /* decimal */
	uint32_t line;
};

struct facts_lock { /* of locks that have a name: variables, and fields of all instances of their struct as one. From takes to
		     * (held NONE); takes to, or calls to, while it holds held; or gives held back, which it did not take (to: the same) */
	uint32_t from_symbol;   /* function */
	uint32_t held_symbol;   /* variable or field; FACTS_NONE */
	uint32_t to_symbol;     /* variable or field; or a function of the codebase */
	uint32_t sites;
	uint32_t line;          /* of the first */
};

struct facts_region { /* lines that this configuration leaves out (#if, #ifdef, #else ...) */
	uint32_t line, end_line;   /* first and last line left out */
	uint32_t condition_string; /* as written: "ifdef HAVE_X", "else of ifdef HAVE_X"; white space folded */
};

struct facts_file { /* exactly one row in a chunk */
	uint32_t path_string;
	uint32_t lines;      /* physical lines */
	uint32_t code_lines; /* lines with a token of code or preprocessing on them; comments and blanks are not */
	uint32_t flags;      /* FILE_* */
};
enum file_flag { FILE_MAIN = 1 << 0 /* the unit's main file, or included by it like one (unity build): see visit */ };

/* A unit's tables. */

struct facts_unit { /* exactly one row in a unit */
	uint32_t path_string;   /* main file, relative to the codebase */
	uint32_t command_string; /* command_hash: 32 hex digits over the normalised, codebase-relative arguments */
	uint32_t status;        /* enum unit_status */
	uint32_t errors;        /* clang errors and fatal errors, flag complaints not counted */
	uint32_t warnings;
	uint32_t missing_headers;
	uint32_t reason_string; /* failed units: what happened ("crashed (signal 11)", "timed out after 60 s"); "" */
};
enum unit_status { UNIT_OK = 1, UNIT_PARTIAL, UNIT_FAILED };

struct facts_chunk_ref {
	uint32_t path_string;
	uint32_t hash_string; /* facts id of the chunk: 32 hex digits */
};

enum diagnostic_kind { DIAGNOSTIC_ERROR = 1, DIAGNOSTIC_MISSING_HEADER, DIAGNOSTIC_FLAG, DIAGNOSTIC_WARNING };
struct facts_diagnostic { /* the first 50 of a unit */
	uint32_t kind;
	uint32_t file_string; /* relative; "" where it has none or lies outside */
	uint32_t line;
	uint32_t message_string;
};

/* All tables, in the order of their canonical bytes: X(name, row struct, columns, "column types").
 * Column types: s string, S string or NONE, y symbol, Y symbol or NONE, l slot, L slot or NONE, n number. */
#define FACTS_TABLES(X)                                                  \
	X(symbols, struct facts_symbol, 6, "nnsSYn")                     \
	X(slots, struct facts_slot, 4, "nYnL")                           \
	X(files, struct facts_file, 4, "snnn")                           \
	X(functions, struct facts_function, 10, "ynnnnnnnsS")            \
	X(variables, struct facts_variable, 6, "ynnnsS")                 \
	X(types, struct facts_type, 5, "ynnnS")                          \
	X(fields, struct facts_field, 4, "ynns")                         \
	X(macros, struct facts_macro, 4, "ynnn")                         \
	X(includes, struct facts_include, 3, "snn")                      \
	X(references, struct facts_reference, 6, "Yynnnn")               \
	X(flows, struct facts_flow, 3, "lln")                            \
	X(icalls, struct facts_icall, 6, "Ylsnnn")                       \
	X(literals, struct facts_literal, 5, "Yynsn")                    \
	X(outcalls, struct facts_outcall, 5, "yynnn")                    \
	X(constants, struct facts_constant, 5, "yynsn")                  \
	X(regions, struct facts_region, 3, "nns")                        \
	X(units, struct facts_unit, 7, "ssnnnns")                        \
	X(chunk_refs, struct facts_chunk_ref, 2, "ss")                   \
	X(diagnostics, struct facts_diagnostic, 4, "nsns")               \
	X(locks, struct facts_lock, 5, "yYynn") /* since format 3 */

enum facts_table {
#define FACTS_ENUM(name, type, columns, kinds) FACTS_TABLE_##name,
	FACTS_TABLES(FACTS_ENUM)
#undef FACTS_ENUM
	FACTS_TABLE_COUNT,
};

/* Decoded facts: sorted, immutable. Everything is borrowed from the arena it was decoded into. */
struct facts {
	const char **strings; /* sorted by bytes, distinct; NUL-terminated */
	uint32_t string_count;
#define FACTS_MEMBER(name, type, columns, kinds) const type *name; uint32_t name##_count;
	FACTS_TABLES(FACTS_MEMBER)
#undef FACTS_MEMBER
};

#endif
