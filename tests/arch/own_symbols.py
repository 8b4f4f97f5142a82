#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""No function of ours may be called like one of a library that we are linked with: the linker would take ours for it, also within the
library.

    own_symbols.py SIGHTLINE
"""
import re
import subprocess
import sys


def defined(path, *options):
    listing = subprocess.run(["nm", "--defined-only", *options, path], stdout=subprocess.PIPE, check=True, text=True).stdout
    return set(re.findall(r"^[0-9a-f]+ T (\w+)", listing, re.M))


def main():
    program = sys.argv[1]
    ours = defined(program) - {"main", "_start", "_init", "_fini"}
    libraries = re.findall(r"=> (/\S+)", subprocess.run(["ldd", program], stdout=subprocess.PIPE, check=True, text=True).stdout)
    if len(ours) < 100 or len(libraries) < 5:
        sys.exit("%d functions, %d libraries: this is not the program that was meant" % (len(ours), len(libraries)))
    clashes = [(library, name) for library in libraries for name in sorted(ours & defined(library, "-D"))]
    for library, name in clashes:
        print("%s: %s has a function of that name, too" % (name, library))
    print("%d functions, %d libraries, %d clashes" % (len(ours), len(libraries), len(clashes)))
    sys.exit(1 if clashes else 0)


if __name__ == "__main__":
    main()
