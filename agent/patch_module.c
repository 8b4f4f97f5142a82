/* SPDX-License-Identifier: MIT */
/* Whether a module may be patched at all, and what is told of it. Patching itself is patch.c's. */
#include "patch.h"

#include <elf.h>
#include <link.h>
#include <signal.h>
#include <sys/auxv.h>
#include <sys/stat.h>
#include <sys/syscall.h>

#include "core.h"
#include "plan.h"

static bool is_started;

void patch_started(void)
{
	is_started = true;
}

/* The kernel counts threads as folders. Without /proc nothing is known: then not. */
static bool is_only_thread(void)
{
	struct stat status;
	return system_call(SYS_stat, "/proc/self/task", &status) == 0 && status.st_nlink == 3;
}

/* Under a shadow stack a moved call would be a fault: its return address is not where the call was. */
static bool has_shadow_stack(void)
{
	uint64_t pointer = 0;
	__asm__ volatile(".byte 0xf3, 0x48, 0x0f, 0x1e, 0xc8" : "+a"(pointer)); /* rdsspq %rax: a no-op without one */
	return pointer != 0;
}

/* Text that the loader relocates: not what the file has, and made writable by others than us. */
static bool has_text_relocations(const struct module *module)
{
	for (const ElfW(Dyn) *entry = module->dynamic; entry && entry->d_tag != DT_NULL; entry++)
		if (entry->d_tag == DT_TEXTREL || (entry->d_tag == DT_FLAGS && entry->d_un.d_val & DF_TEXTREL))
			return true;
	return false;
}

struct view {
	const struct module *module;
	struct code_image *image;
	size_t texts;
};

static int see_object(struct dl_phdr_info *info, size_t size, void *context)
{
	(void)size;
	struct view *view = context;
	struct code_image *image = view->image;
	bool is_it = false;
	for (int i = 0; i < info->dlpi_phnum; i++)
		is_it |= info->dlpi_phdr[i].p_type == PT_LOAD && info->dlpi_phdr[i].p_flags & PF_X &&
			 info->dlpi_addr + info->dlpi_phdr[i].p_vaddr == view->module->start;
	for (int i = 0; is_it && i < info->dlpi_phnum; i++) {
		const ElfW(Phdr) *segment = &info->dlpi_phdr[i];
		const uint8_t *start = (const uint8_t *)(info->dlpi_addr + segment->p_vaddr);
		if (segment->p_type != PT_LOAD || !(segment->p_flags & PF_R) || image->range_count == CODE_RANGES)
			continue;
		/* What lies in the file: the rest of a writable segment may not be there yet, and holds no tables. */
		image->ranges[image->range_count].start = start;
		image->ranges[image->range_count++].end = start + segment->p_filesz;
		if (segment->p_flags & PF_X) {
			image->text = start;
			image->text_size = segment->p_filesz;
			view->texts += segment->p_flags & PF_W ? 2 : 1;
		}
	}
	return is_it;
}

static bool view_module(const struct module *module, struct code_image *image)
{
	struct view view = {module, image, 0};
	*image = (struct code_image){.eh_frame_header = module->eh_frame_header,
				     .eh_frame_header_size = module->eh_frame_header_size,
				     .entry = (const uint8_t *)getauxval(AT_ENTRY),
				     .is_fixed = module->bias == 0};
	dl_iterate_phdr(see_object, &view);
	return view.texts == 1 && image->text_size < 1u << 30 && module->eh_frame_header;
}

/* At start nobody else runs, and nothing of the module has. Later it may only be patched before the program gets hold of it, in
 * the only thread, and not where a constructor of its loads another one: then its own frames are on the stack. */
static bool is_quiet_moment(void)
{
	return (!is_started || loader_depth == 1) && !pool_is_frozen && is_only_thread();
}

/* What stands against it, other than the system; 0: nothing. */
static enum trace_reason obstacle(const struct module *module, struct code_image *image)
{
	if (!is_quiet_moment())
		return TRACE_REASON_THREADS;
	if (has_shadow_stack())
		return TRACE_REASON_SHADOW;
	return has_text_relocations(module) || !view_module(module, image) ? TRACE_REASON_LAYOUT : TRACE_REASON_UNSAID;
}

static bool patch(struct module *module, const struct code_image *image, struct patch_result *result)
{
	static const struct patch_hubs hubs = {edge_hub_patch, edge_hub_patch_flags};
	struct patch_area area = {0};
	struct plan plan;
	uint64_t every = ~0ull, before = 0;
	plan_find(&plan, module, image);
	/* No handler may run half-written code: its constructors may have set some. */
	system_call(SYS_rt_sigprocmask, (long)SIG_SETMASK, &every, &before, sizeof every);
	bool is_done = patch_image(image, &hubs, &plan, result, &area);
	system_call(SYS_rt_sigprocmask, (long)SIG_SETMASK, &before, NULL, sizeof before);
	plan_close(&plan);
	module->moved = area.start;
	module->moved_size = area.size;
	return is_done;
}

void patch_hook(struct module *module)
{
	struct code_image image;
	struct patch_result result = {0};
	enum trace_reason against = obstacle(module, &image);
	if (against)
		result.skipped[TRACE_SKIP_SYSTEM]++;
	else if (!patch(module, &image, &result))
		against = result.functions ? TRACE_REASON_REFUSED : TRACE_REASON_LAYOUT;
	if (against) {
		module->mode = TRACE_MODE_PLT;
		module->reason = against;
	}
	if (!module->record)
		return;
	module->record->functions = result.functions;
	module->record->recorded = result.recorded;
	copy_bytes(module->record->skipped, result.skipped, sizeof result.skipped);
}

void patch_unhook(struct module *module)
{
	if (module->moved)
		system_call(SYS_munmap, module->moved, module->moved_size);
	module->moved = NULL;
}
