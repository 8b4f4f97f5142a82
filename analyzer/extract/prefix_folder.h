/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A private temporary folder that does not outlive its purpose, whatever happens. Internal to extract/. */
#ifndef SIGHTLINE_EXTRACT_PREFIX_FOLDER_H
#define SIGHTLINE_EXTRACT_PREFIX_FOLDER_H

/* Makes a folder below $TMPDIR (/tmp) and locks it; *lock must stay open. Removes leftovers of runs that were killed:
 * those of this user that nobody holds a lock on. NULL where no folder can be had. Heap. */
char *prefix_folder_create(int *lock);

/* Removes the folder with the files in it. */
void prefix_folder_remove(const char *folder, int lock);

#endif
