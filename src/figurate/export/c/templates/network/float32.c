/* ---- the network's numbers: float32 ------------------------------------------------------------------------------ */

typedef float value_t;
typedef float weight_t;
typedef float total_t;

/* How a sum becomes a value. */
struct scheme {
  float least; /* 0: ReLU */
};

#define COUNTED(by, number) (number)

static value_t finished(const struct scheme* by, int filter, total_t sum) {
  (void)filter;
  return sum < by->least ? by->least : sum;
}

static value_t mean_of(total_t sum, int count) { return sum / (float)count; }

static void add(const value_t* one, const value_t* other, int count, value_t* out) {
  for (int i = 0; i < count; ++i) out[i] = one[i] + other[i];
}
