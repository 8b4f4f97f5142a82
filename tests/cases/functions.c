#include "functions.h"

int promised(int a, const char *b)	/* @promised */
{
	/* a line that holds no token */

	return a + *b;	/* trailing */
}				/* @promised_end */

static int
hidden_away(void)		/* @hidden_away */
{ return 1; }

int kept_extern(void) { return helper(1) + hidden_away(); } /* @kept_extern */

int variadic(const char *format, ...);	/* @variadic */
int nothing(void);

inline int inline_then_extern(void) { return 1; } /* @inline_then_extern */
extern int inline_then_extern(void);

inline int inline_only(void) { return 1; } /* @inline_only */
inline int inline_only(void);

int plain_then_inline(void);
inline int plain_then_inline(void) { return 2; } /* @plain_then_inline */

extern inline int extern_inline(void) { return 3; } /* @extern_inline */

extern inline __attribute__((gnu_inline)) int gnu_extern(void) { return 4; } /* @gnu_extern */
inline __attribute__((gnu_inline)) int gnu_plain(void) { return 5; } /* @gnu_plain */

static int first_static(void);	/* @first_static */
int first_static(void)		/* @first_static_def */
{
	int (*f)(void) = first_static;
	return f == first_static;
}

_Noreturn void stop(void);	/* @stop */
__attribute__((__noreturn__)) void halt(void); /* @halt */

void two_decls(void), another_decl(int); /* @two */

void arrays(int a[], int b[3], int (*c)(void), int d(void)); /* @arrays */

struct pair { int a, b; };
struct pair by_value(struct pair p, const struct pair *q); /* @by_value */

int one_line(void) { return 1; } int same_line(void) { return 2; } /* @one_line */
