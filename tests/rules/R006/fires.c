#include <pthread.h>
struct queue { pthread_mutex_t mutex; int length; };
static pthread_mutex_t one = PTHREAD_MUTEX_INITIALIZER, two = PTHREAD_MUTEX_INITIALIZER;
static pthread_mutex_t red = PTHREAD_MUTEX_INITIALIZER, green = PTHREAD_MUTEX_INITIALIZER, blue = PTHREAD_MUTEX_INITIALIZER;
static pthread_mutex_t list = PTHREAD_MUTEX_INITIALIZER;

/* A run tells: a wrapper hides from the source which lock is taken. */
static void take(pthread_mutex_t *lock) { pthread_mutex_lock(lock); }	/* @finding */
static void give(pthread_mutex_t *lock) { pthread_mutex_unlock(lock); }
static void there(void) { take(&one); take(&two); give(&two); give(&one); }
static void back(void) { take(&two); take(&one); give(&one); give(&two); }

/* The source tells: by what is called under a lock, and by what a nested block does. */
static void count(struct queue *queue)
{
	pthread_mutex_lock(&queue->mutex);
	queue->length++;
	pthread_mutex_unlock(&queue->mutex);
}
static void append(struct queue *queue)		/* @finding */
{
	pthread_mutex_lock(&list);
	count(queue);
	pthread_mutex_unlock(&list);
}
static void drop(struct queue *queue)
{
	pthread_mutex_lock(&queue->mutex);
	if (queue->length) {
		pthread_mutex_lock(&list);
		queue->length = 0;
		pthread_mutex_unlock(&list);
	}
	pthread_mutex_unlock(&queue->mutex);
}

/* A circle of three. */
static void blue_green(void)			/* @finding */
{
	pthread_mutex_lock(&blue);
	pthread_mutex_lock(&green);
	pthread_mutex_unlock(&green);
	pthread_mutex_unlock(&blue);
}
static void green_red(void)
{
	pthread_mutex_lock(&green);
	pthread_mutex_lock(&red);
	pthread_mutex_unlock(&red);
	pthread_mutex_unlock(&green);
}
static void red_blue(void)
{
	pthread_mutex_lock(&red);
	pthread_mutex_lock(&blue);
	pthread_mutex_unlock(&blue);
	pthread_mutex_unlock(&red);
}

int main(void)
{
	struct queue queue = {.length = 1};
	pthread_mutex_init(&queue.mutex, NULL);
	there();
	back();
	append(&queue);
	drop(&queue);
	blue_green();
	green_red();
	red_blue();
	return 0;
}
