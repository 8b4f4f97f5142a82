#ifndef FUNCTIONS_H
#define FUNCTIONS_H
int promised(int a, const char *b);      /* @promised_decl */
extern int kept_extern(void);
inline int c99_inline(int a)             /* @c99_inline */
{
	return a;
}
static inline int helper(int a)          /* @helper */
{
	return a;
}
#endif
