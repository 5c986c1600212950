/* Visual C++'s annotations, and those that mingw does not know. */
#include_next <sal.h>
#ifndef _Printf_format_string_impl_
#define _Printf_format_string_impl_
#endif
#ifndef _Scanf_format_string_impl_
#define _Scanf_format_string_impl_
#endif
#ifndef _Scanf_s_format_string_impl_
#define _Scanf_s_format_string_impl_
#endif
#ifndef _Scanf_s_format_string_
#define _Scanf_s_format_string_
#endif
