/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Everything derived for one release, as plain rows: what cmd/derive.c fills from graph and analysis, and what the
 * model stores behind the public views. Indices: *_file into files, *_symbol into symbols, *_domain into domains;
 * SNAPSHOT_NONE where absent. Strings are borrowed from whoever fills the snapshot, valid UTF-8, never NULL unless
 * said. No order is required; keys must be unique (duplicates are a programming error). */
#ifndef SIGHTLINE_MODEL_SNAPSHOT_H
#define SIGHTLINE_MODEL_SNAPSHOT_H

#include <stddef.h>
#include <stdint.h>

#define SNAPSHOT_NONE UINT32_MAX

struct snapshot_file {
	const char *path;
	uint32_t lines, code_lines;
	uint8_t is_header, is_main; /* is_main: the main file of some unit */
	uint32_t domain;            /* SNAPSHOT_NONE: none */
};

/* Identity of a symbol over all releases: kind, name, file_path, parent name. */
struct snapshot_symbol {
	uint8_t kind;            /* enum symbol_kind */
	const char *name;        /* fields "record.field", local statics "function.variable" (ordinal > 0: "#n" behind) */
	const char *scope_path;  /* file that scopes it (internal linkage, types, macros; also external ones defined
				  * several times: one symbol per definition); "" for one global external symbol */
};

/* In flags of functions and variables, above those of facts: a header that is not private declares or defines it. */
#define SNAPSHOT_DECLARED (1u << 30)

