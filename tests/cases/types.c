struct forward;				/* @forward */
struct point { int x; int y; };		/* @point */
typedef struct point point_t;		/* @point_t */
typedef struct { int a; } lonely;	/* @lonely */
typedef struct named { int b; struct named *next; } named_t; /* @named */
union either { int i; float f; };	/* @either */
enum color { RED, GREEN = 5, BLUE, NEGATIVE = -1 };	/* @color */
enum { LOOSE = 7, LOOSER };		/* @loose */
typedef enum { ON, OFF } state;		/* @state */
typedef int (*callback)(int);		/* @callback */
typedef int signature(int);		/* @signature */
typedef callback callbacks[3];
enum later;				/* @later */
enum later { LATER };
struct outer {				/* @outer */
	int plain;
	struct { int deep; } inner;
	struct { int nameless; };
	union { int u1; float u2; };
	struct tagged { int t; } tag;
	unsigned bits : 3, : 0, more_bits : 5;
	int list[3];
	int (*op)(int);
	callback by_typedef, table[2];
	const struct point *where;
	char tail[];
};
struct { int only; } instance;		/* @instance */
struct forward *pointer;		/* @pointer */
void local_type(void) { struct local { int m; } l = {1}; l.m = 2; enum { INSIDE }; (void)INSIDE; } /* @local_type */
point_t make(enum color c, union either *e) { return (point_t){c, e->i}; }	/* @make */
int uses_enum(enum color c)
{
	switch (c) {
	case RED: return GREEN;
	case BLUE: return sizeof(struct outer);
	default: return LOOSE;
	}
}
struct outer *cast(void *p) { return (struct outer *)p; }
void nameless(struct outer *o) { o->nameless = 1; o->u1 = 2; o->bits = o->more_bits; o->tag.t++; }
unsigned long offset(void) { return __builtin_offsetof(struct outer, inner.deep); }
struct point designated = {.y = 1, .x = 2};	/* @designated */
struct point positional = {3, 4};
struct recursive { struct recursive *left, *right; };	/* @recursive */
