# SPDX-License-Identifier: GPL-3.0-or-later
"""Reports from outside: every format of a scanned tree, what goes with what, and diagrams given back as reference."""
import csv
import io
import json
import re
import xml.etree.ElementTree as tree

import sightline
from sightline import Case

FORMATS = {"dot": "gv", "svg": "svg", "png": "png", "markdown": "md", "json": "json", "csv": "csv", "graphml": "graphml", "gexf": "gexf",
           "mermaid": "mmd", "plantuml": "puml", "structurizr": "dsl", "cc.json": "cc.json"}
# Three parts: app uses net and base, net uses base.
TREE = {
    "base/base.h": "int base_one(int x);\nint base_two(int x);\n",
    "base/base.c": '#include "base.h"\nint base_one(int x) { return x + 1; }\nint base_two(int x) { return base_one(x) * 2; }\n',
    "net/net.h": "int net_send(int x);\nint net_receive(int x);\n",
    "net/net.c": '#include "net.h"\n#include "../base/base.h"\nint net_send(int x) { return base_one(x); }\n'
                 "int net_receive(int x) { return net_send(base_two(x)); }\n",
    "app/main.c": '#include "../net/net.h"\n#include "../base/base.h"\nint main(void) { return net_receive(1) + base_two(2); }\n',
    "sightline.yaml": 'domains:\n  app: ["app/**"]\n  net: ["net/**"]\n  base: ["base/**"]\n',
}
UNITS = ("base/base.c", "net/net.c", "app/main.c")
EDGES = {("app", "net"), ("app", "base"), ("net", "base")}

DSL = """workspace "W" {
  model {
    user = person "User"
    s = softwareSystem "App" {
      a = container "app"
      n = container "Net"
      b = container "base"
    }
    user -> a
%s
  }
}
"""


