#!/usr/bin/env python3
"""drift.py SIGHTLINE PROGRAM [WORDS]: changes that are planted in a copy of a real program are told as what they are, and look-alikes not at all.

Some files of our own are put beside the program's, with domains declared for them; the program's own files are in domains that are
discovered. Each change is made alone, scanned as a release of its own, compared with the release before any, and undone. What
else is told must be a consequence that the change is listed with. WORDS: only those whose description has them."""
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile

from oracle import program_root

sightline, name = os.path.realpath(sys.argv[1]), sys.argv[2]
wanted = sys.argv[3] if len(sys.argv) > 3 else ""

HEADER = """#ifndef PLANTED_H
#define PLANTED_H
struct planted_point { int x; int y; };
enum planted_mood { PLANTED_CALM, PLANTED_WILD };
int planted_area(struct planted_point p);
int planted_old(int x);
#endif
"""
FILES = {
    "include/planted.h": HEADER,
    "planted/api/api.c": '#include "../../include/planted.h"\nint planted_area(struct planted_point p)\n{\n\treturn p.x * p.y;\n}\n'
                         "int planted_old(int x)\n{\n\treturn x + 1;\n}\n",
    "planted/one/one.c": "#include <stdlib.h>\nint two_step(int x);\nint planted_mode = 1;\nint planted_common = 2;\n"
                         "int one_start(int count)\n{\n\tplanted_mode++;\n\tplanted_common++;\n\tif (getenv(\"PLANTED_ONE\"))\n\t\treturn 0;\n"
                         "\treturn two_step(count);\n}\n",
    "planted/two/two.c": "#include <stdio.h>\nextern int planted_common;\nint two_step(int x)\n{\n\tint total = 0;\n"
                         "\tfor (int i = 0; i < x; i++)\n\t\ttotal += i;\n\treturn total;\n}\nint two_idle(void)\n{\n\tplanted_common = 0;\n\treturn 4;\n}\n"
                         "int two_log(void)\n{\n\tFILE *file = fopen(\"planted-two.log\", \"r\");\n\tif (!file)\n\t\treturn 0;\n\treturn fclose(file);\n}\n",
    "planted/three/three.c": "#include <zlib.h>\nint three_end(int x)\n{\n\treturn x - 1;\n}\nconst char *three_version(void)\n{\n\treturn zlibVersion();\n}\n",
    "planted/four/four.c": "int five(int x);\nint four(int x)\n{\n\treturn x ? five(x - 1) : 0;\n}\nint four_more(int x)\n{\n\treturn x * 4;\n}\n"
                           "int four_last(int x)\n{\n\treturn x * 44;\n}\n",
    "planted/five/five.c": "int four(int x);\nint two_idle(void);\nint five(int x)\n{\n\treturn four(x - 2);\n}\nint five_idle(void)\n{\n"
                           "\treturn two_idle();\n}\nint five_more(int x)\n{\n\treturn x * 5;\n}\n",
    "planted/six/six.c": "int six(int x)\n{\n\treturn x * 6;\n}\n",
    "planted/start.c": "int one_start(int count);\nint four(int x);\nint six(int x);\nint five_idle(void);\nint two_log(void);\nint three_end(int x);\n"
                       "const char *three_version(void);\nint wide1_a(int);\nint wide2_a(int);\nint wide3_a(int);\nint wide4_a(int);\nint near(int);\nint strand1(int);\nint strand2(int);\nint strand3(int);\nint strand4(int);\n"
                       "int strand5(int);\nint strand6(int);\nint strand7(int);\nint strand8(int);\n"
                       "__attribute__((constructor)) static void planted_setup(void)\n{\n\tone_start(four(3));\n\tsix(1);\n\tfive_idle();\n\ttwo_log();\n"
                       "\tthree_end(1);\n\tthree_version();\n\twide1_a(1);\n\twide2_a(1);\n\twide3_a(1);\n\twide4_a(1);\n\tnear(1);\n\tstrand1(1);\n\tstrand2(1);\n"
                       "\tstrand3(1);\n\tstrand4(1);\n\tstrand5(1);\n\tstrand6(1);\n\tstrand7(1);\n\tstrand8(1);\n}\n"
                       "__attribute__((constructor)) static void planted_second(void)\n{\n\tsix(2);\n}\n",
}
for number in range(1, 5):
    FILES["planted/wide/wide%d.c" % number] = "".join(
        "int wide%d_%s(int x)\n{\n\tint y = x;\n\twhile (y > %d)\n\t\ty -= %d;\n\treturn y%s;\n}\n"
        % (number, letter, number + ord(letter), number + 1, " + wide%d_%s(x - 1)" % (number, after) if after else "")
        for letter, after in (("c", ""), ("b", "c"), ("a", "b")))
