# SPDX-License-Identifier: GPL-3.0-or-later
"""Reads SVG from stdin and says what it is made of, one line: boxes, arrows. Fails on anything that is not well-formed,
on elements or attributes that a picture of ours never has, on links that leave the document, on lost tooltips."""
import sys
import xml.etree.ElementTree as tree

SVG = '{http://www.w3.org/2000/svg}'
LINK = '{http://www.w3.org/1999/xlink}'
ELEMENTS = {'svg', 'style', 'g', 'a', 'title', 'path', 'polygon', 'polyline', 'ellipse', 'text'}

root = tree.fromstring(sys.stdin.buffer.read())
for element in root.iter():
    name = element.tag.removeprefix(SVG)
    if name not in ELEMENTS:
        sys.exit(f'element {element.tag}')
    for key, value in element.attrib.items():
        if key.lower().startswith('on') or key == 'href':
            sys.exit(f'attribute {key}')
        if key == LINK + 'href' and not value.startswith('#'):
            sys.exit(f'link to {value}')
    if name == 'style' and element.text.count('{') != element.text.count('}'):
        sys.exit('style sheet')
groups = [element for element in root.iter(SVG + 'g')]
classes = [(element.get('class') or '').split(' ')[0] for element in groups]
ids = [element.get('id') for element in root.iter() if element.get('id')]
if len(ids) != len(set(ids)):
    sys.exit('ids are not unique')
for text in root.iter(SVG + 'text'):
    if len(sys.argv) > 1 and text.text == sys.argv[1]:
        sys.argv.pop()
if len(sys.argv) > 1:
    sys.exit(f'no text {sys.argv[1]!r}')
print(classes.count('node'), classes.count('edge'))
