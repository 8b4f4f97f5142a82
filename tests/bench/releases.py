#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""./dev bench releases CLONE GLOB [--last N] [--program NAME]: what goes on from release to release, and what it costs to ask.

The tags of a clone of a real program are replayed into one model. Of each two in a row: how many files changed (git's word), how
many of the others are in another domain than before (domains by their ids, which stay with them), the a2a of the partitions of those
others, and the time that `sightline drift` takes, as a share of a full scan. Then one file is added beside a file of each of up to
20 domains, one at a time, and files that this moved are counted. --program: compile commands and generated headers come from the
program of that name that ./dev test has built. Nothing here asserts a number."""
import argparse
import json
import os
import shutil
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import time

sys.dont_write_bytecode = True
HERE = os.path.dirname(os.path.realpath(__file__))
sys.path.insert(0, os.path.join(HERE, "domains"))
import measures  # noqa: E402

SIGHTLINE = os.path.join(HERE, "../../build/sightline")
CACHE = os.environ.get("SIGHTLINE_CACHE", os.path.expanduser("~/.cache/sightline"))


def run(*words, cwd=None):
    start = time.monotonic()
    done = subprocess.run(words, cwd=cwd, stdout=subprocess.PIPE, stderr=subprocess.PIPE, check=False)
    if done.returncode:
        sys.exit("%s: exit %d\n%s" % (" ".join(words), done.returncode, done.stderr.decode(errors="replace")[-2000:]))
    return done.stdout.decode(errors="surrogateescape"), time.monotonic() - start


def borrow(name, tree):
    """Compile commands of a built program, and the headers that its build made, for a checkout of it."""
    origin = os.path.realpath(os.path.join(CACHE, "programs", name))
    with open(os.path.join(origin, "compile_commands.json"), encoding="utf-8") as stream:
        text = stream.read().replace(json.dumps(origin)[1:-1], json.dumps(tree)[1:-1])
    with open(os.path.join(tree, "compile_commands.json"), "w", encoding="utf-8") as stream:
        stream.write(text)
    for folder, _, files in os.walk(origin):
        for file in files:
            to = os.path.join(tree, os.path.relpath(os.path.join(folder, file), origin))
            if file.endswith(".h") and not os.path.exists(to) and os.path.isdir(os.path.dirname(to)):
                shutil.copy(os.path.join(folder, file), to)


def partition(model, release):
    rows = json.loads(run(SIGHTLINE, "query", "--db", model, "--format", "json", "SELECT f.file, coalesce(i.domain_id, f.domain) AS domain "
                          "FROM files f LEFT JOIN domain_identities i USING (release, domain) WHERE f.release = '%s'" % release)[0])
    return {row["file"]: row["domain"] for row in rows}


def changed(tree, old, new):
    return set(run("git", "diff", "--name-only", "--no-renames", "-z", old, new, cwd=tree)[0].split("\0"))


def compare(old, new, without):
    kept = [file for file in old if file in new and file not in without]
    moved = [file for file in kept if old[file] != new[file]]
    return len(kept), moved, measures.a2a({f: old[f] for f in kept}, {f: new[f] for f in kept}) if kept else 100.0


def add_files(tree, model, release, commands):
    """One file more beside one of each of some domains, which it uses; then it goes again."""
    before = partition(model, release)
    domains = {}
    for row in json.loads(run(SIGHTLINE, "query", "--db", model, "--format", "json", "SELECT domain, file, name FROM functions WHERE release = "
                              "'%s' AND NOT is_static AND file LIKE '%%.c' ORDER BY domain, file, name" % release)[0]):
        domains.setdefault(row["domain"], row)
    trials, hit, moved = 0, 0, 0
    for domain, row in sorted(domains.items())[:: max(1, len(domains) // 20)][:20]:
        copy = os.path.join(os.path.dirname(model), "trial.db")
        for suffix in ("", "-wal", "-shm"):
            if os.path.exists(copy + suffix):
                os.unlink(copy + suffix)
        with sqlite3.connect(model) as source, sqlite3.connect(copy) as target:
            source.backup(target)
        path = os.path.join(os.path.dirname(row["file"]), "bench_added.c")
        with open(os.path.join(tree, path), "w", encoding="utf-8") as stream:
            stream.write("int %s();\nint bench_added(int x)\n{\n\treturn x ? %s() : x;\n}\n" % (row["name"], row["name"]))
        if commands:
            beside = next((c for c in commands if os.path.normpath(os.path.join(c["directory"], c["file"])) == os.path.join(tree, row["file"])), None)
            if not beside:
                continue
            new = dict(beside, file=os.path.join(tree, path))
            if "arguments" in new:
                new["arguments"] = [a for a in new["arguments"] if not a.endswith(".c")] + [os.path.join(tree, path)]
            with open(os.path.join(tree, "compile_commands.json"), "w", encoding="utf-8") as stream:
                json.dump(commands + [new], stream)
        run(SIGHTLINE, "scan", tree, "--db", copy, "--release", "added", "--quiet", "--no-history")
        os.unlink(os.path.join(tree, path))
        after = partition(copy, "added")
        trials += 1
        hit += after.get(path) == before[row["file"]]
        others = compare(before, after, set())[1]
        moved += len(others)
        if others:
            print("    beside %s: %s" % (row["file"], ", ".join("%s (%s to %s)" % (f, before[f], after[f]) for f in others[:6])))
    if commands:
        with open(os.path.join(tree, "compile_commands.json"), "w", encoding="utf-8") as stream:
            json.dump(commands, stream)
    print("  one file added, %d times: it went to its neighbour's domain %d times; other files that moved: %d" % (trials, hit, moved))


def main():
    parser = argparse.ArgumentParser(prog="./dev bench releases")
    parser.add_argument("clone")
    parser.add_argument("glob")
    parser.add_argument("--last", type=int, default=6)
    parser.add_argument("--program")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        tree, model = os.path.join(folder, "tree"), os.path.join(folder, "model.db")
        run("git", "clone", "-q", "--shared", "--no-checkout", options.clone, tree)
        tags = run("git", "tag", "--sort=version:refname", "-l", options.glob, cwd=tree)[0].split()[-options.last:]
        run("git", "checkout", "-q", tags[-1], cwd=tree)
        commands = None
        if options.program:
            borrow(options.program, tree)
            with open(os.path.join(tree, "compile_commands.json"), encoding="utf-8") as stream:
                commands = json.load(stream)
        full = run(SIGHTLINE, "scan", tree, "--db", os.path.join(folder, "full.db"), "--release", "full", "--quiet", "--no-history")[1]
        run(SIGHTLINE, "replay", tree, "--db", model, "--tags", options.glob, "--last", str(options.last), "--no-history", "--quiet")
        print("%s, %s: a full scan takes %.2f s" % (os.path.basename(options.clone.rstrip("/")), options.glob, full))
        print("  %-24s %8s %8s %8s %8s %8s %10s" % ("", "changed", "others", "moved", "a2a %", "events", "drift ms"))
        for old, new in zip(tags, tags[1:]):
            kept, moved, a2a = compare(partition(model, old), partition(model, new), changed(tree, old, new))
            drift = [SIGHTLINE, "drift", old, new, "--db", model, "--format", "json"]
            events = len(json.loads(run(*drift, cwd=tree)[0]))
            seconds = statistics.median(run(*drift, cwd=tree)[1] for _ in range(5))
            print("  %-24s %8d %8d %8d %8.2f %8d %10.0f   %.2f %% of a full scan%s" %
                  (old + " " + new, len(changed(tree, old, new)), kept, len(moved), a2a, events, 1000 * seconds, 100 * seconds / full,
                   "   " + ", ".join(moved[:4]) if moved else ""))
        head = "head"
        run(SIGHTLINE, "scan", tree, "--db", model, "--release", head, "--quiet", "--no-history")
        add_files(tree, model, head, commands)


if __name__ == "__main__":
    main()
