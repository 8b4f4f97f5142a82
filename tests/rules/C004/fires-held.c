#include <string.h>
struct config { char password[20]; const char *api_key, *server_secret, *user; };
static const char *db_password = "hunter22";	/* @finding */
static const char *const passwords[] = {"aaaa1",	/* @finding */
	"bbbb2"};
static struct config standard = {.user = "joe", .server_secret = "f00ba4"};	/* @finding */
static const char certificate[] =
	"-----BEGIN RSA PRIVATE KEY-----\n"	/* @finding */
	"MIIBOgIBAAJBAKj34GkxFhD90vcNLYLInFEX6Ppy1tPf9Cnzj4p4WGeKLs1Pt8Qu\n"
	"-----END RSA PRIVATE KEY-----\n";
int log_in(const char *given, struct config *config)
{
	strcpy(config->password, "grml17");	/* @finding */
	config->api_key = config->user ? config->user : "AKIA1232";	/* @finding */
	return !strcmp(given, db_password) || !strcmp(given, passwords[0]) || !strcmp(given, standard.user) || certificate[0] == *given;
}
int back_door(const char *password)
{
	return !strcmp(password, "joshua");	/* @finding */
}
