#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Plants violations in a made-up tree: check_includes.py must find each, at its line, and nothing else."""
import os
import subprocess
import sys
import tempfile
import unittest

HERE = os.path.dirname(os.path.abspath(__file__))
SCRIPT = os.path.join(HERE, 'check_includes.py')
sys.dont_write_bytecode = True
sys.path.insert(0, HERE)
import check_includes  # noqa: E402

GOOD = {
    'agent/trace_format.h': '#include <stdint.h>\n',
    'agent/agent.c': '#include "trace_format.h"\n#include <stdio.h>\nvoid f(void) { fprintf(stderr, "x"); }\n',
    'reports/report.h': '',
    'reports/svg.c': '#include "report.h"\n#include <graphviz/gvc.h>\n#include <stdio.h>\n'
                     'void f(FILE *out) { fprintf(out, "x"); }\n',
    'analyzer/base/buf.h': '#include <stddef.h>\n',
    'analyzer/base/buf.c': '#include "base/buf.h"\n#include <xxhash.h>\n#include <stdio.h>\n#include <unistd.h>\n'
                           'void f(char *s) { snprintf(s, 1, "x"); vsnprintf; sprintf(s, ""); _exit(3); STDERR_FILENO; }\n',
    'analyzer/config/config.c': '#include "base/buf.h"\n#include <libfyaml.h>\n',
    'analyzer/config/config.h': '',
    'analyzer/facts/facts.h': '#include "base/buf.h"\n',
    'analyzer/extract/visit.c': '#include <clang-c/Index.h>\n#include <jansson.h>\n#include "facts/facts.h"\n'
                                '/* #include "model/model.h" and exit(1) */ // printf("x")\n'
                                'const char *s = "#include \\"model/model.h\\" printf(1) exit(2) stderr";\n'
                                'const char *t = "/*", *u = "*/"; char c = \'"\';\n'
                                'struct warn { void (*warn)(int); }; void g(struct warn *w) { w->warn(1); warn(2); on_exit(f); }\n',
    'analyzer/extract/visit.h': '',
    'analyzer/ingest/ingest.c': '#include "agent/trace_format.h"\n#include <elfutils/libdw.h>\n#include <libelf.h>\n',
    'analyzer/model/model.h': '#include "facts/facts.h"\n',
    'analyzer/model/model.c': '#include <sqlite3.h>\n#include "model/model.h"\n',
    'analyzer/graph/graph.h': '#include "model/model.h"\n',
    'analyzer/graph/load.c': '#include "model/model.h"\n#include "graph/graph.h"\n',
    'analyzer/graph/community.c': '#include <igraph.h>\n#include <igraph/igraph.h>\n',
    'analyzer/analysis/debt.c': '#include "graph/graph.h"\n#include <math.h>\n#include <stdio.h>\n',
    'analyzer/analysis/debt.h': '',
    'analyzer/check/check.c': '#include "model/model.h"\n',
    'analyzer/cmd/main.c': '#include "reports/report.h"\n#include "agent/trace_format.h"\n#include "config/config.h"\n'
                           '#include "analysis/debt.h"\n#include "extract/visit.h"\n#include <stdio.h>\n'
                           'int main(void) { printf("x"); exit(1); }\n',
}

