// All layers as one operator.

// Tensors of a layer that live as long as the model. The operators hold them, since an operator cannot be given lists of tensors;
// let_go releases them.
enum { HELD = 8 };

// A layer's tensors, held -> their handles, bytes [HELD * 8].
static void hold_layer(Word *stack, uint64_t arguments, uint64_t results) {
  (void)arguments, (void)results;
  Tensor held = new_bytes(HELD * (int64_t)sizeof(Word));
  __builtin_memcpy(data_of(held), stack, HELD * sizeof(Word));
  stack[0] = (Word)held;
}

typedef struct {
  const Word *layers; // [count, HELD]
  int64_t count;
  const Attention *plan;
  Tensor h, cosine, sine;
  float epsilon, *result;
  Team team;
} Decoder;

static Layer layer_of(const Decoder *x, int64_t l) {
  const Word *held = x->layers + l * HELD;
  return (Layer){tensor_of(held[0]), tensor_of(held[1]), tensor_of(held[2]), tensor_of(held[3]), tensor_of(held[4]), tensor_of(held[5]),
                 tensor_of(held[6]), tensor_of(held[7]), x->h, x->cosine, x->sine, x->epsilon};
}

static void decode(void *data) {
  Decoder *x = data;
  if (omp_get_thread_num() > 0) {
    follow(&x->team);
    return;
  }
  for (int64_t l = 0; l < x->count; l++) {
    Layer layer = layer_of(x, l);
    compute_layer(&layer, x->plan, widths_of(&layer, x->plan), x->result, &x->team);
  }
  x->team.stages = NULL;
  meet(&x->team.meeting);
}

static const char *decoder_misfit(const Decoder *x) {
  for (int64_t l = 0; l < x->count; l++) {
    Layer layer = layer_of(x, l);
    const char *wrong = layer_misfit(&layer, x->plan, widths_of(&layer, x->plan));
    if (wrong) {
      return wrong;
    }
  }
  return NULL;
}

// Residual rows h [N, dim], which become those after the last layer; layers from hold_layer, one after the other. Keys and values get
// the step's entries. Takes h and gives it back.
static void decoder(Word *stack, uint64_t arguments, uint64_t results) {
  (void)arguments, (void)results;
  Tensor layers = tensor_of(stack[1]), plan = tensor_of(stack[5]);
  Decoder x = {.layers = data_of(layers), .count = size_of(layers, 0) / (HELD * (int64_t)sizeof(Word)), .plan = data_of(plan),
               .h = tensor_of(stack[0]), .epsilon = (float)float_of(stack[2]), .cosine = tensor_of(stack[3]), .sine = tensor_of(stack[4])};
  const char *wrong = decoder_misfit(&x);
  if (!wrong) {
    x.result = data_of(x.h);
    GOMP_parallel(decode, &x, threads_for(MOST_THREADS), 0);
  }
  release(layers), release(x.cosine), release(x.sine), release(plan);
  if (wrong) {
    release(x.h);
    fail(wrong);
  }
  stack[0] = (Word)x.h;
}

// -> nothing [0]. What was held must not be used any more.
static void let_go(Word *stack, uint64_t arguments, uint64_t results) {
  (void)arguments, (void)results;
  Tensor layers = tensor_of(stack[0]);
  const Word *held = data_of(layers);
  for (int64_t i = 0; i < size_of(layers, 0) / (int64_t)sizeof(Word); i++) {
    release(tensor_of(held[i]));
  }
  release(layers);
  stack[0] = (Word)new_bytes(0);
}
