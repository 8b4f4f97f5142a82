#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""How large and how quick the HTML report is: page.py SIGHTLINE. git as Debian packages it, and a synthetic model of 100,000 functions.
The aim: at most 25 MiB, the first view within 2 s (git 1 s), a click within 200 ms at the median. Asserts nothing."""
import json
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile
import time

import synthetic_model

HERE = pathlib.Path(__file__).resolve().parent
CACHE = pathlib.Path(os.environ.get("SIGHTLINE_CACHE") or pathlib.Path.home() / ".cache" / "sightline")


def measure(sightline, name, root, database):
    with tempfile.TemporaryDirectory() as folder:
        page = os.path.join(folder, "report.html")
        start = time.time()
        subprocess.run([sightline, "report", "-q", "--db", database, "-o", page], cwd=root, check=True, stderr=subprocess.DEVNULL)
        made = time.time() - start
        told = json.loads(subprocess.run(["node", HERE / "page.mjs", CACHE / "node" / "page" / "node_modules", shutil.which("chromium"), page],
                                         check=True, stdout=subprocess.PIPE).stdout)
        print("%-10s %6.2f MiB, written in %5.1f s; first view %4d ms; %d clicks, median %3d ms; search %s ms; sequences %s ms; slowest %s" % (
            name, os.path.getsize(page) / 2 ** 20, made, told["first_view"], told["clicks"], told["click_median"], told["search"], told["sequences"],
            ", ".join("%s %d ms" % (view, ms) for ms, view in told["slowest"][:3])))


def main():
    sightline = os.path.realpath(sys.argv[1])
    with tempfile.TemporaryDirectory() as folder:
        git = CACHE / "programs" / "git"
        database = os.path.join(folder, "git.db")
        subprocess.run([sightline, "scan", "-q", git, "--db", database], check=True)
        measure(sightline, "git", git, database)
        measure(sightline, "100,000", folder, synthetic_model.make(sightline, os.path.join(folder, "synthetic"), 100000))


main()
