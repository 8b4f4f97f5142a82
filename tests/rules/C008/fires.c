#include <syslog.h>
void say(const char *text) { syslog(LOG_INFO, "%s", text); }	/* @finding */
