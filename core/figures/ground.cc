#include "ground.h"

#include <algorithm>
#include <array>
#include <cmath>

namespace figurate {

namespace {

// Fewer levels of 255 between ground and strokes than this are dirt.
constexpr float kLeastContrast = 12.0f;
// Up to so many levels off, a pixel is of an even ground.
constexpr float kEven = 2.0f;
// The part of a full stroke's strength below which a pixel is taken for ground.
constexpr float kGroundBelow = 0.3f;
// As many pixels as tell what the ground is like, and as many as tell how strong strokes are, which are few.
constexpr size_t kBorderSamples = 400, kGroundSamples = 1000, kStrokeSamples = 2500;

using Terms = std::array<double, 6>;

// 1, v, u, v², uv, u² of a place, both counted from -1 to 1.
Terms terms_of(const Plane& picture, int y, int x) {
  const double v = 2.0 * (y + 0.5) / picture.height - 1.0, u = 2.0 * (x + 0.5) / picture.width - 1.0;
  return {1.0, v, u, v * v, u * v, u * u};
}

// A surface of the second degree (of the first: three terms), fitted by weighted least squares.
class Surface {
 public:
  void begin(int terms) {
    count_ = terms;
    for (auto& row : products_) row.fill(0.0);
    sums_.fill(0.0);
  }

  void add(const Terms& terms, double value, double weight) {
    for (size_t i = 0; i < static_cast<size_t>(count_); ++i) {
      for (size_t j = 0; j <= i; ++j) products_[i][j] += weight * terms[i] * terms[j];
      sums_[i] += weight * terms[i] * value;
    }
  }

  // Cholesky's method, the diagonal made a little larger, so that terms that nothing speaks for stay small.
  void solve() {
    const auto n = static_cast<size_t>(count_);
    const double ridge = 1e-6 * (products_[0][0] + 1e-9);
    std::array<Terms, 6> lower{};
    for (size_t i = 0; i < n; ++i) {
      for (size_t j = 0; j <= i; ++j) {
        double sum = products_[i][j] + (i == j ? ridge : 0.0);
        for (size_t k = 0; k < j; ++k) sum -= lower[i][k] * lower[j][k];
        lower[i][j] = i == j ? std::sqrt(std::max(sum, 1e-12)) : sum / lower[j][j];
      }
    }
    Terms half{};
    for (size_t i = 0; i < n; ++i) {
      double sum = sums_[i];
      for (size_t k = 0; k < i; ++k) sum -= lower[i][k] * half[k];
      half[i] = sum / lower[i][i];
    }
    factors_.fill(0.0);
    for (size_t i = n; i-- > 0;) {
      double sum = half[i];
      for (size_t k = i + 1; k < n; ++k) sum -= lower[k][i] * factors_[k];
      factors_[i] = sum / lower[i][i];
    }
  }

  double at(const Terms& terms) const {
    double sum = 0.0;
    for (size_t i = 0; i < terms.size(); ++i) sum += factors_[i] * terms[i];
    return sum;
  }

  // The surface along row y of a picture, kept within what pixels can be.
  void along_row(const Plane& picture, int y, float lowest, float* to) const {
    const double v = 2.0 * (y + 0.5) / picture.height - 1.0;
    const auto constant = static_cast<float>(factors_[0] + factors_[1] * v + factors_[3] * v * v);
    const auto linear = static_cast<float>(factors_[2] + factors_[4] * v);
    const auto square = static_cast<float>(factors_[5]);
    const float step = 2.0f / static_cast<float>(picture.width);
    for (int x = 0; x < picture.width; ++x) {
      const float u = (static_cast<float>(x) + 0.5f) * step - 1.0f;
      to[x] = std::clamp(constant + u * (linear + u * square), lowest, 255.0f);
    }
  }

