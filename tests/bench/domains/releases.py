#!/usr/bin/env python3
"""releases.py GIT_REPOSITORY TAG TAG ...: how many files keep their domain from one release to the next.

Each tag is unpacked and scanned without a build into one model, discovery starting from the tag before. Per step: of the files that
both releases have, the share whose domain is the same one by its identity; what became of the domains.

  tests/bench/domains/releases.py /src/lua v5.4.0 v5.4.2 v5.4.4 v5.4.6"""
import os
import sqlite3
import statistics
import subprocess
import sys
import tempfile

SIGHTLINE = os.path.join(os.path.dirname(os.path.realpath(__file__)), "../../../build/sightline")
HOMES = ("SELECT f.file, i.domain_id FROM files f JOIN domain_identities i ON i.release = f.release AND i.domain = f.domain "
         "WHERE f.release = ?")


def scan(repository, tag, folder, model):
    tree = os.path.join(folder, "tree")
    subprocess.run(["rm", "-rf", tree], check=True)
    os.mkdir(tree)
    packed = subprocess.run(["git", "-C", repository, "archive", tag], check=True, stdout=subprocess.PIPE).stdout
    subprocess.run(["tar", "-xf", "-", "-C", tree], check=True, input=packed)
    scanned = subprocess.run([SIGHTLINE, "scan", tree, "--quiet", "--no-history", "--release", tag, "--db", model],
                             stderr=subprocess.PIPE, text=True, check=False)
    if scanned.returncode:
        sys.exit("scan of %s:\n%s" % (tag, scanned.stderr))


def main():
    if len(sys.argv) < 4:
        sys.exit(__doc__)
    repository, tags = sys.argv[1], sys.argv[2:]
    shares, before = [], None
    with tempfile.TemporaryDirectory() as folder:
        model = os.path.join(folder, "model.db")
        for tag in tags:
            scan(repository, tag, folder, model)
            connection = sqlite3.connect("file:%s?mode=ro" % model, uri=True)
            homes = dict(connection.execute(HOMES, (tag,)))
            changes = dict(connection.execute("SELECT change, count(*) FROM domain_identities WHERE release = ? GROUP BY 1", (tag,)))
            connection.close()
            if before is not None:
                both = [f for f in homes if f in before]
                shares.append(100 * sum(homes[f] == before[f] for f in both) / max(1, len(both)))
                print("%-16s %5d files in both  %5.1f %% keep their domain  %s" % (tag, len(both), shares[-1], changes), flush=True)
            before = homes
    print("median %.1f %%" % statistics.median(shares))


if __name__ == "__main__":
    main()
