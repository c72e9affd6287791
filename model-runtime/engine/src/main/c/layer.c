// A decoder layer (Touvron et al. 2023, section 2.2). The threads stay together from the first layer's norm to the last one's sum
// (decoder.c) and wait for each other between stages only; as operators of their own, each stage would also cost a call, memory for
// its result and the waking of threads, at one row as long as a fifth of their work.

// In order; what one writes the next reads.
enum { NORM, QKV, ROTATE, ATTEND, MIXED, OUT, FFN_NORM, GATE_UP, SWIGLU, DOWN, STAGES };

typedef struct {
  Queue queues[STAGES];
  Meeting *meeting; // the team's: who is the last to leave it may do so when these stages are gone
} Stages;

static void work_on_stages(void *data) {
  Stages *stages = data;
  for (int i = 0; i < STAGES; i++) {
    serve_queue(stages->queues + i);
    meet(stages->meeting);
  }
}

// Threads that compute layer after layer; the first of them leads.
typedef struct {
  Meeting meeting;
  Stages *stages; // next; NULL when there are none any more
} Team;

static void follow(Team *team) {
  for (meet(&team->meeting); team->stages != NULL; meet(&team->meeting)) {
    work_on_stages(team->stages);
  }
}

static void lead(Team *team, Stages *stages) {
  stages->meeting = &team->meeting;
  team->stages = stages;
  meet(&team->meeting);
  work_on_stages(stages);
}

// What a layer is computed from.
typedef struct {
  Tensor gain, qkv, out, ffn_gain, gate_up, down, keys, values; // the layer's own
  Tensor h, cosine, sine;                                        // rows [N, dim] of the residual stream; of all layers
  float epsilon;
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
  const Format *common = format_of(x->qkv);
  for (int i = 0; i < 4; i++) {
    Header header = header_of(weights[i].packed);
    const Format *format = format_of(weights[i].packed);
    if (!format) {
      return "These are not packed weights";
    }
    if (format != common || header.n != weights[i].n || header.k != weights[i].k) {
      return "The weights of a layer do not fit each other";
    }
  }
  return type_of(x->h) != FLOAT32 || size_of(x->h, 0) != plan->step.tokens ? "The residual stream is not the step's tokens in float32"
         : size_of(x->gain, 0) != w.dim || size_of(x->ffn_gain, 0) != w.dim    ? "A gain is not as long as a row"
                                                                           : NULL;
}

// Writes the rows after the layer to `result`, which may be h itself.
static void compute_layer(const Layer *x, const Attention *plan, Widths w, float *result, Team *team) {
  int64_t N = plan->step.tokens, dim = w.dim, heads = w.heads, ffn = w.ffn;
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
  LinearJob down = linear_job(x->down, rows, N, h, result);
  Stages stages = {.queues = {
      [NORM] = {.work = format->rows->norm, .job = &norm, .items = N},
      [QKV] = linear_queue(format, &qkv_job),
      [ROTATE] = {.work = rotate_items, .job = &rotation, .items = rotations(plan)},
      [ATTEND] = {.work = attend_items, .job = &attention, .items = plan->items},
      [MIXED] = {.work = format->rows->rows, .job = &mixed_rows, .items = N},
      [OUT] = linear_queue(format, &out),
      [FFN_NORM] = {.work = format->rows->norm, .job = &ffn_norm, .items = N},
      [GATE_UP] = linear_queue(format, &gate_up_job),
      [SWIGLU] = {.work = format->rows->swiglu, .job = &swiglu, .items = N * spans_of(groups_of(ffn))},
      [DOWN] = linear_queue(format, &down),
  }};
  lead(team, &stages);
  give_scratch_back(scratch);
}