class Reports(Case):
    def setUp(self):
        super().setUp()
        self.write(TREE)
        self.commands(*UNITS)

    def report(self, *arguments):
        return self.expect(0, "report", *arguments).raw_out

    def differences(self, *arguments, release=None):
        """(rule, what) of what the reference and the code do not share, and what was told of it."""
        told = self.scan("--quiet", *arguments).err
        rows = self.query("SELECT rule, subject FROM findings WHERE release = :release AND rule IN ('V003', 'V004')",
                          *(("--release", release) if release else ()))
        return {(row["rule"], row["subject"]) for row in rows}, told

    # ---- formats ----

    def test_every_format_by_name_and_by_ending(self):
        self.scan()
        for name, ending in FORMATS.items():
            path = self.scratch / ("out." + ending)
            self.expect(0, "report", "-o", str(path), "--quiet")
            self.assertEqual(path.read_bytes(), self.report("--format", name), name)
            self.assertEqual(path.read_bytes(), self.report("--format", ending), name)
            self.assertGreater(path.stat().st_size, 100, name)

    def test_what_formats_say(self):
        self.scan()
        report = json.loads(self.report("--format", "json"))
        self.assertEqual({(edge["from"], edge["to"]) for edge in report["dependencies"]}, EDGES)
        self.assertEqual({file["path"]: file["domain"] for file in report["files"]}["net/net.h"], "net")
        self.assertIn({"from": "net/net.c", "to": "base/base.h", "includes": True},
                      [{key: link[key] for key in ("from", "to", "includes")} for link in report["file_dependencies"]])
        self.assertIsNone(report["previous_release"])
        rows = csv.DictReader(io.StringIO(self.report("--format", "csv").decode(), newline=""))
        self.assertEqual({(row["Source"], row["Target"]) for row in rows}, EDGES)
        xmlns = "{http://graphml.graphdrawing.org/xmlns}"
        graph = tree.fromstring(self.report("--format", "graphml"))
        self.assertEqual((len(graph.findall(".//%snode" % xmlns)), len(graph.findall(".//%sedge" % xmlns))), (3, 3))
        city = json.loads(self.report("--format", "cc.json"))
        self.assertEqual({child["name"] for child in city["nodes"][0]["children"]}, {"app", "net", "base"})
        note = self.report("--format", "markdown").decode()
        for heading in ("# Architecture of tree", "## What changed", "## The parts", "## What is worst", "## What to do first"):
            self.assertIn(heading, note)
        self.assertIn("| net |", note)

    def test_files_and_focus(self):
        self.scan()
        report = json.loads(self.report("--files", "--format", "json"))
        self.assertEqual({node["name"]: node["domain"] for node in report["nodes"]}["app/main.c"], "app")
        self.assertIn(("app/main.c", "net/net.c"), {(edge["from"], edge["to"]) for edge in report["dependencies"]})
        for name in FORMATS:
            focus = self.report("--focus", "net", "--format", name)
            self.assertNotEqual(focus, self.report("--format", name), name)
            if name not in ("png", "dot", "svg"):
                self.assertIn(b"net.c", focus, name)
            if name in ("structurizr", "markdown", "cc.json"):
                self.refused(2, "report", "--files", "--format", name, says="--files")
            else:
                self.assertNotEqual(self.report("--files", "--format", name), self.report("--format", name), name)
        city = json.loads(self.report("--focus", "net", "--format", "cc.json"))
        self.assertEqual([child["name"] for child in city["nodes"][0]["children"]], ["net"])
        self.refused(2, "report", "--files", "--focus", "net", says="exclude each other")
        self.refused(2, "report", "--format", "cc", says=("cc.json", "structurizr"))

    def test_release_note_tells_what_changed(self):
        self.scan("--release", "one")
        self.write({"net/net.c": TREE["net/net.c"] + "static int more(int x) { return x; }\nint net_more(int x) { return more(x); }\n",
                    "base/base.c": '#include "base.h"\n#include "../net/net.h"\nint base_one(int x) { return net_send(x); }\n'
                                   "int base_two(int x) { return x; }\n"})
        self.scan("--release", "two")
        note = self.report("--format", "markdown").decode()
        self.assertIn("## What changed since one", note)
        self.assertIn("- functions: 5 → 7 (+2)", note)
        self.assertIn("- new dependency base → net in ", note)
        self.assertIn("**A cycle of 2 parts**: base, net", note)
        self.assertRegex(note, "- to do: ")
        back = json.loads(self.report("--format", "json", "--release", "one", "--base", "two"))
        self.assertEqual(back["previous_release"], "two")
        self.assertTrue([change for change in back["changes"] if "base → net is gone" in change["text"]])
        focus = json.loads(self.report("--format", "json", "--focus", "app"))
        self.assertFalse([change for change in focus["changes"] if "base → net" in change["text"]])
        self.refused(2, "report", "--format", "markdown", "--base", "two", says="--base two")
        self.refused(2, "report", "--format", "markdown", "--base", "none", says="none")

    # ---- the reference ----

    def test_what_is_exported_is_no_difference(self):
        self.scan()
        for name in ("structurizr", "plantuml"):
            path = self.scratch / ("reference." + FORMATS[name])
            self.expect(0, "report", "-o", str(path))
            self.assertEqual(self.differences("--reference", str(path)), (set(), ""))

    def test_edited_exports(self):
        self.scan()
        dsl, puml = self.scratch / "e.dsl", self.scratch / "e.puml"
        text = self.report("--format", "structurizr").decode()
        ids = {name: id for id, name in re.findall(r'(d\d) = container "(\w+)"', text)}
        lines = [line for line in text.split("\n") if not line.strip().startswith("%s -> %s " % (ids["app"], ids["base"]))]
        at = next(i for i, line in enumerate(lines) if " -> d" in line)
        dsl.write_text("\n".join(lines[:at] + ["%s -> %s" % (ids["base"], ids["app"])] + lines[at:]))
        text = self.report("--format", "plantuml").decode()
        text = re.sub(r"(?m)^%s --> %s .*\n" % (ids["app"], ids["base"]), "", text)
        puml.write_text(text.replace("@enduml", "[base] --> [app]\n@enduml"))
        for path in (dsl, puml):
            found, told = self.differences("--reference", str(path))
            self.assertEqual(found, {("V003", "app/main.c -> base/base.c"), ("V003", "app/main.c -> base/base.h"), ("V004", "base -> app")}, path)
            self.assertEqual(told, "")
            tasks = self.query("SELECT title FROM tasks WHERE release = :release AND title LIKE '%forbidden%'")
            self.assertEqual([task["title"] for task in tasks], ["Remove the forbidden dependency app -> base"])

    def test_key_and_places(self):
        self.write({"docs/arch.dsl": DSL % "    a -> n\n    n -> b",
                    "sightline.yaml": TREE["sightline.yaml"] + "reference: docs/arch.dsl\n"})
        found, told = self.differences()
        self.assertEqual({rule for rule, _ in found}, {"V003"})
        # From elsewhere, too: the diagram lies beside the configuration.
        self.expect(0, "scan", str(self.root), "--quiet", cwd=self.scratch)
        self.assertEqual(self.differences(), (found, told))
        # A change of the diagram alone is seen.
        self.write({"docs/arch.dsl": DSL % "    a -> n\n    n -> b\n    a -> b"})
        self.assertEqual(self.differences(), (set(), ""))
        self.write({"docs/arch.dsl": DSL % "    a -> m"})
        self.refused(2, "scan", says=("docs/arch.dsl:10:10:", "\"m\""))
        self.refused(2, "scan", "--reference", "none.dsl", says=("none.dsl", "name a file that exists"))

    def test_globs_and_what_has_no_counterpart(self):
        self.write({"sightline.yaml": "{}\n", "c4.puml":
                    '@startuml\ncomponent "Front" as f\n\' sightline.files f = app/**\ncomponent "Back" as b\n\' sightline.files b = net/**, base/**\n'
                    'component "Planned" as p\nperson Me\ndatabase Store\nMe --> f\nf --> b\nb --> p\nb --> Store\n@enduml\n'})
        found, told = self.differences("--reference", "c4.puml")
        self.assertEqual(found, {("V004", "Back -> Planned")})
        self.assertIn("these elements are no domain of the code: Planned (line 6);", told)
        self.assertNotIn("Store", told)
        self.assertEqual({row["domain"] for row in self.query("SELECT domain FROM domains WHERE release = :release")}, {"Front", "Back"})
        self.write({"c4.puml": "@startuml\n[app] --> [net]\n@enduml\n", "sightline.yaml": TREE["sightline.yaml"]})
        found, told = self.differences("--reference", "c4.puml")
        self.assertEqual(found, set())
        self.assertIn("these domains are not in the reference, and not judged by it: base", told)
        self.write({"c4.puml": "@startuml\n[x] --> [y]\n@enduml\n"})
        found, told = self.differences("--reference", "c4.puml")
        self.assertIn("none of its elements is a domain", told)

    def test_another_configuration_as_reference(self):
        self.write({"sightline.yaml": "{}\n", "target.yaml": TREE["sightline.yaml"] + 'allow: ["app -> net", "net -> base", "base -> app"]\n'})
        found, told = self.differences("--reference", "target.yaml")
        self.assertEqual({rule for rule, _ in found}, {"V003", "V004"})
        self.assertIn(("V004", "base -> app"), found)

    def test_hostile_names_survive_the_round_trip(self):
        name = 'a"b\\\\c <x> {y} ${Z} #&\'`|%!é'
        self.write({"sightline.yaml": 'domains:\n  "%s": ["app/**"]\n  "end": ["net/**"]\n  "//--__": ["base/**"]\n'
                                      % name.replace('"', '\\"')})
        self.scan()
        for format_name in ("structurizr", "plantuml"):
            path = self.scratch / ("h." + FORMATS[format_name])
            path.write_bytes(self.report("--format", format_name))
            self.assertEqual(self.differences("--reference", str(path)), (set(), ""))


if __name__ == "__main__":
    sightline.main()
