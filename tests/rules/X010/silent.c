#include <sys/stat.h>
int mask(void)
{
	mode_t before = umask(0); /* the only way to read it */
	umask(before);
	return before;
}
