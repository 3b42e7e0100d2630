#include "pooling.h"

#include <algorithm>

namespace figurate {

namespace {

// [rows, columns], both at least 1.
std::pair<size_t, size_t> extents(const Options& options, const std::string& name) {
  const std::vector<int64_t> pair = options.integers(name);
  check<ValueError>(pair.size() == 2 && pair[0] > 0 && pair[1] > 0,
                    "pooling expects two numbers of at least 1 as " + name);
  return {static_cast<size_t>(pair[0]), static_cast<size_t>(pair[1])};
}

// How many windows there are along one direction, and how far the first reaches out.
struct Line {
  size_t count, before;
};

Line line(size_t extent, size_t pool, size_t stride, bool same) {
  if (!same) return {(extent - pool) / stride + 1, 0};
  const size_t count = (extent + stride - 1) / stride, reach = (count - 1) * stride + pool;
  return {count, reach > extent ? (reach - extent) / 2 : 0};
}

Shape shape_of(const Pooling& p) { return {p.out_height, p.out_width, p.channels}; }

}  // namespace

Pooling pooling_of(const Shape& input, const Options& options) {
  check(input.size() == 3,
        "pooling expects figures of shape (height, width, channels), received shape " + to_string(input));
  const auto [pool_height, pool_width] = extents(options, "pool_size");
  const auto [stride_y, stride_x] = extents(options, "strides");
  const std::string padding = options.text("padding");
  check<ValueError>(padding == "valid" || padding == "same",
                    "pooling expects padding 'valid' or 'same', received '" + padding + "'");
  const bool same = padding == "same";
  check(same || (pool_height <= input[0] && pool_width <= input[1]),
        "pooling expects figures of at least " + to_string(Shape{pool_height, pool_width}) +
            " pixels, as large as its pool_size, received shape " + to_string(input) +
            ". Use a smaller pool_size, fewer layers that shrink the figure, or padding 'same'.");
  const Line down = line(input[0], pool_height, stride_y, same), across = line(input[1], pool_width, stride_x, same);
  return {input[0],   input[1], input[2], down.count,  across.count, pool_height,
          pool_width, stride_y, stride_x, down.before, across.before};
}

MaxPooling::MaxPooling(const Shape& input, const Options& options)
    : Layer(input, {}), pooling_(pooling_of(input, options)) {
  output_shape_ = shape_of(pooling_);
}

void MaxPooling::forward(const Pass& p, Range rows) const {
  for (size_t r = rows.first; r < rows.last; ++r) kernels().max_pool(pooling_, p.input.row(r), p.output.row(r));
}

void MaxPooling::backward(const Pass& p, Range rows) const {
  for (size_t r = rows.first; r < rows.last; ++r) {
    kernels().max_pool_backward(pooling_, p.input.row(r), p.output.row(r), p.output_gradient.row(r),
                                p.input_gradient.row(r));
  }
}

AveragePooling::AveragePooling(const Shape& input, const Options& options)
    : Layer(input, {}), pooling_(pooling_of(input, options)) {
  output_shape_ = shape_of(pooling_);
}

void AveragePooling::forward(const Pass& p, Range rows) const {
  for (size_t r = rows.first; r < rows.last; ++r) kernels().average_pool(pooling_, p.input.row(r), p.output.row(r));
}

void AveragePooling::backward(const Pass& p, Range rows) const {
  for (size_t r = rows.first; r < rows.last; ++r) {
    kernels().average_pool_backward(pooling_, p.output_gradient.row(r), p.input_gradient.row(r));
  }
}

}  // namespace figurate
