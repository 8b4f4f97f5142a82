#include <stdlib.h>
struct list { int *items; };
int grow(struct list *list, int n)
{
	list->items = realloc(list->items, n);	/* @finding */
	return list->items ? 0 : -1;
}
