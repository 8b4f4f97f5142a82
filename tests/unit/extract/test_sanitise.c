/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What of a recorded command reaches libclang. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "extract/relocate.h"
#include "extract/sanitise.h"

/* The arguments left of command (shell words) for file, joined by "|". Static storage. */
static const char *sanitised(const char *command, const char *file, enum command_language *language)
{
	static char text[4096];
	struct arena *arena = arena_create();
	struct words recorded = {0}, out = {0};
	assert_int_equal(words_split(&recorded, arena, command, NULL), 0);
	*language = sanitise_command(&recorded, file, arena, &out);
	text[0] = '\0';
	for (size_t i = 0; i < out.count; i++) {
		assert_true(strlen(text) + strlen(out.items[i]) + 2 < sizeof text);
		strcat(strcat(text, i ? "|" : ""), out.items[i]);
	}
	words_finish(&recorded);
	words_finish(&out);
	arena_destroy(arena);
	return text;
}

static void check(const char *command, const char *expected)
{
	enum command_language language;
	const char *text = sanitised(command, "a.c", &language);
	if (strcmp(text, expected) != 0)
		fail_msg("%s: \"%s\", expected \"%s\"", command, text, expected);
	assert_int_equal(language, LANGUAGE_C);
}

static void test_keeps_what_changes_meaning(void **state)
{
	(void)state;
	check("cc -c a.c", "");
	check("cc -Idir -I dir -c a.c", "-Idir|-I|dir");
	check("cc -DX -D Y=1 -UZ -U W a.c", "-DX|-D|Y=1|-UZ|-U|W");
	check("cc '-DX=a b' -D 'Y=\"c\"' a.c", "-DX=a b|-D|Y=\"c\"");
	check("cc -isystem s -isystems -iquote q -iquoteq -idirafter d a.c", "-isystem|s|-isystems|-iquote|q|-iquoteq|-idirafter|d");
	check("cc -include config.h -imacros m.h a.c", "-include|config.h|-imacros|m.h");
	check("cc --sysroot=/r --sysroot /r -isysroot /r a.c", "--sysroot=/r|--sysroot|/r|-isysroot|/r");
	check("cc -std=gnu99 -ansi -m32 -funsigned-char -fno-common -fshort-enums -pthread -O2 a.c",
	      "-std=gnu99|-ansi|-m32|-funsigned-char|-fno-common|-fshort-enums|-pthread|-O2");
	check("cc -fms-extensions -nostdinc -ffreestanding a.c", "-fms-extensions|-nostdinc|-ffreestanding");
	check("cc -I -odd -c a.c", "-I|-odd"); /* the value of -I, whatever it looks like */
	check("cc --include-directory=i --include-directory j --define-macro=X --define-macro Y --undefine-macro Z a.c",
	      "--include-directory=i|--include-directory|j|--define-macro=X|--define-macro|Y|--undefine-macro|Z");
	check("cc -iwithsysroot /i -cxx-isystem /c -I x a.c", "-iwithsysroot|/i|-I|x");
}

static void test_drops_outputs_and_inputs(void **state)
{
	(void)state;
	check("cc -o a.o -c a.c b.o libx.a -", "");
	check("cc -oa.o a.c -DX", "-DX");
	check("cc -S -E -o - a.c", "");
	check("cc -DX -- -a.c -DY", "-DX");
	check("cc --output=a.o --output a.o -DX a.c", "-DX");
	check("cc --compile --assemble --preprocess -DX a.c", "-DX");
	check("cc -DX -o", "-DX"); /* cut short */
	check("cc -DX -I", "-DX");
}

static void test_drops_dependency_options(void **state)
{
	(void)state;
	check("cc -M -MD,a.d -MM -MD -MMD -MP -MG -MV -DX a.c", "-DX");
	check("cc -MF a.d -MT a.o -MQ a.o -MJ j -DX a.c", "-DX");
	check("cc -MFa.d -MTa.o -MQa.o -MJj -DX a.c", "-DX");
	check("cc -Wp,-MD,a.d -Wp,-MMD,a.d -DX a.c", "-DX");
	check("cc -Wp,-MT,a.o,-DX,-MF,a.d a.c", "-DX");
	check("cc --dependencies --user-dependencies --write-dependencies --write-user-dependencies -DX a.c", "-DX");
	check("cc --print-missing-file-dependencies -DX a.c", "-DX");
	check("cc -dependency-file f -DX a.c", "-DX");
}

static void test_preprocessor_words(void **state)
{
	(void)state;
	check("cc -Wp,-DX,-UY a.c", "-DX|-UY");
	check("cc -Wp,-D,X,-I,dir a.c", "-D|X|-I|dir");
	check("cc -Wp, -Wp,, -Wp,x a.c", "");
}

