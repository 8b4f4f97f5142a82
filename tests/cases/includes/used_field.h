#include "used_field_inner.h"
struct unused_here { int a; };
