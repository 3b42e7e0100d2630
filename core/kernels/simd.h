// The vector of floats that the kernels are written in: one name, `V`, for 4 lanes of SSE or NEON, 8 of AVX2 and 16 of
// AVX-512.
//
// Every kernel is compiled once for each instruction set, with FIGURATE_ISA naming it; all of it lives in a namespace
// of that name, so that no inline function compiled for a newer processor can be linked into code for an older one. For
// the same reason nothing here or in the kernels includes a header of the standard library that defines functions.
// Arithmetic is written with the compilers' vector operators; contraction is off, so `fma` is where fused operations
// come from.
#pragma once

#include <stddef.h>
#include <stdint.h>

#if defined(__x86_64__)
// GCC 12 warns of the values that its AVX-512 intrinsics leave undefined on purpose (GCC's bug 105593).
#if !defined(__clang__)
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wmaybe-uninitialized"
#pragma GCC diagnostic ignored "-Wuninitialized"
#endif
#include <immintrin.h>
#if !defined(__clang__)
#pragma GCC diagnostic pop
#endif
#elif defined(__aarch64__)
#include <arm_neon.h>
#endif

#ifndef FIGURATE_ISA
#error "kernels are compiled once for each instruction set; see CMakeLists.txt"
#endif

#define FIGURATE_INLINE static inline __attribute__((always_inline))
#define FIGURATE_LAMBDA __attribute__((always_inline))

