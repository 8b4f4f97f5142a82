/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Any bytes as code: lengths stay within what was given, the same bytes decode the same way wherever they end, the
 * quick reader agrees with the careful one, and what was planned to be moved is written in the announced size. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "agent/move.h"
#include "agent/decode.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length);

static void require(bool holds)
{
	if (!holds)
		abort();
}

static void check_one(const uint8_t *at, size_t size)
{
	struct instruction one, other;
	if (!decode_instruction(at, size, &one))
		return;
	require(one.length >= 1 && one.length <= 15 && one.length <= size);
	require(decode_instruction(at, one.length, &other) && other.length == one.length && other.kind == one.kind);
	require(!decode_instruction(at, one.length - 1u, &other));
	require(!one.relative_at || one.relative_at + one.relative_size <= one.length);
	require(!one.rip_at || one.rip_at + 4 <= one.length);
	require(!one.address_at || one.address_at + 4 <= one.length);
}

static void check_simple(const uint8_t *bytes, size_t length)
{
	size_t simple = decode_simple(bytes, length);
	for (size_t at = 0; at < simple;) {
		struct instruction one;
		require(decode_instruction(bytes + at, length - at, &one) && one.kind == INSTRUCTION_PLAIN && !one.relative_at);
		at += one.length;
		require(at <= simple);
	}
}

static void check_move(const uint8_t *bytes, size_t length)
{
	struct code_image image = {.text = bytes, .text_size = length, .range_count = 1};
	struct code_function function = {.size = (uint32_t)length};
	size_t words = branches_map_words(&image);
	uint64_t *maps = calloc(3 * words, 8);
	struct branches branches = {maps, maps + words, maps + 2 * words};
	uint8_t out[300];
	struct move move;
	image.ranges[0].start = bytes;
	image.ranges[0].end = bytes + length;
	branches_scan(&image, &function, 1, &branches);
	if (move_plan(&image, &branches, &function, length, &move) == CODE_TAKEN) {
		require(move.displaced <= length);
		memset(out, 0x5a, sizeof out);
		(void)move_write(&move, out); /* false: out of reach of where the fuzzer's bytes lie */
		require(out[move.size] == 0x5a && out[move.size + 1] == 0x5a);
	}
	free(maps);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length)
{
	/* On the heap, so that reading past its end is seen. */
	uint8_t *copy = calloc(1, length + !length);
	if (length)
		memcpy(copy, bytes, length);
	for (size_t at = 0; at < length; at++)
		check_one(copy + at, length - at);
	check_simple(copy, length);
	if (length)
		check_move(copy, length);
	free(copy);
	return 0;
}
