void x(void);
void y(void);
