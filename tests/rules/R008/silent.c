#include <stdlib.h>
int main(int count, char **arguments)
{
	if (count < 2)
		exit(1);
	return arguments[1][0];
}
