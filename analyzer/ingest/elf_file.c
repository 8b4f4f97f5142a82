/* SPDX-License-Identifier: GPL-3.0-or-later */
/* ELF files and their debug files, with libelf. */
#include "ingest/elf_file.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/mem.h"
#include "base/text.h"

#define SYSTEM_DEBUG "/usr/lib/debug"

static void find_build_id(struct elf_file *file)
{
	size_t count = 0;
	elf_getphdrnum(file->elf, &count);
	for (size_t i = 0; i < count; i++) {
		GElf_Phdr header;
		if (!gelf_getphdr(file->elf, (int)i, &header) || header.p_type != PT_NOTE)
			continue;
		Elf_Data *data = elf_getdata_rawchunk(file->elf, (int64_t)header.p_offset, header.p_filesz,
						      header.p_align == 8 ? ELF_T_NHDR8 : ELF_T_NHDR);
		GElf_Nhdr note;
		size_t name, contents;
		for (size_t at = 0; data && (at = gelf_getnote(data, at, &note, &name, &contents)) > 0;) {
			if (note.n_type != NT_GNU_BUILD_ID || note.n_namesz != 4 || !note.n_descsz ||
			    memcmp((char *)data->d_buf + name, "GNU", 4) != 0)
				continue;
			file->build_id = (const unsigned char *)data->d_buf + contents;
			file->build_id_length = note.n_descsz;
			return;
		}
	}
}

/* Debug files that objcopy made keep the note as a section only. */
static void find_build_id_section(struct elf_file *file)
{
	GElf_Shdr header;
	Elf_Scn *section = elf_file_section(file, ".note.gnu.build-id", &header);
	Elf_Data *data = section ? elf_getdata(section, NULL) : NULL;
	GElf_Nhdr note;
	size_t name, contents;
	if (data && gelf_getnote(data, 0, &note, &name, &contents) > 0 && note.n_type == NT_GNU_BUILD_ID && note.n_descsz) {
		file->build_id = (const unsigned char *)data->d_buf + contents;
		file->build_id_length = note.n_descsz;
	}
}

struct elf_file *elf_file_open(const char *path)
{
	static bool is_ready;
	if (!is_ready)
		elf_version(EV_CURRENT);
	is_ready = true;
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	struct stat info;
	if (fd < 0)
		return NULL;
	Elf *elf = NULL;
	GElf_Ehdr header;
	if (fstat(fd, &info) != 0 || !S_ISREG(info.st_mode) || !(elf = elf_begin(fd, ELF_C_READ_MMAP, NULL)) ||
	    elf_kind(elf) != ELF_K_ELF || !gelf_getehdr(elf, &header) || header.e_ident[EI_CLASS] != ELFCLASS64) {
		elf_end(elf);
		close(fd);
		return NULL;
	}
	struct elf_file *file = mem_zalloc(1, sizeof *file);
	*file = (struct elf_file){.fd = fd, .elf = elf, .path = mem_strdup(path), .machine = header.e_machine,
				  .entry = header.e_entry,
				  .modified_at = info.st_mtim.tv_sec * 1000000000ll + info.st_mtim.tv_nsec};
	find_build_id_section(file);
	if (!file->build_id)
		find_build_id(file);
	return file;
}

void elf_file_close(struct elf_file *file)
{
	if (!file)
		return;
	elf_end(file->elf);
	close(file->fd);
	free(file->path);
	free(file);
}

bool elf_file_has_build_id(const struct elf_file *file, const void *id, size_t length)
{
	return file->build_id && file->build_id_length == length && memcmp(file->build_id, id, length) == 0;
}

static bool load_of(const struct elf_file *file, uint64_t address, GElf_Phdr *found)
{
	size_t count = 0;
	elf_getphdrnum(file->elf, &count);
	for (size_t i = 0; i < count; i++)
		if (gelf_getphdr(file->elf, (int)i, found) && found->p_type == PT_LOAD && address >= found->p_vaddr &&
		    address - found->p_vaddr < found->p_memsz)
			return true;
	return false;
}

const unsigned char *elf_file_bytes(const struct elf_file *file, uint64_t address, size_t wanted, size_t *length)
{
	GElf_Phdr header;
	size_t size = 0;
	if (!load_of(file, address, &header))
		return NULL;
	char *raw = elf_rawfile(file->elf, &size);
	uint64_t within = address - header.p_vaddr;
	if (!raw || within >= header.p_filesz || header.p_offset > size || within >= size - header.p_offset)
		return NULL;
	uint64_t room = header.p_filesz - within, file_room = size - header.p_offset - within;
	room = room < file_room ? room : file_room;
	*length = wanted < room ? wanted : room;
	return (const unsigned char *)raw + header.p_offset + within;
}

bool elf_file_is_executable(const struct elf_file *file, uint64_t address)
{
	GElf_Phdr header;
	return load_of(file, address, &header) && (header.p_flags & PF_X);
}

bool elf_file_is_loaded(const struct elf_file *file, uint64_t address)
{
	GElf_Phdr header;
	return load_of(file, address, &header);
}

