typedef int (*fn)(int);
int f(int), g(int), h(int);
struct handler { const char *name; fn run; unsigned : 4; fn undo; };
struct module { int id; struct handler handlers[3]; struct { struct handler first; } in; };
#define HANDLER(n) {#n, n, g}
static const struct handler handlers[] = {
	HANDLER(f),
	{"h", h, 0},
};
struct module modules[2] = {
	{1, {{"a", f, g}, {"b", g}}, {{"c", h}}},
	{.id = 2, .handlers = {[1] = {.run = h, .undo = f}}, .in.first.undo = h},
};
struct module flat = {1, "a", f, g, "b", f, g, "c", f, g, "d", h, h};
void *context(void *p);
fn choose(int a)
{
	switch (a) {
	case 1: return f;
	case 2: return (fn)g;
	default: return a > 3 ? h : (fn)0;
	}
}
int apply(fn function, int a) { return function(a); }	/* @apply */
int forwards(fn function) { return apply(function, 1); }
int uses(void) { return apply(f, 1) + apply(choose(2), 1) + apply(handlers[0].run, 2); }
void stores(struct handler *to, fn value) { to->run = value; to[1].undo = to->run; }
void swaps(fn *a, fn *b) { fn t = *a; *a = *b; *b = t; }
void by_address(fn *out) { *out = f; }
void gets(void) { fn local; by_address(&local); local(1); }
void sets_array(fn table[2]) { table[0] = f; table[1] = g; }
fn selected(int a) { return _Generic(a, int: f, default: g); }
int generic_call(int a) { return _Generic(a, int: f, default: g)(a); }
fn conditional_assignment(int a) { fn r; if (a) r = f; else r = g; return r; }
fn comma(void) { return (h(1), f); }
fn literal_struct(void) { return (struct handler){"x", f, g}.run; }
struct handler by_value(void) { return (struct handler){.run = h}; }
int call_by_value(void) { return by_value().run(1); }
void sorts(int *a, void (*sort)(void *, int (*)(const void *, const void *)));
int compare(const void *a, const void *b);
void call_sorts(int *a, void (*s)(void *, int (*)(const void *, const void *))) { s(a, compare); }
void dereferenced(void) { fn p = *f; fn q = **&g; p(1); q(2); }
fn returns_call(fn (*factory)(int)) { return factory(1); }
void numbers(int a) { int b = a; long c = b + 1; (void)c; }
