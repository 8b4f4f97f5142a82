static int used(int n) { return n; }
static int by_address(int n) { return n; }
int (*pointer)(int) = by_address;
int main(void) { return used(1) + pointer(2); }
