#include <stdio.h>
FILE *settings(void) { return fopen("/etc/game.conf", "r"); }	/* @finding */
