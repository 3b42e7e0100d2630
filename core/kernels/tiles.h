// Sequences of numbers known to the compiler, for tiles of every width. Included by kernels only.
#pragma once

#include "columns.h"
#include "simd.h"

namespace figurate::FIGURATE_ISA {

template <size_t... Numbers>
struct Sequence {};

template <size_t Count, size_t... Numbers>
struct SequenceUpTo : SequenceUpTo<Count - 1, Count - 1, Numbers...> {};
template <size_t... Numbers>
struct SequenceUpTo<0, Numbers...> {
  using Type = Sequence<Numbers...>;
};
// 0, 1, ..., Count - 1.
template <size_t Count>
using MakeSequence = typename SequenceUpTo<Count>::Type;

}  // namespace figurate::FIGURATE_ISA
