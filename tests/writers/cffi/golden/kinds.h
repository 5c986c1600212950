/* One of everything; its cdefs beside it are compiled, not only compared. */
#ifndef KINDS_H
#define KINDS_H
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/time.h>
#include <sys/types.h>

#define KINDS_VERSION "1.2.3"
#define KINDS_MAJOR 1
#define KINDS_MASK 0xFFFFFFFFFFFFFFFFULL
#define KINDS_SCALE 0.25
#define KINDS_SHIFT(n) (1 << (n))
#define KINDS_SHIFTED KINDS_SHIFT(5)
#define KINDS_API extern
#define kinds_first kinds_open

/** What can be seen. */
typedef struct kinds_view kinds_view;
typedef struct { int x, y; } kinds_point;
typedef int (*kinds_callback)(kinds_view *view, const char *text, void *data);
typedef uint32_t kinds_id;
typedef float kinds_lanes __attribute__((vector_size(16)));

enum kinds_color { KINDS_RED, KINDS_GREEN = 5, KINDS_BLUE };
typedef enum { KINDS_OFF = -1, KINDS_ON = 1 } kinds_switch;
enum { KINDS_ANONYMOUS = 42 };

struct kinds_bits { unsigned a : 3; unsigned : 2; unsigned b : 11; unsigned char tail; };
#pragma pack(push, 1)
struct kinds_packed { char c; int i; unsigned bits : 4; };
#pragma pack(pop)
union kinds_number { float f; unsigned char bytes[4]; };

/** A node.
 *  It has a comment of two lines. */
typedef struct kinds_node {
    struct kinds_node *next; /**< The one behind it. */
    kinds_point where[2];
    union {
        int64_t i;
        double d;
        struct { uint16_t low, high; };
    };
    struct { int depth; char tag[6]; } inner;
    enum kinds_color color;
    const char *const *names;
    struct timeval when;
    off_t offset;
    kinds_lanes lanes;
    void *rest[];
} kinds_node;

/** Opens a view. */
KINDS_API kinds_view *kinds_open(const char *path, int flags[2]);
KINDS_API int kinds_printf(kinds_view *view, const char *format, ...);
KINDS_API int kinds_vprintf(kinds_view *view, const char *format, va_list args);
KINDS_API kinds_callback kinds_watch(kinds_view *view, kinds_callback callback, void *data);
KINDS_API kinds_point kinds_add(kinds_point a, kinds_point b);
KINDS_API long double _Complex kinds_unsayable(void);
KINDS_API int (*kinds_choose(int which))(kinds_node *);
static inline kinds_id kinds_twice(kinds_id n) { return 2 * n; }

extern int kinds_errors;
extern const char *const kinds_names[3];
#endif
