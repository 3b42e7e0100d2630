#include "predict.h"

#include <algorithm>
#include <atomic>
#include <bit>
#include <cmath>
#include <cstring>

#include "../cpu.h"
#include "../kernels/table.h"
#include "../thread_pool.h"
#include "figures.h"
#include "workspace.h"

namespace figurate {

namespace {

// Another thread is worth waking for as many figures as are taken in four times (about 20 µs of the lesson's network).
constexpr size_t kTimesPerThread = 4;

bool load(const uint8_t* x, size_t count, double scale, double offset, float* row) {
  kernels().bytes_to_floats(x, row, count, split_scale(scale, offset));
  return true;
}

// False if a number is not finite. The exponent's bits are looked at instead of calling isfinite, so that the loop is
// vectorised.
template <class T>
bool load(const T* x, size_t count, double scale, double offset, float* row) {
  const auto a = static_cast<float>(scale), b = static_cast<float>(offset);
  if (a == 1.0f && b == 0.0f) {
    for (size_t i = 0; i < count; ++i) row[i] = static_cast<float>(x[i]);
  } else {
    for (size_t i = 0; i < count; ++i) row[i] = static_cast<float>(x[i]) * a + b;
  }
  constexpr uint32_t kExponent = 0x7f800000;
  uint32_t highest = 0;
  for (size_t i = 0; i < count; ++i) highest = std::max(highest, std::bit_cast<uint32_t>(row[i]) & kExponent);
  return highest != kExponent;
}

}  // namespace

template <class T>
void predict(const Network& network, const T* x, size_t count, int threads, float* outputs) {
  const size_t inputs = network.inputs(), width = network.outputs();
  const size_t at_once = Plan(network, network.layers().size(), false).rows_at_once();
  const auto worth = static_cast<int>(std::clamp<size_t>(count / (kTimesPerThread * at_once), 1, 1024));
  std::atomic<size_t> next{0};  // whoever is free takes the next rows
  const auto job = [&](int) {
    const size_t most = std::min(at_once, count);
    Workspace workspace(network, network.layers().size(), most, Workspace::Use::kPrediction);
    std::vector<Pass> passes = workspace.passes(most);
    while (true) {
      const size_t first = next.fetch_add(at_once, std::memory_order_relaxed);
      if (first >= count) return;
      const size_t rows = std::min(at_once, count - first);
      if (rows != most) passes = workspace.passes(rows);
      const Matrix input = workspace.input(rows), output = workspace.output(rows);
      for (size_t r = 0; r < rows; ++r) {
        if (load(x + (first + r) * inputs, inputs, network.scale(), network.offset(), input.row(r))) continue;
        const size_t at = static_cast<size_t>(
            std::find_if_not(input.row(r), input.row(r) + inputs, [](float v) { return std::isfinite(v); }) -
            input.row(r));
        throw not_finite(static_cast<double>(x[(first + r) * inputs + at]), first + r, at);
      }
      for (size_t i = 0; i < passes.size(); ++i) {
        if (!network.layers()[i]->passes_through(false)) network.layers()[i]->forward(passes[i], {0, rows});
      }
      for (size_t r = 0; r < rows; ++r)
        std::memcpy(outputs + (first + r) * width, output.row(r), width * sizeof(float));
    }
  };
  if (worth == 1 || threads == 1) {
    const FlushDenormals scope;  // as every thread of a team does: the bits must not depend on it
    return job(0);
  }
  Team(std::min(threads, worth)).run(job);
}

template void predict<uint8_t>(const Network&, const uint8_t*, size_t, int, float*);
template void predict<float>(const Network&, const float*, size_t, int, float*);
template void predict<double>(const Network&, const double*, size_t, int, float*);

}  // namespace figurate
