#include "evaluate.h"

#include <atomic>
#include <chrono>
#include <numeric>

#include "../thread_pool.h"

namespace figurate {

namespace {

using Clock = std::chrono::steady_clock;

// Between two looks for Ctrl-C.
constexpr auto kTickEvery = std::chrono::milliseconds(40);

}  // namespace

std::vector<double> evaluate(const Network& network, const Criteria& criteria, const Labelled& data, int threads,
                             const Tick& tick) {
  const size_t at_once = Plan(network, criteria.loss->depth(), false).rows_at_once();
  const size_t count = data.figures->count(), batches = (count + at_once - 1) / at_once;
  network.check_features(data.figures->features());
  std::vector<uint32_t> figures(count);
  std::iota(figures.begin(), figures.end(), 0u);
  std::vector<Sums> sums(batches, Sums(criteria.metrics.size()));
  std::atomic<bool> stop{false};
  std::atomic<size_t> next{0};  // whoever is free takes the next batch
  Team team(batches > 1 ? threads : 1);
  team.run([&](int rank) {
    Workspace workspace(network, criteria.loss->depth(), at_once, Workspace::Use::kEvaluation);
    Scores scores(criteria, workspace, at_once, network.outputs());
    Batch whole(network, workspace, at_once, {});
    Batch rest(network, workspace, count % at_once, {});
    auto last_tick = Clock::now();
    while (!stop.load(std::memory_order_relaxed)) {
      const size_t step = next.fetch_add(1, std::memory_order_relaxed);
      if (step >= batches) break;
      Batch& batch = (step + 1) * at_once <= count ? whole : rest;
      const Range rows{0, batch.rows()};
      batch.take(*data.figures, figures.data() + step * at_once);
      batch.load(*data.figures, rows, {0, batch.parts()});
      batch.forward(rows);
      scores.judge(data, batch, rows);
      scores.add_to(sums[step], batch.rows());
      if (rank == 0 && tick && Clock::now() - last_tick >= kTickEvery) {
        if (!tick(step, {})) stop = true;
        last_tick = Clock::now();
      }
    }
  });
  Sums all(criteria.metrics.size());
  for (const Sums& of_batch : sums) all.add(of_batch);
  return all.means();
}

}  // namespace figurate
