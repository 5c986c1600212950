#include <_mingw.h>
#include "begin_pose.h"
#include_next <strsafe.h>
#include "end_pose.h"
