#include <stdlib.h>
struct list { int *items; };
int grow(struct list *list, int n)
{
	int *bigger = realloc(list->items, n);
	if (!bigger)
		return -1;
	list->items = bigger;
	return 0;
}
