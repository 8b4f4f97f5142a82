/* Declared by nobody: a call. */
int call(void) { return of_b(2); }
