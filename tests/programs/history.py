#!/usr/bin/env python3
"""history.py SIGHTLINE CASE: events between two releases of a real program tell what its authors tell.

CASE lua: Lua 5.3 and 5.4. CASE expat: expat as released, and with the security patches of Debian 12. Both are scanned into one model,
each where the other was, as a checkout would have it. What must be told is written down in tests/cases/history, from what the
authors wrote. Of the API and of entry points nothing else may be told; and of what did not happen (parts that split or went,
libraries, a broken architecture) nothing at all."""
import json
import os
import shutil
import subprocess
import sys
import tempfile

from oracle import program_root

sightline = os.path.realpath(sys.argv[1])
CASES = os.path.join(os.path.dirname(os.path.realpath(__file__)), "../cases/history")
HEADERS = ["src/lua.h", "src/lauxlib.h", "src/lualib.h"]  # luaconf.h is the builder's
COMPLETE = {"api_breaking", "api_compatible", "entry_point_added", "entry_point_removed"}
NEVER = {"domain_added", "domain_removed", "domain_split", "domain_merged", "library_added", "library_removed", "violation_added",
         "violation_fixed", "resource_added", "resource_removed"}
QUIET = NEVER | {"dependency_added", "dependency_removed", "cycle_added", "cycle_broken", "cycle_grown", "cycle_shrunk", "file_moved", "file_renamed"}


def copy(root, tree):
    if os.path.exists(tree):
        shutil.rmtree(tree)
    shutil.copytree(root, tree, symlinks=True, ignore=shutil.ignore_patterns(".sightline", ".oracle", ".git", "*.o"))


def write(tree, name, text):
    with open(os.path.join(tree, name), "w", encoding="utf-8") as stream:
        stream.write(text)


def scan(release, tree, model):
    subprocess.run([sightline, "scan", tree, "--db", model, "--quiet", "--no-history", "--release", release], check=True)


def read_expected(case):
    """Its pairs of kind and subject, and the patches that it names."""
    with open(os.path.join(CASES, case + ".expect"), encoding="utf-8") as stream:
        lines = [line.split("#")[0].split(None, 1) for line in stream]
    pairs = [(line[0], line[1].strip()) for line in lines if line]
    return {pair for pair in pairs if pair[0] != "patch"}, [pair[1] for pair in pairs if pair[0] == "patch"]


def scan_lua(tree, model):
    for name, release in (("lua53", "old"), ("lua", "new")):
        root = program_root(name)
        copy(root, tree)
        with open(os.path.join(root, "compile_commands.json"), encoding="utf-8") as stream:
            write(tree, "compile_commands.json", stream.read().replace(json.dumps(root)[1:-1], json.dumps(tree)[1:-1]))
        write(tree, "sightline.yaml", json.dumps({"api": HEADERS}))
        scan(release, tree, model)


def patch(tree, folder, name, *options):
    with open(os.path.join(folder, name), "rb") as stream:
        subprocess.run(["patch", "-p1", "-s", *options], cwd=tree, stdin=stream, check=True)


def scan_expat(tree, model):
    """Debian's source is unpacked with all of its patches. Those that the case names are put back, whatever came after them."""
    root = program_root("expat")
    patches = os.path.join(root, "debian", "patches")
    copy(root, tree)
    with open(os.path.join(patches, "series"), encoding="utf-8") as stream:
        for name in reversed([line.split()[0] for line in stream if line.strip() and line[0] != "#"]):
            patch(tree, patches, name, "-R")
    # As its configure finds them, and the sources of library and tool.
    write(tree, "expat/expat_config.h", "".join("#define %s\n" % what for what in (
        "BYTEORDER 1234", "HAVE_GETRANDOM 1", "XML_NS 1", "XML_DTD 1", "XML_CONTEXT_BYTES 1024", "XML_DEV_URANDOM 1", 'PACKAGE_STRING "expat"')))
    sources = ["lib/xmlparse.c", "lib/xmlrole.c", "lib/xmltok.c", "xmlwf/xmlwf.c", "xmlwf/xmlfile.c", "xmlwf/codepage.c", "xmlwf/unixfilemap.c"]
    write(tree, "compile_commands.json", json.dumps([{"directory": os.path.join(tree, "expat"), "file": source, "arguments":
                                                      ["cc", "-I.", "-Ilib", "-DHAVE_EXPAT_CONFIG_H", "-c", source]} for source in sources]))
    scan("old", tree, model)
    for name in read_expected("expat-security")[1]:
        patch(tree, patches, name)
    scan("new", tree, model)


# How both releases are scanned; the case; what must not be told.
STORIES = {"lua": (scan_lua, "lua53-to-lua54", NEVER), "expat": (scan_expat, "expat-security", QUIET)}


def main():
    make, case, never = STORIES[sys.argv[2]]
    folder = tempfile.mkdtemp(prefix="history-")
    tree, model = os.path.join(folder, "tree"), os.path.join(folder, "model.db")
    make(tree, model)
    out = subprocess.run([sightline, "drift", "old", "new", "--db", model, "--format", "json"], cwd=tree, check=True, stdout=subprocess.PIPE).stdout
    told = {(event["kind"], event["subject"]) for event in json.loads(out)}
    expected = read_expected(case)[0]
    failures = ["not told: %s %s" % pair for pair in sorted(expected - told)]
    failures += ["told, but nowhere written: %s %s" % pair for pair in sorted(told - expected) if pair[0] in COMPLETE]
    failures += ["did not happen: %s %s" % pair for pair in sorted(told) if pair[0] in never]
    print("%s: %d events told, %d expected, %d failures" % (case, len(told), len(expected), len(failures)))
    for failure in failures:
        print("  " + failure)
    shutil.rmtree(folder)
    sys.exit(1 if failures else 0)


if __name__ == "__main__":
    main()
