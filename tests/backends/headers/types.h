/* Every kind of type and declaration that C headers use. */
#ifndef TYPES_H
#define TYPES_H

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifndef __clang__
#define _Nonnull
#define _Nullable
#endif

#ifdef __cplusplus
extern "C" {
#endif

/* -- records */

struct opaque;
typedef struct opaque opaque_t;

/** A point.
 *
 *  In the plane. */
typedef struct {
  double x; /**< across */
  double y; //!< up
} point_t;

struct node {
  struct node *next, *prev;
  struct other *other;
  union {
    int as_int;
    float as_float;
    struct {
      short lo, hi;
    };
  };
  struct inner {
    char c;
    struct deep {
      long l;
    } deep;
  } inner[2], *to_inner;
  enum { LEFT, RIGHT } side;
};

struct other {
  struct node *node;
  int (*compare)(const struct node *, const struct node *);
};

union number {
  int i;
  double d;
  unsigned char bytes[sizeof(double)];
  struct {
    unsigned lo : 4;
    unsigned hi : 4;
  } nibbles;
};

struct bits {
  unsigned a : 3;
  unsigned : 2;
  int b : 7;
  unsigned : 0;
  unsigned long long c : 40;
  _Bool d : 1;
  signed char e : 5;
};

struct flexible {
  size_t count;
  int items[];
};

struct zero_length {
  int n;
  char data[0];
};

struct __attribute__((packed)) packed {
  char c;
  int i;
  double d;
};

struct partly_packed {
  char c;
  int i __attribute__((packed));
  short s;
};

#pragma pack(push, 2)
struct pragma_packed {
  char c;
  int i;
  double d;
};
#pragma pack(pop)

struct __attribute__((aligned(32))) aligned {
  char c;
};

struct member_aligned {
  char c;
  _Alignas(16) char d;
  int e __attribute__((aligned(8)));
};

typedef int aligned_int __attribute__((aligned(16)));
struct has_aligned_int {
  char c;
  aligned_int i;
};

struct empty {};

/* -- enums */

enum color { RED, GREEN = 5, BLUE, NEGATIVE = -3 };
enum big { SMALL = 1, HUGE_VALUE = 0x7fffffffffffffffLL };
enum unsigned_big { ALL_ONES = 0xffffffffffffffffULL };
enum __attribute__((packed)) tiny { TINY_A, TINY_B = 200 };
enum { ANONYMOUS_A = 7, ANONYMOUS_B };
enum { ANOTHER_A = 'x' };
typedef enum { MODE_READ = 1 << 0, MODE_WRITE = 1 << 1, MODE_BOTH = MODE_READ | MODE_WRITE } mode_t_;
enum old_color { OLD_RED __attribute__((deprecated("use RED"))) };

/* -- other types */

typedef unsigned char byte;
typedef byte octet;
typedef octet buffer[16];
typedef buffer *buffer_ptr;
typedef int matrix[3][4];
typedef int (*handler)(int, void *);
typedef handler (*handler_factory)(const char *name);
typedef int plain_function(int, int);
typedef void (*signal_like(int sig, void (*func)(int)))(int);
typedef float vec4 __attribute__((vector_size(16)));
typedef _Complex double complex_double;
typedef __int128 int128;
typedef unsigned __int128 uint128;
typedef _Atomic(int) atomic_number;
typedef __typeof__(sizeof(0)) my_size;
typedef __typeof__(struct node *) node_ptr;
typedef struct { int x; } *unnamed_ptr;
typedef const volatile int *const *restrict_like;
typedef int *_Nonnull nonnull_int;

struct all_types {
  _Bool boolean;
  signed char sc;
  long double ld;
  _Complex float cf;
  int128 wide;
  vec4 vector;
  matrix m;
  buffer *pointer_to_array;
  int (*array_of_functions[3])(void);
  int (*(*returns_function)(int))(double);
  const char *const names[2];
  va_list args;
  atomic_number counter;
  wchar_t wide_char;
  complex_double z;
};

/* -- functions */

int add(int a, int b);
int printf_like(const char *format, ...) __attribute__((format(printf, 1, 2)));
int vprintf_like(const char *format, va_list args);
void no_parameters(void);
int no_prototype();
void arrays(int a[10], const char *argv[], matrix m, int b[static 3], size_t n);
void callbacks(int callback(int), handler h, void (*plain)(void));
handler get_handler(const char *name);
int (*returns_pointer(int which))(const char *);
int (*returns_array_pointer(void))[4];
point_t by_value(point_t p, struct bits b);
static inline int square(int x) { return x * x; }
inline int external_inline(int x) { return x; }
__attribute__((noreturn)) void fatal(const char *message);
_Noreturn void fatal_c11(void);
__attribute__((deprecated("use add"))) int old_add(int, int);
__attribute__((nonnull(1), returns_nonnull, malloc, warn_unused_result)) void *allocate(const void *like);
__attribute__((visibility("hidden"))) int hidden_function(void);
__attribute__((weak)) int weak_function(void);
int renamed(void) __asm__("the_real_name");
plain_function declared_by_typedef;
int redeclared();
int redeclared(int value);
void restricted(char *restrict out, const char *restrict in);
__attribute__((ms_abi)) int windows_abi(int a);
void nullable(int *_Nullable a, int *_Nonnull b);
extern point_t *vectors(vec4 v, int128 i, _Complex double z);

/* -- variables */

extern int counter;
extern const char *const version;
extern const int table[];
extern int grid[2][3];
extern __thread int per_thread;
static const int answer = 42;
static const double ratio = 0.5;
extern struct { int x, y; } untagged_variable;
extern int (*hook)(int);

#ifdef __cplusplus
}
#endif
#endif

/* functions that clang knows itself */
typedef size_t hk_count;
int vsnprintf(char *restrict to, hk_count size, const char *restrict format, va_list rest);
hk_count strlen(const char *text);
