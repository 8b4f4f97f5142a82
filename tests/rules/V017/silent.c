int main(void)
{
#ifdef SIGHTLINE_NEVER
	one();
	two();
	three();
	four();
#endif
	return 0;
}
