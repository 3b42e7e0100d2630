#include "trainer.h"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <numeric>

#include "../random.h"

namespace figurate {

namespace {

using Clock = std::chrono::steady_clock;

// Between two looks for Ctrl-C while evaluating.
constexpr auto kTickEvery = std::chrono::milliseconds(40);

// Figures that evaluation takes at once: their activations stay in L2.
constexpr size_t kEvaluationRows = 64;

// The layer that the loaded figures meet first.
size_t first_layer(const Network& network, bool training) {
  size_t i = 0;
  while (i < network.layers().size() && network.layers()[i]->passes_through(training)) ++i;
  return i;
}

}  // namespace

// One thread's view of a batch.
struct Trainer::Batch {
  size_t rows = 0;
  const uint32_t* figures = nullptr;  // in each row
  const uint32_t* next = nullptr;     // of the batch after this one, or null
  size_t next_rows = 0;
  Matrix input;
  std::vector<Pass> passes;
  std::vector<const uint64_t*> ink;

  Batch(const Workspace& workspace, size_t batch_rows, uint64_t seed, uint64_t epoch, bool training)
      : rows(batch_rows), input(workspace.input(batch_rows)), passes(workspace.passes(batch_rows)), ink(batch_rows) {
    for (Pass& pass : passes) pass.seed = seed, pass.epoch = epoch, pass.training = training;
  }

  // Zeros can be skipped by the layer that reads the loaded figures, if loading leaves zeros zero.
  void take(const uint32_t* chosen, const Network& network, const Figures& data, bool training) {
    figures = chosen;
    for (Pass& pass : passes) pass.figures = chosen;
    const size_t first = first_layer(network, training);
    if (network.offset() != 0.0 || first >= passes.size()) return;
    for (size_t r = 0; r < rows; ++r) ink[r] = data.ink(chosen[r]);
    passes[first].ink = ink.data();
  }
};

Trainer::Trainer(Network& network, const Spec& loss, const Spec& optimizer, const std::vector<Spec>& metrics,
                 uint64_t seed, int threads)
    : network_(network),
      loss_(make_loss(loss, network)),
      optimizer_(make_optimizer(optimizer)),
      seed_(seed),
      threads_(threads),
      pace_(threads) {
  for (const Spec& metric : metrics) metrics_.push_back(make_metric(metric));
  for (const auto& layer : network_.layers()) {
    for (Parameter& parameter : layer->parameters()) parameter.slots.clear();
    optimizer_->prepare(layer->parameters());
  }
}

std::vector<double> Trainer::Sums::means() const {
  std::vector<double> values = {count > 0 ? loss / count : 0.0};
  for (size_t m = 0; m < over.size(); ++m) values.push_back(under[m] > 0 ? over[m] / under[m] : 0.0);
  return values;
}

Layer* Trainer::first_sharded() const {
  const size_t first = first_layer(network_, true);
  if (first >= loss_->depth()) return nullptr;
  Layer* layer = network_.layers()[first].get();
  return layer->forwards_by_shard() ? layer : nullptr;
}

void Trainer::prepare(const Labelled& data, const Epoch& epoch) {
  const size_t count = data.figures->count(), batch = std::min(epoch.batch_size, count);
  check(data.figures->features() == network_.inputs(), "the network expects figures of " +
                                                           std::to_string(network_.inputs()) + " numbers, received " +
                                                           std::to_string(data.figures->features()));
  if (order_.size() != count || order_epoch_ != epoch.epoch || order_shuffled_ != epoch.shuffle) {
    order_.resize(count);
    if (epoch.shuffle) {
      shuffled_order(order_, count, seed_, epoch.epoch);
    } else {
      std::iota(order_.begin(), order_.end(), 0u);
    }
    order_epoch_ = epoch.epoch;
    order_shuffled_ = epoch.shuffle;
  }
  if (workspace_ == nullptr || workspace_rows_ != batch) {
    workspace_ = std::make_unique<Workspace>(network_, loss_->depth(), batch, true);
    workspace_rows_ = batch;
    predictions_ = Tensor(batch, network_.outputs());
    losses_.resize(batch);
    loss_scratch_.resize(batch);
    fractions_.resize(batch * metrics_.size());
  }
  // Anew, or for a trainer that goes on where another stopped.
  if (epoch.first_step == 0 || sums_.over.size() != metrics_.size()) {
    sums_ = Sums{0, 0, std::vector<double>(metrics_.size()), std::vector<double>(metrics_.size())};
  }
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
    chosen.run([&](int rank) { run(chosen, rank, data, stretch); });
    const double late = static_cast<double>(chosen.take_late()) / static_cast<double>(pace.steps * 2);
    pace_.took(pace, std::chrono::duration<double>(Clock::now() - start).count(), late);
    stretch.first_step = stretch.last_step;
    if (tick && !tick(stretch.first_step, sums_.means())) break;
  }
  return sums_.means();
}

