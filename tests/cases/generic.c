/* All results have one type: only the types of the associations tell which is selected. */
int a(int), b(int), c(int), d(int), e(int);
typedef unsigned long size;
typedef struct pair { int x; } pair;
enum colour { RED };
struct node;
#define PICK(x) _Generic((x), int: a, unsigned int: b, \
	long unsigned : c, char *: d, default: e)
#define COUNTED(x) _Generic(x, size: a, default: b)

int by_int(int v) { return PICK(v)(1); }
int by_const(const int v) { return PICK(v)(1); }
int by_size(size v) { return PICK(v)(1); }
int by_array(void) { char v[4]; return PICK(v)(1); }
int by_literal(void) { return PICK("text")(1); }
int by_default(double v) { return PICK(v)(1); }
int by_enum(enum colour v) { return PICK(v)(1); }
int by_typedef(size v) { return COUNTED(v)(1); }
int by_meaning(unsigned long v) { return COUNTED(v)(1); }
int by_tag(pair v) { return _Generic(v, struct pair: a, int: b)(1); }
int by_pointer(const struct node *v) { return _Generic(v, struct node *: a, const struct node *: b, default: c)(1); }
int by_pointers(char *const *v) { return _Generic(v, char **: a, char *const *: b, const char **: c)(1); }
int by_words(unsigned long long v) { return _Generic(v, long: a, long long int unsigned: b)(1); }
int by_default_first(long v) { return _Generic((v), default: a, int: b)(1); }
/* Not understood, nor is what a typedef means (by_meaning): each is told as possible. */
int by_function(int (*v)(int)) { return _Generic(v, int (*)(int): a, default: b)(1); }
