/* SPDX-License-Identifier: MIT */
/* The loaded objects: which there are, how the calls of each are recorded, and since when. Owns the table of modules,
 * which only grows; an object that comes back to its place gets its old row. Must not know how a mode works.
 *
 * Readers take no lock. modules_refresh has one, under which nothing of the loader but dl_iterate_phdr may be called:
 * another thread may wait for it in a library's constructor, with the loader's own lock held. */
#include "core.h"
#include "lookup.h"

#include <dlfcn.h>
#include <elf.h>
#include <fcntl.h>
#include <link.h>
#include <sched.h>
#include <sys/syscall.h>
#include <unistd.h>

#define MODULES 1024u
#define MODULE_RECORDS 8192u

struct known_module {
	struct module module;
	uint32_t is_loaded, was_seen;
	uint32_t build_id_length;
	uint8_t build_id[32];
	uint64_t name;            /* hash of what the loader calls it: stays, whatever becomes of the file and the folder */
	struct trace_module told; /* its record when the process was forked */
	char path[256];          /* shortened from the left where it is longer; the record has all of it */
};

uint32_t modules_generation;
static struct known_module known[MODULES];
static uint32_t known_count, last_id;
static uint32_t lock;
static const char *own_name;

const struct module *module_of(uintptr_t address)
{
	uint32_t count = __atomic_load_n(&known_count, __ATOMIC_ACQUIRE);
	for (uint32_t i = count; i-- > 0;) {
		if (address >= known[i].module.start && address < known[i].module.end &&
		    __atomic_load_n(&known[i].is_loaded, __ATOMIC_ACQUIRE))
			return &known[i].module;
	}
	return NULL;
}

static bool starts_with(const char *text, const char *prefix)
{
	while (*prefix) {
		if (*text++ != *prefix++)
			return false;
	}
	return true;
}

/* The loader, the C library's family, what compilers link in, and the agent. */
static bool is_system_name(const char *name)
{
	static const char *const prefixes[] = {
		"ld-linux", "ld-musl", "ld64.so", "ld.so", "ld-2.", "linux-vdso", "linux-gate", "libc.so", "libc-2.", "libm.so",
		"libm-2.", "libmvec.so", "libpthread", "libdl.so", "libdl-2.", "librt.so", "librt-2.", "libutil.so",
		"libutil-2.", "libresolv.so", "libresolv-2.", "libnss_", "libnsl.so", "libanl.so", "libthread_db",
		"libBrokenLocale", "libgcc_s.so", "libasan.so", "libubsan.so", "libtsan.so", "liblsan.so", "libclang_rt"};
	for (size_t i = 0; i < sizeof prefixes / sizeof prefixes[0]; i++) {
		if (starts_with(name, prefixes[i]))
			return true;
	}
	return own_name && text_is(name, own_name);
}

static void read_notes(struct known_module *row, uintptr_t address, size_t size)
{
	while (size >= sizeof(ElfW(Nhdr))) {
		const ElfW(Nhdr) *note = (const ElfW(Nhdr) *)address;
		size_t name = (note->n_namesz + 3) & ~(size_t)3, text = (note->n_descsz + 3) & ~(size_t)3;
		size_t whole = sizeof *note + name + text;
		if (whole > size)
			return;
		if (note->n_type == NT_GNU_BUILD_ID && note->n_namesz == 4 &&
		    same_bytes(note + 1, "GNU", 4) && note->n_descsz <= sizeof row->build_id) {
			row->build_id_length = note->n_descsz;
			copy_bytes(row->build_id, (const char *)(note + 1) + name, note->n_descsz);
			return;
		}
		address += whole;
		size -= whole;
	}
}

static void read_segments(struct known_module *row, const struct dl_phdr_info *info)
{
	struct module *module = &row->module;
	module->bias = info->dlpi_addr;
	module->start = UINTPTR_MAX;
	for (int i = 0; i < info->dlpi_phnum; i++) {
		const ElfW(Phdr) *segment = &info->dlpi_phdr[i];
		uintptr_t address = info->dlpi_addr + segment->p_vaddr;
		if (segment->p_type == PT_LOAD && segment->p_flags & PF_X) {
			if (address < module->start)
				module->start = address;
			if (address + segment->p_memsz > module->end)
				module->end = address + segment->p_memsz;
		} else if (segment->p_type == PT_GNU_EH_FRAME) {
			module->eh_frame_header = (const void *)address;
			module->eh_frame_header_size = segment->p_memsz;
		} else if (segment->p_type == PT_DYNAMIC) {
			module->dynamic = (const void *)address;
		} else if (segment->p_type == PT_NOTE && row->build_id_length == 0) {
			read_notes(row, address, segment->p_memsz);
		}
	}
}

