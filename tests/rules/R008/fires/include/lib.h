int lib_do(int n);
