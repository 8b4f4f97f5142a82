#!/usr/bin/env python3
"""compare.py [--seeds N] NAME=MODEL=REFERENCE ...: discovered domains against what people say the parts are.

MODEL: a database of sightline whose newest release is the codebase. REFERENCE: its MAINTAINERS file (sections of three
files and more are the parts), or a file that ends in .parts ("part: glob glob ..."), or the word folders: then the tree is shown without its folders
(as if flat), and these are the parts. Beside ours stand three answers that
know nothing: all files in one, every file alone, the plain folder. Nothing here asserts a number: numbers are for people.

  tests/bench/domains/compare.py u-boot=/tmp/u-boot.db=/src/u-boot/MAINTAINERS nginx=/tmp/nginx.db=folders"""
import argparse
import os
import sqlite3
import statistics
import subprocess
from collections import Counter

import measures
import references

HERE = os.path.dirname(os.path.realpath(__file__))
DISCOVER = os.path.join(HERE, "../../../build/tests/bench/domains/discover_domains")
SIGNALS = ["dependencies", "peers", "text", "prefix", "folder"]


def discover(model, *options):
    out = subprocess.run([DISCOVER, model, *options], check=True, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
    return dict(line.split("\t")[:2] for line in out.stdout.splitlines())


def edges(model):
    connection = sqlite3.connect("file:%s?mode=ro" % model, uri=True)
    rows = connection.execute("SELECT from_file, to_file, sum(weight) FROM dependencies WHERE kind NOT IN ('include', 'indirect') "
                              "GROUP BY 1, 2").fetchall()
    connection.close()
    return rows


def score(ours, reference, rows):
    return (measures.mojofm(ours, reference), measures.ari(ours, reference), measures.nmi(ours, reference),
            measures.a2a(ours, reference), measures.turbomq(ours, rows), len(set(ours.values())))


def show(name, scores):
    median = [statistics.median(column) for column in zip(*scores)]
    print("  %-26s %6.1f %6.3f %6.3f %6.1f %6.3f %5d" % (name, *median), flush=True)


def stability(partitions):
    """Share of files that keep their domain from one seed to another, domains matched by their files: median over pairs."""
    shares = []
    for one, other in zip(partitions, partitions[1:]):
        cells = Counter((one[f], other[f]) for f in one)
        best, kept, taken = cells.most_common(), 0, (set(), set())
        for (a, b), n in best:
            if a not in taken[0] and b not in taken[1]:
                taken[0].add(a)
                taken[1].add(b)
                kept += n
        shares.append(100 * kept / len(one))
    return statistics.median(shares) if shares else 100


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seeds", type=int, default=20)
    parser.add_argument("programs", nargs="+")
    arguments = parser.parse_args()
    for program in arguments.programs:
        name, model, path = program.split("=")
        given = ["--flat"] if path == "folders" else []
        first, rows = discover(model, *given), edges(model)
        make = references.by_hand if path.endswith(".parts") else references.reference
        reference = references.by_folder(first) if given else make(path, sorted(first))
        print("%s: %d files, %d of them in %d parts" % (name, len(first), len(reference), len(set(reference.values()))))
        print("  %-26s %6s %6s %6s %6s %6s %5s" % ("", "MoJoFM", "ARI", "NMI", "a2a", "TMQ", "parts"))
        show("all in one", [score({f: 0 for f in first}, reference, rows)])
        show("each alone", [score({f: f for f in first}, reference, rows)])
        if not given:
            show("folder", [score({f: os.path.dirname(f) for f in first}, reference, rows)])
        seeds = [str(s) for s in range(arguments.seeds)]
        found = [discover(model, *given, "--seed", s) for s in seeds]
        show("ours, default", [score(p, reference, rows) for p in found])
        for level in ("coarse", "fine"):
            show("ours, " + level, [score(discover(model, *given, "--level", level), reference, rows)])
        show("ours without folder", [score(discover(model, *given, "--seed", s, "--without", "folder"), reference, rows)
                                     for s in seeds[:5]])
        for signal in SIGNALS:
            others = ",".join(s for s in SIGNALS if s != signal)
            show("  %s alone" % signal, [score(discover(model, *given, "--seed", s, "--without", others), reference, rows)
                                         for s in seeds[:5]])
        print("  files that keep their domain with another seed: %.1f %%" % stability(found))


if __name__ == "__main__":
    main()
