/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Reads "objdump -d -w" on stdin and holds the decoder of the agent to it: the length of every instruction, whether it
 * branches and to where, and what address relative to itself it names. Prints what differs (the first few) and the sums;
 * fails where anything differs, where an instruction of a program is not known, or where there were none.
 *   objdump -d -w FILE | decode_oracle [--may-refuse N]  */
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "agent/decode.h"

static unsigned long instructions, differences, refusals;

static void tell(const char *what, const char *line)
{
	if (differences + refusals < 20)
		printf("%s: %s", what, line);
}

static int hex_digit(char c)
{
	return c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

static bool is_prefix_word(const char *word, size_t length)
{
	static const char *const words[] = {"bnd", "notrack", "data16", "cs", "ds", "es", "ss", "fs", "gs", "lock", "rep",
					    "repz", "repnz", "addr32", "xacquire", "xrelease"};
	if (length > 3 && strncmp(word, "rex", 3) == 0)
		return true;
	for (size_t i = 0; i < sizeof words / sizeof *words; i++)
		if (strlen(words[i]) == length && strncmp(word, words[i], length) == 0)
			return true;
	return false;
}

static bool starts(const char *text, const char *with)
{
	return strncmp(text, with, strlen(with)) == 0;
}

/* The kind by the mnemonic; INSTRUCTION_PLAIN for all that neither jumps nor stops. */
static unsigned expected_kind(const char *text, bool is_indirect)
{
	if (starts(text, "call"))
		return is_indirect ? INSTRUCTION_CALL_INDIRECT : INSTRUCTION_CALL;
	if (starts(text, "jmp"))
		return is_indirect ? INSTRUCTION_JUMP_INDIRECT : INSTRUCTION_JUMP;
	if (starts(text, "loop") || starts(text, "jrcxz") || starts(text, "jecxz") || starts(text, "xbegin"))
		return INSTRUCTION_LOOP;
	if (text[0] == 'j')
		return INSTRUCTION_CONDITION;
	if (starts(text, "ret") || starts(text, "lret"))
		return INSTRUCTION_RETURN;
	return INSTRUCTION_PLAIN;
}

static bool is_branch(unsigned kind)
{
	return kind >= INSTRUCTION_CALL && kind <= INSTRUCTION_RETURN;
}

static void check(const char *line, unsigned long long address, const uint8_t *bytes, size_t length, const char *text)
{
	instructions++;
	struct instruction instruction;
	/* Bytes behind the instruction, as in a program, so that a length too great is seen as such. */
	uint8_t padded[128] = {0};
	memcpy(padded, bytes, length);
	memset(padded + length, 0xcc, sizeof padded - length); /* int3: no simple one */
	if (!decode_instruction(padded, sizeof padded, &instruction)) {
		tell("not known", line);
		refusals++;
		return;
	}
	if (instruction.length != length) {
		tell("length", line);
		differences++;
		return;
	}
	size_t simple = decode_simple(padded, sizeof padded);
	if (simple && simple != length) {
		tell("simple", line);
		differences++;
	}
	for (size_t end; end = strcspn(text, " \n"), is_prefix_word(text, end) && text[end] == ' ';)
		text += end + 1;
	const char *operand = text + strcspn(text, " \n");
	unsigned kind = expected_kind(text, operand[strspn(operand, " ")] == '*');
	if (is_branch(kind) ? instruction.kind != kind : is_branch(instruction.kind)) {
		tell("kind", line);
		differences++;
	}
	long long end = (long long)(address + length);
	if (instruction.relative_at) {
		if (strtoull(operand, NULL, 16) != (unsigned long long)(end + instruction.value)) {
			tell("target", line);
			differences++;
		}
	}
	const char *comment = strstr(text, "(%rip)");
	comment = comment ? strstr(comment, " # ") : NULL;
	if ((comment != NULL) != (instruction.rip_at != 0) && !instruction.is_odd) {
		tell("relative to rip", line);
		differences++;
	} else if (comment && !instruction.is_odd && strtoull(comment + 3, NULL, 16) != (unsigned long long)(end + instruction.value)) {
		tell("address", line);
		differences++;
	}
}

/* "  4a10:\t48 8d 05 11 22 33 44 \tlea ..." */
static void take_line(const char *line)
{
	char *rest;
	unsigned long long address = strtoull(line, &rest, 16);
	if (rest == line || rest[0] != ':' || rest[1] != '\t')
		return;
	const char *at = rest + 2;
	uint8_t bytes[16];
	size_t length = 0;
	while (length < sizeof bytes && hex_digit(at[0]) >= 0 && hex_digit(at[1]) >= 0 && at[2] == ' ') {
		bytes[length++] = (uint8_t)(hex_digit(at[0]) * 16 + hex_digit(at[1]));
		at += 3;
	}
	while (*at == ' ')
		at++;
	if (!length || *at != '\t' || strstr(at, "(bad)") || starts(at + 1, "rex") || starts(at + 1, "."))
		return;
	at++;
	if (bytes[0] == 0x9b && length > 1) /* objdump reads fwait and the next as one */
		return;
	size_t words = strlen(at);
	while (words && isspace((unsigned char)at[words - 1]))
		words--;
	while (words && memchr(at, ' ', words) && is_prefix_word(at, strcspn(at, " "))) {
		size_t word = strcspn(at, " ") + 1;
		at += word;
		words -= word;
	}
	if (is_prefix_word(at, words)) /* a prefix by itself: data, or the rest of a cut line */
		return;
	check(line, address, bytes, length, at);
}

int main(int argc, char **argv)
{
	unsigned long may_refuse = argc == 3 && strcmp(argv[1], "--may-refuse") == 0 ? strtoul(argv[2], NULL, 10) : 0;
	char line[4096];
	while (fgets(line, sizeof line, stdin))
		take_line(line);
	printf("%lu instructions, %lu differences, %lu not known\n", instructions, differences, refusals);
	return instructions && !differences && refusals <= may_refuse ? 0 : 1;
}
