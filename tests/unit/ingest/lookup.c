/* SPDX-License-Identifier: GPL-3.0-or-later */
/* lookup ROOT [--debug FOLDER] MODULE ADDRESS...: what the symbolizer says of addresses of a file, a line each:
 *   ADDRESS code NAME ENTRY | NAME FILE LINE | ...     innermost first; or
 *   ADDRESS data NAME */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ingest/elf_file.h"
#include "ingest/symbols.h"

int main(int argc, char **argv)
{
	const char *folders[2] = {NULL, NULL};
	int at = 2;
	if (argc > 4 && strcmp(argv[2], "--debug") == 0) {
		folders[0] = argv[3];
		at = 4;
	}
	if (argc <= at)
		return 2;
	struct symbols_options options = {argv[1], folders};
	struct elf_file *file = elf_file_open(argv[at]);
	if (!file)
		return 1;
	struct symbols *symbols = symbols_open(argv[at], file->build_id, file->build_id_length, UINT64_MAX, &options);
	const struct symbols_facts *facts = symbols_facts(symbols);
	printf("facts flags %lx functions %lu described %lu main %lx\n", facts->flags, facts->functions, facts->described,
	       facts->main);
	while (++at < argc) {
		uint64_t address = strtoull(argv[at], NULL, 16);
		const struct symbol_code *code = symbols_code_at(symbols, address);
		struct buf name;
		buf_init(&name, BUF_NO_CEILING);
		if (code) {
			size_t count;
			const struct symbol_frame *frames = symbols_frames(symbols, address, &count);
			printf("%lx code %s %lx", address, code->source->name, code->entry);
			for (size_t i = 0; i < count; i++)
				printf(" | %s %s %u", frames[i].source->name, frames[i].source->file ? frames[i].source->file : "-",
				       frames[i].line);
			printf("\n");
		} else if (symbols_data_name(symbols, address, &name)) {
			printf("%lx data %s\n", address, name.data);
		} else {
			printf("%lx none\n", address);
		}
		buf_finish(&name);
	}
	symbols_close(symbols);
	elf_file_close(file);
	return 0;
}
