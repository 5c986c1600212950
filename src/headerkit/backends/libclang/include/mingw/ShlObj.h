/* Its name on Windows, where case does not matter. */
#include_next <shlobj.h>
