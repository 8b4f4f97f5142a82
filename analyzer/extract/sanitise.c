/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Turns recorded commands into clang arguments. Foreign input: nothing here is run, and nothing passes that would make
 * libclang load a plugin or write a file. Knows nothing of databases or of where files are. */
#include "extract/sanitise.h"

#include <fnmatch.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/text.h"
#include "extract/toolchain.h"

/* ---- the compiler's name ---- */

static bool is_any(const char *word, const char *const *names)
{
	for (; *names; names++)
		if (strcmp(word, *names) == 0)
			return true;
	return false;
}

static bool ends_with(const char *text, const char *end)
{
	return text_ends_with(text, strlen(text), end);
}

static bool starts_with(const char *text, const char *start)
{
	return strncmp(text, start, strlen(start)) == 0;
}

/* The compiler's base name without a version suffix: "arm-none-eabi-gcc-12.2" -> "arm-none-eabi-gcc". In arena. */
static char *compiler_name(struct arena *arena, const char *word)
{
	char *name = arena_strdup(arena, path_basename(word));
	if (ends_with(name, ".exe"))
		name[strlen(name) - 4] = '\0';
	char *dash = strrchr(name, '-');
	if (dash && dash[1] && strspn(dash + 1, "0123456789.") == strlen(dash + 1))
		*dash = '\0';
	return name;
}

static bool is_compiler(const char *name)
{
	static const char *const NAMES[] = {"cc", "gcc", "clang", "c89", "c99", "tcc", "icc", "icx", "xlc", "pcc",
					    "c++", "g++", "clang++", "icpc", "icpx", "musl-gcc", "musl-clang", NULL};
	static const char *const ENDS[] = {"-gcc", "-cc", "-clang", "-g++", "-c++", "-clang++", NULL};
	if (is_any(name, NAMES))
		return true;
	for (size_t i = 0; ENDS[i]; i++)
		if (ends_with(name, ENDS[i]))
			return true;
	return false;
}

static bool is_clang(const char *name)
{
	return strcmp(name, "clang") == 0 || ends_with(name, "-clang");
}

/* The target that a cross compiler's name tells: "arm-none-eabi-gcc" -> "arm-none-eabi". NULL for a native one, a
 * wrapper ("afl-gcc"), or a machine that clang has not heard of: an unknown target would cost the whole unit. */
static const char *target_of(struct arena *arena, const char *name)
{
	static const char *const ENDS[] = {"-gcc", "-cc", "-clang", NULL};
	static const char *const MACHINES[] = {"aarch64*", "arm*", "thumb*", "avr", "bpf*", "hexagon", "i[3-6]86",
					       "loongarch*", "m68k", "mips*", "msp430", "powerpc*", "ppc*", "riscv*",
					       "s390x", "sparc*", "wasm*", "x86_64", NULL};
	for (size_t i = 0; ENDS[i]; i++) {
		if (!ends_with(name, ENDS[i]))
			continue;
		char *target = arena_strndup(arena, name, strlen(name) - strlen(ENDS[i]));
		char *machine = arena_strndup(arena, target, strcspn(target, "-"));
		for (size_t m = 0; MACHINES[m]; m++)
			if (fnmatch(MACHINES[m], machine, 0) == 0)
				return target;
		return NULL;
	}
	return NULL;
}

/* ---- the options ---- */

enum option_fate { FATE_KEEP, FATE_DROP };
enum option_shape {
	SHAPE_FLAG,     /* -c */
	SHAPE_SEPARATE, /* -MF x */
	SHAPE_BOTH,     /* -Ix, -I x */
	SHAPE_PREFIX,   /* -fplugin=... and anything that starts like it */
};

struct option {
	const char *name;
	enum option_shape shape;
	enum option_fate fate;
};