static void test_drops_warnings(void **state)
{
	(void)state;
	check("cc -W -Wall -Wextra -Werror -Werror=format -Wno-unused -Wl,-rpath,x -Wa,-a -w -pedantic -pedantic-errors "
	      "--all-warnings --extra-warnings --warn-x --no-warnings -DX a.c", "-DX");
}

/* Nothing that would make libclang load code or write a file may pass, in any spelling. */
static void test_drops_what_loads_or_writes(void **state)
{
	(void)state;
	check("cc -fplugin=./evil.so -fplugin-arg-evil-x=1 -fpass-plugin=evil.so -DX a.c", "-DX");
	check("cc -Xclang -load -Xclang ./evil.so -Xclang -add-plugin -Xclang evil -DX a.c", "-DX");
	check("cc -Xclang=-load -Xclang=./evil.so -DX a.c", "-DX");
	check("cc -mllvm -load=./evil.so -mllvm=-load=./evil.so -DX a.c", "-DX");
	check("cc -load ./evil.so -plugin evil -add-plugin evil -DX a.c", "-DX");
	check("cc -Xpreprocessor -MD -Xassembler x -Xlinker x -Xanalyzer x -Xopenmp-target -load -DX a.c", "-DX");
	check("cc -Xarch_host -load -Xopenmp-target=x -load ./evil.so -DX a.c", "-DX");
	check("cc -cc1 -DX a.c", "-DX");
	check("cc --config=evil.cfg --config evil.cfg --config-user-dir=. -specs=x --specs=x -wrapper x -B . -DX a.c", "-DX");
	check("cc -save-temps -save-temps=obj --save-temps -save-stats -save-stats=obj -time -ftime-trace -ftime-trace=t -DX a.c",
	      "-DX");
	check("cc -serialize-diagnostics d --serialize-diagnostics d -emit-llvm -emit-pch -emit-ast -DX a.c", "-DX");
	check("cc -fmodules -fmodules-cache-path=m -fmodule-file=m -fmodule-output=m -fbuild-session-file=b -DX a.c", "-DX");
	check("cc -fprofile-generate=p -fprofile-arcs -ftest-coverage --coverage -fcs-profile-generate=p -DX a.c", "-DX");
	check("cc -fcrash-diagnostics-dir=c -foptimization-record-file=o -fsave-optimization-record -fproc-stat-report=p -DX a.c",
	      "-DX");
	check("cc -fdump-tree-all -fcallgraph-info -fstack-usage -fopt-info -aux-info f -dumpbase b -dumpdir d -DX a.c", "-DX");
	check("cc -gsplit-dwarf -gen-reproducer=always -gen-cdb-fragment-path g -DX a.c", "-DX");
	check("cc -ivfsoverlay v -vfsoverlay v -include-pch p -resource-dir r -resource-dir=r -working-directory w "
	      "-working-directory=w -DX a.c", "-DX");
	check("cc --analyze --analyzer-output x -DX a.c", "-DX");
	check("cc -dsym-dir d -module-dependency-dir m -ccc-install-dir c -ccc-gcc-name g -ccc-arcmt-migrate m -DX a.c", "-DX");
	check("cc -extract-api -rewrite-objc -interface-stub-version=x -verify-pch --precompile -DX a.c", "-DX");
}

static void test_drops_what_only_gcc_knows(void **state)
{
	(void)state;
	check("gcc -fno-ipa-icf -fipa-pta -fconserve-stack -fno-tree-vectorize -ftree-vrp -fno-var-tracking-assignments "
	      "-fallow-store-data-races -fno-allow-store-data-races -fno-stack-clash-protection -DX a.c",
	      "-fno-stack-clash-protection|-DX");
	check("gcc -mindirect-branch=thunk-extern -mpreferred-stack-boundary=3 -mno-fp-ret-in-387 -mskip-rax-setup -mrecord-mcount "
	      "-DX a.c", "-DX");
	check("gcc --param max-inline=1 --param=x=2 -DX a.c", "-DX");
	check("gcc -flto -flto=auto -flto-partition=none -fno-lto -fno-fat-lto-objects -ffat-lto-objects -DX a.c", "-DX");
	check("gcc -fplan9-extensions a.c", "-fms-extensions");
	check("gcc -fno-strict-aliasing -fwrapv -DX a.c", "-fno-strict-aliasing|-fwrapv|-DX");
}

static void test_drops_linking(void **state)
{
	(void)state;
	check("cc -L. -L dir -lx -l x -T ld.script -u sym -e entry -z now -static -shared -rdynamic -pie -no-pie -nostdlib -s -r "
	      "-static-libgcc -DX a.c", "-DX");
}

