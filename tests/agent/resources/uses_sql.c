/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A database by way of libsqlite3, and functions of an in-house library: uses_sql FILE */
#include <assert.h>
#include <sqlite3.h>
#include <stdio.h>
#include <string.h>

int house_publish(void *handle, const char *topic, const void *bytes, double weight);
int house_send(int a, int b, int c, int d, int e, const char *text, unsigned length);

int main(int count, char **arguments)
{
	sqlite3 *database;
	sqlite3_stmt *statement;
	char text[100];

	assert(count == 2 && sqlite3_open(arguments[1], &database) == SQLITE_OK);
	assert(sqlite3_exec(database, "CREATE TABLE items (id INTEGER, name TEXT)", NULL, NULL, NULL) == SQLITE_OK);
	for (int i = 0; i < 20; i++) {
		snprintf(text, sizeof(text), "INSERT INTO items VALUES (%d,\n 'it''s number %d')", i, i);
		assert(sqlite3_exec(database, text, NULL, NULL, NULL) == SQLITE_OK);
	}
	assert(sqlite3_prepare_v2(database, "SELECT name FROM items WHERE id = ?; SELECT 2", 36, &statement, NULL) == SQLITE_OK);
	assert(sqlite3_bind_int(statement, 1, 3) == SQLITE_OK && sqlite3_step(statement) == SQLITE_ROW);
	assert(strcmp((const char *)sqlite3_column_text(statement, 0), "it's number 3") == 0 && sqlite3_finalize(statement) == SQLITE_OK);
	assert(sqlite3_close(database) == SQLITE_OK);
	assert(house_publish(database, "orders.new", text, 2.5) == 25 && house_send(1, 2, 3, 4, 5, "abcdef", 3) == 18);
	printf("done\n");
	return 0;
}
