#!/usr/bin/env python3
"""stable.py SIGHTLINE PROGRAM: a small change of the source is a small change of the domains that are discovered.

Into a copy of a real program one file is put for each of its domains, beside a file of that domain and calling functions of it. No
other file may come to another domain or its domain to another name; the new file belongs to the domain that it calls, or to the
one that most of its folder belongs to. Each is taken out again, after which all is as it was; and so it is where a function grows, and where all text is scanned anew."""
import collections
import json
import os
import shutil
import subprocess
import sys
import tempfile

from oracle import program_root

sightline, name = os.path.realpath(sys.argv[1]), sys.argv[2]
MOST = 12  # domains that get a file


class Tree:
    def __init__(self, root, folder):
        self.root, self.model = os.path.join(folder, "tree"), os.path.join(folder, "model.db")
        shutil.copytree(root, self.root, symlinks=True, ignore=shutil.ignore_patterns(".sightline", ".oracle", ".git", "*.o", "*.a", "*.so"))
        with open(os.path.join(root, "compile_commands.json"), encoding="utf-8") as stream:
            self.commands = json.loads(stream.read().replace(json.dumps(root)[1:-1], json.dumps(self.root)[1:-1]))
        self.scans = 0
        self.compile()

    def compile(self, *added):
        with open(os.path.join(self.root, "compile_commands.json"), "w", encoding="utf-8") as stream:
            json.dump(self.commands + list(added), stream)

    def command_like(self, path, new):
        """The command of one file, for another beside it; None where it has none."""
        for command in self.commands:
            if os.path.relpath(os.path.normpath(os.path.join(command["directory"], command["file"])), self.root) == path:
                copy = json.loads(json.dumps(command))
                copy["arguments"] = [os.path.join(self.root, new) if word == command["file"] else word for word in copy["arguments"]]
                copy["file"] = os.path.join(self.root, new)
                return copy
        return None

    def query(self, sql):
        out = subprocess.run([sightline, "query", "--db", self.model, "--format", "json", sql], check=True, stdout=subprocess.PIPE).stdout
        return json.loads(out)

    def scan(self, *options):
        self.scans += 1
        release = "r%d" % self.scans
        subprocess.run([sightline, "scan", self.root, "--db", self.model, "--quiet", "--no-history", "--release", release, *options], check=True,
                       stderr=subprocess.PIPE)
        return {row["file"]: row["domain"] for row in self.query("SELECT file, domain FROM files WHERE release = '%s'" % release)}


def neighbours(tree, domains):
    """For each domain a source of it with a command, and functions of it that other files may call."""
    rows = tree.query("SELECT domain, file, name, observed_calls FROM functions WHERE release = 'r1' AND is_static = 0 AND name <> 'main' "
                      "AND file LIKE '%.c' ORDER BY domain, file, line")
    found = {}
    for row in rows:
        entry = found.setdefault(row["domain"], {})
        entry.setdefault(row["file"], []).append(row["name"])
    out = []
    for domain in sorted(set(domains.values()) - {None}):
        for file, names in sorted(found.get(domain, {}).items(), key=lambda item: -len(item[1])):
            if tree.command_like(file, "x.c"):
                out.append((domain, file, names[:4]))
                break
    return out


def of_folder(domains, path):
    """The domain that most files beside it belong to."""
    beside = collections.Counter(domain for file, domain in domains.items() if os.path.dirname(file) == os.path.dirname(path))
    return beside.most_common(1)[0][0]


def moved(before, after):
    return ["%s: %s to %s" % (file, domain, after.get(file)) for file, domain in sorted(before.items()) if after.get(file) != domain]


def main():
    folder = tempfile.mkdtemp(prefix="stable-")
    tree = Tree(program_root(name), folder)
    base, failures, strays = tree.scan(), [], []
    chosen = neighbours(tree, base)[:MOST]
    for number, (domain, beside, names) in enumerate(chosen):
        path = os.path.join(os.path.dirname(beside), "planted_%d.c" % number)
        with open(os.path.join(tree.root, path), "w", encoding="utf-8") as stream:
            stream.write("".join("void %s();\n" % n for n in names))
            stream.write("void planted_%d(void)\n{\n%s}\n" % (number, "".join("\t%s();\n" % n for n in names)))
        tree.compile(tree.command_like(beside, path))
        after = tree.scan()
        failures += ["a file more in %s: %s" % (domain, said) for said in moved(base, after)]
        if after.get(path) not in (domain, of_folder(base, path)):
            strays.append("%s is in %s, not in %s" % (path, after.get(path), domain))
        os.unlink(os.path.join(tree.root, path))
        tree.compile()
    failures += ["all as it was: " + said for said in moved(base, tree.scan())]
    real = chosen[len(chosen) // 2][1]
    with open(os.path.join(tree.root, real), "a", encoding="utf-8") as stream:
        stream.write("\nint planted_grown(int x)\n{\n\treturn x * 2;\n}\n")
    failures += ["a function more in %s: %s" % (real, said) for said in moved(base, tree.scan())]
    # Who calls what weighs more than where a file lies: a few may belong elsewhere.
    if len(strays) > len(chosen) // 3:
        failures += strays
    print("%s: %d domains got a file more, %d of these are elsewhere, %d failures" % (name, len(chosen), len(strays), len(failures)))
    for line in failures or strays:
        print("  " + line)
    shutil.rmtree(folder)
    sys.exit(1 if failures else 0)


if __name__ == "__main__":
    main()