Elf_Scn *elf_file_section(const struct elf_file *file, const char *name, GElf_Shdr *header)
{
	size_t names;
	if (elf_getshdrstrndx(file->elf, &names) != 0)
		return NULL;
	for (Elf_Scn *section = NULL; (section = elf_nextscn(file->elf, section));) {
		const char *text;
		if (gelf_getshdr(section, header) && header->sh_type != SHT_NOBITS &&
		    (text = elf_strptr(file->elf, names, header->sh_name)) && strcmp(text, name) == 0)
			return section;
	}
	return NULL;
}

bool elf_file_has_dwarf(const struct elf_file *file)
{
	GElf_Shdr header;
	return elf_file_section(file, ".debug_info", &header) || elf_file_section(file, ".zdebug_info", &header);
}

bool elf_file_has_symbols(const struct elf_file *file)
{
	GElf_Shdr header;
	return elf_file_section(file, ".symtab", &header) != NULL;
}

static bool is_debug_file(const struct elf_file *file)
{
	return elf_file_has_dwarf(file) || elf_file_has_symbols(file);
}

static struct elf_file *open_if(const char *path, const void *id, size_t id_length, const uint32_t *crc);

static struct elf_file *open_by_build_id(const char *folder, const unsigned char *id, size_t length)
{
	if (length < 2 || length > 64)
		return NULL;
	struct buf path;
	buf_init(&path, BUF_NO_CEILING);
	buf_printf(&path, "%s/.build-id/%02x/", folder, id[0]);
	for (size_t i = 1; i < length; i++)
		buf_printf(&path, "%02x", id[i]);
	buf_append_string(&path, ".debug");
	struct elf_file *file = open_if(path.data, id, length, NULL);
	buf_finish(&path);
	return file;
}

static uint32_t crc32_of(const struct elf_file *file)
{
	uint32_t table[256];
	for (uint32_t i = 0; i < 256; i++) {
		table[i] = i;
		for (int bit = 0; bit < 8; bit++)
			table[i] = table[i] >> 1 ^ (table[i] & 1 ? 0xedb88320u : 0);
	}
	size_t size = 0;
	const unsigned char *bytes = (const void *)elf_rawfile(file->elf, &size);
	uint32_t crc = 0xffffffffu;
	for (size_t i = 0; bytes && i < size; i++)
		crc = table[(crc ^ bytes[i]) & 0xff] ^ crc >> 8;
	return ~crc;
}

/* Opens a debug file if it is the one: by build id where both have one, else by the checksum in .gnu_debuglink. */
static struct elf_file *open_if(const char *path, const void *id, size_t id_length, const uint32_t *crc)
{
	struct elf_file *file = elf_file_open(path);
	if (!file)
		return NULL;
	bool is_it = id_length && file->build_id ? elf_file_has_build_id(file, id, id_length)
						 : crc && crc32_of(file) == *crc;
	if (is_it && is_debug_file(file))
		return file;
	elf_file_close(file);
	return NULL;
}

static struct elf_file *open_beside(const char *folder, const char *more, const char *name, const void *id,
				    size_t id_length, const uint32_t *crc)
{
	struct buf path;
	buf_init(&path, BUF_NO_CEILING);
	buf_printf(&path, "%s%s/%s", folder, more, name);
	struct elf_file *file = open_if(path.data, id, id_length, crc);
	buf_finish(&path);
	return file;
}

static struct elf_file *open_by_link(const struct elf_file *module, const char *const *folders)
{
	GElf_Shdr header;
	Elf_Scn *section = elf_file_section(module, ".gnu_debuglink", &header);
	Elf_Data *data = section ? elf_rawdata(section, NULL) : NULL;
	const char *name = data ? data->d_buf : NULL;
	size_t length = name ? strnlen(name, data->d_size) : 0;
	if (!length || strchr(name, '/') || (length + 4) / 4 * 4 + 4 > data->d_size)
		return NULL;
	uint32_t crc;
	memcpy(&crc, name + (length + 4) / 4 * 4, sizeof crc);
	char *folder = mem_strndup(module->path, (size_t)(path_basename(module->path) - module->path));
	size_t end = strlen(folder);
	while (end && folder[end - 1] == '/')
		folder[--end] = '\0';
	const void *id = module->build_id;
	size_t id_length = module->build_id_length;
	struct elf_file *file = open_beside(folder, "", name, id, id_length, &crc);
	if (!file)
		file = open_beside(folder, "/.debug", name, id, id_length, &crc);
	for (size_t i = 0; !file && folders && folders[i]; i++) {
		file = open_beside(folders[i], folder, name, id, id_length, &crc);
		if (!file)
			file = open_beside(folders[i], "", name, id, id_length, &crc);
	}
	if (!file)
		file = open_beside(SYSTEM_DEBUG, folder, name, id, id_length, &crc);
	free(folder);
	return file;
}

struct elf_file *elf_file_open_debug(const struct elf_file *module, const char *path, const void *id, size_t id_length,
				     const char *const *folders)
{
	struct elf_file *file = NULL;
	for (size_t i = 0; !file && folders && folders[i]; i++) {
		file = open_by_build_id(folders[i], id, id_length);
		/* A folder of debug files by their modules' names. */
		if (!file && id_length)
			file = open_beside(folders[i], "", path_basename(path), id, id_length, NULL);
	}
	if (!file)
		file = open_by_build_id(SYSTEM_DEBUG, id, id_length);
	if (!file && module)
		file = open_by_link(module, folders);
	return file;
}