# A circle of three parts, two of which read the same variable.
FILES["planted/near/near.c"] = ("#include <stdlib.h>\nint far(int x);\nint near(int x)\n{\n\treturn getenv(\"PLANTED_BOTH\") ? far(x - 1) : x;\n}\n")
FILES["planted/far/far.c"] = ("#include <stdlib.h>\nint near(int x);\nint beyond(int x);\nint far(int x)\n{\n"
                              "\treturn getenv(\"PLANTED_BOTH\") ? near(x - 1) : beyond(x);\n}\n")
FILES["planted/beyond/beyond.c"] = "int far(int x);\nint beyond(int x)\n{\n\treturn x > 0 ? far(x - 2) : x;\n}\n"
STRANDS = range(1, 9)


def knotted(name):
    """A file that is hard to read, and in a circle with all strands."""
    deep = "".join("%sif (x > %d)\n" % ("\t" * depth, depth) for depth in range(1, 9)) + "\t" * 9 + "x += strand%d(x - 1);\n"
    return ("".join("int strand%d(int x);\n" % n for n in STRANDS) +
            "".join("int %s%d(int x)\n{\n%s\treturn x;\n}\n" % (name, n, (deep % n) * 6) for n in STRANDS))


def calm(name):
    return "".join("int %s%d(int x)\n{\n\treturn x;\n}\n" % (name, n) for n in STRANDS)


FILES["planted/knot/knot.c"] = knotted("knot")
FILES["planted/calm/calm.c"] = calm("calm")
for number in STRANDS:
    FILES["planted/strand/strand%d.c" % number] = ("int knot%d(int x);\nint calm%d(int x);\nint strand%d(int x)\n{\n\treturn x > 0 ? knot%d(x - 1) + calm%d(x - 2) : x;\n}\n"
                                                   % ((number,) * 5))
CONFIG = """domains:
  api: ["include/planted.h", "planted/api/**"]
  one: ["planted/one/**"]
  two: ["planted/two/**"]
  three: ["planted/three/**"]
  four: ["planted/four/**"]
  five: ["planted/five/**"]
  six: ["planted/six/**"]
  wide: ["planted/wide/**"]
  start: ["planted/start.c"]
  near: ["planted/near/**"]
  far: ["planted/far/**"]
  beyond: ["planted/beyond/**"]
  knot: ["planted/knot/**"]
  calm: ["planted/calm/**"]
  strand: ["planted/strand/**"]
forbid:
  - "three -> one"
  - "five -> two"
api: ["include/planted.h"]
rules: {V019: off}
"""


