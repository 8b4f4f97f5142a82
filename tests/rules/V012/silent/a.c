#include "world.h"
int a;
