/* a header that gathers others is its users' choice */
#include "used.h"
