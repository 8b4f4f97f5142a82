void v0(void);
