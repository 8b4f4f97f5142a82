#include "a.h"
#include "b.h"
void a(void) { b(); }
void a_part(void) { }
int main(void) { a(); }
