#pragma once
#include "tally/benchmark/v1/echo.pb-c.h"
