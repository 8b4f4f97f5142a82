int two_a;
int two_b;
