#include <stdio.h>
#include <stdlib.h>
int größe;				/* @size */
int \u00e9t\u00e9(void) { return größe; }	/* @summer */
#define NAME "macro text"
#define OPEN(path) fopen(path, "r")
extern int ours(const char *text);
void literals(void)
{
	getenv("HOME");
	fopen("/tmp/größe", "w");
	fopen("/etc/" "joined", "rb");
	fopen(NAME, "a");
	OPEN("by_macro");
	ours("not outside");
	printf("quote \" and \\ and tab\t.\n");
	getenv(("parenthesised"));
	getenv((char *)"cast");
	const char *kept = "not an argument";
	getenv(kept);
	getenv(L"" == 0 ? "one" : "two");
	getenv("");
}
