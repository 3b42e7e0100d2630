/* Reads grey pictures, binary PGM files named on the command line, and prints what the network sees in each. */

#include <stdio.h>
#include <string.h>

#include "figure.h"

#define SIDE 512 /* the longest that a picture may have here */

static uint8_t picture[SIDE * SIDE];
static uint8_t figure[FIGURE_INPUTS];
static float scores[FIGURE_OUTPUTS];
static float scratch[FIGURE_LARGER(FIGURE_PREDICT_FLOATS, FIGURE_PREPARE_FLOATS(SIDE, SIDE))];

/* The next number of a PGM's head; comments go from # to the end of the line. */
static int next_number(FILE* file) {
  int letter = getc(file), number = 0;
  while (letter == ' ' || letter == '\n' || letter == '\r' || letter == '\t' || letter == '#') {
    if (letter == '#') {
      while (letter != '\n' && letter != EOF) letter = getc(file);
    }
    letter = getc(file);
  }
  for (; letter >= '0' && letter <= '9' && number < 100000; letter = getc(file)) number = 10 * number + letter - '0';
  return number;
}

/* Whether the file is a PGM of bytes that is small enough. */
static int read_picture(FILE* file, int* height, int* width) {
  if (getc(file) != 'P' || getc(file) != '5') return 0;
  *width = next_number(file);
  *height = next_number(file);
  if (next_number(file) != 255 || *height < 1 || *height > SIDE || *width < 1 || *width > SIDE) return 0;
  return fread(picture, (size_t)*width, (size_t)*height, file) == (size_t)*height;
}

static int show(const char* path) {
  int height, width;
  FILE* const file = fopen(path, "rb");
  if (file == NULL) {
    perror(path);
    return 1;
  }
  const int whole = read_picture(file, &height, &width);
  fclose(file);
  if (!whole) {
    fprintf(stderr, "%s: expected a binary PGM of 255 levels, at most %d pixels a side\n", path, SIDE);
    return 1;
  }
  if (figure_prepare(picture, height, width, scratch, (int)(sizeof scratch / sizeof *scratch), figure) != FIGURE_OK) {
    fprintf(stderr, "%s: hardly any ink\n", path);
    return 1;
  }
  const int best = figure_predict(figure, scores, scratch);
  const int one = FIGURE_OUTPUTS < FIGURE_CLASSES; /* the score of the second of two classes */
  const double score = (double)scores[one ? 0 : best];
  printf("%s\t", path);
  if (FIGURE_CLASSES > 1) printf("%s\t", figure_class_names[best]);
  printf("%.4f\n", one && best == 0 ? 1.0 - score : score);
  return 0;
}

int main(int count, char** names) {
  int failed = count < 2;
  if (failed) fprintf(stderr, "usage: %s PICTURE.pgm ...\n", names[0]);
  for (int i = 1; i < count; ++i) failed |= show(names[i]);
  return failed;
}
