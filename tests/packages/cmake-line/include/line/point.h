#pragma once
#ifdef LINE_WIDE
typedef long line_unit;
#else
typedef int line_unit;
#endif
struct line_point {
    line_unit x, y;
};
