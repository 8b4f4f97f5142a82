#include "up/up.h"
#include "down/down.h"
void up(void) { down(); }
int main(void) { up(); }
