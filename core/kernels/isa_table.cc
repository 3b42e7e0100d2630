// The table of one instruction set's kernels.
#include "simd.h"
#include "table.h"

namespace figurate::FIGURATE_ISA {

void bytes_to_floats(const uint8_t*, float*, size_t, ByteScale);
bool floats_to_bytes(const float*, uint8_t*, size_t, float);
bool doubles_to_bytes(const double*, uint8_t*, size_t, double);
void dense_forward(const DenseForward&);
void dense_gradient(const DenseGradient&);
void dense_backward(const DenseBackward&);
void conv_forward(const ConvForward&);
void conv_gradient(const ConvGradient&);
void pooled_gradient(const PooledGradient&);
void pooled_backward(const PooledBackward&);
void depthwise_forward(const DepthwiseForward&);
void depthwise_gradient(const DepthwiseGradient&);
void sum_rows(const float*, size_t, size_t, size_t, float*);
void activate(Function, float, const float*, float*, size_t, size_t, size_t);
void activate_backward(Function, float, const float*, const float*, const float*, float*, size_t, size_t, size_t);
void max_pool(const Pooling&, const float*, float*);
void max_pool_backward(const Pooling&, const float*, const float*, const float*, float*);
void average_pool(const Pooling&, const float*, float*);
void average_pool_backward(const Pooling&, const float*, float*);
void add_moments(const Pixels&, const float*, float, float*, float*);
void normalize(const Pixels&, const ChannelScale&, const float*, float*);
void add_normalize_sums(const Pixels&, const ChannelScale&, const float*, const float*, float*, float*);
void normalize_backward(const Pixels&, const ChannelScale&, const float*, const float*, const float*, const float*,
                        float*);
void normalize_pixels(const Pixels&, const float*, const float*, float, const float*, float*, float*);
void normalize_pixels_backward(const Pixels&, const float*, const float*, const float*, const float*, float*, float*,
                               float*);
void softmax(const float*, float*, float*, size_t, size_t, size_t);
void adam(float*, float*, float*, const float*, size_t, const AdamStep&);
void sgd(float*, float*, const float*, size_t, const SgdStep&);
void rmsprop(float*, float*, float*, float*, const float*, size_t, const RmspropStep&);
void dropout_mask(float*, size_t, uint64_t, uint32_t, float);
void warp(const Warp&);
void spline_field(const SplineField&);

extern const Kernels table;
const Kernels table = {FIGURATE_ISA_NAME,
                       bytes_to_floats,
                       floats_to_bytes,
                       doubles_to_bytes,
                       dense_forward,
                       dense_gradient,
                       dense_backward,
                       conv_forward,
                       conv_gradient,
                       pooled_gradient,
                       pooled_backward,
                       depthwise_forward,
                       depthwise_gradient,
                       sum_rows,
                       activate,
                       activate_backward,
                       max_pool,
                       max_pool_backward,
                       average_pool,
                       average_pool_backward,
                       add_moments,
                       normalize,
                       add_normalize_sums,
                       normalize_backward,
                       normalize_pixels,
                       normalize_pixels_backward,
                       softmax,
                       adam,
                       sgd,
                       rmsprop,
                       dropout_mask,
                       warp,
                       spline_field};

}  // namespace figurate::FIGURATE_ISA
