#include "CFrame.h"
