/* Visual C++ has neither of these two, and libraries define the first one as they like. */
#include_next <limits.h>
#undef PATH_MAX
#undef SSIZE_MAX
