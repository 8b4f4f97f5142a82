void down(void);
