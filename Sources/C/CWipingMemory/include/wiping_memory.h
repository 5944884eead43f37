#pragma once
// Linked for its effect: see wiping_memory.c.
