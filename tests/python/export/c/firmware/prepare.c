/* Brings the pictures of pictures.h into form: a line each, the bytes of the figure. */

#include "model.h"
#include "pictures.h"
#include "startup.h"

static float scratch[FIGURE_PREPARE_FLOATS(LONGEST, LONGEST)];

int main(void) {
  const uint8_t* picture = pictures;
  for (int i = 0; i < PICTURES; ++i) {
    uint8_t figure[FIGURE_INPUTS];
    if (figure_prepare(picture, sizes[2 * i], sizes[2 * i + 1], scratch, (int)(sizeof scratch / sizeof *scratch),
                       figure) < 0) {
      say("failed");
    }
    picture += sizes[2 * i] * sizes[2 * i + 1];
    for (int j = 0; j < FIGURE_INPUTS; ++j) say_hex(figure[j], 2);
    say("\n");
  }
  return 0;
}
