#include <_mingw.h>
#include "begin_pose.h"
#include_next <corecrt.h>
#include "end_pose.h"