 private:
  int count_ = 0;
  std::array<Terms, 6> products_{};
  Terms sums_{}, factors_{};
};

// A pixel that the surface is fitted to.
struct Sample {
  Terms terms;
  double value;
};

int ring_width(const Plane& picture) { return std::max(1, std::min(picture.height, picture.width) / 20); }

// Calls each(y, x) along the border.
template <class Each>
void along_border(const Plane& picture, const Each& each) {
  const int ring = ring_width(picture);
  for (int y = 0; y < picture.height; ++y) {
    const bool whole = y < ring || y >= picture.height - ring;
    for (int x = 0; x < picture.width; ++x) {
      if (!whole && x == ring && picture.width > 2 * ring) x = picture.width - ring;
      each(y, x);
    }
  }
}

double median_distance(const std::vector<Sample>& samples, const Surface& surface) {
  std::vector<float> distances(samples.size());
  std::transform(samples.begin(), samples.end(), distances.begin(), [&](const Sample& sample) {
    return static_cast<float>(std::abs(sample.value - surface.at(sample.terms)));
  });
  return quantile(distances, 0.5);
}

// So many pixels of a picture at most, evenly spread.
std::vector<float> some_of(const Plane& picture, size_t most) {
  // An odd step, which does not stay in one column.
  const size_t step = picture.size() <= most ? 1 : (picture.size() / most) | 1;
  std::vector<float> found;
  found.reserve(picture.size() / step + 1);
  for (size_t i = 0; i < picture.size(); i += step) found.push_back(picture.values[i]);
  return found;
}

// The tone of the ground: the border's usual one, or the whole picture's where more of both is like that. A line along
// the border misleads the first, a figure that fills the picture the second.
float ground_tone(const Plane& picture, std::vector<float> border, float contrast) {
  std::vector<float> all = some_of(picture, kGroundSamples);
  const float candidates[] = {quantile(border, 0.5), quantile(all, 0.5)};
  float best = candidates[0];
  double most = 0.0;
  for (const float tone : candidates) {
    const auto support = [&](const std::vector<float>& values) {
      const auto count = std::count_if(values.begin(), values.end(),
                                       [&](float value) { return std::abs(value - tone) <= 0.15f * contrast; });
      return static_cast<double>(count) / static_cast<double>(values.size());
    };
    const double found = support(border) + support(all);
    if (found <= most) continue;
    most = found;
    best = tone;
  }
  return best;
}

// The ground's surface, of the first degree, from the border and a few hundred pixels within: what is far from it
// counts little (Cauchy's weights). Returns how far the ground's pixels usually are from it.
double fit_plane(const Plane& picture, float tone, Surface& surface) {
  std::vector<Sample> samples;
  const size_t ring = static_cast<size_t>(2 * ring_width(picture) * (picture.height + picture.width));
  const size_t every = 1 + ring / kBorderSamples;
  samples.reserve(2 * kBorderSamples);
  size_t passed = 0;
  along_border(picture, [&](int y, int x) {
    if (passed++ % every == 0) samples.push_back({terms_of(picture, y, x), picture.row(y)[x]});
  });
  const int step = std::max(2, static_cast<int>(std::sqrt(static_cast<double>(picture.size()) / 400.0)));
  for (int y = step / 2; y < picture.height; y += step) {
    for (int x = step / 2; x < picture.width; x += step) {
      samples.push_back({terms_of(picture, y, x), picture.row(y)[x]});
    }
  }
  surface.begin(1);
  surface.add({1.0}, tone, 1.0);
  surface.solve();
  double scale = 0.0;
  for (int round = 0; round < 4; ++round) {
    scale = std::max(1.48 * median_distance(samples, surface), 1.0);
    Surface next;
    next.begin(3);
    for (const Sample& sample : samples) {
      const double distance = (sample.value - surface.at(sample.terms)) / (2.0 * scale);
      next.add(sample.terms, sample.value, 1.0 / (1.0 + distance * distance));
    }
    next.solve();
    surface = next;
  }
  return scale;
}

// The same of the second degree, fitted to all that is ground.
void fit_ground(const Plane& picture, bool light, float peak, Surface& surface) {
  const int step = std::max(1, static_cast<int>(std::sqrt(static_cast<double>(picture.size()) / kGroundSamples)));
  for (int round = 0; round < 3; ++round) {
    Surface next;
    next.begin(6);
    size_t count = 0;
    for (int y = 0; y < picture.height; y += step) {
      for (int x = 0; x < picture.width; x += step) {
        const Terms terms = terms_of(picture, y, x);
        const double distance = (picture.row(y)[x] - surface.at(terms)) * (light ? 1.0 : -1.0);
        if (std::abs(distance) > kGroundBelow * peak) continue;
        next.add(terms, picture.row(y)[x], 1.0);
        ++count;
      }
    }
    if (count < 24) return;
    next.solve();
    surface = next;
  }
}

// An even ground, as drawings and scans have it: much of the border is of that one tone, and much of everything.
bool is_even(const Plane& picture, const std::vector<float>& border, float tone) {
  const auto close = [tone](float value) { return std::abs(value - tone) <= kEven; };
  const auto alike = static_cast<size_t>(std::count_if(border.begin(), border.end(), close));
  const auto all = static_cast<size_t>(std::count_if(picture.values.begin(), picture.values.end(), close));
  return alike * 10 >= border.size() * 4 && all * 10 >= picture.size() * 4;
}

// How much darker (or, for light strokes, lighter) than the surface each pixel is.
void measure(const Plane& picture, const Surface& surface, bool light, Plane& to) {
  to.resize(picture.height, picture.width);
  std::vector<float> ground(static_cast<size_t>(picture.width));
  const float sign = light ? 1.0f : -1.0f;
  for (int y = 0; y < picture.height; ++y) {
    surface.along_row(picture, y, 1.0f, ground.data());
    const float* const row = picture.row(y);
    float* const out = to.row(y);
    for (int x = 0; x < picture.width; ++x) out[x] = sign * (row[x] - ground[static_cast<size_t>(x)]);
  }
}

// Which of the two, darker or lighter, differs more from the ground; `found` is how much darker each pixel is.
bool strokes_are_light(const Plane& found, float least) {
  float darker = 0.0f, lighter = 0.0f;
  for (const float distance : found.values) {
    darker += distance > least ? distance * distance : 0.0f;
    lighter += distance < -least ? distance * distance : 0.0f;
  }
  return lighter > darker;
}

// Ink takes a part of the light that falls on paper: where there is less light, there is less to take.
void make_up_for_light(const Plane& picture, const Surface& surface, Plane& found) {
  const auto middle = static_cast<float>(surface.at(terms_of(picture, picture.height / 2, picture.width / 2)));
  std::vector<float> ground(static_cast<size_t>(picture.width));
  for (int y = 0; y < picture.height; ++y) {
    surface.along_row(picture, y, 16.0f, ground.data());
    float* const row = found.row(y);
    for (int x = 0; x < picture.width; ++x) row[x] *= middle / ground[static_cast<size_t>(x)];
  }
}

}  // namespace

// The strength of a full stroke: of the pixels that are more than half as strong as the strongest, 85 in a hundred have
// less.
float stroke_strength(const Plane& ink) {
  std::vector<float> values = some_of(ink, kStrokeSamples);
  const float strongest = quantile(values, 0.995);
  values.erase(std::remove_if(values.begin(), values.end(), [&](float v) { return v <= 0.5f * strongest; }),
               values.end());
  return quantile(values, 0.85);
}

bool find_ink(Plane& picture, Ink& ink) {
  std::vector<float> border;
  along_border(picture, [&](int y, int x) { border.push_back(picture.row(y)[x]); });
  const auto [low, high] = std::minmax_element(picture.values.begin(), picture.values.end());
  const float tone = ground_tone(picture, border, *high - *low);
  ink.even = is_even(picture, border, tone);
  if (ink.even) {
    double darker = 0.0, lighter = 0.0;
    for (const float value : picture.values) (value > tone ? lighter : darker) += (value - tone) * (value - tone);
    ink.light = lighter > darker;
    for (float& value : picture.values) {
      value = ink.light ? value - tone : tone - value;
      if (std::abs(value) <= kEven) value = 0.0f;
    }
    ink.floor = 0.0f;
    ink.peak = stroke_strength(picture);
    return ink.peak >= kLeastContrast;
  }

  Surface surface;
  const auto scale = static_cast<float>(fit_plane(picture, tone, surface));
  Plane found;
  measure(picture, surface, false, found);
  ink.light = strokes_are_light(found, 3.0f * scale + 6.0f);
  if (ink.light) measure(picture, surface, true, found);
  fit_ground(picture, ink.light, stroke_strength(found), surface);
  measure(picture, surface, ink.light, found);
  if (!ink.light) make_up_for_light(picture, surface, found);
  ink.peak = stroke_strength(found);
  // The ground's own unevenness: from the half of it that is on the other side of the ground than strokes are, which
  // no stroke makes larger.
  std::vector<float> other = some_of(found, kStrokeSamples);
  other.erase(std::remove_if(other.begin(), other.end(), [](float value) { return value >= 0.0f; }), other.end());
  for (float& value : other) value = -value;
  ink.floor = std::min(2.5f * 1.48f * quantile(other, 0.5), 0.4f * ink.peak);
  picture.values.swap(found.values);
  return ink.peak >= kLeastContrast && ink.peak > 2.0f * ink.floor;
}

}  // namespace figurate
