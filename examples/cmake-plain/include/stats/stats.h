/* stats: running mean and variance of a series. */
#ifndef STATS_STATS_H
#define STATS_STATS_H

#include "window.h"

typedef struct stats_series {
    double mean;
    double squares;
    unsigned long count;
    stats_window last;
} stats_series;

void stats_add(stats_series *series, double value);

/* The sample variance; 0 for fewer than two values. */
double stats_variance(const stats_series *series);

#endif
