// Pooling of one figure (height, width, channels), a vector of channels at a time: windows of 2 x 2, which are most of
// them, with all four in registers, others by a loop.
#include "channels.h"
#include "simd.h"
#include "table.h"

namespace figurate::FIGURATE_ISA {

namespace {

// The part of a window that lies inside the figure. `Height` and `Width` are its extents where the compiler knows them,
// else 0.
template <size_t Height, size_t Width>
struct Window {
  size_t first;  // of its numbers in the input
  size_t height, width;
  size_t row, pixel;  // from one to the next in the input

  template <class Body>
  FIGURATE_LAMBDA void each(const Body& body) const {
    const size_t h = Height > 0 ? Height : height, w = Width > 0 ? Width : width;
    for (size_t y = 0; y < h; ++y) {
      for (size_t x = 0; x < w; ++x) body(first + y * row + x * pixel);
    }
  }
  FIGURATE_LAMBDA size_t size() const { return height * width; }
};

struct Extent {
  size_t first, size;
};

// Window `i` along one direction.
FIGURATE_INLINE Extent inside(size_t i, size_t stride, size_t pool, size_t before, size_t extent) {
  const size_t start = i * stride, first = start > before ? start - before : 0;
  const size_t end = start + pool - before, last = end < extent ? end : extent;
  return {first, last - first};
}

// Calls body(window, place of the pixel in the output).
template <class Body>
FIGURATE_INLINE void for_windows(const Pooling& p, const Body& body) {
  const size_t row = p.width * p.channels;
  for (size_t y = 0; y < p.out_height; ++y) {
    const Extent down = inside(y, p.stride_y, p.pool_height, p.top, p.height);
    for (size_t x = 0; x < p.out_width; ++x) {
      const Extent across = inside(x, p.stride_x, p.pool_width, p.left, p.width);
      const size_t first = down.first * row + across.first * p.channels, to = (y * p.out_width + x) * p.channels;
      if (down.size == 2 && across.size == 2) {
        body(Window<2, 2>{first, 2, 2, row, p.channels}, to);
      } else {
        body(Window<0, 0>{first, down.size, across.size, row, p.channels}, to);
      }
    }
  }
}

// NaN if either is.
FIGURATE_INLINE V larger(V a, V b) { return select(b != b, b, maximum(b, a)); }

FIGURATE_INLINE V masked(I mask, V value) { return as_float(mask & as_int(value)); }

// Zero where the windows that are to come don't reach, or where more than one does and adds to it.
FIGURATE_INLINE void clear(const Pooling& p, float* gradient) {
  const bool covers = p.out_height * p.stride_y >= p.height && p.out_width * p.stride_x >= p.width &&
                      p.stride_y == p.pool_height && p.stride_x == p.pool_width;
  if (covers) return;
  for (size_t i = 0; i < p.height * p.width * p.channels; ++i) gradient[i] = 0.0f;
}

FIGURATE_INLINE bool overlaps(const Pooling& p) { return p.stride_y < p.pool_height || p.stride_x < p.pool_width; }

// To the first of the largest numbers of each window.
template <bool Overlaps>
void spread_to_largest(const Pooling& p, const float* in, const float* out, const float* out_gradient,
                       float* in_gradient) {
  const Channels channels(p.channels);
  for_windows(p, [&](const auto& window, size_t from) FIGURATE_LAMBDA {
    channels.each([&](size_t c, const auto& access) FIGURATE_LAMBDA {
      const V largest = access.get(out + from + c), gradient = access.get(out_gradient + from + c);
      I free = ~I{};
      window.each([&](size_t place) FIGURATE_LAMBDA {
        const I is_it = free & (access.get(in + place + c) == largest);
        const V share = masked(is_it, gradient);
        float* const to = in_gradient + place + c;
        access.put(to, Overlaps ? access.get(to) + share : share);
        free &= ~is_it;
      });
    });
  });
}

template <bool Overlaps>
void spread_evenly(const Pooling& p, const float* out_gradient, float* in_gradient) {
  const Channels channels(p.channels);
  for_windows(p, [&](const auto& window, size_t from) FIGURATE_LAMBDA {
    const V part = splat(1.0f / static_cast<float>(window.size()));
    channels.each([&](size_t c, const auto& access) FIGURATE_LAMBDA {
      const V share = access.get(out_gradient + from + c) * part;
      window.each([&](size_t place) FIGURATE_LAMBDA {
        float* const to = in_gradient + place + c;
        access.put(to, Overlaps ? access.get(to) + share : share);
      });
    });
  });
}

}  // namespace

void max_pool(const Pooling& p, const float* in, float* out) {
  const Channels channels(p.channels);
  for_windows(p, [&](const auto& window, size_t to) FIGURATE_LAMBDA {
    channels.each([&](size_t c, const auto& access) FIGURATE_LAMBDA {
      V largest = access.get(in + window.first + c);
      window.each([&](size_t place) FIGURATE_LAMBDA {
        if (place != window.first) largest = larger(largest, access.get(in + place + c));
      });
      access.put(out + to + c, largest);
    });
  });
}

void max_pool_backward(const Pooling& p, const float* in, const float* out, const float* out_gradient,
                       float* in_gradient) {
  clear(p, in_gradient);
  (overlaps(p) ? spread_to_largest<true> : spread_to_largest<false>)(p, in, out, out_gradient, in_gradient);
}

void average_pool(const Pooling& p, const float* in, float* out) {
  const Channels channels(p.channels);
  for_windows(p, [&](const auto& window, size_t to) FIGURATE_LAMBDA {
    const V part = splat(1.0f / static_cast<float>(window.size()));
    channels.each([&](size_t c, const auto& access) FIGURATE_LAMBDA {
      V sum = {};
      window.each([&](size_t place) FIGURATE_LAMBDA { sum += access.get(in + place + c); });
      access.put(out + to + c, sum * part);
    });
  });
}

void average_pool_backward(const Pooling& p, const float* out_gradient, float* in_gradient) {
  clear(p, in_gradient);
  (overlaps(p) ? spread_evenly<true> : spread_evenly<false>)(p, out_gradient, in_gradient);
}

}  // namespace figurate::FIGURATE_ISA
