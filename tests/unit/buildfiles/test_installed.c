/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What build files say is installed: the idioms of real projects, and bytes that no project would write. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/text.h"
#include "buildfiles/installed.h"

static char root[] = "/tmp/sightline-installed-XXXXXX";

static int remove_one(const char *path, const struct stat *info, int type, struct FTW *at)
{
	(void)info;
	(void)type;
	return at->level ? remove(path) : 0;
}

static void start_anew(void)
{
	nftw(root, remove_one, 16, FTW_DEPTH | FTW_PHYS);
}

static void write_bytes(const char *name, const char *bytes, size_t length)
{
	char *path = path_join(root, name), *folder = path_join(path, "..");
	assert_int_equal(dir_create(folder, NULL), 0);
	FILE *file = fopen(path, "w");
	assert_non_null(file);
	assert_int_equal(fwrite(bytes, 1, length, file), length);
	assert_int_equal(fclose(file), 0);
	free(folder);
	free(path);
}

static void write_file(const char *name, const char *text)
{
	write_bytes(name, text, strlen(text));
}

static char *read_all(void)
{
	struct buf out;
	buf_init(&out, BUF_NO_CEILING);
	installed_read(root, &out);
	return buf_take(&out, NULL);
}

static void check(const char *expected)
{
	char *said = read_all();
	assert_string_equal(said, expected);
	free(said);
}

static void test_make(void **state)
{
	(void)state;
	start_anew();
	/* Lua: the list is a variable, the recipe goes into a folder first. */
	write_file("Makefile", "TO_INC= lua.h lualib.h \\\n\tlua.hpp\nINSTALL= install -p\nINSTALL_DATA= $(INSTALL) -m 0644\nINSTALL_INC= $(TOP)/include\n"
		   "install: dummy\n\tcd src && $(INSTALL_DATA) $(TO_INC) $(INSTALL_INC)\n"
		   "uninstall:\n\tcp src/gone.h $(INSTALL_INC)\n"
		   "local:\n\tcp src/local.h include/\n");
	write_file("src/lua.h", "");
	write_file("src/lualib.h", "");
	check("=src/lua.h\tMakefile\t7\n~src/lua.hpp\tMakefile\t7\n=src/lualib.h\tMakefile\t7\n");
	start_anew();
	/* A loop of the shell; a comment behind; a make within that is asked for the same; a dependency that is only built. */
	write_file("Makefile", "install:\n\t@for h in a.h b.h; do \\\n\t\t$(INSTALL) -m 644 lib/$$h $(DESTDIR)$(includedir)/; done # why\n\t$(MAKE) -C sub $@\n"
		   "\tcd deps && $(MAKE) all\n");
	write_file("lib/a.h", "");
	write_file("lib/b.h", "");
	write_file("sub/Makefile", "install:\n\t$(Q)cp -pPR adapters/*.h inc.h $(PREFIX)/include/x\n");
	write_file("deps/Makefile", "install:\n\tcp theirs.h $(PREFIX)/include\n");
	check("=lib/a.h\tMakefile\t2\n=lib/b.h\tMakefile\t2\n=sub/adapters/*.h\tsub/Makefile\t2\n~sub/inc.h\tsub/Makefile\t2\n");
}

static void test_automake(void **state)
{
	(void)state;
	start_anew();
	write_file("Makefile.am", "SUBDIRS = include src\ninclude more.am\n");
	write_file("Makefile.in", "install:\n\tcp generated.h $(includedir)\n"); /* made of the other */
	write_file("more.am", "HDRS = \\\n  src/one.h\ninclude_HEADERS = $(HDRS)\nif X\nnobase_include_HEADERS = $(top_srcdir)/sub/two.h\nendif\n");
	write_file("include/Makefile.am", "xmlincdir = $(includedir)/libx\nxmlinc_HEADERS = tree.h\nnodist_xmlinc_HEADERS = version.h\n"
		   "noinst_HEADERS = own.h\ncheck_HEADERS = test.h\nplugindir = $(libexecdir)\nplugin_HEADERS = plugin.h\n");
	write_file("src/Makefile.am", "pkginclude_HEADERS = pkg.h # said\npkginclude_HEADERS += more.h\n");
	write_file("src/one.h", "");
	write_file("include/tree.h", "");
	check("=include/tree.h\tinclude/Makefile.am\t2\n~include/version.h\tinclude/Makefile.am\t3\n~src/more.h\tsrc/Makefile.am\t1\n"
	      "=src/one.h\tmore.am\t3\n~src/pkg.h\tsrc/Makefile.am\t1\n~sub/two.h\tmore.am\t5\n");
}

