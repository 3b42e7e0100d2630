// The connected pieces of ink: specks and what reaches in from beyond the border are left out.
#pragma once

#include "plane.h"

namespace figurate {

// Clears all ink (0..1) but the figure's pieces and what lies close around them; of pictures that were noisy, smaller
// pieces count as specks, too. `labels` is room.
void keep_figure(Plane& ink, bool noisy, std::vector<int>& labels);

}  // namespace figurate
