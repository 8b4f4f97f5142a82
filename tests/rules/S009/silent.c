#include <string.h>
void join(char *to, const char *part)
{
	do {
		strcat(to, part);
	} while (0);
}
/* Begins anew at each turn. */
#include <stdio.h>
void name_all(char *to, const char **names)
{
	for (; *names; names++) {
		strcpy(to, "name ");
		strcat(to, *names);
		puts(to);
	}
}
