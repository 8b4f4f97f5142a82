#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""What mode patch costs on Debian's unmodified programs: CPU time native, with all hooks but nothing counted (paused), and
counting, and counting with a plan of an earlier start, and so with only the program itself patched, as auto does it where
its libraries are not of the codebase; interleaved rounds, medians and minima. Nothing is asserted.

    patch.py AGENT [ROUNDS]"""
import os
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
LUA = 'local function fib(n) if n < 2 then return n end return fib(n-1) + fib(n-2) end fib(27) ' \
      'for i = 1, 200000 do local t = {tostring(i), ("x"):rep(i % 9)} table.concat(t) pcall(error, i) end ' \
      'local t = {} for i = 1, 60000 do t[i] = (i * 7919) % 60013 end table.sort(t)'
SQL = 'create table t(a integer primary key, b int, c text);' \
      'with recursive n(i) as (select 1 union all select i + 1 from n where i < 120000) ' \
      'insert into t select i, (i * 7919) % 10007, hex(i) from n; create index tb on t(b);' \
      'select count(*), sum(x.a) from t x join t y on x.b = y.b where x.a < 3000;' \
      'update t set c = c || b where a % 3 = 0; select b, count(*), max(c) from t group by b order by 2 desc limit 3;'
PROGRAMS = {'lua': ['/usr/bin/lua5.4', '-e', LUA], 'sqlite3': ['/usr/bin/sqlite3', ':memory:', SQL],
            'git --version': ['/usr/bin/git', '--version'],
            'python3 -c 0': ['/usr/bin/python3', '-c', '0'], 'redis-server --version': ['/usr/bin/redis-server', '--version'],
            'true': ['/bin/true']}


def seconds(command, agent, options, folder):
    environment = dict(os.environ)
    if agent:
        environment.update(LD_PRELOAD=agent, SIGHTLINE_AGENT=f'dir={folder};{options}')
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run(command, env=environment, check=True, stdout=subprocess.DEVNULL)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    shutil.rmtree(folder)
    os.mkdir(folder)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def main():
    agent, rounds = os.path.abspath(sys.argv[1]), int(sys.argv[2]) if len(sys.argv) > 2 else 7
    folder, plans = tempfile.mkdtemp(prefix='sightline-bench-'), tempfile.mkdtemp(prefix='sightline-plans-')
    ways = {'native': (None, ''), 'plt': (agent, 'mode=plt'), 'paused': (agent, 'mode=patch;paused=1'),
            'patch': (agent, 'mode=patch'), 'planned': (agent, 'mode=patch;cache=' + plans),
            'own': (agent, 'mode=auto;cache=' + plans)}
    for name, command in PROGRAMS.items():
        if not os.path.exists(command[0]):
            continue
        taken = {way: [] for way in ways}
        for _ in range(rounds):
            for way, (with_agent, options) in ways.items():
                own = ';own=' + os.path.realpath(command[0]) if way == 'own' else ''
                taken[way].append(seconds(command, with_agent, options + own, folder))
        native = statistics.median(taken['native'])
        print(f'{name:14}', '  '.join(f'{way} {1e3 * statistics.median(t):.1f} ms (min {1e3 * min(t):.1f}, '
                                     f'{statistics.median(t) / native:.2f}x)' for way, t in taken.items()))
    shutil.rmtree(folder)
    shutil.rmtree(plans)


if __name__ == '__main__':
    main()
