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

// Numbers of a row: of the residual stream, of all heads' queries, of these with the keys and values, of the gate.
typedef struct {
  int64_t dim, heads, wide, ffn;
} Widths;

// A layer's tensors, which live as long as the model, and what follows from them.
enum { TENSORS = 8 };
typedef struct {
  union {
    Tensor tensors[TENSORS];
    struct {
      Tensor gain, qkv, out, ffn_gain, gate_up, down, keys, values;
    };
  };
  const Format *format; // of all four matrices
  Widths widths;
} Layer;

// What all layers of a step have in common: rows [N, dim] of the residual stream, in which the result comes to lie too.
typedef struct {
  const Attention *plan;
  float *h;
  const float *cosine, *sine;
  float epsilon;
} Common;

// Completes a layer that has its tensors; what does not fit together, or NULL.
static const char *complete_layer(Layer *x) {
  Header qkv = header_of(x->qkv), out = header_of(x->out), gate_up = header_of(x->gate_up), down = header_of(x->down);
  x->format = format_of(x->qkv);
  x->widths = (Widths){.dim = qkv.k, .heads = out.k, .wide = qkv.n, .ffn = down.k};
  if (!x->format) {
    return "These are not packed weights";
  }
  if (format_of(x->out) != x->format || format_of(x->gate_up) != x->format || format_of(x->down) != x->format || out.n != qkv.k ||
      gate_up.n != 2 * down.k || gate_up.k != qkv.k || down.n != qkv.k) {
    return "The weights of a layer do not fit each other";
  }
  return size_of(x->gain, 0) != qkv.k || size_of(x->ffn_gain, 0) != qkv.k ? "A gain is not as long as a row" : NULL;
}

// Whether a layer computes rows of this width with these heads.
static int fits(const Layer *x, const Attention *plan, int64_t dim) {
  int64_t D = plan->entries.head_dim, heads = plan->heads * D;
  return x->widths.dim == dim && x->widths.heads == heads && x->widths.wide == heads + 2 * plan->entries.kv_heads * D;
}

static void compute_layer(const Layer *x, const Common *common, Team *team) {
  const Attention *plan = common->plan;
  int64_t N = plan->step.tokens, dim = x->widths.dim, heads = x->widths.heads, wide = x->widths.wide, ffn = x->widths.ffn;
  Scratch *scratch = take_scratch();
  int64_t longest = ffn > dim ? ffn : dim;
  const Format *format = x->format;
  void *rows = room(&scratch, N * groups_of(longest > heads ? longest : heads), format->rows->group);
  float *qkv = room(&scratch, N * wide, sizeof(float)), *queries = room(&scratch, N * heads, sizeof(float));
  float *mixed = room(&scratch, N * heads, sizeof(float)), *h = room(&scratch, N * dim, sizeof(float));
  float *gate_up = room(&scratch, N * 2 * ffn, sizeof(float));

  RowsJob norm = {common->h, data_of(x->gain), common->epsilon, dim, rows};
  LinearJob qkv_job = linear_job(x->qkv, rows, N, NULL, qkv);
  Rotation rotation = {plan, entries_of(plan, x->keys, x->values), qkv, common->cosine, common->sine, queries};
  Attention attention = *plan;
  attention.entries = rotation.entries, attention.queries = queries, attention.out = mixed;
  RowsJob mixed_rows = {.x = mixed, .k = heads, .to = rows};
  LinearJob out = linear_job(x->out, rows, N, common->h, h);
  RowsJob ffn_norm = {h, data_of(x->ffn_gain), common->epsilon, dim, rows};
  LinearJob gate_up_job = linear_job(x->gate_up, rows, N, NULL, gate_up);
  RowsJob swiglu = {.x = gate_up, .k = ffn, .to = rows};
  LinearJob down = linear_job(x->down, rows, N, h, common->h);
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
