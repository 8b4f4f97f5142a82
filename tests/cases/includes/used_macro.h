#define USED_MACRO 1
