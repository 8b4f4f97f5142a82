#include <unistd.h>
void pause_a_second(void) { sleep(1); }
