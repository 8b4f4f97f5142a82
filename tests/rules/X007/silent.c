#include <stdio.h>
void say(int many)
{
	const char *format = many ? "%d lines\n" : "%d line\n";
	printf(format, many);
}
void wrapper(const char *format) { printf(format); }
