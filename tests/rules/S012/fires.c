#include <unistd.h>
extern int is_ready(void);
void wait_for(void)
{
	while (!is_ready())
		usleep(1000);	/* @finding */
}
