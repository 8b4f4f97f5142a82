int f10(void)
{
	return 10;
}
int f11(void)
{
	return 11;
}
int f12(void)
{
	return 12;
}
int f13(void)
{
	return 13;
}
int f14(void)
{
	return 14;
}
int f15(void)
{
	return 15;
}
int f16(void)
{
	return 16;
}
int f17(void)
{
	return 17;
}
int f18(void)
{
	return 18;
}
int f19(void)
{
	return 19;
}
int f20(void)
{
	return 20;
}
int f21(void)
{
	return 21;
}
int f22(void)
{
	return 22;
}
int f23(void)
{
	return 23;
}
int f24(void)
{
	return 24;
}
int f25(void)
{
	return 25;
}
int f26(void)
{
	return 26;
}
int f27(void)
{
	return 27;
}
int f28(void)
{
	return 28;
}
int f29(void)
{
	return 29;
}
