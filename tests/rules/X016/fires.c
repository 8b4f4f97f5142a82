#include <unistd.h>
void give_up(int user) { setuid(user); }	/* @finding */
