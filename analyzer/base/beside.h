/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Work that goes on beside other work, in a thread of its own. */
#ifndef SIGHTLINE_BASE_BESIDE_H
#define SIGHTLINE_BASE_BESIDE_H

#include <pthread.h>
#include <stdbool.h>

struct beside { pthread_t thread; bool is_running; };

/* May this process use more than one processor? */
bool beside_is_worth_it(void);
/* Starts work(context); where that is not worth it, or no thread can be had, does it at once. Until beside_end, what the work
 * writes is the thread's, and what it reads nobody may write. Results must not depend on which of the two it was. */
void beside_begin(struct beside *beside, void (*work)(void *context), void *context);
/* Waits until the work is done. */
void beside_end(struct beside *beside);

#endif
