#include <stdlib.h>
int fill(int n)
{
	int *all = malloc(n * sizeof *all);
	if (!all)
		return -1;
	all[0] = 1;
	free(all);
	return 0;
}
int *give(void)
{
	int *all = malloc(sizeof *all);
	return all; /* the caller tests it */
}
