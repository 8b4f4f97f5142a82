/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The tables that an SQL statement names, and what it does with each. Pure: no database is asked. Made for SQLite,
 * PostgreSQL and MySQL; tolerant: statements may be cut, and what is not understood names no table. */
#ifndef SIGHTLINE_FACTS_SQL_H
#define SIGHTLINE_FACTS_SQL_H

#include <stddef.h>

/* Calls visit for each table named, in the order of the text, repeats included. table: unquoted names in lower case, quoted
 * ones as they are, with their schema where one is given; NUL-terminated. operation: select, insert, update, delete,
 * create, drop, alter, truncate. Names that the statement gives itself (WITH) and functions are no tables. */
void sql_tables(const char *text, size_t length, void (*visit)(void *context, const char *table, const char *operation),
		void *context);

#endif
