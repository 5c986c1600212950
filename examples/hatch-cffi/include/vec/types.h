/* The value types of the vec library. */
#ifndef VEC_TYPES_H
#define VEC_TYPES_H

#include <stdint.h>

/* Number of coordinates of a point. */
#define VEC_DIMENSIONS 3

/* A point, or a direction. */
typedef struct vec_point {
    double at[VEC_DIMENSIONS];
} vec_point;

/* An axis-aligned box, both corners included. */
typedef struct vec_box {
    vec_point low;
    vec_point high;
} vec_box;

/* How a cloud is walked, and what is known about it. */
struct vec_flags {
    uint32_t sorted : 1;
    uint32_t closed : 1;
    uint32_t axis : 2;
};

/* A colour, as one word or as its four parts. */
typedef union vec_colour {
    uint32_t word;
    struct {
        uint8_t red, green, blue, alpha;
    } part;
} vec_colour;

#endif /* VEC_TYPES_H */
