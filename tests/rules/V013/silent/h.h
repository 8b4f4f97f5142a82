int shared(int n);
