// The input of a linear layer, "q8 rows": a byte tensor [N, groups * 40]. Each group is the spectrum (spectrum.h) of 32 consecutive
// numbers of a row as 8-bit integers with a scale of its own, so that an outlier costs only its neighbours their precision, and
// those less; the last group is filled up with zeros. Tensors of floats are contiguous, here and in all operators of linear layers.
typedef struct {
  int8_t values[32];
  float scale;    // NaN if one of the numbers is infinite or none: the outputs of the row are NaN, and the engine sees it
  int32_t offset; // -128 times the sum of the values: what weights stored with 128 added are off by
} Group;

enum { GROUP = 32 };

INLINE int64_t groups_of(int64_t k) { return (k + GROUP - 1) / GROUP; }

INLINE void put_group(Group *to, Floats first, Floats second) {
  Floats low, high;
  spectrum(first, second, &low, &high);
  // Without their signs, floats are ordered as their bits are, and what is not finite comes last.
  const Ints unsigned_bits = 0x7fffffff - (Ints){0};
  int32_t bits = __builtin_reduce_max(__builtin_elementwise_max((Ints)low & unsigned_bits, (Ints)high & unsigned_bits));
  float most;
  __builtin_memcpy(&most, &bits, sizeof most);
  if (bits >= 0x7f800000 || most < 1e-30f) { // the reciprocal of a smaller scale might be infinite
    *to = (Group){.scale = bits >= 0x7f800000 ? __builtin_nanf("") : 0.0f};
    return;
  }
  Floats factor = all(127.0f / most);
  Ints a = __builtin_convertvector(__builtin_elementwise_roundeven(low * factor), Ints);
  Ints b = __builtin_convertvector(__builtin_elementwise_roundeven(high * factor), Ints);
  Bytes bytes[2] = {__builtin_convertvector(a, Bytes), __builtin_convertvector(b, Bytes)};
  __builtin_memcpy(to->values, bytes, sizeof bytes);
  to->scale = most / (127.0f * GROUP);
  to->offset = -128 * __builtin_reduce_add(a + b);
}

// A row's group from the numbers that the row has in it.
INLINE void put_first_of_group(Group *to, const float *x, int64_t count) {
  if (count >= GROUP) {
    put_group(to, floats_at(x), floats_at(x + WIDTH));
  } else {
    put_group(to, first_floats_at(x, count), first_floats_at(x + WIDTH, count - WIDTH));
  }
}

typedef struct {
  const float *x, *gain;
  float epsilon;
  int64_t k;
  Group *to;
} RowsJob;

// Fewer numbers than this are not worth a second thread.
enum { PARALLEL_NUMBERS = 16384 };

static void share_rows(int64_t items, int64_t numbers_of_item, Work work, const void *job) {
  if (items * numbers_of_item < PARALLEL_NUMBERS) {
    work(job, 0, items);
  } else {
    parallel(items, work, job);
  }
}

static void rows_work(const void *data, int64_t begin, int64_t end) {
  const RowsJob *job = data;
  int64_t groups = groups_of(job->k);
  for (int64_t row = begin; row < end; row++) {
    for (int64_t g = 0; g < groups; g++) {
      put_first_of_group(job->to + row * groups + g, job->x + row * job->k + g * GROUP, job->k - g * GROUP);
    }
  }
}

static void q8_rows(Word *stack, uint64_t arguments, uint64_t results) {
  (void)arguments, (void)results;
  Tensor x = tensor_of(stack[0]);
  int64_t rows = size_of(x, 0), k = size_of(x, 1);
  if (type_of(x) != FLOAT32) {
    release(x);
    fail("Rows are made of float32");
  }
  Tensor to = new_matrix(rows, groups_of(k) * (int64_t)sizeof(Group), UINT8);
  RowsJob job = {.x = data_of(x), .k = k, .to = data_of(to)};
  share_rows(rows, k, rows_work, &job);
  release(x);
  stack[0] = (Word)to;
}

