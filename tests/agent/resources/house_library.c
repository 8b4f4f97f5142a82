/* SPDX-License-Identifier: GPL-3.0-or-later */
int house_publish(void *handle, const char *topic, const void *bytes, double weight);
int house_send(int a, int b, int c, int d, int e, const char *text, unsigned length);
int house_publish(void *handle, const char *topic, const void *bytes, double weight)
{
	(void)handle, (void)bytes;
	return (int)(weight * 10) + (topic[0] != 'o');
}
int house_send(int a, int b, int c, int d, int e, const char *text, unsigned length)
{
	return a + b + c + d + e + (int)length + (text[0] != 'a');
}
