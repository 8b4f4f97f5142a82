/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Indirect calls on graphs written by hand. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdlib.h>
#include <string.h>

#include "analysis/indirect.h"

#define MOST 256

/* A graph under construction. Symbols are added in any order: only equal names of fields must stand together. */
struct build {
	struct graph graph;
	struct graph_symbol symbols[MOST];
	struct graph_function functions[MOST];
	uint32_t function_of[MOST];
	struct graph_slot slots[MOST];
	struct graph_flow flows[MOST];
	struct graph_icall icalls[MOST];
	struct graph_use uses[MOST];
	struct graph_call calls[MOST];
	struct graph_literal literals[MOST];
	struct indirect_result result;
};

static void begin(struct build *b)
{
	memset(b, 0, sizeof *b);
	b->graph.symbols = b->symbols;
	b->graph.functions = b->functions;
	b->graph.function_of = b->function_of;
	b->graph.slots = b->slots;
	b->graph.flows = b->flows;
	b->graph.icalls = b->icalls;
	b->graph.uses = b->uses;
	b->graph.calls = b->calls;
	b->graph.literals = b->literals;
}

static void end(struct build *b)
{
	indirect_result_finish(&b->result);
}

static uint32_t symbol(struct build *b, uint8_t kind, const char *name, uint32_t parent)
{
	uint32_t id = b->graph.symbol_count++;
	assert_in_range(id, 0, MOST - 1);
	b->symbols[id] = (struct graph_symbol){.kind = kind, .name = name, .scope_path = "", .parent = parent, .is_defined = true};
	b->function_of[id] = GRAPH_NONE;
	return id;
}

/* A function whose address is taken, so that it is a candidate by signature. */
static uint32_t function(struct build *b, const char *name, const char *signature, uint32_t parameters, uint32_t flags)
{
	uint32_t id = symbol(b, SYMBOL_FUNCTION, name, GRAPH_NONE);
	b->function_of[id] = b->graph.function_count;
	b->functions[b->graph.function_count++] = (struct graph_function){
		.symbol = id, .signature = signature, .parameters = parameters, .flags = FUNCTION_DEFINITION | flags};
	b->uses[b->graph.use_count++] = (struct graph_use){.from = GRAPH_NONE, .to = id, .kind = REF_ADDRESS, .sites = 1};
	return id;
}

static uint32_t outside(struct build *b, const char *name)
{
	uint32_t id = symbol(b, SYMBOL_FUNCTION, name, GRAPH_NONE);
	b->symbols[id].is_defined = false;
	return id;
}

static uint32_t slot(struct build *b, uint8_t kind, uint32_t owner, uint32_t index)
{
	for (uint32_t i = 0; i < b->graph.slot_count; i++)
		if (b->slots[i].kind == kind && b->slots[i].owner == owner && b->slots[i].index == index &&
		    b->slots[i].through == GRAPH_NONE)
			return i;
	assert_in_range(b->graph.slot_count, 0, MOST - 1);
	b->slots[b->graph.slot_count] = (struct graph_slot){kind, owner, index, GRAPH_NONE};
	return b->graph.slot_count++;
}

static uint32_t through(struct build *b, uint8_t kind, uint32_t called, uint32_t index)
{
	b->slots[b->graph.slot_count] = (struct graph_slot){kind, GRAPH_NONE, index, called};
	return b->graph.slot_count++;
}

static void flow(struct build *b, uint32_t target, uint32_t source)
{
	b->flows[b->graph.flow_count++] = (struct graph_flow){target, source};
}

static void store(struct build *b, uint32_t target, uint32_t value)
{
	flow(b, target, slot(b, SLOT_FUNCTION, value, 0));
}

static void call(struct build *b, uint32_t caller, uint32_t called, const char *signature, uint32_t arguments)
{
	b->icalls[b->graph.icall_count++] = (struct graph_icall){
		.caller = caller, .slot = called, .signature = signature, .arguments = arguments, .sites = 1, .line = 1};
}

static const struct graph_call *find(const struct build *b, uint32_t caller, uint32_t callee)
{
	for (size_t i = 0; i < b->result.count; i++)
		if (b->result.calls[i].caller == caller && b->result.calls[i].callee == callee)
			return &b->result.calls[i];
	return NULL;
}

static void expect(const struct build *b, uint32_t caller, uint32_t callee, const char *basis, int percent)
{
	const struct graph_call *found = find(b, caller, callee);
	assert_non_null(found);
	assert_string_equal(found->basis, basis);
	assert_int_equal((int)(found->confidence * 100 + 0.5f), percent);
}

