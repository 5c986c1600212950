#include <stats/stats.h>

void stats_add(stats_series *series, double value)
{
    double before = value - series->mean;
    series->count++;
    series->mean += before / (double)series->count;
    series->squares += before * (value - series->mean);
    series->last.values[series->last.count++ % STATS_WINDOW] = value;
}

double stats_variance(const stats_series *series)
{
    return series->count < 2 ? 0 : series->squares / (double)(series->count - 1);
}
