#include <stdio.h>
void log_line(const char *path)
{
	FILE *file = fopen(path, "a");	/* @finding */
	fputs("started", file);
	fclose(file);
}
