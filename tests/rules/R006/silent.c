#include <pthread.h>
struct queue { pthread_mutex_t mutex; int length; };
static pthread_mutex_t one = PTHREAD_MUTEX_INITIALIZER, two = PTHREAD_MUTEX_INITIALIZER;
static pthread_mutex_t list = PTHREAD_MUTEX_INITIALIZER, log_lock = PTHREAD_MUTEX_INITIALIZER;
static void there(void)
{
	pthread_mutex_lock(&one);
	pthread_mutex_lock(&two);
	pthread_mutex_unlock(&two);
	pthread_mutex_unlock(&one);
}
static void again(void)
{
	pthread_mutex_lock(&one);
	pthread_mutex_lock(&two);
	pthread_mutex_unlock(&two);
	pthread_mutex_unlock(&one);
}
static void one_after_the_other(struct queue *queue)
{
	pthread_mutex_lock(&queue->mutex);
	if (!queue->length) {
		pthread_mutex_unlock(&queue->mutex);
		pthread_mutex_lock(&list);
		pthread_mutex_unlock(&list);
		return;
	}
	pthread_mutex_unlock(&queue->mutex);
	pthread_mutex_lock(&list);
	pthread_mutex_unlock(&list);
}
static void append(struct queue *queue)
{
	pthread_mutex_lock(&list);
	pthread_mutex_lock(&queue->mutex);
	queue->length++;
	pthread_mutex_unlock(&queue->mutex);
	pthread_mutex_unlock(&list);
}
/* Tries, and gives back what it has where that fails. */
static void drop(struct queue *queue)
{
	pthread_mutex_lock(&queue->mutex);
	if (!pthread_mutex_trylock(&list)) {
		queue->length = 0;
		pthread_mutex_unlock(&list);
	}
	pthread_mutex_unlock(&queue->mutex);
}
/* What is called gives the lock back before it takes the other. */
static void leave(void)
{
	pthread_mutex_unlock(&log_lock);
	pthread_mutex_lock(&list);
	pthread_mutex_unlock(&list);
	pthread_mutex_lock(&log_lock);
}
static void write_log(void)
{
	pthread_mutex_lock(&log_lock);
	leave();
	pthread_mutex_unlock(&log_lock);
}
/* A flag says whether the caller holds it. */
static void flush_log(int is_held)
{
	if (!is_held)
		pthread_mutex_lock(&log_lock);
	pthread_mutex_unlock(&log_lock);
	pthread_mutex_lock(&list);
	pthread_mutex_unlock(&list);
}
static void end_log(void)
{
	pthread_mutex_lock(&log_lock);
	flush_log(1);
}
static void list_log(void)
{
	pthread_mutex_lock(&list);
	pthread_mutex_lock(&log_lock);
	pthread_mutex_unlock(&log_lock);
	pthread_mutex_unlock(&list);
}
int main(void)
{
	struct queue queue = {.length = 1};
	pthread_mutex_init(&queue.mutex, NULL);
	there();
	again();
	one_after_the_other(&queue);
	append(&queue);
	write_log();
	list_log();
	end_log();
	return 0;
}
