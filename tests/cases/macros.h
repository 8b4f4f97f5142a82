#ifndef MACROS_H
#define MACROS_H
#define HEADER_LIMIT 10
#define HEADER_UNUSED 11
#define HEADER_CALL(x) header_target(x)
int header_target(int x);
#endif
