/* Colours, and how bright they are. */
#ifndef RGB_H
#define RGB_H

#include "model.h"

#define RGB_BLACK 0x000000u
#define RGB_WHITE 0xFFFFFFu

/* 0xRRGGBB as its parts. */
rgb_colour rgb_split(unsigned long word);

/* Relative luminance, 0 to 1. */
double rgb_luminance(const rgb_colour *colour, enum rgb_model model);

#endif
