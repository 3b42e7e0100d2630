#include "rules.h"

#include <algorithm>
#include <cmath>

namespace figurate {

namespace {

// The least part of a full stroke that a line has.
constexpr float kFaint = 0.1f;
// A line covers so much of its row, and of both ends of it: strokes cross it, but do not reach from edge to edge.
constexpr float kCovered = 0.8f, kEndsCovered = 0.75f;
// A line as dark as strokes is told from a stroke by its thinness; a fainter one is no stroke at all.
constexpr float kFainter = 0.75f;
// Lines slope by up to a twentieth.
constexpr int kSlope = 20;
// The ends of narrower pictures, two pixels each, are not apart.
constexpr int kNarrowest = 4;

// Rows that slope: how far down each column of one lies.
struct Slope {
  int rise;  // pixels from the left edge to the right
  std::vector<int> shifts;

  Slope(int rise_, int width) : rise(rise_), shifts(static_cast<size_t>(width)) {
    for (int x = 0; x < width; ++x) {
      shifts[static_cast<size_t>(x)] =
          static_cast<int>(std::lround(rise * (static_cast<float>(x) / static_cast<float>(width) - 0.5f)));
    }
  }
  int operator()(int x) const { return shifts[static_cast<size_t>(x)]; }
};

int end_of(const Plane& ink) { return std::max(2, ink.width / 12); }

bool is_line(const Plane& ink, int y, const Slope& slope, float least) {
  const int end = end_of(ink);
  const auto inked = [&](int x) {
    const int row = y + slope(x);
    return row >= 0 && row < ink.height && ink.row(row)[x] > least;
  };
  int at_ends = 0;
  for (int x = 0; x < end; ++x) at_ends += inked(x) + inked(ink.width - 1 - x);
  if (static_cast<float>(at_ends) < kEndsCovered * static_cast<float>(2 * end)) return false;
  int count = at_ends;
  for (int x = end; x < ink.width - end; ++x) count += inked(x);
  return static_cast<float>(count) >= kCovered * static_cast<float>(ink.width);
}

// Whether there is ink at both ends of rows, or of columns, at all: a figure alone seldom reaches from edge to edge.
bool may_have_rows(const Plane& ink, float least) {
  bool left = false, right = false;
  for (int y = 0; y < ink.height; ++y) {
    left |= ink.row(y)[0] > least;
    right |= ink.row(y)[ink.width - 1] > least;
  }
  return left && right;
}

bool may_have_columns(const Plane& ink, float least) {
  const auto inked = [least](float value) { return value > least; };
  const float *const top = ink.row(0), *const bottom = ink.row(ink.height - 1);
  return std::any_of(top, top + ink.width, inked) && std::any_of(bottom, bottom + ink.width, inked);
}

// What half of a row's pixels are below.
float level_of(const Plane& ink, int y, const Slope& slope) {
  std::vector<float> values;
  for (int x = 0; x < ink.width; ++x) {
    const int row = y + slope(x);
    if (row >= 0 && row < ink.height) values.push_back(ink.row(row)[x]);
  }
  return quantile(values, 0.5);
}

// Rows [first, last) are a line of this strength: what lies there is a stroke only where one goes on above and below,
// or along it on one side, or where it is stronger than the line. `trace` is what is left of a line's blur beside it.
void take_out(Plane& ink, int first, int last, const Slope& slope, float level, float trace, const Plane& before) {
  const int thickness = last - first, reach = thickness / 2 + 1;
  for (int x = 0; x < ink.width; ++x) {
    const int above = first + slope(x) - 1, below = last + slope(x);
    float through = 0.0f;
    for (int way = -reach; way <= reach; ++way) {
      // Straight on, or aslant through the line.
      const float from = at(before, above, x - way), onto = at(before, below, x + way);
      // Beyond the border there is as much as on the line's other side.
      const float least = above < 0 ? onto : below >= ink.height ? from : std::min(from, onto);
      through = std::max(through, least);
    }
    const float over = at(before, above, x), under = at(before, below, x);
    for (int y = std::max(above + 1, 0); y < std::min(below, ink.height); ++y) {
      float& value = ink.row(y)[x];
      const float beyond = value > 1.3f * level ? value : 0.0f;
      const float along = 2 * (y - above) <= thickness + 1 ? over : under;
      value = std::min(value, std::max({through, beyond, along}));
    }
    for (const int y : {above, below}) {
      if (y >= 0 && y < ink.height && ink.row(y)[x] < trace) ink.row(y)[x] = 0.0f;
    }
  }
}

// The slope along which most lines are found; without lines level. `count` says how many rows they take.
Slope best_slope(const Plane& ink, float least, int& count) {
  Slope best(0, ink.width);
  count = 0;
  const int steepest = std::max(1, ink.width / kSlope);
  // Level first, then ever steeper, to and fro.
  for (int step = 0; step <= 2 * steepest; ++step) {
    const Slope slope((step + 1) / 2 * (step % 2 ? 1 : -1), ink.width);
    int lines = 0;
    for (int y = 0; y < ink.height; ++y) lines += is_line(ink, y, slope, least);
    if (lines <= count) continue;
    count = lines;
    best = slope;
  }
  return best;
}

struct Line {
  int first, last;  // rows, the second behind the last
  float level;
};

std::vector<Line> lines_of(const Plane& ink, const Slope& slope, float least) {
  std::vector<Line> found;
  const int edge = std::abs(slope.rise);
  for (int y = -edge; y < ink.height + edge; ++y) {
    if (!is_line(ink, y, slope, least)) continue;
    if (found.empty() || found.back().last != y) found.push_back({y, y, 0.0f});
    found.back().last = y + 1;
    found.back().level = std::max(found.back().level, level_of(ink, y, slope));
  }
  return found;
}

// The lines along rows, all of one slope.
struct Lines {
  Slope slope{0, 0};
  std::vector<Line> lines;
};

Lines find_lines(const Plane& ink, float peak) {
  const float least = kFaint * peak;
  Lines found;
  int rows = 0;
  if (ink.width >= kNarrowest && may_have_rows(ink, least)) found.slope = best_slope(ink, least, rows);
  if (rows == 0) return found;
  found.lines = lines_of(ink, found.slope, least);
  // Of several parallel lines none is a stroke.
  const int thickest = found.lines.size() > 1 ? std::max(3, ink.height / 8) : std::max(2, ink.height / 14);
  const auto is_stroke = [&](const Line& line) {
    return line.last - line.first > thickest && line.level >= kFainter * peak;
  };
  found.lines.erase(std::remove_if(found.lines.begin(), found.lines.end(), is_stroke), found.lines.end());
  return found;
}

void take_out_all(Plane& ink, const Lines& found, float trace, Plane& before) {
  before.resize(ink.height, ink.width);
  before.values = ink.values;
  for (const Line& line : found.lines) {
    take_out(ink, line.first, line.last, found.slope, line.level, trace, before);
  }
}

}  // namespace

bool remove_rules(Plane& ink, float peak, Plane& scratch) {
  Plane turned;
  const Lines rows = find_lines(ink, peak);
  Lines columns;
  if (may_have_columns(ink, kFaint * peak)) {
    transpose(ink, turned);
    columns = find_lines(turned, peak);
  }
  if (!rows.lines.empty()) take_out_all(ink, rows, 2 * kFaint * peak, scratch);
  if (columns.lines.empty()) return !rows.lines.empty();
  if (!rows.lines.empty()) transpose(ink, turned);
  take_out_all(turned, columns, 2 * kFaint * peak, scratch);
  transpose(turned, ink);
  return true;
}

}  // namespace figurate
