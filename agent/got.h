/* SPDX-License-Identifier: MIT */
/* Calls between modules, hooked at the caller's GOT entry; and functions of outside APIs whose arguments name something. */
#ifndef SIGHTLINE_AGENT_GOT_H
#define SIGHTLINE_AGENT_GOT_H

#include "agent.h"

/* One row of the API table: which argument of a function names what is used. */
struct api {
	const char *function;
	const char *type;              /* "sqlite", "kafka", ... */
	enum trace_resource_kind kind;
	enum trace_operation operation;
	uint8_t text, length;          /* 1-based, among the words of integer and pointer arguments; length 0: ends with a NUL */
};
/* Reads the built-in table and the user's. Before the first module is hooked. */
const struct api *api_find(const char *function);

/* What a hook jumps by, where the stub alone does not tell it; got_x86_64.S and got_aarch64.S know this layout. */
struct got_record {
	uintptr_t callee, target; /* what is called, and where to go: a wrapper of ours may stand before it */
	uintptr_t next;           /* behind the recording of an API: counts, or jumps */
	const struct api *api;
};
/* words: the registers of arguments, six or more. */
void api_called(const struct got_record *record, const uintptr_t *words, uintptr_t from, const void *frame);
/* In assembly. r11 (x16): the record. */
void got_api_hub(void);
void got_jump(void);
void edge_hub_plt_via(void);

/* Whether an address lies in a stub. */
bool got_is_stub(uintptr_t address);

#endif
