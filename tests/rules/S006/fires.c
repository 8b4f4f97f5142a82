static int a, b, c;	/* @finding: three, says the configuration */
void step(void) { a++; b++; c++; }
