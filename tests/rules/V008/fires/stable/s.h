void s(void);
