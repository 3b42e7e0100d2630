/* Predicts the figures of figures.h: a line each, the class and the bits of its scores. */

#include <string.h>

#include "figures.h"
#include "model.h"
#include "startup.h"

static float scratch[FIGURE_PREDICT_FLOATS];

int main(void) {
  for (int i = 0; i < FIGURES; ++i) {
    float scores[FIGURE_OUTPUTS];
    say_hex((uint32_t)figure_predict(figures + i * FIGURE_INPUTS, scores, scratch), 2);
    for (int j = 0; j < FIGURE_OUTPUTS; ++j) {
      uint32_t bits;
      memcpy(&bits, scores + j, sizeof bits);
      say(" ");
      say_hex(bits, 8);
    }
    say("\n");
  }
  return 0;
}