/* First match counts. What is not named here is kept: clang tells what it does not know, and parses on. */
static const struct option OPTIONS[] = {
	{"-include-pch", SHAPE_SEPARATE, FATE_DROP},
	{"-include", SHAPE_BOTH, FATE_KEEP},
	{"--include", SHAPE_SEPARATE, FATE_KEEP},
	{"-imacros", SHAPE_BOTH, FATE_KEEP},
	{"-isystem-after", SHAPE_BOTH, FATE_KEEP},
	{"-isystem", SHAPE_BOTH, FATE_KEEP},
	{"-iquote", SHAPE_BOTH, FATE_KEEP},
	{"-idirafter", SHAPE_BOTH, FATE_KEEP},
	{"-iwithsysroot", SHAPE_BOTH, FATE_KEEP},
	{"-iframeworkwithsysroot", SHAPE_BOTH, FATE_KEEP},
	{"-iframework", SHAPE_BOTH, FATE_KEEP},
	{"-F", SHAPE_BOTH, FATE_KEEP},
	{"-iprefix", SHAPE_BOTH, FATE_KEEP},
	{"-iwithprefixbefore", SHAPE_BOTH, FATE_KEEP},
	{"-iwithprefix", SHAPE_BOTH, FATE_KEEP},
	{"-isysroot", SHAPE_BOTH, FATE_KEEP},
	{"-cxx-isystem", SHAPE_BOTH, FATE_DROP},
	{"-stdlib++-isystem", SHAPE_BOTH, FATE_DROP},
	{"-iapinotes-modules", SHAPE_BOTH, FATE_DROP},
	{"-imultilib", SHAPE_BOTH, FATE_DROP},
	{"-imultiarch", SHAPE_BOTH, FATE_DROP},
	{"-iplugindir", SHAPE_PREFIX, FATE_DROP},
	{"-ivfsoverlay", SHAPE_BOTH, FATE_DROP},
	{"-vfsoverlay", SHAPE_SEPARATE, FATE_DROP},
	{"--sysroot", SHAPE_SEPARATE, FATE_KEEP},
	{"-target", SHAPE_SEPARATE, FATE_KEEP},
	{"-mthread-model", SHAPE_SEPARATE, FATE_KEEP},
	{"-meabi", SHAPE_SEPARATE, FATE_KEEP},
	{"-I", SHAPE_BOTH, FATE_KEEP},
	{"-D", SHAPE_BOTH, FATE_KEEP},
	{"-U", SHAPE_BOTH, FATE_KEEP},
	{"--include-directory", SHAPE_SEPARATE, FATE_KEEP},
	{"--include-directory-after", SHAPE_SEPARATE, FATE_KEEP},
	{"--include-prefix", SHAPE_SEPARATE, FATE_KEEP},
	{"--include-with-prefix", SHAPE_SEPARATE, FATE_KEEP},
	{"--include-with-prefix-after", SHAPE_SEPARATE, FATE_KEEP},
	{"--include-with-prefix-before", SHAPE_SEPARATE, FATE_KEEP},
	{"--imacros", SHAPE_SEPARATE, FATE_KEEP},
	{"--define-macro", SHAPE_SEPARATE, FATE_KEEP},
	{"--undefine-macro", SHAPE_SEPARATE, FATE_KEEP},
	{"--std", SHAPE_SEPARATE, FATE_KEEP},
	{"-x", SHAPE_BOTH, FATE_DROP},
	{"--language", SHAPE_SEPARATE, FATE_DROP},
	{"--language=", SHAPE_PREFIX, FATE_DROP},
	{"-arch", SHAPE_SEPARATE, FATE_DROP},
	{"-o", SHAPE_BOTH, FATE_DROP},
	{"--output", SHAPE_SEPARATE, FATE_DROP},
	{"--output=", SHAPE_PREFIX, FATE_DROP},
	{"-objcmt", SHAPE_PREFIX, FATE_DROP},
	{"-c", SHAPE_FLAG, FATE_DROP},
	{"-S", SHAPE_FLAG, FATE_DROP},
	{"-E", SHAPE_FLAG, FATE_DROP},
	{"--compile", SHAPE_FLAG, FATE_DROP},
	{"--assemble", SHAPE_FLAG, FATE_DROP},
	{"--preprocess", SHAPE_FLAG, FATE_DROP},
	{"--precompile", SHAPE_FLAG, FATE_DROP},
	{"-rewrite-", SHAPE_PREFIX, FATE_DROP},
	{"-verify-pch", SHAPE_FLAG, FATE_DROP},
	{"-interface-stub", SHAPE_PREFIX, FATE_DROP},
	{"-MF", SHAPE_BOTH, FATE_DROP},
	{"-MT", SHAPE_BOTH, FATE_DROP},
	{"-MQ", SHAPE_BOTH, FATE_DROP},
	{"-MJ", SHAPE_BOTH, FATE_DROP},
	{"-M", SHAPE_PREFIX, FATE_DROP},
	{"--dependencies", SHAPE_FLAG, FATE_DROP},
	{"--user-dependencies", SHAPE_FLAG, FATE_DROP},
	{"--write-dependencies", SHAPE_FLAG, FATE_DROP},
	{"--write-user-dependencies", SHAPE_FLAG, FATE_DROP},
	{"-Xclang", SHAPE_SEPARATE, FATE_DROP},
	{"-Xpreprocessor", SHAPE_SEPARATE, FATE_DROP},
	{"-Xassembler", SHAPE_SEPARATE, FATE_DROP},
	{"-Xlinker", SHAPE_SEPARATE, FATE_DROP},
	{"-Xarch", SHAPE_PREFIX, FATE_DROP},
	{"-Xanalyzer", SHAPE_SEPARATE, FATE_DROP},
	{"-Xopenmp-target", SHAPE_SEPARATE, FATE_DROP},
	{"-Xcuda-fatbinary", SHAPE_SEPARATE, FATE_DROP},
	{"-Xcuda-ptxas", SHAPE_SEPARATE, FATE_DROP},
	{"-X", SHAPE_PREFIX, FATE_DROP},
	{"-mllvm", SHAPE_SEPARATE, FATE_DROP},
	{"-mllvm=", SHAPE_PREFIX, FATE_DROP},
	{"-mmlir", SHAPE_SEPARATE, FATE_DROP},
	{"-load", SHAPE_SEPARATE, FATE_DROP},
	{"-plugin", SHAPE_PREFIX, FATE_DROP},
	{"-add-plugin", SHAPE_SEPARATE, FATE_DROP},
	{"-aux-info", SHAPE_SEPARATE, FATE_DROP},
	{"-dumpbase", SHAPE_SEPARATE, FATE_DROP},
	{"-dumpdir", SHAPE_SEPARATE, FATE_DROP},
	{"-dumpbase-ext", SHAPE_SEPARATE, FATE_DROP},
	{"-serialize-diagnostics", SHAPE_SEPARATE, FATE_DROP},
	{"--serialize-diagnostics", SHAPE_SEPARATE, FATE_DROP},
	{"-dependency-file", SHAPE_SEPARATE, FATE_DROP},
	{"-module-dependency-dir", SHAPE_SEPARATE, FATE_DROP},
	{"-dependency-dot", SHAPE_SEPARATE, FATE_DROP},
	{"-working-directory", SHAPE_BOTH, FATE_DROP},
	{"-resource-dir", SHAPE_SEPARATE, FATE_DROP},
	{"-resource-dir=", SHAPE_PREFIX, FATE_DROP},
	{"-ccc-install-dir", SHAPE_SEPARATE, FATE_DROP},
	{"-ccc-gcc-name", SHAPE_SEPARATE, FATE_DROP},
	{"-ccc-arcmt-migrate", SHAPE_SEPARATE, FATE_DROP},
	{"-ccc-objcmt-migrate", SHAPE_SEPARATE, FATE_DROP},
	{"-ccc-", SHAPE_PREFIX, FATE_DROP},
	{"-arcmt-", SHAPE_PREFIX, FATE_DROP},
	{"-cc1", SHAPE_PREFIX, FATE_DROP},
	{"-emit-", SHAPE_PREFIX, FATE_DROP},
	{"-ftime-trace", SHAPE_PREFIX, FATE_DROP},
	{"-ftime-report", SHAPE_PREFIX, FATE_DROP},
	{"-fplugin", SHAPE_PREFIX, FATE_DROP},
	{"-fpass-plugin", SHAPE_PREFIX, FATE_DROP},
	{"-fmodule", SHAPE_PREFIX, FATE_DROP},
	{"-fno-module", SHAPE_PREFIX, FATE_DROP},
	{"-fbuild-session", SHAPE_PREFIX, FATE_DROP},
	{"-fapinotes", SHAPE_PREFIX, FATE_DROP},
	{"-fcrash-diagnostics", SHAPE_PREFIX, FATE_DROP},
	{"-fsave-optimization-record", SHAPE_PREFIX, FATE_DROP},
	{"-foptimization-record", SHAPE_PREFIX, FATE_DROP},
	{"-fstack-usage", SHAPE_PREFIX, FATE_DROP},
	{"-fproc-stat-report", SHAPE_PREFIX, FATE_DROP},
	{"-fdebug-", SHAPE_PREFIX, FATE_DROP},
	{"-fno-debug-", SHAPE_PREFIX, FATE_DROP},
	{"-ffile-prefix-map", SHAPE_PREFIX, FATE_DROP},
	{"-fmacro-prefix-map", SHAPE_PREFIX, FATE_DROP},
	{"-fcs-profile", SHAPE_PREFIX, FATE_DROP},
	{"-fcoverage-", SHAPE_PREFIX, FATE_DROP},
	{"-fmessage-length", SHAPE_PREFIX, FATE_DROP},
	{"-fcolor-diagnostics", SHAPE_FLAG, FATE_DROP},
	{"-fansi-escape-codes", SHAPE_FLAG, FATE_DROP},
	{"-fsyntax-only", SHAPE_FLAG, FATE_DROP},
	{"-fsanitize-", SHAPE_PREFIX, FATE_DROP},
	{"-fuse-ld", SHAPE_PREFIX, FATE_DROP},
	{"-fthinlto-index", SHAPE_PREFIX, FATE_DROP},
	{"-frandom-seed", SHAPE_PREFIX, FATE_DROP},
	{"-fxray", SHAPE_PREFIX, FATE_DROP},
	{"-fmax-errors", SHAPE_PREFIX, FATE_DROP},
	{"-ferror-limit", SHAPE_PREFIX, FATE_DROP},
	{"-fuse-linker-plugin", SHAPE_FLAG, FATE_DROP},
	{"-fno-use-linker-plugin", SHAPE_FLAG, FATE_DROP},
	{"-ffat-lto-objects", SHAPE_FLAG, FATE_DROP},
	{"-fno-fat-lto-objects", SHAPE_FLAG, FATE_DROP},
	{"-pipe", SHAPE_FLAG, FATE_DROP},
	{"-save-temps", SHAPE_PREFIX, FATE_DROP},
	{"--save-temps", SHAPE_PREFIX, FATE_DROP},
	{"-save-stats", SHAPE_PREFIX, FATE_DROP},
	{"-time", SHAPE_FLAG, FATE_DROP},
	{"--param", SHAPE_SEPARATE, FATE_DROP},
	{"--param=", SHAPE_PREFIX, FATE_DROP},
	{"-specs", SHAPE_PREFIX, FATE_DROP},
	{"--specs", SHAPE_PREFIX, FATE_DROP},
	{"--config", SHAPE_PREFIX, FATE_DROP},
	{"--prefix", SHAPE_SEPARATE, FATE_DROP},
	{"--prefix=", SHAPE_PREFIX, FATE_DROP},
	{"-wrapper", SHAPE_SEPARATE, FATE_DROP},
	{"-pedantic", SHAPE_PREFIX, FATE_DROP},
	{"--pedantic", SHAPE_PREFIX, FATE_DROP},
	{"--warn-", SHAPE_PREFIX, FATE_DROP},
	{"--all-warnings", SHAPE_FLAG, FATE_DROP},
	{"--extra-warnings", SHAPE_FLAG, FATE_DROP},
	{"--no-warnings", SHAPE_FLAG, FATE_DROP},
	{"--debug", SHAPE_PREFIX, FATE_DROP},
	{"-print-", SHAPE_PREFIX, FATE_DROP},
	{"--print-", SHAPE_PREFIX, FATE_DROP},
	{"-gcc-toolchain", SHAPE_PREFIX, FATE_DROP},
	{"-dynamic", SHAPE_PREFIX, FATE_DROP},
	{"-static", SHAPE_PREFIX, FATE_DROP},
	{"-shared", SHAPE_PREFIX, FATE_DROP},
	{"-rdynamic", SHAPE_FLAG, FATE_DROP},
	{"-nostdlib", SHAPE_FLAG, FATE_DROP},
	{"-nodefaultlibs", SHAPE_FLAG, FATE_DROP},
	{"-nostartfiles", SHAPE_FLAG, FATE_DROP},
	{"-pie", SHAPE_FLAG, FATE_DROP},
	{"-no-pie", SHAPE_FLAG, FATE_DROP},
	{"-framework", SHAPE_SEPARATE, FATE_DROP},
	{"--library-directory", SHAPE_SEPARATE, FATE_DROP},
	{"--for-linker", SHAPE_SEPARATE, FATE_DROP},
	{"--for-assembler", SHAPE_SEPARATE, FATE_DROP},
	{"--entry", SHAPE_SEPARATE, FATE_DROP},
	{"--force-link", SHAPE_SEPARATE, FATE_DROP},
	{"-Zlinker-input", SHAPE_SEPARATE, FATE_DROP},
	{"-L", SHAPE_BOTH, FATE_DROP},
	{"-l", SHAPE_BOTH, FATE_DROP},
	{"-T", SHAPE_BOTH, FATE_DROP},
	{"-undef", SHAPE_FLAG, FATE_KEEP},
	{"-u", SHAPE_BOTH, FATE_DROP},
	{"-e", SHAPE_BOTH, FATE_DROP},
	{"-r", SHAPE_FLAG, FATE_DROP},
	{"-traditional", SHAPE_PREFIX, FATE_DROP},
	{"-z", SHAPE_BOTH, FATE_DROP},
	{"-G", SHAPE_BOTH, FATE_DROP},
	{"-b", SHAPE_BOTH, FATE_DROP},
	{"-B", SHAPE_BOTH, FATE_DROP},
	{"-R", SHAPE_PREFIX, FATE_DROP},
	{"-s", SHAPE_FLAG, FATE_DROP},
	{"-v", SHAPE_FLAG, FATE_DROP},
	{"-w", SHAPE_FLAG, FATE_DROP},
	{"-Q", SHAPE_FLAG, FATE_DROP},
	{"-###", SHAPE_FLAG, FATE_DROP},
	{"-P", SHAPE_FLAG, FATE_DROP},
	{"-C", SHAPE_FLAG, FATE_DROP},
	{"-CC", SHAPE_FLAG, FATE_DROP},
	{"-H", SHAPE_FLAG, FATE_DROP},
	{"-d", SHAPE_PREFIX, FATE_DROP},
	{"--version", SHAPE_FLAG, FATE_DROP},
	{"--help", SHAPE_PREFIX, FATE_DROP},
	{"-h", SHAPE_FLAG, FATE_DROP},
	{"--verbose", SHAPE_FLAG, FATE_DROP},
	{"--driver-mode", SHAPE_PREFIX, FATE_DROP},
	{"--analyze", SHAPE_PREFIX, FATE_DROP},
	{"--coverage", SHAPE_FLAG, FATE_DROP},
	{"-ftest-coverage", SHAPE_FLAG, FATE_DROP},
	{"-g", SHAPE_PREFIX, FATE_DROP},
	{"-W", SHAPE_PREFIX, FATE_DROP}, /* -Wp, is taken apart before */
};

