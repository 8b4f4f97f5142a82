/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "analysis/system_headers.h"

#include <stdlib.h>
#include <string.h>

/* Sorted. Headers without their ending: glibc's, musl's, the compilers', and those of other systems that portable code includes. */
static const char *const headers[] = {
	"aio", "aliases", "alloca", "altivec", "ammintrin", "ar", "argp", "argz", "arm_acle", "arm_neon", "arm_sve",
	"assert", "atomic", "availability", "availabilitymacros", "avx2intrin", "avxintrin", "basetsd", "bmiintrin",
	"byteswap", "cet", "complex", "conio", "copyfile", "cpio", "cpuid", "crypt", "ctype", "dbghelp", "devstat",
	"direct", "dirent", "dlfcn", "elf", "emmintrin", "endian", "envz", "err", "errno", "error", "execinfo", "fcntl",
	"features", "fenv", "float", "fmtmsg", "fnmatch", "fstab", "fts", "ftw", "gconv", "getopt", "glob", "gnu-versions",
	"grp", "gshadow", "iconv", "ifaddrs", "immintrin", "initguid", "intrin", "inttypes", "io", "iphlpapi", "iso646",
	"kvm", "langinfo", "lastlog", "libgen", "libintl", "libproc", "libutil", "limits", "link", "locale", "malloc",
	"malloc_np", "math", "mcheck", "memory", "mmintrin", "mntent", "monetary", "mqueue", "mswsock", "ndbm", "netconfig",
	"netdb", "nl_types", "nmmintrin", "nss", "objbase", "obstack", "omp", "osreldate", "paths", "pmmintrin", "poll",
	"popcntintrin", "port", "printf", "priv", "proc_service", "process", "psapi", "pthread", "pthread_np", "pty", "pwd",
	"quadmath", "re_comp", "regex", "regexp", "resolv", "rpc", "sched", "search", "semaphore", "setjmp", "sgtty",
	"shadow", "shellapi", "shlobj", "shlwapi", "signal", "smmintrin", "spawn", "stab", "stdalign", "stdarg",
	"stdatomic", "stdbit", "stdbool", "stdckdint", "stddef", "stdint", "stdio", "stdio_ext", "stdlib", "stdnoreturn",
	"string", "strings", "stropts", "syscall", "sysexits", "sysinfo", "syslog", "tar", "targetconditionals", "tchar",
	"termio", "termios", "tgmath", "thread_db", "threads", "time", "tlhelp32", "tmmintrin", "trace", "ttyent", "uchar",
	"ucontext", "ucred", "ulimit", "unistd", "unwind", "ustat", "util", "utime", "utmp", "utmpx", "values", "varargs",
	"versionhelpers", "wait", "wchar", "wctype", "winbase", "wincon", "wincrypt", "windows", "winerror", "wininet",
	"winioctl", "winnt", "winsock", "winsock2", "wmmintrin", "wordexp", "ws2def", "ws2tcpip", "x86intrin", "xlocale",
	"xmmintrin", "zone",
};
static const char *const folders[] = { /* sorted */
	"ApplicationServices", "Carbon", "CoreFoundation", "CoreServices", "IOKit", "Security", "SystemConfiguration",
	"arpa", "asm", "asm-generic", "bits", "dispatch", "drm", "gnu", "libkern", "linux", "mach", "mach-o", "machine",
	"misc", "mtd", "net", "netash", "netatalk", "netax25", "neteconet", "netinet", "netipx", "netiucv", "netpacket",
	"netrom", "netrose", "nfs", "os", "protocols", "rdma", "rom", "rpc", "rpcsvc", "sanitizer", "scsi", "sound", "sys",
	"uapi", "video", "xen",
};
#define COUNT(array) (sizeof(array) / sizeof *(array))

struct word { const char *text; size_t length; };

static int compare(const void *key, const void *row)
{
	const struct word *word = key;
	const char *text = *(const char *const *)row;
	int order = strncmp(word->text, text, word->length);
	return order ? order : -(text[word->length] != 0);
}

bool system_header(const char *name)
{
	const char *slash = strchr(name, '/'), *dot = strrchr(name, '.');
	struct word word = {name, slash ? (size_t)(slash - name) : dot ? (size_t)(dot - name) : strlen(name)};
	return slash ? bsearch(&word, folders, COUNT(folders), sizeof *folders, compare) != NULL
		     : bsearch(&word, headers, COUNT(headers), sizeof *headers, compare) != NULL;
}
