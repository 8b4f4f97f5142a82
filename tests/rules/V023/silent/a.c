static int trim(char *text)
{
	int length = 0;
	while (text[length])
		length++;
	while (length && text[length - 1] == 32)
		text[--length] = 0;
	return length;
}
int a(char *t) { return trim(t); }
