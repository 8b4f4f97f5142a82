#include "shared.h"
#define LOCAL 1
static int only_one(void) { return LOCAL; }
static int cache;
int one(void) { cache++; return only_one() + shared(); }
#undef LOCAL
