#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <fcntl.h>
#include <signal.h>
#include <pthread.h>
#include <sys/stat.h>
static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
extern int ours(int fd);
extern void handler(int number);
struct text { char *bytes; size_t length; const char *format; };

void discards(int fd, char *b) { write(fd, b, 1); }
void says_so(int fd, char *b) { (void)write(fd, b, 1); }
void in_branch(int fd, char *b) { if (b) write(fd, b, 1); else read(fd, b, 1); }
int last_of_expression(int fd, char *b) { return ({ write(fd, b, 1); }); }
int in_condition(int fd, char *b) { if (write(fd, b, 1) < 0) return 1; return 0; }

void untested(size_t n) { char *p = malloc(n); p[0] = 0; }
void untested_assigned(size_t n) { char *q; q = malloc(n); strcpy(q, "text"); free(q); }
void tested(size_t n) { char *p = malloc(n); if (!p) return; p[0] = 0; free(p); }
void tested_inside(size_t n) { char *p; if (!(p = malloc(n))) return; p[0] = 0; }
char *returned(size_t n) { char *p = malloc(n); return p; }
void given_on(const char *path) { int fd = open(path, O_RDONLY); ours(fd); }
void copied(struct text *t, size_t n) { char *p = malloc(n); t->bytes = p; }

void leaks(const char *path, char *b) { int fd = open(path, O_RDONLY); if (fd < 0) return; read(fd, b, 1); }
void closes(const char *path, char *b) { int fd = open(path, O_RDONLY); if (fd < 0) return; read(fd, b, 1); close(fd); }
int hands_over(const char *path) { int fd = open(path, O_RDONLY); if (fd < 0) return -1; return fd; }

void loses(char *p, size_t n) { p = realloc(p, n); if (!p) return; }
void loses_field(struct text *t, size_t n) { t->bytes = realloc(t->bytes, n); if (!t->bytes) return; }
void keeps(struct text *t, size_t n) { char *p = realloc(t->bytes, n); if (!p) return; t->bytes = p; }

void saves(char *p, size_t n) { char *before = p; p = realloc(p, n); if (!p) free(before); }

void in_for(char *s) { for (size_t i = 0; i < strlen(s); i++) s[i] = 0; }
size_t in_assignment(char **s) { size_t n; for (; *s && (n = strlen(*s)); s++) if (n > 9) return n; return 0; }
void in_while(char *s, char *d) { while (*s++) strcat(d, s); }
void once(char *s, char *d) { do { strcat(d, s); } while (0); }

void built(struct text *t) { char line[80]; snprintf(line, sizeof line, "%zu", t->length); printf(line); }
void from_field(struct text *t) { printf(t->format); }
void wrapper(const char *format) { printf(format); }
void chosen(int n) { printf(n ? "one" : "two"); }
void kept_literal(int n) { const char *f = "a"; if (n) f = "b"; printf(f); }

void holds(int fd, char *b) { pthread_mutex_lock(&mutex); ours(fd); if (fd < 0) { pthread_mutex_unlock(&mutex); puts(b); return; } fsync(fd); pthread_mutex_unlock(&mutex); close(fd); }

void constants(const char *p) { signal(SIGTERM, handler); chmod(p, 0666); open(p, O_RDONLY); }
void dead(char *s) { if (0) strlen(s); (void)sizeof strlen(s); }
