#include <_mingw.h>
#include "../begin_pose.h"
#include_next <sys/types.h>
#include "../end_pose.h"
