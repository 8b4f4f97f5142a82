#include <pwd.h>
#include <unistd.h>
const char *home(void) { struct passwd *me = getpwuid(getuid()); return me ? me->pw_dir : 0; }	/* @finding */
