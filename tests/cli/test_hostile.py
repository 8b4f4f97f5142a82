# SPDX-License-Identifier: GPL-3.0-or-later
"""Names that mean something to whoever reads them next: SQL, JSON, CSV, XML, DOT, a terminal. Files may be called anything
without / and NUL, functions too (by asm labels, and by UCNs and Unicode in identifiers), domains by the configuration."""
import csv
import io
import json
import os
import pathlib
import shutil
import subprocess
import sys
import unicodedata
import xml.etree.ElementTree

sys.dont_write_bytecode = True
sys.path.insert(0, str(pathlib.Path(__file__).parent))
import sightline  # noqa: E402
from sightline import Case  # noqa: E402

# Of Unicode, without NUL: functions get them by asm labels.
NAMES = [
    "'; DROP TABLE release; --", '"quoted"', "'single'", "`back`", "</script><script>alert(1)</script>", "<b>&amp;&lt;", "]]>",
    "<!-- -->", "{json: [1]}", "a,b;c|d", "=cmd|'/c calc'!A0", "@sum", "+1", "-dash", "--format", "%s%n%d", "$(touch x)", "a\\b",
    "\\N\\l\\r", "a -> b", "digraph { x }", "\" ] ; x [ label=\"", "_", "*", "% like_", "new\nline", "carriage\rreturn", "tab\there",
    "\x1b[31mred\x1b[0m", "\x1b]0;title\x07", "bell\x07", "\x7fdel", "\x08back", "\u202eright to left", "\u2028line\u2029paragraph",
    "\u65e5\u672c\u8a9e", "\u0301combining", "\U0001f600", "\ufeffbom", "\u0085next", "\x9b31mc1", "zero\u200bwidth", "e\u0301", "NULL", "null",
    "nan", " leading", "trailing ", "  ", "#hash", "//", "../up", "..", "~", "long" * 2500,
]


def c_string(text):
    raw = text if isinstance(text, bytes) else text.encode()
    return '"' + "".join("\\%03o" % byte for byte in raw) + '"'


class Base(Case):
    def assert_terminal_safe(self, raw, allowed="\n"):
        """Valid UTF-8 without control characters of any kind that a terminal acts upon."""
        text = raw.decode("utf-8")
        for c in text:
            if c not in allowed and unicodedata.category(c) == "Cc":
                self.fail("control character %r in %r" % (c, text[max(0, text.index(c) - 40):][:80]))

    def assert_xml(self, raw):
        return xml.etree.ElementTree.fromstring(raw)

    def assert_dot(self, raw):
        if not shutil.which("dot"):
            self.skipTest("there is no dot")
        drawn = subprocess.run(["dot", "-Tplain"], input=raw, stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=60)
        self.assertEqual(drawn.returncode, 0, drawn.stderr)
        return drawn.stdout.count(b"\nnode ")

    def every_command(self):
        """Every command that prints rows, in every format; returns their JSON."""
        found = {}
        for command in ("releases", "domains", "flows", "debt"):
            self.assert_terminal_safe(self.expect(0, command).raw_out)
            found[command] = self.expect(0, command, "--format", "json").json
            rows = list(csv.reader(io.StringIO(self.expect(0, command, "--format", "csv").out, newline=""), strict=True))
            self.assertEqual(len(rows), len(found[command]) + 1)
        for view in ("units", "files", "functions", "variables", "types", "macros", "calls", "uses", "includes", "dependencies",
                     "domains", "metrics", "regions"):
            sql = "SELECT * FROM " + view
            self.assert_terminal_safe(self.expect(0, "query", sql).raw_out)
            found[view] = self.query(sql)
            text = self.expect(0, "query", sql, "--format", "csv").raw_out.decode("utf-8")
            rows = list(csv.DictReader(io.StringIO(text, newline=""), strict=True))
            self.assertEqual(len(rows), len(found[view]), view)
            for row, wanted in zip(rows, found[view]):
                for key, value in wanted.items():
                    if isinstance(value, str):
                        self.assertEqual(row[key], value)
        return found

    def every_picture(self):
        for words in ([], ["--top", "2"]):
            self.assert_xml(self.expect(0, "report", "--format", "svg", *words).raw_out)
            self.assert_dot(self.expect(0, "report", "--format", "dot", *words).raw_out)
        for row in self.expect(0, "domains", "--format", "json").json:
            focus = "--focus=" + row["domain"]
            self.assert_xml(self.expect(0, "report", "--format", "svg", focus).raw_out)
            self.assert_dot(self.expect(0, "report", "--format", "dot", focus).raw_out)


