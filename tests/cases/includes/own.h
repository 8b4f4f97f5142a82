int own_function(void);