class Tree:
    def __init__(self, root, folder):
        self.root = os.path.join(folder, "tree")
        self.model = os.path.join(folder, "model.db")
        shutil.copytree(root, self.root, symlinks=True, ignore=shutil.ignore_patterns(".sightline", ".oracle", ".git", "*.o", "*.a", "*.so"))
        with open(os.path.join(root, "compile_commands.json"), encoding="utf-8") as stream:
            self.program = json.loads(stream.read().replace(json.dumps(root)[1:-1], json.dumps(self.root)[1:-1]))
        self.sources = sorted({os.path.relpath(os.path.normpath(os.path.join(c["directory"], c["file"])), self.root) for c in self.program})
        self.files = dict(FILES)
        for path, text in FILES.items():
            self.write(path, text)
        self.config(CONFIG)
        self.write_commands()

    def read(self, path):
        with open(os.path.join(self.root, path), encoding="latin-1", newline="") as stream:
            return stream.read()

    def write(self, path, text):
        path = os.path.join(self.root, path)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "w", encoding="latin-1", newline="") as stream:
            stream.write(text)

    def config(self, text):
        self.write("sightline.yaml", text)

    def write_commands(self):
        own = [path for path in self.files if path.endswith(".c") and os.path.exists(os.path.join(self.root, path))]
        commands = self.program + [{"directory": self.root, "file": path, "arguments": ["cc", "-c", path]} for path in sorted(own)]
        with open(os.path.join(self.root, "compile_commands.json"), "w", encoding="utf-8") as stream:
            json.dump(commands, stream)

    def scan(self, release):
        subprocess.run([sightline, "scan", self.root, "--db", self.model, "--quiet", "--no-history", "--release", release], check=True,
                       stderr=subprocess.PIPE)

    def drift(self, release):
        said = subprocess.run([sightline, "drift", "base", release, "--db", self.model, "--format", "json", "--config",
                               os.path.join(self.root, "sightline.yaml")], cwd=self.root, check=True, stdout=subprocess.PIPE).stdout
        return json.loads(said)

    def gone(self, path):
        os.unlink(os.path.join(self.root, path))
        self.write_commands()

    def put(self, path, text):
        self.files[path] = text
        self.write(path, text)
        self.write_commands()

    def undo(self):
        for path in set(self.files) - set(FILES):
            if os.path.exists(os.path.join(self.root, path)):
                os.unlink(os.path.join(self.root, path))
        self.files = dict(FILES)
        for path, text in FILES.items():
            if not os.path.exists(os.path.join(self.root, path)) or self.read(path) != text:
                self.write(path, text)
        self.config(CONFIG)
        self.write_commands()


def edit(path, before, after, count=1):
    """before -> after in one of our files; the text must be there."""
    def change(tree):
        text = tree.read(path)
        assert before in text, (path, before)
        tree.write(path, text.replace(before, after, count))
    return change


def also(*changes):
    def change(tree):
        for one in changes:
            one(tree)
    return change


def yaml(before, after):
    def change(tree):
        assert before in CONFIG, before
        tree.config(CONFIG.replace(before, after))
    return change


def move_wide(tree):
    """A function with its body to a neighbour."""
    text = tree.read("planted/wide/wide1.c")
    body = re.search(r"int wide1_c\(int x\)\n\{.*?\n\}\n", text, re.S).group(0)
    tree.write("planted/wide/wide1.c", "int wide1_c(int x);\n" + text.replace(body, ""))
    tree.write("planted/wide/wide2.c", tree.read("planted/wide/wide2.c") + body)