static uint64_t hash_name(const char *name)
{
	uint64_t hash = 0;
	while (name && *name)
		hash = (hash ^ (uint8_t)*name++) * TRACE_EDGE_FACTOR;
	return hash;
}

/* Tells nothing to who is elsewhere: a relative path, or one with ".." in it. A name without a slash is none (the vdso's). */
static bool is_odd(const char *path)
{
	bool has_slash = false;
	for (const char *at = path; *at; at++) {
		if (at[0] == '/' && at[1] == '.' && (at[2] == '/' || (at[2] == '.' && at[3] == '/')))
			return true;
		has_slash |= *at == '/';
	}
	return has_slash && *path != '/';
}

/* The path that the record tells: the loader's, or for the program itself what the kernel says. */
static size_t module_path(const struct dl_phdr_info *info, bool is_first, char *buffer, size_t size)
{
	size_t length = 0;
	buffer[0] = 0;
	if (!is_first && info->dlpi_name && is_odd(info->dlpi_name) && real_path(info->dlpi_name, buffer, size))
		return text_length(buffer);
	if (is_first) {
		long got = system_call(SYS_readlinkat, (long)AT_FDCWD, "/proc/self/exe", buffer, size - 1);
		length = got > 0 ? (size_t)got : 0;
		buffer[length] = 0;
	}
	if (length == 0)
		text_append(buffer, size, &length, info->dlpi_name ? info->dlpi_name : "");
	return length;
}

static bool is_same(const struct known_module *row, const struct known_module *other)
{
	return row->module.bias == other->module.bias && row->module.start == other->module.start &&
	       row->module.end == other->module.end && row->build_id_length == other->build_id_length &&
	       same_bytes(row->build_id, other->build_id, row->build_id_length) && row->name == other->name;
}

static void record_module(struct known_module *row, const char *path, size_t length)
{
	struct trace_module *record = pool_append(TRACE_MODULES, sizeof *record);
	row->module.record = record;
	if (!record) {
		pool_lost(TRACE_LOST_MODULES, 1);
		return;
	}
	record->id = row->module.id;
	record->mode = row->module.mode;
	record->reason = row->module.reason;
	record->bias = row->module.bias;
	record->start = row->module.start;
	record->end = row->module.end;
	record->first = pool_order();
	record->path = pool_string(path, length);
	record->build_id_length = row->build_id_length;
	copy_bytes(record->build_id, row->build_id, row->build_id_length);
	pool_publish(TRACE_MODULES, record, sizeof *record);
}

static void set_mode(struct module *module, enum trace_mode mode, enum trace_reason reason)
{
	module->mode = mode;
	module->reason = reason;
}

/* Unmodified code is patched where it is the user's own: of other code no release could name the functions, and each start
 * of a shell or a compiler would pay for it. */
static void choose_mode(struct module *module, const char *path)
{
	enum trace_mode wanted = agent_options.mode;
	if (module->is_system)
		set_mode(module, TRACE_MODE_NONE, TRACE_REASON_SYSTEM);
	else if ((wanted == TRACE_MODE_AUTO || wanted == TRACE_MODE_FENTRY) && sites_present(module))
		set_mode(module, TRACE_MODE_FENTRY, TRACE_REASON_BUILT);
	else if ((wanted == TRACE_MODE_AUTO || wanted == TRACE_MODE_INSTRUMENT) && instrument_present(module))
		set_mode(module, TRACE_MODE_INSTRUMENT, TRACE_REASON_BUILT);
	else if (wanted != TRACE_MODE_AUTO)
		set_mode(module, wanted == TRACE_MODE_PATCH ? TRACE_MODE_PATCH : TRACE_MODE_PLT, TRACE_REASON_ASKED);
	else if (!own_has(module, path))
		set_mode(module, TRACE_MODE_PLT, TRACE_REASON_FOREIGN);
	else if (own_is_sanitized(module))
		set_mode(module, TRACE_MODE_PLT, TRACE_REASON_SANITIZER);
	else
		set_mode(module, TRACE_MODE_PATCH, TRACE_REASON_OWN);
}

