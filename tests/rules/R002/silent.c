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
/* As libuv's ASSERT_NOT_NULL does it: the copy is tested. */
#define MUST_BE(a) do { volatile void *value = (void *)(a); if (!value) abort(); } while (0)
void checked(void)
{
	char *text = malloc(3);
	MUST_BE(text);
	text[0] = 'a';
	free(text);
}
