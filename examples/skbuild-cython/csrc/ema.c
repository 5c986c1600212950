#include <ema/ema.h>

#include <stddef.h>

void ema_init(ema_average *average, double weight)
{
    average->value = 0;
    average->weight = weight;
    average->state = EMA_EMPTY;
}

double ema_add(ema_average *average, double value)
{
    if (average->state == EMA_EMPTY)
        average->value = value;
    else
        average->value += average->weight * (value - average->value);
    average->state = EMA_RUNNING;
    return average->value;
}

void ema_add_all(ema_average *average, const double *values, unsigned long count, ema_watcher watch, void *context)
{
    for (unsigned long i = 0; i < count; i++) {
        ema_add(average, values[i]);
        if (watch != NULL)
            watch(average, context);
    }
}
