#pragma once
static int header_ready;
static int header_state(void) { static int count; return ++count; }
