/* SPDX-License-Identifier: MIT */
/* Sampling, beside sample_start (agent.h). */
#ifndef SIGHTLINE_AGENT_SAMPLE_H
#define SIGHTLINE_AGENT_SAMPLE_H

#include <stdbool.h>

#include "agent.h"

/* The program is about to set a handler for that signal. true: it was ours until now. */
bool sample_yield(int number);
/* Whether the signal's handler is ours. */
bool sample_hides(int number);
/* The calling thread may become another program. Should it not, it is sampled no more. */
void sample_before_exec(void);

#endif
