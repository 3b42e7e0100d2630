/* ---- selection: the value of a rank ------------------------------------------------------------------------------ */

static float least_of(float a, float b) { return b < a ? b : a; }
static float greatest_of(float a, float b) { return a < b ? b : a; }

/* The value that so many others are at most as great as: Hoare's selection. Reorders `values`. */
static float nth(float* values, int count, int place) {
  int first = 0, last = count - 1;
  while (first < last) {
    const float a = values[first], b = values[first + (last - first) / 2], c = values[last];
    const float pivot = greatest_of(least_of(a, b), least_of(greatest_of(a, b), c));
    int i = first, j = last;
    while (i <= j) {
      while (values[i] < pivot) ++i;
      while (values[j] > pivot) --j;
      if (i <= j) {
        const float kept = values[i];
        values[i++] = values[j];
        values[j--] = kept;
      }
    }
    if (place <= j) {
      last = j;
    } else if (place >= i) {
      first = i;
    } else {
      break;
    }
  }
  return values[place];
}
