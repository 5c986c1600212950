/* Every header of mingw's includes this one before it declares anything, and takes from it how a compiler spells
   attributes, inline functions and integers. */
#ifndef _INC__MINGW_H
#if defined _M_IX86 && !defined _X86_
#define _X86_ 1
#endif
#if defined _M_ARM64 && !defined _ARM64_
#define _ARM64_ 1
#endif
/* Functions that mingw defines inline are declared as well, and no body is read. */
#define __CRT__NO_INLINE 1
/* These are keywords of Visual C++, and mean more than the macros that mingw makes of them for gcc. */
#define _INT128_DEFINED
#include "begin_pose.h"
#include_next <_mingw.h>
#include "end_pose.h"
#undef __forceinline
#undef __ptr32
#undef __ptr64
/* All of Visual C++'s headers include this one. */
#include <sal.h>
#endif