static void resolve(struct build *b)
{
	indirect_resolve(&b->graph, &b->result);
}

#define INT_INT "int (int)"

static void test_field_and_variable(void **state)
{
	(void)state;
	struct build b;
	begin(&b);
	uint32_t f = function(&b, "f", INT_INT, 1, 0), g = function(&b, "g", INT_INT, 1, 0);
	uint32_t caller = function(&b, "caller", "void (void)", 0, 0);
	uint32_t record = symbol(&b, SYMBOL_STRUCT, "ops", GRAPH_NONE), member = symbol(&b, SYMBOL_FIELD, "ops.go", record);
	uint32_t field = slot(&b, SLOT_FIELD, member, 0), local = slot(&b, SLOT_LOCAL, caller, 0);
	uint32_t variable = slot(&b, SLOT_VARIABLE, symbol(&b, SYMBOL_VARIABLE, "hook", GRAPH_NONE), 0);
	store(&b, field, f);
	store(&b, variable, g);
	flow(&b, local, field);
	call(&b, caller, local, INT_INT, 1);
	call(&b, caller, variable, INT_INT, 1);
	resolve(&b);
	assert_int_equal(b.result.count, 2);
	expect(&b, caller, f, "field", 90); /* by way of a field, though through a local variable */
	expect(&b, caller, g, "flow", 80);
	assert_int_equal(b.result.sites, 2);
	assert_int_equal(b.result.sites_by_field, 1);
	assert_int_equal(b.result.sites_by_flow, 1);
	assert_true(b.result.mean_candidates == 1);
	end(&b);
}

static void test_signature_comes_last(void **state)
{
	(void)state;
	struct build b;
	begin(&b);
	uint32_t f = function(&b, "f", INT_INT, 1, 0), other = function(&b, "other", "int (char *)", 1, 0);
	uint32_t caller = function(&b, "caller", "void (void)", 0, 0), second = function(&b, "second", "void (void)", 0, 0);
	uint32_t empty = slot(&b, SLOT_LOCAL, caller, 0), mixed = slot(&b, SLOT_LOCAL, second, 0);
	uint32_t g = function(&b, "g", INT_INT, 1, 0);
	call(&b, caller, empty, INT_INT, 1);
	store(&b, mixed, g);
	flow(&b, mixed, slot(&b, SLOT_UNKNOWN, GRAPH_NONE, 0));
	call(&b, second, mixed, INT_INT, 1);
	resolve(&b);
	expect(&b, caller, f, "signature", 30);
	expect(&b, caller, g, "signature", 30);
	assert_null(find(&b, caller, other));
	expect(&b, second, g, "flow", 80); /* what is known stays what it is ... */
	expect(&b, second, f, "signature", 30); /* ... and what is not is filled up */
	assert_int_equal(b.result.sites_by_signature, 1);
	end(&b);
}

static void test_arguments_and_results_of_indirect_calls(void **state)
{
	(void)state;
	struct build b;
	begin(&b);
	uint32_t apply = function(&b, "apply", "int (int (*)(int))", 1, 0), f = function(&b, "f", INT_INT, 1, 0);
	uint32_t give = function(&b, "give", "int (*(void))(int)", 0, 0), caller = function(&b, "caller", "void (void)", 0, 0);
	uint32_t how = slot(&b, SLOT_LOCAL, caller, 0), parameter = slot(&b, SLOT_PARAMETER, apply, 0);
	uint32_t giver = slot(&b, SLOT_LOCAL, caller, 1);
	store(&b, how, apply);
	store(&b, through(&b, SLOT_ICALL_PARAMETER, how, 0), f);
	call(&b, caller, how, "int (int (*)(int))", 1);
	call(&b, apply, parameter, INT_INT, 1);
	store(&b, giver, give);
	store(&b, slot(&b, SLOT_RETURN, give, 0), f);
	call(&b, caller, through(&b, SLOT_ICALL_RETURN, giver, 0), INT_INT, 1);
	resolve(&b);
	expect(&b, caller, apply, "flow", 80);
	expect(&b, apply, f, "flow", 80);
	expect(&b, caller, f, "flow", 80);
	end(&b);
}