static void norm_work(const void *data, int64_t begin, int64_t end) {
  const RowsJob *job = data;
  int64_t k = job->k, groups = groups_of(k);
  for (int64_t row = begin; row < end; row++) {
    const float *h = job->x + row * k;
    Floats even = {0}, odd = {0};
    int64_t i = 0;
    for (; i + GROUP <= k; i += GROUP) {
      Floats a = floats_at(h + i), b = floats_at(h + i + WIDTH);
      even = fused(a, a, even), odd = fused(b, b, odd);
    }
    if (i < k) {
      Floats a = first_floats_at(h + i, k - i), b = first_floats_at(h + i + WIDTH, k - i - WIDTH);
      even = fused(a, a, even), odd = fused(b, b, odd);
    }
    Floats factor = all(1.0f / __builtin_sqrtf(sum_of(even + odd) / (float)k + job->epsilon));
    Group *to = job->to + row * groups;
    for (i = 0; i + GROUP <= k; i += GROUP) {
      put_group(to++, floats_at(h + i) * factor * floats_at(job->gain + i),
                floats_at(h + i + WIDTH) * factor * floats_at(job->gain + i + WIDTH));
    }
    if (i < k) {
      put_group(to, first_floats_at(h + i, k - i) * factor * first_floats_at(job->gain + i, k - i),
                first_floats_at(h + i + WIDTH, k - i - WIDTH) * factor * first_floats_at(job->gain + i + WIDTH, k - i - WIDTH));
    }
  }
}

// Rows of RMSNorm(h) * gain.
static void q8_norm(Word *stack, uint64_t arguments, uint64_t results) {
  (void)arguments, (void)results;
  Tensor h = tensor_of(stack[0]), gain = tensor_of(stack[1]);
  int64_t rows = size_of(h, 0), k = size_of(h, 1);
  if (type_of(h) != FLOAT32 || type_of(gain) != FLOAT32 || size_of(gain, 0) != k) {
    release(h), release(gain);
    fail("Rows of a norm are made of float32 and a gain as long as a row");
  }
  Tensor to = new_matrix(rows, groups_of(k) * (int64_t)sizeof(Group), UINT8);
  RowsJob job = {data_of(h), data_of(gain), (float)float_of(stack[2]), k, data_of(to)};
  share_rows(rows, k, norm_work, &job);
  release(h), release(gain);
  stack[0] = (Word)to;
}

INLINE Floats swiglu(Floats gate, Floats up) { return gate / (all(1.0f) + exponential(-gate)) * up; }

// An item is a group: of one row there is enough to do for all threads.
static void swiglu_work(const void *data, int64_t begin, int64_t end) {
  const RowsJob *job = data;
  int64_t k = job->k, groups = groups_of(k);
  for (int64_t item = begin; item < end; item++) {
    int64_t i = item % groups * GROUP, count = k - i;
    const float *gate = job->x + item / groups * 2 * k + i, *up = gate + k;
    if (count >= GROUP) {
      put_group(job->to + item, swiglu(floats_at(gate), floats_at(up)), swiglu(floats_at(gate + WIDTH), floats_at(up + WIDTH)));
    } else {
      put_group(job->to + item, swiglu(first_floats_at(gate, count), first_floats_at(up, count)),
                swiglu(first_floats_at(gate + WIDTH, count - WIDTH), first_floats_at(up + WIDTH, count - WIDTH)));
    }
  }
}

// Rows of silu(gate) * up, of rows that hold gate and up one after the other.
static void q8_swiglu(Word *stack, uint64_t arguments, uint64_t results) {
  (void)arguments, (void)results;
  Tensor gate_up = tensor_of(stack[0]);
  int64_t rows = size_of(gate_up, 0), k = size_of(gate_up, 1) / 2, groups = groups_of(k);
  if (type_of(gate_up) != FLOAT32 || size_of(gate_up, 1) % 2 != 0) {
    release(gate_up);
    fail("Rows of SwiGLU are made of float32, gate and up of equal length");
  }
  Tensor to = new_matrix(rows, groups * (int64_t)sizeof(Group), UINT8);
  RowsJob job = {.x = data_of(gate_up), .k = k, .to = data_of(to)};
  share_rows(rows * groups, GROUP, swiglu_work, &job);
  release(gate_up);
  stack[0] = (Word)to;
}