class Functions(Base):
    def setUp(self):
        super().setUp()
        lines = ["int f%d(int x) __asm__(%s);\nint v%d __asm__(%s) = 1;\n" % (i, c_string(name), i, c_string("v " + name))
                 for i, name in enumerate(NAMES)]
        lines += ["int f%d(int x) { return f%d(x) + v%d; }\n" % (i, (i + 1) % len(NAMES), i) for i in range(len(NAMES))]
        self.write({"all.c": "".join(lines) + "int main(void) { return f0(1); }\n"})
        self.commands("all.c")
        self.scan("--quiet", "--release", "one")

    def test_everywhere(self):
        found = self.every_command()
        names = {row["name"] for row in found["functions"]}
        self.assertEqual(set(NAMES) - names, set())
        self.assertEqual({"v " + name for name in NAMES} - {row["name"] for row in found["variables"]}, set())
        self.assertEqual(set(NAMES) - {row["callee"] for row in found["calls"]}, set())
        self.every_picture()

    def test_show_finds_them(self):
        for i, name in enumerate(NAMES):
            with self.subTest(name=name[:60]):
                result = self.expect(0, "show", "--", name)
                self.assert_terminal_safe(result.raw_out)
                rows = [row for row in self.expect(0, "show", "--format", "json", "--", name).json if row["kind"] == "function"]
                self.assertEqual([row["name"] for row in rows], [name])
                self.assertEqual([row["callee"] for row in rows[0]["callees"]], [NAMES[(i + 1) % len(NAMES)]])

    def test_show_misses_safely(self):
        for name in ("%", "_", "a%", "'", "\x1b[2J", "nothing " * 500):
            if name in NAMES:
                continue
            with self.subTest(name=name[:40]):
                result = self.refused(2, "show", "--", name)
                self.assert_terminal_safe(result.raw_err)

    def test_query_finds_them(self):
        for name in NAMES:
            sql = "SELECT name FROM functions WHERE name = '%s'" % name.replace("'", "''")
            self.assertEqual(self.query(sql), [{"name": name}])


class Identifiers(Base):
    def test_unicode(self):
        names = ["gr\u00f6\u00dfe", "\u65e5\u672c", "x\\u00e9y", "x" * 10000, "$dollar", "\u0430bc"]
        self.write({"a.c": "".join("int %s(void) { return 1; }\n#define M_%s 1\nstruct s_%s { int %s; };\nint use%d = M_%s;\n"
                                   % (n, n, n, n, i, n) for i, n in enumerate(names))})
        self.commands("a.c")
        self.scan("--quiet")
        found = self.every_command()
        self.assertTrue({"gr\u00f6\u00dfe", "\u65e5\u672c", "x\u00e9y", "x" * 10000, "$dollar", "\u0430bc"}
                        <= {row["name"] for row in found["functions"]})
        self.assertTrue({"M_gr\u00f6\u00dfe", "M_" + "x" * 10000} <= {row["name"] for row in found["macros"]})
        self.expect(0, "show", "gr\u00f6\u00dfe")
        self.every_picture()

    def test_not_utf8(self):
        """In sources and labels: told as something printable, the same each time."""
        self.write({"a.c": b'int f(void) __asm__("a\\377\\200b");\nint f(void) { return 1; }\n// \xff\xfe\n'
                           b'const char *s = "\xff\xfe";\nint main(void) { return f(); }\n#define TEXT "\xe9"\n'
                           b'#if defined(X) && "\xe9"\nint x;\n#endif\n#include "\xe9.h"\n'})
        self.commands("a.c")
        self.scan("--quiet", "--release", "one")
        self.every_command()
        self.every_picture()
        for row in self.query("SELECT name FROM functions"):
            self.expect(0, "show", "--", row["name"])

    def test_messages_and_types(self):
        self.write({"a.c": '#include "\x1b[31m</script>.h"\n#error "\x1b]0;x\x07 </script> \'quoted\' "\nint ok(void) { return 1; }\n'
                           '#pragma message("\x1b[2J")\n#if 0 && "\x1b[5m</text>"\nint never;\n#endif\n'
                           'struct s { int a; } *(*table[3])(int (*)(struct s *, ...));\n'})
        self.commands("a.c")
        result = self.scan("--release", "one")
        self.assert_terminal_safe(result.raw_out)
        self.every_command()
        self.assertEqual(self.query("SELECT status FROM units"), [{"status": "partial"}])
        self.assert_terminal_safe(self.scan("--release", "one", "--strict", "--quiet", code=1).raw_err)


