/* ema: exponential moving averages. */
#ifndef EMA_EMA_H
#define EMA_EMA_H

#define EMA_DEFAULT_WEIGHT 0.25

typedef enum ema_state { EMA_EMPTY, EMA_RUNNING } ema_state;

typedef struct ema_average {
    double value;
    double weight;
    ema_state state;
} ema_average;

typedef void (*ema_watcher)(const ema_average *average, void *context);

void ema_init(ema_average *average, double weight);
double ema_add(ema_average *average, double value);

/* Add each value, and call `watch` (which may be NULL) after each. */
void ema_add_all(ema_average *average, const double *values, unsigned long count, ema_watcher watch, void *context);

#endif