static void test_cmake(void **state)
{
	(void)state;
	start_anew();
	write_file("CMakeLists.txt", "set(INC_DIR \"${CMAKE_INSTALL_PREFIX}/include\" CACHE PATH \"where\")\n# install(FILES no.h DESTINATION include)\n"
		   "set(HDRS ${CMAKE_CURRENT_BINARY_DIR}/made.h zlib.h)\nadd_subdirectory(lib)\n"
		   "if(NOT SKIP)\n  install(FILES ${HDRS}\n          DESTINATION \"${INC_DIR}\")\nendif()\n"
		   "install(FILES doc.h DESTINATION share/doc)\nINSTALL(DIRECTORY include/ DESTINATION ${CMAKE_INSTALL_INCLUDEDIR} FILES_MATCHING PATTERN \"*.h\")\n"
		   "set_target_properties(z PROPERTIES VERSION 1 PUBLIC_HEADER \"${PUBLIC}\" SOVERSION 2)\n"
		   "install(FILES ${PROJECT_SOURCE_DIR}/top.h DESTINATION include COMPONENT devel)\n");
	write_file("lib/CMakeLists.txt", "foreach(h a.h b.h)\n  my_install(FILES ${h} DESTINATION include)\nendforeach()\nset(PUBLIC p.h PARENT_SCOPE)\n");
	write_file("zlib.h", "");
	write_file("include/deep/x.h", "");
	check("=include/**\tCMakeLists.txt\t10\n~lib/a.h\tlib/CMakeLists.txt\t2\n~lib/b.h\tlib/CMakeLists.txt\t2\n"
	      "~lib/p.h\tCMakeLists.txt\t11\n~made.h\tCMakeLists.txt\t6\n~top.h\tCMakeLists.txt\t12\n=zlib.h\tCMakeLists.txt\t6\n");
}

static void test_meson(void **state)
{
	(void)state;
	start_anew();
	write_file("meson.build", "project('x', 'c', version: '1.0')\nroot = meson.current_source_dir()\nsubdir('include')\n"
		   "# install_headers('no.h')\ninstall_headers(hdrs, subdir: 'x')\nforeach h : ['a.h', 'b.h']\n  install_headers('src' / h)\nendforeach\n"
		   "install_headers(\n  join_paths(root, 'lib/c.h'), # one\n  'say ' + 'd.h')\n"
		   "conf = configure_file(input: 'v.h.in', output: 'v.h', configuration: c, install_dir: get_option('includedir') / 'x')\n"
		   "install_data('plugin.h', install_dir: get_option('libdir'))\ninstall_subdir('pub', install_dir: get_option('includedir'))\n"
		   "configure_file(output: 'config.h', configuration: c)\n");
	write_file("include/meson.build", "hdrs = files('one.h',\n  'two.h')\nhdrs += files('three.h')\n");
	write_file("include/one.h", "");
	write_file("pub/x.h", "");
	check("~d.h\tmeson.build\t9\n=include/one.h\tmeson.build\t5\n~include/three.h\tmeson.build\t5\n~include/two.h\tmeson.build\t5\n"
	      "~lib/c.h\tmeson.build\t9\n=pub/**\tmeson.build\t14\n~src/a.h\tmeson.build\t7\n~v.h\tmeson.build\t12\n");
}

static void test_debian(void **state)
{
	(void)state;
	start_anew();
	write_file("debian/libx-dev.install", "# a list\nusr/include/*\nusr/include/x/one.h\nsrc/two.h usr/include/x\nsrc/no.h usr/share/x\n");
	write_file("src/two.h", "");
	check("~one.h\tdebian/libx-dev.install\t3\n=src/two.h\tdebian/libx-dev.install\t4\n");
}

/* ---- whom that means ---- */

struct found { char text[400]; };

static void note(void *context, size_t header, const char *said_in, uint32_t line)
{
	struct found *found = context;
	size_t length = strlen(found->text);
	snprintf(found->text + length, sizeof found->text - length, "%zu %s:%u;", header, said_in, line);
}

static void test_match(void **state)
{
	(void)state;
	static const char *const headers[] = {"a/util.h", "b/util.h", "include/x/one.h", "include/x/private/two.h", "lib/v.h", "v2.h"};
	struct found found = {{0}};
	installed_match("=include/**\tCMakeLists.txt\t1\n=include/x/one.h\tm\t2\n=*.h\tn\t3\n~build/v.h\to\t4\n~util.h\tp\t5\n~x/b/util.h\tq\t6\n"
			"=not/there.h\tr\t7\nno line\n=\n\t\t\n", headers, 6, note, &found);
	/* Named first; a pattern without a folder stays in its own; of two that are called so, the one with more folders alike. */
	assert_string_equal(found.text, "2 m:2;4 o:4;1 q:6;5 n:3;");
	installed_match("", headers, 0, note, &found);
	installed_match("=a.h\tm\t1\n", headers, 0, note, &found);
}

/* ---- hostile ---- */

