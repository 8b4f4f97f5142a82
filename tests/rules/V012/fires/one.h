int one_a;
int one_b;
