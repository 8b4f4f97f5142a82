#!/usr/bin/env python3
"""identify.py OUT MACRO VERSION FILE...: a header that names the version and the hash of sources, so that what was stored by
other sources is made again instead of trusted."""
import hashlib
import sys

out, macro, version, files = sys.argv[1], sys.argv[2], sys.argv[3], sys.argv[4:]
digest = hashlib.sha256()
for path in sorted(files):
    with open(path, "rb") as source:
        digest.update(source.read())
with open(out, "w", encoding="ascii") as stream:
    stream.write('#define %s "%s-%s"\n' % (macro, version, digest.hexdigest()[:16]))