TANGLED = "int four_more(int), five_more(int), two_step(int);\n\treturn four_more(x) + five_more(x) + two_step(x)"
SMELL = "#include <stdlib.h>\n#include <string.h>\nint six(int x)\n{\n\tchar to[4];\n\tstrcpy(to, getenv(\"HOME\"));\n\treturn to[0] + x * 6;\n}\n"
# name, change, what must be told (kind, subject), kinds that may be told beside it
PLANTED = [
    ("a call into another domain", edit("planted/two/two.c", "\treturn 4;", "\tint three_end(int);\n\treturn three_end(4);"),
     ("dependency_added", "two -> three"), {"debt_up"}),
    ("the last call into another domain gone", edit("planted/one/one.c", "return two_step(count)", "return count"),
     ("dependency_removed", "one -> two"), {"cycle_broken", "dead_code_grown", "debt_down", "exclusivity_up"}),
    ("a circle of domains", also(edit("planted/six/six.c", "return x * 6", "int wide1_a(int);\n\treturn wide1_a(x)"),
                                 edit("planted/wide/wide1.c", "int y = x;", "int six(int);\n\tint y = six(x);")),
     ("cycle_added", "domains"), {"common_added", "debt_up", "dependency_added"}),
    ("a circle cut", edit("planted/five/five.c", "return four(x - 2)", "return x - 2"),
     ("cycle_broken", "domains"), {"debt_down", "dependency_removed"}),
    ("a circle cut: less debt", edit("planted/five/five.c", "return four(x - 2)", "return x - 2"),
     ("debt_down", "five|four"), {"cycle_broken", "dependency_removed"}),
    ("a circle that takes one more in", also(edit("planted/five/five.c", "return four(x - 2)", "int six(int);\n\treturn four(x - 2) + six(x)"),
                                            edit("planted/six/six.c", "return x * 6", "int four(int);\n\treturn four(x)")),
     ("cycle_grown", "domains"), {"common_added", "debt_up", "dependency_added"}),
    ("what is forbidden", edit("planted/three/three.c", "return x - 1", "int one_start(int);\n\treturn one_start(x)"),
     ("violation_added", "three"), {"debt_up", "dependency_added"}),
    ("what was forbidden gone", edit("planted/five/five.c", "return two_idle()", "return 1"),
     ("violation_fixed", "five"), {"dead_code_grown", "debt_down", "dependency_removed", "exclusivity_up"}),
    ("a new part", also(lambda tree: tree.put("planted/seven/seven.c", "int seven(int x)\n{\n\treturn x * 7;\n}\n"),
                        yaml("  start:", "  seven: [\"planted/seven/**\"]\n  start:")),
     ("domain_added", "seven"), {"dead_code_grown"}),
    ("a part gone", also(lambda tree: tree.gone("planted/six/six.c"), edit("planted/start.c", "\tsix(1);\n", ""),
                         edit("planted/start.c", "\tsix(2);\n", "")),
     ("domain_removed", "six"), set()),
    ("a part renamed", yaml("  six:", "  sechs:"), ("domain_renamed", "sechs"), set()),
    ("a part split", yaml("  wide: [\"planted/wide/**\"]", "  wide: [\"planted/wide/wide1.c\", \"planted/wide/wide2.c\"]\n  broad: [\"planted/wide/**\"]"),
     ("domain_split", "wide"), set()),
    ("two parts merged", lambda tree: tree.config(CONFIG.replace("  four: [\"planted/four/**\"]\n  five: [\"planted/five/**\"]",
                                                                 "  four: [\"planted/four/**\", \"planted/five/**\"]").replace("five -> two", "four -> two")),
     ("domain_merged", "four|five"), {"cycle_broken", "debt_down"}),
    ("a file of another part", yaml("  one: [\"planted/one/**\"]", "  one: [\"planted/one/**\", \"planted/wide/wide4.c\"]"),
     ("file_moved", "planted/wide/wide4.c"), {"debt_down", "exclusivity_up"}),
    ("a file renamed", also(lambda tree: tree.put("planted/wide/wide_first.c", FILES["planted/wide/wide1.c"]),
                            lambda tree: tree.gone("planted/wide/wide1.c")),
     ("file_renamed", "planted/wide/wide_first.c"), set()),
    ("a function moved", move_wide, ("function_moved", "wide1_c"), {"debt_down", "finding_fixed"}),
    ("a function renamed", also(edit("planted/wide/wide1.c", "wide1_c", "wide1_renamed", 9)),
     ("function_renamed", "wide1_renamed"), set()),
    ("an entry point", edit("planted/wide/wide1.c", "int wide1_c", "__attribute__((constructor)) static void wide1_begin(void)\n{\n}\nint wide1_c"),
     ("entry_point_added", "constructor wide1_begin"), set()),
    ("an entry point gone", edit("planted/start.c", "__attribute__((constructor)) static void planted_second(void)\n{\n\tsix(2);\n}\n", ""),
     ("entry_point_removed", "constructor planted_second"), {"common_removed"}),
    ("a file that is opened", edit("planted/two/two.c", "planted-two.log", "planted-other.log"),
     ("resource_added", "planted-other.log"), {"finding_added", "finding_fixed", "resource_removed"}),
    ("a file no longer opened", edit("planted/two/two.c", "fopen(\"planted-two.log\", \"r\")", "stdin"),
     ("resource_removed", "planted-two.log"), {"debt_down", "finding_fixed"}),
    ("a resource that two share", also(edit("planted/two/two.c", "#include <stdio.h>", "#include <stdio.h>\n#include <stdlib.h>"),
                                             edit("planted/two/two.c", "\tint total = 0;", "\tint total = getenv(\"PLANTED_ONE\") != 0;")),
     ("resource_shared", "PLANTED_ONE"), set()),
    ("a resource that one has alone again", edit("planted/far/far.c", "getenv(\"PLANTED_BOTH\")", "x > 0"),
     ("resource_exclusive", "PLANTED_BOTH"), {"debt_down", "debt_up", "finding_added", "finding_fixed"}),
    ("a circle that one leaves", edit("planted/beyond/beyond.c", "far(x - 2)", "x - 2"),
     ("cycle_shrunk", "domains"), {"debt_down", "dependency_removed"}),
    ("a file that became hard to work on", lambda tree: tree.write("planted/calm/calm.c", knotted("calm")),
     ("high_debt_added", "planted/calm/calm.c"), {"cycle_grown", "debt_up", "dependency_added", "finding_added"}),
    ("a file that is easy to work on again", lambda tree: tree.write("planted/knot/knot.c", calm("knot")),
     ("high_debt_removed", "planted/knot/knot.c"), {"cycle_broken", "debt_down", "dependency_removed", "finding_fixed"}),
    ("a global that two share", edit("planted/two/two.c", "\tint total = 0;", "\textern int planted_mode;\n\tint total = planted_mode;"),
     ("global_shared", "planted_mode"), set()),
    ("a global that one has alone again", edit("planted/two/two.c", "\tplanted_common = 0;\n", ""),
     ("global_exclusive", "planted_common"), {"cycle_broken", "debt_down", "dependency_removed"}),
    ("a library", edit("planted/three/three.c", "int three_end(int x)\n{", "#include <expat.h>\nint three_end(int x)\n{\n\tXML_ExpatVersion();"),
     ("library_added", "expat"), set()),
    ("a library gone", edit("planted/three/three.c", "return zlibVersion()", "return \"\"") and
     also(edit("planted/three/three.c", "#include <zlib.h>\n", ""), edit("planted/three/three.c", "return zlibVersion()", "return \"\"")),
     ("library_removed", "zlib"), set()),
    ("a public function gone", also(edit("include/planted.h", "int planted_old(int x);\n", ""),
                                    edit("planted/api/api.c", "int planted_old(int x)\n{\n\treturn x + 1;\n}\n", "")),
     ("api_breaking", "planted_old"), {"entry_point_removed"}),
    ("a public function that takes something else", also(edit("include/planted.h", "planted_old(int x)", "planted_old(long x, int y)"),
                                                         edit("planted/api/api.c", "planted_old(int x)\n{\n", "planted_old(long x, int y)\n{\n\tx += y;\n")),
     ("api_breaking", "planted_old"), set()),
    ("a public function that takes something wider, on the same line", also(edit("include/planted.h", "planted_old(int x)", "planted_old(long x)"),
                                                                            edit("planted/api/api.c", "planted_old(int x)", "planted_old(long x)")),
     ("api_breaking", "planted_old"), set()),
    ("a public struct laid out otherwise", edit("include/planted.h", "{ int x; int y; }", "{ int x; long z; int y; }"),
     ("api_breaking", "planted_point"), set()),
    ("one more public function", also(edit("include/planted.h", "int planted_old(int x);\n", "int planted_old(int x);\nint planted_new(int x);\n"),
                                      edit("planted/api/api.c", "int planted_old", "int planted_new(int x)\n{\n\treturn x + 2;\n}\nint planted_old")),
     ("api_compatible", "planted_new"), {"entry_point_added"}),
    ("a part that others reach into, and that reaches back", also(edit("planted/six/six.c", "return x * 6", TANGLED),
                                                                 *(edit("planted/%s/%s.c" % (part, part), "int %s" % first, "int six(int);\nint %s_back(int x)\n{\n\treturn six(x);\n}\nint %s"
                                                                        % (part, first)) for part, first in (("four", "four_more"), ("five", "five_more"), ("two", "two_idle")))),
     ("debt_up", "six"), {"common_added", "cycle_grown", "dead_code_grown", "dead_code_shrunk", "dependency_added", "exclusivity_down", "exclusivity_up"}),
    ("code that nothing reaches", edit("planted/six/six.c", "int six", "int six_unused(int x)\n{\n\treturn x + 66;\n}\nint six"),
     ("dead_code_grown", "six"), {"debt_up", "exclusivity_up"}),
    ("dead code gone", edit("planted/four/four.c", "int four_last(int x)\n{\n\treturn x * 44;\n}\n", ""),
     ("dead_code_shrunk", "four"), {"debt_up", "exclusivity_down"}),
    ("what a rule forbids", lambda tree: tree.write("planted/six/six.c", SMELL), ("finding_added", "strcpy"), {"debt_up", "finding_fixed", "resource_added", "resource_shared"}),
]


