#include <_mingw.h>
#include "begin_pose.h"
#include_next <vadefs.h>
#include "end_pose.h"