/* void find(fn *out) { *out = f; }  caller: ops->find(&x); x(); -- and nothing of it reaches another caller. */
static void test_stored_through_a_parameter(void **state)
{
	(void)state;
	struct build b;
	begin(&b);
	uint32_t look = function(&b, "look", "void (int (**)(int))", 1, 0), f = function(&b, "f", INT_INT, 1, 0);
	uint32_t idle = function(&b, "idle", "void (int (**)(int))", 1, 0), caller = function(&b, "caller", "void (void)", 0, 0);
	uint32_t g = function(&b, "g", INT_INT, 1, 0);
	uint32_t how = slot(&b, SLOT_LOCAL, caller, 0), x = slot(&b, SLOT_LOCAL, caller, 1);
	uint32_t given = through(&b, SLOT_ICALL_PARAMETER, how, 0);
	uint32_t kept = slot(&b, SLOT_PARAMETER, idle, 0);
	store(&b, how, look);
	store(&b, how, idle);
	store(&b, slot(&b, SLOT_PARAMETER, look, 0), f);
	store(&b, x, g);
	flow(&b, given, x);
	flow(&b, x, given);
	call(&b, caller, x, INT_INT, 1);
	call(&b, idle, kept, INT_INT, 1);
	resolve(&b);
	expect(&b, caller, f, "flow", 80);
	expect(&b, caller, g, "flow", 80);
	expect(&b, idle, g, "flow", 80);
	end(&b);
}

static void test_variadic_arguments_share_a_slot(void **state)
{
	(void)state;
	struct build b;
	begin(&b);
	uint32_t set = function(&b, "set", "void (int, ...)", 1, FUNCTION_VARIADIC), f = function(&b, "f", INT_INT, 1, 0);
	uint32_t g = function(&b, "g", "void (void *)", 1, 0), wide = function(&b, "wide", "int (int, int)", 2, 0);
	uint32_t rest = slot(&b, SLOT_PARAMETER, set, 1), list = slot(&b, SLOT_LOCAL, set, 0);
	uint32_t how = slot(&b, SLOT_LOCAL, set, 1);
	store(&b, rest, f);
	store(&b, slot(&b, SLOT_PARAMETER, set, 3), g);
	store(&b, how, set);
	store(&b, through(&b, SLOT_ICALL_PARAMETER, how, 2), wide);
	flow(&b, list, rest);
	call(&b, set, list, INT_INT, 1);
	resolve(&b);
	expect(&b, set, f, "flow", 80);
	expect(&b, set, g, "flow", 60); /* as many parameters, of other types */
	assert_null(find(&b, set, wide)); /* takes more than is given, and others fit */
	end(&b);
}

static void test_how_types_fit(void **state)
{
	(void)state;
	struct build b;
	begin(&b);
	uint32_t caller = function(&b, "caller", "void (void)", 0, 0), only = function(&b, "only", "void (void)", 0, 0);
	uint32_t one = function(&b, "one", "void (void *)", 1, 0), two = function(&b, "two", "void (void *, int)", 2, 0);
	uint32_t three = function(&b, "three", "void (int, int, int)", 3, 0);
	uint32_t old = function(&b, "old", "void ()", 3, FUNCTION_NO_PROTOTYPE);
	uint32_t many = function(&b, "many", "void (void *, ...)", 1, FUNCTION_VARIADIC), library = outside(&b, "free");
	uint32_t all = slot(&b, SLOT_LOCAL, caller, 0), wrong = slot(&b, SLOT_LOCAL, only, 0);
	uint32_t functions[] = {one, two, three, old, many, library};
	for (size_t i = 0; i < sizeof functions / sizeof *functions; i++)
		store(&b, all, functions[i]);
	store(&b, wrong, three);
	call(&b, caller, all, "void (void *, int)", 2);
	call(&b, only, wrong, "void (void *)", 1);
	resolve(&b);
	expect(&b, caller, two, "flow", 80);
	expect(&b, caller, old, "flow", 60);
	expect(&b, caller, many, "flow", 60);
	expect(&b, caller, one, "flow", 20); /* leaves an argument unread: works, and is done */
	expect(&b, caller, library, "flow", 80);
	assert_null(find(&b, caller, three));
	expect(&b, only, three, "flow", 20); /* nothing else flows there: kept, and the signature asked */
	expect(&b, only, one, "signature", 30);
	end(&b);
}

