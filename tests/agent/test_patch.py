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

    def test_what_auto_patches(self):
        """The codebase's own modules, whoever loads or starts them, and no others; each tells why."""
        own, links = harness.folder_of("own"), os.path.join(harness.folder, "links")
        os.makedirs(links, exist_ok=True)
        for name, folder in (("ours", own), ("theirs", harness.folder)):
            subprocess.run(["gcc", *harness.PLAIN, "-shared", "-fPIC", "-x", "c", "-", "-o", f"{folder}/lib{name}.so"],
                           input=f"static int {name}_inner(volatile int x) {{ x += 1; return x; }} int {name}(int x) {{ return {name}_inner(x); }}".encode(),
                           check=True)
        link = os.path.join(links, "libours.so")
        if not os.path.islink(link):
            os.symlink(os.path.join(own, "libours.so"), link)
        source = "int ours(int), theirs(int); int main(void) { int s = 0; for (int i = 0; i < 5; i++) s += ours(i) + theirs(i); return s; }"
        seen = {}
        for name, folder in (("inside", own), ("outside", harness.folder)):
            program = os.path.join(folder, "auto-" + name)
            # Found by a path that does not begin as the codebase does.
            subprocess.run(["gcc", *harness.PLAIN, "-x", "c", "-", "-o", program, f"-L{links}", f"-L{harness.folder}", "-lours",
                            "-ltheirs", f"-Wl,-rpath,{links}:{harness.folder}/links/.."], input=source.encode(), check=True)
            for how in ([program], ["/bin/sh", "-c", program + "; exit $?"]):
                run = self.same_as_native(how)
                modules = {os.path.basename(m.path): (m.mode, m.reason) for t in run.traces for m in t.modules}
                wanted = {"auto-" + name: ("patch", "own") if folder == own else ("plt", "foreign"), "libours.so": ("patch", "own"),
                          "libtheirs.so": ("plt", "foreign"), "libc.so.6": ("none", "system")}
                if len(how) > 1:
                    wanted["dash"] = ("plt", "foreign")
                self.assertEqual({k: modules.get(k) for k in wanted}, wanted)
                calls = harness.sum_callees(run.traces)
                seen = (calls["main"], calls["ours"], calls["ours_inner"], calls["theirs"], calls["theirs_inner"])
                self.assertEqual(seen, (folder == own, 5, 5, 0, 0))
            # Asked for: as before, and told so.
            for mode in ("plt", "patch"):
                modules = {m.path: m for m in self.same_as_native([program], "mode=" + mode).traces[0].modules}
                self.assertEqual({(m.mode, m.reason) for m in modules.values() if m.mode != "none"}, {(mode, "asked")})
        # A file may be named by itself; what only begins like a folder is not in it.
        self.assertEqual(self.auto_of(program, program), ("patch", "own"))
        self.assertEqual(self.auto_of(program, program[:-1]), ("plt", "foreign"))
        self.assertEqual(self.auto_of(program, "/nowhere%0a" + program + "%0a"), ("patch", "own"))

    def auto_of(self, program, own):
        module = self.same_as_native([program], "own=" + own).traces[0].modules[0]
        return module.mode, module.reason

    def test_loaded_later(self):
        """Libraries that come by dlopen: patched in the only thread, left alone beside others or while another one is loaded; what
        goes gives its memory back, also where the program's file is gone by then."""
        own = harness.folder_of("own")
        for name, body in (("late", "int late(int x) { return late_inner(x); }"),
                           ("nested", "#include <dlfcn.h>\n__attribute__((constructor)) static void load(void) { dlopen(\"" + own +
                            "/liblate.so\", RTLD_NOW); }\nint late(int x) { return late_inner(x); }")):
            subprocess.run(["gcc", *harness.PLAIN, "-shared", "-fPIC", "-x", "c", "-", "-o", f"{own}/lib{name}.so"],
                           input=("int late_inner(volatile int x) { x += 1; return x; }\n" + body).encode(), check=True)
        program = os.path.join(own, "loads")
        subprocess.run(["gcc", *harness.PLAIN, "-x", "c", "-", "-o", program, "-ldl", "-pthread"], input=LOADS.encode(), check=True)
        for how, mode in (("late", ("patch", "own")), ("threads", ("plt", "threads")), ("nested", ("plt", "threads"))):
            with self.subTest(how):
                path = os.path.join(own, "libnested.so" if how == "nested" else "liblate.so")
                run = self.same_as_native([program, path, how])
                modules = [m for m in run.traces[0].modules if m.path == os.path.join(own, "liblate.so")]
                self.assertEqual({(m.mode, m.reason) for m in modules}, {mode})
                calls = trace_reader.callees(run.traces[0])
                if how == "late":
                    self.assertEqual((calls["late"], calls["late_inner"]), (300, 300))
                    self.assertEqual(run.output, b"grown 0\n")
        # The program is renamed meanwhile: what was patched is not taken for something new.
        copy = program + "-copy"
        subprocess.run(["cp", program, copy], check=True)
        run = harness.run_traced([copy, os.path.join(own, "liblate.so"), "rename", copy])
        self.assertEqual((run.status, run.output), (0, b"grown 0\n"))
        self.assertEqual(len([m for m in run.traces[0].modules if "loads-copy" in m.path]), 1)

    def test_forbidden(self):
        """Where code may not be changed, the module is left as it is, and said to be."""
        program = harness.build("counts", "own")
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
        environment = harness.traced_environment(where, "mode=auto")
        preload, value = environment.pop("LD_PRELOAD"), environment.pop("SIGHTLINE_AGENT")
        done = subprocess.run([denied, "/usr/bin/env", f"LD_PRELOAD={preload}", f"SIGHTLINE_AGENT={value}", program, "mix"],
                              env=environment, capture_output=True, timeout=60, check=False)
        self.assertEqual((done.returncode, done.stdout), (native.status, native.output))
        trace = trace_reader.read_folder(where)[0]
        self.assertEqual((trace.modules[0].mode, trace.modules[0].reason), ("plt", "refused"))
        self.assertEqual(trace.modules[0].recorded, 0)


# Loads and unloads a library often, and tells by how many kilobytes its address space has grown meanwhile.
LOADS = r"""
#include <dlfcn.h>
#include <pthread.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>
static void *sleeps(void *unused) { pause(); return unused; }
static long size(void)
{
	long pages = 0;
	FILE *file = fopen("/proc/self/statm", "r");
	if (fscanf(file, "%ld", &pages) != 1) pages = -1;
	fclose(file);
	return pages;
}
int main(int argc, char **argv)
{
	pthread_t thread;
	long before = 0;
	if (!strcmp(argv[2], "threads")) pthread_create(&thread, NULL, sleeps, NULL);
	if (argc > 3 && rename(argv[3], strcat(strcpy((char[4096]){0}, argv[3]), "-renamed"))) return 3;
	for (int i = 0; i < 300; i++) {
		void *library = dlopen(argv[1], RTLD_NOW);
		int (*late)(int) = library ? (int (*)(int))dlsym(library, "late") : NULL;
		if (!late || late(i) != i + 1) return 2;
		dlclose(library);
		if (i == 20) before = size();
	}
	printf("grown %ld\n", strcmp(argv[2], "threads") ? size() - before : 0);
	return 0;
}
"""

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
