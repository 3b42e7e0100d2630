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

namespace figurate {

namespace {

// Another thread is worth waking for as many figures as are taken in four times (about 20 µs of the lesson's network).
constexpr size_t kTimesPerThread = 4;
// Ways kept for single figures; as many threads may predict one by one without asking for memory.
constexpr size_t kMostWays = 8;

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

Predictor::Way::Way(const Network& network, size_t most)
    : workspace(network, network.layers().size(), most, Workspace::Use::kPrediction),
      rows(most),
      passes(workspace.passes(most)) {}

Predictor::Predictor(const Network& network)
    : network_(network), at_once_(Plan(network, network.layers().size(), false).rows_at_once()), together_(network) {}

std::unique_ptr<Predictor::Way> Predictor::take(size_t rows) {
  // Nobody waits: another thread may have held the lock when this process was forked.
  if (const std::unique_lock lock(mutex_, std::try_to_lock); lock && rows == 1 && !ways_.empty()) {
    std::unique_ptr<Way> way = std::move(ways_.back());
    ways_.pop_back();
    return way;
  }
  return std::make_unique<Way>(network_, rows);
}

void Predictor::give_back(std::unique_ptr<Way> way) {
  if (way->workspace.capacity() > 1) return;
  const std::unique_lock lock(mutex_, std::try_to_lock);
  if (lock && ways_.size() < kMostWays) ways_.push_back(std::move(way));
}

template <class T>
void Predictor::predict(Way& way, const T* x, Range figures, int threads, float* outputs) {
  const size_t inputs = network_.inputs(), width = network_.outputs(), rows = figures.size();
  if (rows != way.rows) way.passes = way.workspace.passes(way.rows = rows);
  const Matrix input = way.workspace.input(rows), output = way.workspace.output(rows);
  for (size_t r = 0; r < rows; ++r) {
    const T* const figure = x + (figures.first + r) * inputs;
    if (load(figure, inputs, network_.scale(), network_.offset(), input.row(r))) continue;
    const auto at = static_cast<size_t>(
        std::find_if_not(input.row(r), input.row(r) + inputs, [](float v) { return std::isfinite(v); }) - input.row(r));
    throw not_finite(static_cast<double>(figure[at]), figures.first + r, at);
  }
  const bool done = threads > 1 && together_.forward(way.passes, threads);
  for (size_t i = 0; !done && i < way.passes.size(); ++i) {
    const Layer& layer = *network_.layers()[i];
    if (!layer.passes_through(false)) layer.forward(way.passes[i], {0, rows});
  }
  for (size_t r = 0; r < rows; ++r) {
    std::memcpy(outputs + (figures.first + r) * width, output.row(r), width * sizeof(float));
  }
}

template <class T>
void Predictor::predict(const T* x, size_t count, int threads, float* outputs) {
  const auto worth = static_cast<int>(std::clamp<size_t>(count / (kTimesPerThread * at_once_), 1, 1024));
  // Threads share figures where there are many, else each figure's layers where these are worth it.
  const int together = worth > 1 ? 1 : std::min(threads, together_.most_threads());
  const size_t step = together > 1 ? 1 : at_once_;
  std::atomic<size_t> next{0};  // whoever is free takes the next rows
  const auto job = [&](int) {
    std::unique_ptr<Way> way = take(std::min(step, count));
    while (true) {
      const size_t first = next.fetch_add(step, std::memory_order_relaxed);
      if (first >= count) break;
      predict(*way, x, {first, std::min(first + step, count)}, together, outputs);
    }
    give_back(std::move(way));
  };
  if (worth == 1 || threads == 1) {
    const FlushDenormals scope;  // as every thread of a team does: the bits must not depend on it
    return job(0);
  }
  Team(std::min(threads, worth)).run(job);
}

template void Predictor::predict<uint8_t>(const uint8_t*, size_t, int, float*);
template void Predictor::predict<float>(const float*, size_t, int, float*);
template void Predictor::predict<double>(const double*, size_t, int, float*);

}  // namespace figurate
