/* vec: a small library of point clouds.
 *
 * Every function that can fail returns a vec_status; vec_status_text() says
 * what it means. A cloud belongs to the caller, who frees it.
 */
#ifndef VEC_VEC_H
#define VEC_VEC_H

#include <stddef.h>
#include <stdint.h>

#include "types.h"

#ifdef __cplusplus
extern "C" {
#endif

#define VEC_VERSION_MAJOR 1
#define VEC_VERSION_MINOR 4
#define VEC_VERSION "1.4"
#define VEC_VERSION_NUMBER ((VEC_VERSION_MAJOR << 16) | VEC_VERSION_MINOR)

#define VEC_EPSILON 1e-9
#define VEC_MAX_POINTS (1u << 20)
#define VEC_NO_INDEX (~(size_t)0)
#define VEC_MIN(a, b) ((a) < (b) ? (a) : (b))

#if defined(_WIN32) && defined(VEC_SHARED)
#define VEC_API __declspec(dllimport)
#else
#define VEC_API
#endif

/* What a call came to. */
typedef enum vec_status {
    VEC_OK = 0,
    VEC_NO_MEMORY = -1,
    VEC_FULL = -2,
    VEC_EMPTY = -3,
    VEC_STOPPED = 1
} vec_status;

/* A distance. */
enum vec_metric {
    VEC_EUCLIDEAN,
    VEC_MANHATTAN,
    VEC_CHEBYSHEV
};

/* A growing set of points; its members are the library's own business. */
typedef struct vec_cloud vec_cloud;

/* Called for each point with the caller's context; anything but 0 stops the walk. */
typedef int (*vec_visitor)(const vec_point *point, size_t index, void *context);

/* What vec_cloud_summary() fills in. */
typedef struct vec_summary {
    size_t count;
    vec_box bounds;
    vec_point centre;
    struct vec_flags flags;
    char label[16];
} vec_summary;

/* The metric that vec_distance() uses until told otherwise. */
VEC_API extern enum vec_metric vec_default_metric;

/* The version of the compiled library, as VEC_VERSION_NUMBER is spelled. */
VEC_API uint32_t vec_version(void);

/* A text for a status; never NULL, never to be freed. */
VEC_API const char *vec_status_text(vec_status status);

VEC_API double vec_dot(vec_point a, vec_point b);
VEC_API vec_point vec_add(vec_point a, vec_point b);
VEC_API double vec_distance(const vec_point *a, const vec_point *b, enum vec_metric metric);
VEC_API vec_colour vec_mix(vec_colour a, vec_colour b);

/* An empty cloud, or NULL without memory. */
VEC_API vec_cloud *vec_cloud_new(void);
VEC_API void vec_cloud_free(vec_cloud *cloud);

VEC_API vec_status vec_cloud_add(vec_cloud *cloud, vec_point point);
VEC_API vec_status vec_cloud_add_all(vec_cloud *cloud, const vec_point points[], size_t count);
VEC_API size_t vec_cloud_size(const vec_cloud *cloud);

/* The index of the point nearest to `to`, or VEC_NO_INDEX when the cloud is empty. */
VEC_API size_t vec_cloud_nearest(const vec_cloud *cloud, vec_point to);

/* VEC_OK, or VEC_STOPPED when the visitor stopped it. */
VEC_API vec_status vec_cloud_walk(const vec_cloud *cloud, vec_visitor visit, void *context);

/* VEC_EMPTY when there is nothing to sum up; `label` may be NULL. */
VEC_API vec_status vec_cloud_summary(const vec_cloud *cloud, const char *label, vec_summary *out);

#ifdef __cplusplus
}
#endif

#endif /* VEC_VEC_H */
