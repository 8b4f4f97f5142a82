#include "includes/own.h"		/* @own */
#include "includes/used_function.h"	/* @used_function */
#include "includes/used_macro.h"	/* @used_macro */
#include "includes/used_in_condition.h"	/* @used_in_condition */
#include "includes/used_type.h"		/* @used_type */
#include "includes/used_typedef.h"	/* @used_typedef */
#include "includes/used_enum.h"		/* @used_enum */
#include "includes/used_field.h"	/* @used_field */
#include "includes/unused.h"		/* @unused */
#include "includes/umbrella.h"		/* @umbrella */
#include "includes/only_reached.h"	/* @only_reached */
#include <stddef.h>			/* @stddef */
#include <stdint.h>			/* @stdint */
#include "stdarg.h"			/* @stdarg */
#include <includes/absent.h>		/* @absent */
#include "not_there.h"			/* @not_there */
# include   "includes/used_function.h"	/* @again */
#define HEADER "includes/used_macro.h"
#include HEADER				/* @computed */
int body_target(int);
int own_function(void) { return used_function() + USED_MACRO; }
#ifdef HAVE_IT
int have_it;
#endif
struct used_type *type_user;
used_t typedef_user;
int enum_user(void) { return USED_ENUMERATOR; }
int field_user(void) { return inner_pointer->used_field; }
int umbrella_user(void) { return umbrella_function(); }
size_t size_user(void) { return 0; }
enum listed {				/* @listed */
#define ENTRY(x) LISTED_##x,
#include "includes/list.def"
#undef ENTRY
};
int with_body(void)			/* @with_body */
{
	int total = 0;
#include "includes/body.inc"
	return total;
}
