/* SPDX-License-Identifier: MIT */
/* C++: exceptions through many frames, thread_local destructors, static constructors. */
#include <cstdio>
#include <stdexcept>
#include <string>
#include <thread>

static volatile long sink;
extern "C" void leaf() { sink = sink + 1; }
extern "C" int thrower(int depth)
{
	if (depth == 0)
		throw std::runtime_error("thrown");
	return thrower(depth - 1) + 1;
}
extern "C" void catcher()
{
	try {
		thrower(9);
	} catch (const std::exception &) {
		leaf();
	}
}
struct local {
	~local() { leaf(); }
};
static thread_local local kept;
extern "C" void threaded()
{
	(void)&kept;
	for (int i = 0; i < 1000; i++)
		catcher();
}
struct early {
	early() { catcher(); }
};
static early before_main;

int main()
{
	std::thread first(threaded), second(threaded);
	first.join();
	second.join();
	threaded();
	std::string text(1000, 'x');
	std::printf("%zu %ld\n", text.size(), sink > 0 ? 1L : 0L);
	return 0;
}
