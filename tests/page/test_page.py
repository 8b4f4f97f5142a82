#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""The HTML report: its modules by node --test and eslint, and the page itself in headless Chromium (browser.mjs), made of a small
codebase that was scanned twice and traced, and of one whose every name tries to break out.

    test_page.py SIGHTLINE [unittest arguments]
"""
import base64
import hashlib
import html
import json
import os
import pathlib
import re
import shutil
import sqlite3
import subprocess
import sys
import unittest
import zlib

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "cli"))
import sightline  # noqa: E402
from sightline import Case, environment  # noqa: E402

ROOT = HERE.parent.parent
SOURCES = ROOT / "reports" / "html" / "src"
CACHE = pathlib.Path(os.environ.get("SIGHTLINE_CACHE") or pathlib.Path.home() / ".cache" / "sightline")
MODULES = CACHE / "node" / "page" / "node_modules"
CHROMIUM = shutil.which("chromium")
HAS_NODE = bool(shutil.which("node")) and (MODULES / "eslint").is_dir()
REQUIRED = os.environ.get("SIGHTLINE_ORACLES") == "required"
LACKS_NODE = "node and the packages of tests/page/package-lock.json are not here; ./dev test installs them"

CONFIGURATION = """\
domains:
  app: ["app/**"]
  net: ["net/**"]
  store: ["store/**"]
forbid:
  - "store -> net"