// Loads and, by shard, starts the forward pass: inputs of these shards for all rows.
void Trainer::load_and_start(const Labelled& data, const Batch& batch, Range rows, Range shards) const {
  Layer* const sharded = first_sharded();
  Range inputs{0, network_.inputs()};
  if (sharded != nullptr) {
    if (shards.size() == 0) return;
    inputs = {sharded->shard_inputs(shards.first).first, sharded->shard_inputs(shards.last - 1).last};
  }
  const ByteScale scale = data.figures->byte_scale(network_.scale(), network_.offset());
  for (size_t r = rows.first; r < rows.last; ++r)
    data.figures->load(batch.figures[r], inputs, scale, batch.input.row(r));
  if (batch.next != nullptr) {
    for (size_t r = rows.first; r < std::min(rows.last, batch.next_rows); ++r)
      data.figures->prefetch(batch.next[r], inputs);
  }
  if (sharded != nullptr) sharded->forward_shards(batch.passes[first_layer(network_, true)], shards);
}

void Trainer::measure(const LossPass& pass, Range rows, Fraction* fractions, size_t stride) const {
  for (size_t m = 0; m < metrics_.size(); ++m) {
    for (size_t r = rows.first; r < rows.last; ++r) {
      fractions[m * stride + r] =
          metrics_[m]->of(pass.predictions.row(r), pass.predictions.columns, *pass.targets, pass.figures[r]);
    }
  }
}

// The rest of the forward pass, the loss and the backward pass of some rows.
void Trainer::rows_phase(const Labelled& data, Batch& batch, Range rows) {
  const auto& layers = network_.layers();
  const Layer* const sharded = first_sharded();
  const size_t depth = loss_->depth();
  for (size_t i = 0; i < depth; ++i) {
    if (layers[i].get() == sharded) {
      layers[i]->finish(batch.passes[i], rows);
    } else if (!layers[i]->passes_through(true)) {
      layers[i]->forward(batch.passes[i], rows);
    }
  }
  LossPass pass{};
  pass.output = workspace_->output(batch.rows);
  pass.predictions = loss_->fused() ? predictions_.view() : pass.output;
  pass.gradient = workspace_->output_gradient(batch.rows);
  pass.targets = &data.targets;
  pass.sample_weight = data.sample_weight;
  pass.figures = batch.figures;
  pass.losses = losses_.data();
  pass.scratch = loss_scratch_.data();
  pass.scale = 1.0f / static_cast<float>(batch.rows);
  loss_->rows(pass, rows);
  bool finite = true;
  for (size_t r = rows.first; r < rows.last; ++r) finite = finite && std::isfinite(losses_[r]);
  if (!finite) nonfinite_.store(true, std::memory_order_relaxed);
  measure(pass, rows, fractions_.data(), workspace_rows_);
  for (size_t i = depth; i-- > 0 && batch.passes[i].input_gradient.data != nullptr;) {
    if (!layers[i]->passes_through(true)) layers[i]->backward(batch.passes[i], rows);
  }
}

void Trainer::update_phase(const Batch& batch, size_t rank, size_t ranks, uint64_t iteration, float rate) {
  const std::unique_ptr<Update> step = optimizer_->step(iteration, rate);
  for (size_t i = 0; i < loss_->depth(); ++i) {
    Layer& layer = *network_.layers()[i];
    if (layer.shards() > 0) layer.update(batch.passes[i], share(layer.shards(), rank, ranks), *step);
  }
}

// Adds a batch's losses and metrics to the epoch's.
void Trainer::add_up(size_t rows) {
  for (size_t r = 0; r < rows; ++r) sums_.loss += losses_[r];
  sums_.count += static_cast<double>(rows);
  for (size_t m = 0; m < metrics_.size(); ++m) {
    const Fraction* fractions = fractions_.data() + m * workspace_rows_;
    for (size_t r = 0; r < rows; ++r) {
      sums_.over[m] += fractions[r].over;
      sums_.under[m] += fractions[r].under;
    }
  }
}

