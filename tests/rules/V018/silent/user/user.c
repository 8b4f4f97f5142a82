#include "box/box.h"
int user(struct box *box) { return box_sum(box); }
