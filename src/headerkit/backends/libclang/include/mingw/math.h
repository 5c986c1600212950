#include <_mingw.h>
#include "begin_pose.h"
#include_next <math.h>
#include "end_pose.h"