void Trainer::run(Team& team, int rank_number, const Labelled& data, const Epoch& epoch) {
  const auto rank = static_cast<size_t>(rank_number), ranks = static_cast<size_t>(team.size());
  const size_t count = order_.size(), size = workspace_rows_;
  const Layer* const sharded = first_sharded();
  const Range shards = sharded != nullptr ? share(sharded->shards(), rank, ranks) : Range{0, 0};
  const uint64_t done_before = iterations;
  uint64_t taken = 0;
  Batch whole(*workspace_, size, seed_, epoch.epoch, true);
  Batch rest(*workspace_, count % size == 0 ? size : count % size, seed_, epoch.epoch, true);
  for (size_t step = epoch.first_step; step < epoch.last_step; ++step) {
    const size_t first = step * size, next = first + size;
    Batch& batch = next <= count ? whole : rest;
    batch.take(order_.data() + first, network_, *data.figures, true);
    batch.next = next < count ? order_.data() + next : nullptr;
    batch.next_rows = next < count ? std::min(size, count - next) : 0;
    const Range rows = share(batch.rows, rank, ranks, 2);

    load_and_start(data, batch, sharded != nullptr ? Range{0, batch.rows} : rows, shards);
    if (sharded != nullptr) team.barrier();
    rows_phase(data, batch, rows);
    team.barrier();
    if (nonfinite_.load(std::memory_order_relaxed)) break;
    update_phase(batch, rank, ranks, done_before + taken + 1, epoch.learning_rates[step]);
    if (rank == 0) add_up(batch.rows);
    if (sharded == nullptr) team.barrier();
    ++taken;
  }
  if (rank == 0) iterations = done_before + taken;
}

std::vector<double> Trainer::evaluate(const Labelled& data, const Tick& tick) const {
  const size_t count = data.figures->count();
  check(data.figures->features() == network_.inputs(), "the network expects figures of " +
                                                           std::to_string(network_.inputs()) + " numbers, received " +
                                                           std::to_string(data.figures->features()));
  std::vector<float> losses(count), scratch(count);
  std::vector<Fraction> fractions(count * metrics_.size());
  std::vector<uint32_t> identity(count);
  std::iota(identity.begin(), identity.end(), 0u);
  std::atomic<bool> stop{false};
  std::atomic<size_t> next{0};  // whoever is free takes the next rows
  const ByteScale scale = data.figures->byte_scale(network_.scale(), network_.offset());
  Team team(count > kEvaluationRows ? threads_ : 1);
  team.run([&](int rank) {
    const Workspace workspace(network_, loss_->depth(), kEvaluationRows, false);
    const Tensor predictions(kEvaluationRows, network_.outputs());
    auto last_tick = Clock::now();
    while (!stop.load(std::memory_order_relaxed)) {
      const size_t first = next.fetch_add(kEvaluationRows, std::memory_order_relaxed);
      if (first >= count) break;
      const size_t rows = std::min(kEvaluationRows, count - first);
      Batch batch(workspace, rows, seed_, 0, false);
      batch.take(identity.data() + first, network_, *data.figures, false);
      for (size_t r = 0; r < rows; ++r)
        data.figures->load(first + r, {0, network_.inputs()}, scale, batch.input.row(r));
      for (size_t i = 0; i < batch.passes.size(); ++i) {
        if (!network_.layers()[i]->passes_through(false)) network_.layers()[i]->forward(batch.passes[i], {0, rows});
      }
      LossPass pass{};
      pass.output = workspace.output(rows);
      pass.predictions = loss_->fused() ? predictions.view() : pass.output;
      pass.targets = &data.targets;
      pass.sample_weight = data.sample_weight;
      pass.figures = batch.figures;
      pass.losses = losses.data() + first;
      pass.scratch = scratch.data() + first;
      pass.scale = 1.0f;
      loss_->rows(pass, {0, rows});
      measure(pass, {0, rows}, fractions.data() + first, count);
      if (rank == 0 && tick && Clock::now() - last_tick >= kTickEvery) {
        if (!tick(first / kEvaluationRows, {})) stop = true;
        last_tick = Clock::now();
      }
    }
  });
  Sums sums{0, static_cast<double>(count), std::vector<double>(metrics_.size()), std::vector<double>(metrics_.size())};
  for (const float loss : losses) sums.loss += loss;
  for (size_t m = 0; m < metrics_.size(); ++m) {
    for (size_t i = 0; i < count; ++i) {
      sums.over[m] += fractions[m * count + i].over;
      sums.under[m] += fractions[m * count + i].under;
    }
  }
  return sums.means();
}

}  // namespace figurate
