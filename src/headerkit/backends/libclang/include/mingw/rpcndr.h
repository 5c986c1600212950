#include <_mingw.h>
#include "begin_pose.h"
#include_next <rpcndr.h>
#include "end_pose.h"
