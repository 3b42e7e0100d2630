#include "trainer.h"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <numeric>

#include "../random.h"

namespace figurate {

namespace {

using Clock = std::chrono::steady_clock;

// How often the caller hears of progress and may stop the run. A fifth of the time in which Ctrl-C must be obeyed.
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

Trainer::Trainer(Network& network, const Spec& loss, const Spec& optimizer, const std::vector<Spec>& metrics, uint64_t seed,
                 int threads)
    : network_(network), loss_(make_loss(loss, network)), optimizer_(make_optimizer(optimizer)), seed_(seed), threads_(threads) {
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

std::vector<double> Trainer::fit(const Labelled& data, const Epoch& epoch, const Tick& tick) {
  const size_t count = data.figures->count(), batch = std::min(epoch.batch_size, count);
  check(data.figures->features() == network_.inputs(), "the network expects figures of " + std::to_string(network_.inputs()) +
                                                           " numbers, received " + std::to_string(data.figures->features()));
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
  if (epoch.first_step == 0) sums_ = Sums{0, 0, std::vector<double>(metrics_.size()), std::vector<double>(metrics_.size())};
  stop_ = false;
  nonfinite_ = false;
  Team team(threads_);
  team.run([&](int rank) { run(team, rank, data, epoch, tick); });
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
  for (size_t r = rows.first; r < rows.last; ++r) data.figures->load(batch.figures[r], inputs, scale, batch.input.row(r));
  if (batch.next != nullptr) {
    for (size_t r = rows.first; r < std::min(rows.last, batch.next_rows); ++r) data.figures->prefetch(batch.next[r], inputs);
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

void Trainer::run(Team& team, int rank_number, const Labelled& data, const Epoch& epoch, const Tick& tick) {
  const auto rank = static_cast<size_t>(rank_number), ranks = static_cast<size_t>(team.size());
  const size_t count = order_.size(), size = workspace_rows_;
  const Layer* const sharded = first_sharded();
  const Range shards = sharded != nullptr ? share(sharded->shards(), rank, ranks) : Range{0, 0};
  const uint64_t done_before = iterations;
  Batch whole(*workspace_, size, seed_, epoch.epoch, true);
  Batch rest(*workspace_, count % size == 0 ? size : count % size, seed_, epoch.epoch, true);
  auto last_tick = Clock::now();
  for (size_t step = epoch.first_step; step < epoch.last_step; ++step) {
    const size_t first = step * size;
    Batch& batch = first + size <= count ? whole : rest;
    batch.take(order_.data() + first, network_, *data.figures, true);
    const size_t next = first + size;
    batch.next = step + 1 < epoch.last_step ? order_.data() + next : nullptr;
    batch.next_rows = next < count ? std::min(size, count - next) : 0;
    const Range rows = share(batch.rows, rank, ranks, 2);

    load_and_start(data, batch, sharded != nullptr ? Range{0, batch.rows} : rows, shards);
    if (sharded != nullptr) {
      team.barrier();
      if (stop_.load(std::memory_order_relaxed)) return;
    }
    rows_phase(data, batch, rows);
    team.barrier();
    if (nonfinite_.load(std::memory_order_relaxed)) return;
    update_phase(batch, rank, ranks, done_before + (step - epoch.first_step) + 1, epoch.learning_rates[step]);
    if (rank == 0) {
      ++iterations;
      for (size_t r = 0; r < batch.rows; ++r) sums_.loss += losses_[r];
      sums_.count += static_cast<double>(batch.rows);
      for (size_t m = 0; m < metrics_.size(); ++m) {
        for (size_t r = 0; r < batch.rows; ++r) {
          sums_.over[m] += fractions_[m * workspace_rows_ + r].over;
          sums_.under[m] += fractions_[m * workspace_rows_ + r].under;
        }
      }
      if (const auto now = Clock::now(); tick && now - last_tick >= kTickEvery) {
        if (!tick(step + 1, sums_.means())) stop_.store(true, std::memory_order_relaxed);
        last_tick = Clock::now();
      }
    }
    if (sharded == nullptr) {
      team.barrier();
      if (stop_.load(std::memory_order_relaxed)) return;
    }
  }
}

std::vector<double> Trainer::evaluate(const Labelled& data, const Tick& tick) const {
  const size_t count = data.figures->count();
  check(data.figures->features() == network_.inputs(), "the network expects figures of " + std::to_string(network_.inputs()) +
                                                           " numbers, received " + std::to_string(data.figures->features()));
  std::vector<float> losses(count), scratch(count);
  std::vector<Fraction> fractions(count * metrics_.size());
  std::vector<uint32_t> identity(count);
  std::iota(identity.begin(), identity.end(), 0u);
  std::atomic<bool> stop{false};
  const ByteScale scale = data.figures->byte_scale(network_.scale(), network_.offset());
  Team team(count > kEvaluationRows ? threads_ : 1);
  team.run([&](int rank) {
    const Workspace workspace(network_, loss_->depth(), kEvaluationRows, false);
    const Tensor predictions(kEvaluationRows, network_.outputs());
    const Range own = share(count, static_cast<size_t>(rank), static_cast<size_t>(team.size()), kEvaluationRows);
    auto last_tick = Clock::now();
    for (size_t first = own.first; first < own.last && !stop.load(std::memory_order_relaxed); first += kEvaluationRows) {
      const size_t rows = std::min(kEvaluationRows, own.last - first);
      Batch batch(workspace, rows, seed_, 0, false);
      batch.take(identity.data() + first, network_, *data.figures, false);
      for (size_t r = 0; r < rows; ++r) data.figures->load(first + r, {0, network_.inputs()}, scale, batch.input.row(r));
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
