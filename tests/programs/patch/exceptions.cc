// SPDX-License-Identifier: GPL-3.0-or-later
// Exceptions, longjmp, signals on another stack, threads that end by cancellation, and what backtrace sees.
#include <csetjmp>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <map>
#include <memory>
#include <stdexcept>
#include <string>
#include <vector>

#include <execinfo.h>
#include <pthread.h>
#include <unistd.h>

struct guard { int *count; ~guard() { ++*count; } };
static int unwound;
#define FAR __attribute__((noinline, noipa))

FAR static int thrower(int depth, int kind)
{
	guard g{&unwound};
	if (depth)
		return thrower(depth - 1, kind) + 1;
	if (kind == 0)
		throw std::string("text");
	if (kind == 1)
		throw 42;
	throw std::runtime_error("error");
}

FAR static int catcher(int kind)
{
	try {
		return thrower(20, kind);
	} catch (const std::string &text) {
		return (int)text.size();
	} catch (int number) {
		return number;
	}
}

static jmp_buf place;
FAR static void jumper(int depth)
{
	if (!depth)
		longjmp(place, 7);
	jumper(depth - 1);
	asm volatile("");
}

FAR static int frames(int depth)
{
	void *addresses[64];
	volatile int below = depth ? frames(depth - 1) : backtrace(addresses, 64);
	return below;
}

static volatile sig_atomic_t signals;
FAR static void on_signal(int) { signals = signals + 1; }

FAR static void *canceled(void *count)
{
	guard g{(int *)count};
	for (;;)
		usleep(1000);
}

struct base { virtual ~base() = default; virtual int value() const = 0; };
template <int n> struct derived : base { int value() const override { return n; } };

int main()
{
	int sum = 0;
	for (int i = 0; i < 3000; i++) {
		try {
			sum += catcher(i % 3);
		} catch (const std::exception &error) {
			sum += error.what()[0];
		}
	}
	printf("exceptions %d unwound %d\n", sum, unwound);
	volatile int jumps = 0;
	for (volatile int i = 0; i < 1000; i = i + 1) {
		if (setjmp(place) == 7)
			jumps = jumps + 1;
		else
			jumper(10);
	}
	printf("longjmp %d\n", jumps);
	printf("backtrace %d %d\n", frames(5) - frames(0), frames(30) - frames(5));
	stack_t stack = {};
	stack.ss_sp = malloc(stack.ss_size = 65536);
	sigaltstack(&stack, nullptr);
	struct sigaction action = {};
	action.sa_handler = on_signal;
	action.sa_flags = SA_ONSTACK;
	sigaction(SIGUSR1, &action, nullptr);
	for (int i = 0; i < 100; i++)
		raise(SIGUSR1);
	printf("signals %d\n", (int)signals);
	int ended = 0;
	for (int i = 0; i < 20; i++) {
		pthread_t thread;
		pthread_create(&thread, nullptr, canceled, &ended);
		usleep(500);
		pthread_cancel(thread);
		pthread_join(thread, nullptr);
	}
	printf("canceled %d\n", ended);
	std::map<int, std::unique_ptr<base>> map;
	for (int i = 0; i < 1000; i++) {
		if (i % 2)
			map[i * 7919 % 1009] = std::make_unique<derived<1>>();
		else
			map[i * 7919 % 1009] = std::make_unique<derived<2>>();
	}
	int total = 0;
	for (auto &item : map)
		total += item.second->value();
	printf("virtual %d of %zu\n", total, map.size());
	fflush(stdout);
	throw std::runtime_error("nobody catches this");
}
