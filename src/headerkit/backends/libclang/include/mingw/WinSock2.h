/* Its name on Windows, where case does not matter. */
#include_next <winsock2.h>
