int caller(void)		/* @caller */
{
	return undeclared(1) + (int)strlen("a");
}
