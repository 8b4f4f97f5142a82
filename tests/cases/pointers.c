int f(int), g(int), h(int);
struct ops { int (*open)(int); int (*close)(int); int count; int (*table[2])(int); };
struct device { struct ops *ops; struct ops own; const char *name; };
typedef int (*fn)(int);
struct ops by_position = {f, g};		/* @by_position */
struct ops by_name = {.close = f, .open = &g};
struct ops with_table = {.table = {f, g}};
struct ops table_element = {.table[1] = h};
struct ops after_designator = {.open = f, g, 3};
struct ops list[] = {{f, g}, {.open = h}, [5] = {.close = h}};
struct ops flat[2] = {f, g, 1, h, h, g};	/* braces left out */
struct device nested = {&by_name, {f, .close = g}, "n"};
struct device deep = {.own.open = h, .own = {.close = h}};
fn global_pointer = f;
fn global_table[] = {f, [3] = g, [1 ... 2] = h};
fn matrix[2][2] = {{f, g}, {h}};
static fn *end = global_table;
union either { fn call; void *data; } as_union = {f};
union either as_other = {.data = (void *)g};
struct { fn first; struct { fn second; }; } anonymous = {f, {g}};
void assigned(struct ops *o) { o->open = f; o->close = &g; o->table[0] = h; }
void copied(struct ops *a, struct ops *b) { *a = *b; a->open = b->close; }
void literal(struct device *d) { d->own = (struct ops){.open = f, .close = g}; }
void register_ops(struct ops *o);
void register_fn(fn callback, void *data);
void passes_literal(void) { register_ops(&(struct ops){h, f}); }
void passes(void) { register_fn(f, (void *)g); }
fn returns(int a) { return a ? f : g; }
fn returns_parameter(fn p) { return p; }
fn chained(fn p) { fn a, b; a = b = p; return a; }
void cast_assigned(void) { global_pointer = (fn)(void *)h; }
/* calls */
int through_field(struct device *d) { return d->ops->open(1) + (*d->own.close)(2); }
int through_table(struct ops *o, int i) { return o->table[i](1); }
int through_array(int i) { return global_table[i](1) + (*global_table[i])(2); }
int through_matrix(int i) { return matrix[i][i](1); }
int through_global(void) { return global_pointer(1); }
int through_parameter(int a, fn p) { return p(a); }
int through_local(void) { int x = 1; fn local = f; local = g; return local(x); }
int through_static(void) { static fn kept = h; return kept(1); }
int through_return(void) { return returns(1)(2); }
int through_ternary(int c, fn p, fn q) { return (c ? p : q)(1); }
int ternary_of_names(int c) { return (c ? f : g)(1); }
int decided_ternary(void) { return (1 ? f : g)(1); }
int through_elvis(fn p, fn q) { return (p ?: q)(1); }
int through_cast(void *p) { return ((fn)p)(1); }
int through_integer(unsigned long address) { return ((fn)address)(1); }
int through_statement(fn p) { return ({ int a = 1; (void)a; p; })(1); }
int through_pointer_to_pointer(fn *p) { return (*p)(1) + p[1](2); }
int through_loop(void) { int n = 0; for (fn *p = global_table; p < end; p++) n += (*p)(1); return n; }
int through_literal(int i) { return ((fn[]){f, g})[i](1); }
int local_table(int i) { fn t[] = {f, h}; return t[i](1); }
int pointer_to_literal(int i) { fn *t = (fn[]){g, h}; return t[i](1); }
int twice(fn p) { return p(1) + p(2); }
int callback_argument(int (*run)(fn callback)) { return run(f); }
int argument_of_both(int c, int (*p)(fn), int (*q)(fn)) { return (c ? p : q)(g); }
int unevaluated(fn p) { return sizeof p(1); }
int inactive(fn p) { if (0) return p(1); return 0; }
int varied(int (*print)(const char *, ...)) { return print("a", 1, 2) + print("b"); }
int old(int (*k)()) { return k(1, 2); }
void noreturn_pointer(void (*stop)(void) __attribute__((noreturn))) { stop(); }
void compared(fn p) { if (p == f) p(1); }
struct ops *get_ops(void);
int through_returned_struct(void) { return get_ops()->open(1); }
int nameless(void) { return anonymous.second(1); }