static void test_records_of_two_files(void **state)
{
	(void)state;
	static const struct { const char *record, *member, *size, *other_size; bool one; } cases[] = {
		{"ops", "ops.go", "ops.size", "ops.size", true},
		{"ops", "ops.go", "ops.size", "ops.width", false},
		{"<go>", "<go>.go", "<go>.size", "<go>.size", false}, /* nameless: alike by chance */
	};
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct build b;
		begin(&b);
		uint32_t f = function(&b, "f", INT_INT, 1, 0), caller = function(&b, "caller", "void (void)", 0, 0);
		uint32_t g = function(&b, "g", INT_INT, 1, 0);
		uint32_t first = symbol(&b, SYMBOL_STRUCT, cases[i].record, GRAPH_NONE);
		uint32_t second = symbol(&b, SYMBOL_STRUCT, cases[i].record, GRAPH_NONE);
		uint32_t here = symbol(&b, SYMBOL_FIELD, cases[i].member, first);
		uint32_t there = symbol(&b, SYMBOL_FIELD, cases[i].member, second);
		symbol(&b, SYMBOL_FIELD, cases[i].size, first);
		symbol(&b, SYMBOL_FIELD, cases[i].other_size, second);
		store(&b, slot(&b, SLOT_FIELD, here, 0), f);
		store(&b, slot(&b, SLOT_FIELD, there, 0), g);
		call(&b, caller, slot(&b, SLOT_FIELD, there, 0), INT_INT, 1);
		resolve(&b);
		expect(&b, caller, g, "field", 90);
		if (cases[i].one)
			expect(&b, caller, f, "field", 90);
		else
			assert_null(find(&b, caller, f));
		end(&b);
	}
}

static void test_looked_up_by_name(void **state)
{
	(void)state;
	for (int computed = 0; computed < 2; computed++) { /* is there a name that is no literal? */
		struct build b;
		begin(&b);
		uint32_t f = function(&b, "start", INT_INT, 1, 0), other = function(&b, "other", INT_INT, 1, 0);
		uint32_t hidden = function(&b, "start", INT_INT, 1, FUNCTION_STATIC);
		uint32_t caller = function(&b, "caller", "void (void)", 0, 0), lookup = outside(&b, "dlsym");
		uint32_t local = slot(&b, SLOT_LOCAL, caller, 0);
		flow(&b, local, slot(&b, SLOT_RETURN, lookup, 0));
		b.calls[b.graph.call_count++] = (struct graph_call){.caller = caller, .callee = lookup, .sites = 1 + (uint32_t)computed};
		b.literals[b.graph.literal_count++] =
			(struct graph_literal){.from = caller, .callee = lookup, .argument = 1, .text = "start"};
		call(&b, caller, local, INT_INT, 1);
		resolve(&b);
		expect(&b, caller, f, "flow", 80);
		if (computed) {
			expect(&b, caller, other, "signature", 30);
		} else {
			assert_null(find(&b, caller, other));
			assert_null(find(&b, caller, hidden));
		}
		end(&b);
	}
}

/* Tables of functions of any type: where hundreds meet in one slot, those of the call's own type are meant. */
static void test_crowds(void **state)
{
	(void)state;
	for (uint32_t others = 10; others <= 150; others += 140) {
		struct build b;
		begin(&b);
		uint32_t f = function(&b, "f", INT_INT, 1, 0), caller = function(&b, "caller", "void (void)", 0, 0), other = 0;
		uint32_t field = symbol(&b, SYMBOL_FIELD, "table.function", symbol(&b, SYMBOL_STRUCT, "table", GRAPH_NONE));
		store(&b, slot(&b, SLOT_FIELD, field, 0), f);
		for (uint32_t i = 0; i < others; i++) {
			other = function(&b, "other", "int (char *)", 1, 0);
			store(&b, slot(&b, SLOT_FIELD, field, 0), other);
		}
		call(&b, caller, slot(&b, SLOT_FIELD, field, 0), INT_INT, 1);
		resolve(&b);
		expect(&b, caller, f, "field", 90);
		assert_int_equal(find(&b, caller, other) != NULL, others < 128);
		end(&b);
	}
}

static void test_views_of_other_records(void **state)
{
	(void)state;
	static const struct { const char *size, *other_size; bool filled, seen; } cases[] = {
		{"view.size", "ops.size", false, true},
		{"view.size", "ops.width", false, false}, /* not all of the view's members */
		{"view.size", "ops.size", true, false},   /* a type of its own */
		{NULL, "ops.size", false, false},         /* one member in common says nothing */
	};
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct build b;
		begin(&b);
		uint32_t f = function(&b, "f", INT_INT, 1, 0), g = function(&b, "g", INT_INT, 1, 0);
		uint32_t caller = function(&b, "caller", "void (void)", 0, 0);
		uint32_t ops = symbol(&b, SYMBOL_STRUCT, "ops", GRAPH_NONE), view = symbol(&b, SYMBOL_STRUCT, "view", GRAPH_NONE);
		uint32_t there = symbol(&b, SYMBOL_FIELD, "ops.go", ops), here = symbol(&b, SYMBOL_FIELD, "view.go", view);
		symbol(&b, SYMBOL_FIELD, cases[i].other_size, ops);
		symbol(&b, SYMBOL_FIELD, "ops.more", ops);
		if (cases[i].size)
			symbol(&b, SYMBOL_FIELD, cases[i].size, view);
		store(&b, slot(&b, SLOT_FIELD, there, 0), f);
		if (cases[i].filled)
			store(&b, slot(&b, SLOT_FIELD, here, 0), g);
		call(&b, caller, slot(&b, SLOT_FIELD, here, 0), "int (long)", 1);
		resolve(&b);
		assert_int_equal(find(&b, caller, f) != NULL, cases[i].seen);
		end(&b);
	}
}

