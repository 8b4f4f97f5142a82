void unused(void);
