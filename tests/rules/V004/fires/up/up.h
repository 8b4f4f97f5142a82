void up(void);
