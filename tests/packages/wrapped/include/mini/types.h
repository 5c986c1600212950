#ifndef MINI_TYPES_H
#define MINI_TYPES_H

typedef struct mini_div {
    int quot;
    int rem;
} mini_div;

#define MINI_BASE 10

#endif
