#include <stdio.h>
#include <stdlib.h>
FILE *settings(void)
{
	const char *path = getenv("GAME_CONF");
	return path ? fopen(path, "r") : fopen("/etc/game.conf", "r");
}
