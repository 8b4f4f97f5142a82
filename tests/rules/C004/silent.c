#include <stdlib.h>
void log_in(const char *given)
{
	setenv("DB_PASSWORD", given, 1);
	setenv("DB_USER", "app", 1);
}
