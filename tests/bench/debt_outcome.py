#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Does debt say where the bugs will be? debt_outcome.py SIGHTLINE CLONE [CLONE ...] [--scratch DIR] [--group max|mean|sum]

For each clone (a path or URL of a git repository with some years of tags) three tags are taken: the newest with a year of
history behind it, and going back about two years each. The tree at each tag is scanned as it lies there, with no build. Files
of one path up to the last dot are a group. The outcome of a group: commits of the 365 days after the tag, merges left out, whose
message says that they mend something and that change one of its files (renames followed). Three rankings at the tag are held
against it: debt (the view metrics), lines of code, and churn (lines changed in the year before); churn in commits is told, too.

  Spearman   of each ranking and the number of fixes, over all groups
  share      of all fixes that lie in the first 20 % of lines, groups taken in the order of the ranking, small ones first on ties
  partial    Spearman of debt and fixes, lines of code and churn held constant, with a bootstrap interval

Nothing is asserted: numbers are for people and documents. Outcomes are read with git's own program, not with sightline's."""
import argparse
import bisect
import collections
import json
import math
import os
import random
import re
import subprocess
import sys
import tempfile

YEAR = 365 * 86400
FIX = re.compile(r"\b(fix(e[sd]|ing)?|bug(s|fix(es)?)?|defects?|crash(e[sd])?|leak(s|ed)?|regressions?|overflows?|segfaults?)\b", re.I)
TRAILER = re.compile(r"^fixes[: ]", re.I | re.M)


def git(clone, *arguments):
    return subprocess.run(["git", "-C", clone, *arguments], stdout=subprocess.PIPE, check=True).stdout.decode("utf-8", "replace")


def choose_tags(clone):
    """(time, tag), oldest first."""
    head = int(git(clone, "log", "-1", "--format=%ct", "HEAD"))
    tags = []
    for name in git(clone, "tag", "--merged", "HEAD").split():
        tags.append((int(git(clone, "log", "-1", "--format=%ct", name + "^{commit}")), name))
    tags.sort()
    usable = [tag for tag in tags if tag[0] <= head - YEAR]
    chosen = usable[-1:]
    while chosen and len(chosen) < 3:
        wanted = chosen[0][0] - 2 * YEAR
        earlier = [tag for tag in tags if tag[0] < chosen[0][0] - YEAR]
        if not earlier:
            break
        chosen.insert(0, min(earlier, key=lambda tag: abs(tag[0] - wanted)))
    return chosen


def read_commits(clone, since):
    """(time, is_fix, [(path, old path or None, lines)]), newest first. Older ones than since are not needed, nor is what they name."""
    text = git(clone, "log", "--no-merges", "-M", "--numstat", "-z", "--since-as-filter=%d" % since,
               "--format=%x01%ct%x02%s%x02%b%x03", "HEAD")
    commits = []
    for record in text.split("\x01")[1:]:
        head, _, body = record.partition("\x03")
        time, subject, rest = head.split("\x02", 2)
        fields, files, at = body.lstrip("\0\n").split("\0"), [], 0
        while at < len(fields):
            parts = fields[at].strip("\n").split("\t", 2)
            if len(parts) < 3:
                at += 1
                continue
            lines = 0 if parts[0] == "-" else int(parts[0]) + int(parts[1])
            if parts[2]:
                files.append((parts[2], None, lines))
                at += 1
            else:
                files.append((fields[at + 2], fields[at + 1], lines))
                at += 3
        commits.append((int(time), bool(FIX.search(subject) or TRAILER.search(rest)), files))
    commits.sort(key=lambda commit: -commit[0])
    return commits


def stem(path):
    return os.path.splitext(path)[0]


def before(commits, time, present):
    """Per file: commits and lines of the year before."""
    changes, lines, alias = collections.Counter(), collections.Counter(), {}
    for when, _, files in commits:
        if when > time:
            continue
        for path, old, count in files:
            now = alias.get(path, path)
            if now not in present:
                continue
            if old and old != path:
                alias[old] = now
            if when > time - YEAR:
                changes[now] += 1
                lines[now] += count
    return changes, lines


def after(commits, time, present):
    """Per group: commits of the year after that mend something in it."""
    fixes, alias = collections.defaultdict(set), {}
    for number, (when, is_fix, files) in enumerate(reversed(commits)):
        if not time < when <= time + YEAR:
            continue
        for path, old, _ in files:
            if old and old != path:
                alias[path] = alias.get(old, old)
            then = alias.get(path, path)
            if is_fix and then in present:
                fixes[stem(then)].add(number)
    return fixes


# ---- statistics: ranks with ties, nothing from outside ----

def ranks(values):
    order = sorted(values)
    return [(bisect.bisect_left(order, v) + bisect.bisect_right(order, v) - 1) / 2 for v in values]


def pearson(a, b):
    n = len(a)
    ma, mb = sum(a) / n, sum(b) / n
    va, vb = sum((x - ma) ** 2 for x in a), sum((y - mb) ** 2 for y in b)
    return sum((x - ma) * (y - mb) for x, y in zip(a, b)) / math.sqrt(va * vb) if va and vb else 0.0


def spearman(a, b):
    return pearson(ranks(a), ranks(b))


def partial(a, b, given):
    columns = [ranks(column) for column in (a, b, *given)]

    def correlate(i, j, held):
        if not held:
            return pearson(columns[i], columns[j])
        k, rest = held[0], held[1:]
        ij, ik, jk = correlate(i, j, rest), correlate(i, k, rest), correlate(j, k, rest)
        scale = (1 - ik * ik) * (1 - jk * jk)
        return (ij - ik * jk) / math.sqrt(scale) if scale > 1e-12 else 0.0
    return correlate(0, 1, list(range(2, len(columns))))


def interval(a, b, given, rounds=200):
    draw, found = random.Random(1), []
    for _ in range(rounds):
        picked = [draw.randrange(len(a)) for _ in a]
        found.append(partial([a[i] for i in picked], [b[i] for i in picked], [[g[i] for i in picked] for g in given]))
    found.sort()
    return found[int(rounds * .025)], found[int(rounds * .975)]


def share(score, lines, fixes, part=.2):
    budget, got = part * sum(lines), 0.0
    for i in sorted(range(len(score)), key=lambda i: (-score[i], lines[i])):
        if lines[i] > budget:
            got += fixes[i] * budget / lines[i]
            break
        budget -= lines[i]
        got += fixes[i]
    return got / sum(fixes) if sum(fixes) else 0.0


# ---- one tag ----

def scan(sightline, clone, tag, scratch):
    tree = os.path.join(scratch, "tree")
    if not os.path.isdir(tree):
        git(clone, "worktree", "add", "--quiet", "--detach", "--force", tree, tag)
    else:
        git(tree, "checkout", "--quiet", "--force", "--detach", tag)
    database = os.path.join(scratch, "model.db")
    subprocess.run([sightline, "scan", tree, "--db", database, "--release", tag, "--quiet"], stderr=subprocess.DEVNULL, check=True)

    def query(sql):
        return json.loads(subprocess.run([sightline, "query", "--db", database, "--format", "json", sql % tag.replace("'", "''")],
                                         stdout=subprocess.PIPE, check=True).stdout)
    lines = {r["file"]: r["code_lines"] for r in query("SELECT file, code_lines FROM files WHERE release = '%s'")}
    debt = {r["subject"]: r["value"] for r in query("SELECT subject, value FROM metrics WHERE release = '%s' AND scope = 'file' AND "
                                                    "metric = 'debt_score'")}
    return lines, debt


def grouped(names, of_file, lines, how):
    groups = collections.defaultdict(list)
    for path in sorted(of_file):
        groups[stem(path)].append(path)
    if how == "max":
        return [max(of_file[p] for p in groups[name]) for name in names]
    if how == "sum":
        return [sum(of_file[p] for p in groups[name]) for name in names]
    return [sum(of_file[p] * (lines[p] + 1) for p in groups[name]) / sum(lines[p] + 1 for p in groups[name]) for name in names]


def measure(sightline, clone, time, tag, commits, scratch, how):
    lines, debt = scan(sightline, clone, tag, scratch)
    names = sorted({stem(path) for path in lines})
    changes, churn = before(commits, time, lines)
    fixes_of = after(commits, time, lines)
    fixes = [len(fixes_of[name]) for name in names]
    loc = grouped(names, lines, lines, "sum")
    churned = grouped(names, {p: churn[p] for p in lines}, lines, "sum")
    changed = grouped(names, {p: changes[p] for p in lines}, lines, "sum")
    score = grouped(names, debt, lines, how)
    row = {"groups": len(names), "fixes": sum(fixes)}
    for name, values in (("debt", score), ("loc", loc), ("churn", churned), ("commits", changed)):
        row["rho_" + name], row["share_" + name] = spearman(values, fixes), share(values, loc, fixes)
    row["partial"] = partial(score, fixes, [loc, churned])
    row["low"], row["high"] = interval(score, fixes, [loc, churned])
    return row


HEAD = "%-28s %6s %5s | %6s %6s %6s %6s | %6s %6s %6s %6s | %8s %s"
LINE = "%-28s %6d %5d | %6.3f %6.3f %6.3f %6.3f | %6.3f %6.3f %6.3f %6.3f | %+8.3f [%+.2f, %+.2f]"


def told(name, row):
    return LINE % (name[:28], row["groups"], row["fixes"], row["rho_debt"], row["rho_loc"], row["rho_churn"], row["rho_commits"],
                   row["share_debt"], row["share_loc"], row["share_churn"], row["share_commits"], row["partial"], row["low"], row["high"])


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("sightline")
    parser.add_argument("clones", nargs="+")
    parser.add_argument("--scratch", help="where trees and models go (default: a temporary folder)")
    parser.add_argument("--group", choices=("max", "mean", "sum"), default="max", help="debt of a group out of that of its files")
    asked = parser.parse_args()
    temporary = tempfile.TemporaryDirectory(prefix="sightline-outcome-")
    rows = []
    print("debt of a group: %s of its files" % asked.group)
    print(HEAD % ("", "groups", "fixes", "debt", "loc", "churn", "commit", "debt", "loc", "churn", "commit", "partial", "95 %"))
    for number, clone in enumerate(asked.clones):
        scratch = os.path.join(os.path.abspath(asked.scratch or temporary.name), "%d" % number) # git takes paths as seen from the clone
        os.makedirs(scratch, exist_ok=True)
        own = os.path.join(scratch, "clone")
        if not os.path.isdir(own): # what is given stays as it is
            subprocess.run(["git", "clone", "--quiet", "--no-checkout", *(["--shared"] if os.path.isdir(clone) else []), clone, own], check=True)
        tags = choose_tags(own)
        commits = read_commits(own, tags[0][0] - YEAR) if tags else []
        base = os.path.basename(os.path.normpath(clone).replace("/repo", "")).removesuffix(".git").split("+")[-1]
        for time, tag in tags:
            row = measure(os.path.abspath(asked.sightline), own, time, tag, commits, scratch, asked.group)
            rows.append(row)
            print(told(base + " " + tag, row), flush=True)
    if not rows:
        sys.exit("no tag has a year of history behind it")
    mean = {key: sum(row[key] for row in rows) / len(rows) for key in rows[0]}
    print(told("mean", mean))
    over = [row["rho_debt"] - max(row["rho_loc"], row["rho_churn"]) for row in rows]
    print("Spearman of debt less that of the better of loc and churn: %+.3f; -0.02 or more at %d of %d tags: %s" % (
        mean["rho_debt"] - max(mean["rho_loc"], mean["rho_churn"]), sum(x >= -.02 for x in over), len(rows), " ".join("%+.3f" % x for x in over)))
    print("share of debt over the better of loc and churn: %.2f; 1.25 or more at %d of %d tags; over commits: %.2f" % (
        mean["share_debt"] / max(mean["share_loc"], mean["share_churn"], 1e-9),
        sum(row["share_debt"] >= 1.25 * max(row["share_loc"], row["share_churn"]) for row in rows), len(rows),
        mean["share_debt"] / max(mean["share_commits"], 1e-9)))
    print("partial above 0 at %d of %d tags" % (sum(row["partial"] > 0 for row in rows), len(rows)))


if __name__ == "__main__":
    main()