static void test_compilers_and_wrappers(void **state)
{
	(void)state;
	check("/usr/bin/gcc-12 -DX a.c", "-DX");
	check("ccache gcc -DX a.c", "-DX");
	check("ccache /opt/x/clang-19 -DX a.c", "-DX|-fgnuc-version=4.2.1");
	check("libtool --tag=CC --mode=compile gcc -DX -c a.c", "-DX");
	check("env A=B cc -DX a.c", "-DX");
	check("unheard-of -DX -c a.c", "-DX");
	check("", "");
	check("arm-none-eabi-gcc -DX a.c", "-DX|--target=arm-none-eabi");
	check("arm-none-eabi-gcc-12.2 -DX a.c", "-DX|--target=arm-none-eabi");
	check("aarch64-linux-gnu-gcc --target=armv7 a.c", "--target=armv7");
	check("clang -target armv7 a.c", "-target|armv7|-fgnuc-version=4.2.1");
	check("clang -fgnuc-version=5 a.c", "-fgnuc-version=5");
	check("afl-gcc -DX a.c", "-DX");
	/* the value of an option is no compiler */
	check("unheard-of -DX -I gcc -DY -c a.c", "-DX|-I|gcc|-DY");
}

static void check_language(const char *command, const char *file, enum command_language expected, const char *arguments)
{
	enum command_language language;
	const char *text = sanitised(command, file, &language);
	if (language != expected)
		fail_msg("%s, %s: language %d", command, file, (int)language);
	if (arguments)
		assert_string_equal(text, arguments);
}

static void test_languages(void **state)
{
	(void)state;
	check_language("cc -c a.c", "a.c", LANGUAGE_C, "");
	check_language("cc -c a.i", "a.i", LANGUAGE_C, "");
	check_language("cc -c a.cc", "a.cc", LANGUAGE_FOREIGN, NULL);
	check_language("cc -c a.S", "a.S", LANGUAGE_FOREIGN, NULL);
	check_language("cc -c a.h", "a.h", LANGUAGE_FOREIGN, NULL);
	check_language("cc -c a", "a", LANGUAGE_FOREIGN, NULL);
	check_language("g++ -c a.c", "a.c", LANGUAGE_FOREIGN, NULL);
	check_language("clang++-19 -c a.c", "a.c", LANGUAGE_FOREIGN, NULL);
	check_language("cc -x c++ -c a.c", "a.c", LANGUAGE_FOREIGN, NULL);
	check_language("cc -xc++ -c a.c", "a.c", LANGUAGE_FOREIGN, NULL);
	check_language("cc --language=c++ -c a.c", "a.c", LANGUAGE_FOREIGN, NULL);
	check_language("cc --language c++ -c a.c", "a.c", LANGUAGE_FOREIGN, NULL);
	check_language("cc -x assembler-with-cpp -c a.c", "a.c", LANGUAGE_FOREIGN, NULL);
	check_language("g++ -x c -c a.cc", "a.cc", LANGUAGE_C, "-x|c");
	check_language("cc -x c -c a.inc", "a.inc", LANGUAGE_C, "-x|c");
	check_language("cc -x c++ -x none -c a.c", "a.c", LANGUAGE_C, NULL);
	assert_true(sanitise_is_c_name("x/y.c"));
	assert_true(sanitise_is_c_name("y.i"));
	assert_false(sanitise_is_c_name("y.cc"));
	assert_false(sanitise_is_c_name("c"));
	assert_false(sanitise_is_c_name(""));
}

/* ---- the command's identity ---- */

static struct hash128 hash_of(const char *arguments, const char *directory, const char *root)
{
	struct arena *arena = arena_create();
	struct words words = {0};
	assert_int_equal(words_split(&words, arena, arguments, NULL), 0);
	struct hash128 hash = relocate_hash(&words, directory, root);
	words_finish(&words);
	arena_destroy(arena);
	return hash;
}

/* Where both arguments name root as %, is the hash the same for two roots? */
static bool moves_with_root(const char *arguments)
{
	static const char *const ROOTS[] = {"/src", "/home/u/project"};
	struct hash128 hashes[2];
	for (int i = 0; i < 2; i++) {
		struct buf text;
		buf_init(&text, BUF_NO_CEILING);
		for (const char *c = arguments; *c; c++)
			if (*c == '%')
				buf_append_string(&text, ROOTS[i]);
			else
				buf_append_char(&text, *c);
		hashes[i] = hash_of(text.data, ROOTS[i], ROOTS[i]);
		buf_finish(&text);
	}
	return hash_equal(hashes[0], hashes[1]);
}

