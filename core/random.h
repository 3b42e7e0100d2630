// Counter-based random numbers: the same (key, counter) gives the same numbers on every machine and any number of
// threads. Source: Salmon et al., "Parallel random numbers: as easy as 1, 2, 3" (SC 2011), Philox4x32-10.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace figurate {

// What a stream of numbers is for; keeps shuffling, dropout, augmentation and initial weights apart under one seed.
enum class Stream : uint32_t { kUser = 0, kShuffle = 1, kDropout = 2, kAugment = 3 };

// Four independent 32-bit numbers for one 128-bit counter under a 64-bit key.
std::array<uint32_t, 4> philox(const std::array<uint32_t, 4>& counter, uint64_t key);

// `count` floats in [0, 1) with 24 random bits each.
void fill_uniform(float* out, size_t count, uint64_t seed, uint64_t stream);

// `count` standard normal floats (Box and Muller's transform, in float64).
void fill_normal(float* out, size_t count, uint64_t seed, uint64_t stream);

// The order of `count` figures in one epoch: Fisher and Yates' shuffle, a function of (seed, epoch, count) alone.
void shuffled_order(std::vector<uint32_t>& order, size_t count, uint64_t seed, uint64_t epoch);

}  // namespace figurate
