int before(void) { return 1; }
#line 100 "grammar.y"
int generated(void)		/* @generated */
{
	return before();	/* @call */
}
# 7 "/somewhere/else.l" 1
int marked;			/* @marked */
#line 3
int *again = &marked;		/* @again */
#ifdef NOT_THERE		/* @region */
int gone;
#endif
