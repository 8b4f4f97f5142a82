typedef int used_t;
