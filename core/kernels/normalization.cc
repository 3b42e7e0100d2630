// Batch normalization of pixels: every channel by itself, a vector of channels at a time.
#include "channels.h"
#include "simd.h"
#include "table.h"

namespace figurate::FIGURATE_ISA {

namespace {

// Pixels that are summed in registers: few enough that a group's channels are still in L1 for a second look (64 x 4
// vectors of 32 bytes are 8 KiB).
constexpr size_t kBlock = 64;

// Calls body(vectors, pixels, first channel, access) for groups of one, two or up to `Most` vectors of channels. As
// many pixels are summed apart as make `Most` sums, so that additions (4 cycles each) don't wait for one another.
template <size_t Most, class Body>
FIGURATE_INLINE void for_groups(size_t channels, const Body& body) {
  size_t c = 0;
  for (; c + Most * kWidth <= channels; c += Most * kWidth)
    body(Constant<Most>{}, Constant<size_t{1}>{}, c, WholeVector{});
  for (; c + kWidth <= channels; c += kWidth) body(Constant<size_t{1}>{}, Constant<Most>{}, c, WholeVector{});
  if (c < channels) body(Constant<size_t{1}>{}, Constant<Most>{}, c, RestOfVector{Lanes(channels - c)});
}

// Calls add(pixel, sums), which adds to each of `Count` sums, for all pixels, `AtOnce` of them summed apart.
template <size_t Count, size_t AtOnce, class Add>
FIGURATE_INLINE void sum_pixels(size_t pixels, V (&sums)[Count], const Add& add) {
  V apart[AtOnce][Count] = {};
  size_t i = 0;
  for (; i + AtOnce <= pixels; i += AtOnce) {
    for (size_t j = 0; j < AtOnce; ++j) add(i + j, apart[j]);
  }
  for (; i < pixels; ++i) add(i, apart[0]);
  for (size_t s = 0; s < Count; ++s) {
    sums[s] = apart[0][s];
    for (size_t j = 1; j < AtOnce; ++j) sums[s] += apart[j][s];
  }
}

template <class Body>
FIGURATE_INLINE void for_blocks(size_t pixels, const Body& body) {
  for (size_t first = 0; first < pixels; first += kBlock)
    body(first, pixels - first < kBlock ? pixels - first : kBlock);
}

struct Coefficients {
  V mean, scale, shift;
  template <class Access>
  FIGURATE_LAMBDA Coefficients(const ChannelScale& s, size_t c, const Access& access)
      : mean(access.get(s.means + c)), scale(access.get(s.scales + c)), shift(access.get(s.shifts + c)) {}
  FIGURATE_LAMBDA V value(V away) const { return fma(away, scale, shift); }
};

// The gradient before the ReLU, which is asked by what it was given: the same bits as on the way forward.
template <bool Relu>
FIGURATE_INLINE V before_relu(V gradient, V away, const Coefficients& k) {
  return Relu ? select(k.value(away) > V{}, gradient, V{}) : gradient;
}

template <bool Relu>
void forward(const Pixels& p, const ChannelScale& s, const float* in, float* out) {
  const Channels channels(p.channels);
  for (size_t i = 0; i < p.count; ++i, in += p.step, out += p.step) {
    channels.each([&](size_t c, const auto& access) FIGURATE_LAMBDA {
      const Coefficients k(s, c, access);
      const V y = k.value(access.get(in + c) - k.mean);
      access.put(out + c, Relu ? maximum(V{}, y) : y);
    });
  }
}

template <bool Relu>
void add_sums(const Pixels& p, const ChannelScale& s, const float* in, const float* out_gradient, float* sums,
              float* products) {
  for_blocks(p.count, [&](size_t first, size_t pixels) FIGURATE_LAMBDA {
    for_groups<2>(p.channels, [&](auto vectors, auto at_once, size_t c, const auto& access) FIGURATE_LAMBDA {
      constexpr size_t kVectors = vectors.value;
      V totals[2 * kVectors];
      sum_pixels<2 * kVectors, at_once.value>(pixels, totals, [&](size_t i, V(&apart)[2 * kVectors]) FIGURATE_LAMBDA {
        for (size_t v = 0; v < kVectors; ++v) {
          const size_t channel = c + v * kWidth, place = (first + i) * p.step + channel;
          const Coefficients k(s, channel, access);
          const V away = access.get(in + place) - k.mean;
          const V gradient = before_relu<Relu>(access.get(out_gradient + place), away, k);
          apart[2 * v] += gradient;
          apart[2 * v + 1] = fma(gradient, away, apart[2 * v + 1]);
        }
      });
      for (size_t v = 0; v < kVectors; ++v) {
        float *const sum = sums + c + v * kWidth, *const product = products + c + v * kWidth;
        access.put(sum, access.get(sum) + totals[2 * v]);
        access.put(product, access.get(product) + totals[2 * v + 1]);
      }
    });
  });
}

template <bool Relu>
void backward(const Pixels& p, const ChannelScale& s, const float* in, const float* out_gradient, const float* slopes,
              const float* offsets, float* in_gradient) {
  const Channels channels(p.channels);
  for (size_t i = 0; i < p.count; ++i, in += p.step, out_gradient += p.step, in_gradient += p.step) {
    channels.each([&](size_t c, const auto& access) FIGURATE_LAMBDA {
      const Coefficients k(s, c, access);
      const V away = access.get(in + c) - k.mean;
      const V gradient = before_relu<Relu>(access.get(out_gradient + c), away, k);
      access.put(in_gradient + c, fma(gradient, k.scale, fma(away, access.get(slopes + c), access.get(offsets + c))));
    });
  }
}

}  // namespace

// A block's mean, then the squares around it, merged with those of the pixels before (Chan, Golub & LeVeque 1979): no
// large numbers are taken away from each other.
void add_moments(const Pixels& p, const float* in, float before, float* means, float* squares) {
  for_blocks(p.count, [&](size_t first, size_t pixels) FIGURATE_LAMBDA {
    const auto n = static_cast<float>(pixels);
    const V part = splat(1.0f / n), share = splat(n / (before + n)), both = splat(before * (n / (before + n)));
    before += n;
    for_groups<4>(p.channels, [&](auto vectors, auto at_once, size_t c, const auto& access) FIGURATE_LAMBDA {
      constexpr size_t kVectors = vectors.value, kAtOnce = at_once.value;
      const float* const from = in + first * p.step + c;
      V mean[kVectors], square[kVectors];
      sum_pixels<kVectors, kAtOnce>(pixels, mean, [&](size_t i, V(&sums)[kVectors]) FIGURATE_LAMBDA {
        for (size_t v = 0; v < kVectors; ++v) sums[v] += access.get(from + i * p.step + v * kWidth);
      });
      for (size_t v = 0; v < kVectors; ++v) mean[v] *= part;
      sum_pixels<kVectors, kAtOnce>(pixels, square, [&](size_t i, V(&sums)[kVectors]) FIGURATE_LAMBDA {
        for (size_t v = 0; v < kVectors; ++v) {
          const V away = access.get(from + i * p.step + v * kWidth) - mean[v];
          sums[v] = fma(away, away, sums[v]);
        }
      });
      for (size_t v = 0; v < kVectors; ++v) {
        float *const all = means + c + v * kWidth, *const around = squares + c + v * kWidth;
        const V old = access.get(all), away = mean[v] - old;
        access.put(all, fma(away, share, old));
        access.put(around, access.get(around) + fma(away * away, both, square[v]));
      }
    });
  });
}

void normalize(const Pixels& p, const ChannelScale& s, const float* in, float* out) {
  (s.relu ? forward<true> : forward<false>)(p, s, in, out);
}

void add_normalize_sums(const Pixels& p, const ChannelScale& s, const float* in, const float* out_gradient, float* sums,
                        float* products) {
  (s.relu ? add_sums<true> : add_sums<false>)(p, s, in, out_gradient, sums, products);
}

void normalize_backward(const Pixels& p, const ChannelScale& s, const float* in, const float* out_gradient,
                        const float* slopes, const float* offsets, float* in_gradient) {
  (s.relu ? backward<true> : backward<false>)(p, s, in, out_gradient, slopes, offsets, in_gradient);
}

}  // namespace figurate::FIGURATE_ISA
