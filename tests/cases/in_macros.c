int f(int), limit, source, target;
#define MAX(a, b) ({ __typeof__(a) _a = (a); __typeof__(b) _b = (b); _a > _b ? _a : _b; })
#define ARRAY_SIZE(x) (sizeof(x) / sizeof((x)[0]))
#define SWAP(a, b) do { __typeof__(a) _t = (a); (a) = (b); (b) = _t; } while (0)
#define container_of(p, type, member) ((type *)((char *)(p) - __builtin_offsetof(type, member)))
#define unlikely(x) __builtin_expect(!!(x), 0)
#define LOG(level, ...) do { if (level > limit) log_it(__VA_ARGS__); } while (0)
#define SCRATCH(name, n) char name[n]
void log_it(const char *format, ...);
int table[4];
struct node { int key; struct node *next; };
int maximum(void) { return MAX(f(1), source); }
int size(void) { return ARRAY_SIZE(table); }
void swap(void) { SWAP(source, target); }
struct node *owner(struct node **link) { return container_of(link, struct node, next); }
int guarded(int a) { if (unlikely(f(a))) return 1; return 0; }
void logs(int a) { LOG(2, "%d", f(a)); LOG(a, "none"); }
void scratch(void) { SCRATCH(bytes, f(3)); (void)bytes; }
