#include <line/line.h>
line_unit line_length(const struct line *line)
{
    line_unit x = line->to.x - line->from.x, y = line->to.y - line->from.y;
    return (x < 0 ? -x : x) + (y < 0 ? -y : y);
}
#ifdef LINE_DEBUG
int line_debug(void) { return 1; }
#endif
