/* ---- pieces: specks, and what reaches in from beyond the border, are left out ------------------------------------ */

#define OF_PIECE 0.3f
#define SPECK 0.04f
#define NOISY_SPECK 0.12f
#define FROM_BEYOND 0.25f
#define MOST_REACH 3

/* Puts a place on the stack of those whose neighbours are to be looked at. The stack is a list within the labels: a
   place on it has the next one's number, from -2 (none) down, so that no more room is needed. */
static int put(float* labels, int place, int top) {
  labels[place] = (float)(-3 - top);
  return place;
}

/* Labels the piece that `start` is of; returns its ink, below 0 where it touches the border. */
static float follow_piece(const struct plane* ink, float* labels, int start, int label) {
  float sum = 0.0f;
  int touches = 0, top = put(labels, start, -1);
  while (top >= 0) {
    const int place = top, y = place / ink->width, x = place % ink->width;
    top = -3 - (int)labels[place];
    labels[place] = (float)label;
    sum += ink->values[place];
    touches |= y == 0 || x == 0 || y == ink->height - 1 || x == ink->width - 1;
    for (int j = larger(y - 1, 0); j <= smaller(y + 1, ink->height - 1); ++j) {
      for (int i = larger(x - 1, 0); i <= smaller(x + 1, ink->width - 1); ++i) {
        const int next = j * ink->width + i;
        if (labels[next] != 0.0f || ink->values[next] < OF_PIECE) continue;
        top = put(labels, next, top);
      }
    }
  }
  return touches ? -sum : sum;
}

/* Clears all ink (0..1) but the figure's pieces and what lies close around them; of pictures that were noisy, smaller
   pieces count as specks, too. */
static void keep_figure(struct room* my, int noisy) {
  struct plane* const ink = &my->picture;
  float *const labels = my->second.values, *const pieces =
                                               my->third.values; /* what a piece has, then whether it stays */
  int count = 0, greatest = 0;
  memset(labels, 0, (size_t)size_of(ink) * sizeof(float));
  pieces[0] = 0.0f;
  for (int start = 0; start < size_of(ink); ++start) {
    if (labels[start] > 0.0f || ink->values[start] < OF_PIECE) continue;
    ++count;
    pieces[count] = follow_piece(ink, labels, start, count);
    if (fabsf(pieces[count]) > fabsf(pieces[greatest])) greatest = count;
  }
  if (count == 0) return;
  const float most = fabsf(pieces[greatest]), least = (noisy ? NOISY_SPECK : SPECK) * most;
  const int touches = pieces[greatest] < 0.0f;
  for (int i = 1; i <= count; ++i) {
    const float own = fabsf(pieces[i]);
    const int kept = own >= least && !(pieces[i] < 0.0f && !touches && own < FROM_BEYOND * most);
    pieces[i] = kept ? 1.0f : 0.0f;
  }
  /* What belongs to no piece, the soft edge of strokes, stays where it is close to one that is kept. */
  const int reach = smaller(larger(larger(ink->height, ink->width) / 40, 1), MOST_REACH);
  for (int y = 0; y < ink->height; ++y) {
    for (int x = 0; x < ink->width; ++x) {
      const int label = (int)labels[y * ink->width + x];
      int close = pieces[label] > 0.0f;
      if (close || row_of(ink, y)[x] <= 0.0f) continue;
      if (label == 0) {
        for (int j = larger(y - reach, 0); j <= smaller(y + reach, ink->height - 1) && !close; ++j) {
          for (int i = larger(x - reach, 0); i <= smaller(x + reach, ink->width - 1) && !close; ++i) {
            close = pieces[(int)labels[j * ink->width + i]] > 0.0f;
          }
        }
      }
      if (!close) row_of(ink, y)[x] = 0.0f;
    }
  }
}
