/* Only a call that does not return itself ends a block: one that is given such a function goes on. */
void stop(void) __attribute__((noreturn));
void set_handler(void (*handler)(void) __attribute__((noreturn)));
void live(void);
void dead(void);

void goes_on(void)
{
	set_handler(stop);
	live();
}

void ends(void)
{
	stop();
	dead();
}
