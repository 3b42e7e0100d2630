// What a network makes of figures.
#pragma once

#include <memory>
#include <mutex>
#include <vector>

#include "network.h"
#include "together.h"
#include "workspace.h"

namespace figurate {

// Predicts with a network, which is only read: any number of threads may predict at once. The memory that one figure
// passes through is kept for the next call, since finding it takes as long as a small network does.
class Predictor {
 public:
  explicit Predictor(const Network& network);

  // outputs (count, network.outputs()) of figures x (count, network.inputs()) of uint8_t, float or double, on up to
  // `threads` threads.
  template <class T>
  void predict(const T* x, size_t count, int threads, float* outputs);

 private:
  struct Way {
    Way(const Network& network, size_t rows);
    Workspace workspace;
    size_t rows;
    std::vector<Pass> passes;
  };

  template <class T>
  void predict(Way& way, const T* x, Range figures, int threads, float* outputs);
  std::unique_ptr<Way> take(size_t rows);
  void give_back(std::unique_ptr<Way> way);

  const Network& network_;
  size_t at_once_;
  Together together_;
  std::mutex mutex_;
  std::vector<std::unique_ptr<Way>> ways_;  // for one figure each, free
};

}  // namespace figurate
