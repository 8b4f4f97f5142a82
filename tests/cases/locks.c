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
