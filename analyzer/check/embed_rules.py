#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Turns the files of rules/ into C strings: embed_rules.py OUT FILE... Each becomes one row of `embedded_rules`, named by
its path from rules/ on, in the order of their names."""
import os
import sys


def literal(text):
    """Line by line, octal escapes for all that C or a trigraph could read otherwise."""
    lines = []
    for line in text.splitlines():
        safe = "".join(c if 32 <= ord(c) < 127 and c not in '"\\?' else "".join("\\%03o" % b for b in c.encode())
                       for c in line)
        lines.append('\t "%s\\n"' % safe)
    return "\n".join(lines)


out, files = sys.argv[1], sys.argv[2:]
with open(out, "w", encoding="utf-8") as stream:
    stream.write('#include "check/embedded.h"\n#include <stddef.h>\n')
    stream.write("const struct embedded_rule embedded_rules[] = {\n")
    for path in sorted(files, key=os.path.basename):
        with open(path, encoding="utf-8") as source:
            name = "/".join(os.path.abspath(path).split(os.sep)[-3:])
            stream.write('\t{"%s",\n%s},\n' % (name, literal(source.read())))
    stream.write("\t{NULL, NULL},\n};\n")
