#ifndef NET_TYPES_H
#define NET_TYPES_H
typedef struct net_id { unsigned value; } net_id;
#endif
