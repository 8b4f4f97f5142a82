int kernel(int n);
