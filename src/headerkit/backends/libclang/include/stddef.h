/* C11 7.19, and the __need_ protocol by which libc headers ask for one name at a time. */
#if !defined __need_ptrdiff_t && !defined __need_size_t && !defined __need_wchar_t && !defined __need_NULL \
    && !defined __need_wint_t && !defined __need_STDDEF_H_misc && !defined __need_max_align_t \
    && !defined __need_offsetof && !defined __need_rsize_t && !defined __need_nullptr_t && !defined __need_unreachable
#define __need_ptrdiff_t
#define __need_size_t
#define __need_wchar_t
#define __need_NULL
#define __need_max_align_t
#define __need_offsetof
#define __STDDEF_H
#endif

#ifdef __need_ptrdiff_t
#undef __need_ptrdiff_t
#ifndef _PTRDIFF_T
#define _PTRDIFF_T
typedef __PTRDIFF_TYPE__ ptrdiff_t;
#endif
#endif

#ifdef __need_size_t
#undef __need_size_t
#ifndef _SIZE_T
#define _SIZE_T
typedef __SIZE_TYPE__ size_t;
#endif
#endif

#ifdef __need_rsize_t
#undef __need_rsize_t
#ifndef _RSIZE_T
#define _RSIZE_T
typedef __SIZE_TYPE__ rsize_t;
#endif
#endif

#ifdef __need_wchar_t
#undef __need_wchar_t
#ifndef _WCHAR_T
#define _WCHAR_T
#define _WCHAR_T_DEFINED
typedef __WCHAR_TYPE__ wchar_t;
#endif
#endif

#ifdef __need_wint_t
#undef __need_wint_t
#ifndef _WINT_T
#define _WINT_T
typedef __WINT_TYPE__ wint_t;
#endif
#endif

#ifdef __need_NULL
#undef __need_NULL
#undef NULL
#define NULL ((void *)0)
#endif

#ifdef __need_max_align_t
#undef __need_max_align_t
#ifndef __MAX_ALIGN_T_DEFINED
#define __MAX_ALIGN_T_DEFINED
#if defined _WIN32 && !defined __MINGW32__  /* Visual C++, where `_MSC_VER` may be hidden from mingw's headers */
typedef double max_align_t;
#elif defined __APPLE__
typedef long double max_align_t;
#else
typedef struct {
  long long __max_align_ll __attribute__((__aligned__(__alignof__(long long))));
  long double __max_align_ld __attribute__((__aligned__(__alignof__(long double))));
#ifdef __i386__
  __float128 __max_align_f128 __attribute__((__aligned__(__alignof__(__float128))));
#endif
} max_align_t;
#endif
#endif
#endif

#ifdef __need_offsetof
#undef __need_offsetof
#undef offsetof
#define offsetof(type, member) __builtin_offsetof(type, member)
#endif

#ifdef __need_STDDEF_H_misc
#undef __need_STDDEF_H_misc
#endif
#ifdef __need_nullptr_t
#undef __need_nullptr_t
#endif
#ifdef __need_unreachable
#undef __need_unreachable
#endif
#if defined __STDC_VERSION__ && __STDC_VERSION__ >= 202311L && defined __STDDEF_H && !defined unreachable
typedef __typeof__(nullptr) nullptr_t;
#define unreachable() __builtin_unreachable()
#endif
