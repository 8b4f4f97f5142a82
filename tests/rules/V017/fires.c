int main(void)
{
#if 0 /* @finding: not yet */
	one();
	two();
	three();
	four();
#endif
	return 0;
}