struct snapshot_function { /* functions defined in the codebase */
	uint32_t symbol, file;
	const char *source_name; /* NULL where equal to the symbol's name */
	const char *signature;
	uint32_t line, end_line, flags /* enum function_flag */, parameters, cyclomatic, cognitive, code_lines;
	uint8_t is_reachable;
	const char *configurations; /* "" = every configuration of its file; else space-separated command_hash prefixes */
	uint64_t observed_calls;    /* counted in runs */
	uint8_t is_observed;        /* seen in a run in any way */
	uint64_t total_ns, self_ns; /* --time; else 0 */
	uint32_t dependencies, dependents, observed_dependents; /* as in the view functions */
	const char *entry_domain;   /* part of the code bounded by entry points; NULL: no entry point reaches it */
};
struct snapshot_variable {
	uint32_t symbol, file;
	const char *type;
	uint32_t line, flags; /* enum variable_flag */
};
struct snapshot_type {
	uint32_t symbol, file;
	const char *kind; /* struct, union, enum, typedef */
	uint32_t line, end_line, fields, function_fields;
	const char *layout; /* members in order, each "name\ttype\n", enumerators "name\tvalue\n"; typedefs "\ttype\n"; "" */
};
struct snapshot_macro {
	uint32_t symbol, file;
	uint32_t line, end_line;
	uint8_t is_function_like;
};
enum call_how { CALL_DIRECT = 1, CALL_INDIRECT, CALL_OBSERVED };
struct snapshot_call { /* key: caller, callee, how */
	uint32_t caller, callee; /* symbols; a callee outside the codebase is a symbol without a function row */
	uint8_t how;
	const char *basis;       /* "direct", "field", "flow", "signature", "cleanup", ...: what the edge rests on */
	double confidence;
	uint32_t sites, line;    /* line: first call site, in the caller's file */
	uint32_t via_macro;      /* how many of the sites came out of macros */
	const char *configurations;
	uint64_t observed;       /* times seen in runs */
	const char *observed_how; /* what that counts: "exact", "inlined", "tail", "sampled", "stack"; NULL where not seen */
	uint64_t observed_first; /* order of first sight; where seen */
};
struct snapshot_use { /* key: from, to, kind */
	uint32_t from, to;   /* symbols; from may be SNAPSHOT_NONE: file scope of from_file */
	uint32_t from_file;
	const char *kind;    /* read write address type field macro */
	uint32_t sites, line;
};
struct snapshot_include { /* key: file, included, line */
	uint32_t file;
	const char *included; /* path in the codebase, or the name as spelled */
	uint32_t line;
	uint8_t is_used, is_outside, is_missing;
};
struct snapshot_dependency { /* key: from_file, to_file, kind */
	uint32_t from_file, to_file;
	const char *kind; /* call indirect read write address type field macro include */
	double weight;    /* sites; include: 1; 0 where only runs show it */
	double observed;  /* times seen in runs */
};
struct snapshot_region { uint32_t file, line, end_line; const char *condition; }; /* left out in every configuration */
struct snapshot_entry { /* key: symbol, kind */
	uint32_t symbol;
	const char *kind;  /* main thread signal constructor destructor callback export */
	uint64_t observed;
	uint32_t reaches;  /* functions reached by known calls; SNAPSHOT_NONE where only runs show that control enters here */
	uint8_t has_flow;  /* what it reaches is in flows */
};
struct snapshot_flow { uint32_t entry_symbol, symbol, depth /* SNAPSHOT_NONE: not known */; uint8_t observed; };
struct snapshot_flow_call { /* key: entry_symbol, caller, callee */
	uint32_t entry_symbol, caller, callee;
	uint64_t observed;
	const char *observed_how; /* as in calls */
	uint64_t first;
};
struct snapshot_resource { const char *kind, *name; };
struct snapshot_resource_use { /* key: symbol, resource, operation */
	uint32_t symbol, resource; /* resource: index into resources */
	const char *operation;
	uint32_t sites, line;
	const char *type;        /* finer kind of the resource; "" */
	uint64_t observed, errors, bytes, ns; /* in runs: how often, how many failed, bytes moved (locks: waits), time */
};
struct snapshot_lock_order { uint32_t held, taken /* resources */, symbol; uint64_t observed; }; /* key: all but the last */
struct snapshot_domain {
	const char *name;
	uint8_t is_declared;
	uint32_t files, functions, lines;
	double cohesion, exclusivity;
};
struct snapshot_domain_dependency { uint32_t from_domain, to_domain; double weight; uint32_t symbols; double observed; };
struct snapshot_file_reason { /* key: file */
	uint32_t file, second_domain; /* second_domain: SNAPSHOT_NONE: none */
	double certainty, second_share;
	const char *told;    /* "" = discovered */
	const char *signals; /* "folder 61 %, dependencies 30 %": shares of its tie to its domain; "" where it was told */
	const char *fine;    /* part of the finer view */
};
struct snapshot_domain_tree { /* key: domain */
	uint32_t domain;
	const char *id;       /* stays with a domain over releases, whatever it is called */
	const char *coarse;   /* part of the coarser view */
	const char *previous; /* what most of its files were in before; "" = nothing */
	const char *change;   /* "", "kept", "renamed", "born", "split", "merged" */
};
struct snapshot_metric { const char *scope, *subject, *metric; double value; };
struct snapshot_change { /* key: commit, file */
	uint64_t commit;         /* the first 8 bytes of its name */
	uint32_t file;
	int64_t time;
	uint32_t author, files, added, removed;
	uint8_t is_fix;
};
struct snapshot_public_header { uint32_t file; const char *reason, *said_in; uint32_t line; }; /* as in the view */
struct snapshot_coverage { const char *what; uint64_t seen, total; };
/* The declared architecture of the configuration, for rules: allowed or forbidden dependencies between domains. */
struct snapshot_policy { const char *from_domain, *to_domain, *verdict; /* allow forbid */ };

struct snapshot_literal { uint32_t caller, callee, argument; const char *text; uint32_t line; };
struct snapshot_constant { uint32_t caller, callee, argument; int64_t value; uint32_t line; };
struct snapshot_outcall { uint32_t caller, callee, file, flags /* enum outcall_flag */, sites, line; };
struct snapshot_declaration { uint32_t symbol, file, line; uint8_t is_definition; };
struct snapshot_cycle_member { const char *scope /* file domain */, *cycle /* its first member */, *member; };
struct snapshot_cycle_cut { const char *scope, *cycle, *from, *to; double cost; uint32_t line; const char *symbol; };
struct snapshot_header_cost { uint32_t file; uint64_t lines; uint32_t units; };
struct snapshot_call_count { uint32_t symbol /* key */, callers, caller_files, caller_domains, callees, callees_at_home; };
struct snapshot_struct_use { const char *name; uint32_t domain; /* key: both */ uint32_t fields; uint64_t sites; };

