#include "hub.h"
int main(void) { hub(); }
