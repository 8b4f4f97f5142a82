#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Golden tests of the fact extractor: run_cases.py FACTS_DUMP FOLDER [CASE...]

A case is NAME.expect beside NAME.c (or NAME.py, which prints NAME.c). Its lines:

  ! ARGUMENT...   arguments for clang
  + TEXT          some line of the dump contains TEXT
  - TEXT          none does
  3 TEXT          exactly three lines do (any number)
  # ...           a comment; blank lines are free

White space is folded. TEXT begins and ends at the borders of words ("x1" does not match "x12"); " ~ " in it stands for
anything within the line; a leading ^ and a trailing $ are the line's ends. {tag} is the number of the line of NAME.c
that holds "@tag" as a word; {tag+2} counts from there.

What is expected comes from the C standard and the fixture, never from what the dump happens to print.
"""
import pathlib
import re
import subprocess
import sys
import tempfile


def fold(text):
    return " ".join(text.split())


def tag_lines(source):
    tags = {}
    for number, line in enumerate(source.split(b"\n"), 1):
        for tag in re.findall(rb"@([a-z_0-9]+)", line):
            tags.setdefault(tag.decode(), number)
    return tags


def pattern_of(text, tags):
    def line_of(match):
        return str(tags[match[1]] + int(match[2] or 0))

    text = fold(re.sub(r"\{([a-z_][a-z_0-9]*)([+-]\d+)?\}", line_of, text))
    starts, ends = text.startswith("^"), text.endswith("$")
    text = text[1 if starts else 0:len(text) - 1 if ends else len(text)]
    pattern = ".*".join(re.escape(part) for part in text.split(" ~ "))
    before = "^" if starts else r"(?<!\w)" if text[:1].isalnum() or text[:1] == "_" else ""
    after = "$" if ends else r"(?!\w)" if text[-1:].isalnum() or text[-1:] == "_" else ""
    return re.compile(before + pattern + after)


def run_case(dump, folder, name):
    expect = folder / (name + ".expect")
    root, source = folder, folder / (name + ".c")
    with tempfile.TemporaryDirectory() as scratch:
        if not source.exists():
            root = pathlib.Path(scratch)
            source = root / (name + ".c")
            made = subprocess.run([sys.executable, folder / (name + ".py")], check=True, stdout=subprocess.PIPE)
            source.write_bytes(made.stdout)
        lines = expect.read_text(encoding="utf-8").splitlines()
        arguments = [word for line in lines if line.startswith("!") for word in line[1:].split()]
        ran = subprocess.run([dump, root, source, *arguments], stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        tags = tag_lines(source.read_bytes())
    failures = []
    if ran.returncode:
        failures.append(f"facts_dump gave {ran.returncode}: {ran.stderr.decode(errors='replace').strip()}")
    try:
        facts = [fold(line) for line in ran.stdout.decode("utf-8").splitlines()]
    except UnicodeDecodeError as error:
        failures.append(f"the dump is not UTF-8: {error}")
        facts = [fold(line) for line in ran.stdout.decode(errors="replace").splitlines()]
    asserted = 0
    for number, line in enumerate(lines, 1):
        kind, _, text = line.strip().partition(" ")
        if not kind or kind[0] in "#!":
            continue
        if not text or not (kind in "+-" or kind.isdigit()):
            failures.append(f"{expect.name}:{number}: not an assertion: {line}")
            continue
        asserted += 1
        try:
            matcher = pattern_of(text, tags)
        except KeyError as error:
            failures.append(f"{expect.name}:{number}: no such tag: {error}")
            continue
        found = [fact for fact in facts if matcher.search(fact)]
        where = f"{expect.name}:{number}:"
        if kind == "+" and not found:
            failures.append(f"{where} missing: {matcher.pattern if '{' in text else text}")
        elif kind == "-" and found:
            failures += [f"{where} unexpected: {fact}" for fact in found]
        elif kind.isdigit() and len(found) != int(kind):
            failures.append(f"{where} {len(found)} instead of {kind}: {text}")
            failures += [f"    {fact}" for fact in found]
    if not asserted:
        failures.append(f"{expect.name}: asserts nothing")
    for failure in failures:
        print(f"{name}: {failure}")
    if failures:
        print(f"{name}: the whole dump:\n" + "\n".join("    " + fact for fact in facts[:400]), file=sys.stderr)
    return not failures


def main():
    dump, folder, names = sys.argv[1], pathlib.Path(sys.argv[2]), sys.argv[3:]
    names = names or sorted(path.stem for path in folder.glob("*.expect"))
    failed = [name for name in names if not run_case(dump, folder, name)]
    if failed:
        print(f"{len(failed)} of {len(names)} cases failed: {' '.join(failed)}")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
