/* rle: run-length coding of bytes. */
#ifndef RLE_RLE_H
#define RLE_RLE_H

#include <stddef.h>
#include <stdint.h>

#include "status.h"

#define RLE_VERSION "2.1"
#define RLE_MAX_RUN 255
/* Room that always suffices to encode `size` bytes. */
#define RLE_BOUND(size) (2 * (size))

/* What rle_stats() counts. */
typedef struct rle_stats {
    size_t runs;
    size_t longest;
    uint8_t longest_byte;
} rle_stats;

/* Write the runs of `size` bytes as pairs (count, byte); `*room` is the room in `out`, then what was used of it. */
rle_status rle_encode(const uint8_t *data, size_t size, uint8_t *out, size_t *room);

/* The reverse. RLE_DAMAGED for an odd size or an empty run. */
rle_status rle_decode(const uint8_t *data, size_t size, uint8_t *out, size_t *room);

void rle_count(const uint8_t *data, size_t size, rle_stats *out);

/* Never NULL, never to be freed. */
const char *rle_status_text(rle_status status);

#endif
