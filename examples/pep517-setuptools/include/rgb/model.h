#ifndef RGB_MODEL_H
#define RGB_MODEL_H

typedef struct rgb_colour {
    unsigned char red, green, blue;
} rgb_colour;

/* Which weights luminance uses. */
enum rgb_model { RGB_REC601, RGB_REC709 };

#endif
