#include "up/up.h"
void up(void) { }
int main(void) { up(); }
