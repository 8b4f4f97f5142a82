/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Work beside other work: done once, done when it was waited for, and where there is one processor alone done all the same. */
#include <sched.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/beside.h"

struct work { unsigned runs; pthread_t by; };

static void count(void *context)
{
	struct work *work = context;
	work->runs++;
	work->by = pthread_self();
}

static void work_is_done_once(void **state)
{
	(void)state;
	struct work work = {0};
	struct beside beside;
	beside_begin(&beside, count, &work);
	beside_end(&beside);
	assert_int_equal(work.runs, 1);
	beside_end(&beside); /* there is nothing left to wait for */
	assert_int_equal(work.runs, 1);
}

static void one_processor_does_it_at_once(void **state)
{
	(void)state;
	struct work work = {0};
	struct beside beside;
	cpu_set_t all, one;
	assert_int_equal(sched_getaffinity(0, sizeof all, &all), 0);
	CPU_ZERO(&one);
	for (int cpu = 0; !CPU_COUNT(&one); cpu++)
		if (CPU_ISSET(cpu, &all))
			CPU_SET(cpu, &one);
	assert_int_equal(sched_setaffinity(0, sizeof one, &one), 0);
	assert_false(beside_is_worth_it());
	beside_begin(&beside, count, &work);
	assert_int_equal(work.runs, 1);
	assert_true(pthread_equal(work.by, pthread_self()));
	beside_end(&beside);
	assert_int_equal(sched_setaffinity(0, sizeof all, &all), 0);
	assert_true(CPU_COUNT(&all) == 1 || beside_is_worth_it());
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(work_is_done_once), cmocka_unit_test(one_processor_does_it_at_once)};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
