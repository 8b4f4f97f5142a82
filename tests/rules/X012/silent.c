#include <digests.h>
int begin(void *context) { return SHA256_Init(context); }
