extern int of_b(int n);	/* @finding: b.c may change it */
int main(void) { return of_b(1); }