static double seconds(void)
{
	struct timespec now;
	clock_gettime(CLOCK_MONOTONIC, &now);
	return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

static void test_bounds(void **state)
{
	(void)state;
	struct buf text;
	double start = seconds();
	start_anew();
	/* Variables of variables of variables: 30 to the power of 26 words. */
	buf_init(&text, BUF_NO_CEILING);
	for (char c = 'a'; c <= 'z'; c++) {
		buf_printf(&text, "%c =", c);
		for (unsigned i = 0; i < 30; i++)
			buf_printf(&text, " $(%c)", c == 'z' ? 'a' : c + 1);
		buf_append_string(&text, "\n");
	}
	buf_append_string(&text, "install:\n\tcp $(a) x.h $(includedir)\n");
	write_bytes("Makefile", text.data, text.length);
	buf_finish(&text);
	free(read_all());
	/* A file that includes itself, folders that go down into each other. */
	start_anew();
	write_file("Makefile.am", "include Makefile.am\ninclude other.am\nSUBDIRS = . .. sub\ninclude_HEADERS = x.h ../../out.h /abs.h\n");
	write_file("other.am", "include Makefile.am\n");
	write_file("sub/Makefile.am", "SUBDIRS = ../sub .. ../../..\n");
	write_file("CMakeLists.txt", "add_subdirectory(.)\nadd_subdirectory(..)\ninclude(CMakeLists.cmake)\n");
	write_file("CMakeLists.cmake", "include(CMakeLists.cmake)\nset(A ${A} ${A} x.h)\n");
	write_file("meson.build", "subdir('.')\nsubdir('../..')\nx = x + x + ['y.h']\n");
	check("~out.h\tMakefile.am\t4\n~x.h\tMakefile.am\t4\n");
	/* Brackets that never end. */
	static const struct { const char *name, *start; char fill; } deep[] = {
		{"meson.build", "install_headers(", '['}, {"meson.build", "x = ", '('}, {"CMakeLists.txt", "install(FILES ", '('},
		{"CMakeLists.txt", "install(FILES ${", '{'}, {"Makefile", "install:\n\tcp $(", '('}, {"Makefile", "install:\n\tcp $$", '{'},
		{"Makefile.am", "include_HEADERS = $(", '$'}, {"meson.build", "'''", '\''}, {"debian/a.install", "usr/include/", '*'},
	};
	for (size_t i = 0; i < sizeof deep / sizeof *deep; i++) {
		start_anew();
		buf_init(&text, BUF_NO_CEILING);
		buf_append_string(&text, deep[i].start);
		for (unsigned n = 0; n < 300000; n++)
			buf_append_char(&text, deep[i].fill);
		write_bytes(deep[i].name, text.data, text.length);
		buf_finish(&text);
		free(read_all());
	}
	assert_true(seconds() - start < 20);
}

static void test_bytes(void **state)
{
	(void)state;
	static const char *const names[] = {"meson.build", "CMakeLists.txt", "Makefile.am", "Makefile", "debian/a.install"};
	static const char *const starts[] = {"install_headers('", "install(FILES ", "include_HEADERS = ", "install:\n\tcp ", ""};
	start_anew();
	for (size_t i = 0; i < 5; i++) {
		char bytes[600];
		size_t length = strlen(starts[i]);
		memcpy(bytes, starts[i], length);
		for (unsigned c = 0; c < 512; c++)
			bytes[length++] = (char)c;
		memcpy(bytes + length, ".h DESTINATION include $(includedir) usr/include\t\n\x01\x02.h\n", 55);
		write_bytes(names[i], bytes, length + 55);
	}
	char *said = read_all();
	assert_true(text_is_utf8(said, strlen(said)));
	for (const char *line = said; *line; line = strchr(line, '\n') + 1) {
		assert_true(*line == '=' || *line == '~');
		assert_non_null(strchr(line, '\t'));
		assert_null(memchr(line, '\001', strcspn(line, "\n")));
	}
	free(said);
	/* Folders, links and nothing where a build file is looked for. */
	start_anew();
	char *path = path_join(root, "Makefile"), *link = path_join(root, "CMakeLists.txt");
	assert_int_equal(mkdir(path, 0700), 0);
	assert_int_equal(symlink("/etc/passwd", link), 0);
	free(path);
	free(link);
	check("");
}

static int make_root(void **state)
{
	(void)state;
	return mkdtemp(root) ? 0 : -1;
}

static int remove_root(void **state)
{
	(void)state;
	start_anew();
	return rmdir(root);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_make), cmocka_unit_test(test_automake), cmocka_unit_test(test_cmake), cmocka_unit_test(test_meson),
		cmocka_unit_test(test_debian), cmocka_unit_test(test_match), cmocka_unit_test(test_bounds), cmocka_unit_test(test_bytes),
	};
	return cmocka_run_group_tests(tests, make_root, remove_root);
}
