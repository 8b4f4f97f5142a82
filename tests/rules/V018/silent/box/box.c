#include "box/box.h"
int box_sum(struct box *box) { return box->a + box->b + box->c + box->d; }
