// Draws a token per row of logits: penalties and bias, temperature, top_k, top_p, min_p, in this order; then the row's uniform
// number chooses by the inverse of the cumulative distribution. A row is drawn by one thread and read a few times from a cache;
// whoever sorts it whole, as a general library does, takes longer than a small model's layers.
#include "torch.h"
#include "parallel.h"
#include "scratch.h"
#include "vector.h"

typedef double Doubles __attribute__((vector_size(64)));
typedef float HalfFloats __attribute__((vector_size(32)));

enum { GREEDY, PLAIN, FILTERED };

// How a row is drawn, as SamplingPlan.java writes it.
typedef struct {
  double kind, temperature, top_k, top_p, min_p, uniform;
} How;

// All float64, so that one tensor holds it: the numbers of rows, repetition penalties, additions and forbidden tokens; how each row is
// drawn; the places of these edits in the flat logits; the penalties and the additions.
typedef struct {
  int64_t rows, repeats, additions, bans;
  const How *how;
  const double *at, *by;
} Draws;

static Draws draws_of(const double *numbers) {
  Draws draws = {(int64_t)numbers[0], (int64_t)numbers[1], (int64_t)numbers[2], (int64_t)numbers[3], (const How *)(numbers + 4), NULL, NULL};
  draws.at = numbers + 4 + draws.rows * (int64_t)(sizeof(How) / sizeof(double));
  draws.by = draws.at + draws.repeats + draws.additions + draws.bans;
  return draws;
}

// A token that may be kept.
typedef struct {
  uint32_t rank; // the less, the more likely
  int32_t id;
} Candidate;

// What a thread needs for a row.
typedef struct {
  float *weights;
  Candidate *candidates, *sorted;
} Desk;

typedef struct {
  float *y;
  int64_t vocabulary, width;
  Draws draws;
  double *drawn; // [rows, width]: whether the logits are numbers, the token, zeros
  Desk *desks;
} Drawing;

// Of a row's logits; behind the last one what no token has.
INLINE Floats logits_at(const float *y, int64_t i, int64_t count) {
  if (i + WIDTH <= count) {
    return floats_at(y + i);
  }
  Floats v = all(-__builtin_inff());
  for (int lane = 0; lane < count - i; lane++) {
    v[lane] = y[i + lane];
  }
  return v;
}

INLINE int any(Ints mask) { return __builtin_reduce_or(mask) != 0; }

static void find_unsound(const void *job, int64_t begin, int64_t end) {
  const Drawing *x = job;
  for (int64_t row = begin; row < end; row++) {
    const float *y = x->y + row * x->vocabulary;
    Ints unsound = {0};
    int64_t i = 0;
    for (; i + WIDTH <= x->vocabulary; i += WIDTH) {
      unsound |= ((Ints)floats_at(y + i) & 0x7f800000) == 0x7f800000;
    }
    for (; i < x->vocabulary; i++) {
      unsound[0] |= !__builtin_isfinite(y[i]);
    }
    double *drawn = x->drawn + row * x->width;
    __builtin_memset(drawn, 0, (size_t)x->width * sizeof *drawn);
    drawn[0] = !any(unsound);
  }
}

static void edit(float *y, const Draws *draws) {
  const double *at = draws->at, *by = draws->by;
  for (int64_t i = 0; i < draws->repeats; i++, at++, by++) {
    float *logit = y + (int64_t)*at;
    *logit = *logit > 0 ? *logit / (float)*by : *logit * (float)*by;
  }
  for (int64_t i = 0; i < draws->additions; i++, at++, by++) {
    y[(int64_t)*at] += (float)*by;
  }
  for (int64_t i = 0; i < draws->bans; i++, at++) {
    y[(int64_t)*at] = -__builtin_inff();
  }
}

