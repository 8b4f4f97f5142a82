/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Any bytes as a trace file: refused, or observations that decode. The modules it names are not looked for but where the
 * input says /proc/self/exe, this program: the reader is the target, not libelf. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/mem.h"
#include "ingest/ingest.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length);

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length)
{
	int file = memfd_create("trace", MFD_CLOEXEC);
	if (file < 0 || write(file, bytes, length) != (ssize_t)length)
		abort();
	char path[32] = "/proc/self/fd/";
	size_t end = strlen(path);
	if (file >= 10)
		path[end++] = (char)('0' + file / 10 % 10);
	path[end++] = (char)('0' + file % 10);
	path[end] = '\0';
	const char *paths[] = {path};
	struct ingest_options options = {.root = "/nowhere", .home = "/home"};
	struct ingest_report report = {0};
	struct err err = {0};
	int result = ingest_files(paths, 1, &options, &report, &err);
	for (size_t i = 0; result == 0 && i < report.run_count; i++) {
		struct arena *arena = arena_create();
		struct observation observation;
		if (observation_decode(report.runs[i].bytes.data, report.runs[i].bytes.length, arena, &observation, &err) != 0)
			abort();
		arena_destroy(arena);
	}
	if (result == 0)
		ingest_report_finish(&report);
	else if (result != ERR_INPUT || !err.text[0])
		abort();
	close(file);
	return 0;
}
