int umbrella_function(void);
