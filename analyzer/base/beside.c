/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/beside.h"

#include <sched.h>
#include <stdlib.h>

#include "base/mem.h"

struct order { void (*work)(void *); void *context; };

bool beside_is_worth_it(void)
{
	cpu_set_t cpus;
	return !sched_getaffinity(0, sizeof cpus, &cpus) && CPU_COUNT(&cpus) > 1;
}

static void *run(void *context)
{
	struct order order = *(struct order *)context;
	free(context);
	order.work(order.context);
	return NULL;
}

void beside_begin(struct beside *beside, void (*work)(void *context), void *context)
{
	beside->is_running = false;
	if (beside_is_worth_it()) {
		struct order *order = mem_alloc(sizeof *order);
		*order = (struct order){work, context};
		beside->is_running = !pthread_create(&beside->thread, NULL, run, order);
		if (!beside->is_running)
			free(order);
	}
	if (!beside->is_running)
		work(context);
}

void beside_end(struct beside *beside)
{
	if (beside->is_running)
		pthread_join(beside->thread, NULL);
	beside->is_running = false;
}
