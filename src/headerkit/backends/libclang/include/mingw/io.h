#include <_mingw.h>
#include "begin_pose.h"
#include_next <io.h>
#include "end_pose.h"
