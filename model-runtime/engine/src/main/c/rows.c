// The input of a linear layer: a byte tensor [N, bytes of a row's groups]. Each group is 64 consecutive numbers of a row in a form
// that the weights' format asks for; the last group is filled up with zeros. Four groups are a span, and what is left at a row's end
// is spans of two and one. Tensors of floats are contiguous, here and in all operators of linear layers.
enum { GROUP = 64, SPAN = 4, PARTS = GROUP / WIDTH };

INLINE int64_t groups_of(int64_t k) { return (k + GROUP - 1) / GROUP; }

// Groups of the first span of so many.
INLINE int64_t span_of(int64_t groups) { return groups >= SPAN ? SPAN : groups >= 2 ? 2 : 1; }

typedef enum { Q8_ROWS, BF16_ROWS, F32_ROWS } Form;

// "q8 rows": the spectrum (spectrum.h) of each span's numbers as 8-bit integers with a scale of the span's own, so that an outlier
// costs only its neighbours their precision, and those less.
typedef struct {
  int8_t values[GROUP];
  float scale;       // the span's; NaN if one of the numbers is infinite or none: the row's outputs are NaN, and the engine sees it
  int32_t offset;    // -128 times the sum of the values: what weights stored with 128 added are off by
  int32_t halves[2]; // -8 times the sum of the first half, of the second: the same of weights stored with 8 added
} Group;

typedef struct {
  uint16_t values[GROUP];
} BfloatGroup;

typedef struct {
  float values[GROUP];
} FloatGroup;

INLINE void put_integers(Group *to, const Floats *numbers, Floats factor, float scale) {
  Ints sums[2] = {{0}, {0}};
  UNROLL for (int i = 0; i < PARTS; i++) {
    Ints integers = __builtin_convertvector(__builtin_elementwise_roundeven(numbers[i] * factor), Ints);
    Bytes bytes = __builtin_convertvector(integers, Bytes);
    __builtin_memcpy(to->values + i * WIDTH, &bytes, sizeof bytes);
    sums[i * 2 / PARTS] += integers;
  }
  to->scale = scale;
  UNROLL for (int i = 0; i < 2; i++) { to->halves[i] = -8 * __builtin_reduce_add(sums[i]); }
  to->offset = 16 * (to->halves[0] + to->halves[1]);
}

INLINE void put_spectrum(Group *to, int64_t groups, Floats *x) {
  spectrum(x, groups * PARTS);
  // Without their signs, floats are ordered as their bits are, and what is not finite comes last.
  int32_t bits = most_bits(x, groups * PARTS);
  float most;
  __builtin_memcpy(&most, &bits, sizeof most);
  for (int64_t g = 0; g < groups; g++) {
    if (bits >= 0x7f800000 || most < 1e-30f) { // the reciprocal of a smaller scale might be infinite
      to[g] = (Group){.scale = bits >= 0x7f800000 ? __builtin_nanf("") : 0.0f};
    } else {
      put_integers(to + g, x + g * PARTS, all(127.0f / most), most / (127.0f * (float)(groups * GROUP)));
    }
  }
}

// The numbers of a span's groups in a form, so many groups behind `to`. May change x.
INLINE void put(Form form, void *to, int64_t group, int64_t groups, Floats *x) {
  if (form == Q8_ROWS) {
    put_spectrum((Group *)to + group, groups, x);
  } else {
    for (int64_t i = 0; i < groups * PARTS; i++) {
      if (form == BF16_ROWS) {
        put_bfloats(((BfloatGroup *)to)[group].values + i * WIDTH, x[i]);
      } else {
        put_floats(((FloatGroup *)to)[group].values + i * WIDTH, x[i]);
      }
    }
  }
}

// The numbers of so many groups of a row that has `count` more; then zeros.
INLINE void groups_at(const float *x, int64_t count, int64_t groups, Floats *to) {
  for (int64_t i = 0; i < groups * PARTS; i++) {
    to[i] = count >= (i + 1) * WIDTH ? floats_at(x + i * WIDTH) : first_floats_at(x + i * WIDTH, count - i * WIDTH);
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
  int64_t k = job->k, groups = groups_of(k);
  for (int64_t row = begin; row < end; row++) {
    for (int64_t g = 0, span; g < groups; g += span) {
      Floats x[SPAN * PARTS];
      span = span_of(groups - g);
      groups_at(job->x + row * k + g * GROUP, k - g * GROUP, span, x);
      put(form, job->to, row * groups + g, span, x);
    }
  }
}

// Rows of RMSNorm(x) * gain.
INLINE void make_norm(Form form, const RowsJob *job, int64_t begin, int64_t end) {
  int64_t k = job->k, groups = groups_of(k);
  for (int64_t row = begin; row < end; row++) {
    const float *h = job->x + row * k;
    Floats x[SPAN * PARTS], gain[SPAN * PARTS], squares[2] = {{0}, {0}};
    for (int64_t i = 0; i < k; i += GROUP) {
      groups_at(h + i, k - i, 1, x);
      UNROLL for (int part = 0; part < PARTS; part++) { squares[part % 2] = fused(x[part], x[part], squares[part % 2]); }
    }
    Floats factor = all(1.0f / __builtin_sqrtf(sum_of(squares[0] + squares[1]) / (float)k + job->epsilon));
    for (int64_t g = 0, span; g < groups; g += span) {
      span = span_of(groups - g);
      groups_at(h + g * GROUP, k - g * GROUP, span, x), groups_at(job->gain + g * GROUP, k - g * GROUP, span, gain);
      for (int64_t part = 0; part < span * PARTS; part++) {
        x[part] = x[part] * factor * gain[part];
      }
      put(form, job->to, row * groups + g, span, x);
    }
  }
}

INLINE Floats swiglu(Floats gate, Floats up) { return gate / (all(1.0f) + exponential(-gate)) * up; }

// Spans of so many groups, or a part of one.
INLINE int64_t spans_of(int64_t groups) { return groups / SPAN + (groups % SPAN > 0); }

// Rows of silu(gate) * up, of rows that hold gate and up one after the other. An item is four groups or what is left at a row's end: of
// one row there is enough to do for all threads.
INLINE void make_swiglu(Form form, const RowsJob *job, int64_t begin, int64_t end) {
  int64_t k = job->k, groups = groups_of(k), items = spans_of(groups);
  for (int64_t item = begin; item < end; item++) {
    int64_t row = item / items, first = item % items * SPAN, last = first + SPAN < groups ? first + SPAN : groups;
    for (int64_t g = first, span; g < last; g += span) {
      const float *from = job->x + row * 2 * k + g * GROUP;
      Floats gate[SPAN * PARTS], up[SPAN * PARTS];
      span = span_of(last - g);
      groups_at(from, k - g * GROUP, span, gate), groups_at(from + k, k - g * GROUP, span, up);
      for (int64_t part = 0; part < span * PARTS; part++) {
        gate[part] = swiglu(gate[part], up[part]);
      }
      put(form, job->to, row * groups + g, span, gate);
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
  share_rows(rows * spans_of(groups_of(k)), SPAN * GROUP, form->swiglu, &job);
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
