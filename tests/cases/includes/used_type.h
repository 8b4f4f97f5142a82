struct used_type { int a; };
