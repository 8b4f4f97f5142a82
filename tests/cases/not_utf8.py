"""Strings, comments and a macro in Latin-1, an overlong string, a name cut in the midst of a character."""
import sys
long_text = "x" * 255 + "\u00e9" * 40
sys.stdout.buffer.write(
    b"#include <stdlib.h>\n"
    b"/* caf\xe9 */\n"
    b"int after; /* @after \xff\xfe */\n"
    b"void f(void) { getenv(\"caf\xe9\"); getenv(\"\xff\xfe\xc0\x80\"); }\n"
    b"void g(void) { getenv(\"" + long_text.encode() + b"\"); }\n"
    b"#ifdef \xe9t\xe9\nint no;\n#endif\n")