static const struct option *find_option(const char *word)
{
	for (size_t i = 0; i < sizeof OPTIONS / sizeof *OPTIONS; i++) {
		const struct option *option = &OPTIONS[i];
		bool exact = strcmp(word, option->name) == 0;
		if (exact || ((option->shape == SHAPE_BOTH || option->shape == SHAPE_PREFIX) &&
			      starts_with(word, option->name)))
			return option;
	}
	return NULL;
}

static bool takes_value(const char *word)
{
	const struct option *option = word[0] == '-' ? find_option(word) : NULL;
	return option && option->shape != SHAPE_FLAG && option->shape != SHAPE_PREFIX && strcmp(word, option->name) == 0;
}

/* Index of the compiler among the words: behind ccache, libtool, env A=B and the like. */
static size_t find_compiler(const struct words *words, struct arena *arena)
{
	for (size_t i = 0; i < words->count; i++) {
		const char *word = words->items[i];
		if (strcmp(word, "-c") == 0 || sanitise_is_c_name(word))
			break;
		if (takes_value(word))
			i++;
		else if (word[0] != '-' && is_compiler(compiler_name(arena, word)))
			return i;
	}
	return 0;
}

/* "-fno-ipa-icf" is as unknown to clang as "-fipa-icf". */
static bool is_gcc_only(struct arena *arena, const char *word)
{
	if (word[0] != '-' || (word[1] != 'f' && word[1] != 'm'))
		return false;
	const char *positive = word;
	if (starts_with(word + 2, "no-")) {
		char *made = arena_strdup(arena, word + 3);
		made[0] = '-';
		made[1] = word[1];
		positive = made;
	}
	for (size_t i = 0; GCC_ONLY_FLAGS[i]; i++)
		if (fnmatch(GCC_ONLY_FLAGS[i], positive, FNM_NOESCAPE) == 0)
			return true;
	return false;
}

