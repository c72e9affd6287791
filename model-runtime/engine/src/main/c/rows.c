// The input of a linear layer: a byte tensor [N, bytes of a row's groups]. Each group is 32 consecutive numbers of a row in a form
// that the weights' format asks for; the last group is filled up with zeros. Tensors of floats are contiguous, here and in all
// operators of linear layers.
enum { GROUP = 32 };

typedef enum { Q8_ROWS, BF16_ROWS, F32_ROWS } Form;

// "q8 rows": the spectrum (spectrum.h) of the numbers as 8-bit integers with a scale of their own, so that an outlier costs only its
// neighbours their precision, and those less.
typedef struct {
  int8_t values[32];
  float scale;    // NaN if one of the numbers is infinite or none: the outputs of the row are NaN, and the engine sees it
  int32_t offset; // -128 times the sum of the values: what weights stored with 128 added are off by
} Group;

typedef struct {
  uint16_t values[GROUP];
} BfloatGroup;

typedef struct {
  float values[GROUP];
} FloatGroup;

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

// The numbers' group in a form, so many groups behind `to`.
INLINE void put(Form form, void *to, int64_t group, Floats low, Floats high) {
  if (form == Q8_ROWS) {
    put_group((Group *)to + group, low, high);
  } else if (form == BF16_ROWS) {
    BfloatGroup *at = (BfloatGroup *)to + group;
    put_bfloats(at->values, low), put_bfloats(at->values + WIDTH, high);
  } else {
    FloatGroup *at = (FloatGroup *)to + group;
    put_floats(at->values, low), put_floats(at->values + WIDTH, high);
  }
}

// A row's group from the numbers that the row has in it.
INLINE void put_first(Form form, void *to, int64_t group, const float *x, int64_t count) {
  if (count >= GROUP) {
    put(form, to, group, floats_at(x), floats_at(x + WIDTH));
  } else {
    put(form, to, group, first_floats_at(x, count), first_floats_at(x + WIDTH, count - WIDTH));
  }
}

typedef struct {
  const float *x, *gain;
  float epsilon;
  int64_t k;
  void *to;
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

INLINE void make_rows(Form form, const RowsJob *job, int64_t begin, int64_t end) {
  int64_t groups = groups_of(job->k);
  for (int64_t row = begin; row < end; row++) {
    for (int64_t g = 0; g < groups; g++) {
      put_first(form, job->to, row * groups + g, job->x + row * job->k + g * GROUP, job->k - g * GROUP);
    }
  }
}

// Rows of RMSNorm(x) * gain.
INLINE void make_norm(Form form, const RowsJob *job, int64_t begin, int64_t end) {
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
    int64_t to = row * groups;
    for (i = 0; i + GROUP <= k; i += GROUP) {
      put(form, job->to, to++, floats_at(h + i) * factor * floats_at(job->gain + i),
          floats_at(h + i + WIDTH) * factor * floats_at(job->gain + i + WIDTH));
    }
    if (i < k) {
      put(form, job->to, to, first_floats_at(h + i, k - i) * factor * first_floats_at(job->gain + i, k - i),
          first_floats_at(h + i + WIDTH, k - i - WIDTH) * factor * first_floats_at(job->gain + i + WIDTH, k - i - WIDTH));
    }
  }
}

INLINE Floats swiglu(Floats gate, Floats up) { return gate / (all(1.0f) + exponential(-gate)) * up; }

// Rows of silu(gate) * up, of rows that hold gate and up one after the other. An item is a group: of one row there is enough to do
// for all threads.
INLINE void make_swiglu(Form form, const RowsJob *job, int64_t begin, int64_t end) {
  int64_t k = job->k, groups = groups_of(k);
  for (int64_t item = begin; item < end; item++) {
    int64_t i = item % groups * GROUP, count = k - i;
    const float *gate = job->x + item / groups * 2 * k + i, *up = gate + k;
    if (count >= GROUP) {
      put(form, job->to, item, swiglu(floats_at(gate), floats_at(up)), swiglu(floats_at(gate + WIDTH), floats_at(up + WIDTH)));
    } else {
      put(form, job->to, item, swiglu(first_floats_at(gate, count), first_floats_at(up, count)),
          swiglu(first_floats_at(gate + WIDTH, count - WIDTH), first_floats_at(up + WIDTH, count - WIDTH)));
    }
  }
}

