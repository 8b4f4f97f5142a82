#include "box/box.h"
int box_a(struct box *box) { return box->a; }
