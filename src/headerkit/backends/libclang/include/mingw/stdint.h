/* A fast integer of 16 bits has 32 in Visual C++. */
#ifdef __HEADERKIT_STDINT_H
#include_next <stdint.h>
#else
#define __HEADERKIT_STDINT_H
#define int_fast16_t __mingw_int_fast16_t
#define uint_fast16_t __mingw_uint_fast16_t
#include_next <stdint.h>
#undef int_fast16_t
#undef uint_fast16_t
typedef int int_fast16_t;
typedef unsigned int uint_fast16_t;
#undef INT_FAST16_MIN
#undef INT_FAST16_MAX
#undef UINT_FAST16_MAX
#define INT_FAST16_MIN INT32_MIN
#define INT_FAST16_MAX INT32_MAX
#define UINT_FAST16_MAX UINT32_MAX
#endif
