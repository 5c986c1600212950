/* From here to end_pose.h clang says that it is mingw's gcc, for a header of mingw's that asks. No guard: each poses
   anew, and what is posed may include what is posed. */
#pragma push_macro("_MSC_VER")
#undef _MSC_VER
#pragma push_macro("__GNUC__")
#undef __GNUC__
#define __GNUC__ 4
#pragma push_macro("__GNUC_MINOR__")
#undef __GNUC_MINOR__
#define __GNUC_MINOR__ 2
#pragma push_macro("__GNUC_PATCHLEVEL__")
#undef __GNUC_PATCHLEVEL__
#define __GNUC_PATCHLEVEL__ 1
/* Names that Visual C++ leaves to libraries, which declare them (each in its way) where they see `_MSC_VER`: mingw's
   headers leave out what they believe to be there. */
#pragma push_macro("_SSIZE_T_DEFINED")
#undef _SSIZE_T_DEFINED
#define _SSIZE_T_DEFINED
#pragma push_macro("_PID_T_")
#undef _PID_T_
#define _PID_T_
#pragma push_macro("_MODE_T_")
#undef _MODE_T_
#define _MODE_T_
#pragma push_macro("_TIMEZONE_DEFINED")
#undef _TIMEZONE_DEFINED
#define _TIMEZONE_DEFINED
#pragma push_macro("WIN_PTHREADS_TIME_H")
#undef WIN_PTHREADS_TIME_H
#define WIN_PTHREADS_TIME_H
/* What Visual C++ does not heed. */
#pragma push_macro("_FILE_OFFSET_BITS")
#undef _FILE_OFFSET_BITS
#pragma push_macro("_POSIX_C_SOURCE")
#undef _POSIX_C_SOURCE
