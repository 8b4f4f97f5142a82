int f(int);
/* Inlined, the parameter may turn out to be a constant. */
static inline int constant_p(int a) { return __builtin_constant_p(a) ? f(1) : 0; } /* @constant_p */
int caller(void) { return constant_p(1); }
int never(void) { if (__builtin_expect(0, 0)) f(1); return 0; }
