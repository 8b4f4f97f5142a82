/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A preload library that tells which indirect calls of a program happen: the observer of indirect.py. x86-64 Linux.
 *
 * Every call instruction through a register or memory is replaced by a breakpoint; the handler works out the target as
 * the instruction would have, writes down a pair (site, target) the first time it is seen, and carries the call out.
 * So calls made by the C library (qsort's, a thread's start) are not seen, and neither speed nor threads nor forked
 * and executed children matter.
 *
 * $INDIRECT_FOLDER holds one file per program, named "<device>-<inode>": lines "s OFFSET BYTES" (a call instruction in
 * hexadecimal) and "n NAME" (a function that the program takes from a shared library). Pairs are appended to
 * "<device>-<inode>.pairs": "SITE i OFFSET" inside the program, "SITE o NAME..." outside, "SITE x" unknown outside. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <link.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <ucontext.h>
#include <unistd.h>

struct site { uintptr_t offset; uint8_t bytes[15], length; };
struct outside { uintptr_t address; char *name; };

#define SEEN (1u << 18)
static _Atomic uint64_t seen[SEEN]; /* hashes of pairs */
static struct site *sites;
static size_t site_count;
static struct outside *outsides;
static size_t outside_count;
static uintptr_t base, text_low = UINTPTR_MAX, text_high;
static char pairs_path[4096];

/* ---- the program must not take the breakpoint's signal away ---- */

int sigaction(int number, const struct sigaction *action, struct sigaction *old)
{
	static int (*next)(int, const struct sigaction *, struct sigaction *);
	if (!next)
		next = (int (*)(int, const struct sigaction *, struct sigaction *))dlsym(RTLD_NEXT, "sigaction");
	struct sigaction changed;
	if (number == SIGTRAP && action)
		return 0;
	if (action) {
		changed = *action;
		sigdelset(&changed.sa_mask, SIGTRAP);
		action = &changed;
	}
	return next(number, action, old);
}

sighandler_t signal(int number, sighandler_t handler)
{
	struct sigaction action = {.sa_handler = handler, .sa_flags = SA_RESTART}, old = {0};
	return sigaction(number, &action, &old) ? SIG_ERR : old.sa_handler;
}

static const sigset_t *without_trap(const sigset_t *set, sigset_t *changed)
{
	if (!set)
		return NULL;
	*changed = *set;
	sigdelset(changed, SIGTRAP);
	return changed;
}

int sigprocmask(int how, const sigset_t *set, sigset_t *old)
{
	static int (*next)(int, const sigset_t *, sigset_t *);
	if (!next)
		next = (int (*)(int, const sigset_t *, sigset_t *))dlsym(RTLD_NEXT, "sigprocmask");
	sigset_t changed;
	return next(how, how == SIG_UNBLOCK ? set : without_trap(set, &changed), old);
}

int pthread_sigmask(int how, const sigset_t *set, sigset_t *old)
{
	static int (*next)(int, const sigset_t *, sigset_t *);
	if (!next)
		next = (int (*)(int, const sigset_t *, sigset_t *))dlsym(RTLD_NEXT, "pthread_sigmask");
	sigset_t changed;
	return next(how, how == SIG_UNBLOCK ? set : without_trap(set, &changed), old);
}

/* ---- one call ---- */

static uint64_t value_of(const ucontext_t *context, int number)
{
	static const int place[16] = {REG_RAX, REG_RCX, REG_RDX, REG_RBX, REG_RSP, REG_RBP, REG_RSI, REG_RDI,
				      REG_R8, REG_R9, REG_R10, REG_R11, REG_R12, REG_R13, REG_R14, REG_R15};
	return (uint64_t)context->uc_mcontext.gregs[place[number]];
}

static int32_t displacement(const uint8_t *bytes, int size)
{
	int32_t wide = 0;
	if (size == 1)
		return (int8_t)bytes[0];
	if (size == 4)
		memcpy(&wide, bytes, 4);
	return wide;
}

/* Target of "call r/m64" (FF /2), with an optional REX; next: address of the instruction behind it. */
static uintptr_t target_of(const struct site *site, const ucontext_t *context, uintptr_t next)
{
	const uint8_t *at = site->bytes;
	int rex = 0;
	for (; *at != 0xff; at++)
		if ((*at & 0xf0) == 0x40)
			rex = *at;
	int mode = at[1] >> 6, rm = at[1] & 7;
	at += 2;
	if (mode == 3)
		return value_of(context, rm | (rex & 1) << 3);
	uint64_t address = 0;
	int size = mode == 1 ? 1 : mode == 2 ? 4 : 0;
	if (rm == 4) {
		int scale = *at >> 6, index = (*at >> 3 & 7) | (rex & 2) << 2, from = *at & 7;
		at++;
		if (index != 4)
			address += value_of(context, index) << scale;
		if (from == 5 && !mode)
			size = 4;
		else
			address += value_of(context, from | (rex & 1) << 3);
	} else if (rm == 5 && !mode) {
		size = 4;
		address += next;
	} else {
		address += value_of(context, rm | (rex & 1) << 3);
	}
	address += (uint64_t)(int64_t)displacement(at, size);
	return *(uintptr_t *)address;
}

