#ifndef NET_SOCKET_H
#define NET_SOCKET_H
#include <stdint.h>
#include <sdk.h>
#include "types.h"
#define NET_MAX 16
#define NET_INTERNAL_FLAG 1
net_id net_open(const char *name, sdk_flags flags);
int32_t net_private_state(net_id id);
#endif
