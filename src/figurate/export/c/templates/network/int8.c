/* ---- the network's numbers: int8 --------------------------------------------------------------------------------- */

/* A value q stands for `scale * (q - zero)`. Weights have a scale for each filter and are symmetric; sums are int32, in
   the scale of their products; a multiplier and a shift bring a sum into the scale of what comes out. */
typedef int8_t value_t;
typedef int8_t weight_t;
typedef int32_t total_t;

/* How values are counted and a sum becomes a value. */
struct scheme {
  const int32_t* multipliers; /* (filters,): a sum's factor is multiplier / 2^shift */
  const uint8_t* shifts;
  int32_t zero_in, zero_out, least; /* least: zero_out: ReLU; -128: all */
};

#define COUNTED(by, number) ((int32_t)(number) - (by).zero_in)

/* `number * multiplier / 2^shift`, rounded to the nearest, halves up. A shift to the right keeps the sign with every
   compiler that is known. */
static int64_t scaled(int64_t number, int32_t multiplier, int shift) {
  return (number * multiplier + ((int64_t)1 << (shift - 1))) >> shift;
}

static value_t as_value(int64_t number, int32_t least) {
  return (value_t)(number < least ? least : number > 127 ? 127 : number);
}

static value_t finished(const struct scheme* by, int filter, total_t sum) {
  return as_value(by->zero_out + scaled(sum, by->multipliers[filter], by->shifts[filter]), by->least);
}

/* Rounded to the nearest, halves away from 0. */
static value_t mean_of(total_t sum, int count) { return (value_t)((sum < 0 ? sum - count / 2 : sum + count / 2) / count); }

/* Two numbers' scales and zeros, and the sum's. */
struct addition {
  int32_t zeros[2], multipliers[2], zero_out;
  int shift;
};

static void add(const struct addition* by, const value_t* one, const value_t* other, int count, value_t* out) {
  for (int i = 0; i < count; ++i) {
    const int64_t first = (int64_t)(one[i] - by->zeros[0]) * by->multipliers[0];
    const int64_t second = (int64_t)(other[i] - by->zeros[1]) * by->multipliers[1];
    out[i] = as_value(by->zero_out + scaled(first + second, 1, by->shift), -128);
  }
}

/* A function of each value: an entry for each that there is, from -128 on. */
static void look_up(const value_t table[256], value_t* values, int count) {
  for (int i = 0; i < count; ++i) values[i] = table[values[i] + 128];
}

/* Floats as values: to the nearest, halves up. */
static void enter(const float* figure, int count, float scale, int zero, value_t* values) {
  for (int i = 0; i < count; ++i) {
    const float whole = floorf(figure[i] / scale + 0.5f) + (float)zero;
    values[i] = (value_t)(whole < -128.0f ? -128.0f : whole > 127.0f ? 127.0f : whole);
  }
}
