#include <digests.h>
int begin(void *context) { return MD5_Init(context); }	/* @finding */