/* What rules say of a release that is stored, and the numbers that rest on that (scores): put by model_verdicts_put, never with the rest. */
struct snapshot_finding { /* key: fingerprint */
	const char *rule, *severity, *goal;
	const char *domain, *file; /* NULL: of none */
	uint32_t line;
	const char *subject, *message;
	uint32_t effort_minutes;
	const char *fingerprint;
	const char *task_key;
};
struct snapshot_task { /* key: task_key */
	const char *task_key, *title;
	double priority;
	const char *goal, *domain; /* domain NULL: of none or several */
	uint32_t effort_minutes, findings;
	const char *status; /* open, done, reopened, accepted */
	const char *rule, *why, *steps, *reason; /* reason: of acceptance; "" */
	double score_change; uint8_t has_change; /* what the codebase's debt_score changes by, where it is known */
};

#define SNAPSHOT_TABLES(X)                                   \
	X(files, struct snapshot_file)                       \
	X(symbols, struct snapshot_symbol)                   \
	X(functions, struct snapshot_function)               \
	X(variables, struct snapshot_variable)               \
	X(types, struct snapshot_type)                       \
	X(macros, struct snapshot_macro)                     \
	X(calls, struct snapshot_call)                       \
	X(uses, struct snapshot_use)                         \
	X(includes, struct snapshot_include)                 \
	X(dependencies, struct snapshot_dependency)          \
	X(regions, struct snapshot_region)                   \
	X(entries, struct snapshot_entry)                    \
	X(flows, struct snapshot_flow)                       \
	X(flow_calls, struct snapshot_flow_call)             \
	X(resources, struct snapshot_resource)               \
	X(resource_uses, struct snapshot_resource_use)       \
	X(lock_orders, struct snapshot_lock_order)           \
	X(domains, struct snapshot_domain)                   \
	X(file_reasons, struct snapshot_file_reason)         \
	X(domain_trees, struct snapshot_domain_tree)         \
	X(domain_dependencies, struct snapshot_domain_dependency) \
	X(metrics, struct snapshot_metric)                   \
	X(changes, struct snapshot_change)                   \
	X(public_headers, struct snapshot_public_header)     \
	X(coverage, struct snapshot_coverage)                \
	X(policies, struct snapshot_policy)                  \
	X(literals, struct snapshot_literal)                 \
	X(constants, struct snapshot_constant)               \
	X(outcalls, struct snapshot_outcall)                 \
	X(declarations, struct snapshot_declaration)         \
	X(cycle_members, struct snapshot_cycle_member)       \
	X(cycle_cuts, struct snapshot_cycle_cut)             \
	X(header_costs, struct snapshot_header_cost)         \
	X(call_counts, struct snapshot_call_count)                   \
	X(struct_uses, struct snapshot_struct_use)           \
	X(findings, struct snapshot_finding)                 \
	X(tasks, struct snapshot_task)                       \
	X(scores, struct snapshot_metric)

struct snapshot {
#define SNAPSHOT_MEMBER(name, type) type *name; size_t name##_count, name##_capacity;
	SNAPSHOT_TABLES(SNAPSHOT_MEMBER)
#undef SNAPSHOT_MEMBER
};

/* Appends a zeroed row to a table of a snapshot and returns it; the pointer dies with the next append there. */
#define SNAPSHOT_ADD(snapshot, name)                                                                              \
	(mem_grow(&(snapshot)->name, &(snapshot)->name##_capacity, (snapshot)->name##_count + 1,                  \
		  sizeof *(snapshot)->name),                                                                      \
	 memset(&(snapshot)->name[(snapshot)->name##_count], 0, sizeof *(snapshot)->name),                        \
	 &(snapshot)->name[(snapshot)->name##_count++])

void snapshot_finish(struct snapshot *snapshot); /* frees the arrays, not the strings */

#endif
