#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Turns files into C strings: embed_text.py OUT FILE... One row each of `embedded_text`, named as the file is."""
import os
import sys


def literal(text):
    escaped = text.replace("\\", "\\\\").replace('"', '\\"').replace("\t", "\\t").replace("?", "\\?")
    return "\n".join('\t "%s\\n"' % line for line in escaped.split("\n")[:-1])


out, files = sys.argv[1], sys.argv[2:]
with open(out, "w", encoding="utf-8") as stream:
    stream.write('#include "cmd/ci.h"\n#include <stddef.h>\n\nconst struct embedded_text embedded_text[] = {\n')
    for path in files:
        with open(path, encoding="utf-8") as source:
            stream.write('\t{"%s",\n%s},\n' % (os.path.basename(path), literal(source.read())))
    stream.write("\t{NULL, NULL},\n};\n")
