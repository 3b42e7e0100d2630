// A test is a function registered by TEST; a failed CHECK throws and names its line. No framework: a fresh machine
// needs nothing.
#pragma once

#include <cstdio>
#include <cstring>
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

// Thrown by a test that cannot be run here; says why.
struct Skip : std::runtime_error {
  using std::runtime_error::runtime_error;
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

template <class Vector>
void same_bits(const Vector& a, const Vector& b, const char* name_a, const char* name_b, const char* file, int line) {
  std::ostringstream text;
  text.precision(17);
  text << "expected the bits of " << name_a << " and " << name_b << " to be the same, received ";
  if (a.size() != b.size()) {
    text << a.size() << " and " << b.size() << " numbers";
    fail(file, line, text.str());
  }
  for (size_t i = 0; i < a.size(); ++i) {
    if (std::memcmp(&a[i], &b[i], sizeof a[i]) == 0) continue;
    text << a[i] << " and " << b[i] << " at " << i;
    fail(file, line, text.str());
  }
}

// Runs `body`; where it fails, the message says in which case.
template <class Body>
void in_case(const std::string& name, const Body& body) {
  try {
    body();
  } catch (const std::exception& error) {
    throw std::runtime_error("[" + name + "] " + error.what());
  }
}

}  // namespace testing

#define TEST(name)                                                     \
  static void name();                                                  \
  static const testing::Registration registration_##name(#name, name); \
  static void name()

#define CHECK(condition) \
  if (!(condition)) testing::fail(__FILE__, __LINE__, "expected " #condition)

#define CHECK_EQUAL(a, b)                                                          \
  do {                                                                             \
    const auto& left_ = (a);                                                       \
    const auto& right_ = (b);                                                      \
    if (left_ == right_) break;                                                    \
    std::ostringstream text_;                                                      \
    text_.precision(17);                                                           \
    text_ << "expected " #a " == " #b ", received " << left_ << " and " << right_; \
    testing::fail(__FILE__, __LINE__, text_.str());                                \
  } while (false)

// |a - b| <= tolerance; NaN fails.
#define CHECK_NEAR(a, b, tolerance)                                                                              \
  if (const double left_ = (a), right_ = (b), allowed_ = (tolerance);                                            \
      !(left_ - right_ <= allowed_ && right_ - left_ <= allowed_)) {                                             \
    std::ostringstream text_;                                                                                    \
    text_.precision(9);                                                                                          \
    text_ << "expected " #a " near " #b ", received " << left_ << " and " << right_ << ", allowed " << allowed_; \
    testing::fail(__FILE__, __LINE__, text_.str());                                                              \
  }

// Two vectors of the same numbers, bit for bit.
#define CHECK_SAME_BITS(a, b) testing::same_bits(a, b, #a, #b, __FILE__, __LINE__)

#define CHECK_THROWS(Error, part, expression)                                                                         \
  {                                                                                                                   \
    bool thrown_ = false;                                                                                             \
    try {                                                                                                             \
      (void)(expression);                                                                                             \
    } catch (const Error& error) {                                                                                    \
      thrown_ = true;                                                                                                 \
      if (std::string(error.what()).find(part) == std::string::npos) testing::fail(__FILE__, __LINE__, error.what()); \
    }                                                                                                                 \
    if (!thrown_) testing::fail(__FILE__, __LINE__, "expected " #expression " to throw " #Error);                     \
  }
