#include "pieces.h"

#include <algorithm>

namespace figurate {

namespace {

// What is at least so strong is of a piece.
constexpr float kOfPiece = 0.3f;
// A piece with less than this part of the greatest one's ink is a speck; one that touches the border, and the greatest
// does not, is of something else below the second.
constexpr float kSpeck = 0.04f, kNoisySpeck = 0.12f, kFromBeyond = 0.25f;

// How far from a piece its soft edge goes, in pixels of a picture of a hundred and more.
constexpr int kMostReach = 3;

struct Piece {
  float ink = 0;
  int pixels = 0;
  bool touches = false;
  bool kept = false;
};

// Numbers the pieces from 1 on, neighbours over corners too.
std::vector<Piece> find_pieces(const Plane& ink, std::vector<int>& labels) {
  labels.assign(ink.size(), 0);
  std::vector<Piece> pieces(1);
  std::vector<int> open;
  for (int start = 0; start < static_cast<int>(ink.size()); ++start) {
    if (labels[static_cast<size_t>(start)] != 0 || ink.values[static_cast<size_t>(start)] < kOfPiece) continue;
    const int label = static_cast<int>(pieces.size());
    Piece piece;
    labels[static_cast<size_t>(start)] = label;
    open.push_back(start);
    while (!open.empty()) {
      const int place = open.back();
      open.pop_back();
      const int y = place / ink.width, x = place % ink.width;
      piece.ink += ink.values[static_cast<size_t>(place)];
      ++piece.pixels;
      piece.touches |= y == 0 || x == 0 || y == ink.height - 1 || x == ink.width - 1;
      for (int j = std::max(y - 1, 0); j <= std::min(y + 1, ink.height - 1); ++j) {
        for (int i = std::max(x - 1, 0); i <= std::min(x + 1, ink.width - 1); ++i) {
          const auto next = static_cast<size_t>(j * ink.width + i);
          if (labels[next] != 0 || ink.values[next] < kOfPiece) continue;
          labels[next] = label;
          open.push_back(static_cast<int>(next));
        }
      }
    }
    pieces.push_back(piece);
  }
  return pieces;
}

}  // namespace

void keep_figure(Plane& ink, bool noisy, std::vector<int>& labels) {
  std::vector<Piece> pieces = find_pieces(ink, labels);
  const auto greatest =
      std::max_element(pieces.begin() + 1, pieces.end(), [](const Piece& a, const Piece& b) { return a.ink < b.ink; });
  if (greatest == pieces.end()) return;
  const float most = greatest->ink;
  const bool touches = greatest->touches;
  for (auto piece = pieces.begin() + 1; piece != pieces.end(); ++piece) {
    piece->kept = piece->ink >= (noisy ? kNoisySpeck : kSpeck) * most &&
                  !(piece->touches && !touches && piece->ink < kFromBeyond * most);
  }
  // What belongs to no piece, the soft edge of strokes, stays where it is close to one that is kept.
  const int reach = std::clamp(std::max(ink.height, ink.width) / 40, 1, kMostReach);
  const auto kept = [&](int y, int x) {
    return pieces[static_cast<size_t>(labels[static_cast<size_t>(y * ink.width + x)])].kept;
  };
  for (int y = 0; y < ink.height; ++y) {
    float* const row = ink.row(y);
    for (int x = 0; x < ink.width; ++x) {
      if (row[x] <= 0.0f || kept(y, x)) continue;
      bool close = false;
      if (labels[static_cast<size_t>(y * ink.width + x)] == 0) {
        for (int j = std::max(y - reach, 0); j <= std::min(y + reach, ink.height - 1) && !close; ++j) {
          for (int i = std::max(x - reach, 0); i <= std::min(x + reach, ink.width - 1) && !close; ++i) {
            close = kept(j, i);
          }
        }
      }
      if (!close) row[x] = 0.0f;
    }
  }
}

}  // namespace figurate