struct sanitising {
	struct arena *arena;
	struct words *out;
	const char *language; /* last -x; NULL */
	bool has_target;
};

static void sanitise_words(struct sanitising *state, const char *const *words, size_t count);

/* -Wp,-DX,-MD,file: options for the preprocessor, by commas. A file behind -MD is taken for an input, and so dropped. */
static void sanitise_preprocessor_words(struct sanitising *state, const char *word)
{
	struct words parts = {0};
	char *copy = arena_strdup(state->arena, word), *rest = copy;
	for (char *part; (part = strsep(&rest, ","));)
		words_add(&parts, part);
	sanitise_words(state, parts.items, parts.count);
	words_finish(&parts);
}

static void sanitise_words(struct sanitising *state, const char *const *words, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		const char *word = words[i];
		if (word[0] != '-' || !word[1])
			continue; /* inputs: sources, objects, "-" */
		if (strcmp(word, "--") == 0)
			break;
		if (starts_with(word, "-Wp,")) {
			sanitise_preprocessor_words(state, word + strlen("-Wp,"));
			continue;
		}
		const struct option *option = find_option(word);
		bool separate = takes_value(word);
		if (separate && i + 1 >= count)
			break; /* its value is missing */
		const char *value = separate ? words[i + 1] : NULL;
		if (option && strcmp(option->name, "-x") == 0)
			state->language = separate ? value : word + 2;
		if (option && starts_with(option->name, "--language"))
			state->language = separate ? value : word + strlen("--language=");
		if (strcmp(word, "-target") == 0 || starts_with(word, "--target="))
			state->has_target = true;
		if (strcmp(word, "-fplan9-extensions") == 0)
			word = "-fms-extensions"; /* what clang has of it: unnamed struct members */
		if (option ? option->fate == FATE_KEEP : !is_gcc_only(state->arena, word)) {
			words_add(state->out, word);
			if (separate)
				words_add(state->out, value);
		}
		if (separate)
			i++;
	}
}

