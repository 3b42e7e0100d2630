// The interface of a layer, and what it is handed for a batch.
//
// A layer holds configuration and weights; everything that a batch needs beside them is in the `Pass` it is given, so
// one layer may serve several threads and several batches at once. Work is shared out in two ways: forward and backward
// by rows of the batch, updates of weights by shards of the weights. Whoever computes a number computes it whole and in
// one order, so the bits do not depend on the number of threads.
//
// The gradient of weights comes in one of two ways. A layer with as many weights as activations (Dense) takes it over
// all rows, in `update`, shard by shard. A layer with few weights that meet many activations (a convolution) sums it on
// the way back, while the activations are in the cache, in a fixed number of slices of the batch; `update` adds these.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "../buffer.h"
#include "../view.h"
#include "options.h"

namespace figurate {

using Shape = std::vector<size_t>;

size_t element_count(const Shape& shape);
std::string to_string(const Shape& shape);

// One array of weights, in Keras' shape and order, and the optimizer's numbers for each; with room behind for kernels
// to read.
struct Parameter {
  std::string name;
  Shape shape;
  Buffer<float> values;
  std::vector<Buffer<float>> slots;
  bool trainable = true;  // if not, an optimizer leaves it alone and it has no slots
};

// One layer's part of a batch.
struct Pass {
  Matrix input;              // (rows, inputs)
  Matrix output;             // (rows, outputs)
  Matrix input_gradient;     // (rows, inputs); data is null where nobody asks for it
  Matrix output_gradient;    // (rows, outputs)
  Matrix side;               // (rows, outputs), where a residual block ends: the activation to be added
  Matrix side_gradient;      // (rows, inputs), where it begins: the gradient to be added
  size_t capacity = 0;       // rows that there is room for
  float* scratch = nullptr;  // `Layer::scratch_size` floats
  float* parts = nullptr;    // `Layer::parts_size` floats with the inputs, which are then not in `input`; or null
  const uint64_t* const* ink = nullptr;  // of each row, if the parts are packed (kernels/table.h); else null
  const float** packed = nullptr;        // where packed rows begin, (part, capacity)
  uint32_t* rows_of_quads = nullptr;     // room for which rows have ink in each quad (kernels/table.h)
  // Sums over slices of the batch. A slice belongs to one thread, which takes its rows in their order.
  size_t slices = 0;            // how many; a matter of the batch's size alone
  float* gradient = nullptr;    // (slices, `Layer::gradient_size`)
  float* statistics = nullptr;  // (slices, `Layer::statistics_size`)
  size_t slice = 0;             // the one that rows belong to
  float* prepared = nullptr;    // `Layer::prepared_size` floats
  bool training = false;
  bool augments = true;  // in training, whether figures are changed by chance
  uint64_t seed = 0;
  uint64_t epoch = 0;
  const uint32_t* figures = nullptr;  // the figure in each row, for numbers drawn at random
};

// Applies an optimizer's step to a run of one parameter; `gradient` has `count` floats.
class Update {
 public:
  virtual ~Update() = default;
  virtual void operator()(Parameter& parameter, size_t offset, size_t count, const float* gradient) const = 0;
};

class Layer {
 public:
  virtual ~Layer() = default;
  Layer(const Layer&) = delete;
  Layer& operator=(const Layer&) = delete;

  const Shape& input_shape() const { return input_shape_; }
  const Shape& output_shape() const { return output_shape_; }
  size_t inputs() const { return element_count(input_shape_); }
  size_t outputs() const { return element_count(output_shape_); }
  std::vector<Parameter>& parameters() { return parameters_; }
  const std::vector<Parameter>& parameters() const { return parameters_; }

  // True where the output is the input, so that both share memory.
  virtual bool passes_through(bool /*training*/) const { return false; }
  // True where the gradient at the input is that at the output, so that both share memory.
  virtual bool passes_gradient_through() const { return passes_through(true); }
  // Floats of scratch that a batch of `rows` needs.
  virtual size_t scratch_size(size_t /*rows*/) const { return 0; }

  // Rows [first, last): output from input.
  virtual void forward(const Pass& pass, Range rows) const = 0;
  // Rows [first, last): input_gradient, where its data is set, from output_gradient; and where there is a
  // gradient_size, their share of the weights' gradient, added to the sums of `pass.slice`. Called only where there is
  // one of the two.
  virtual void backward(const Pass& pass, Range rows) const = 0;
  // Floats of gradient that backward sums by slice; 0 where update takes it over all rows.
  virtual size_t gradient_size() const { return 0; }

  // In training, what a layer must know of all rows before it can go forward or back: floats of it that are summed by
  // slice, 0 for none. Rows are added from the input before any goes forward, and from output_gradient before any goes
  // back.
  virtual size_t statistics_size() const { return 0; }
  virtual void add_statistics(const Pass& /*pass*/, Range /*rows*/) const {}
  virtual void add_gradient_statistics(const Pass& /*pass*/, Range /*rows*/) const {}

  // What training derives from the weights once a step, for all rows: its floats, and the part of them that comes from
  // some shards.
  virtual size_t prepared_size() const { return 0; }
  virtual void prepare(const Pass& /*pass*/, Range /*shards*/) const {}

  // Bands that a figure's output may be cut into: forward_bands, which is called where there are two and more, computes
  // bands [first, last) of one row, and all of them together are forward's output, bit for bit.
  virtual size_t bands() const { return 1; }
  virtual void forward_bands(const Pass& /*pass*/, size_t /*row*/, Range /*bands*/) const {}
  // Of one figure's forward, where there are bands.
  virtual size_t multiplications() const { return 0; }

  // Pieces in which the weights are owned; 0 for a layer without.
  virtual size_t shards() const { return 0; }
  // Gradient and update of the weights in shards [first, last), over all rows.
  virtual void update(const Pass& /*pass*/, Range /*shards*/, const Update& /*update*/) {}

  // Whether forward may also be computed by shard (of inputs): forward_shards over all rows, then, once all shards are
  // done, finish by rows. The result is forward's, bit for bit.
  virtual bool forwards_by_shard() const { return false; }
  virtual void forward_shards(const Pass& /*pass*/, Range /*shards*/) const {}
  virtual void finish(const Pass& /*pass*/, Range /*rows*/) const {}

  // A layer may take loaded figures in parts, one for each shard, packed if need be. Parts lie apart: a core that
  // streams through a row that it shares with another also fetches, and takes away, what the other's part begins with.
  // Floats that the parts of a batch of `rows` need; 0 for a layer that only takes rows that are whole.
  virtual size_t parts_size(size_t /*rows*/) const { return 0; }
  // The quads of inputs in a shard's part, and where those of one row are put. There is room for the following parts
  // too, and kLanes more: packed parts may be put one behind the other, and up to kLanes too much be written.
  virtual Range part_quads(size_t /*shard*/) const { return {0, 0}; }
  virtual float* part_row(const Pass& /*pass*/, size_t /*shard*/, size_t /*row*/) const { return nullptr; }

 protected:
  Layer(Shape input, Shape output) : input_shape_(std::move(input)), output_shape_(std::move(output)) {}

  Shape input_shape_;
  Shape output_shape_;
  std::vector<Parameter> parameters_;
};

// A layer of that kind for inputs of that shape, at that place of its network. ValueError for an unknown kind,
// ShapeError where the shape does not fit.
std::unique_ptr<Layer> make_layer(const Spec& spec, const Shape& input, size_t place);

}  // namespace figurate
