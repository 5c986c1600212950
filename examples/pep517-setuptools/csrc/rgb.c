#include <rgb/rgb.h>

rgb_colour rgb_split(unsigned long word)
{
    rgb_colour colour = {(word >> 16) & 0xFF, (word >> 8) & 0xFF, word & 0xFF};
    return colour;
}

double rgb_luminance(const rgb_colour *colour, enum rgb_model model)
{
    static const double weights[][3] = {{0.299, 0.587, 0.114}, {0.2126, 0.7152, 0.0722}};
    const double *weight = weights[model];
    return (weight[0] * colour->red + weight[1] * colour->green + weight[2] * colour->blue) / 255;
}
