/* C11 7.20: the libc's where there is one, else the target's predefined types. */
#ifndef __CLANG_STDINT_H
#if __STDC_HOSTED__ && __has_include_next(<stdint.h>)
#define __CLANG_STDINT_H
#include_next <stdint.h>
#else
#define __CLANG_STDINT_H
#define __hk_integers(bits)                                                                                            \
  typedef __INT##bits##_TYPE__ int##bits##_t;                                                                         \
  typedef __UINT##bits##_TYPE__ uint##bits##_t;                                                                       \
  typedef __INT_LEAST##bits##_TYPE__ int_least##bits##_t;                                                             \
  typedef __UINT_LEAST##bits##_TYPE__ uint_least##bits##_t;                                                           \
  typedef __INT_FAST##bits##_TYPE__ int_fast##bits##_t;                                                               \
  typedef __UINT_FAST##bits##_TYPE__ uint_fast##bits##_t;
__hk_integers(8)
__hk_integers(16)
__hk_integers(32)
__hk_integers(64)
#undef __hk_integers
typedef __INTPTR_TYPE__ intptr_t;
typedef __UINTPTR_TYPE__ uintptr_t;
typedef __INTMAX_TYPE__ intmax_t;
typedef __UINTMAX_TYPE__ uintmax_t;
#define INT8_MAX __INT8_MAX__
#define INT8_MIN (-__INT8_MAX__ - 1)
#define UINT8_MAX __UINT8_MAX__
#define INT16_MAX __INT16_MAX__
#define INT16_MIN (-__INT16_MAX__ - 1)
#define UINT16_MAX __UINT16_MAX__
#define INT32_MAX __INT32_MAX__
#define INT32_MIN (-__INT32_MAX__ - 1)
#define UINT32_MAX __UINT32_MAX__
#define INT64_MAX __INT64_MAX__
#define INT64_MIN (-__INT64_MAX__ - 1)
#define UINT64_MAX __UINT64_MAX__
#define INTPTR_MAX __INTPTR_MAX__
#define INTPTR_MIN (-__INTPTR_MAX__ - 1)
#define UINTPTR_MAX __UINTPTR_MAX__
#define INTMAX_MAX __INTMAX_MAX__
#define INTMAX_MIN (-__INTMAX_MAX__ - 1)
#define UINTMAX_MAX __UINTMAX_MAX__
#define PTRDIFF_MAX __PTRDIFF_MAX__
#define PTRDIFF_MIN (-__PTRDIFF_MAX__ - 1)
#define SIZE_MAX __SIZE_MAX__
#define INT8_C(v) v
#define INT16_C(v) v
#define INT32_C(v) v
#define UINT8_C(v) v
#define UINT16_C(v) v
#define UINT32_C(v) v##U
#define __hk_join_(v, suffix) v##suffix
#define __hk_join(v, suffix) __hk_join_(v, suffix)
#define INT64_C(v) __hk_join(v, __INT64_C_SUFFIX__)
#define UINT64_C(v) __hk_join(v, __UINT64_C_SUFFIX__)
#define INTMAX_C(v) __hk_join(v, __INTMAX_C_SUFFIX__)
#define UINTMAX_C(v) __hk_join(v, __UINTMAX_C_SUFFIX__)
#endif
#endif
