#include "world.h"
int b;
