/* allowed to use down, and does not */
#include "up/up.h"
void up(void) { }
int main(void) { up(); }
