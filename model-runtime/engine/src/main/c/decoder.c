// All layers as one operator. An operator cannot be given lists of tensors, so hold_layer keeps those of a layer and let_go releases them.

// A layer's tensors, held -> the layer, bytes.
static void hold_layer(Word *stack, uint64_t arguments, uint64_t results) {
  (void)arguments, (void)results;
  Layer layer;
  __builtin_memcpy(layer.tensors, stack, sizeof layer.tensors);
  const char *wrong = complete_layer(&layer);
  if (wrong) {
    for (int i = 0; i < TENSORS; i++) {
      release(layer.tensors[i]);
    }
    fail(wrong);
  }
  Tensor held = new_bytes(sizeof layer);
  __builtin_memcpy(data_of(held), &layer, sizeof layer);
  stack[0] = (Word)held;
}

typedef struct {
  const Layer *layers;
  int64_t count;
  Common common;
  Team team;
} Decoder;

static void decode(void *data) {
  Decoder *x = data;
  if (omp_get_thread_num() > 0) {
    follow(&x->team);
    return;
  }
  for (int64_t l = 0; l < x->count; l++) {
    compute_layer(x->layers + l, &x->common, &x->team);
  }
  x->team.stages = NULL;
  meet(&x->team.meeting);
}

static const char *decoder_misfit(const Decoder *x, Tensor h) {
  if (type_of(h) != FLOAT32 || size_of(h, 0) != x->common.plan->step.tokens) {
    return "The residual stream is not the step's tokens in float32";
  }
  for (int64_t l = 0; l < x->count; l++) {
    if (!fits(x->layers + l, x->common.plan, size_of(h, 1))) {
      return "A layer does not fit the step's rows or heads";
    }
  }
  return NULL;
}

// Residual rows h [N, dim], which become those after the last layer; layers from hold_layer, one after the other. Keys and values get
// the step's entries. Takes h and gives it back.
static void decoder(Word *stack, uint64_t arguments, uint64_t results) {
  (void)arguments, (void)results;
  Tensor h = tensor_of(stack[0]), layers = tensor_of(stack[1]), cosine = tensor_of(stack[3]), sine = tensor_of(stack[4]), plan = tensor_of(stack[5]);
  Decoder x = {.layers = data_of(layers), .count = size_of(layers, 0) / (int64_t)sizeof(Layer),
               .common = {data_of(plan), data_of(h), data_of(cosine), data_of(sine), (float)float_of(stack[2])}};
  const char *wrong = decoder_misfit(&x, h);
  if (!wrong) {
    GOMP_parallel(decode, &x, threads_for(MOST_THREADS), 0);
  }
  release(layers), release(cosine), release(sine), release(plan);
  if (wrong) {
    release(h);
    fail(wrong);
  }
  stack[0] = (Word)h;
}

// -> nothing [0]. What was held must not be used any more.
static void let_go(Word *stack, uint64_t arguments, uint64_t results) {
  (void)arguments, (void)results;
  Tensor layers = tensor_of(stack[0]);
  const Layer *held = data_of(layers);
  for (int64_t l = 0; l < size_of(layers, 0) / (int64_t)sizeof(Layer); l++) {
    for (int i = 0; i < TENSORS; i++) {
      release(held[l].tensors[i]);
    }
  }
  release(layers);
  stack[0] = (Word)new_bytes(0);
}
