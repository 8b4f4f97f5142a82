#include <stddef.h>
#include "macros.h"
int f(int), g(int), h(int);
int counter;
#define OBJECT 3			/* @object */
#define TWICE(x) ((x) + (x))		/* @twice */
#define CALL_F(x) f(x)
#define CALL_BOTH(x) (f(x) + g(x))
#define OUTER(x) CALL_F(x)		/* @outer */
#define LONG(x) \
	do { \
		f(x); \
	} while (0)			/* @long_end */
#define GET_COUNTER counter
#define FUNCTION_NAME g
#define WITH_PARENS (1)
#define EMPTY
#define LIMIT_TWICE (HEADER_LIMIT * 2)
#define NEVER_EXPANDED(x) never(x)
#define LATER_USER LATER
#define LATER 1
int plain(void) { return OBJECT + OBJECT; }	/* @plain */
int twice(int a) { return TWICE(f(a)); }	/* @twice_user */
int call_f(int a) { return CALL_F(a); }
int both(int a) { return CALL_BOTH(g(a)); }
int outer(int a) { return OUTER(a); }
void longer(int a)
{
	LONG(a);			/* @longer */
	LONG(h(a));
}
int get(void) { GET_COUNTER = 2; return GET_COUNTER; }
int named(int a) { return FUNCTION_NAME(a); }
int limits(void) { return HEADER_LIMIT + LIMIT_TWICE + HEADER_CALL(1); }
size_t null(void) { return (size_t)NULL; }
#ifdef OBJECT				/* @ifdef */
int conditional;
#endif
#if defined(TWICE) && OBJECT > 2	/* @if */
int conditional_too;
#endif
#undef OBJECT
#define OBJECT 4			/* @object_again */
int redefined(void) { return OBJECT; }
#define DEFINE_FN(name) int name(int a) { return f(a); }	/* @define_fn */
DEFINE_FN(made)				/* @made */
DEFINE_FN(made_too)
#define DEFINE_PAIR(n) static int n##_get(void) { return n##_value; } static void n##_set(int v) { n##_value = v; }
static int size_value;
DEFINE_PAIR(size)			/* @pair */
int use_pair(void) { size_set(1); return size_get(); }
#define EACH_COLOR(X) X(RED) X(GREEN)
#define AS_ENUM(c) COLOR_##c,
#define AS_CASE(c) case COLOR_##c: return f(COLOR_##c);
enum color { EACH_COLOR(AS_ENUM) };	/* @color */
int color(enum color c) { switch (c) { EACH_COLOR(AS_CASE) } return 0; }
int table[OBJECT] = {OBJECT};		/* @table */