/* A hook may lower the mode, and says why, where the module turns out not to allow it. */
static void hook_entries(struct module *module)
{
	if (module->mode == TRACE_MODE_FENTRY)
		sites_hook(module);
	else if (module->mode == TRACE_MODE_INSTRUMENT)
		instrument_hook(module);
	else if (module->mode == TRACE_MODE_PATCH)
		patch_hook(module);
}

/* Beside the entries, which tell nothing of calls into modules that have none. */
static void hook_calls(struct module *module)
{
	if (module->mode != TRACE_MODE_NONE && !got_hook(module) && module->mode == TRACE_MODE_PLT)
		set_mode(module, TRACE_MODE_NONE, TRACE_REASON_CLOSED);
	if (module->record) {
		module->record->mode = module->mode;
		module->record->reason = module->reason;
	}
}

struct refresh {
	uint32_t objects;
	bool is_different;
};

static void keep_path(struct known_module *row, const char *path, size_t length)
{
	size_t cut = length < sizeof row->path ? 0 : length - sizeof row->path + 1;
	copy_bytes(row->path, path + cut, length - cut + 1);
	row->module.path = row->path;
	/* The agent by where it lies: it may have been copied under any name. */
	uintptr_t own = (uintptr_t)modules_refresh;
	row->module.is_system = is_system_name(text_file_name(row->path)) ||
				(own >= row->module.start && own < row->module.end);
}

/* Since when the last other module was at the place of this one; 0: none ever was. */
static uint64_t other_since(const struct module *module)
{
	uint64_t since = 0;
	for (uint32_t i = 0; i < known_count; i++) {
		const struct module *other = &known[i].module;
		if (other != module && other->start < module->end && module->start < other->end && other->record &&
		    other->record->first > since)
			since = other->record->first;
	}
	return since;
}

/* Back at its place with the same bytes. Its record is continued if nothing else was there meanwhile. */
static void come_back(struct known_module *row)
{
	uint64_t since = other_since(&row->module);
	if (since == 0 || (row->module.record && since < row->module.record->first)) {
		if (row->module.record)
			row->module.record->last = 0;
		return;
	}
	edges_retire(row->module.start, row->module.end, since);
	if (last_id < MODULE_RECORDS) {
		row->module.id = ++last_id;
		record_module(row, row->path, text_length(row->path));
	} else {
		pool_lost(TRACE_LOST_MODULES, 1);
	}
}

static int see_object(struct dl_phdr_info *info, size_t size, void *context)
{
	(void)size;
	static struct known_module fresh; /* under the lock */
	static char path[4096];
	struct refresh *refresh = context;
	bool is_first = refresh->objects++ == 0;
	zero_bytes(&fresh, sizeof fresh);
	read_segments(&fresh, info);
	if (fresh.module.end == 0)
		return 0;
	fresh.name = hash_name(info->dlpi_name);
	for (uint32_t i = 0; i < known_count; i++) {
		if (!is_same(&known[i], &fresh))
			continue;
		known[i].was_seen = 1;
		if (!known[i].is_loaded) {
			refresh->is_different = true;
			known[i].is_loaded = 2;
			come_back(&known[i]);
		}
		return 0;
	}
	refresh->is_different = true;
	if (known_count == MODULES) {
		pool_lost(TRACE_LOST_MODULES, 1);
		return 0;
	}
	struct known_module *row = &known[known_count];
	size_t length = module_path(info, is_first, path, sizeof path);
	keep_path(&fresh, path, length);
	fresh.module.id = ++last_id;
	copy_bytes(row, &fresh, sizeof fresh);
	row->module.path = row->path;
	choose_mode(&row->module, path);
	row->was_seen = 1;
	row->is_loaded = 2;
	uint64_t since = other_since(&row->module);
	if (since)
		edges_retire(row->module.start, row->module.end, since);
	record_module(row, path, length);
	__atomic_store_n(&known_count, known_count + 1, __ATOMIC_RELEASE);
	return 0;
}

static void close_gone(struct refresh *refresh)
{
	for (uint32_t i = 0; i < known_count; i++) {
		if (!known[i].is_loaded || known[i].was_seen)
			continue;
		refresh->is_different = true;
		__atomic_store_n(&known[i].is_loaded, 0, __ATOMIC_RELEASE);
		patch_unhook(&known[i].module);
		if (known[i].module.record)
			known[i].module.record->last = pool_order();
	}
}