bool sanitise_is_c_name(const char *file)
{
	return ends_with(file, ".c") || ends_with(file, ".i");
}

static bool has_word_starting(const struct words *words, const char *start)
{
	for (size_t i = 0; i < words->count; i++)
		if (starts_with(words->items[i], start))
			return true;
	return false;
}

enum command_language sanitise_command(const struct words *recorded, const char *file, struct arena *arena,
				       struct words *out)
{
	size_t compiler = find_compiler(recorded, arena);
	const char *name = recorded->count ? compiler_name(arena, recorded->items[compiler]) : "cc";
	struct sanitising state = {.arena = arena, .out = out};
	if (compiler < recorded->count)
		sanitise_words(&state, recorded->items + compiler + 1, recorded->count - compiler - 1);
	const char *language = state.language ? state.language
			       : ends_with(name, "++") || strcmp(name, "icpc") == 0 || strcmp(name, "icpx") == 0 ? "c++"
			       : sanitise_is_c_name(file) ? "c" : "unknown";
	if (strcmp(language, "none") == 0)
		language = sanitise_is_c_name(file) ? "c" : "unknown";
	if (strcmp(language, "c") != 0 && strcmp(language, "cpp-output") != 0)
		return LANGUAGE_FOREIGN;
	if (!sanitise_is_c_name(file) || state.language) {
		words_add(out, "-x");
		words_add(out, language);
	}
	const char *target = state.has_target ? NULL : target_of(arena, name);
	if (target) {
		struct buf text;
		buf_init(&text, BUF_NO_CEILING);
		buf_printf(&text, "--target=%s", target);
		words_add(out, arena_strdup(arena, text.data));
		buf_finish(&text);
	}
	if (is_clang(name) && !has_word_starting(out, "-fgnuc-version="))
		words_add(out, "-fgnuc-version=4.2.1"); /* clang's own default; see sanitise_add_environment */
	return LANGUAGE_C;
}

