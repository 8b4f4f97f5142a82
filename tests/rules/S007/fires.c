#include <time.h>
int day(time_t t)
{
	return localtime(&t)->tm_mday;	/* @finding */
}
