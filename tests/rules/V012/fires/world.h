/* @finding: brings one.h and two.h along */
#include "one.h"
#include "two.h"
int world;