static void test_hash_is_free_of_the_root(void **state)
{
	(void)state;
	static const char *const SAME[] = {
		"-I%", "-I%/include", "-I %/include", "-isystem%/x", "-isystem %/x", "-DX=%/y", "-DX=\\\"%/y\\\"", "%",
		"-include %/config.h", "-include%/config.h", "--sysroot=%/r", "-DP=%:%/a",
		/* and paths of the system, which stay where they are whatever the root is */
		"-I/usr/src/linux", "-I/usr/src", "-isystem/opt/src/x", "-DX=/usr/src/y", "-I/srcs", "-I/src2/x", "-Ia/src/x",
	};
	for (size_t i = 0; i < sizeof SAME / sizeof *SAME; i++)
		if (!moves_with_root(SAME[i]))
			fail_msg("differs: %s", SAME[i]);
	assert_true(hash_equal(hash_of("-DX", "/a/build", "/a"), hash_of("-DX", "/b/c/build", "/b/c")));
	assert_false(hash_equal(hash_of("-DX", "/a/build", "/a"), hash_of("-DX", "/a", "/a")));
	assert_false(hash_equal(hash_of("-DX", "/a", "/a"), hash_of("-DY", "/a", "/a")));
	assert_false(hash_equal(hash_of("-DX -DY", "/a", "/a"), hash_of("-DY -DX", "/a", "/a"))); /* order has meaning */
	assert_false(hash_equal(hash_of("-I/a/x", "/a", "/a"), hash_of("-I/b/x", "/a", "/a")));
	assert_true(hash_equal(hash_of("", "/", "/"), hash_of("", "/", "/")));
}

static void test_environment(void **state)
{
	(void)state;
	struct arena *arena = arena_create();
	struct words words = {0};
	char directory[] = "/a b";
	sanitise_add_environment(&words, arena, directory);
	directory[1] = 'x';
	bool found = false;
	for (size_t i = 0; i + 1 < words.count; i++)
		found |= strcmp(words.items[i], "-working-directory") == 0 && strcmp(words.items[i + 1], "/a b") == 0;
	assert_true(found);
	words_finish(&words);
	arena_destroy(arena);
}

/* Which gcc the headers are told they meet. */
static const char *gcc_version_of(const char *compiler, struct arena *arena)
{
	struct words recorded = {0}, out = {0};
	words_add(&recorded, compiler);
	words_add(&recorded, "-D_FORTIFY_SOURCE=2");
	words_add(&recorded, "-c");
	words_add(&recorded, "a.c");
	assert_int_equal(sanitise_command(&recorded, "a.c", arena, &out), LANGUAGE_C);
	sanitise_add_environment(&out, arena, "/");
	const char *version = NULL;
	size_t fortified = 0, plain = 0;
	for (size_t i = 0; i < out.count; i++) {
		if (strncmp(out.items[i], "-fgnuc-version=", 15) == 0) {
			assert_null(version);
			version = out.items[i] + 15;
		}
		if (strcmp(out.items[i], "-D_FORTIFY_SOURCE=2") == 0)
			fortified = i;
		if (strcmp(out.items[i], "-U_FORTIFY_SOURCE") == 0)
			plain = i;
	}
	assert_true(plain > fortified);
	words_finish(&recorded);
	words_finish(&out);
	return version;
}

static void test_headers_meet_a_recent_gcc(void **state)
{
	(void)state;
	struct arena *arena = arena_create();
	static const char *const GCC[] = {"gcc", "cc", "/usr/bin/arm-none-eabi-gcc-12", "ccache"};
	for (size_t i = 0; i < sizeof GCC / sizeof *GCC; i++)
		assert_string_equal(gcc_version_of(GCC[i], arena), "6.5.0");
	assert_string_equal(gcc_version_of("clang", arena), "4.2.1");
	assert_string_equal(gcc_version_of("/opt/bin/clang-19", arena), "4.2.1");
	assert_string_equal(gcc_version_of("aarch64-linux-gnu-clang", arena), "4.2.1");
	arena_destroy(arena);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_keeps_what_changes_meaning),
		cmocka_unit_test(test_drops_outputs_and_inputs),
		cmocka_unit_test(test_drops_dependency_options),
		cmocka_unit_test(test_preprocessor_words),
		cmocka_unit_test(test_drops_warnings),
		cmocka_unit_test(test_drops_what_loads_or_writes),
		cmocka_unit_test(test_drops_what_only_gcc_knows),
		cmocka_unit_test(test_drops_linking),
		cmocka_unit_test(test_compilers_and_wrappers),
		cmocka_unit_test(test_languages),
		cmocka_unit_test(test_hash_is_free_of_the_root),
		cmocka_unit_test(test_environment),
		cmocka_unit_test(test_headers_meet_a_recent_gcc),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
