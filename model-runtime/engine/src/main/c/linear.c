// The linear layers: rows of activations (rows.c) times weights (a file for each format), by panels (panels.c).
#include "torch.h"
#include "parallel.h"
#include "vector.h"
#include "spectrum.h"
#include "rows.c"
#include "packed.h"
#include "q8.c"
#include "q4.c"
#include "bf16.c"
#include "f16.c"
#include "panels.c"
#include "scratch.h"
#include "attention.h"

// A format of packed weights: what their headers say and their bytes, what packs and what multiplies panels, and the rows that
// these meet.
typedef struct {
  uint32_t header;
  int64_t (*bytes)(int64_t n, int64_t k);
  Work pack, multiply;
  const RowForm *rows;
  const char *others; // said of what is not packed so
} Format;

#define FORMAT(name, header, bytes, rows)                                                                                            \
  static void name##_multiply(const void *job, int64_t begin, int64_t end) { multiply_panels(header, job, begin, end); }             \
  static const Format name##_format = {header, bytes, name##_pack_panels, name##_multiply, &rows##_form, "These are not weights packed by " #name "_pack"};
FORMAT(q8, Q8, q8_bytes, q8)
FORMAT(q4, Q4, q4_bytes, q8)
FORMAT(f16, F16, half_bytes, f32)
#ifdef __AVX512VNNI__
FORMAT(bf16, BF16, half_bytes, bf16)
#endif

static const Format *const FORMATS[] = {
    &q8_format, &q4_format, &f16_format,
#ifdef __AVX512VNNI__
    &bf16_format,
#endif
};

// The format of packed weights, or NULL of what is none.
static const Format *format_of(Tensor packed) {
  Header header = header_of(packed);
  for (uint64_t i = 0; i < sizeof FORMATS / sizeof *FORMATS; i++) {
    if (FORMATS[i]->header == header.format && FORMATS[i]->bytes(header.n, header.k) == size_of(packed, 0)) {
      return FORMATS[i];
    }
  }
  return NULL;
}

// Weights [n, k] in a format. Takes w.
static Tensor pack(const Format *format, Tensor w) {
  int64_t n = size_of(w, 0), k = size_of(w, 1);
  if (type_of(w) != FLOAT32) {
    release(w);
    fail("Weights are packed from float32");
  }
  Tensor packed = new_bytes(format->bytes(n, k));
  PackJob job = {data_of(w), data_of(packed)};
  *(Header *)job.packed = (Header){.format = format->header, .n = n, .k = k};
  parallel(panels_of(n), format->pack, &job);
  release(w);
  return packed;
}

// h + rows times packed weights; h may be NULL.
static LinearJob linear_job(Tensor packed, const void *rows, int64_t count, const float *h, float *out) {
  Header header = header_of(packed);
  const uint8_t *weights = (const uint8_t *)data_of(packed) + sizeof header;
  return (LinearJob){.rows = rows, .count = count, .n = header.n, .groups = groups_of(header.k), .weights = weights, .h = h, .out = out};
}

static Queue linear_queue(const Format *format, const LinearJob *job) {
  return (Queue){.work = format->multiply, .job = job, .items = panels_of(job->n)};
}

// What does not fit together, or NULL.
static const char *misfit(const Format *format, Tensor h, Tensor rows, Tensor packed) {
  if (format_of(packed) != format) {
    return format->others;
  }
  Header header = header_of(packed);
  if (type_of(rows) != UINT8 || size_of(rows, 1) != groups_of(header.k) * format->rows->group) {
    return "The rows are not as long as the weights are wide";
  }
  return h && (type_of(h) != FLOAT32 || size_of(h, 0) != size_of(rows, 0) || size_of(h, 1) != header.n) ? "What is added to has not the result's shape" : NULL;
}

// Takes the tensors, leaves a new one; h may be NULL.
static Tensor linear(const Format *format, Tensor h, Tensor rows, Tensor packed) {
  const char *wrong = misfit(format, h, rows, packed);
  Tensor out = NULL;
  if (!wrong) {
    out = new_matrix(size_of(rows, 0), header_of(packed).n, FLOAT32);
    LinearJob job = linear_job(packed, data_of(rows), size_of(rows, 0), h ? data_of(h) : NULL, data_of(out));
    Queue queue = linear_queue(format, &job);
    parallel(queue.items, queue.work, queue.job);
  }
  if (h) {
    release(h);
  }
  release(rows), release(packed);
  if (wrong) {
    fail(wrong);
  }
  return out;
}

#define LINEAR(name)                                                                                                                 \
  static void name##_pack(Word *stack, uint64_t arguments, uint64_t results) {                                                       \
    (void)arguments, (void)results;                                                                                                  \
    stack[0] = (Word)pack(&name##_format, tensor_of(stack[0]));                                                                      \
  }                                                                                                                                  \
  static void name##_linear(Word *stack, uint64_t arguments, uint64_t results) {                                                     \
    (void)arguments, (void)results;                                                                                                  \
    stack[0] = (Word)linear(&name##_format, NULL, tensor_of(stack[0]), tensor_of(stack[1]));                                         \
  }                                                                                                                                  \
  static void name##_add(Word *stack, uint64_t arguments, uint64_t results) {                                                        \
    (void)arguments, (void)results;                                                                                                  \
    stack[0] = (Word)linear(&name##_format, tensor_of(stack[0]), tensor_of(stack[1]), tensor_of(stack[2]));                          \
  }
LINEAR(q8)
LINEAR(q4)
LINEAR(f16)
#ifdef __AVX512VNNI__
LINEAR(bf16)
#endif

#include "layer.c"
#include "decoder.c"

#define DEFINE_ROWS(name)                                           \
  OPERATOR(name##_rows, "(Tensor x) -> Tensor");                    \
  OPERATOR(name##_norm, "(Tensor h, Tensor gain, float eps) -> Tensor"); \
  OPERATOR(name##_swiglu, "(Tensor gate_up) -> Tensor")
#define DEFINE_LINEAR(name)                                         \
  OPERATOR(name##_pack, "(Tensor w) -> Tensor");                    \
  OPERATOR(name##_linear, "(Tensor rows, Tensor w) -> Tensor");     \
  OPERATOR(name##_add, "(Tensor h, Tensor rows, Tensor w) -> Tensor")

void define_linear(void *library, void *implementation) {
  DEFINE_ROWS(q8);
  DEFINE_ROWS(f32);
  DEFINE_LINEAR(q8);
  DEFINE_LINEAR(q4);
  DEFINE_LINEAR(f16);
#ifdef __AVX512VNNI__
  DEFINE_ROWS(bf16);
  DEFINE_LINEAR(bf16);
#endif
  OPERATOR(hold_layer, "(Tensor gain, Tensor qkv, Tensor out, Tensor ffn_gain, Tensor gate_up, Tensor down, Tensor keys, Tensor values) -> Tensor");
  OPERATOR(decoder, "(Tensor h, Tensor layers, float eps, Tensor cosine, Tensor sine, Tensor plan) -> Tensor");
  OPERATOR(let_go, "(Tensor layers) -> Tensor");
}
