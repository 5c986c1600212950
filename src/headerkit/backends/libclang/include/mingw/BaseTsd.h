/* Its name on Windows, where case does not matter. */
#include_next <basetsd.h>
