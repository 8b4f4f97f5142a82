/* SPDX-License-Identifier: GPL-3.0-or-later */
/* sample_trace FILE: a small trace with a record of each kind, to start fuzzing from. */
#include <stdio.h>
#include <string.h>

#include "trace_writer.h"

int main(int argc, char **argv)
{
	struct trace_writer writer;
	if (argc != 2)
		return 2;
	trace_writer_init(&writer, 1, 1);
	struct trace_module module = {.id = 0, .mode = TRACE_MODE_FENTRY, .bias = 0x1000, .start = 0x1000, .end = 0x9000000,
				      .first = 1, .path = trace_writer_string(&writer, "/proc/self/exe")};
	trace_writer_segment(&writer, TRACE_MODULES, TRACE_NONE, 0, &module, sizeof module, 1);
	struct trace_thread threads[] = {{.tid = 1, .entry = 0, .first = 1}, {.tid = 2, .entry = 1, .start_function = 0x3000}};
	trace_writer_segment(&writer, TRACE_THREADS, TRACE_NONE, 0, threads, sizeof *threads, 2);
	struct trace_edge edges[] = {{0x2001, trace_edge_key(0x2001, 0x3000), 5, 2}, {0x2001, trace_edge_key(0x2001, 0x3100), 1, 3},
				    {0x99, trace_edge_key(0x99, 0x3000), 1, 4}};
	trace_writer_segment(&writer, TRACE_EDGES, 0, 0, edges, sizeof *edges, 3);
	uint64_t stack = trace_writer_stack(&writer, (uint64_t[]){0x2001, 0x2101, 0x2201}, 3);
	trace_ref sql = trace_writer_string(&writer, "SELECT a FROM t, u"), path = trace_writer_string(&writer, "/home/x/.a/1234567");
	struct trace_resource resources[] = {
		{.id = 1, .kind = TRACE_RESOURCE_SQL, .name = sql},    {.id = 2, .kind = TRACE_RESOURCE_FILE, .name = path},
		{.id = 3, .kind = TRACE_RESOURCE_LOCK, .address = 0x2008}, {.id = 4, .kind = TRACE_RESOURCE_SIGNAL, .address = 0x3000},
	};
	trace_writer_segment(&writer, TRACE_RESOURCES, TRACE_NONE, 0, resources, sizeof *resources, 4);
	struct trace_use uses[4];
	memset(uses, 0, sizeof uses);
	for (uint32_t i = 0; i < 4; i++)
		uses[i] = (struct trace_use){.from = 0x2001, .resource = i + 1, .operation = TRACE_OPEN + i, .stack = stack, .count = 1};
	trace_writer_segment(&writer, TRACE_USES, 0, 0, uses, sizeof *uses, 4);
	struct trace_order order = {.from = 0x2001, .held = 3, .taken = 4, .count = 1};
	trace_writer_segment(&writer, TRACE_ORDERS, 0, 0, &order, sizeof order, 1);
	struct trace_time time = {0x3000, 1, 2, 3};
	trace_writer_segment(&writer, TRACE_TIMES, 0, 0, &time, sizeof time, 1);
	trace_writer_header(&writer)->lost[0] = 3;
	trace_writer_save(&writer, argv[1]);
	trace_writer_finish(&writer);
	return 0;
}
