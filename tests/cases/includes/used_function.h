int used_function(void);
