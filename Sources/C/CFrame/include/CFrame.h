#pragma once
#include "tally/rpc/v1/frame.pb-c.h"
