// The parameters of a layer, loss, optimizer or metric as they come from outside: names and values, taken out by type.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <variant>
#include <vector>

#include "../check.h"

namespace figurate {

class Options {
 public:
  using Value = std::variant<bool, int64_t, double, std::string, std::vector<int64_t>>;

  bool has(const std::string& name) const { return values_.count(name) > 0; }
  void set(const std::string& name, Value value) { values_[name] = std::move(value); }

  // The number of that name (an integer or a boolean serves too), or `fallback` where it was not given.
  double number(const std::string& name, double fallback) const {
    const auto found = values_.find(name);
    if (found == values_.end()) return fallback;
    if (const auto* real = std::get_if<double>(&found->second)) return *real;
    if (const auto* whole = std::get_if<int64_t>(&found->second)) return static_cast<double>(*whole);
    if (const auto* flag = std::get_if<bool>(&found->second)) return *flag ? 1.0 : 0.0;
    throw ValueError("option '" + name + "' expects a number");
  }
  int64_t integer(const std::string& name, int64_t fallback) const {
    return static_cast<int64_t>(number(name, static_cast<double>(fallback)));
  }
  bool flag(const std::string& name, bool fallback) const { return number(name, fallback ? 1.0 : 0.0) != 0.0; }
  std::string text(const std::string& name) const {
    const auto found = values_.find(name);
    const auto* value = found == values_.end() ? nullptr : std::get_if<std::string>(&found->second);
    check<ValueError>(value != nullptr, "option '" + name + "' expects a name");
    return *value;
  }
  std::vector<int64_t> integers(const std::string& name) const {
    const auto found = values_.find(name);
    const auto* value = found == values_.end() ? nullptr : std::get_if<std::vector<int64_t>>(&found->second);
    check<ValueError>(value != nullptr, "option '" + name + "' expects a list of integers");
    return *value;
  }

 private:
  std::map<std::string, Value> values_;
};

// A thing to make: its kind and its options.
struct Spec {
  std::string kind;
  Options options;
};

}  // namespace figurate
