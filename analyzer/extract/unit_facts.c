/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Makes a unit's facts of what the visitor summed up. Knows nothing of processes. */
#include "extract/unit_facts.h"

#include <string.h>

#include "facts/codec.h"

static uint32_t add_string(struct facts_builder *builder, const char *text)
{
	return facts_builder_string(builder, text ? text : "", text ? strlen(text) : 0);
}

static void add_unit(struct facts_builder *builder, const struct command *command, struct facts_unit unit,
		     const char *reason)
{
	char hex[HASH_HEX_LENGTH + 1];
	hash_hex(command->command_hash, hex);
	unit.path_string = add_string(builder, command->path);
	unit.command_string = add_string(builder, hex);
	unit.reason_string = add_string(builder, reason);
	facts_builder_add(builder, FACTS_TABLE_units, &unit);
}

uint32_t unit_facts_make(const struct command *command, const struct visit_summary *summary,
			 const struct chunk_ref *chunks, size_t chunk_count, struct buf *out)
{
	struct facts_builder *builder = facts_builder_create();
	uint32_t status = summary->errors || summary->missing_headers ? UNIT_PARTIAL : UNIT_OK;
	struct facts_unit unit = {.status = status, .errors = summary->errors, .warnings = summary->warnings,
				  .missing_headers = summary->missing_headers};
	add_unit(builder, command, unit, "");
	for (size_t i = 0; i < chunk_count; i++) {
		char hex[HASH_HEX_LENGTH + 1];
		hash_hex(chunks[i].id, hex);
		struct facts_chunk_ref row = {.path_string = add_string(builder, chunks[i].path),
					      .hash_string = add_string(builder, hex)};
		facts_builder_add(builder, FACTS_TABLE_chunk_refs, &row);
	}
	for (size_t i = 0; i < summary->diagnostic_count; i++) {
		const struct visit_diagnostic *diagnostic = &summary->diagnostics[i];
		struct facts_diagnostic row = {.kind = diagnostic->kind,
					       .file_string = add_string(builder, diagnostic->file),
					       .line = diagnostic->line,
					       .message_string = add_string(builder, diagnostic->message)};
		facts_builder_add(builder, FACTS_TABLE_diagnostics, &row);
	}
	facts_builder_finish(builder, out);
	facts_builder_destroy(builder);
	return status;
}

void unit_facts_make_failed(const struct command *command, const char *reason, struct buf *out)
{
	struct facts_builder *builder = facts_builder_create();
	add_unit(builder, command, (struct facts_unit){.status = UNIT_FAILED}, reason);
	facts_builder_finish(builder, out);
	facts_builder_destroy(builder);
}
