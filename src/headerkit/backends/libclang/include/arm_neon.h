/* The Arm vector types; see immintrin.h for why there are no functions. */
#ifndef __HEADERKIT_ARM_NEON_H
#define __HEADERKIT_ARM_NEON_H
#include <stdint.h>
#if defined __ARM_NEON || defined __aarch64__
#define __hk_neon(element, name, lanes)                                                                                \
  typedef __attribute__((neon_vector_type(lanes))) element name##x##lanes##_t;                                        \
  typedef struct { name##x##lanes##_t val[2]; } name##x##lanes##x2_t;                                                  \
  typedef struct { name##x##lanes##_t val[3]; } name##x##lanes##x3_t;                                                  \
  typedef struct { name##x##lanes##_t val[4]; } name##x##lanes##x4_t;
typedef float float32_t;
typedef __fp16 float16_t;
__hk_neon(int8_t, int8, 8)
__hk_neon(int8_t, int8, 16)
__hk_neon(int16_t, int16, 4)
__hk_neon(int16_t, int16, 8)
__hk_neon(int32_t, int32, 2)
__hk_neon(int32_t, int32, 4)
__hk_neon(int64_t, int64, 1)
__hk_neon(int64_t, int64, 2)
__hk_neon(uint8_t, uint8, 8)
__hk_neon(uint8_t, uint8, 16)
__hk_neon(uint16_t, uint16, 4)
__hk_neon(uint16_t, uint16, 8)
__hk_neon(uint32_t, uint32, 2)
__hk_neon(uint32_t, uint32, 4)
__hk_neon(uint64_t, uint64, 1)
__hk_neon(uint64_t, uint64, 2)
__hk_neon(float16_t, float16, 4)
__hk_neon(float16_t, float16, 8)
__hk_neon(float32_t, float32, 2)
__hk_neon(float32_t, float32, 4)
#ifdef __aarch64__
typedef double float64_t;
typedef uint8_t poly8_t;
typedef uint16_t poly16_t;
typedef uint64_t poly64_t;
__hk_neon(float64_t, float64, 1)
__hk_neon(float64_t, float64, 2)
#else
typedef int8_t poly8_t;
typedef int16_t poly16_t;
typedef int64_t poly64_t;
#endif
#undef __hk_neon
#endif
#endif
