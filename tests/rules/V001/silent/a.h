void a(void);
void a_part(void);
