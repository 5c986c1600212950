/* C11 7.25: generic macros over these two. */
#include <complex.h>
#include <math.h>
