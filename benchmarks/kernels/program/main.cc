// figurate_kernels THREADS REPEATS SECONDS [LAYER...]: the processor's peak and what the kernels of some layers reach,
// as JSON. layers.h says how a layer is described; without any the peak alone is measured. It is measured again before
// every layer, beside which it is told.
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <string>

#include "kernels/table.h"
#include "layers.h"
#include "peak.h"

namespace {

constexpr int kPeakSlices = 5;

int run(int threads, int repeats, double seconds, int layers, char** descriptions) {
  const figurate::Effort effort{threads, repeats, seconds};
  const auto peak = [&] { return figurate::peak(threads, kPeakSlices, seconds); };
  std::printf(R"({"instruction_set": "%s", "threads": %d, "peak": %.2f, "layers": [)", figurate::kernels().name,
              threads, peak());
  for (int i = 0; i < layers; ++i) {
    const double before = peak();
    const figurate::Measured m = figurate::measure(descriptions[i], effort);
    std::printf(R"(%s{"layer": "%s", "peak": %.2f, "operations": %.0f, "rows": %zu, "live": %.4f, )", i > 0 ? ", " : "",
                descriptions[i], before, m.operations, m.rows, m.live);
    std::printf(R"("forward": %.3f, "weights": %.3f, "inputs": %.3f})", m.forward, m.weights, m.inputs);
  }
  std::printf("]}\n");
  return 0;
}

}  // namespace

int main(int count, char** arguments) {
  if (count < 4) {
    std::fprintf(stderr, "usage: figurate_kernels THREADS REPEATS SECONDS [LAYER...]\n");
    return 2;
  }
  try {
    return run(std::atoi(arguments[1]), std::atoi(arguments[2]), std::atof(arguments[3]), count - 4, arguments + 4);
  } catch (const std::exception& error) {
    std::fprintf(stderr, "%s\n", error.what());
    return 1;
  }
}
