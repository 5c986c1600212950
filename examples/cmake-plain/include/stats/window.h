/* The last values that a stats_series saw. */
#ifndef STATS_WINDOW_H
#define STATS_WINDOW_H

#ifndef STATS_WINDOW
#define STATS_WINDOW 4
#endif

typedef struct stats_window {
    double values[STATS_WINDOW];
    unsigned count;
} stats_window;

#endif
