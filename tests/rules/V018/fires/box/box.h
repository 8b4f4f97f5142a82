struct box { int a, b, c, d; };	/* @finding: user/ touches more of it than box/ */
