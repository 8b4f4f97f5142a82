#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Each built-in rule has code in which it fires, and code in which it is silent: run_rules.py SIGHTLINE FOLDER [RULE...]

FOLDER/<RULE>/fires.c and silent.c, or folders fires/ and silent/ where it takes several files, and any number of more whose names
begin so ("silent-in-a-fork.c"): each is a codebase; a sightline.yaml in the rule's
folder (or in fires/, silent/) is the configuration. A line that holds "@finding" must be the place of a finding of the rule;
where no line does, some finding must come out. silent must give none. trace.sh, if there, is run in the scanned tree with
$SIGHTLINE set before the findings are read. outside/ holds headers of libraries that need not be installed.
"""
import concurrent.futures
import json
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile


def copy_case(folder, name, into):
    """The case's tree; its C sources."""
    if (folder / "sightline.yaml").exists():
        shutil.copy(folder / "sightline.yaml", into)
    if (folder / (name + ".c")).exists():
        shutil.copy(folder / (name + ".c"), into / (name + ".c"))
    else:
        shutil.copytree(folder / name, into, dirs_exist_ok=True)
    included = {"part.c"}  # read by others, no unit
    return sorted(path for path in into.rglob("*.c") if path.name not in included)


def marks(into):
    found = set()
    for path in into.rglob("*.[ch]"):
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
            if "@finding" in line:
                found.add((str(path.relative_to(into)), number))
    return found


def findings(sightline, folder, name, rule):
    with tempfile.TemporaryDirectory() as above:
        into, outside = pathlib.Path(above) / "tree", pathlib.Path(above) / "outside"
        scratch = str(into)
        into.mkdir()
        if (folder / "outside").exists():
            shutil.copytree(folder / "outside", outside)
        sources = copy_case(folder, name, into)
        (into / "compile_commands.json").write_text(json.dumps([
            {"directory": scratch, "file": str(path), "arguments": ["cc", "-c", "-I.", "-isystem", str(outside), str(path)]} for path in sources]))
        environment = dict(os.environ, SIGHTLINE=sightline)
        scan = subprocess.run([sightline, "scan", "-j", "1", "--quiet", scratch], capture_output=True, text=True)
        if scan.returncode or "warning" in scan.stderr:
            return None, set(), "scan failed: " + scan.stderr
        if (folder / "trace.sh").exists():
            run = subprocess.run(["sh", "-e", str(folder / "trace.sh"), name], cwd=scratch, env=environment, capture_output=True, text=True)
            if run.returncode == 77:
                return "skipped", set(), run.stdout
            if run.returncode:
                return None, set(), "trace.sh failed: " + run.stderr + run.stdout
        listed = subprocess.run([sightline, "findings", "--rule", rule, "--format", "json"], cwd=scratch, capture_output=True,
                                text=True)
        if listed.returncode:
            return None, set(), listed.stderr
        return json.loads(listed.stdout), marks(into), ""


def check(sightline, folder, rule):
    problems = []
    present = {path.name.removesuffix(".c") for path in folder.glob("*") if path.is_dir() or path.suffix == ".c"} if folder.exists() else set()
    names = {"fires", "silent"} | {name for name in present if name.startswith(("fires-", "silent-"))}
    for name in sorted(names):
        if name not in present:
            problems.append("%s: there is no %s.c or %s/" % (rule, name, name))
            continue
        rows, wanted, trouble = findings(sightline, folder, name, rule)
        if rows == "skipped":
            continue
        if rows is None:
            problems.append("%s %s: %s" % (rule, name, trouble))
        elif name.startswith("silent") and rows:
            problems.append("%s %s is not silent: %s" % (rule, name, "; ".join("%(file)s:%(line)s %(message)s" % row for row in rows)))
        elif name.startswith("fires"):
            places = {(row["file"], row["line"]) for row in rows}
            if not rows or not wanted <= places:
                problems.append("%s %s does not fire at %s, but at %s" % (rule, name, sorted(wanted), sorted(places, key=str)))
    return problems


def main():
    sightline, top = os.path.abspath(sys.argv[1]), pathlib.Path(sys.argv[2]).resolve()
    rules = [row["rule"] for row in json.loads(subprocess.run([sightline, "rules", "--format", "json"], check=True,
                                                              capture_output=True, text=True).stdout)]
    wanted = sys.argv[3:] or rules
    with concurrent.futures.ThreadPoolExecutor(2) as pool:
        results = list(pool.map(lambda rule: check(sightline, top / rule, rule), wanted))
    problems = [problem for result in results for problem in result]
    for folder in sorted(top.iterdir()):
        if folder.is_dir() and folder.name not in rules and folder.name != "__pycache__":
            problems.append("%s: there is no such rule" % folder.name)
    print("\n".join(problems + ["%d of %d rules failed" % (len({p.split(" ")[0] for p in problems}), len(wanted))]))
    return bool(problems)


if __name__ == "__main__":
    sys.exit(main())
