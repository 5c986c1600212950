#pragma once
enum ring_status { RING_OK, RING_FULL = -1 };
