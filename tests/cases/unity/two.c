#include "shared.h"
#define LOCAL 2
static int only_two(void) { return LOCAL; }
int two(void) { return only_two() + shared(); }
