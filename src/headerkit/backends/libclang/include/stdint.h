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
  typedef __UINT_LEAST##bits##_TYPE__ uint_least##bits##_t;
__hk_integers(8)
__hk_integers(16)
__hk_integers(32)
__hk_integers(64)
#undef __hk_integers
/* clang's own idea of these is that of macOS and mingw: others take what a register holds. */
typedef __INT_FAST8_TYPE__ int_fast8_t;
typedef __UINT_FAST8_TYPE__ uint_fast8_t;
#if defined __linux__ && defined __LP64__
typedef long int_fast16_t, int_fast32_t;
typedef unsigned long uint_fast16_t, uint_fast32_t;
#define __hk_fast16_max __LONG_MAX__
#define __hk_fast32_max __LONG_MAX__
#define __hk_ufast16_max (__LONG_MAX__ * 2UL + 1)
#define __hk_ufast32_max (__LONG_MAX__ * 2UL + 1)
#else
#if defined __linux__ || (defined _WIN32 && !defined __MINGW32__)
typedef int int_fast16_t;
typedef unsigned int uint_fast16_t;
#define __hk_fast16_max __INT_MAX__
#define __hk_ufast16_max (__INT_MAX__ * 2U + 1)
#else
typedef __INT_FAST16_TYPE__ int_fast16_t;
typedef __UINT_FAST16_TYPE__ uint_fast16_t;
#define __hk_fast16_max __INT_FAST16_MAX__
#define __hk_ufast16_max __UINT_FAST16_MAX__
#endif
typedef __INT_FAST32_TYPE__ int_fast32_t;
typedef __UINT_FAST32_TYPE__ uint_fast32_t;
#define __hk_fast32_max __INT_FAST32_MAX__
#define __hk_ufast32_max __UINT_FAST32_MAX__
#endif
typedef __INT_FAST64_TYPE__ int_fast64_t;
typedef __UINT_FAST64_TYPE__ uint_fast64_t;
#define INT_FAST8_MAX __INT_FAST8_MAX__
#define INT_FAST8_MIN (-__INT_FAST8_MAX__ - 1)
#define UINT_FAST8_MAX __UINT_FAST8_MAX__
#define INT_FAST16_MAX __hk_fast16_max
#define INT_FAST16_MIN (-__hk_fast16_max - 1)
#define UINT_FAST16_MAX __hk_ufast16_max
#define INT_FAST32_MAX __hk_fast32_max
#define INT_FAST32_MIN (-__hk_fast32_max - 1)
#define UINT_FAST32_MAX __hk_ufast32_max
#define INT_FAST64_MAX __INT_FAST64_MAX__
#define INT_FAST64_MIN (-__INT_FAST64_MAX__ - 1)
#define UINT_FAST64_MAX __UINT_FAST64_MAX__
#define INT_LEAST8_MAX __INT8_MAX__
#define INT_LEAST8_MIN (-__INT8_MAX__ - 1)
#define UINT_LEAST8_MAX __UINT8_MAX__
#define INT_LEAST16_MAX __INT16_MAX__
#define INT_LEAST16_MIN (-__INT16_MAX__ - 1)
#define UINT_LEAST16_MAX __UINT16_MAX__
#define INT_LEAST32_MAX __INT32_MAX__
#define INT_LEAST32_MIN (-__INT32_MAX__ - 1)
#define UINT_LEAST32_MAX __UINT32_MAX__
#define INT_LEAST64_MAX __INT64_MAX__
#define INT_LEAST64_MIN (-__INT64_MAX__ - 1)
#define UINT_LEAST64_MAX __UINT64_MAX__
#define SIG_ATOMIC_MAX __INT_MAX__
#define SIG_ATOMIC_MIN (-__INT_MAX__ - 1)
#define WCHAR_MAX __WCHAR_MAX__
#define WINT_MAX __WINT_MAX__
#ifdef __WCHAR_UNSIGNED__
#define WCHAR_MIN 0
#else
#define WCHAR_MIN (-__WCHAR_MAX__ - 1)
#endif
#ifdef __WINT_UNSIGNED__
#define WINT_MIN 0
#else
#define WINT_MIN (-__WINT_MAX__ - 1)
#endif
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
