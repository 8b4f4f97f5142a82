struct box { int a, b, c, d; };
int box_sum(struct box *box);
