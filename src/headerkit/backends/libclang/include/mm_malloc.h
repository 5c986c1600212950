/* Functions only, beside the standard ones. */
#include <stdlib.h>
