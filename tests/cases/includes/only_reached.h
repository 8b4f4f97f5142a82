#include "used_function.h"
