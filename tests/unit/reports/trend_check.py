# SPDX-License-Identifier: GPL-3.0-or-later
"""Is a trend's SVG well-formed, within its frame, and does it say what was put in? usage: trend_check.py FILE COUNT"""
import re
import sys
import xml.etree.ElementTree as tree

SVG = "{http://www.w3.org/2000/svg}"
path, count = sys.argv[1], int(sys.argv[2])
root = tree.parse(path).getroot()
_, _, width, height = map(float, root.get("viewBox").split())
assert not root.iter(SVG + "script") or not list(root.iter(SVG + "script")), "a name became markup"

circles = list(root.iter(SVG + "circle"))
known = count + (count - len(range(1, count, 3))) + count
assert len(circles) == known, "%d points, not %d" % (len(circles), known)
assert all(0 <= float(c.get("cx")) <= width and 0 <= float(c.get("cy")) <= height for c in circles)
rising = [float(c.get("cy")) for c in circles[:count]]
assert all(a > b for a, b in zip(rising, rising[1:])), "what rises must go up"
flat = {c.get("cy") for c in circles[-count:]}
assert len(flat) == 1

curves = [p for p in root.iter(SVG + "path") if p.get("class") == "c"]
assert len(curves) == 3
holes = curves[1].get("d")
assert holes.count("M") == (1 if count == 1 else len(range(2, count, 3)) + 1), holes

# A scale's lines: equal steps, whole numbers for counts, every point between the outer ones.
texts = list(root.iter(SVG + "text"))
scale = [t.text for t in texts if t.get("class") == "f e" and t.get("transform") is None]
assert 6 <= len(scale) <= 27, scale
assert all(re.fullmatch("(\u2212)?[0-9,]+(\\.[0-9])?", t) for t in scale), scale
assert scale[-1].isdigit(), "a count of %s" % scale[-1]

# Names do not run into each other.
names = [t for t in texts if t.get("class") == "f e" and t.get("transform")]
at = [float(re.search(r"translate\(([0-9.]+)", t.get("transform")).group(1)) for t in names]
assert all(b - a >= 16.9 for a, b in zip(at, at[1:])), at
assert names and len(names) <= 60 and all(len(t.text) <= 19 for t in names)

tips = [t.text for g in root.iter(SVG + "g") for t in g.iter(SVG + "title")]
assert len(tips) == count
if count > 1:
    assert tips[1].startswith("<script>\"&'\u241b\ufffd, 2024-01-09"), tips[1]
    assert "Rising: 21,000 (+1,000)" in tips[1] and "<Holes>: not known" in tips[1], tips[1]
