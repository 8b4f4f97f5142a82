int of_b(int n) { return n; }
