/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Any bytes as an SQL statement: whatever is told as a table is a text, whatever is done with it one of the words. */
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "facts/sql.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length);

static void visit(void *context, const char *table, const char *operation)
{
	static const char *const WORDS[] = {"select", "insert", "update", "delete", "create", "drop", "alter", "truncate"};
	const size_t *length = context;
	bool is_known = false;
	for (size_t i = 0; i < sizeof WORDS / sizeof *WORDS; i++)
		is_known |= strcmp(operation, WORDS[i]) == 0;
	if (!is_known || strlen(table) > *length)
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length)
{
	sql_tables((const char *)bytes, length, visit, &length);
	return 0;
}
