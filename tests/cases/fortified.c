int snprintf(char *, unsigned long, const char *, ...);
/* What the C library's fortified headers make of snprintf. */
int fortified(char *a) { return __builtin___snprintf_chk(a, 1, 0, 1, "x"); } /* @fortified */