namespace figurate::FIGURATE_ISA {

// Lanes of a vector, and how many vectors the registers hold.
#if defined(__AVX512F__)
inline constexpr size_t kWidth = 16, kRegisters = 32;
#elif defined(__AVX2__)
inline constexpr size_t kWidth = 8, kRegisters = 16;
#elif defined(__x86_64__)
inline constexpr size_t kWidth = 4, kRegisters = 16;
#else
inline constexpr size_t kWidth = 4, kRegisters = 32;
#endif

typedef float V __attribute__((vector_size(kWidth * sizeof(float))));
typedef int32_t I __attribute__((vector_size(kWidth * sizeof(int32_t))));
typedef uint64_t U __attribute__((vector_size(kWidth * sizeof(float))));
// The same vector at any address.
typedef float VUnaligned __attribute__((vector_size(kWidth * sizeof(float)), aligned(4), may_alias));

FIGURATE_INLINE V load(const float* from) { return *reinterpret_cast<const VUnaligned*>(from); }
FIGURATE_INLINE void store(float* to, V value) { *reinterpret_cast<VUnaligned*>(to) = value; }
FIGURATE_INLINE V splat(float value) { return value - V{}; }
FIGURATE_INLINE I as_int(V value) { return __builtin_bit_cast(I, value); }
FIGURATE_INLINE V as_float(I value) { return __builtin_bit_cast(V, value); }
FIGURATE_INLINE V to_float(I value) { return __builtin_convertvector(value, V); }
FIGURATE_INLINE V select(I condition, V yes, V no) {
#if defined(__AVX512F__)
  // Said so, a comparison stays in a mask register.
  return condition ? yes : no;
#else
  return as_float((condition & as_int(yes)) | (~condition & as_int(no)));
#endif
}
FIGURATE_INLINE V absolute(V value) { return as_float(as_int(value) & 0x7fffffff); }
// `magnitude` with the sign of `sign`.
FIGURATE_INLINE V copy_sign(V magnitude, V sign) {
  return as_float((as_int(magnitude) & 0x7fffffff) | (as_int(sign) & static_cast<int32_t>(0x80000000)));
}

#if defined(__AVX512F__)

FIGURATE_INLINE V fma(V a, V b, V c) { return (V)_mm512_fmadd_ps((__m512)a, (__m512)b, (__m512)c); }
FIGURATE_INLINE V maximum(V a, V b) { return (V)_mm512_max_ps((__m512)a, (__m512)b); }
FIGURATE_INLINE V minimum(V a, V b) { return (V)_mm512_min_ps((__m512)a, (__m512)b); }
// A division is never far from a root, and one unit computes both: here it has the division alone (Intel: 10 cycles
// of the 22). Steps of Goldschmidt and Markstein from an estimate bring out the instruction's bits: for every float
// from 2^-100 on, and for 0, infinity and NaN.
FIGURATE_INLINE V square_root(V a) {
  const __m512 x = (__m512)a, estimate = _mm512_rsqrt14_ps(x), half = _mm512_set1_ps(0.5f);
  const __mmask16 finite = _knot_mask16(_mm512_fpclass_ps_mask(x, 0x0e));  // not 0, -0, infinity: those stay
  __m512 root = _mm512_mask_mul_ps(x, finite, x, estimate), part = _mm512_mul_ps(estimate, half);
  const __m512 error = _mm512_fnmadd_ps(part, root, half);
  root = _mm512_mask3_fmadd_ps(root, error, root, finite);
  part = _mm512_fmadd_ps(part, error, part);
  return (V)_mm512_mask3_fmadd_ps(_mm512_fnmadd_ps(root, root, x), part, root, finite);
}
FIGURATE_INLINE I nearest(V a) { return (I)_mm512_cvtps_epi32((__m512)a); }
FIGURATE_INLINE V from_bytes(const uint8_t* from) {
  return (V)_mm512_cvtepi32_ps(_mm512_cvtepu8_epi32(_mm_loadu_si128(reinterpret_cast<const __m128i*>(from))));
}
// The low half of every 64-bit lane times `b`.
FIGURATE_INLINE U multiply_low_halves(U a, uint32_t b) { return (U)_mm512_mul_epu32((__m512i)a, _mm512_set1_epi64(b)); }

#elif defined(__AVX2__)

FIGURATE_INLINE V fma(V a, V b, V c) { return (V)_mm256_fmadd_ps((__m256)a, (__m256)b, (__m256)c); }
FIGURATE_INLINE V maximum(V a, V b) { return (V)_mm256_max_ps((__m256)a, (__m256)b); }
FIGURATE_INLINE V minimum(V a, V b) { return (V)_mm256_min_ps((__m256)a, (__m256)b); }
FIGURATE_INLINE V square_root(V a) { return (V)_mm256_sqrt_ps((__m256)a); }
FIGURATE_INLINE I nearest(V a) { return (I)_mm256_cvtps_epi32((__m256)a); }
FIGURATE_INLINE V from_bytes(const uint8_t* from) {
  return (V)_mm256_cvtepi32_ps(_mm256_cvtepu8_epi32(_mm_loadl_epi64(reinterpret_cast<const __m128i*>(from))));
}
FIGURATE_INLINE U multiply_low_halves(U a, uint32_t b) {
  return (U)_mm256_mul_epu32((__m256i)a, _mm256_set1_epi64x(b));
}

#elif defined(__x86_64__)

FIGURATE_INLINE V fma(V a, V b, V c) { return a * b + c; }
FIGURATE_INLINE V maximum(V a, V b) { return (V)_mm_max_ps((__m128)a, (__m128)b); }
FIGURATE_INLINE V minimum(V a, V b) { return (V)_mm_min_ps((__m128)a, (__m128)b); }
FIGURATE_INLINE V square_root(V a) { return (V)_mm_sqrt_ps((__m128)a); }
FIGURATE_INLINE I nearest(V a) { return (I)_mm_cvtps_epi32((__m128)a); }
FIGURATE_INLINE V from_bytes(const uint8_t* from) {
  return (V)_mm_cvtepi32_ps(_mm_cvtepu8_epi32(_mm_loadu_si32(from)));
}
FIGURATE_INLINE U multiply_low_halves(U a, uint32_t b) { return (U)_mm_mul_epu32((__m128i)a, _mm_set1_epi64x(b)); }

#elif defined(__aarch64__)

FIGURATE_INLINE V fma(V a, V b, V c) { return (V)vfmaq_f32((float32x4_t)c, (float32x4_t)a, (float32x4_t)b); }
FIGURATE_INLINE V maximum(V a, V b) { return (V)vmaxq_f32((float32x4_t)a, (float32x4_t)b); }
FIGURATE_INLINE V minimum(V a, V b) { return (V)vminq_f32((float32x4_t)a, (float32x4_t)b); }
FIGURATE_INLINE V square_root(V a) { return (V)vsqrtq_f32((float32x4_t)a); }
FIGURATE_INLINE I nearest(V a) { return (I)vcvtnq_s32_f32((float32x4_t)a); }
FIGURATE_INLINE V from_bytes(const uint8_t* from) {
  uint32_t four;
  __builtin_memcpy(&four, from, sizeof four);
  const uint16x8_t wide = vmovl_u8(vreinterpret_u8_u32(vdup_n_u32(four)));
  return (V)vcvtq_f32_u32(vmovl_u16(vget_low_u16(wide)));
}
FIGURATE_INLINE U multiply_low_halves(U a, uint32_t b) { return (U)vmull_n_u32(vmovn_u64((uint64x2_t)a), b); }

#else
#error "no vectors for this processor: build with the reference kernels alone"
#endif

// The low halves of the 64-bit lanes of `a`, then those of `b`.
FIGURATE_INLINE I low_halves(U a, U b) {
  const I x = (I)a, y = (I)b;
#if defined(__AVX512F__)
  return __builtin_shufflevector(x, y, 0, 2, 4, 6, 8, 10, 12, 14, 16, 18, 20, 22, 24, 26, 28, 30);
#elif defined(__AVX2__)
  return __builtin_shufflevector(x, y, 0, 2, 4, 6, 8, 10, 12, 14);
#else
  return __builtin_shufflevector(x, y, 0, 2, 4, 6);
#endif
}

// sum += a * b, in the register that `sum` is in. Left to itself GCC lets the result take the register of an operand
// that dies, so that accumulators wander from register to register and the fullest tiles spill.
FIGURATE_INLINE void accumulate(V& sum, V a, V b) {
#if defined(__AVX512F__)
  __asm__("vfmadd231ps %2, %1, %0" : "+v"(sum) : "v"(a), "v"(b));
#elif defined(__AVX2__)
  __asm__("vfmadd231ps %2, %1, %0" : "+x"(sum) : "x"(a), "x"(b));
#else
  sum = fma(a, b, sum);
#endif
}

// sum += a * the vector at `from`, which need not be aligned.
FIGURATE_INLINE void accumulate_from(V& sum, V a, const float* from) {
#if defined(__AVX512F__)
  __asm__("vfmadd231ps %2, %1, %0" : "+v"(sum) : "v"(a), "m"(*reinterpret_cast<const VUnaligned*>(from)));
#elif defined(__AVX2__)
  __asm__("vfmadd231ps %2, %1, %0" : "+x"(sum) : "x"(a), "m"(*reinterpret_cast<const VUnaligned*>(from)));
#else
  sum = fma(a, load(from), sum);
#endif
}

// A pointer that the compiler takes as unrelated to any other, so that it keeps it in a register and counts from it,
// instead of from one base with many offsets.
FIGURATE_INLINE const float* apart(const float* pointer) {
  __asm__("" : "+r"(pointer));
  return pointer;
}

// Sums of the lanes of eight vectors, in one fixed tree: neighbours, then pairs, then halves (AVX-512: from halves
// down).
FIGURATE_INLINE void sum_lanes(const V (&a)[8], float* sums) {
#if defined(__AVX512F__)
  __m512 halves[4], quarters[2];  // quarters[i]: four lanes each of a[4 * i], a[4 * i + 1], ...
#pragma GCC unroll 4
  for (int i = 0; i < 4; ++i) {
    const __m512 x = (__m512)a[2 * i], y = (__m512)a[2 * i + 1];
    halves[i] = _mm512_add_ps(_mm512_shuffle_f32x4(x, y, 0x44), _mm512_shuffle_f32x4(x, y, 0xee));
  }
#pragma GCC unroll 2
  for (int i = 0; i < 2; ++i) {
    const __m512 x = halves[2 * i], y = halves[2 * i + 1];
    quarters[i] = _mm512_add_ps(_mm512_shuffle_f32x4(x, y, 0x88), _mm512_shuffle_f32x4(x, y, 0xdd));
  }
  // In each quarter i: two lanes of a[i], two of a[4 + i].
  const __m512 pairs = _mm512_add_ps(_mm512_shuffle_ps(quarters[0], quarters[1], 0x88),
                                     _mm512_shuffle_ps(quarters[0], quarters[1], 0xdd));
  const __m512 both = _mm512_add_ps(pairs, _mm512_permute_ps(pairs, 0xb1));
  const __m512i order = _mm512_setr_epi32(0, 4, 8, 12, 2, 6, 10, 14, 0, 0, 0, 0, 0, 0, 0, 0);
  _mm256_storeu_ps(sums, _mm512_castps512_ps256(_mm512_permutexvar_ps(order, both)));
#elif defined(__AVX2__)
  const __m256 s01 = _mm256_hadd_ps((__m256)(a[0]), (__m256)(a[1])),
               s23 = _mm256_hadd_ps((__m256)(a[2]), (__m256)(a[3]));
  const __m256 s45 = _mm256_hadd_ps((__m256)(a[4]), (__m256)(a[5])),
               s67 = _mm256_hadd_ps((__m256)(a[6]), (__m256)(a[7]));
  const __m256 s0123 = _mm256_hadd_ps(s01, s23), s4567 = _mm256_hadd_ps(s45, s67);
  const __m256 low = _mm256_permute2f128_ps(s0123, s4567, 0x20), high = _mm256_permute2f128_ps(s0123, s4567, 0x31);
  _mm256_storeu_ps(sums, _mm256_add_ps(low, high));
#elif defined(__x86_64__)
  for (int half = 0; half < 8; half += 4) {
    const __m128 s01 = _mm_hadd_ps((__m128)a[half], (__m128)a[half + 1]);
    const __m128 s23 = _mm_hadd_ps((__m128)a[half + 2], (__m128)a[half + 3]);
    _mm_storeu_ps(sums + half, _mm_hadd_ps(s01, s23));
  }
#else
  for (int half = 0; half < 8; half += 4) {
    const float32x4_t s01 = vpaddq_f32((float32x4_t)a[half], (float32x4_t)a[half + 1]);
    const float32x4_t s23 = vpaddq_f32((float32x4_t)a[half + 2], (float32x4_t)a[half + 3]);
    vst1q_f32(sums + half, vpaddq_f32(s01, s23));
  }
#endif
}

// A number known to the compiler, as an argument.
template <auto N>
struct Constant {
  static constexpr auto value = N;
};

// The first lanes of a vector: how many, and a mask of them.
struct Lanes {
#if defined(__AVX512F__)
  explicit Lanes(size_t count_) : count(count_), mask(static_cast<__mmask16>((1u << count) - 1)) {}
#else
  explicit Lanes(size_t count_) : count(count_) {
    for (size_t i = 0; i < kWidth; ++i) mask[i] = i < count ? -1 : 0;
  }
#endif
  size_t count;
#if defined(__AVX512F__)
  __mmask16 mask;
#else
  I mask;
#endif
};

// These lanes from memory, the others zero; nothing behind them is touched.
FIGURATE_INLINE V load_first(const float* from, const Lanes& lanes) {
#if defined(__AVX512F__)
  return (V)_mm512_maskz_loadu_ps(lanes.mask, from);
#elif defined(__AVX2__)
  return (V)_mm256_maskload_ps(from, (__m256i)lanes.mask);
#else
  V value = {};
  switch (lanes.count) {
    case 4:
      return load(from);
    case 3:
      value[2] = from[2];
      [[fallthrough]];
    case 2:
      __builtin_memcpy(&value, from, 2 * sizeof(float));
      return value;
    case 1:
      value[0] = from[0];
      return value;
    default:
      return value;
  }
#endif
}

// The first four lanes from memory, the others zero. Needs no mask, and so no register for one.
FIGURATE_INLINE V load_four(const float* from) {
#if defined(__AVX512F__)
  return (V)_mm512_zextps128_ps512(_mm_loadu_ps(from));
#elif defined(__AVX2__)
  return (V)_mm256_zextps128_ps256(_mm_loadu_ps(from));
#else
  return load(from);
#endif
}

// The first `count` lanes, fewer than all; what stands behind them is left alone.
FIGURATE_INLINE void store_first(float* to, V value, size_t count) {
#if defined(__AVX512F__)
  _mm512_mask_storeu_ps(to, Lanes(count).mask, (__m512)value);
#else
  typedef float Four __attribute__((vector_size(16)));
  Four low = __builtin_shufflevector(value, value, 0, 1, 2, 3);
#if defined(__AVX2__)
  if (count & 4) {
    __builtin_memcpy(to, &low, 16);
    to += 4;
    low = __builtin_shufflevector(value, value, 4, 5, 6, 7);
  }
#endif
  if (count & 2) {
    __builtin_memcpy(to, &low, 8);
    to += 2;
    low = __builtin_shufflevector(low, low, 2, 3, 2, 3);
  }
  if (count & 1) *to = low[0];
#endif
}

// Lanes below `count` of `value`, and `other` in those from there on.
FIGURATE_INLINE V first_lanes(V value, size_t count, V other) {
#if defined(__AVX512F__)
  return (V)_mm512_mask_mov_ps((__m512)other, Lanes(count).mask, (__m512)value);
#else
  I index;
  for (size_t i = 0; i < kWidth; ++i) index[i] = static_cast<int32_t>(i);
  return select(index < static_cast<int32_t>(count), value, other);
#endif
}

// `combine` over all lanes, in every lane: halves, then pairs, then neighbours.
template <class Combine>
FIGURATE_INLINE V over_lanes(V value, const Combine& combine) {
#if defined(__AVX512F__)
  value = combine(value, (V)_mm512_shuffle_f32x4((__m512)value, (__m512)value, 0x4e));
  value = combine(value, (V)_mm512_shuffle_f32x4((__m512)value, (__m512)value, 0xb1));
  value = combine(value, (V)_mm512_permute_ps((__m512)value, 0x4e));
  return combine(value, (V)_mm512_permute_ps((__m512)value, 0xb1));
#elif defined(__AVX2__)
  value = combine(value, __builtin_shufflevector(value, value, 4, 5, 6, 7, 0, 1, 2, 3));
  value = combine(value, __builtin_shufflevector(value, value, 2, 3, 0, 1, 6, 7, 4, 5));
  return combine(value, __builtin_shufflevector(value, value, 1, 0, 3, 2, 5, 4, 7, 6));
#else
  value = combine(value, __builtin_shufflevector(value, value, 2, 3, 0, 1));
  return combine(value, __builtin_shufflevector(value, value, 1, 0, 3, 2));
#endif
}
FIGURATE_INLINE V largest_lane(V value) {
  return over_lanes(value, [](V a, V b) FIGURATE_LAMBDA { return maximum(a, b); });
}
FIGURATE_INLINE V sum_of_lanes(V value) {
  return over_lanes(value, [](V a, V b) FIGURATE_LAMBDA { return a + b; });
}

}  // namespace figurate::FIGURATE_ISA
