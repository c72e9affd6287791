// A whole decoder layer (Touvron et al. 2023, section 2.2) as one operator. The threads stay together from its first norm to its
// last sum and wait for each other between its stages only; as operators of their own, each stage would also cost a call, memory
// for its result and the waking of threads, at one row as long as a fifth of their work.

// In order; what one writes the next reads.
enum { NORM, QKV, ROTATE, ATTEND, MIXED, OUT, FFN_NORM, GATE_UP, SWIGLU, DOWN, STAGES };

typedef struct {
  Queue queues[STAGES];
  Meeting meeting;
} Stages;

static void work_on_stages(void *data) {
  Stages *stages = data;
  for (int i = 0; i < STAGES; i++) {
    serve_queue(stages->queues + i);
    meet(&stages->meeting);
  }
}

// What the operator is called with.
typedef struct {
  Tensor h, gain, qkv, out, ffn_gain, gate_up, down;
  float epsilon;
  Tensor cosine, sine, plan, keys, values;
} Layer;

// Numbers of a row: of the residual stream, of all heads' queries, of these with the keys and values, of the gate.
typedef struct {
  int64_t dim, heads, wide, ffn;
} Widths;

static Widths widths_of(const Layer *x, const Attention *plan) {
  int64_t D = plan->entries.head_dim, heads = plan->heads * D;
  return (Widths){size_of(x->h, 1), heads, heads + 2 * plan->entries.kv_heads * D, header_of(x->down).k};
}

// What does not fit together, or NULL.
static const char *layer_misfit(const Layer *x, const Attention *plan, Widths w) {
  const struct {
    Tensor packed;
    int64_t n, k;
  } weights[] = {{x->qkv, w.wide, w.dim}, {x->out, w.dim, w.heads}, {x->gate_up, 2 * w.ffn, w.dim}, {x->down, w.dim, w.ffn}};
  for (int i = 0; i < 4; i++) {
    Header header = header_of(weights[i].packed);
    if (!format_of(weights[i].packed)) {
      return "These are not packed weights";
    }
    if (format_of(weights[i].packed) != format_of(x->qkv) || header.n != weights[i].n || header.k != weights[i].k) {
      return "The weights of a layer do not fit each other";
    }
  }
  return type_of(x->h) != FLOAT32 || size_of(x->h, 0) != plan->step.tokens ? "The residual stream is not the step's tokens in float32"
         : size_of(x->gain, 0) != w.dim || size_of(x->ffn_gain, 0) != w.dim    ? "A gain is not as long as a row"
                                                                           : NULL;
}

static Tensor compute_layer(const Layer *x, const Attention *plan, Widths w) {
  int64_t N = plan->step.tokens, dim = w.dim, heads = w.heads, ffn = w.ffn;
  Tensor result = new_matrix(N, dim, FLOAT32);
  Scratch *scratch = take_scratch();
  int64_t longest = ffn > dim ? ffn : dim;
  const Format *format = format_of(x->qkv);
  void *rows = room(&scratch, N * groups_of(longest > heads ? longest : heads), format->rows->group);
  float *qkv = room(&scratch, N * w.wide, sizeof(float)), *queries = room(&scratch, N * heads, sizeof(float));
  float *mixed = room(&scratch, N * heads, sizeof(float)), *h = room(&scratch, N * dim, sizeof(float));
  float *gate_up = room(&scratch, N * 2 * ffn, sizeof(float));

  RowsJob norm = {data_of(x->h), data_of(x->gain), x->epsilon, dim, rows};
  LinearJob qkv_job = linear_job(x->qkv, rows, N, NULL, qkv);
  Rotation rotation = {plan, entries_of(plan, x->keys, x->values), qkv, data_of(x->cosine), data_of(x->sine), queries};
  Attention attention = *plan;
  attention.entries = rotation.entries, attention.queries = queries, attention.out = mixed;
  RowsJob mixed_rows = {.x = mixed, .k = heads, .to = rows};
  LinearJob out = linear_job(x->out, rows, N, norm.x, h);
  RowsJob ffn_norm = {h, data_of(x->ffn_gain), x->epsilon, dim, rows};
  LinearJob gate_up_job = linear_job(x->gate_up, rows, N, NULL, gate_up);
  RowsJob swiglu = {.x = gate_up, .k = ffn, .to = rows};
  LinearJob down = linear_job(x->down, rows, N, h, data_of(result));
  Stages stages = {.queues = {
      [NORM] = {.work = format->rows->norm, .job = &norm, .items = N},
      [QKV] = linear_queue(format, &qkv_job),
      [ROTATE] = {.work = rotate_items, .job = &rotation, .items = rotations(plan)},
      [ATTEND] = {.work = attend_items, .job = &attention, .items = plan->items},
      [MIXED] = {.work = format->rows->rows, .job = &mixed_rows, .items = N},
      [OUT] = linear_queue(format, &out),
      [FFN_NORM] = {.work = format->rows->norm, .job = &ffn_norm, .items = N},
      [GATE_UP] = linear_queue(format, &gate_up_job),
      [SWIGLU] = {.work = format->rows->swiglu, .job = &swiglu, .items = N * groups_of(ffn)},
      [DOWN] = linear_queue(format, &down),
  }};
  GOMP_parallel(work_on_stages, &stages, threads_for(MOST_THREADS), 0);
  give_scratch_back(scratch);
  return result;
}

// Residual rows h [N, dim] -> those after the layer. Keys and values get the step's entries.
static void layer(Word *stack, uint64_t arguments, uint64_t results) {
  (void)arguments, (void)results;
  Layer x = {tensor_of(stack[0]), tensor_of(stack[1]), tensor_of(stack[2]), tensor_of(stack[3]), tensor_of(stack[4]), tensor_of(stack[5]),
             tensor_of(stack[6]), (float)float_of(stack[7]), tensor_of(stack[8]), tensor_of(stack[9]), tensor_of(stack[10]),
             tensor_of(stack[11]), tensor_of(stack[12])};
  const Attention *plan = data_of(x.plan);
  Widths widths = widths_of(&x, plan);
  const char *wrong = layer_misfit(&x, plan, widths);
  Tensor result = wrong ? NULL : compute_layer(&x, plan, widths);
  for (int i = 0; i < 13; i++) {
    if (i != 7) {
      release(tensor_of(stack[i]));
    }
  }
  if (wrong) {
    fail(wrong);
  }
  stack[0] = (Word)result;
}
