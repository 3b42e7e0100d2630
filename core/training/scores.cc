#include "scores.h"

#include <cmath>

namespace figurate {

void Sums::add(const Sums& other) {
  loss += other.loss;
  count += other.count;
  for (size_t m = 0; m < over.size(); ++m) over[m] += other.over[m], under[m] += other.under[m];
}

std::vector<double> Sums::means() const {
  std::vector<double> values = {count > 0 ? loss / count : 0.0};
  for (size_t m = 0; m < over.size(); ++m) values.push_back(under[m] > 0 ? over[m] / under[m] : 0.0);
  return values;
}

Scores::Scores(const Criteria& criteria, const Workspace& workspace, size_t rows, size_t outputs)
    : criteria_(criteria),
      workspace_(workspace),
      capacity_(rows),
      predictions_(rows, outputs),
      losses_(rows),
      scratch_(rows),
      fractions_(rows * criteria.metrics.size()) {}

bool Scores::judge(const Labelled& data, const Batch& batch, Range rows) {
  LossPass pass{};
  pass.output = workspace_.output(batch.rows());
  pass.predictions = criteria_.loss->fused() ? predictions_.view() : pass.output;
  pass.gradient = workspace_.output_gradient(batch.rows());
  pass.targets = &data.targets;
  pass.sample_weight = data.sample_weight;
  pass.figures = batch.figures();
  pass.losses = losses_.data();
  pass.scratch = scratch_.data();
  pass.scale = 1.0f / static_cast<float>(batch.rows());
  criteria_.loss->rows(pass, rows);
  for (size_t m = 0; m < criteria_.metrics.size(); ++m) {
    const Metric& metric = *criteria_.metrics[m];
    for (size_t r = rows.first; r < rows.last; ++r) {
      fractions_[m * capacity_ + r] =
          metric.of(pass.predictions.row(r), pass.predictions.columns, data.targets, pass.figures[r]);
    }
  }
  bool finite = true;
  for (size_t r = rows.first; r < rows.last; ++r) finite = finite && std::isfinite(losses_[r]);
  return finite;
}

void Scores::add_to(Sums& sums, size_t rows) const {
  for (size_t r = 0; r < rows; ++r) sums.loss += losses_[r];
  sums.count += static_cast<double>(rows);
  for (size_t m = 0; m < criteria_.metrics.size(); ++m) {
    const Fraction* const fractions = fractions_.data() + m * capacity_;
    for (size_t r = 0; r < rows; ++r) {
      sums.over[m] += fractions[r].over;
      sums.under[m] += fractions[r].under;
    }
  }
}

}  // namespace figurate
