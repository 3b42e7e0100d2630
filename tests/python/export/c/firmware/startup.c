/* What runs before `main` on a Cortex-M, and how it speaks: by semihosting, which qemu answers. */

#include "startup.h"

extern uint32_t stack_top, data_begin, data_end, data_source, bss_begin, bss_end;

int main(void);
void reset(void);
void stop(void);

static void semihost(uint32_t operation, uint32_t argument) {
  register uint32_t r0 __asm__("r0") = operation;
  register uint32_t r1 __asm__("r1") = argument;
  __asm__ volatile("bkpt 0xAB" : "+r"(r0) : "r"(r1) : "memory");
}

void say(const char* text) { semihost(0x04, (uint32_t)text); }

void say_hex(uint32_t number, int digits) {
  char text[9];
  text[digits] = '\0';
  for (int i = digits; i-- > 0; number >>= 4) text[i] = "0123456789abcdef"[number & 15];
  say(text);
}

void stop(void) {
  say("fault\n");
  semihost(0x18, 0x20023); /* a run-time error */
  for (;;) {
  }
}

void reset(void) {
  uint32_t* from = &data_source;
  for (uint32_t* to = &data_begin; to < &data_end;) *to++ = *from++;
  for (uint32_t* to = &bss_begin; to < &bss_end;) *to++ = 0;
#ifdef __ARM_FP
  *(volatile uint32_t*)0xE000ED88 |= 15u << 20; /* the floating-point unit is off at first */
#endif
  main();
  semihost(0x18, 0x20026); /* the program has ended */
  for (;;) {
  }
}

__attribute__((section(".vectors"), used)) static const struct {
  uint32_t* stack;
  void (*handlers[15])(void);
} vectors = {&stack_top, {reset, stop, stop, stop, stop, stop, stop, stop, stop, stop, stop, stop, stop, stop, stop}};
