/* SPDX-License-Identifier: GPL-2.0 */
/* What libFuzzer calls, and what it offers, to change inputs. */
#ifndef FUZZ_MUTATE_H
#define FUZZ_MUTATE_H

#include <stddef.h>
#include <stdint.h>

size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t max, unsigned int seed);
/* Not there without libFuzzer. */
size_t LLVMFuzzerMutate(uint8_t *data, size_t size, size_t max) __attribute__((weak));

#endif /* FUZZ_MUTATE_H */
