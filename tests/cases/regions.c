#ifdef HAVE_X		/* @ifdef */
int x;
#else			/* @else */
int no_x;
#endif
#if 0			/* @if0 */
int zero;
int zero_too;
#elif defined(HAVE_Y) /* not */
int y;
#else			/* @taken_else */
int neither;
#endif
#if 1			/* @if1 */
int one;
#elif defined(HAVE_Z)	/* @elif_after */
int z;
#else			/* @else_after */
int never;
#endif
#ifndef HAVE_X		/* @ifndef */
int outer;
# if defined(A) && \
     defined(B)		/* @continued */
int both;
# else
int not_both;
# endif
#else			/* @else_outer */
# ifdef NESTED
int nested;
# else
int not_nested;
# endif
#endif
#ifdef EMPTY
#endif
#ifndef HAVE_X
int kept;
#endif
#if 0
/* "unterminated
#else
*/
int commented;
#endif
int used(void)
{
#ifdef HAVE_X
	return gone();
#endif
	return kept;
}
