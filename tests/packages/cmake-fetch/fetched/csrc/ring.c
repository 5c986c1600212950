#include <ring/ring.h>
enum ring_status ring_push(struct ring *ring, int value)
{
    if (ring->used == RING_SIZE)
        return RING_FULL;
    ring->values[ring->used++] = value;
    return RING_OK;
}
void ring_each(const struct ring *ring, void (*visit)(int value, void *context), void *context)
{
    for (unsigned i = 0; i < ring->used; i++)
        visit(ring->values[i], context);
}