def blank_lines(tree, path):
    tree.write(path, "\n\n/* one more remark */\n\n" + tree.read(path))


def comments(tree, path):
    tree.write(path, re.sub(r"(?m)^}$", "} /* end */", tree.read(path)))


def reformat(tree, path):
    tree.write(path, tree.read(path).replace("\t", "    ").replace("{\n", "{\n\n"))


def reorder(tree, path):
    """Functions in another order: those of wide1.c call each other, so they are declared first."""
    text = tree.read(path)
    parts = re.findall(r"int \w+\(int x\)\n\{.*?\n\}\n", text, re.S)
    assert "".join(parts) == text
    declared = "".join(part.split("\n")[0] + ";\n" for part in parts)
    tree.write(path, declared + "".join(reversed(parts)))


def rename_locals(tree, path):
    tree.write(path, re.sub(r"\btotal\b", "sum", re.sub(r"\bi\b", "index", tree.read(path))))


def alike(change, path):
    return lambda tree: change(tree, path)


def real_source(tree):
    """A larger file of the program's own, which the look-alikes edit."""
    return sorted(tree.sources, key=lambda p: (os.path.getsize(os.path.join(tree.root, p)), p))[len(tree.sources) * 3 // 4]


# A file does not move a percent of all that there is. cli/test_drift.py has these, and those of runs.
OF_MUCH = {"complexity_up", "complexity_down"}


def main():
    folder = tempfile.mkdtemp(prefix="drift-")
    failures, told = [], set()
    tree = Tree(program_root(name), folder)
    tree.scan("base")
    tree.scan("again")
    if tree.drift("again"):
        failures.append("nothing changed, but: %s" % tree.drift("again"))
    for number, (what, change, (kind, subject), others) in enumerate(PLANTED):
        if wanted not in what:
            continue
        change(tree)
        release = "planted%d" % number
        tree.scan(release)
        events = tree.drift(release)
        if not any(e["kind"] == kind and re.search(subject, e["subject"]) for e in events):
            failures.append("%s: no %s of %s, but %s" % (what, kind, subject, [(e["kind"], e["subject"]) for e in events]))
        beside = [(e["kind"], e["subject"], e["detail"]) for e in events if e["kind"] != kind and e["kind"] not in others]
        if beside:
            failures.append("%s: beside it %s" % (what, beside))
        tree.undo()
        told |= {e["kind"] for e in events}
    if not wanted:
        said = subprocess.run([sightline, "drift", "--help"], check=True, stdout=subprocess.PIPE).stdout.decode()
        kinds = set(re.findall(r"[a-z]+(?:_[a-z]+)+", re.search(r"Kinds: (.*?);", said, re.S).group(1)))
        failures += ["no planted change is told as %s" % kind for kind in sorted(kinds - told - OF_MUCH)]
    real = real_source(tree)
    original = tree.read(real)
    for number, (what, change) in enumerate([
            ("line shifts", alike(blank_lines, "planted/one/one.c")), ("comments", alike(comments, "planted/two/two.c")),
            ("layout", alike(reformat, "planted/five/five.c")), ("order of functions", alike(reorder, "planted/wide/wide1.c")),
            ("names of locals", alike(rename_locals, "planted/two/two.c")), ("line shifts in " + real, alike(blank_lines, real)),
            ("comments in " + real, alike(comments, real)), ("layout of " + real, alike(reformat, real))]):
        change(tree)
        release = "alike%d" % number
        tree.scan(release)
        events = tree.drift(release)
        if events:
            failures.append("%s are no drift, but told is %s" % (what, [(e["kind"], e["subject"], e["detail"]) for e in events]))
        tree.undo()
        tree.write(real, original)
    print("%s: %d planted changes, 8 look-alikes and an unchanged tree, %d failures" % (name, len(PLANTED), len(failures)))
    for failure in failures:
        print("  " + failure[:1500])
    shutil.rmtree(folder)
    sys.exit(1 if failures else 0)


if __name__ == "__main__":
    main()
