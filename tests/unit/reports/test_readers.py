# SPDX-License-Identifier: GPL-3.0-or-later
"""Every report format, read by a program that we did not write, with every hostile name wherever a name can stand.

test_readers.py DRAW READ_GRAPHML. A reader that is not installed skips its test; ./dev installs them all.
"""
import csv
import html
import html.parser
import importlib.util
import io
import json
import os
import pathlib
import re
import shutil
import struct
import subprocess
import sys
import tempfile
import unittest
import zlib

HERE = pathlib.Path(__file__).resolve().parent
CACHE = pathlib.Path(os.environ.get("SIGHTLINE_CACHE") or pathlib.Path.home() / ".cache" / "sightline")
MODULES = CACHE / "node" / "reports" / "node_modules"
REQUIRED = os.environ.get("SIGHTLINE_ORACLES") == "required"  # ./dev test has installed every reader
DRAW = READ_GRAPHML = None


def draw(name, kind="hostile"):
    return subprocess.run([DRAW, name, kind], stdout=subprocess.PIPE, check=True, timeout=60).stdout


def run(command, data):
    return subprocess.run(command, input=data, stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=120, check=False)


def wanted():
    """What the JSON report says, as Python's own parser reads it: what other formats must tell, too."""
    return json.loads(draw("json"))


def shown(text):
    """As people are shown a name: pictures of control bytes, no character that turns the direction or is none."""
    def tame(c):
        code = ord(c)
        if code < 0x20:
            return chr(0x2400 + code)
        if code == 0x7F:
            return "\u2421"
        bidi = 0x202A <= code <= 0x202E or 0x2066 <= code <= 0x2069 or code in (0x200E, 0x200F, 0x61C, 0x2028, 0x2029)
        none = 0x80 <= code < 0xA0 or code & 0xFFFE == 0xFFFE or 0xFDD0 <= code <= 0xFDEF
        return "\ufffd" if bidi or none else c
    return "".join(map(tame, text))


def need(there, what):
    """A reader that is not there skips its test, but not under ./dev test."""
    if not there and REQUIRED:
        raise AssertionError(what + " is not installed")
    if not there:
        raise unittest.SkipTest(what + " is not installed")


def tool(name):
    def decorate(test):
        def checked(self):
            need(shutil.which(name), name)
            test(self)
        checked.__doc__ = test.__doc__
        return checked
    return decorate


