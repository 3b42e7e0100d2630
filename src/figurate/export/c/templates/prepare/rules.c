/* ---- rules: lines from edge to edge, taken out of the ink without cutting the strokes that cross them ------------ */

#define FAINT 0.1f
#define COVERED 0.8f
#define ENDS_COVERED 0.75f
#define FAINTER 0.75f
#define SLOPE 20
#define NARROWEST 4

struct line {
  int first, last; /* rows, the second behind the last */
  float level;
};

/* Where lines are looked for: an ink, the rise of its rows, and how far down each column of such a row lies. */
struct search {
  const struct plane* ink;
  int rise;
  float* shifts; /* (width,), whole numbers */
  float* values; /* room for one row */
  float* lines;  /* three floats each */
  int count;
};

static void set_slope(struct search* search, int rise) {
  const int width = search->ink->width;
  search->rise = rise;
  for (int x = 0; x < width; ++x) {
    search->shifts[x] = (float)lroundf((float)rise * ((float)x / (float)width - 0.5f));
  }
}

static int shift_of(const struct search* search, int x) { return (int)search->shifts[x]; }

static int is_inked(const struct search* search, int y, int x, float least) {
  const int row = y + shift_of(search, x);
  return row >= 0 && row < search->ink->height && row_of(search->ink, row)[x] > least;
}

static int is_line(const struct search* search, int y, float least) {
  const int width = search->ink->width, end = larger(2, width / 12);
  int count = 0;
  for (int x = 0; x < end; ++x) count += is_inked(search, y, x, least) + is_inked(search, y, width - 1 - x, least);
  if ((float)count < ENDS_COVERED * (float)(2 * end)) return 0;
  for (int x = end; x < width - end; ++x) count += is_inked(search, y, x, least);
  return (float)count >= COVERED * (float)width;
}

/* Whether there is ink at both ends of rows, or of columns, at all: a figure alone seldom reaches from edge to edge. */
static int may_have_rows(const struct plane* ink, float least) {
  int left = 0, right = 0;
  for (int y = 0; y < ink->height; ++y) {
    left |= row_of(ink, y)[0] > least;
    right |= row_of(ink, y)[ink->width - 1] > least;
  }
  return left && right;
}

static int may_have_columns(const struct plane* ink, float least) {
  int top = 0, bottom = 0;
  for (int x = 0; x < ink->width; ++x) {
    top |= row_of(ink, 0)[x] > least;
    bottom |= row_of(ink, ink->height - 1)[x] > least;
  }
  return top && bottom;
}

/* What half of a row's pixels are below. */
static float level_of(const struct search* search, int y) {
  int count = 0;
  for (int x = 0; x < search->ink->width; ++x) {
    const int row = y + shift_of(search, x);
    if (row >= 0 && row < search->ink->height) search->values[count++] = row_of(search->ink, row)[x];
  }
  return quantile(search->values, count, 0.5);
}

static struct line line_at(const struct search* search, int number) {
  const float* const line = search->lines + 3 * number;
  const struct line found = {(int)line[0], (int)line[1], line[2]};
  return found;
}

static void set_line(struct search* search, int number, struct line line) {
  float* const to = search->lines + 3 * number;
  to[0] = (float)line.first;
  to[1] = (float)line.last;
  to[2] = line.level;
}

/* Column x of a line: what lies there is a stroke only where one goes on above and below, or along it on one side, or
   where it is stronger than the line. `trace` is what is left of a line's blur beside it. */
