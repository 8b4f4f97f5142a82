/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Records a build's commands with bear, and distrusts the record: intercepting a build can miss most of it silently. The
 * only place in extract/ that runs a program: the one that the user gave. */
#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/text.h"
#include "extract/command_list.h"
#include "extract/tree.h"

/* Runs bear in root. *status: as from waitpid. */
static int run_bear(const char *root, const char *build_command, const char *output, int *status, struct err *err)
{
	pid_t pid = fork();
	if (pid < 0)
		return err_errno(err, ERR_INTERNAL, errno, "cannot start bear");
	if (pid == 0) {
		dup2(STDERR_FILENO, STDOUT_FILENO); /* what a build says is no data of ours */
		if (chdir(root) == 0)
			execlp("bear", "bear", "--output", output, "--", "sh", "-c", build_command, (char *)NULL);
		_exit(127);
	}
	while (waitpid(pid, status, 0) < 0)
		if (errno != EINTR)
			return err_errno(err, ERR_INTERNAL, errno, "waiting for bear");
	return 0;
}

static bool on_path(const char *program)
{
	char *path = mem_strdup(getenv("PATH") ? getenv("PATH") : "/usr/bin:/bin"), *rest = path;
	bool found = false;
	for (char *folder; !found && (folder = strsep(&rest, ":"));) {
		char *candidate = path_join(*folder ? folder : ".", program);
		found = access(candidate, X_OK) == 0;
		free(candidate);
	}
	free(path);
	return found;
}

/* The name of the source that an object's name tells: "x.o", "x.c.o", "x.lo" -> "x.c". Heap; NULL where it is no object. */
static char *source_name(const char *object)
{
	const char *name = path_basename(object), *dot = strrchr(name, '.');
	if (!dot || dot == name || (strcmp(dot, ".o") != 0 && strcmp(dot, ".lo") != 0 && strcmp(dot, ".obj") != 0))
		return NULL;
	size_t stem = (size_t)(dot - name);
	if (stem > 2 && strncmp(dot - 2, ".c", 2) == 0)
		stem -= 2;
	char *source = mem_alloc(stem + 3);
	memcpy(source, name, stem);
	memcpy(source + stem, ".c", 3);
	return source;
}

/* C sources of which there is an object, by name: objects may lie anywhere. */
struct built {
	size_t fresh;    /* objects newer than the start of the build */
	size_t recorded; /* of these, recorded */
	size_t kept;     /* only objects older than that, and not recorded */
};

static int count_built(const char *root, time_t start, const struct command_list *list, struct built *out, struct err *err)
{
	struct tree *tree = NULL;
	int result = tree_create(root, NULL, &tree, err);
	if (result != 0)
		return result;
	struct interner *names = interner_create(), *fresh = interner_create(), *kept = interner_create();
	for (size_t i = 0; list && i < list->count; i++)
		interner_add_string(names, path_basename(list->commands[i].file));
	for (uint32_t file = 0; file < tree_count(tree); file++) {
		char *source = source_name(tree_path(tree, file));
		if (!source)
			continue;
		char *path = path_join(root, tree_path(tree, file));
		const uint32_t *first;
		size_t count;
		struct stat info;
		tree_named(tree, source, &first, &count);
		if (count && stat(path, &info) == 0)
			interner_add_string(info.st_mtime >= start ? fresh : kept, source);
		free(path);
		free(source);
	}
	uint32_t ignored;
	*out = (struct built){.fresh = interner_count(fresh)};
	for (uint32_t i = 0; i < interner_count(fresh); i++)
		out->recorded += interner_find(names, interner_text(fresh, i), strlen(interner_text(fresh, i)), &ignored);
	for (uint32_t i = 0; i < interner_count(kept); i++) {
		const char *source = interner_text(kept, i);
		out->kept += !interner_find(names, source, strlen(source), &ignored) &&
			     !interner_find(fresh, source, strlen(source), &ignored);
	}
	interner_destroy(names);
	interner_destroy(fresh);
	interner_destroy(kept);
	tree_destroy(tree);
	return 0;
}

/* Is the record believable? */
static int check_record(const char *root, const char *output, time_t start, const struct warnings *warnings,
			struct err *err)
{
	struct command_list *list = NULL;
	struct err unusable = {0};
	struct built built;
	int loaded = commands_load(root, output, NULL, &list, &unusable);
	int result = count_built(root, start, list, &built, err);
	size_t count = list ? list->count : 0;
	command_list_destroy(list);
	if (result != 0)
		return result;
	if (loaded != 0 && !built.fresh)
		return err_set(err, ERR_INPUT, "the build compiled nothing, so that nothing was recorded: is it up to date "
			       "already? clean it first (--build 'make clean; make')");
	if (loaded != 0)
		return err_set(err, ERR_INPUT, "bear recorded no C command although %zu sources were compiled: the build "
			       "hides its compiler (a static, remote or sandboxed one); let the build system write "
			       "compile_commands.json instead and give it with -p", built.fresh);
	if (built.recorded * 2 < built.fresh)
		return err_set(err, ERR_INPUT, "bear recorded %zu of %zu compiled sources, too few to trust; let the build "
			       "system write compile_commands.json instead and give it with -p", built.recorded, built.fresh);
	if (built.kept > count)
		return err_set(err, ERR_INPUT, "the build compiled %zu sources and left the objects of %zu others as they were: "
			       "clean it first (--build 'make clean; make'), or scan just these with -p %s", count, built.kept, output);
	if (built.recorded < built.fresh)
		warnings_tell(warnings, "bear recorded %zu of %zu compiled sources", built.recorded, built.fresh);
	if (built.kept)
		warnings_tell(warnings, "the build compiled %zu sources and left the objects of %zu others as they were: these are "
			      "not scanned; clean it first if they belong to it", count, built.kept);
	return 0;
}

int commands_record(const char *root, const char *build_command, const char *output, const struct warnings *warnings,
		    struct err *err)
{
	int status = 0;
	time_t start = time(NULL);
	if (!on_path("bear"))
		return err_set(err, ERR_INPUT, "bear is not installed, and --build needs it: apt install bear");
	/* bear runs in root: the name must hold there as well. An old record must not pass for a new one. */
	char *here = getcwd(NULL, 0), *absolute = path_join(here ? here : "/", output), *real = realpath(root, NULL);
	int result = real ? 0 : err_errno(err, ERR_INPUT, errno, "%s", root);
	if (result == 0 && unlink(absolute) != 0 && errno != ENOENT)
		result = err_errno(err, ERR_IO, errno, "%s", absolute);
	if (result == 0)
		result = run_bear(real, build_command, absolute, &status, err);
	if (result == 0 && WIFSIGNALED(status))
		result = err_set(err, ERR_INPUT, "the build was killed by signal %d: %s", WTERMSIG(status), build_command);
	else if (result == 0 && WEXITSTATUS(status) != 0)
		result = err_set(err, ERR_INPUT, "the build failed with exit code %d: %s; mend it, or scan what it recorded "
				 "with -p %s", WEXITSTATUS(status), build_command, absolute);
	if (result == 0)
		result = check_record(real, absolute, start, warnings, err);
	free(here);
	free(absolute);
	free(real);
	return result;
}
