/* What a call of rle came to. */
#ifndef RLE_STATUS_H
#define RLE_STATUS_H

typedef enum rle_status {
    RLE_OK = 0,
    RLE_NO_ROOM = -1,
    RLE_DAMAGED = -2
} rle_status;

#endif