static bool is_new(uintptr_t from, uintptr_t to)
{
	uint64_t key = (from * 0x9e3779b97f4a7c15u) ^ (to * 0xc2b2ae3d27d4eb4fu);
	key = key ? key : 1;
	for (uint32_t i = (uint32_t)(key >> 40), tries = 0; tries < SEEN; i++, tries++) {
		uint64_t empty = 0;
		if (atomic_compare_exchange_strong(&seen[i % SEEN], &empty, key))
			return true;
		if (empty == key)
			return false;
	}
	return false;
}

static void write_down(uintptr_t from, uintptr_t to)
{
	char line[512];
	int length = snprintf(line, sizeof line, "%lx ", from);
	if (to >= text_low && to < text_high) {
		length += snprintf(line + length, sizeof line - (size_t)length, "i %lx\n", to - base);
	} else {
		int names = 0, start = length;
		length += snprintf(line + length, sizeof line - (size_t)length, "o");
		for (size_t i = 0; i < outside_count && length < 400; i++)
			if (outsides[i].address == to)
				length += snprintf(line + length, 100, " %s", outsides[i].name), names++;
		if (!names)
			length = start + snprintf(line + start, sizeof line - (size_t)start, "x");
		line[length++] = '\n';
	}
	int file = open(pairs_path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0600);
	if (file >= 0) {
		if (write(file, line, (size_t)length) < 0)
			_exit(99);
		close(file);
	}
}

static void on_breakpoint(int number, siginfo_t *info, void *data)
{
	(void)number, (void)info;
	ucontext_t *context = data;
	int saved = errno;
	uintptr_t address = (uintptr_t)context->uc_mcontext.gregs[REG_RIP] - 1, offset = address - base;
	size_t low = 0, high = site_count;
	while (low < high) {
		size_t middle = (low + high) / 2;
		if (sites[middle].offset < offset)
			low = middle + 1;
		else
			high = middle;
	}
	if (low == site_count || sites[low].offset != offset)
		_exit(98);
	uintptr_t next = address + sites[low].length, target = target_of(&sites[low], context, next);
	if (is_new(offset, target))
		write_down(offset, target);
	context->uc_mcontext.gregs[REG_RSP] -= 8;
	*(uintptr_t *)context->uc_mcontext.gregs[REG_RSP] = next;
	context->uc_mcontext.gregs[REG_RIP] = (greg_t)target;
	errno = saved;
}

/* ---- start ---- */

static int find_text(struct dl_phdr_info *info, size_t size, void *data)
{
	(void)size, (void)data;
	base = info->dlpi_addr;
	for (int i = 0; i < info->dlpi_phnum; i++) {
		const ElfW(Phdr) *header = &info->dlpi_phdr[i];
		if (header->p_type != PT_LOAD || !(header->p_flags & PF_X))
			continue;
		uintptr_t low = base + header->p_vaddr, high = low + header->p_memsz;
		text_low = low < text_low ? low : text_low;
		text_high = high > text_high ? high : text_high;
	}
	return 1; /* the program itself comes first */
}

static void read_site(const char *text)
{
	struct site site = {0};
	char *rest;
	site.offset = strtoul(text, &rest, 16);
	for (rest++; site.length < 15 && rest[0] > ' ' && rest[1] > ' '; rest += 2)
		site.bytes[site.length++] = (uint8_t)strtoul((char[]){rest[0], rest[1], 0}, NULL, 16);
	sites = realloc(sites, (site_count + 1) * sizeof *sites);
	sites[site_count++] = site;
}

static void read_name(char *text)
{
	text[strcspn(text, "\n")] = 0;
	uintptr_t address = (uintptr_t)dlsym(RTLD_NEXT, text);
	if (!address)
		return;
	outsides = realloc(outsides, (outside_count + 1) * sizeof *outsides);
	outsides[outside_count++] = (struct outside){address, strdup(text)};
}

__attribute__((constructor)) static void start(void)
{
	const char *folder = getenv("INDIRECT_FOLDER");
	struct stat self;
	if (!folder || stat("/proc/self/exe", &self))
		return;
	char path[4000];
	snprintf(path, sizeof path, "%s/%lx-%lx", folder, (unsigned long)self.st_dev, (unsigned long)self.st_ino);
	snprintf(pairs_path, sizeof pairs_path, "%s.pairs", path);
	FILE *file = fopen(path, "re");
	if (!file)
		return;
	char line[4096];
	while (fgets(line, sizeof line, file)) {
		if (line[0] == 's')
			read_site(line + 2);
		else if (line[0] == 'n')
			read_name(line + 2);
	}
	fclose(file);
	dl_iterate_phdr(find_text, NULL);
	struct sigaction action = {.sa_sigaction = on_breakpoint, .sa_flags = SA_SIGINFO | SA_RESTART};
	int (*next)(int, const struct sigaction *, struct sigaction *) =
		(int (*)(int, const struct sigaction *, struct sigaction *))dlsym(RTLD_NEXT, "sigaction");
	uintptr_t page = (uintptr_t)sysconf(_SC_PAGESIZE), low = text_low & ~(page - 1);
	if (next(SIGTRAP, &action, NULL) || mprotect((void *)low, text_high - low, PROT_READ | PROT_WRITE | PROT_EXEC))
		return;
	for (size_t i = 0; i < site_count; i++)
		*(volatile uint8_t *)(base + sites[i].offset) = 0xcc;
	mprotect((void *)low, text_high - low, PROT_READ | PROT_EXEC);
}
