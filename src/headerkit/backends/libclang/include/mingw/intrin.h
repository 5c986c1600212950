/* mingw and clang declare these two functions each in its way. */
#include <setjmp.h>
#define _setjmp __intrin_setjmp
#define __prefetch __intrin_prefetch
#include_next <intrin.h>
#undef __prefetch
#undef _setjmp
