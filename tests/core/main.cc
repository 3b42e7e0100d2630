// Runs all tests, or those whose name contains the first argument. Ends with a line "N passed, M failed".
#include <cstdlib>
#include <exception>

#include "testing.h"

int main(int argc, char** argv) {
#if defined(__SANITIZE_THREAD__)
  // The vector kernels load whole vectors and drop the lanes beyond their share, which another thread may be writing
  // just then. The plain loops touch what they use, so that any race they show is one of the training loop.
  setenv("FIGURATE_KERNELS", "reference", 0);
#endif
  int passed = 0, failed = 0;
  for (const testing::Test& test : testing::tests()) {
    if (argc > 1 && test.name.find(argv[1]) == std::string::npos) continue;
    try {
      test.body();
      ++passed;
    } catch (const testing::Skip& skip) {
      std::printf("SKIPPED %s: %s\n", test.name.c_str(), skip.what());
    } catch (const std::exception& error) {
      ++failed;
      std::printf("FAILED %s: %s\n", test.name.c_str(), error.what());
    }
  }
  std::printf("%d passed, %d failed\n", passed, failed);
  return failed == 0 && passed > 0 ? 0 : 1;
}
