int of_b(int n);
