#include <stdio.h>
#include <string.h>
struct config { char password[20]; const char *secret; };
static const char *password_prompt = "Password2", *password = "", *old_passwd = "x";
static const char *no_password = "no password", *header_secret = "X-Secret:", *key_password = "password";
static const char *const key_begin = "-----BEGIN RSA PRIVATE KEY-----\n";
int ask(const char *passwd, struct config *config)
{
	puts(password_prompt);
	puts(key_begin);
	strcpy(config->password, passwd);
	config->secret = "none";
	snprintf(config->password, sizeof config->password, "PASS %s", passwd);
	return strcmp(passwd, "none") && strcmp(passwd, no_password) && strcmp(passwd, password) && strcmp(passwd, old_passwd) &&
	       strcmp(passwd, header_secret) && strcmp(passwd, key_password) && strcmp(passwd, "/etc/passwd") && strcmp(passwd, "@login") && strcmp(passwd, "ftp@example.com");
}
