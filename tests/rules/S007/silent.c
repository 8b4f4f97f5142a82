#include <time.h>
int day(time_t t)
{
	struct tm tm;
	return localtime_r(&t, &tm)->tm_mday;
}
