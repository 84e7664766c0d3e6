#ifndef LINNET_CSODIUM_H
#define LINNET_CSODIUM_H

#include <sodium.h>

#endif
