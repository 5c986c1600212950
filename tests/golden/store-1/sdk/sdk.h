typedef unsigned sdk_flags;
