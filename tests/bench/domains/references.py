"""Reference partitions: from kernel-style MAINTAINERS files, whose sections' file patterns say which files are one job; from lists
by hand; from the folders of a tree that is then shown without them."""
import fnmatch
import os
import re
from collections import Counter, defaultdict

FEWEST_FILES = 3  # of a section; smaller ones say who to ask, not what is a part
LINE = re.compile(r"^(?::\|?)?([A-Z])\|?:\s*(.*)$")  # "F: path", in reStructuredText ":|F|: path"
REST = re.compile(r"^\s*\**/?\s*$|^\*/$")


def sections(path):
    """(name, patterns, excluded) of each section, in order."""
    found, last = [], ""
    with open(path, encoding="utf-8", errors="replace") as stream:
        for line in stream:
            line = line.rstrip("\n")
            match = LINE.match(line)
            if not match:
                if line.strip() and not line.startswith((" ", "\t", "-", "=", ".", "^", "~")):
                    last = line.strip()
                continue
            key, value = match.groups()
            if not found or found[-1][0] != last:
                found.append((last, [], []))
            if key in "FX":
                found[-1][1 if key == "F" else 2].append(value.replace("\\", "").strip())
    return found


def _matches(pattern, file):
    """As scripts/get_maintainer.pl: a closing slash is everything below; * stays within one folder."""
    if pattern.endswith("/"):
        return re.match(_expression(pattern), file) is not None
    return re.match(_expression(pattern) + r"($|/)", file) is not None


_cache = {}


def _expression(pattern):
    if pattern not in _cache:
        _cache[pattern] = "".join("[^/]*" if c == "*" else "[^/]" if c == "?" else re.escape(c) for c in pattern)
    return _cache[pattern]


def _weight(pattern):
    """The more of a path a pattern spells, the better it knows the file."""
    return pattern.rstrip("/").count("/"), len(re.sub(r"[*?]", "", pattern))


def reference(path, files):
    """file -> section, the most specific pattern deciding; files that only a catch-all claims have none."""
    by_top, wild = defaultdict(list), []
    for name, patterns, excluded in sections(path):
        for pattern in patterns:
            if REST.match(pattern) or not pattern.strip("*/ "):
                continue
            top = pattern.split("/")[0]
            (wild if re.search(r"[*?\[]", top) else by_top[top]).append((_weight(pattern), name, pattern, excluded))
    found = {}
    for file in files:
        fits = [(w, n) for w, n, p, x in by_top.get(file.split("/")[0], []) + wild
                if _matches(p, file) and not any(_matches(e, file) for e in x)]
        if fits:
            found[file] = max(fits)[1]
    sizes = Counter(found.values())
    return {f: n for f, n in found.items() if sizes[n] >= FEWEST_FILES}


def by_hand(path, files):
    """file -> part, from lines "part: glob glob ..." where the first match wins."""
    rules = []
    with open(path, encoding="utf-8") as stream:
        for line in stream:
            name, _, globs = line.split("#")[0].partition(":")
            rules += [(name.strip(), g) for g in globs.split()]
    found = {}
    for file in files:
        for name, glob in rules:
            if fnmatch.fnmatchcase(file, glob):
                found[file] = name
                break
    return found


MIRRORS = {"include", "includes", "inc", "src", "source", "sources", "headers"}
ASIDE = {"test", "tests", "t", "testing", "testsuite", "unittest", "unittests", "deps", "vendor", "third_party", "contrib", "external",
         "fuzz", "fuzzing", "fuzzers", "example", "examples", "demo", "demos", "sample", "samples", "tutorial", "tutorials"}


def by_folder(files):
    """source -> its folder, of three sources and more; headers often lie elsewhere, and tests and examples are found by their folder."""
    found = {}
    for file in files:
        folders = os.path.dirname(file).split("/")
        if file.endswith(".c") and not ASIDE.intersection(folders):
            found[file] = "/".join(f for f in folders if f not in MIRRORS)
    sizes = Counter(found.values())
    return {f: p for f, p in found.items() if sizes[p] >= FEWEST_FILES}
