#define INT 42
#define NEGATIVE_INT -7
#define PARENTHESISED (  (17) )
#define HEX 0xFFFFFFFF
#define OCTAL 0755
#define BINARY 0b101
#define LONG 5L
#define UNSIGNED_LONG_LONG 18446744073709551615ULL
#define BIG 2147483648
#define ALL_ONES (~0U)
#define SHIFTED (1u << 31)
#define SIGNED_SHIFT (1 << 4 | 1)
#define MINUS_UNSIGNED (-1U)
#define CAST ((unsigned char)300)
#define CAST_NEGATIVE ((short)-2)
#define SIZE sizeof(long)
#define REFERS INT
#define CHAIN REFERS
#define SUM (INT + HEX)
#define TERNARY (sizeof(void *) == 8 ? 1 : 2)
#define COMPARISON (3 > 2)
#define FLOAT 1.5f
#define DOUBLE 0.1
#define LONG_DOUBLE 2.5L
#define HEX_FLOAT 0x1.8p3
#define EXPONENT 1e-10
#define FLOAT_SUM (1.0 + 0.25)
#define NOT_QUITE 3.
#define STRING "hello"
#define JOINED "a" "b" STRING "c"
#define JOINED_EMBEDDED EMBEDDED STRING
#define EMBEDDED "a\0b\x01\377"
#define UTF8 "naïve"
#define WIDE L"wide é"
#define ESCAPES "\t\"\\\n\?"
#define CHAR 'x'
#define CHAR_NEWLINE '\n'
#define CHAR_NEGATIVE '\377'
#define CHAR_QUOTE '\''
#define CHAR_TWO 'ab'
#define CHAR_FOUR 'abcd'
#define CHAR_FOUR_NEGATIVE '\377\0b\n'
#define STR_(x) #x
#define STR(x) STR_(x)
#define STRINGIFIED STR(INT)
enum fruit { APPLE = 3, PEAR = -1 };
enum huge_fruit { HUGE_FRUIT = 0x100000000 };
#define FRUIT APPLE
#define FRUIT_SUM (APPLE + 1)
#define FRUIT_HUGE HUGE_FRUIT
#define FRUIT_CAST ((enum fruit)2)
int real_function(int);
extern int real_variable;
typedef unsigned long real_type;
struct real_struct { int x; };
#define function_alias real_function
#define variable_alias real_variable
#define type_alias real_type
#define struct_alias struct real_struct
#define builtin_alias unsigned long
#define wrapper(a, b) real_function((a) + (b))
#define no_parameters() 1
#define variadic(fmt, ...) real_function(fmt, __VA_ARGS__)
#define EMPTY
#define POINTER ((void *)0)
#define BEGIN {
#define END }
#define HALF (1
#define CLOSE )
#define USES_HALF HALF CLOSE
#define STATEMENT do { } while (0)
#define SEMICOLON 1;
#define ATTRIBUTE __attribute__((unused))
#define KEYWORD extern
#define UNDECLARED some_unknown_name
#define CALL real_function(3)
#define LIST 1, 2
#define INITIALISER { 1, 2 }
#define LINE __LINE__
#define CONTINUED 1 + \
  2 + \
  3
#define COMMENTED /* before */ 9 // after
#define SPANNING 5 /* a comment
  over lines */ + 6
#define REDEFINED 1
#undef REDEFINED
#define REDEFINED 2
#define UNDEFINED 1
#undef UNDEFINED
#ifdef NEVER_DEFINED
#define INACTIVE 1
#define BRANCH 1
#else
#define BRANCH 2
#endif
#define SELF SELF
#define LOOP_A LOOP_B
#define LOOP_B LOOP_A
#define AFTER_ALL 99
#  define   SPACED    12   
