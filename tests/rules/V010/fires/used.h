void used(void);
