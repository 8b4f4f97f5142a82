static int trim(char *text)
{
	return text[0];
}
int b(char *t) { return trim(t); }
