#!/usr/bin/env python3
"""history.py SIGHTLINE: events between two releases of a real program tell what its manual and its headers tell.

Lua 5.3 and 5.4 are scanned into one model, each where the other was, as a checkout would have it. What must be told is written
down in tests/cases/history/lua53-to-lua54.expect, from what the authors wrote. Of the API and of entry points nothing else may be
told; and of what did not happen (parts that split or went, libraries, a broken architecture) nothing at all."""
import json
import os
import shutil
import subprocess
import sys
import tempfile

from oracle import program_root

sightline = os.path.realpath(sys.argv[1])
EXPECTED = os.path.join(os.path.dirname(os.path.realpath(__file__)), "../cases/history/lua53-to-lua54.expect")
HEADERS = ["src/lua.h", "src/lauxlib.h", "src/lualib.h"]  # luaconf.h is the builder's
COMPLETE = {"api_breaking", "api_compatible", "entry_point_added", "entry_point_removed"}
NEVER = {"domain_added", "domain_removed", "domain_split", "domain_merged", "library_added", "library_removed", "violation_added",
         "violation_fixed", "resource_added", "resource_removed"}


def scan(name, release, tree, model):
    root = program_root(name)
    if os.path.exists(tree):
        shutil.rmtree(tree)
    shutil.copytree(root, tree, symlinks=True, ignore=shutil.ignore_patterns(".sightline", ".oracle", ".git", "*.o"))
    path = os.path.join(tree, "compile_commands.json")
    with open(path, encoding="utf-8") as stream:
        text = stream.read().replace(json.dumps(root)[1:-1], json.dumps(tree)[1:-1])
    with open(path, "w", encoding="utf-8") as stream:
        stream.write(text)
    with open(os.path.join(tree, "sightline.yaml"), "w", encoding="utf-8") as stream:
        json.dump({"api": HEADERS}, stream)
    subprocess.run([sightline, "scan", tree, "--db", model, "--quiet", "--no-history", "--release", release], check=True)


def read_expected():
    with open(EXPECTED, encoding="utf-8") as stream:
        lines = [line.split("#")[0].split(None, 1) for line in stream]
    return {(line[0], line[1].strip()) for line in lines if line}


def main():
    folder = tempfile.mkdtemp(prefix="history-")
    tree, model = os.path.join(folder, "lua"), os.path.join(folder, "model.db")
    scan("lua53", "5.3", tree, model)
    scan("lua", "5.4", tree, model)
    out = subprocess.run([sightline, "drift", "5.3", "5.4", "--db", model, "--format", "json"], cwd=tree, check=True, stdout=subprocess.PIPE).stdout
    told = {(event["kind"], event["subject"]) for event in json.loads(out)}
    expected = read_expected()
    failures = ["not told: %s %s" % pair for pair in sorted(expected - told)]
    failures += ["told, but nowhere written: %s %s" % pair for pair in sorted(told - expected) if pair[0] in COMPLETE]
    failures += ["did not happen: %s %s" % pair for pair in sorted(told) if pair[0] in NEVER]
    print("Lua 5.3 to 5.4: %d events told, %d expected, %d failures" % (len(told), len(expected), len(failures)))
    for failure in failures:
        print("  " + failure)
    shutil.rmtree(folder)
    sys.exit(1 if failures else 0)


if __name__ == "__main__":
    main()
