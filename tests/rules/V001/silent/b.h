void b(void);
