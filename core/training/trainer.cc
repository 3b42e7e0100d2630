#include "trainer.h"

#include <algorithm>
#include <chrono>
#include <numeric>

#include "../random.h"

namespace figurate {

namespace {

using Clock = std::chrono::steady_clock;

}  // namespace

Trainer::Trainer(Network& network, const Spec& loss, const Spec& optimizer, const std::vector<Spec>& metrics,
                 uint64_t seed, int threads)
    : network_(network),
      criteria_{make_loss(loss, network), {}},
      optimizer_(make_optimizer(optimizer)),
      seed_(seed),
      threads_(threads),
      pace_(threads) {
  for (const Spec& metric : metrics) criteria_.metrics.push_back(make_metric(metric));
  for (const auto& layer : network_.layers()) {
    for (Parameter& parameter : layer->parameters()) parameter.slots.clear();
    optimizer_->prepare(layer->parameters());
  }
  for (const char* name : {"clipnorm", "global_clipnorm"}) {
    if (!optimizer.options.has(name)) continue;
    clipping_ = std::make_unique<NormClipping>(network_, optimizer.options.number(name, 0.0),
                                               name == std::string("global_clipnorm"));
  }
}

void Trainer::take_averages() {
  for (const auto& weight : network_.trainable_weights()) {
    Parameter& parameter = weight.parameter();
    const Buffer<float>& averages = parameter.slots[optimizer_->slot(kAverage)];
    std::copy_n(averages.data(), averages.size(), parameter.values.data());
  }
}

void Trainer::swap_averages() {
  for (const auto& weight : network_.trainable_weights()) {
    Parameter& parameter = weight.parameter();
    Buffer<float>& averages = parameter.slots[optimizer_->slot(kAverage)];
    std::swap_ranges(averages.data(), averages.data() + averages.size(), parameter.values.data());
  }
}

void Trainer::prepare(const Labelled& data, const Epoch& epoch) {
  const size_t count = data.figures->count(), batch = std::min(epoch.batch_size, count);
  network_.check_features(data.figures->features());
  const bool anew = order_.size() != count || order_epoch_ != epoch.epoch || order_shuffled_ != epoch.shuffle;
  if (anew) {
    order_.resize(count);
    if (epoch.shuffle) {
      shuffled_order(order_, count, seed_, epoch.epoch);
    } else {
      std::iota(order_.begin(), order_.end(), 0u);
    }
    order_epoch_ = epoch.epoch;
    order_shuffled_ = epoch.shuffle;
  }
  if (batch_rows_ != batch) {
    workspace_ = std::make_unique<Workspace>(network_, criteria_.loss->depth(), batch, Workspace::Use::kTraining);
    scores_ = std::make_unique<Scores>(criteria_, *workspace_, batch, network_.outputs());
    batch_rows_ = batch;
  }
  if (anew || epoch.first_step == 0) sums_ = Sums(criteria_.metrics.size());
  nonfinite_ = false;
}

std::vector<double> Trainer::fit(const Labelled& data, const Epoch& epoch, const Tick& tick) {
  prepare(data, epoch);
  Team alone(1), team(threads_);
  Epoch stretch = epoch;
  while (stretch.first_step < epoch.last_step && !stopped_nonfinite()) {
    Pace::Stretch pace = pace_.next();
    pace.steps = std::min(pace.steps, epoch.last_step - stretch.first_step);
    stretch.last_step = stretch.first_step + pace.steps;
    const auto start = Clock::now();
    Team& chosen = pace.threads > 1 ? team : alone;
    Handout handout(static_cast<size_t>(chosen.size()));
    chosen.run([&](int rank) { run(chosen, rank, data, stretch, handout); });
    pace_.took(pace, std::chrono::duration<double>(Clock::now() - start).count(), chosen.take_waited());
    stretch.first_step = stretch.last_step;
    if (tick && !tick(stretch.first_step, sums_.means())) break;
  }
  return sums_.means();
}

void Trainer::update(Team& team, size_t rank, const Batch& batch, const Update& step) {
  const auto ranks = static_cast<size_t>(team.size());
  const Update& taker = clipping_ ? clipping_->keeper() : step;
  for (size_t i = 0; i < batch.passes().size(); ++i) {
    Layer& layer = *network_.layers()[i];
    // A layer of one shard falls to the first thread, whose part of the figures is their top: a little less of it has
    // ink.
    const size_t place = batch.passes()[i].parts != nullptr ? rank : ranks - 1 - rank;
    if (layer.shards() > 0) layer.update(batch.passes()[i], share(layer.shards(), place, ranks), taker);
  }
  if (!clipping_) return;
  team.barrier();
  clipping_->square(rank, ranks);
  team.barrier();
  clipping_->step(step, rank, ranks);
}

void Trainer::judge(const Labelled& data, const Batch& batch, Range rows) {
  if (!scores_->judge(data, batch, rows)) nonfinite_.store(true, std::memory_order_relaxed);
}

// Up to the gradient at the first layer with weights.
void Trainer::step_by_shard(Team& team, size_t rank, const Labelled& data, Batch& batch) {
  const auto ranks = static_cast<size_t>(team.size());
  const Range rows = share(batch.rows(), rank, ranks), all{0, batch.rows()}, parts{0, batch.parts()};
  const bool by_shard = batch.started_by_shard();
  batch.load(*data.figures, by_shard ? all : rows, by_shard ? share(parts.last, rank, ranks) : parts);
  if (by_shard) team.barrier();
  batch.forward(rows);
  judge(data, batch, rows);
  batch.backward(rows);
}

void Trainer::step_by_slice(Team& team, size_t rank, const Labelled& data, Batch& batch, Sweep& sweep, Turns& turns) {
  const auto ranks = static_cast<size_t>(team.size());
  bool prepares = false;
  for (size_t i = 0; i < batch.passes().size(); ++i) {
    const Layer& layer = *network_.layers()[i];
    if (layer.prepared_size() == 0) continue;
    layer.prepare(batch.passes()[i], share(layer.shards(), rank, ranks));
    prepares = true;
  }
  if (prepares) team.barrier();
  const size_t stages = workspace_->plan().stages().size(), slices = slice_count(batch.rows());
  const Sweep::Judge judged = [&](Range rows) { judge(data, batch, rows); };
  for (size_t stage = 0; stage < stages; ++stage) {
    if (stage > 0) team.barrier();
    turns.take_all(slices, [&](size_t slice) { sweep.forward(batch, *data.figures, slice, stage, judged); });
  }
  for (size_t stage = stages - 1; stage-- > 0;) {
    team.barrier();
    turns.take_all(slices, [&](size_t slice) { sweep.backward(batch, slice, stage); });
  }
}

void Trainer::run(Team& team, int rank_number, const Labelled& data, const Epoch& epoch, Handout& handout) {
  const auto rank = static_cast<size_t>(rank_number);
  const size_t count = order_.size(), size = batch_rows_;
  const uint64_t done_before = iterations;
  uint64_t taken = 0;
  const Batch::Setting setting{true, seed_, epoch.epoch, epoch.augments};
  Batch whole(network_, *workspace_, size, setting);
  Batch rest(network_, *workspace_, count % size, setting);
  const bool by_slice = workspace_->plan().sliced();
  Sweep sweep(network_, *workspace_, criteria_.loss->depth());
  Turns turns(handout, rank);
  for (size_t step = epoch.first_step; step < epoch.last_step; ++step) {
    const size_t first = step * size, next = first + size;
    Batch& batch = next <= count ? whole : rest;
    batch.take(*data.figures, order_.data() + first, order_.data() + std::min(next, count),
               next < count ? std::min(size, count - next) : 0);
    if (by_slice) {
      step_by_slice(team, rank, data, batch, sweep, turns);
    } else {
      step_by_shard(team, rank, data, batch);
    }
    team.barrier();
    if (nonfinite_.load(std::memory_order_relaxed)) break;
    update(team, rank, batch, *optimizer_->step(done_before + taken + 1, epoch.learning_rates[step]));
    if (rank == 0) scores_->add_to(sums_, batch.rows());
    if (!batch.started_by_shard() || clipping_) team.barrier();
    ++taken;
  }
  if (rank == 0) iterations = done_before + taken;
}

}  // namespace figurate
