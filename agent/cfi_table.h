/* SPDX-License-Identifier: MIT */
/* Unwind tables as rows: the rule of one address, packed into a word. Zero is no row. */
#ifndef SIGHTLINE_AGENT_CFI_TABLE_H
#define SIGHTLINE_AGENT_CFI_TABLE_H

#include <stddef.h>
#include <stdint.h>

enum cfi_row_kind {
	CFI_ROW_NONE,   /* no table, or a rule of a kind that is not followed */
	CFI_ROW_FRAME,  /* the return address lies below the base */
	CFI_ROW_SIGNAL, /* a frame made by the kernel: three offsets from the stack pointer */
	CFI_ROW_END,    /* the table says that there is no caller */
};
enum cfi_row_flag {
	CFI_FLAG_BASE_BP = 1 << 2,    /* base = bp + offset, else sp + offset */
	CFI_FLAG_BASE_LOADED = 1 << 3, /* base = the word at that address */
	CFI_FLAG_BP_SAVED = 1 << 4,   /* the caller's bp is at base + offset */
	CFI_FLAG_BP_BY_BP = 1 << 5,   /* ... at bp + offset */
	CFI_FLAG_BP_BY_SP = 1 << 6,   /* ... at sp + offset */
};
/* bits 0-1 kind, 2-6 flags, 8-31 offset of bp, 32-63 offset of the base; both signed */
#define CFI_KIND(row) ((row) & 3)
#define CFI_BASE_IS_BP(row) (((row) & CFI_FLAG_BASE_BP) != 0)
#define CFI_BASE_IS_LOADED(row) (((row) & CFI_FLAG_BASE_LOADED) != 0)
#define CFI_BP_IS_SAVED(row) (((row) & CFI_FLAG_BP_SAVED) != 0)
#define CFI_BP_IS_BY_BP(row) (((row) & CFI_FLAG_BP_BY_BP) != 0)
#define CFI_BP_IS_BY_SP(row) (((row) & CFI_FLAG_BP_BY_SP) != 0)
#define CFI_BASE_OFFSET(row) ((intptr_t)((int64_t)(row) >> 32))
#define CFI_BP_OFFSET(row) ((intptr_t)((int32_t)(uint32_t)(row) >> 8))
/* CFI_ROW_SIGNAL: bits 8-23, 24-39, 40-55 */
#define CFI_SIGNAL_SP(row) (((row) >> 8) & 0xffff)
#define CFI_SIGNAL_PC(row) (((row) >> 24) & 0xffff)
#define CFI_SIGNAL_BP(row) (((row) >> 40) & 0xffff)

/* The row for an instruction's address, read from its module's tables. */
uint64_t cfi_table_row(uintptr_t address);
/* The same from given tables: header = .eh_frame_hdr with that many bytes. */
uint64_t cfi_table_row_in(uintptr_t address, const void *header, size_t size);
/* Where the function begins whose code is there; 0: not known. */
uintptr_t cfi_function_start(uintptr_t address);

#endif
