struct options { int a, b, c, d, e, f, g, h, i; };
int few(const struct options *options) { return options->a; }
