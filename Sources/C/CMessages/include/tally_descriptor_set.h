#pragma once
#include <stddef.h>
#include <stdint.h>

/* The serialized google.protobuf.FileDescriptorSet of the contract, comments included. */
const uint8_t *tally_descriptor_set(void);
size_t tally_descriptor_set_size(void);