# file, text put at its end, what must be said of it
PLANTED = [
    ('analyzer/base/buf.c', '#include "facts/facts.h"', 'base/ may not include'),
    ('analyzer/base/buf.c', '#include "../facts/facts.h"', 'base/ may not include'),
    ('analyzer/base/buf.c', '  #  include   "facts/facts.h" /* why */', 'base/ may not include'),
    ('analyzer/base/buf.c', '#include <facts/facts.h>', 'base/ may not include'),
    ('analyzer/base/buf.c', '#inc\\\nlude "facts/facts.h"', 'base/ may not include'),
    ('analyzer/base/buf.c', '/* x */ #include "facts/facts.h"', 'base/ may not include'),
    ('analyzer/config/config.c', '#include "facts/facts.h"', 'config/ may not include'),
    ('analyzer/facts/facts.h', '#include "extract/visit.h"', 'facts/ may not include'),
    ('analyzer/extract/visit.c', '#include "model/model.h"', 'extract/ may not include'),
    ('analyzer/extract/visit.c', '#include "agent/trace_format.h"', 'extract/ may not include'),
    ('analyzer/extract/visit.c', '#include "config/config.h"', 'extract/ may not include'),
    ('analyzer/ingest/ingest.c', '#include "agent/agent.h"', 'ingest/ may not include'),
    ('analyzer/model/model.c', '#include "graph/graph.h"', 'model/ may not include'),
    ('analyzer/graph/community.c', '#include "model/model.h"', 'load.c'),
    ('analyzer/analysis/debt.c', '#include "model/model.h"', 'analysis/ may not include'),
    ('analyzer/check/check.c', '#include "graph/graph.h"', 'check/ may not include'),
    ('analyzer/cmd/main.c', '#include "reports/picture.h"', 'cmd/ may not include'),
    ('analyzer/cmd/main.c', '#include "agent/agent.h"', 'cmd/ may not include'),
    ('reports/svg.c', '#include "base/buf.h"', 'reports/ may not include'),
    ('reports/svg.c', '#include "../analyzer/base/buf.h"', 'reports/ may not include'),
    ('agent/agent.c', '#include "base/buf.h"', 'agent/ may not include'),
    ('agent/agent.c', '#include "reports/report.h"', 'agent/ may not include'),
    ('analyzer/check/check.c', '#define H "model/model.h"\n#include H', 'by macro'),
    ('analyzer/check/check.c', '#include "../../elsewhere.h"', 'cannot be placed'),
    ('analyzer/other/new.c', 'int x;', 'not in the folder table'),
    # one home
    ('analyzer/cmd/main.c', '#include <clang-c/Index.h>', 'libclang'),
    ('analyzer/config/config.c', '#include <jansson.h>', 'jansson'),
    ('analyzer/cmd/main.c', '#include <sqlite3.h>', 'SQLite'),
    ('analyzer/check/check.c', '#include <sqlite3.h>', 'SQLite'),
    ('analyzer/analysis/debt.c', '#include <igraph.h>', 'igraph'),
    ('analyzer/cmd/main.c', '#include <libfyaml.h>', 'libfyaml'),
    ('analyzer/cmd/main.c', '#include <curl/curl.h>', 'libcurl'),
    ('analyzer/cmd/main.c', '#include <graphviz/gvc.h>', 'Graphviz'),
    ('analyzer/cmd/main.c', '#include <gvc.h>', 'Graphviz'),
    ('analyzer/extract/visit.c', '#include <libelf.h>', 'libelf'),
    ('agent/agent.c', '#include <elfutils/libdwfl.h>', 'libelf'),
    ('analyzer/facts/facts.h', '#include <xxhash.h>', 'xxHash'),
    # printing
    ('analyzer/base/buf.c', 'void g(void) { printf("x"); }', 'only cmd/'),
    ('analyzer/base/buf.c', 'void g(void) { fprintf(stderr, "x"); }', 'only cmd/'),
    ('analyzer/base/buf.c', 'void g(void) { fputs("x", stdout); }', 'only cmd/'),
    ('analyzer/model/model.c', 'void g(void) { puts ("x"); }', 'only cmd/'),
    ('analyzer/graph/load.c', 'void g(void) { if (1) exit(2); }', 'only cmd/'),
    ('analyzer/check/check.c', 'void g(void) { perror("x"); }', 'only cmd/'),
    ('analyzer/check/check.c', '#include <err.h>\nvoid g(void) { errx(1, "x"); }', 'only cmd/'),
    ('reports/svg.c', 'void g(void) { putchar(1); }', 'only cmd/'),
    # purity
    ('analyzer/analysis/debt.c', '#include <time.h>', 'no clock'),
    ('analyzer/analysis/debt.c', '#include <sys/stat.h>', 'no clock'),
]


def write(root, tree):
    for name, text in tree.items():
        path = os.path.join(root, name)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, 'w', encoding='utf-8') as file:
            file.write(text)


def check(tree):
    with tempfile.TemporaryDirectory() as root:
        write(root, tree)
        checker = check_includes.Checker(root)
        checker.run()
        return checker.violations


def exit_code(tree):
    with tempfile.TemporaryDirectory() as root:
        write(root, tree)
        return subprocess.run([sys.executable, SCRIPT, root], capture_output=True, check=False).returncode


class CheckIncludes(unittest.TestCase):
    def test_good_tree(self):
        self.assertEqual(check(GOOD), [])

    def test_planted(self):
        for name, text, why in PLANTED:
            with self.subTest(name=name, text=text):
                before = GOOD.get(name, '')
                lines = check({**GOOD, name: before + text + '\n'})
                self.assertEqual(len(lines), 1, lines)
                where, said = lines[0].split(': ', 1)
                self.assertIn(why, said)
                # the line of the violation: the last one planted, but for the include that is cut in two
                planted = 1 if '\\\n' in text or 'not in' in why else text.count('\n') + 1
                self.assertEqual(where, '%s:%d' % (name, before.count('\n') + planted))

    def test_exit_codes(self):
        self.assertEqual(exit_code(GOOD), 0)
        self.assertEqual(exit_code({**GOOD, 'analyzer/base/x.c': '#include "cmd/cmd.h"\n'}), 1)
        self.assertNotEqual(exit_code({'README': ''}), 0)  # nothing checked is no success


if __name__ == '__main__':
    unittest.main()
