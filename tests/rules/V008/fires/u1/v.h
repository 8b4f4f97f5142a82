void v1(void);
