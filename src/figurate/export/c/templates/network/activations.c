/* ---- functions of floats ----------------------------------------------------------------------------------------- */

static void relu(float* values, int count) {
  for (int i = 0; i < count; ++i) values[i] = values[i] < 0.0f ? 0.0f : values[i];
}

static void leaky_relu(float* values, int count, float alpha) {
  for (int i = 0; i < count; ++i) values[i] = values[i] < 0.0f ? alpha * values[i] : values[i];
}

static void elu(float* values, int count, float alpha) {
  for (int i = 0; i < count; ++i) values[i] = values[i] > 0.0f ? values[i] : alpha * (expf(values[i]) - 1.0f);
}

static void gelu(float* values, int count) {
  for (int i = 0; i < count; ++i) values[i] *= 0.5f * (1.0f + erff(values[i] * 0.70710678f));
}

static void silu(float* values, int count) {
  for (int i = 0; i < count; ++i) values[i] /= 1.0f + expf(-values[i]);
}

static void sigmoid(float* values, int count) {
  for (int i = 0; i < count; ++i) values[i] = 1.0f / (1.0f + expf(-values[i]));
}

static void hyperbolic_tangent(float* values, int count) {
  for (int i = 0; i < count; ++i) values[i] = tanhf(values[i]);
}

/* Layer normalization: each pixel's channels get the mean 0 and the deviation 1, then a factor and a shift. */
static void normalize(float* values, int pixels, int channels, const float* gamma, const float* beta, float epsilon) {
  for (int pixel = 0; pixel < pixels; ++pixel, values += channels) {
    float mean = 0.0f, variance = 0.0f;
    for (int i = 0; i < channels; ++i) mean += values[i] / (float)channels;
    for (int i = 0; i < channels; ++i) variance += (values[i] - mean) * (values[i] - mean) / (float)channels;
    for (int i = 0; i < channels; ++i) values[i] = (values[i] - mean) / sqrtf(variance + epsilon) * gamma[i] + beta[i];
  }
}

/* e^x for x up to 0, within two units of the last place, without math.h's: polynomial and constants of Cephes' expf. */
static float exponential(float x) {
  if (x < -87.0f) return 0.0f;
  const int twos = (int)(x * 1.44269504f - 0.5f);
  const float rest = x - (float)twos * 0.693359375f + (float)twos * 2.12194440e-4f;
  float sum = 1.9875691500e-4f;
  sum = sum * rest + 1.3981999507e-3f;
  sum = sum * rest + 8.3334519073e-3f;
  sum = sum * rest + 4.1665795894e-2f;
  sum = sum * rest + 1.6666665459e-1f;
  sum = sum * rest + 5.0000001201e-1f;
  sum = sum * rest * rest + rest + 1.0f;
  const uint32_t bits = (uint32_t)(twos + 127) << 23;
  float power;
  memcpy(&power, &bits, sizeof power);
  return sum * power;
}

/* Scores to probabilities. */
static void softmax(float* scores, int count) {
  float largest = scores[0], sum = 0.0f;
  for (int i = 1; i < count; ++i) largest = scores[i] > largest ? scores[i] : largest;
  for (int i = 0; i < count; ++i) sum += scores[i] = exponential(scores[i] - largest);
  for (int i = 0; i < count; ++i) scores[i] /= sum;
}

static int best_of(const float* scores, int count) {
  int best = 0;
  for (int i = 1; i < count; ++i) best = scores[i] > scores[best] ? i : best;
  return best;
}
