#include <_mingw.h>
#include "begin_pose.h"
#include_next <time.h>
#include "end_pose.h"
