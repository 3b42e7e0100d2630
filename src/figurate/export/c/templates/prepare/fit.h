/* Floats of scratch that a picture needs. */
#define FIGURE_PREPARE_FLOATS(height, width) \
  (FIGURE_LARGER((height) * FIGURE_WIDTH, (width) * FIGURE_HEIGHT) * FIGURE_CHANNELS / 4 + 1 + 2 * ((height) + (width)))

/* A picture of any size, `height` rows of `width` pixels of FIGURE_CHANNELS bytes without padding, to a figure of
   FIGURE_HEIGHT rows of FIGURE_WIDTH pixels: fitted into its size with its proportions kept, the rest filled with its
   border's colour. The same bytes as figurate gives with Pillow 13, where doubles are computed as IEEE 754 has it and
   `int` has 32 bits.

   scratch: `floats` floats, FIGURE_PREPARE_FLOATS(height, width).
   Returns FIGURE_OK, FIGURE_WRONG_SIZE or FIGURE_SCRATCH_TOO_SMALL. */