class Readers(unittest.TestCase):
    def setUp(self):
        self.report = wanted()
        self.names = [node["name"] for node in self.report["domains"]]
        self.edges = self.report["dependencies"]

    def test_json(self):
        self.assertEqual(len(self.names), 70)
        self.assertIn("</script><script>alert(1)</script>", self.names)
        self.assertNotIn(b"</", draw("json"))
        self.assertEqual({file["domain"] for file in self.report["files"]}, set(self.names))
        self.assertEqual(len(self.report["tasks"]), 70)
        self.assertEqual(json.loads(draw("json", "empty"))["domains"], [])
        self.assertEqual(json.loads(draw("json", "grouped"))["nodes"][3]["domain"], self.names[3])

    def test_csv(self):
        rows = list(csv.DictReader(io.StringIO(draw("csv").decode(), newline="")))
        self.assertEqual(len(rows), 70)
        for row, edge in zip(rows, self.edges):
            for column, key in (("Source", "from"), ("Target", "to")):
                cell = row[column]
                self.assertNotIn(cell[:1], ("=", "+", "@", "\t", "\r", "-", "\n"))
                cell = cell[1:] if cell.startswith("'") and not edge[key].startswith("'") else cell
                tamed = re.sub("[\x00-\x08\x0b\x0c\x0e-\x1f]", lambda m: chr(0x2400 + ord(m[0])), edge[key]).replace("\x7f", "\u2421")
                self.assertEqual(cell, tamed)
            self.assertEqual(float(row["Weight"]), edge["weight"])

    def test_dot(self):
        for kind in ("hostile", "grouped", "empty"):
            result = run(["dot", "-Tcanon"], draw("dot", kind))
            self.assertEqual((result.returncode, result.stderr), (0, b""))

    def test_png(self):
        for kind in ("hostile", "grouped", "empty"):
            data = draw("png", kind)
            self.assertEqual(data[:8], b"\x89PNG\r\n\x1a\n")
            at, pixels, head = 8, b"", None
            while at < len(data):
                length, name = struct.unpack(">I4s", data[at:at + 8])
                body = data[at + 8:at + 8 + length]
                self.assertEqual(zlib.crc32(name + body), struct.unpack(">I", data[at + 8 + length:at + 12 + length])[0])
                head = struct.unpack(">IIBBBBB", body) if name == b"IHDR" else head
                pixels += body if name == b"IDAT" else b""
                at += 12 + length
            width, height, depth, colour = head[:4]
            self.assertIn((depth, colour), ((8, 2), (8, 6)))
            self.assertEqual(len(zlib.decompress(pixels)), height * (1 + (4 if colour == 6 else 3) * width))
            self.assertLessEqual(max(width, height), 6100)
            self.assertGreater(min(width, height), 100)

    def test_graphml_igraph(self):
        for kind, nodes in (("hostile", 70), ("grouped", 70), ("empty", 0)):
            result = run([READ_GRAPHML], draw("graphml", kind))
            self.assertEqual(result.stdout.split(), [b"%d" % nodes, b"%d" % nodes], result.stderr)

    def check_networkx(self, graph, name):
        self.assertEqual((len(graph), graph.number_of_edges()), (70, 70))
        for index, node in enumerate(self.report["domains"]):
            data = graph.nodes["n%d" % index]
            # White space around a text is no part of it in XML as networkx reads it.
            self.assertEqual((data.get(name) or "").strip(), re.sub("\u240a", "\n", shown(node["name"]).replace("\u2409", "\t")).strip())
            self.assertEqual((data["debt"], data["code_lines"], data["files"]), (node["debt"], node["code_lines"], 3))
        for index, edge in enumerate(self.edges):
            data = graph.get_edge_data("n%d" % index, "n%d" % ((index + 1) % 70))
            data = data[0] if 0 in data else data
            self.assertEqual((data["weight"], data["in_cycle"]), (edge["weight"], edge["in_cycle"]))

    def test_graphml_networkx(self):
        networkx = load("networkx")
        self.check_networkx(networkx.read_graphml(io.BytesIO(draw("graphml"))), "name")
        grouped = networkx.read_graphml(io.BytesIO(draw("graphml", "grouped")))
        self.assertEqual(grouped.nodes["n0"]["domain"], "plain")
        self.assertEqual(len(networkx.read_graphml(io.BytesIO(draw("graphml", "empty")))), 0)

    def test_gexf_networkx(self):
        networkx = load("networkx")
        graph = networkx.read_gexf(io.BytesIO(draw("gexf")), version="1.2draft")
        self.check_networkx(graph, "label")
        self.assertEqual(graph.nodes["n3"]["viz"]["color"]["r"], 255)

    def test_codecharta(self):
        jsonschema = load("jsonschema")
        schema = json.loads((HERE / "codecharta.schema.json").read_text())
        for kind in ("hostile", "empty"):
            tree = json.loads(draw("cc.json", kind))
            jsonschema.validate(tree, schema)
        tree = json.loads(draw("cc.json"))
        paths = set()

        def walk(node, path):
            names = [child["name"] for child in node.get("children", [])]
            self.assertEqual(len(names), len(set(names)), "a folder holds a name once")
            if node["type"] == "File":
                paths.add(path)
            for child in node.get("children", []):
                walk(child, path + "/" + child["name"])
        walk(tree["nodes"][0], "/root")
        self.assertEqual(paths, {"/root/" + file["path"] for file in self.report["files"]})
        ends = {edge[key] for edge in tree["edges"] for key in ("fromNodeName", "toNodeName")}
        self.assertTrue(ends and ends <= paths)

    @tool("cmark-gfm")
    def test_markdown(self):
        allowed = {"h1", "h2", "p", "ul", "ol", "li", "strong", "br", "table", "thead", "tbody", "tr", "th", "td", "pre", "code"}
        for kind in ("hostile", "empty"):
            document = Document()
            result = run(["cmark-gfm", "--unsafe", "-e", "table", "-e", "autolink", "-e", "strikethrough", "-e", "tagfilter"], draw("markdown", kind))
            self.assertEqual(result.returncode, 0)
            document.feed(result.stdout.decode())
            self.assertEqual(document.tags - allowed, set())
            self.assertEqual([text.split(" ")[0] for text in document.of("h2")], ["What", "The", "What", "What"])
            if kind == "empty":
                continue
            self.assertEqual(document.count["tr"], 21)
            cells = [cell.replace("\u2060", "").replace(" \u21bb", "").strip() for cell in document.of("td")]
            for node in sorted(self.report["domains"], key=lambda node: -node["code_lines"])[:20]:
                self.assertIn(re.sub("\n", "\u240a", shown(node["name"])).strip(), cells)
            self.assertEqual(document.count["strong"], 5 + 2 + 10)

    @tool("plantuml")
    def test_plantuml(self):
        for kind in ("hostile", "grouped", "empty"):
            result = run(["plantuml", "-charset", "UTF-8", "-syntax"], draw("plantuml", kind))
            said = result.stdout.decode()
            self.assertTrue(said.startswith("DESCRIPTION\n") or kind == "empty", said[:300])
            if kind == "hostile":
                self.assertEqual(said, "DESCRIPTION\n(70 entities)\n")

    def test_structurizr(self):
        """By the rules of Structurizr's own tokenizer and parser, written down again here."""
        for kind in ("hostile", "empty"):
            check_structurizr(self, draw("structurizr", kind).decode(), 70 if kind == "hostile" else 0)

    @tool("node")
    def test_structurizr_parser(self):
        """structurizr-parser knows the grammar but for properties of containers and expressions in views: they are taken out."""
        need((MODULES / "structurizr-parser").is_dir(), "structurizr-parser")
        script = """const {StructurizrLexer, StructurizrParser} = require(process.argv[1] + '/structurizr-parser');
            const tokens = StructurizrLexer.tokenize(require('fs').readFileSync(0, 'utf8'));
            StructurizrParser.input = tokens.tokens;
            StructurizrParser.workspaceWrapper();
            console.log(JSON.stringify(tokens.errors.concat(StructurizrParser.errors.map(e => e.message))));"""
        for kind in ("hostile", "empty"):
            text = re.sub(rb"(?m)^ *exclude relationship.tag==.*\n", b"", draw("structurizr", kind))
            text = re.sub(rb"(?m)^ *properties \{\n.*\n *\}\n", b"", text)
            result = run(["node", "-e", script, str(MODULES)], text)
            self.assertEqual((result.stdout, result.stderr), (b"[]\n", b""))

    @tool("chromium")
    def test_mermaid_in_chromium(self):
        library = MODULES / "mermaid" / "dist" / "mermaid.min.js"
        need(library.is_file(), "mermaid")
        charts = [draw("mermaid", kind).decode() for kind in ("hostile", "grouped", "empty")]
        # The release note brings a chart along, too.
        charts += re.findall(r"(?ms)^```mermaid\n(.*?)^```", draw("markdown").decode())
        self.assertEqual(len(charts), 4)
        page = PAGE % (library.as_uri(), json.dumps(charts).replace("<", "\\u003c"))
        with tempfile.TemporaryDirectory() as folder:
            path = pathlib.Path(folder) / "page.html"
            path.write_text(page)
            result = run(["chromium", "--headless", "--no-sandbox", "--disable-gpu", "--user-data-dir=" + folder + "/profile",
                          "--virtual-time-budget=60000", "--dump-dom", path.as_uri()], b"")
        said = re.search(rb'<pre id="said">(.*?)</pre>', result.stdout, re.S)
        self.assertTrue(said, result.stderr[-500:])
        drawn = json.loads(html.unescape(said[1].decode()))
        self.assertEqual([chart["error"] for chart in drawn], [None] * 4)
        self.assertEqual([chart["nodes"] for chart in drawn[:3]], [61, 61, 0])
        self.assertEqual([chart["scripts"] for chart in drawn], [0] * 4)
        for name in ("plain", "&lt;script&gt;", "<b>bold</b>", "\\N \\G \\E \\L \\T \\H", "end", "\u00e9t\u00e9 \u65e5\u672c \U0001f600"):
            if name in self.names[10:]:  # the largest are drawn
                self.assertTrue(any(name[:20] in label for label in drawn[0]["labels"]), name)

    def test_mermaid(self):
        """What we use of the flowchart's grammar."""
        for kind in ("hostile", "grouped", "empty"):
            text = draw("mermaid", kind).decode()
            self.assertLess(len(text), 50000)
            lines = text.rstrip("\n").split("\n")
            self.assertEqual(lines[0], "flowchart LR")
            label = r'"[^"`<>&;\\]*(?:#[0-9]+;[^"`<>&;\\]*)*(?:<br/>[0-9.kMG]+ lines, debt [0-9]+)?"'
            known = re.compile(r"^  (?:  )?(?:n\d+(?:\[%s\]|\(\[%s\]\)):::(?:debt\d|other)|n\d+ (?:==>|-->|-\.->|<==>|<-->|<-\.->) n\d+"
                               r"|subgraph g\d+\[%s\]|end|linkStyle \d+ stroke:#\w+|classDef \w+ [\w:#,-]+)$|^%%%% \d+ lighter" % (label, label, label))
            for line in lines[1:]:
                self.assertRegex(line, known)
            self.assertLessEqual(sum("-->" in line or "==>" in line or "-.->" in line for line in lines), 200)


