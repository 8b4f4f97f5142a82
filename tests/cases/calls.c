#include <stdlib.h>
#include <string.h>
#include "calls.h"
int f(int), g(int);
void nothing(void);
int once(void) { return f(1); }			/* @once */
int thrice(void) { f(1); f(2); return f(f(3)) ? g(1) : 0; }	/* @thrice */
int parens(void) { return (f)(1) + (*f)(2) + (&f)(3) + (**f)(4); }
int cast(void) { return ((int (*)(int))f)(1); }
int in_sizeof(void) { return sizeof(f(1)) + sizeof f(2) + _Alignof(__typeof__(g(1))); }
void typed(void) { __typeof__(f(1)) a = g(1); (void)a; } /* @typed */
int dead(int a)	/* @dead */
{
	if (0)
		f(1);
	if (1)
		nothing();
	else
		g(1);
	while (0)
		f(2);
	return a && 0 ? f(3) : 0 && g(2);
}
enum { DEBUG = 0 };
int debug(void) { if (DEBUG) f(1); if (sizeof(int) == 99) g(1); return 0; }
int labelled(int a) { switch (a) { if (0) { case 1: f(1); } } if (0) { out: g(1); } if (a) goto out; return 0; }
int after_return(void) { return 1; f(1); }
_Noreturn void stop(void);
void after_stop(void) { stop(); f(1); }
int constant_p(int a) { return __builtin_constant_p(f(a)) ? g(1) : 0; } /* @constant_p */
int knows_only_literals(int a)
{
	int known = 1;
	if (__builtin_constant_p(known))
		f(a);
	if (__builtin_constant_p(2) && __builtin_constant_p("text") && !__builtin_constant_p(a))
		g(a);
	return 0;
}
int expected(int a) { if (__builtin_expect(0, 0)) f(1); if (!__builtin_expect(1, 1)) f(2); return __builtin_expect(a, 0) ? g(1) : g(2); }
int exchanged(int *a, int b) { while (!b) if (__atomic_compare_exchange_n(a, &b, 1, 0, 5, 5)) { f(1); break; } return 0; } /* @exchanged */
int choose(int a) { return __builtin_choose_expr(1, f(a), g(a)); } /* @choose */
int compatible(void) { return __builtin_types_compatible_p(__typeof__(f(1)), int); }
#define ABS(x) _Generic((x), int: abs_int, long: abs_long, default: abs_other)(x)
int abs_int(int); long abs_long(long); double abs_other(double);
int generic(int a) { return ABS(a); }
long generic_long(long a) { return ABS(a); }
int generic_values(int a) { return _Generic(a, int: f(1), long: (long)g(1)); } /* @generic_values */
int generic_control(void) { return _Generic(f(1), int: 1, default: 2); }
int statement_expression(void) { return ({ int r = f(1); r + g(1); }); }
int elvis(int a) { return f(a) ?: g(a); }
int comma_callee(int a) { return (f(1), g)(a); }
int comma(void) { return f(1), g(2); }
int recursive(int a) { return a ? recursive(a - 1) : 0; }
int local_name(void) { return shared_name(); }
int block_scope(void) { extern int only_here(int); int also_here(void); return only_here(1) + also_here(); } /* @block_scope */
int builtins(char *a, const char *b) { __builtin_memcpy(a, b, 1); __builtin_expect(f(1), 0); __builtin_trap(); return __builtin_popcount(1); }
void *outside(void) { return malloc(strlen("twelve")); }
int vla_size(int n) { return sizeof(int[f(n)]); } /* @vla_size */
void vla(int n) { int a[f(n)]; int (*p)[g(n)] = 0; (void)a; (void)p; }
int limit;
int vla_parameter(int n, int a[n + limit][g(1)]) { return a[0][0]; }
int vla_prototype(int n, int a[n + g(1)]);
void computed_goto(int a) { void *to[] = {&&one, &&two}; goto *to[a]; one: f(1); two: g(1); }
int source, result;
void assembly(void) { __asm__ volatile("mov %1, %0" : "=r"(result) : "r"(source) : "memory"); }
#define READ_FLAGS(out, in) __asm__("x" : [o] "+m" (out) : "r" (in))
void assembly_by_macro(void) { READ_FLAGS(result, f(1)); }
int initialised_by_call(void) { int values[] = {f(1), [3] = g(1)}; return values[0]; }
int for_loop(void) { for (int i = f(0); i < g(1); i += f(2)) ; return 0; }
int assert_static(void) { _Static_assert(sizeof(limit) == 4, "size"); return 0; }
