#pragma once
#include <ring/size.h>
#include <ring/detail/status.h>
#define RING_FLAG_WRAP 1u
struct ring {
    unsigned used;
    int values[RING_SIZE];
};
enum ring_status ring_push(struct ring *ring, int value);
void ring_each(const struct ring *ring, void (*visit)(int value, void *context), void *context);
