#include "umbrella_part.h"
