#define cleanup_with(f) __attribute__((cleanup(f)))
#define public_weak __attribute__((__weak__))

__attribute__((constructor)) static void at_start(void) {} /* @at_start */
static void __attribute__((destructor(101))) at_end(void) {} /* @at_end */
static void at_start_too(void) __attribute__((constructor(200)));
static void at_start_too(void) {} /* @at_start_too */
int feeble(void) __attribute__((weak));	/* @feeble */
int feeble(void) { return 0; }		/* @feeble_def */
public_weak int feeble_by_macro(void) { return 0; } /* @feeble_by_macro */

static int real_one(int a) { return a; }
int other_name(int a) __attribute__((alias("real_one")));	/* @other_name */
int early(int) __attribute__((alias("late")));			/* @early */
static int late(int a) { return a; }
int global_real(void) { return 1; }
extern __typeof(global_real) global_alias __attribute__((weak, alias("global_real"))); /* @global_alias */

int data_real = 3;
extern int data_alias __attribute__((alias("data_real")));	/* @data_alias */

static int (*choose(void))(int) { return real_one; }
int chosen(int a) __attribute__((ifunc("choose")));		/* @chosen */

int in_source(int) __asm__("in_object");			/* @in_source */
int in_source(int a) { return a; }				/* @in_source_def */
extern int data_source __asm__("data_object");			/* @data_source */
int use_labels(void) { return in_source(data_source); }

__attribute__((visibility("hidden"))) int concealed(void) { return 1; } /* @concealed */
__attribute__((visibility("hidden"))) int concealed_data;	/* @concealed_data */
__attribute__((used)) static int kept(void) { return 1; }	/* @kept */
__attribute__((section("initcall"))) int placed(void) { return 2; } /* @placed */
__attribute__((section("table"), used)) static int placed_data = 1; /* @placed_data */
int feeble_data __attribute__((weak)) = 1;			/* @feeble_data */

static void release(int *p) { *p = 0; }
static void release_other(int *p) { *p = 0; }
static void release_third(int *p) { *p = 0; }
int scoped(void)						/* @scoped */
{
	__attribute__((cleanup(release))) int a = 1;
	cleanup_with(release_other) int b = 2;
	int c __attribute__((__cleanup__(release_third))) = 3;
	return a + b + c;
}

int with_many(void) __attribute__((pure, weak)); /* @with_many */
[[gnu::weak]] int bracketed(void);	/* @bracketed */
[[noreturn]] void bracketed_stop(void);	/* @bracketed_stop */
static int maybe_there(void) __attribute__((weakref("far_away")));	/* @maybe_there */
int try_it(void) { return maybe_there ? maybe_there() : 0; }
#define at_exit_of(kind) __attribute__((section("exit_" #kind), used))
at_exit_of(early) static void leave(void) {}	/* @leave */
void parameters(int a __attribute__((unused)), void *b) __attribute__((nonnull(2)));
