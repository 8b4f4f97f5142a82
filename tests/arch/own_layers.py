#!/usr/bin/env python3
"""own_layers.py SIGHTLINE SOURCE BUILD: sightline scans itself by sightline.yaml, and no layer is broken.

Also the other way round: a dependency planted against the rules must be found."""
import json
import os
import shutil
import subprocess
import sys
import tempfile

sightline, source, build = sys.argv[1:4]

# Dependencies between domains that no rule allows. The most specific rule counts: both named, one named, none.
BROKEN = """
SELECT d.from_domain, d.to_domain, d.weight,
  (SELECT p.verdict FROM policies p WHERE p.release = d.release
     AND p.from_domain IN (d.from_domain, '*') AND p.to_domain IN (d.to_domain, '*')
   ORDER BY (p.from_domain <> '*') + (p.to_domain <> '*') DESC, p.verdict DESC LIMIT 1) AS verdict
FROM domain_dependencies d WHERE d.release = :release
"""


def broken(tree, compile_commands, database, *options):
    subprocess.run([sightline, "scan", tree, "-p", compile_commands, "--db", database, "--release", "own", "--quiet", *options],
                   check=True, stderr=subprocess.DEVNULL if not options else None)
    rows = json.loads(subprocess.run([sightline, "query", "--db", database, "--format", "json", BROKEN], check=True,
                                     stdout=subprocess.PIPE).stdout)
    if len(rows) < 10:
        sys.exit("only %d dependencies between domains: that is not this codebase" % len(rows))
    return {(row["from_domain"], row["to_domain"]) for row in rows if row["verdict"] == "forbid"}


with tempfile.TemporaryDirectory() as folder:
    found = broken(source, os.path.join(build, "compile_commands.json"), os.path.join(folder, "own.db"), "--strict")
    if found:
        sys.exit("layers are broken: %s" % sorted(found))

    # The same tree with one call against the rules.
    copy = os.path.join(folder, "copy")
    shutil.copytree(source, copy, ignore=shutil.ignore_patterns("build", "build-*", ".git", ".sightline"))
    with open(os.path.join(copy, "analyzer/base/mem.c"), "a", encoding="utf-8") as stream:
        stream.write("\nvoid model_close(void *);\nvoid planted(void);\nvoid planted(void) { model_close(0); }\n")
    with open(os.path.join(build, "compile_commands.json"), encoding="utf-8") as stream:
        commands = json.load(stream)
    for command in commands:
        # Files are named relative to the build folder, which stays; includes that point into the source tree do, too.
        path = os.path.realpath(os.path.join(command["directory"], command["file"]))
        if path.startswith(os.path.realpath(source) + os.sep) and not path.startswith(os.path.realpath(build) + os.sep):
            command["command"] = command["command"].replace(" " + command["file"], " " + os.path.join(copy, os.path.relpath(path, source)))
            command["command"] = command["command"].replace("-I../", "-I" + copy + "/")
            command["file"] = os.path.join(copy, os.path.relpath(path, source))
    path = os.path.join(folder, "compile_commands.json")
    with open(path, "w", encoding="utf-8") as stream:
        json.dump(commands, stream)
    planted = broken(copy, path, os.path.join(folder, "planted.db"))
    if ("base", "model") not in planted:
        sys.exit("a planted call from base to model was not found: %s" % sorted(planted))
print("no layer is broken; a planted break is found")
