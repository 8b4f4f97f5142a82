#include "box/box.h"
int user(struct box *box) { return box->a + box->b + box->c + box->d; }
