/* <stdint.h> for Debian's bare RISC-V compiler, which brings no C library: the compiler's own types. */
#include <stdint-gcc.h>