// What makes rows of a form, and the bytes of their groups.
typedef struct {
  int64_t group;
  Work rows, norm, swiglu;
} RowForm;

static Tensor new_rows(const RowForm *form, int64_t rows, int64_t k) { return new_matrix(rows, groups_of(k) * form->group, UINT8); }

// Takes x.
static Tensor rows_of(const RowForm *form, Tensor x) {
  int64_t rows = size_of(x, 0), k = size_of(x, 1);
  if (type_of(x) != FLOAT32) {
    release(x);
    fail("Rows are made of float32");
  }
  Tensor to = new_rows(form, rows, k);
  RowsJob job = {.x = data_of(x), .k = k, .to = data_of(to)};
  share_rows(rows, k, form->rows, &job);
  release(x);
  return to;
}

static Tensor rows_of_norm(const RowForm *form, Tensor h, Tensor gain, float epsilon) {
  int64_t rows = size_of(h, 0), k = size_of(h, 1);
  if (type_of(h) != FLOAT32 || type_of(gain) != FLOAT32 || size_of(gain, 0) != k) {
    release(h), release(gain);
    fail("Rows of a norm are made of float32 and a gain as long as a row");
  }
  Tensor to = new_rows(form, rows, k);
  RowsJob job = {data_of(h), data_of(gain), epsilon, k, data_of(to)};
  share_rows(rows, k, form->norm, &job);
  release(h), release(gain);
  return to;
}

static Tensor rows_of_swiglu(const RowForm *form, Tensor gate_up) {
  int64_t rows = size_of(gate_up, 0), k = size_of(gate_up, 1) / 2;
  if (type_of(gate_up) != FLOAT32 || size_of(gate_up, 1) % 2 != 0) {
    release(gate_up);
    fail("Rows of SwiGLU are made of float32, gate and up of equal length");
  }
  Tensor to = new_rows(form, rows, k);
  RowsJob job = {.x = data_of(gate_up), .k = k, .to = data_of(to)};
  share_rows(rows * groups_of(k), GROUP, form->swiglu, &job);
  release(gate_up);
  return to;
}

// A form with its operators.
#define FORM(name, form, Group)                                                                                                      \
  static void name##_make_rows(const void *job, int64_t begin, int64_t end) { make_rows(form, job, begin, end); }                    \
  static void name##_make_norm(const void *job, int64_t begin, int64_t end) { make_norm(form, job, begin, end); }                    \
  static void name##_make_swiglu(const void *job, int64_t begin, int64_t end) { make_swiglu(form, job, begin, end); }                \
  static const RowForm name##_form = {sizeof(Group), name##_make_rows, name##_make_norm, name##_make_swiglu};                  \
  static void name##_rows(Word *stack, uint64_t arguments, uint64_t results) {                                                       \
    (void)arguments, (void)results;                                                                                                  \
    stack[0] = (Word)rows_of(&name##_form, tensor_of(stack[0]));                                                                     \
  }                                                                                                                                  \
  static void name##_norm(Word *stack, uint64_t arguments, uint64_t results) {                                                       \
    (void)arguments, (void)results;                                                                                                  \
    stack[0] = (Word)rows_of_norm(&name##_form, tensor_of(stack[0]), tensor_of(stack[1]), (float)float_of(stack[2]));                \
  }                                                                                                                                  \
  static void name##_swiglu(Word *stack, uint64_t arguments, uint64_t results) {                                                     \
    (void)arguments, (void)results;                                                                                                  \
    stack[0] = (Word)rows_of_swiglu(&name##_form, tensor_of(stack[0]));                                                              \
  }
FORM(q8, Q8_ROWS, Group)
#ifdef __AVX512VNNI__
FORM(bf16, BF16_ROWS, BfloatGroup)
#endif
FORM(f32, F32_ROWS, FloatGroup)