def load(name):
    need(importlib.util.find_spec(name), "python3-" + name)
    return importlib.import_module(name)


PAGE = """<!doctype html><meta charset="utf-8"><body><script src="%s"></script><script>
window.alert = () => { window.called = true; };
const charts = %s;
(async () => {
  mermaid.initialize({startOnLoad: false, securityLevel: 'strict'});
  const said = [];
  for (const [i, chart] of charts.entries()) {
    try {
      const {svg} = await mermaid.render('chart' + i, chart);
      const place = document.createElement('div');
      place.innerHTML = svg;
      said.push({error: null, nodes: place.querySelectorAll('.node').length, scripts: place.querySelectorAll('script').length,
                 labels: [...place.querySelectorAll('.node')].map(node => node.textContent)});
    } catch (error) {
      said.push({error: String(error), nodes: 0, scripts: 0, labels: []});
    }
  }
  document.body.innerHTML = '<pre id="said"></pre>';
  document.getElementById('said').textContent = JSON.stringify(said);
})();
</script>
"""


class Document(html.parser.HTMLParser):
    """Which elements there are, how many, and the text of each."""

    def __init__(self):
        super().__init__()
        self.tags, self.count, self.texts, self.open = set(), {}, {}, []

    def handle_starttag(self, tag, attrs):
        self.tags.add(tag)
        self.count[tag] = self.count.get(tag, 0) + 1
        self.texts.setdefault(tag, []).append("")
        if tag != "br":
            self.open.append(tag)

    def handle_endtag(self, tag):
        if tag in self.open:
            del self.open[len(self.open) - 1 - self.open[::-1].index(tag):]

    def handle_data(self, data):
        for tag in set(self.open):
            self.texts[tag][-1] += data

    def of(self, tag):
        return self.texts.get(tag, [])


