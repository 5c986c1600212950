/* A few functions of libc, which every process has, and a record of our own. */
#ifndef MINI_H
#define MINI_H

#include "types.h"

int abs(int value);
long labs(long value);
const char *mini_describe(const mini_div *division);

#endif
