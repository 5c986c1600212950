#pragma once
#include "point.h"
#include <line/limit.h>
#if !defined LINE_IN_C || defined LINE_IN_CXX
#error the definitions of another language
#endif
struct line {
    struct line_point from, to;
};
line_unit line_length(const struct line *line);
#ifdef LINE_DEBUG
int line_debug(void);
#endif
