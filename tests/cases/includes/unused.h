struct unused_type { int a; };
int unused_function(void);
#define UNUSED_MACRO 1
