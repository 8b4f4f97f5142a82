#include <stdlib.h>
int *numbers(void);
void fill(int n)
{
	int *all = malloc(n * sizeof *all);	/* @finding */
	all[0] = 1;
	free(all);
}
