void l(void);
