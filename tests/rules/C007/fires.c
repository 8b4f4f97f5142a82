#include <sys/ipc.h>
#include <sys/shm.h>
int table(void) { return shmget(1234, 4096, IPC_CREAT | 0600); }	/* @finding */
