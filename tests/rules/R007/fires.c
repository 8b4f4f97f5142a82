#include <signal.h>
#include <stdio.h>
static void on_signal(int number)
{
	printf("got %d", number);	/* @finding */
}
int main(void) { signal(SIGINT, on_signal); }
