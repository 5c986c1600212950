/* Its name on Windows, where case does not matter. */
#include_next <ws2tcpip.h>
