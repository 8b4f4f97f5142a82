#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""The decoder against objdump on whole binaries, and how many functions of Debian's programs patch mode can take."""
import os
import re
import shutil
import subprocess
import sys
import unittest

LIBRARIES = "/usr/lib/x86_64-linux-gnu/"
# Prefixes, vectors up to AVX-512, hand-written assembly, C, C++.
DECODED = [LIBRARIES + "libc.so.6", LIBRARIES + "libm.so.6", LIBRARIES + "libstdc++.so.6", "/usr/bin/git", "/bin/bash"]
PLANNED = ["/usr/bin/git", "/usr/bin/redis-server", "/usr/bin/lua5.4", "/usr/bin/sqlite3", LIBRARIES + "libsqlite3.so.0",
           "/bin/bash", LIBRARIES + "libstdc++.so.6", LIBRARIES + "libcrypto.so.3", "/usr/bin/perl"]
oracle, plan = (os.path.abspath(a) for a in sys.argv[1:3])


class Decode(unittest.TestCase):
    def test_lengths_and_targets(self):
        seen = 0
        for path in DECODED:
            if not os.path.exists(path) or not shutil.which("objdump"):
                continue
            with self.subTest(path):
                listing = subprocess.Popen(["objdump", "-d", "-w", path], stdout=subprocess.PIPE)
                done = subprocess.run([oracle], stdin=listing.stdout, capture_output=True, text=True, check=False)
                listing.stdout.close()
                self.assertEqual(listing.wait(), 0)
                self.assertEqual(done.returncode, 0, done.stdout)
                seen += 1
        self.assertGreater(seen, 0)

    def test_reach(self):
        paths = [p for p in PLANNED if os.path.exists(p)]
        self.assertTrue(paths)
        for line in subprocess.run([plan, *paths], capture_output=True, text=True, check=True).stdout.splitlines():
            print(line)
            with self.subTest(line):
                self.assertGreaterEqual(float(re.search(r"taken \d+ \(([\d.]+) %\)", line).group(1)), 97)


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1])