"""
TREE = {
    "sightline.yaml": CONFIGURATION,
    "net/net.h": "int net_send(int x);\nint net_poll(int (*ready)(int), int n);\nint net_open(void);\n",
    "net/net.c": '#include "net.h"\n#include <stdlib.h>\nint net_send(int x)\n{\n\treturn x + (getenv("SHARED_MODE") != 0);\n}\n\n'
                 "int net_poll(int (*ready)(int), int n)\n{\n\tint sum = 0;\n\tfor (int i = 0; i < n; i++)\n\t\tsum += ready(i);\n"
                 "\treturn sum;\n}\n\nint net_open(void)\n{\n\treturn net_send(1);\n}\n",
    "store/store.h": "int store_put(int x);\n",
    "store/store.c": '#include "store.h"\n#include <stdio.h>\n#include <stdlib.h>\nint store_put(int x)\n{\n\tchar text[8];\n'
                     '\tFILE *file = fopen("/tmp/sightline-page-test", "w");\n\tsprintf(text, "%d", x);\n\tif (file)\n\t\tfclose(file);\n'
                     '\treturn getenv("SHARED_MODE") ? x : text[0];\n}\n',
    "app/main.c": '#include "../net/net.h"\n#include "../store/store.h"\n\nstatic int ready(int i)\n{\n\treturn net_send(i);\n}\n\n'
                  "static int never_called(int i)\n{\n\treturn i ? never_called(i - 1) : 0;\n}\n\n"
                  "int main(int argc, char **argv)\n{\n\t(void)argv;\n\tfor (int i = 0; i < 3; i++)\n\t\tstore_put(net_poll(ready, 20));\n"
                  "\treturn argc > 5 ? never_called(argc) : 0;\n}\n",
}
LATER = {
    "store/store.c": TREE["store/store.c"].replace('#include "store.h"', '#include "store.h"\n#include "../net/net.h"')
                     .replace("return getenv", "net_open();\n\treturn getenv"),
    "app/extra.c": "int extra(int x)\n{\n\treturn x;\n}\n",
}
# A file cannot hold "/" in its name, but a path can, where a folder ends.
BREAKOUT = "</script><script>window.broken=1</script><img src=x onerror=window.broken=1>"
QUOTES = "\"'`${window.broken=1}&lt;b&gt;&amp;"
BIDI = "user\u202etxt.\u2066c\u2069"


def tables_of(page):
    """The page's data by another reader than its own: every block, inflated by Python's zlib."""
    blocks = re.findall(r'<script type="text/plain" id="data:([a-z0-9_.]+)">([A-Za-z0-9+/=]*)</script>', page)
    return {name: json.loads(zlib.decompress(base64.b64decode(data))) for name, data in blocks}


def rows_of(table):
    columns = {name: [table["texts"][v] if name in table["text_columns"] and v is not None else v for v in values]
               for name, values in table["columns"].items()}
    return [dict(zip(columns, row)) for row in zip(*columns.values())]


def policy_of(page):
    return html.unescape(re.search(r'<meta http-equiv="Content-Security-Policy" content="([^"]*)">', page).group(1))


def lacks(test, what):
    """./dev test, which installs them, lets no oracle be left out."""
    if REQUIRED:
        test.fail(what)
    test.skipTest(what)


class Page(Case):
    def report(self, *arguments, name="report.html"):
        path = self.scratch / name
        self.expect(0, "report", "-o", str(path), *arguments)
        return path, path.read_text(encoding="utf-8")

    def build(self):
        """Scanned as "one", changed, scanned as "two", traced."""
        self.write(TREE)
        self.commands("app/main.c", "net/net.c", "store/store.c")
        self.scan("-r", "one", "--quiet")
        self.write(LATER)
        self.commands("app/main.c", "app/extra.c", "net/net.c", "store/store.c")
        self.scan("-r", "two", "--quiet")
        program = self.root / "program"
        subprocess.run(["gcc", "-g", "-O0", "-fpatchable-function-entry=5", "app/main.c", "app/extra.c", "net/net.c", "store/store.c",
                        "-o", str(program)], cwd=self.root, check=True)
        self.expect(0, "trace", "-q", "--release", "two", "--", str(program))

    def browse(self, script, path, *arguments, limit=240):
        if not HAS_NODE or not CHROMIUM:
            lacks(self, LACKS_NODE if not HAS_NODE else "chromium is not installed")
        done = subprocess.run(["node", str(HERE / script), str(MODULES), CHROMIUM, str(path), *map(str, arguments)], timeout=limit,
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        self.assertEqual(done.returncode, 0, done.stdout.decode("utf-8", "replace")[-6000:])


class Sources(unittest.TestCase):
    def run_node(self, *arguments):
        if not HAS_NODE:
            lacks(self, LACKS_NODE)
        done = subprocess.run(["node", *map(str, arguments)], cwd=ROOT, timeout=120, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        self.assertEqual(done.returncode, 0, done.stdout.decode("utf-8", "replace")[-6000:])

    def test_units(self):
        self.run_node("--test", HERE / "unit")

    def test_lint(self):
        self.run_node(MODULES / "eslint" / "bin" / "eslint.js", "-c", HERE / "eslint.config.mjs", SOURCES)

    def test_format(self):
        self.run_node(MODULES / "prettier" / "bin" / "prettier.cjs", "--config", HERE / "prettier.json", "--check",
                      SOURCES / "**/*.js", HERE / "**/*.mjs")


class Bytes(Page):
    """What is in the file, without a browser."""

    def test_policy_and_licences(self):
        self.small()
        self.scan("--quiet")
        _, page = self.report()
        policy = policy_of(page)
        self.assertTrue(policy.startswith("default-src 'none';"), policy)
        for tag in ("script", "style"):
            source = re.search("<%s>(.*?)</%s>" % (tag, tag), page, re.S).group(1)
            digest = base64.b64encode(hashlib.sha256(source.encode()).digest()).decode()
            self.assertIn("%s-src 'sha256-%s'" % (tag, digest), policy)
        self.assertNotIn("unsafe", policy)
        self.assertEqual(len(re.findall("<script>", page)), 1)
        self.assertIn("d3-zoom", page)
        # No address of anything that could be loaded; w3.org's names of XML namespaces are none.
        self.assertEqual(set(re.findall(r"(?:src|href)=[\"']?(?:https?:)?//[^\"' >]*", page)), set())

    def test_same_bytes_and_whole(self):
        self.build()
        first, page = self.report()
        again, _ = self.report(name="again.html")
        self.assertEqual(first.read_bytes(), again.read_bytes())
        tables = tables_of(page)
        functions = {(row["name"], row["file"]) for row in self.query("SELECT name, file FROM functions WHERE release = 'two'")}
        files = [row["file"] for row in rows_of(tables["files"])]
        self.assertEqual({(row["name"], files[row["file"]]) for row in rows_of(tables["names"]) if row["file"] is not None}, functions)
        ends = [row["out"] for name in tables if name.startswith("calls.") for row in rows_of(tables[name])]
        for out, column in ((1, "caller_file"), (0, "callee_file")): # what is outside has no part of its own
            n = self.query("SELECT count(*) AS n FROM calls WHERE release = 'two' AND %s IS NOT NULL" % column)[0]["n"]
            self.assertEqual(ends.count(out), n)
        findings = self.query("SELECT fingerprint, file, line FROM findings WHERE release = 'two'")
        told = rows_of(tables["findings"])
        self.assertEqual(sorted(f["fingerprint"] for f in findings), sorted(f["fingerprint"] for f in told))
        source = rows_of(tables["source.0"])
        for number, finding in enumerate(told):
            lines = {row["line"]: row["text"] for row in source if row["finding"] == number}
            if finding["file"] and finding["line"]:
                text = (self.root / finding["file"]).read_text().split("\n")
                self.assertEqual(lines[finding["line"]], text[finding["line"] - 1])
        edges = {(row["from"], row["to"]): row for row in rows_of(tables["edges"])}
        self.assertEqual(edges["store", "net"]["forbidden"], 1)
        self.assertEqual(edges["app", "net"]["forbidden"], 0)
        drift = {(row["from"], row["to"]): row for row in rows_of(tables["drift_edges"])}
        self.assertIsNone(drift["store", "net"]["old_weight"])

    def test_symbols_add_up(self):
        """What a cell of the matrix is made of is what the view dependencies counts, kind by kind."""
        self.build()
        names = ["stub%d" % i for i in range(12)]
        # Weak definitions, each in a file that may be read before or after the strong one's; a macro that is set for what is included;
        # calls through a pointer of several candidates.
        self.write({"net/%s.c" % name: "#define WEAK __attribute__((weak))\nWEAK int %s(int x) { return x; }\nint call_%s(void) { return %s(2); }\n"
                    % (name, name, name) for name in names})
        self.write({"store/real%d.c" % i: '#include "../net/net.h"\n\n\n\nint %s(int x)\n{\n\treturn net_send(x) + net_send(%d);\n}\n' % (name, i)
                    for i, name in enumerate(names)})
        self.write({"net/switch.h": "#ifdef WITH_STORE\nint with(void);\n#endif\n",
                    "app/set.c": '#define WITH_STORE 1\n#include "../net/switch.h"\n#include "../net/net.h"\n'
                                 "int first(int x) { return x; }\nint second(int x) { return x + 1; }\n",
                    "net/table.c": "int first(int x);\nint second(int x);\nint (*table[])(int) = {first, second};\n"
                                   "int pick(int i) { return table[i & 1](i) + table[0](1); }\n"})
        self.commands("app/main.c", "app/extra.c", "app/set.c", "net/net.c", "net/table.c", "store/store.c",
                      *("net/%s.c" % name for name in names), *("store/real%d.c" % i for i in range(len(names))))
        self.scan("-r", "three", "--quiet")
        self.assertEqual({row["name"]: row["file"] for row in self.query("SELECT name, file FROM functions WHERE release = 'three' AND name LIKE 'stub%'")},
                         {name: "store/real%d.c" % i for i, name in enumerate(names)})
        _, page = self.report("--release", "three")
        tables = tables_of(page)
        files = [row["file"] for row in rows_of(tables["files"])]
        cells = {}
        for row in (row for name in tables if name.startswith("symbols.") for row in rows_of(tables[name])):
            key = files[row["from"]], files[row["to"]], row["kind"]
            cells[key] = cells.get(key, 0) + row["sites"] * row["confidence"]
        counted = {(row["from_file"], row["to_file"], row["kind"]): row["weight"] for row in self.query(
            "SELECT from_file, to_file, kind, weight FROM dependencies WHERE release = 'three' AND kind <> 'include' AND weight > 0")}
        self.assertEqual(set(cells), set(counted))
        self.assertIn(("net/stub3.c", "store/real3.c", "call"), counted)
        self.assertIn("indirect", {kind for _, _, kind in counted})
        for key, weight in counted.items():
            self.assertAlmostEqual(cells[key], weight, delta=0.01, msg=key)

    def test_source_of_another_state_is_left_out(self):
        self.build()
        self.write({"store/store.c": "/* all else */\n"})
        shutil.rmtree(self.root / "net")
        (self.scratch / "secret").write_text("\n" * 9)
        (self.root / "net").mkdir()
        (self.root / "net/net.c").symlink_to(self.scratch / "secret")
        _, page = self.report()
        tables = tables_of(page)
        found = rows_of(tables["findings"])
        self.assertTrue(any(f["file"] == "store/store.c" for f in found))
        shown = {found[row["finding"]]["file"] for row in rows_of(tables["source.0"])}
        self.assertFalse(shown & {"store/store.c", "net/net.c"}, shown)

    def test_base(self):
        self.build()
        _, page = self.report("--base", "one", "--release", "two")
        self.assertIn("drift_domains", tables_of(page))
        _, page = self.report("--release", "one")
        self.assertNotIn("drift_domains", tables_of(page))
        self.refused(2, "report", "-o", "x.html", "--base", "two", says="cannot be compared with itself")
        self.refused(2, "report", "-o", "x.html", "--base", "three", says="three")
        self.refused(2, "report", "-o", "x.html", "--focus", "app", says="--focus")
        self.assertFalse((self.root / "x.html").exists())

    def test_full_disk(self):
        self.small()
        self.scan("--quiet")
        self.refused(3, "report", "--format", "html", "-o", "/dev/full", says="No space left")

    def test_changes_by_git(self):
        self.small()
        git = ["git", "-c", "user.name=a", "-c", "user.email=a@b", "-C", str(self.root)]
        subprocess.run(["git", "init", "-q", str(self.root)], check=True, env=environment())
        for i in range(3):
            with open(self.root / "src/list.c", "a") as stream:
                stream.write("/* %d */\n" % i)
            subprocess.run([*git, "add", "src"], check=True, env=environment())
            subprocess.run([*git, "commit", "-qm", "x"], check=True, env=environment())
        self.scan("--quiet")
        _, page = self.report()
        self.assertEqual({row["file"]: row["commits"] for row in rows_of(tables_of(page)["files"])},
                         {"src/list.c": 3, "src/list.h": 1, "src/main.c": 1})


class Browser(Page):
    def add_event(self):
        """One of hostile names, beside those that the scan found."""
        base = sqlite3.connect(self.db)
        number = dict(base.execute("SELECT name, number FROM release"))
        base.execute("INSERT INTO event (from_release, to_release, kind, severity, subject, detail, file, line, fingerprint, is_improvement) "
                     "VALUES (?, ?, 'function_renamed', 'info', ?, ?, 'app/extra.c', 1, '0', 0)", (number["one"], number["two"], BREAKOUT, QUOTES))
        base.commit()
        base.close()

    def test_views(self):
        self.build()
        self.add_event()
        path, _ = self.report()
        self.browse("views.mjs", path)

    def test_views_as_served(self):
        """The same page, and the same checks, with its tables from a server."""
        self.build()
        self.add_event()
        server = subprocess.Popen([sightline.PROGRAM, "serve"], cwd=self.root, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, env=environment())
        self.addCleanup(server.communicate)
        self.addCleanup(server.kill)
        self.browse("views.mjs", server.stdout.readline().strip())

    def test_hostile_names(self):
        evil = "evil<" + "/script><script>window.broken=1<" + "/script><img src=x onerror=window.broken=1>"
        files = {
            evil + "/a.c": 'int f(void) __asm__("%s");\nint f(void)\n{\n\treturn gets_it(0);\n}\n' % BREAKOUT.replace('"', '\\"'),
            "q/" + QUOTES.replace("/", "") + ".c": 'int g(void) __asm__("%s");\nint g(void)\n{\n\treturn 0;\n}\n' % QUOTES.replace('"', '\\"'),
            BIDI + "/b.c": 'int h(void) __asm__("%s");\nint h(void)\n{\n\treturn 0;\n}\n' % BIDI,
        }
        common = ('#include <stdio.h>\n#include <stdlib.h>\n/* %s */\nchar *gets(char *);\nstatic int gets_it(char *p)\n{\n'
                  '\tsystem("%s"); /* %s */\n\treturn sprintf(p, getenv("%s"), 1);\n}\n'
                  % (BREAKOUT, BREAKOUT.replace('"', '\\"'), BIDI, BREAKOUT.replace('"', '\\"')))
        self.write({name: (common + text).encode() + b"/* \xff\xfe \xe2\x80 */\n" for name, text in files.items()})
        bad = b"bytes\xff\xfe.c"
        self.write({bad: b"int bytes(void)\n{\n\treturn 0; /* \xff */\n}\n"})
        self.commands(*files)
        commands = json.loads((self.root / "compile_commands.json").read_text())
        raw = json.dumps(commands)[:-1].encode() + b', {"directory": "' + os.fsencode(self.root) + b'", "file": "' + bad + b'", "arguments": ["cc", "-c", "' + bad + b'"]}]'
        (self.root / "compile_commands.json").write_bytes(raw)
        self.expect(0, "scan", "-r", BREAKOUT, "--quiet")
        path, page = self.report()
        self.assertNotIn("window.broken", page.replace(re.search("<script>(.*?)</script>", page, re.S).group(0), "").split("<title>")[1].split("</title>")[1])
        names = {row["name"] for row in rows_of(tables_of(page)["names"])}
        self.assertTrue({BREAKOUT, QUOTES, BIDI} <= names, names)
        self.browse("hostile.mjs", path)


if __name__ == "__main__":
    sightline.main()
