/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Ways in which C programs carry function pointers about, for indirect.py: every call through a pointer that happens
 * here must be known to go where it goes by flow, not just by its type. All functions called have one type, so that a
 * lost pointer shows. */
#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef int (*callback)(int);
static int total;

#define TARGET(name) static int name(int a) { total += a; return a; }

/* options given as "...", taken out in another function, through a copy of the list */
TARGET(default_writer) TARGET(writer) TARGET(reader)
struct handle { callback write, read; void *data; };

static void set_from(struct handle *handle, int option, va_list arguments)
{
	switch (option) {
	case 1: handle->write = va_arg(arguments, callback); break;
	case 2: handle->read = va_arg(arguments, int (*)(int)); break;
	case 3: handle->data = va_arg(arguments, void *); break;
	}
}

static void set_option(struct handle *handle, int option, ...)
{
	va_list first, second;
	va_start(first, option);
	va_copy(second, first);
	set_from(handle, option, second);
	va_end(second);
	va_end(first);
}

static void options(void)
{
	struct handle handle = {.write = default_writer};
	handle.write(1);
	set_option(&handle, 1, writer);
	set_option(&handle, 2, reader);
	handle.write(1);
	handle.read(1);
}

/* atomics, new and old */
TARGET(stored) TARGET(exchanged) TARGET(builtin_stored) TARGET(swapped)
static _Atomic(callback) hook;
static callback plain;

static void atomics(void)
{
	atomic_store(&hook, stored);
	callback loaded = atomic_load(&hook);
	loaded(1);
	atomic_exchange_explicit(&hook, exchanged, memory_order_acq_rel);
	callback now = hook;
	now(1);
	__atomic_store_n(&plain, builtin_stored, __ATOMIC_RELEASE);
	callback by_place;
	__atomic_load(&plain, &by_place, __ATOMIC_ACQUIRE);
	by_place(1);
	__sync_val_compare_and_swap(&plain, by_place, swapped);
	callback fenced = __atomic_load_n(&plain, __ATOMIC_ACQUIRE);
	fenced(1);
}

/* copies of bytes */
TARGET(in_table) TARGET(in_one)
static callback source[2] = {in_table, in_table}, table[2];

static void copies(int i)
{
	callback one, from = in_one;
	memcpy(table, source, sizeof table);
	table[i](1);
	memcpy(&one, &from, sizeof one);
	one(1);
}

/* results stored through a pointer, by a function called through a pointer */
TARGET(found) TARGET(found_as_void)
static void find_typed(callback *out) { *out = found; }
static void find_untyped(void **out) { *out = (void *)found_as_void; }
struct finder { void (*typed)(callback *); void (*untyped)(void **); };
static const struct finder finder = {find_typed, find_untyped};

static void places(const struct finder *use)
{
	callback typed;
	void *untyped;
	use->typed(&typed);
	use->untyped(&untyped);
	typed(1);
	((callback)untyped)(1);
}

/* containers of void pointers and integers */
TARGET(in_list) TARGET(as_integer)
struct node { struct node *next; void *value; };
static unsigned long number;

static struct node *push(struct node *list, void *value)
{
	struct node *node = malloc(sizeof *node);
	*node = (struct node){list, value};
	return node;
}

static void containers(void)
{
	struct node *list = push(NULL, (void *)in_list);
	for (struct node *at = list; at; at = at->next)
		((callback)at->value)(1);
	free(list);
	number = (unsigned long)as_integer;
	((callback)number)(1);
}

/* a callback handed on, a factory, a struct by value, a growing array */
TARGET(handed_on) TARGET(made) TARGET(in_box) TARGET(in_growing)
struct box { callback content; };
static int inner(callback f) { return f(1); }
static int outer(int (*run)(callback), callback f) { return run(f); }
static callback factory(void) { return made; }
static struct box box(void) { return (struct box){.content = in_box}; }

static void values(void)
{
	outer(inner, handed_on);
	factory()(1);
	box().content(1);
	callback *growing = realloc(NULL, 2 * sizeof *growing);
	growing[1] = in_growing;
	for (callback *at = growing + 1; at < growing + 2; at++)
		(*at)(1);
	free(growing);
}

int main(int count, char **arguments)
{
	(void)arguments;
	options();
	atomics();
	copies(count - 1);
	places(&finder);
	containers();
	values();
	printf("%d\n", total);
	return 0;
}
