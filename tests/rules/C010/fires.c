#include <unistd.h>
int give_up(int user) { return setuid(user); }	/* @finding */
