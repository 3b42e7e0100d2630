// The compiled module figurate._core: a list of what it holds.
#include "bindings.h"

NB_MODULE(_core, m) {
  using namespace figurate::bindings;
#if defined(NDEBUG)
  // A model that a daemon thread holds, as servers have them, outlives the interpreter; its user has done nothing
  // wrong.
  nb::set_leak_warnings(false);
#endif
  m.doc() = "figurate's engine. Use it through figurate._engine.";
  bind_info(m);
  bind_random(m);
  bind_figures(m);
  bind_forms(m);
  bind_layers(m);
  bind_network(m);
  bind_trainer(m);
}