def tokens_of(line):
    """Structurizr's Tokenizer."""
    tokens, token, started, quoted = [], "", False, False
    for index, c in enumerate(line):
        if not started:
            if c == '"':
                token, started, quoted = "", True, True
            elif not c.isspace():
                token, started, quoted = c, True, False
        elif c == '"' and line[index - 1] == "\\":
            token += c
        elif (quoted and c == '"') or (not quoted and c.isspace()):
            tokens.append(token)
            started = False
        else:
            token += c
    if started:
        assert not quoted, "a text is not closed: " + line
        tokens.append(token)
    return tokens


def check_structurizr(test, text, containers):
    inside, ids, names, views, count = [], set(), set(), set(), 0
    for line in text.split("\n"):
        test.assertFalse(line.endswith("\\") or line.endswith('"""'), line)
        line = line.strip()
        if not line or line.startswith("//"):
            continue
        test.assertNotRegex(line, r"\$\{[a-zA-Z0-9-_.]+?\}")
        tokens = tokens_of(line)
        if tokens == ["}"]:
            inside.pop()
            continue
        opens = tokens[-1] == "{"
        test.assertNotIn("{", tokens[:-1])
        where = inside[-1] if inside else None
        if tokens[1:2] == ["="]:
            test.assertIn(where, ({"softwareSystem": ("model",), "container": ("softwareSystem",), "component": ("container",)})[tokens[2]])
            test.assertRegex(tokens[0], r"^\w[a-zA-Z0-9_-]*$")
            test.assertNotIn(tokens[0].lower(), ids, "an identifier is defined once")
            ids.add(tokens[0].lower())
            test.assertTrue(tokens[3])
            test.assertNotIn((len(inside), tokens[3]), names, "a name is unique within its parent")
            if tokens[2] != "component" and tokens[3] != "same":  # domains have names of their own, the sample's have not
                names.add((len(inside), tokens[3]))
            test.assertLessEqual(len(tokens) - opens, 7)
            count += tokens[2] == "container"
            kind = tokens[2]
        elif tokens[1:2] == ["->"]:
            test.assertEqual(where, "model")
            test.assertIn(tokens[0].lower(), ids, "forward references are not supported")
            test.assertIn(tokens[2].lower(), ids)
            test.assertLessEqual(len(tokens), 6)
            kind = "relation"
        else:
            allowed = {None: ["workspace"], "workspace": ["model", "views"], "views": ["container", "component", "styles"],
                       "container": ["properties"], "view": ["include", "exclude", "autoLayout"], "styles": ["element", "relationship"],
                       "style": ["background", "color"], "properties": None}[where]
            if allowed:
                test.assertIn(tokens[0], allowed)
            if where == "properties":
                test.assertEqual((tokens[0], len(tokens)), ("sightline.domain", 2))
            if where == "views" and tokens[0] != "styles":
                test.assertIn(tokens[1], ids)
                test.assertNotIn(tokens[2], views, "a view's key is unique")
                test.assertRegex(tokens[2], r"^[\w-]+$")
                views.add(tokens[2])
            if tokens[0] == "include" and tokens[1] != "*":
                test.assertIn(tokens[1], ids)
            kind = {"views": "view", "styles": "style"}.get(where, tokens[0]) if tokens[0] != "styles" else "styles"
        if opens:
            inside.append(kind)
    test.assertEqual(inside, [])
    test.assertEqual(count, containers)
    test.assertTrue(views)


if __name__ == "__main__":
    DRAW, READ_GRAPHML = sys.argv[1:3]
    os.environ.setdefault("PYTHONDONTWRITEBYTECODE", "1")
    unittest.main(argv=sys.argv[:1] + sys.argv[3:])