void sanitise_add_environment(struct words *out, struct arena *arena, const char *directory)
{
	/* What compilers before 2022 let pass with a warning is an error by default in clang 19; its trees are
	 * complete all the same. */
	static const char *const LENIENT[] = {
		"-ferror-limit=0", /* after 20 errors clang would leave the rest of the unit out */
		"-Wno-error=implicit-function-declaration", "-Wno-error=implicit-int", "-Wno-error=int-conversion",
		"-Wno-error=incompatible-function-pointer-types", "-Wno-error=return-mismatch", NULL};
	for (size_t i = 0; LENIENT[i]; i++)
		words_add(out, LENIENT[i]);
	/* Whom the headers take us for. clang calls itself gcc 4.2, and code for anything newer would be left out, though a
	 * gcc of this century builds it. From 7 on the C library uses types and attributes that clang has not. */
	if (!has_word_starting(out, "-fgnuc-version="))
		words_add(out, "-fgnuc-version=6.5.0");
	/* Checked variants in the C library's headers hide which function the source calls. */
	words_add(out, "-U_FORTIFY_SOURCE");
	const char *resources = toolchain_resource_dir();
	if (resources) {
		words_add(out, "-resource-dir");
		words_add(out, resources);
	}
	words_add(out, "-working-directory");
	words_add(out, arena_strdup(arena, directory));
}

bool sanitise_is_joined_option(const char *name, size_t length)
{
	for (size_t i = 0; i < sizeof OPTIONS / sizeof *OPTIONS; i++)
		if (OPTIONS[i].shape == SHAPE_BOTH && strlen(OPTIONS[i].name) == length && strncmp(OPTIONS[i].name, name, length) == 0)
			return true;
	return false;
}