class Files(Base):
    def test_names_of_files(self):
        names = [n for n in NAMES if "/" not in n and n not in ("..", "~") and len(n.encode()) < 200] + [b"raw\xff\xfe\x80", b"\xc3(", b"\xed\xa0\x80"]
        names += ["n" * 250]
        files = {os.fsencode(name) + b".c": "int file%d(int x);\nint file%d(int x);\nint file%d(int x) { return file%d(x); }\n"
                 % (i, (i + 1) % len(names), i, (i + 1) % len(names)) for i, name in enumerate(names)}
        files.update({b"dir/" + name: text.replace("file", "deep") for name, text in list(files.items())})
        self.write(files)
        self.scan("--quiet", "--release", "one")
        found = self.every_command()
        self.assertEqual(len(found["files"]), 2 * len(names))
        paths = {row["file"] for row in found["files"]}
        for name in names:
            if isinstance(name, str):
                self.assertIn(name + ".c", paths)
                self.assertIn("dir/" + name + ".c", paths)
        self.assertEqual({row["status"] for row in found["units"]}, {"ok"})
        for path in paths:
            with self.subTest(path=path):
                self.assert_terminal_safe(self.expect(0, "show", "--", path).raw_out)
                rows = [row for row in self.expect(0, "show", "--format", "json", "--", path).json if row["kind"] == "file"]
                self.assertIn(path, [row["file"] for row in rows])
        self.every_picture()
        self.expect(0, "init")
        self.scan("--quiet", "--release", "two")
        self.assertEqual(len(self.query("SELECT file FROM files WHERE release = 'two'")), 2 * len(names))
        self.scan("--release", "two")

    def test_names_of_headers(self):
        names = ["a b.h", "q'uote.h", "</script>.h".replace("/", "\u2215"), "\u65e5.h", "new\rline.h", "\x1b[1m.h"]
        self.write({name: "int h%d(void);\n" % i for i, name in enumerate(names)})
        self.write({"a.c": "".join('#include "%s"\n' % name for name in names if "\r" not in name) + "int a(void) { return h0() + h1(); }\n"})
        self.commands("a.c")
        self.scan("--quiet", "--strict")
        found = self.every_command()
        self.assertEqual({row["included"] for row in found["includes"]}, {name for name in names if "\r" not in name})

    def test_scan_and_init_names(self):
        root = self.scratch / "tr'ee\x1b[31m \u65e5 \n<x>"
        root.mkdir()
        self.write(sightline.SMALL, root)
        result = self.scan(str(root), "--release", "one")
        self.assert_terminal_safe(result.raw_out + result.raw_err)
        for command in (("domains",), ("show", "main"), ("report", "--format", "dot"), ("report", "--format", "svg"), ("debt",)):
            result = self.expect(0, *command, cwd=root)
            self.assert_terminal_safe(result.raw_out + result.raw_err, "\n\t")
        self.assert_xml(self.expect(0, "report", "--format", "svg", cwd=root).raw_out)
        self.assert_dot(self.expect(0, "report", "--format", "dot", cwd=root).raw_out)
        result = self.expect(0, "init", cwd=root)
        self.assert_terminal_safe(result.raw_err)
        result = self.refused(2, "init", cwd=root)
        self.assert_terminal_safe(result.raw_err)


