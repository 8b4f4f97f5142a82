/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The folder in which the agent keeps what it found out about programs under mode patch (agent/plan.h). */
#ifndef SIGHTLINE_CMD_PATCH_PLANS_H
#define SIGHTLINE_CMD_PATCH_PLANS_H

/* Made if need be, freed of what is old; heap. NULL: there is none that this user alone can write to; the agent then does
 * without. */
char *patch_plans_folder(void);

#endif
