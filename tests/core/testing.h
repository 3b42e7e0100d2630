// A test is a function registered by TEST; a failed CHECK throws and names its line. No framework: a fresh machine needs nothing.
#pragma once

#include <cstdio>
#include <functional>
#include <sstream>
#include <stdexcept>
#include <string>
#include <vector>

namespace testing {

struct Test {
  std::string name;
  std::function<void()> body;
};

inline std::vector<Test>& tests() {
  static std::vector<Test> all;
  return all;
}

struct Registration {
  Registration(const char* name, std::function<void()> body) { tests().push_back({name, std::move(body)}); }
};

[[noreturn]] inline void fail(const char* file, int line, const std::string& what) {
  throw std::runtime_error(std::string(file) + ":" + std::to_string(line) + ": " + what);
}

}  // namespace testing

#define TEST(name)                                                         \
  static void name();                                                      \
  static const testing::Registration registration_##name(#name, name);     \
  static void name()

#define CHECK(condition) \
  if (!(condition)) testing::fail(__FILE__, __LINE__, "expected " #condition)

#define CHECK_EQUAL(a, b)                                                                      \
  if (const auto &left = (a), &right = (b); !(left == right)) {                                \
    std::ostringstream text;                                                                   \
    text << "expected " #a " == " #b ", received " << left << " and " << right;                \
    testing::fail(__FILE__, __LINE__, text.str());                                             \
  }

// |a - b| <= tolerance; NaN fails.
#define CHECK_NEAR(a, b, tolerance)                                                                        \
  if (const double left = (a), right = (b), allowed = (tolerance); !(left - right <= allowed && right - left <= allowed)) { \
    std::ostringstream text;                                                                               \
    text.precision(9);                                                                                     \
    text << "expected " #a " near " #b ", received " << left << " and " << right << ", allowed " << allowed; \
    testing::fail(__FILE__, __LINE__, text.str());                                                         \
  }

#define CHECK_THROWS(Error, part, expression)                                                             \
  try {                                                                                                   \
    (void)(expression);                                                                                   \
    testing::fail(__FILE__, __LINE__, "expected " #expression " to throw " #Error);                       \
  } catch (const Error& error) {                                                                          \
    if (std::string(error.what()).find(part) == std::string::npos) testing::fail(__FILE__, __LINE__, error.what()); \
  }
