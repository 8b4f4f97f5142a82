extern char *gets(char *to);
