#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Mode patch on programs of our own that were compiled without knowing of it. Oracles: numbers known by construction,
callgrind, the symbols that compilers leave of parts of functions."""
import os
import platform
import struct
import subprocess
import sys
import tempfile

import harness
import trace_reader
from test_counts import MIX, NAMES, callgrind_edges

SHORT, TARGET, INSTRUCTION, COLD, SYSTEM, MEMORY, OTHER = range(7)


def plan_hash(content):
    """As agent/plan.c has it."""
    factor, mask = 0x9E3779B97F4A7C15, 2**64 - 1
    lanes = [len(content), 1, 2, 3]
    rest = len(content) % 32
    for words in struct.iter_unpack("<4Q", bytes(content) + bytes(32 - rest)):
        for i in range(4):
            lanes[i] = (lanes[i] ^ words[i]) * factor & mask
            lanes[i] ^= lanes[i] >> 29
    for i in range(1, 4):
        lanes[0] = (lanes[0] ^ lanes[i]) * factor & mask
        lanes[0] ^= lanes[0] >> 32
    return lanes[0].to_bytes(8, "little")


class Patch(harness.Case):
    def check(self, command):
        run = self.same_as_native(command, "mode=patch")
        self.assertEqual(harness.lost(run.traces), {})
        self.assertEqual(run.traces[0].modules[0].mode, "patch")
        return run

    def test_known_numbers(self):
        for extra, link, key in (([], [], ""), (["-fno-pie"], ["-no-pie"], "-fixed"), (["-fcf-protection=full"], [], "-cet"),
                                 (["-O3", "-finline"], [], "-O3"), (["-Os"], [], "-Os")):
            with self.subTest(key):
                run = self.check([harness.build("counts", "plain", extra, link, key), "mix"])
                if key not in ("-O3", "-Os"):
                    edges = harness.edges_between(run.traces, NAMES)
                    self.assertEqual({k: v for k, v in edges.items() if k[1] != "compare"}, MIX)
                module = run.traces[0].modules[0]
                # All but _start, and at -Os but one that begins with "push; call *": it returns into its first bytes.
                self.assertGreaterEqual(module.recorded, module.functions - 1 - (key == "-Os"))

    def test_callgrind(self):
        program = [harness.build("counts", "plain"), "mix"]
        mine = trace_reader.named_edges(self.check(program).traces[0])
        names = trace_reader.SYMBOLS.of(program[0])[1].values()
        wanted = {k: v for k, v in callgrind_edges(program).items() if k[0] in NAMES and k[1] in names}
        self.assertTrue(wanted)
        self.assertEqual({k: mine[k] for k in wanted}, wanted)

    def test_entries(self):
        """Each way to begin: moved, or left alone for the reason that it must be; flags and registers kept."""
        run = self.check([harness.build("entries", "plain")])
        trace = run.traces[0]
        module = trace.modules[0]
        self.assertEqual((module.skipped[TARGET], module.skipped[INSTRUCTION], module.skipped[OTHER]), (4, 1, 1))
        self.assertEqual(sum(module.skipped), 6)
        calls = trace_reader.callees(trace)
        moved = {"rip_load": 3, "rip_wide": 3, "tiny": 6, "tiniest": 6, "short_branch": 6, "jump_away": 3, "call_first": 3,
                 "push_call": 3, "call_memory": 3, "call_register": 3, "marked": 3, "switching": 6, "where": 15,
                 "flags_in": 6, "overflow_in": 3, "ask_flags": 3, "registers": 3}
        self.assertEqual({k: calls[k] for k in moved}, moved)
        for name in ("loop_to_start", "loop_inside", "counted_loop", "table_to_start", "call_pushed"):
            self.assertEqual(calls[name], 0, name)

    def test_exceptions_and_parts(self):
        """Exceptions, also one that nobody catches, through the C++ library, patched as well; no part taken for a function."""
        source = os.path.join(harness.HERE, "..", "programs", "patch", "exceptions.cc")
        program = os.path.join(harness.folder, "exceptions")
        subprocess.run(["g++", "-O2", "-g", "-w", source, "-o", program], check=True)
        run = self.check([program])
        self.assertEqual(run.status, -6)
        self.assertIn(b"nobody catches this", run.errors)
        trace = run.traces[0]
        self.assertEqual([m.mode for m in trace.modules if "libstdc++" in m.path], ["patch"])
        parts = [n for n in trace_reader.SYMBOLS.of(program)[1].values() if n.endswith(".cold") or "[clone .cold]" in n]
        self.assertTrue(parts)
        self.assertEqual(trace.modules[0].skipped[COLD], len(parts))
        self.assertEqual([n for n in trace_reader.callees(trace) if "cold" in n], [])

    def test_many_threads(self):
        run = self.same_as_native([harness.build("threads", "plain"), "many"], "mode=patch")
        self.assertEqual(run.traces[0].modules[0].mode, "patch")

    def test_plans(self):
        """What was found out once is used again, if it is of just this program, whole, and nobody else's."""
        program = harness.build("counts", "plain")
        with tempfile.TemporaryDirectory(dir=harness.folder) as cache:
            def run():
                module = self.same_as_native([program, "mix"], "mode=patch;cache=" + cache).traces[0].modules[0]
                return module.recorded, module.functions, module.skipped

            plans = lambda: [os.path.join(cache, name) for name in sorted(os.listdir(cache))]
            fresh = run()
            self.assertGreater(fresh[0], 20)
            plan, = [path for path in plans() if os.path.getsize(path) == 144 + 8 * fresh[0]]
            self.assertEqual(run(), fresh)
            with open(plan, "rb") as stream:
                whole = stream.read()
            shorter = bytearray(whole[:-8])
            shorter[136:140] = (fresh[0] - 1).to_bytes(4, "little")
            shorter[8:16] = plan_hash(shorter[16:])

            def with_plan(content):
                os.unlink(plan)
                with open(plan, "wb") as stream:
                    stream.write(content)
                os.chmod(plan, 0o600)
                return run()

            self.assertEqual(with_plan(shorter)[0], fresh[0] - 1, "a plan is not used")
            for damaged in [b"", whole[:100], whole[:-8], whole + whole] + [
                    whole[:at] + bytes([whole[at] ^ 0x55]) + whole[at + 1:] for at in range(0, len(whole), len(whole) // 40)]:
                self.assertEqual(with_plan(damaged), fresh)
                with open(plan, "rb") as stream:
                    self.assertEqual(stream.read(), whole)  # mended
            # Another program at the same path; a file that others may write; one that is somewhere else.
            moved = bytearray(whole)
            moved[24:32] = bytes(8)
            moved[8:16] = plan_hash(moved[16:])
            self.assertEqual(with_plan(moved), fresh)
            os.unlink(plan)
            with open(plan, "wb") as stream:
                stream.write(shorter)
            os.chmod(plan, 0o666)
            self.assertEqual(run(), fresh)
            os.rename(plan, plan + ".away")
            with open(plan + ".away", "wb") as stream:
                stream.write(shorter)
            os.symlink(plan + ".away", plan)
            self.assertEqual(run(), fresh)
            with open(plan + ".away", "rb") as stream:
                self.assertEqual(stream.read(), shorter)
        self.assertEqual(self.same_as_native([program, "mix"], "mode=patch;cache=/nowhere").traces[0].modules[0].recorded, fresh[0])

    def test_forbidden(self):
        """Where code may not be changed, the module is left as it is, and said to be."""
        program = harness.build("counts", "plain")
        denied = os.path.join(harness.folder, "denied")
        with open(denied + ".c", "w", encoding="utf-8") as stream:
            stream.write(DENY_EXECUTABLE)
        subprocess.run(["gcc", "-w", denied + ".c", "-o", denied], check=True)
        probe = subprocess.run([denied, "/bin/true"], check=False)
        if probe.returncode == 99:
            self.skipTest("the kernel has no such filter")
        native = harness.run_native([program, "mix"])
        # The filter is set first, the agent comes with the program.
        where = os.path.join(harness.folder, "denied-traces")
        os.makedirs(where)
        environment = harness.traced_environment(where, "mode=patch")
        preload, value = environment.pop("LD_PRELOAD"), environment.pop("SIGHTLINE_AGENT")
        done = subprocess.run([denied, "/usr/bin/env", f"LD_PRELOAD={preload}", f"SIGHTLINE_AGENT={value}", program, "mix"],
                              env=environment, capture_output=True, timeout=60, check=False)
        self.assertEqual((done.returncode, done.stdout), (native.status, native.output))
        trace = trace_reader.read_folder(where)[0]
        self.assertNotEqual(trace.modules[0].mode, "patch")
        self.assertEqual(trace.modules[0].recorded, 0)


# prctl(PR_SET_MDWE) would be simpler, where kernels have it; a filter does the same to mprotect.
DENY_EXECUTABLE = r"""
#include <errno.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stddef.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>
int main(int argc, char **argv)
{
	/* mprotect with both write and execute: EACCES, as policies have it */
	struct sock_filter code[] = {
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_mprotect, 0, 4),
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, args[2])),
		BPF_STMT(BPF_ALU | BPF_AND | BPF_K, PROT_WRITE | PROT_EXEC),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, PROT_WRITE | PROT_EXEC, 0, 1),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | EACCES),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
	};
	struct sock_fprog program = {sizeof code / sizeof *code, code};
	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) || prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program))
		return 99;
	execv(argv[1], argv + 1);
	return 98;
}
"""

if __name__ == "__main__":
    if platform.machine() != "x86_64":
        print("patch mode is x86-64's")
        sys.exit(77)
    harness.main()
