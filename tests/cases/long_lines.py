"""Lines of hundreds of thousands of characters, as generators write them."""
print("int f(int);")
print("int table[] = {" + ", ".join(["1"] * 200000) + "};")
print("const char *text = \"" + "x" * 500000 + "\"; int behind; /* @behind */")
print("int " + "v" * 20000 + "; int after_name(void) { return f(1); } /* @after_name */")
print("/* " + "c" * 1000000 + " */ int after_comment(void) { " + "f(1); " * 10000 + "return 0; } /* @after_comment */")
