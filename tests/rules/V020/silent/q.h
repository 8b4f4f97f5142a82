int q0(int n);
int q1(int n);
int q2(int n);
int q3(int n);
int q4(int n);
int q5(int n);
