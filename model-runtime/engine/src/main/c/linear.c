// The linear layers: rows of activations (rows.c) times weights of 8 bits (q8.c) or 4 bits (q4.c), by panels (panels.c).
#include "torch.h"
#include "parallel.h"
#include "vector.h"
#include "spectrum.h"
#include "rows.c"
#include "packed.h"
#include "q8.c"
#include "q4.c"
#include "panels.c"
#include "scratch.h"
#include "attention.h"

static int64_t bytes_of(Header header) {
  return header.format == Q8 ? q8_bytes(header.n, header.k) : header.format == Q4 ? q4_bytes(header.n, header.k) : -1;
}

// h + rows times packed weights; h may be NULL.
static LinearJob linear_job(Tensor packed, const Group *rows, int64_t count, const float *h, float *out) {
  Header header = header_of(packed);
  const uint8_t *weights = (const uint8_t *)data_of(packed) + sizeof header;
  return (LinearJob){.format = header.format, .rows = rows, .count = count, .n = header.n, .groups = groups_of(header.k), .weights = weights, .h = h, .out = out};
}

static Queue linear_queue(const LinearJob *job) {
  return (Queue){.work = job->format == Q8 ? multiply_q8 : multiply_q4, .job = job, .items = panels_of(job->n)};
}

// What does not fit together, or NULL.
static const char *misfit(uint32_t format, Tensor h, Tensor rows, Tensor packed) {
  Header header = header_of(packed);
  if (header.format != format || bytes_of(header) != size_of(packed, 0)) {
    return format == Q8 ? "These are not weights packed by q8_pack" : "These are not weights packed by q4_pack";
  }
  if (type_of(rows) != UINT8 || size_of(rows, 1) != groups_of(header.k) * (int64_t)sizeof(Group)) {
    return "The rows are not as long as the weights are wide";
  }
  return h && (type_of(h) != FLOAT32 || size_of(h, 0) != size_of(rows, 0) || size_of(h, 1) != header.n) ? "What is added to has not the result's shape" : NULL;
}

// Takes the tensors, leaves a new one; h may be NULL.
static Tensor linear(uint32_t format, Tensor h, Tensor rows, Tensor packed) {
  const char *wrong = misfit(format, h, rows, packed);
  Tensor out = NULL;
  if (!wrong) {
    out = new_matrix(size_of(rows, 0), header_of(packed).n, FLOAT32);
    LinearJob job = linear_job(packed, data_of(rows), size_of(rows, 0), h ? data_of(h) : NULL, data_of(out));
    Queue queue = linear_queue(&job);
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

#define LINEAR(name, format)                                                                       \
  static void name##_linear(Word *stack, uint64_t arguments, uint64_t results) {                   \
    (void)arguments, (void)results;                                                                \
    stack[0] = (Word)linear(format, NULL, tensor_of(stack[0]), tensor_of(stack[1]));               \
  }                                                                                                \
  static void name##_add(Word *stack, uint64_t arguments, uint64_t results) {                      \
    (void)arguments, (void)results;                                                                \
    stack[0] = (Word)linear(format, tensor_of(stack[0]), tensor_of(stack[1]), tensor_of(stack[2])); \
  }
LINEAR(q8, Q8)
LINEAR(q4, Q4)

#include "layer.c"

void define_linear(void *library, void *implementation) {
  OPERATOR(q8_rows, "(Tensor x) -> Tensor");
  OPERATOR(q8_norm, "(Tensor h, Tensor gain, float eps) -> Tensor");
  OPERATOR(q8_swiglu, "(Tensor gate_up) -> Tensor");
  OPERATOR(q8_pack, "(Tensor w) -> Tensor");
  OPERATOR(q8_linear, "(Tensor rows, Tensor w) -> Tensor");
  OPERATOR(q8_add, "(Tensor h, Tensor rows, Tensor w) -> Tensor");
  OPERATOR(layer, "(Tensor h, Tensor gain, Tensor qkv, Tensor out, Tensor ffn_gain, Tensor gate_up, Tensor down, float eps, Tensor cosine, "
  "Tensor sine, Tensor plan, Tensor keys, Tensor values) -> Tensor");
  OPERATOR(q4_pack, "(Tensor w) -> Tensor");
  OPERATOR(q4_linear, "(Tensor rows, Tensor w) -> Tensor");
  OPERATOR(q4_add, "(Tensor h, Tensor rows, Tensor w) -> Tensor");
}
