#include <pthread.h>
struct box { pthread_mutex_t mutex; int n; };
static pthread_mutex_t one = PTHREAD_MUTEX_INITIALIZER, two[4];
extern void ours(void);
static void inside(void) { ours(); }
void nested(struct box *b, int i)
{
	pthread_mutex_lock(&one);
	pthread_mutex_lock(&b->mutex);
	pthread_mutex_lock(&two[i]);
	pthread_mutex_unlock(&two[i]);
	pthread_mutex_unlock(&b->mutex);
	inside();
	pthread_mutex_unlock(&one);
}
void pauses(struct box *b)
{
	pthread_mutex_lock(&one);
	if (b->n) {
		pthread_mutex_unlock(&one);
		inside();
		return;
	}
	pthread_mutex_lock(&b->mutex);
	pthread_mutex_unlock(&b->mutex);
	pthread_mutex_unlock(&one);
	inside();
}
void without_name(pthread_mutex_t *m) { pthread_mutex_lock(m); pthread_mutex_lock(&one); inside(); pthread_mutex_unlock(&one); inside(); pthread_mutex_unlock(m); }
void gives_back(void) { pthread_mutex_unlock(&one); }
void tries(struct box *b) { pthread_mutex_lock(&b->mutex); if (!pthread_mutex_trylock(&one)) pthread_mutex_unlock(&one); pthread_mutex_unlock(&b->mutex); }
void maybe(struct box *b) { pthread_mutex_lock(&one); if (b->n) { b->n = 0; pthread_mutex_unlock(&one); } inside(); if (!b->n) { pthread_mutex_unlock(&one); } }
void again(struct box *b) { pthread_mutex_lock(&one); while (b->n) { pthread_mutex_unlock(&one); pthread_mutex_lock(&b->mutex); pthread_mutex_unlock(&b->mutex); pthread_mutex_lock(&one); } inside(); pthread_mutex_unlock(&one); }
#define LOCK(m) do { pthread_mutex_lock(m); } while (0)
#define UNLOCK(m) do { pthread_mutex_unlock(m); } while (0)
void by_macro(struct box *b) { LOCK(&b->mutex); inside(); UNLOCK(&b->mutex); LOCK(&one); UNLOCK(&one); }
void out_of_loop(struct box *b) { pthread_mutex_lock(&one); for (;;) { if (b->n) { pthread_mutex_unlock(&one); break; } } inside(); }
void per_turn(struct box *b) { for (;;) { pthread_mutex_lock(&one); if (b->n) { pthread_mutex_unlock(&one); break; } inside(); pthread_mutex_unlock(&one); } }
void other_branch(struct box *b) { pthread_mutex_lock(&one); if (b->n) { pthread_mutex_unlock(&one); ours(); } else if (b) { inside(); pthread_mutex_unlock(&one); } else { pthread_mutex_unlock(&one); } pthread_mutex_lock(&b->mutex); pthread_mutex_unlock(&b->mutex); }
typedef struct own_mutex { pthread_mutex_t m; } own_mutex;
typedef struct own_mutex *own_mutex_ptr;
struct flock_like { int n; };
struct block { int n; };
struct pair { own_mutex first, second; struct block block; };
extern void own_mutex_lock(own_mutex *m), own_mutex_unlock(own_mutex *m), OwnMutexEnter(int line, own_mutex_ptr m), OwnMutexLeave(int line, own_mutex_ptr m);
extern int own_mutex_trylock(own_mutex *m), wait_in_block(struct block *block), forget_lock(int n);
void by_own(struct pair *p) { own_mutex_lock(&p->first); OwnMutexEnter(__LINE__, &p->second); OwnMutexLeave(__LINE__, &p->second); inside(); own_mutex_unlock(&p->first); inside(); }
void by_none(struct pair *p) { own_mutex_trylock(&p->first); wait_in_block(&p->block); forget_lock(1); inside(); }
static void give_it(void *lock) { pthread_mutex_unlock(lock); }
void by_cleanup(struct box *b) { if (pthread_mutex_lock(&one) == 0) pthread_cleanup_push(give_it, (void *)&one); b->n = 1; inside(); pthread_cleanup_pop(1); pthread_mutex_lock(&b->mutex); pthread_mutex_unlock(&b->mutex); }
