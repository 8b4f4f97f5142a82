#define HAVE_IT 1