class Domains(Base):
    def test_names_of_domains(self):
        names = [n for n in NAMES if not any(unicodedata.category(c) == "Cc" or c in "\u2028\u2029\ufeff" for c in n)
                 and n.strip() == n and n and len(n) < 200 and "->" not in n and n != "*"]
        self.write({"d%d/%d.c" % (i, i): "int f%d(int);\nint g%d(int x) { return f%d(x); }\nint f%d(int x) { return g%d(x); }\n"
                    % ((i + 1) % len(names), i, (i + 1) % len(names), i, i) for i in range(len(names))})
        text = "domains:\n" + "".join("  %s:\n    - \"d%d/**\"\n" % (json.dumps(name, ensure_ascii=False), i) for i, name in enumerate(names))
        self.write({"sightline.yaml": text})
        self.scan("--quiet", "--release", "one")
        found = self.every_command()
        self.assertEqual({row["domain"] for row in found["domains"]}, set(names))
        for name in names:
            with self.subTest(name=name):
                rows = [row for row in self.expect(0, "show", "--format", "json", "--", name).json if row["kind"] == "domain"]
                self.assertEqual(len(rows), 1)
        self.every_picture()
        config = str(self.root / "again.yaml")
        self.expect(0, "init", "--config", config)
        self.scan("--quiet", "--release", "two", "--config", config)
        self.assertEqual(self.query("SELECT file, domain FROM files WHERE release = 'two' ORDER BY 1"),
                         self.query("SELECT file, domain FROM files WHERE release = 'one' ORDER BY 1"))

    def test_names_of_releases(self):
        self.small()
        for name in [n for n in NAMES if n.strip()]:
            with self.subTest(name=name[:60]):
                self.scan("--quiet", "--release=" + name)
                self.assertEqual(self.query("SELECT DISTINCT release FROM functions WHERE release = :release", "--release=" + name),
                                 [{"release": name}])
                self.assert_terminal_safe(self.expect(0, "domains", "--release=" + name).raw_out)
                self.assert_xml(self.expect(0, "report", "--format", "svg", "--release=" + name).raw_out)
                self.assert_terminal_safe(self.scan("--release=" + name).raw_out)
                self.assert_terminal_safe(self.expect(0, "debt", "--explain", "--release=" + name).raw_out)
        self.assert_terminal_safe(self.expect(0, "releases").raw_out)
        self.assertEqual(len(self.expect(0, "releases", "--format", "json").json), len([n for n in NAMES if n.strip()]))
        result = self.refused(2, "domains", "--release", "none")
        self.assert_terminal_safe(result.raw_err)


class Values(Base):
    """What a query computes, rather than what is stored."""

    def test_json(self):
        self.small()
        self.scan("--quiet")
        for sql, wanted in (("SELECT char(0) AS v", "\0"), ("SELECT 'a' || char(0) || 'b' AS v", "a\0b"), ("SELECT 1e999 AS v", None),
                            ("SELECT -1e999 AS v", None), ("SELECT 9223372036854775807 AS v", 9223372036854775807), ("SELECT 0.1 AS v", 0.1),
                            ("SELECT 1e300 AS v", 1e300), ("SELECT 1.0 AS v", 1.0), ("SELECT -0.0 AS v", 0.0), ("SELECT char(55296) AS v", None),
                            ("SELECT x'ff00c3' AS v", "\\xff\0\\xc3"), ("SELECT char(1114111) AS v", "\U0010ffff"), ("SELECT '' AS v", "")):
            with self.subTest(sql=sql):
                rows = self.query(sql)
                if sql != "SELECT char(55296) AS v":
                    self.assertEqual(rows, [{"v": wanted}])
                self.assert_terminal_safe(self.expect(0, "query", sql).raw_out)
                text = self.expect(0, "query", sql, "--format", "csv").raw_out
                self.assertEqual(text.count(b"\r\n"), 2)
        result = self.expect(0, "query", "SELECT 1 AS \"\x1b[31m\", 2 AS 'a\"b', 3 AS '\u65e5\n'")
        self.assert_terminal_safe(result.raw_out)
        self.assertEqual(self.query("SELECT 1 AS \"\x1b[31m\", 2 AS 'a\"b'"), [{"\x1b[31m": 1, 'a"b': 2}])


if __name__ == "__main__":
    sightline.main()
