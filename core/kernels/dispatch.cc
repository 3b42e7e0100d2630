// Which kernels this process uses: the best that the processor has, or those that FIGURATE_KERNELS names.
#include <cstdlib>
#include <string>

#include "../check.h"
#include "reference.h"
#include "table.h"

namespace figurate {

#if defined(__x86_64__)
namespace x86_64_v2 {
extern const Kernels table;
}
namespace avx2 {
extern const Kernels table;
}
namespace avx512 {
extern const Kernels table;
}
#elif defined(__aarch64__)
namespace neon {
extern const Kernels table;
}
#endif

const KernelTables& available_kernels() {
  static const KernelTables available = [] {
    KernelTables found{};
    const auto add = [&](const Kernels& table) { found.tables[found.count++] = &table; };
    add(reference::table);
#if defined(__x86_64__)
    __builtin_cpu_init();
    if (__builtin_cpu_supports("sse4.2")) add(x86_64_v2::table);
    const bool has_avx2 = __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma");
    if (has_avx2) add(avx2::table);
    // What x86-64-v4 adds.
    if (has_avx2 && __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") &&
        __builtin_cpu_supports("avx512cd") && __builtin_cpu_supports("avx512dq") &&
        __builtin_cpu_supports("avx512vl")) {
      add(avx512::table);
    }
#elif defined(__aarch64__)
    add(neon::table);
#endif
    return found;
  }();
  return available;
}

const Kernels& kernels() {
  static const Kernels& chosen = [&]() -> const Kernels& {
    const KernelTables& available = available_kernels();
    const char* wanted = std::getenv("FIGURATE_KERNELS");
    if (wanted == nullptr || *wanted == '\0') return *available.tables[available.count - 1];
    std::string names;
    for (size_t i = 0; i < available.count; ++i) {
      if (std::string(wanted) == available.tables[i]->name) return *available.tables[i];
      names += (i > 0 ? ", " : "") + std::string(available.tables[i]->name);
    }
    throw ValueError("FIGURATE_KERNELS is '" + std::string(wanted) +
                     "', which this build on this processor does not have; expected one of: " + names +
                     ". Unset it to use the fastest.");
  }();
  return chosen;
}

}  // namespace figurate
