/* What the programs of the tests have in place of an operating system. */

#ifndef STARTUP_H
#define STARTUP_H

#include <stdint.h>

void say(const char* text);
void say_hex(uint32_t number, int digits);

#endif
