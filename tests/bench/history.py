#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""./dev bench history [PROGRAM] [--units N]: what it costs to look at more than one revision, in full scans of the same tree.

A copy of a real program becomes a git repository with ten tags; between two of them N sources change. Measured: a full scan, the
replay of all ten tags into an empty model, the same again, and a gate against the tag before where one source changed: with
nothing stored, and with both releases known but for that source. Nothing here asserts a time."""
import argparse
import json
import os
import resource
import shutil
import subprocess
import sys
import tempfile
import time

sys.dont_write_bytecode = True
HERE = os.path.dirname(os.path.realpath(__file__))
SIGHTLINE = os.path.join(HERE, "../../build/sightline")
CACHE = os.environ.get("SIGHTLINE_CACHE", os.path.expanduser("~/.cache/sightline"))
TAGS = 10


def run(words, cwd, codes=(0,)):
    start, cpu = time.monotonic(), resource.getrusage(resource.RUSAGE_CHILDREN)
    done = subprocess.run(words, cwd=cwd, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, check=False)
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    if done.returncode not in codes:
        sys.exit("%s: exit %d\n%s" % (" ".join(words), done.returncode, done.stderr.decode()[-2000:]))
    return time.monotonic() - start, used.ru_utime + used.ru_stime - cpu.ru_utime - cpu.ru_stime


def git(root, *words):
    subprocess.run(["git", "-c", "user.name=b", "-c", "user.email=b@example.org", *words], cwd=root, check=True, stdout=subprocess.DEVNULL)


def sources(root):
    with open(os.path.join(root, "compile_commands.json"), encoding="utf-8") as stream:
        files = {os.path.normpath(os.path.join(c["directory"], c["file"])) for c in json.load(stream)}
    return sorted(f for f in files if f.endswith(".c") and f.startswith(root) and os.path.exists(f))


def change(path, text):
    with open(path, "a", encoding="utf-8") as stream:
        stream.write("\nint %s(int x);\nint %s(int x) { return x ? %s(x - 1) : 0; }\n" % (text, text, text))


def prepare(name, folder, units):
    origin = os.path.realpath(os.path.join(CACHE, "programs", name))
    root = os.path.join(folder, name)
    shutil.copytree(origin, root, symlinks=True, ignore=shutil.ignore_patterns(".git", ".sightline", ".oracle", "*.o", "*.a"))
    path = os.path.join(root, "compile_commands.json")
    with open(path, encoding="utf-8") as stream:
        text = stream.read().replace(origin, root)
    with open(path, "w", encoding="utf-8") as stream:
        stream.write(text)
    git(root, "init", "-q", "-b", "main")
    with open(os.path.join(root, ".git/info/exclude"), "a", encoding="utf-8") as stream:
        stream.write("/compile_commands.json\n.sightline/\n")
    files = sources(root)
    for tag in range(TAGS):
        for i in range(units if tag else 0):
            change(files[(tag * 7 + i * 3) % len(files)], "bench_%d_%d" % (tag, i))
        git(root, "add", "-A", "-f", ".")
        git(root, "rm", "-q", "--cached", "compile_commands.json")
        git(root, "commit", "-q", "-m", str(tag))
        git(root, "tag", "bench-%02d" % tag)
    return root, files


def bench(name, units, folder):
    root, files = prepare(name, folder, units)
    database = os.path.join(folder, name + ".db")
    full = run([SIGHTLINE, "scan", "-q", "--db", os.path.join(folder, "full.db")], root)
    replay = run([SIGHTLINE, "replay", "-q", "--tags", "bench-*", "--db", database], root)
    again = run([SIGHTLINE, "replay", "-q", "--tags", "bench-*", "--db", database], root)
    print("%s: %d units, %d changed from tag to tag" % (name, len(files), units))

    def row(what, measured):
        print("  %-58s %7.2f s wall %7.2f s CPU   %5.2f x a full scan" % (what, *measured, measured[1] / full[1]))
    row("full scan", full)
    row("replay of %d tags" % TAGS, replay)
    row("the same again", again)
    base = "bench-%02d" % (TAGS - 1)
    gate = [SIGHTLINE, "gate", "--git", base]
    row("gate, nothing stored, nothing changed", run(gate, root, (0, 1)))
    row("gate, nothing changed", run(gate, root, (0, 1)))
    change(files[0], "bench_gate")
    row("gate, one source changed", run(gate, root, (0, 1)))
    row("the same again", run(gate, root, (0, 1)))


parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
parser.add_argument("program", nargs="*", default=["redis", "git"])
parser.add_argument("--units", type=int, default=1)
arguments = parser.parse_args()
with tempfile.TemporaryDirectory(prefix="sightline-bench-") as scratch:
    for program in arguments.program:
        bench(program, arguments.units, scratch)
