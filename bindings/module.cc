// The compiled module figurate._core: a list of what it holds.
#include "bindings.h"

NB_MODULE(_core, m) {
  using namespace figurate::bindings;
  m.doc() = "figurate's engine. Use it through figurate._engine.";
  bind_info(m);
  bind_random(m);
  bind_figures(m);
  bind_forms(m);
  bind_layers(m);
  bind_network(m);
  bind_trainer(m);
}
