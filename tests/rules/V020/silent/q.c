#include "q.h"
int q0(int n) { return n + 0; }
int q1(int n) { return n + 1; }
int q2(int n) { return n + 2; }
int q3(int n) { return n + 3; }
int q4(int n) { return n + 4; }
int q5(int n) { return n + 5; }
