/* The three functions of <string.h> that device sources and GCC call: Debian's bare RISC-V compiler brings no C library.
   startup.cpp defines them. */
#ifndef MOTE_FIRMWARE_RISCV_STRING_H
#define MOTE_FIRMWARE_RISCV_STRING_H

#include <stddef.h>

#ifdef __cplusplus
extern "C" {
#endif

void* memcpy(void* to, const void* from, size_t count);
void* memmove(void* to, const void* from, size_t count);
void* memset(void* to, int value, size_t count);

#ifdef __cplusplus
}
#endif

#endif
