struct point { int x, y; struct { int depth; } in; int cells[4]; };
int counter;			/* @counter */
int tentative;			/* @tentative */
int tentative;
int tentative = 3;
extern int elsewhere;		/* @elsewhere */
extern int outright = 4;	/* @outright */
static int private;		/* @private */
static const int constant = 1;	/* @constant */
const char *pointer_to_const;	/* @pointer_to_const */
char *const const_pointer = 0;	/* @const_pointer */
const int table[2] = {1, 2};	/* @table */
typedef const int fixed;
fixed fixed_table[2][2];	/* @fixed_table */
_Thread_local int per_thread;	/* @per_thread */
static __thread int old_per_thread; /* @old_per_thread */
_Atomic int atomic;
int array[4], matrix[2][2], *pointer = array;	/* @pointer */
struct point here, *there = &here;		/* @there */
volatile int flag;

void take(int *p); void take_value(int v);

int reads(void) { return counter; }
void writes(void) { counter = 1; }
void compound(void) { counter += 1; }
void increments(void) { counter++; --counter; }
int *addresses(void) { return &counter; }
void passes(void) { take(array); }
void passes_element(void) { take(&array[1]); take_value(array[2]); }
void element_written(int i) { array[i] = 1; }
void element_increased(void) { array[0]++; }
void matrix_written(void) { matrix[1][1] = 2; }
int matrix_read(void) { return matrix[1][1]; }
void star_written(void) { *array = 1; }
int star_read(void) { return *array; }
void target_written(void) { *pointer = 1; }
void target_element(void) { pointer[1] = 1; }
void pointer_written(void) { pointer = 0; }
void member_written(void) { here.x = 1; }
void member_through(void) { there->x = 1; }
int member_read(void) { return here.x; }
void deep_written(void) { here.in.depth = 1; }
void cell_written(void) { here.cells[2] = 1; }
int *member_address(void) { return &here.y; }
int *cells_decay(void) { return here.cells; }
int *member_address_through(void) { return &there->y; }
void copied(void) { here = *there; }
unsigned long sized(void) { return sizeof counter; }
void shadow(void) { int counter = 1; counter++; }
int counts(void) { static int count = 0; { static int count = 5; count++; } return ++count; } /* @counts */
int other_counts(void) { static int count; return count; }
void block_extern(void) { extern int elsewhere; extern int only_here; elsewhere = only_here; } /* @block_extern */
void atomic_ops(void) { atomic++; __atomic_store_n(&counter, 1, 0); }
void comma(void) { counter = (flag, 3); }
void chained(void) { counter = tentative = 1; }
void conditional(int c) { *(c ? &counter : &flag) = 1; }
void casted(void) { *(char *)&counter = 1; }
void parenthesised(void) { (counter) = 1; (array)[1] = 2; }
int condition(void) { if (flag) return 1; while (counter) ; return 0; }
void unused_value(void) { (void)counter; }
int compared(void) { return &counter == pointer; }