static void test_looked_up_by_computed_names(void **state)
{
	(void)state;
	struct build b;
	begin(&b);
	uint32_t named = function(&b, "named", INT_INT, 1, 0), caller = function(&b, "caller", "void (void)", 0, 0);
	uint32_t plugin = function(&b, "plugin", INT_INT, 1, 0), called = function(&b, "called", INT_INT, 1, 0);
	uint32_t hidden = function(&b, "hidden", INT_INT, 1, FUNCTION_STATIC), lookup = outside(&b, "dlsym");
	uint32_t local = slot(&b, SLOT_LOCAL, caller, 0);
	b.graph.use_count = 1; /* only the first one's address is taken */
	flow(&b, local, slot(&b, SLOT_RETURN, lookup, 0));
	b.calls[b.graph.call_count++] = (struct graph_call){.caller = caller, .callee = lookup, .sites = 1};
	b.calls[b.graph.call_count++] = (struct graph_call){.caller = caller, .callee = called, .sites = 1};
	call(&b, caller, local, INT_INT, 1);
	resolve(&b);
	expect(&b, caller, plugin, "signature", 30);
	assert_null(find(&b, caller, called));
	assert_null(find(&b, caller, hidden));
	(void)named;
	end(&b);
}

static void test_callbacks_to_the_outside(void **state)
{
	(void)state;
	struct build b;
	begin(&b);
	uint32_t f = function(&b, "f", INT_INT, 1, 0), library = outside(&b, "atexit");
	store(&b, slot(&b, SLOT_PARAMETER, library, 0), f);
	resolve(&b);
	assert_int_equal(b.result.count, 0);
	assert_int_equal(b.result.callback_count, 1);
	assert_int_equal(b.result.callbacks[0].outside, library);
	assert_int_equal(b.result.callbacks[0].argument, 0);
	assert_int_equal(b.result.callbacks[0].function, f);
	end(&b);
}

static void test_sites_are_summed_and_cycles_end(void **state)
{
	(void)state;
	struct build b;
	begin(&b);
	uint32_t f = function(&b, "f", INT_INT, 1, 0), caller = function(&b, "caller", "void (void)", 0, 0);
	uint32_t a = slot(&b, SLOT_LOCAL, caller, 0), c = slot(&b, SLOT_LOCAL, caller, 1), d = slot(&b, SLOT_LOCAL, caller, 2);
	flow(&b, a, c);
	flow(&b, c, d);
	flow(&b, d, a);
	store(&b, d, f);
	call(&b, caller, a, INT_INT, 1);
	call(&b, caller, c, INT_INT, 1);
	resolve(&b);
	assert_int_equal(b.result.count, 1);
	assert_int_equal(b.result.calls[0].sites, 2);
	assert_int_equal(b.result.sites_resolved, 2);
	end(&b);
	begin(&b);
	resolve(&b); /* nothing at all */
	assert_int_equal(b.result.count, 0);
	end(&b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_field_and_variable),
		cmocka_unit_test(test_signature_comes_last),
		cmocka_unit_test(test_arguments_and_results_of_indirect_calls),
		cmocka_unit_test(test_stored_through_a_parameter),
		cmocka_unit_test(test_variadic_arguments_share_a_slot),
		cmocka_unit_test(test_how_types_fit),
		cmocka_unit_test(test_records_of_two_files),
		cmocka_unit_test(test_looked_up_by_name),
		cmocka_unit_test(test_looked_up_by_computed_names),
		cmocka_unit_test(test_views_of_other_records),
		cmocka_unit_test(test_crowds),
		cmocka_unit_test(test_callbacks_to_the_outside),
		cmocka_unit_test(test_sites_are_summed_and_cycles_end),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
