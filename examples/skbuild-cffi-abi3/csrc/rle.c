#include <rle/rle.h>

#include <string.h>

static size_t run_at(const uint8_t *data, size_t size, size_t start)
{
    size_t end = start + 1;
    while (end < size && end - start < RLE_MAX_RUN && data[end] == data[start])
        end++;
    return end - start;
}

rle_status rle_encode(const uint8_t *data, size_t size, uint8_t *out, size_t *room)
{
    size_t used = 0;
    for (size_t at = 0, run; at < size; at += run) {
        run = run_at(data, size, at);
        if (*room - used < 2)
            return RLE_NO_ROOM;
        out[used++] = (uint8_t)run;
        out[used++] = data[at];
    }
    *room = used;
    return RLE_OK;
}

rle_status rle_decode(const uint8_t *data, size_t size, uint8_t *out, size_t *room)
{
    size_t used = 0;
    if (size % 2)
        return RLE_DAMAGED;
    for (size_t at = 0; at < size; at += 2) {
        if (!data[at])
            return RLE_DAMAGED;
        if (*room - used < data[at])
            return RLE_NO_ROOM;
        memset(out + used, data[at + 1], data[at]);
        used += data[at];
    }
    *room = used;
    return RLE_OK;
}

void rle_count(const uint8_t *data, size_t size, rle_stats *out)
{
    memset(out, 0, sizeof *out);
    for (size_t at = 0, run; at < size; at += run, out->runs++) {
        run = run_at(data, size, at);
        if (run > out->longest) {
            out->longest = run;
            out->longest_byte = data[at];
        }
    }
}

const char *rle_status_text(rle_status status)
{
    switch (status) {
    case RLE_OK: return "done";
    case RLE_NO_ROOM: return "not enough room";
    case RLE_DAMAGED: return "damaged data";
    }
    return "unknown status";
}
