/* ---- noise: pixels that stand alone, as salt and pepper do ------------------------------------------------------- */

/* Values closer than this part of the contrast resemble each other. */
#define ALIKE 0.35f
/* The share of lone pixels that clean pictures do not reach, and as many as small pictures' strokes have ends. */
#define NOISY 0.012
#define ENDS 6.0
#define NOISE_ROUNDS 3

/* The neighbours of a pixel, those within the picture. */
static int neighbours(const struct plane* picture, int y, int x, float* to) {
  int count = 0;
  for (int j = larger(y - 1, 0); j <= smaller(y + 1, picture->height - 1); ++j) {
    for (int i = larger(x - 1, 0); i <= smaller(x + 1, picture->width - 1); ++i) {
      if (j != y || i != x) to[count++] = row_of(picture, j)[i];
    }
  }
  return count;
}

/* Writes the picture without its lone pixels, and returns how many there are. */
static int without_lone_pixels(const struct plane* picture, float alike, struct plane* to) {
  int found = 0;
  float around[8];
  for (int y = 0; y < picture->height; ++y) {
    const float* const row = row_of(picture, y);
    for (int x = 0; x < picture->width; ++x) {
      const float value = row[x];
      row_of(to, y)[x] = value;
      if (x > 0 && x + 1 < picture->width && fabsf(row[x - 1] - value) <= alike && fabsf(row[x + 1] - value) <= alike) {
        continue;
      }
      const int count = neighbours(picture, y, x, around);
      int resembling = count < 8 ? 1 : 0; /* lines go on beyond the border */
      for (int i = 0; i < count; ++i) resembling += fabsf(around[i] - value) <= alike;
      if (resembling >= 2 || count < 3) continue;
      const float middle = nth(around, count, count / 2);
      if (fabsf(middle - value) <= alike) continue;
      row_of(to, y)[x] = middle;
      ++found;
    }
  }
  return found;
}

/* Gives lone pixels what their neighbours are, if there are so many that they are noise. */
static int remove_noise(struct room* my, float contrast) {
  give_size(&my->second, my->picture.height, my->picture.width);
  for (int round = 0; round < NOISE_ROUNDS; ++round) {
    const int found = without_lone_pixels(&my->picture, ALIKE * contrast, &my->second);
    const double share = NOISY * (double)size_of(&my->picture);
    const double few = round > 0 ? 0.0 : share > ENDS ? share : ENDS;
    if ((double)found <= few) return round > 0;
    memcpy(my->picture.values, my->second.values, (size_t)size_of(&my->picture) * sizeof(float));
  }
  return 1;
}