// The first of the best.
static int64_t best_of(const float *y, int64_t count, float *best) {
  Floats most = all(-__builtin_inff());
  for (int64_t i = 0; i < count; i += WIDTH) {
    Floats v = logits_at(y, i, count);
    most = pick(v > most, v, most);
  }
  *best = most[0];
  for (int lane = 1; lane < WIDTH; lane++) {
    *best = most[lane] > *best ? most[lane] : *best;
  }
  int64_t i = 0;
  while (i + WIDTH < count && !any(floats_at(y + i) == all(*best))) {
    i += WIDTH;
  }
  while (i < count - 1 && y[i] != *best) {
    i++;
  }
  return i;
}

INLINE Doubles doubles_of(Floats v) {
  HalfFloats halves[2];
  __builtin_memcpy(halves, &v, sizeof halves);
  return __builtin_convertvector(halves[0], Doubles) + __builtin_convertvector(halves[1], Doubles);
}

INLINE double total_of(Doubles v) { return ((v[0] + v[4]) + (v[2] + v[6])) + ((v[1] + v[5]) + (v[3] + v[7])); }

// Probabilities relative to the best token's, and their sum. The distance from the best is divided by the temperature, since low ones
// would leave large numbers without digits. There is room for whole vectors.
static double weigh(const float *y, int64_t count, float best, float temperature, float *weights) {
  Doubles sum = {0};
  for (int64_t i = 0; i < count; i += WIDTH) {
    Floats weight = exponential((logits_at(y, i, count) - all(best)) / all(temperature));
    put_floats(weights + i, weight);
    sum += doubles_of(weight);
  }
  return total_of(sum);
}

// The uniform share of a sum, which is less than the sum.
INLINE double share_of(double sum, double uniform) { return sum * (uniform < 0.999999999999999 ? uniform : 0.999999999999999); }

// Where the weights, added up in the order of the ids, pass the share.
static int64_t draw_plain(const float *weights, int64_t count, double share) {
  double passed = 0;
  int64_t last = 0, i = 0;
  for (; i < count; i += WIDTH) {
    double sum = total_of(doubles_of(floats_at(weights + i)));
    if (passed + sum > share) {
      break;
    }
    passed += sum;
    last = sum > 0 ? i : last;
  }
  // Added one by one the last ones may fall short of the share by a bit: then it is the last that has any weight.
  int64_t drawn = i = i < count ? i : last;
  for (int64_t end = i + WIDTH < count ? i + WIDTH : count; i < end && passed <= share; i++) {
    passed += weights[i];
    drawn = weights[i] > 0 ? i : drawn;
  }
  return drawn;
}

// Tokens of at least some weight, and the sum of their weights.
static int64_t gather(const float *weights, int64_t count, float least, Candidate *to, double *mass) {
  int64_t found = 0;
  *mass = 0;
  for (int64_t i = 0; i < count; i += WIDTH) {
    if (any(floats_at(weights + i) >= all(least))) {
      for (int64_t id = i; id < i + WIDTH && id < count; id++) {
        if (weights[id] >= least) {
          uint32_t bits;
          __builtin_memcpy(&bits, weights + id, sizeof bits);
          to[found++] = (Candidate){~bits, (int32_t)id};
          *mass += weights[id];
        }
      }
    }
  }
  return found;
}

// By rank, equal ones as they were; both places are written to. -> the place with the result
static Candidate *sort(Candidate *from, Candidate *to, int64_t count) {
  enum { BITS = 11, KEYS = 1 << BITS };
  for (int shift = 0; shift < 32; shift += BITS) {
    int32_t begins[KEYS + 1] = {0};
    for (int64_t i = 0; i < count; i++) {
      begins[(from[i].rank >> shift) % KEYS + 1]++;
    }
    for (int key = 0; key < KEYS; key++) {
      begins[key + 1] += begins[key];
    }
    for (int64_t i = 0; i < count; i++) {
      to[begins[(from[i].rank >> shift) % KEYS]++] = from[i];
    }
    Candidate *sorted = to;
    to = from, from = sorted;
  }
  return from;
}