static void take_out_column(struct plane* ink, int x, int above, int below, float level, float trace,
                            const struct plane* before) {
  const int thickness = below - above - 1, reach = thickness / 2 + 1;
  const float over = at(before, above, x), under = at(before, below, x);
  float through = 0.0f;
  for (int way = -reach; way <= reach; ++way) {
    /* Straight on, or aslant; beyond the border there is as much as on the line's other side. */
    const float from = at(before, above, x - way), onto = at(before, below, x + way);
    const float least = above < 0 ? onto : below >= ink->height ? from : least_of(from, onto);
    through = greatest_of(through, least);
  }
  for (int y = larger(above + 1, 0); y < smaller(below, ink->height); ++y) {
    float* const value = row_of(ink, y) + x;
    const float beyond = *value > 1.3f * level ? *value : 0.0f;
    const float along = 2 * (y - above) <= thickness + 1 ? over : under;
    *value = least_of(*value, greatest_of(greatest_of(through, beyond), along));
  }
  if (above >= 0 && above < ink->height && row_of(ink, above)[x] < trace) row_of(ink, above)[x] = 0.0f;
  if (below >= 0 && below < ink->height && row_of(ink, below)[x] < trace) row_of(ink, below)[x] = 0.0f;
}

/* Takes the slope along which most lines are found, level first, then ever steeper, to and fro; 0: there are none. */
static int take_best_slope(struct search* search, float least) {
  const int steepest = larger(1, search->ink->width / SLOPE);
  int best = 0, count = 0;
  for (int step = 0; step <= 2 * steepest; ++step) {
    int lines = 0;
    set_slope(search, (step + 1) / 2 * (step % 2 ? 1 : -1));
    for (int y = 0; y < search->ink->height; ++y) lines += is_line(search, y, least);
    if (lines <= count) continue;
    count = lines;
    best = search->rise;
  }
  set_slope(search, best);
  return count > 0;
}

/* Finds the lines along rows, all of one slope; returns how many. */
static int find_lines(struct search* search, float peak) {
  const struct plane* const ink = search->ink;
  const float least = FAINT * peak;
  search->count = 0;
  if (ink->width < NARROWEST || !may_have_rows(ink, least) || !take_best_slope(search, least)) return 0;
  const int edge = search->rise < 0 ? -search->rise : search->rise;
  struct line line = {0, 0, 0.0f};
  for (int y = -edge; y < ink->height + edge; ++y) {
    if (!is_line(search, y, least)) continue;
    if (search->count == 0 || line.last != y) {
      const struct line begun = {y, y, 0.0f};
      line = begun;
      ++search->count;
    }
    line.last = y + 1;
    line.level = greatest_of(line.level, level_of(search, y));
    set_line(search, search->count - 1, line);
  }
  /* Of several parallel lines none is a stroke. */
  const int thickest = search->count > 1 ? larger(3, ink->height / 8) : larger(2, ink->height / 14);
  int kept = 0;
  for (int i = 0; i < search->count; ++i) {
    line = line_at(search, i);
    if (line.last - line.first > thickest && line.level >= FAINTER * peak) continue;
    set_line(search, kept++, line);
  }
  return search->count = kept;
}

static void take_out_all(struct plane* ink, const struct search* search, float trace, struct plane* before) {
  give_size(before, ink->height, ink->width);
  memcpy(before->values, ink->values, (size_t)size_of(ink) * sizeof(float));
  for (int i = 0; i < search->count; ++i) {
    const struct line line = line_at(search, i);
    for (int x = 0; x < ink->width; ++x) {
      const int shift = shift_of(search, x);
      take_out_column(ink, x, line.first + shift - 1, line.last + shift, line.level, trace, before);
    }
  }
}

/* Takes out lines along rows, which may slope a little, and along columns. Whether there were any. */
static int remove_rules(struct room* my, float peak) {
  const int longest = larger(my->picture.height, my->picture.width);
  const int columns = may_have_columns(&my->picture, FAINT * peak);
  const float trace = 2 * FAINT * peak;
  struct search search = {&my->picture, 0, my->spare, my->spare + longest, my->spare + 2 * longest, 0};
  /* Columns are looked for in the ink as it was. */
  if (columns) transpose(&my->picture, &my->second);
  const int rows = find_lines(&search, peak);
  if (rows) take_out_all(&my->picture, &search, trace, &my->third);
  search.ink = &my->second;
  if (!columns || !find_lines(&search, peak)) return rows > 0;
  if (rows) transpose(&my->picture, &my->second);
  take_out_all(&my->second, &search, trace, &my->third);
  transpose(&my->second, &my->picture);
  return 1;
}
