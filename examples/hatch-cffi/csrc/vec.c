#include <vec/vec.h>

#include <math.h>
#include <stdlib.h>
#include <string.h>

struct vec_cloud {
    size_t count;
    size_t room;
    vec_point *points;
};

enum vec_metric vec_default_metric = VEC_EUCLIDEAN;

uint32_t vec_version(void)
{
    return VEC_VERSION_NUMBER;
}

const char *vec_status_text(vec_status status)
{
    switch (status) {
    case VEC_OK:
        return "ok";
    case VEC_NO_MEMORY:
        return "out of memory";
    case VEC_FULL:
        return "too many points";
    case VEC_EMPTY:
        return "no points";
    case VEC_STOPPED:
        return "stopped by the visitor";
    }
    return "unknown status";
}

double vec_dot(vec_point a, vec_point b)
{
    double sum = 0;
    for (int i = 0; i < VEC_DIMENSIONS; i++)
        sum += a.at[i] * b.at[i];
    return sum;
}

vec_point vec_add(vec_point a, vec_point b)
{
    for (int i = 0; i < VEC_DIMENSIONS; i++)
        a.at[i] += b.at[i];
    return a;
}

double vec_distance(const vec_point *a, const vec_point *b, enum vec_metric metric)
{
    double total = 0;
    for (int i = 0; i < VEC_DIMENSIONS; i++) {
        double step = fabs(a->at[i] - b->at[i]);
        switch (metric) {
        case VEC_EUCLIDEAN:
            total += step * step;
            break;
        case VEC_MANHATTAN:
            total += step;
            break;
        case VEC_CHEBYSHEV:
            total = step > total ? step : total;
            break;
        }
    }
    return metric == VEC_EUCLIDEAN ? sqrt(total) : total;
}

vec_colour vec_mix(vec_colour a, vec_colour b)
{
    a.part.red = (uint8_t)((a.part.red + b.part.red) / 2);
    a.part.green = (uint8_t)((a.part.green + b.part.green) / 2);
    a.part.blue = (uint8_t)((a.part.blue + b.part.blue) / 2);
    a.part.alpha = (uint8_t)((a.part.alpha + b.part.alpha) / 2);
    return a;
}

vec_cloud *vec_cloud_new(void)
{
    return calloc(1, sizeof(vec_cloud));
}

void vec_cloud_free(vec_cloud *cloud)
{
    if (cloud != NULL) {
        free(cloud->points);
        free(cloud);
    }
}

vec_status vec_cloud_add(vec_cloud *cloud, vec_point point)
{
    return vec_cloud_add_all(cloud, &point, 1);
}

vec_status vec_cloud_add_all(vec_cloud *cloud, const vec_point points[], size_t count)
{
    if (count > VEC_MAX_POINTS - cloud->count)
        return VEC_FULL;
    if (cloud->count + count > cloud->room) {
        size_t room = VEC_MIN(2 * (cloud->count + count), VEC_MAX_POINTS);
        vec_point *moved = realloc(cloud->points, room * sizeof *moved);
        if (moved == NULL)
            return VEC_NO_MEMORY;
        cloud->points = moved;
        cloud->room = room;
    }
    if (count > 0)
        memcpy(cloud->points + cloud->count, points, count * sizeof *points);
    cloud->count += count;
    return VEC_OK;
}

size_t vec_cloud_size(const vec_cloud *cloud)
{
    return cloud->count;
}

size_t vec_cloud_nearest(const vec_cloud *cloud, vec_point to)
{
    size_t best = VEC_NO_INDEX;
    double least = INFINITY;
    for (size_t i = 0; i < cloud->count; i++) {
        double distance = vec_distance(&cloud->points[i], &to, vec_default_metric);
        if (distance < least) {
            least = distance;
            best = i;
        }
    }
    return best;
}

vec_status vec_cloud_walk(const vec_cloud *cloud, vec_visitor visit, void *context)
{
    for (size_t i = 0; i < cloud->count; i++) {
        if (visit(&cloud->points[i], i, context) != 0)
            return VEC_STOPPED;
    }
    return VEC_OK;
}

vec_status vec_cloud_summary(const vec_cloud *cloud, const char *label, vec_summary *out)
{
    memset(out, 0, sizeof *out);
    if (cloud->count == 0)
        return VEC_EMPTY;
    out->count = cloud->count;
    out->bounds.low = out->bounds.high = cloud->points[0];
    out->flags.sorted = 1;
    for (size_t i = 0; i < cloud->count; i++) {
        const vec_point *point = &cloud->points[i];
        for (int axis = 0; axis < VEC_DIMENSIONS; axis++) {
            if (point->at[axis] < out->bounds.low.at[axis])
                out->bounds.low.at[axis] = point->at[axis];
            if (point->at[axis] > out->bounds.high.at[axis])
                out->bounds.high.at[axis] = point->at[axis];
            out->centre.at[axis] += point->at[axis] / (double)cloud->count;
        }
        if (i > 0 && point->at[0] < cloud->points[i - 1].at[0])
            out->flags.sorted = 0;
    }
    if (label != NULL)
        strncpy(out->label, label, sizeof out->label - 1);
    return VEC_OK;
}
