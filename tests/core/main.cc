// Runs all tests, or those whose name contains the first argument. Ends with a line "N passed, M failed".
#include <exception>

#include "testing.h"

int main(int argc, char** argv) {
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
