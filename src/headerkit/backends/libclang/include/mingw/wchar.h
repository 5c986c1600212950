#include <_mingw.h>
#include "begin_pose.h"
#include_next <wchar.h>
#include "end_pose.h"
