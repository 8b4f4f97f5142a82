static int ping(int n);
static int pong(int n) { return n ? ping(n - 1) : 0; }
static int ping(int n) { return n ? pong(n - 1) : 0; }
int main(void) { return ping(3); }
