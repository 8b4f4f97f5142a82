/* as OpenSSL declares them */
extern int MD5_Init(void *context);
extern int SHA256_Init(void *context);
