void hub(void);
