#!/usr/bin/env python3
"""Turns SQL files into C strings: embed.py OUT FILE... Each becomes one row of `embedded_sql`, named by its stem."""
import os
import sys

def literal(text):
    lines = text.split("\n")
    escaped = [line.replace("\\", "\\\\").replace('"', '\\"').replace("\t", "\\t").replace("?", "\\?") for line in lines]
    return "\n".join('\t 	"%s\\n"' % line for line in escaped if line)

out, files = sys.argv[1], sys.argv[2:]
with open(out, "w", encoding="utf-8") as stream:
    stream.write('#include "model/embedded.h"\n#include <stddef.h>\n')
    stream.write("const struct embedded_sql embedded_sql[] = {\n")
    for path in sorted(files, key=os.path.basename):
        with open(path, encoding="utf-8") as source:
            name = os.path.splitext(os.path.basename(path))[0]
            stream.write('\t{"%s",\n%s},\n' % (name, literal(source.read())))
    stream.write("\t{NULL, NULL},\n};\n")