// top_p (Holtzman et al. 2020) keeps a token while those before it hold less than top_p of what top_k kept; min_p keeps what
// reaches its share of the best.
static int64_t draw_filtered(const Desk *desk, int64_t count, double total, const How *how) {
  const float *weights = desk->weights;
  int64_t most = how->top_k > 0 && how->top_k < count ? (int64_t)how->top_k : count, found = 0;
  // Nearly always a few are all that is kept: the unlikely ones need not be sorted.
  const float floors[] = {0x1p-10f, 0x1p-20f, 0x1p-126f};
  for (int i = 0; i < 3; i++) {
    double mass;
    found = gather(weights, count, floors[i], desk->candidates, &mass);
    if (most < count ? found >= most : mass >= how->top_p * total || how->min_p >= floors[i]) {
      break;
    }
  }
  const Candidate *sorted = sort(desk->candidates, desk->sorted, found);
  found = found < most ? found : most;
  double mass = total, before = 0;
  if (most < count) {
    mass = 0;
    for (int64_t i = 0; i < found; i++) {
      mass += weights[sorted[i].id];
    }
  }
  int64_t kept = 0;
  for (double least = how->min_p; kept < found; kept++) {
    double weight = weights[sorted[kept].id];
    if (kept > 0 && ((how->top_p < 1 && before >= how->top_p * mass) || weight < least * weights[sorted[0].id])) {
      break;
    }
    before += weight;
  }
  double share = share_of(before, how->uniform), passed = 0;
  for (int64_t i = 0; i < kept; i++) {
    passed += weights[sorted[i].id];
    if (passed > share) {
      return sorted[i].id;
    }
  }
  return kept > 0 ? sorted[kept - 1].id : 0;
}

static void draw_rows(const void *job, int64_t begin, int64_t end) {
  const Drawing *x = job;
  const Desk *desk = x->desks + omp_get_thread_num();
  for (int64_t row = begin; row < end; row++) {
    const float *y = x->y + row * x->vocabulary;
    const How *how = x->draws.how + row;
    double *drawn = x->drawn + row * x->width;
    if (drawn[0] == 0) {
      continue;
    }
    float best;
    int64_t token = best_of(y, x->vocabulary, &best);
    if (how->kind != GREEDY) {
      double total = weigh(y, x->vocabulary, best, (float)how->temperature, desk->weights);
      token = how->kind == PLAIN ? draw_plain(desk->weights, x->vocabulary, share_of(total, how->uniform))
                                 : draw_filtered(desk, x->vocabulary, total, how);
    }
    drawn[1] = (double)token;
  }
}

// Logits y [n, vocabulary], which are edited; draws, see above. -> float64 [n, width]: whether the row's logits are numbers, the token,
// zeros.
static void draw(Word *stack, uint64_t arguments, uint64_t results) {
  (void)arguments, (void)results;
  Tensor y = tensor_of(stack[0]), numbers = tensor_of(stack[1]);
  Drawing x = {data_of(y), size_of(y, 1), int_of(stack[2]), draws_of(data_of(numbers)), NULL, NULL};
  int64_t rows = size_of(y, 0), threads = threads_for(rows), floats = (x.vocabulary + WIDTH - 1) / WIDTH * WIDTH;
  const char *wrong = type_of(y) != FLOAT32 ? "Tokens are drawn by logits in float32" : x.draws.rows != rows ? "There are not as many draws as rows of logits" : NULL;
  Tensor drawn = wrong ? NULL : new_matrix(rows, x.width, FLOAT64);
  if (!wrong) {
    Scratch *scratch = take_scratch();
    Desk desks[MOST_THREADS];
    for (int64_t i = 0; i < threads; i++) {
      desks[i] = (Desk){room(&scratch, floats, sizeof(float)), room(&scratch, floats, sizeof(Candidate)), room(&scratch, floats, sizeof(Candidate))};
    }
    x.drawn = data_of(drawn), x.desks = desks;
    parallel(rows, find_unsound, &x);
    edit(x.y, &x.draws);
    parallel(rows, draw_rows, &x);
    give_scratch_back(scratch);
  }
  release(y), release(numbers);
  if (wrong) {
    fail(wrong);
  }
  stack[0] = (Word)drawn;
}

void define_sampling(void *library, void *implementation) { OPERATOR(draw, "(Tensor y, Tensor draws, int width) -> Tensor"); }
