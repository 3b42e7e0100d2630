#include "activation.h"

namespace figurate {

namespace {

Function function_named(const std::string& name, double alpha) {
  if (name == "linear") return Function::kLinear;
  if (name == "relu") return Function::kRelu;
  if (name == "leaky_relu") return Function::kLeakyRelu;
  if (name == "elu") return Function::kElu;
  if (name == "gelu") return alpha != 0.0 ? Function::kGeluTanh : Function::kGelu;
  if (name == "silu") return Function::kSilu;
  if (name == "tanh") return Function::kTanh;
  if (name == "sigmoid") return Function::kSigmoid;
  throw ValueError("the engine has no activation '" + name + "'");
}

double default_alpha(const std::string& name) { return name == "leaky_relu" ? 0.2 : name == "elu" ? 1.0 : 0.0; }

}  // namespace

Activation::Activation(const Shape& input, const Options& options)
    : Layer(input, input),
      function_(function_named(options.text("function"), options.number("alpha", 0.0))),
      alpha_(static_cast<float>(options.number("alpha", default_alpha(options.text("function"))))) {}

void Activation::forward(const Pass& p, Range rows) const {
  kernels().activate(function_, alpha_, p.input.row(rows.first), p.output.row(rows.first), rows.size(), p.input.columns,
                     p.input.stride);
}

void Activation::backward(const Pass& p, Range rows) const {
  kernels().activate_backward(function_, alpha_, p.input.row(rows.first), p.output.row(rows.first),
                              p.output_gradient.row(rows.first), p.input_gradient.row(rows.first), rows.size(),
                              p.input.columns, p.input.stride);
}

}  // namespace figurate
