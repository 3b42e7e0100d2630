/* Pictures are worked on at most FIGURE_LONGEST pixels a side; larger ones are shrunk by a whole factor first. */
#define FIGURE_LONGEST 256
#define FIGURE_FACTOR(height, width) ((FIGURE_LARGER(height, width) + FIGURE_LONGEST - 1) / FIGURE_LONGEST)
#define FIGURE_SHRUNK(side, height, width) (((side) + FIGURE_FACTOR(height, width) - 1) / FIGURE_FACTOR(height, width))
#define FIGURE_SHRUNK_SIDE(height, width) FIGURE_SHRUNK(FIGURE_LARGER(height, width), height, width)

/* Floats of scratch in which the strokes of a picture are found. No less will do. */
#define FIGURE_LEAST_FLOATS(height, width)                                          \
  (3 * FIGURE_SHRUNK(height, height, width) * FIGURE_SHRUNK(width, height, width) + \
   4 * FIGURE_SHRUNK_SIDE(height, width) + 32)

/* Floats of scratch that suffice for dots, too, which grow the most in their box. Beyond that are only pictures almost
   without ink; figure_prepare gives FIGURE_SCRATCH_TOO_SMALL for them. */
#define FIGURE_GROWTH(height, width) \
  (FIGURE_SHRUNK_SIDE(height, width) < 80 ? 3 : FIGURE_SHRUNK_SIDE(height, width) < 120 ? 5 : 7)
#define FIGURE_FITTED_FLOATS(height, width) \
  (2 * (BOX_HEIGHT * FIGURE_GROWTH(height, width) + 3) * (BOX_WIDTH * FIGURE_GROWTH(height, width) + 3))
#define FIGURE_PREPARE_FLOATS(height, width) \
  (FIGURE_LARGER(FIGURE_LEAST_FLOATS(height, width), FIGURE_FITTED_FLOATS(height, width)) UPRIGHT)

/* A grey picture of any size, `height` rows of `width` bytes without padding, to a figure of FIGURE_HEIGHT rows of
   FIGURE_WIDTH bytes: noise is removed, ground and strokes are told apart, the strokes are fitted into the box and put
   into the middle. The same bytes as figurate's `model.preprocessing` gives, where floats are computed as IEEE 754 has
   it and `int` has 32 bits: compile it without -ffast-math, and in -std=c99 or with -ffp-contract=off.

   scratch: `floats` floats, FIGURE_PREPARE_FLOATS(height, width) or at least FIGURE_LEAST_FLOATS(height, width).
   Returns FIGURE_OK, FIGURE_BLANK, FIGURE_WRONG_SIZE or FIGURE_SCRATCH_TOO_SMALL. */
