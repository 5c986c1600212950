#include <mini/mini.h>

const char *mini_describe(const mini_div *division) { return division->rem ? "inexact" : "exact"; }
