#include "same_names.h"
static int ready;		/* @ready */
static int state(void) { static int count; return ++count + ready; }	/* @state */
static int count;
struct local { int a; };
int use_own(void) { struct local l = {state()}; return l.a + count; }
int use_header(void) { return header_state() + header_ready; }
int shadows(int count) { { int count = 2; ready = count; } return count; }
int parameter_named_like_function(int state) { return state; }
enum { ready_tag }; typedef int mixed; struct mixed { int mixed; }; /* @mixed */
int mixed_names(struct mixed *mixed) { return mixed->mixed; }
