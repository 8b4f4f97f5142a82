struct inner { int used_field; };
extern struct inner *inner_pointer;
