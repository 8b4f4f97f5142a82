#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""The symbolizer against nm and addr2line, on programs built in many ways.

    symbols.py LOOKUP FIXTURES"""
import os
import re
import shutil
import subprocess
import sys
import tempfile
import unittest

LOOKUP, FIXTURES = sys.argv[1], sys.argv[2]
CLONE = re.compile(r'\.(cold|part|isra|constprop|lto_priv)(\.\d+)?$')
MISSING, SYMBOLS, DEBUG, CODEBASE = 8, 4, 2, 1


def run(*command, cwd=None, text=None):
    return subprocess.run(command, cwd=cwd, input=text, check=True, capture_output=True, text=True).stdout


def nm(program):
    """address -> names, of functions"""
    names = {}
    for line in run('nm', program).splitlines():
        fields = line.split()
        if len(fields) == 3 and fields[1] in 'tTwWi':
            names.setdefault(int(fields[0], 16), set()).add(fields[2])
    return names


def address_of(program, name):
    found = [int(line.split()[0], 16) for line in run('nm', program).splitlines() if line.split()[-1] == name]
    assert found, name
    return found[0]


def calls(program, function):
    """return addresses of the calls in a function (from objdump)"""
    text = run('objdump', '-d', '--no-show-raw-insn', program)
    body = re.search(r'^[0-9a-f]+ <%s>:\n(.*?)\n\n' % re.escape(function), text + '\n\n', re.S | re.M).group(1)
    lines = [re.match(r' *([0-9a-f]+):\s+(.*)', line).groups() for line in body.splitlines()]
    return [int(lines[i + 1][0], 16) for i in range(len(lines) - 1) if lines[i][1].startswith('call')]


class Symbols(unittest.TestCase):
    def setUp(self):
        self.folder = os.path.realpath(tempfile.mkdtemp())
        self.root = os.path.join(self.folder, 'code')
        shutil.copytree(FIXTURES, os.path.join(self.root, 'src'))

    def tearDown(self):
        shutil.rmtree(self.folder)

    def build(self, *flags, link=(), cwd=None, sources=('src/one.c', 'src/two.c'), name='prog'):
        program = os.path.join(self.folder, name)
        objects = []
        for i, source in enumerate(sources):
            objects.append(os.path.join(self.folder, '%s%d.o' % (name, i)))
            run('gcc', *flags, '-c', source, '-o', objects[-1], cwd=cwd or self.root)
        run('gcc', *[f for f in flags if f.startswith(('-flto', '-O', '-no-pie', '-g'))], *link, *objects, '-o', program)
        return program

    def look(self, program, addresses, root=None, debug=None):
        extra = ['--debug', debug] if debug else []
        out = run(LOOKUP, root or self.root, *extra, program, *['%x' % a for a in addresses]).splitlines()
        facts = dict(zip(*[iter(out[0].split()[1:])] * 2))
        return {k: int(v, 16 if k in ('flags', 'main') else 10) for k, v in facts.items()}, out[1:]

    def check_names(self, program, debug=None, where=None):
        """Each function that nm names (in where, the file that has symbols) is found under one of its names."""
        names = {a: n for a, n in nm(where or program).items()
                 if not n & {'_start', '_init', '_fini', '_dl_relocate_static_pie', 'deregister_tm_clones',
                             'register_tm_clones', '__do_global_dtors_aux', 'frame_dummy', 'data_start',
                             '__data_start'}}
        facts, lines = self.look(program, sorted(names), debug=debug)
        self.assertGreaterEqual(len(names), 10)
        for address, line in zip(sorted(names), lines):
            plain = {CLONE.sub('', n) for n in names[address]}
            self.assertIn(line.split()[2], plain, line)
        return facts

    def check_inlined(self, program, function='outer', debug=None, where=None):
        """Inlined callers as addr2line -i has them, at each call of a function."""
        returns = calls(where or program, function)
        self.assertTrue(returns)
        if where and not debug and not where.endswith('.whole'):
            self.assertEqual(returns, calls(program, function))
        _, lines = self.look(program, [a - 1 for a in returns], debug=debug)
        for address, line in zip(returns, lines):
            oracle = run('addr2line', '-f', '-i', '-e', where or program, '%x' % (address - 1)).splitlines()
            expected = [(oracle[i], oracle[i + 1].split(' ')[0].rsplit(':', 1)) for i in range(0, len(oracle), 2)]
            ours = [part.split() for part in line.split(' | ')[1:]]
            self.assertEqual([o[0] for o in ours], [e[0] for e in expected], line)
            self.assertEqual([o[2] for o in ours], [e[1][1] for e in expected], line)
            self.assertEqual([os.path.join(self.root, o[1]) for o in ours],
                             [os.path.normpath(os.path.join(self.root, e[1][0])) for e in expected], line)

    def test_plain(self):
        for flags in (['-O0', '-g'], ['-O2', '-g'], ['-O2', '-g', '-no-pie', '-fno-pie'], ['-O2', '-gdwarf-4'],
                      ['-O3', '-g', '-ffunction-sections'], ['-O2', '-g', '-gsplit-dwarf'], ['-O2', '-gdwarf-4', '-gsplit-dwarf']):
            with self.subTest(flags=flags):
                program = self.build(*flags)
                facts = self.check_names(program)
                self.assertEqual(facts['flags'], CODEBASE | DEBUG | SYMBOLS)
                self.assertGreaterEqual(facts['described'], 10)
                self.assertEqual(facts['main'], address_of(program, 'main'))
                # addr2line does not follow .dwo files: it is asked about the same code, compiled without.
                twin = [flag for flag in flags if flag != '-gsplit-dwarf']
                self.check_inlined(program, where=None if twin == flags else self.build(*twin, name='twin'))

    def test_statics_of_one_name(self):
        program = self.build('-O2', '-g', '-fno-ipa-icf')
        entries = [a for a, n in nm(program).items() if {CLONE.sub('', x) for x in n} == {'same'}]
        self.assertEqual(len(entries), 2)
        _, lines = self.look(program, entries)
        self.assertEqual({line.split(' | ')[1].split()[1] for line in lines}, {'src/one.c', 'src/two.c'})
        # Without debug information nothing but the address tells them apart.
        run('strip', '-g', program)
        facts, lines = self.look(program, entries)
        self.assertEqual(facts['flags'], SYMBOLS)
        self.assertEqual({line.split()[2] for line in lines}, {'same?%x' % a for a in entries})

    def test_aliases(self):
        program = self.build('-O2', '-g')
        address = address_of(program, 'aliased')
        self.assertEqual(address, address_of(program, 'other_name'))
        _, lines = self.look(program, [address])
        self.assertEqual(lines[0].split()[2], 'aliased')   # debug information's name
        run('strip', '-g', program)
        _, lines = self.look(program, [address])
        self.assertEqual(lines[0].split()[2], 'aliased')   # the first of the global ones

    def test_cold_parts(self):
        program = self.build('-O2', '-g', '-fno-ipa-icf')
        cold = [a for a, n in nm(program).items() if 'rare.cold' in n]
        self.assertEqual(len(cold), 1)
        expected = address_of(program, 'rare')
        _, lines = self.look(program, cold)
        self.assertEqual(lines[0].split()[2], 'rare')
        run('strip', '-g', program)
        self.assertEqual(self.look(program, cold)[1][0].split()[2], 'rare')
        run('strip', program)
        facts, lines = self.look(program, cold + [expected])
        self.assertEqual(facts['flags'], 0)
        self.assertEqual([line.split()[2] for line in lines], ['?%x' % expected] * 2)

    def test_stripped(self):
        program = self.build('-O2', '-g')
        whole = program + '.whole'
        shutil.copy(program, whole)
        run('strip', program)
        names = {a: n for a, n in nm(whole).items() if n & {'outer', 'leaf', 'second', 'main', 'tail', 'same', 'aliased'}}
        facts, lines = self.look(program, sorted(names))
        self.assertEqual(facts['main'], address_of(whole, 'main'))
        found = [line.split()[2] for line in lines]
        self.assertEqual(len(set(found)), len(names))
        for address, name in zip(sorted(names), found):
            self.assertEqual(name, 'main' if 'main' in names[address] else '?%x' % address)

    def test_separate_debug_files(self):
        for how in ('link', 'link in .debug', 'build id', 'by name'):
            with self.subTest(how=how):
                program = self.build('-O2', '-g')
                whole, debug = program + '.whole', program + '.debug'
                shutil.copy(program, whole)
                run('objcopy', '--only-keep-debug', program, debug)
                run('strip', program)
                folder = None
                if how.startswith('link'):
                    run('objcopy', '--add-gnu-debuglink=' + debug, program, cwd=self.folder)
                    if how != 'link':
                        os.makedirs(os.path.join(self.folder, '.debug'), exist_ok=True)
                        os.rename(debug, os.path.join(self.folder, '.debug', os.path.basename(debug)))
                else:
                    folder = os.path.join(self.folder, 'debug')
                    build_id = re.search(r'Build ID: ([0-9a-f]+)', run('readelf', '-n', whole)).group(1)
                    target = os.path.join(folder, '.build-id', build_id[:2], build_id[2:] + '.debug') if how == 'build id' \
                        else os.path.join(folder, 'prog')
                    os.makedirs(os.path.dirname(target), exist_ok=True)
                    os.rename(debug, target)
                facts = self.check_names(program, debug=folder, where=whole)
                self.assertEqual(facts['flags'], CODEBASE | DEBUG | SYMBOLS)
                self.check_inlined(program, debug=folder, where=whole)

    def test_debug_file_of_another_build(self):
        program = self.build('-O2', '-g')
        other = self.build('-O1', '-g', name='other')
        debug = program + '.debug'
        run('objcopy', '--only-keep-debug', other, debug)
        run('strip', program)
        run('objcopy', '--add-gnu-debuglink=' + debug, program, cwd=self.folder)
        self.assertEqual(self.look(program, [])[0]['flags'], 0)

    def test_compiled_elsewhere(self):
        elsewhere = os.path.join(self.folder, 'elsewhere')
        shutil.copytree(self.root, elsewhere)
        program = self.build('-O2', '-g', cwd=elsewhere)
        shutil.rmtree(elsewhere)
        facts, lines = self.look(program, [address_of(program, 'outer')])
        self.assertTrue(facts['flags'] & CODEBASE)
        self.assertEqual(lines[0].split(' | ')[-1].split()[:2], ['outer', 'src/one.c'])
        # Another tree that happens to have one file of that name is not the codebase.
        stranger = os.path.join(self.folder, 'stranger')
        os.makedirs(stranger)
        shutil.copy(os.path.join(self.root, 'src/one.c'), os.path.join(stranger, 'one.c'))
        self.assertFalse(self.look(program, [], root=stranger)[0]['flags'] & CODEBASE)

    def test_prefix_map(self):
        for new in ('.', '/usr/src/app', 'app-1.0'):
            with self.subTest(new=new):
                program = self.build('-O2', '-g', '-ffile-prefix-map=%s=%s' % (self.root, new))
                _, lines = self.look(program, [address_of(program, 'outer')])
                self.assertEqual(lines[0].split(' | ')[-1].split()[:2], ['outer', 'src/one.c'])

    def test_link_time_optimisation(self):
        program = self.build('-O2', '-g', '-flto', '-fno-ipa-icf')
        _, lines = self.look(program, [address_of(program, 'outer')])
        self.assertEqual(lines[0].split(' | ')[-1].split()[:2], ['outer', 'src/one.c'])

    def test_data(self):
        program = self.build('-O0', '-g', '-no-pie', '-fno-pie')
        server, hidden = address_of(program, 'server'), address_of(program, 'hidden')
        _, lines = self.look(program, [server + 8, server + 24, server + 32, server + 24 + 24 + 8, hidden, hidden + 8])
        self.assertEqual([line.split(' data ')[1] for line in lines],
                         ['server.lock.word', 'server.many[].a', 'server.many[].inner.word', 'server.many[].inner.word',
                          'hidden.word (src/one.c)', 'hidden.other (src/one.c)'])
        run('strip', '-g', program)
        _, lines = self.look(program, [server, server + 8])
        self.assertEqual([line.split(' data ')[1] for line in lines], ['server', 'server+8'])

    def test_ifunc(self):
        program = self.build('-O2', '-g')
        _, lines = self.look(program, [address_of(program, 'resolve_chosen')])
        self.assertEqual(lines[0].split()[2], 'resolve_chosen')


if __name__ == '__main__':
    unittest.main(argv=sys.argv[:1] + sys.argv[3:])