void modules_refresh(void)
{
	if (!pool_header)
		return;
	while (__atomic_exchange_n(&lock, 1, __ATOMIC_ACQUIRE))
		system_call(SYS_sched_yield);
	struct refresh refresh = {0, false};
	for (uint32_t i = 0; i < known_count; i++)
		known[i].was_seen = 0;
	dl_iterate_phdr(see_object, &refresh);
	close_gone(&refresh);
	if (refresh.is_different) {
		__atomic_fetch_add(&modules_generation, 1, __ATOMIC_RELEASE);
		instrument_forget();
	}
	for (uint32_t i = 0; i < known_count; i++) {
		if (known[i].is_loaded == 2)
			hook_entries(&known[i].module);
	}
	for (uint32_t i = 0; i < known_count; i++) {
		if (known[i].is_loaded == 2)
			hook_calls(&known[i].module);
	}
	for (uint32_t i = 0; i < known_count; i++) {
		if (known[i].is_loaded == 2)
			known[i].is_loaded = 1;
	}
	__atomic_store_n(&lock, 0, __ATOMIC_RELEASE);
}

#ifdef DLFO_STRUCT_HAS_EH_DBASE /* glibc 2.35 and later; asked for at run time, so that older ones load the agent */
static int (*find_object)(void *, struct dl_find_object *);

static void find_object_start(void)
{
	find_object = (int (*)(void *, struct dl_find_object *))lookup_next("_dl_find_object", NULL);
}

/* What dl_iterate_phdr would tell of the object at an address. It is relocated: only then it can be found. */
static bool object_at(uintptr_t address, struct dl_phdr_info *info)
{
	struct dl_find_object found;
	if (!find_object || find_object((void *)address, &found) != 0)
		return false;
	const ElfW(Ehdr) *header = found.dlfo_map_start;
	if (!same_bytes(header->e_ident, ELFMAG, SELFMAG) || header->e_phentsize != sizeof(ElfW(Phdr)) ||
	    header->e_phoff + header->e_phnum * sizeof(ElfW(Phdr)) > 4096)
		return false;
	*info = (struct dl_phdr_info){.dlpi_addr = found.dlfo_link_map->l_addr, .dlpi_name = found.dlfo_link_map->l_name,
				      .dlpi_phdr = (const void *)((const char *)header + header->e_phoff), .dlpi_phnum = header->e_phnum};
	return true;
}
#else
static void find_object_start(void)
{
}
static bool object_at(uintptr_t address, struct dl_phdr_info *info)
{
	(void)address, (void)info;
	return false;
}
#endif

/* Its code runs already: entries stay as they are, and its own calls wait for a refresh, which is not for handlers. */
static void take_as_it_is(struct module *module)
{
	if (module->mode == TRACE_MODE_NONE)
		return;
	if (module->mode != TRACE_MODE_PLT)
		set_mode(module, TRACE_MODE_PLT, TRACE_REASON_THREADS);
	if (module->record)
		module->record->mode = TRACE_MODE_NONE;
}

bool modules_notice(uintptr_t address)
{
	struct dl_phdr_info info;
	if (!pool_header || module_of(address) || !object_at(address, &info) || __atomic_exchange_n(&lock, 1, __ATOMIC_ACQUIRE))
		return false;
	struct refresh refresh = {1, false};
	see_object(&info, sizeof info, &refresh);
	for (uint32_t i = 0; i < known_count; i++)
		if (known[i].is_loaded == 2)
			take_as_it_is(&known[i].module);
	if (refresh.is_different)
		__atomic_fetch_add(&modules_generation, 1, __ATOMIC_RELEASE);
	__atomic_store_n(&lock, 0, __ATOMIC_RELEASE);
	return module_of(address) != NULL;
}

void modules_unlock(void)
{
	__atomic_store_n(&lock, 0, __ATOMIC_RELEASE);
}

void modules_keep(void)
{
	for (uint32_t i = 0; i < known_count; i++) {
		if (known[i].module.record)
			copy_bytes(&known[i].told, known[i].module.record, sizeof known[i].told);
	}
}

void modules_record_again(void)
{
	for (uint32_t i = 0; i < known_count; i++) {
		known[i].module.record = NULL;
		if (!known[i].is_loaded)
			continue;
		record_module(&known[i], known[i].path, text_length(known[i].path));
		struct trace_module *record = known[i].module.record;
		if (!record)
			continue;
		record->functions = known[i].told.functions;
		record->recorded = known[i].told.recorded;
		copy_bytes(record->skipped, known[i].told.skipped, sizeof record->skipped);
	}
}

void modules_start(const char *own_file_name)
{
	own_name = own_file_name;
	find_object_start();
	modules_refresh();
}
