// The products of rows and panels.
typedef struct {
  const void *rows;
  int64_t count, n, groups;
  const uint8_t *weights;
  const float *h; // added to the result, or NULL
  float *out;
} LinearJob;

// A panel of float16 weights as float32, in a cache.
enum { WIDE = 1 };

INLINE int64_t group_bytes(uint32_t format) { return format == BF16 ? sizeof(BfloatGroup) : format == F16 ? sizeof(FloatGroup) : sizeof(Group); }

INLINE int64_t panel_bytes(uint32_t format, int64_t groups) {
  return groups * (format == Q8 ? Q8_GROUP_BYTES : format == Q4 ? Q4_GROUP_BYTES : format == WIDE ? 2 * HALF_GROUP_BYTES : HALF_GROUP_BYTES);
}

// Adds the products of a span of a panel's integers and so many rows, which lie so many groups apart, to the rows' sums.
INLINE void add_span(uint32_t format, int rows, const uint8_t *panel, const Group *row, int64_t span, int64_t stride, Reals (*sums)[VECTORS],
                     int stream) {
  UNROLL for (int r0 = 0; r0 < rows; r0 += PASS) {
    int pass = rows - r0 < PASS ? rows - r0 : PASS;
    UNROLL for (int v0 = 0; v0 < VECTORS; v0 += ABREAST) {
      Reals of_span[PASS][ABREAST];
      UNROLL for (int r = 0; r < pass; r++) {
        UNROLL for (int v = 0; v < ABREAST; v++) { of_span[r][v] = all_reals(0); }
      }
      for (int64_t g = 0; g < span; g++) {
        if (format == Q8) {
          q8_add_group(pass, v0, panel + g * Q8_GROUP_BYTES, row + r0 * stride + g, stride, of_span, stream && r0 == 0 && v0 == 0);
        } else {
          q4_add_group(pass, v0, panel + g * Q4_GROUP_BYTES, row + r0 * stride + g, stride, of_span, stream && r0 == 0 && v0 == 0);
        }
      }
      UNROLL for (int r = 0; r < pass; r++) {
        Reals scale = all_reals(row[(r0 + r) * stride].scale);
        UNROLL for (int v = 0; v < ABREAST; v++) { sums[r0 + r][v0 + v] = plus_product(sums[r0 + r][v0 + v], of_span[r][v], scale); }
      }
    }
  }
}

// So many groups of a panel and of so many rows, which lie `stride` groups apart. The sums [rows][PANEL] are what they are, or zero
// if these are the `first` groups. The panel comes from memory if `stream`, else it is in a cache.
INLINE void multiply(uint32_t format, int stream, int rows, const uint8_t *panel, const void *row, int64_t stride, int64_t groups, int first,
                     float *sums) {
  Reals kept[ROWS][VECTORS];
  UNROLL for (int r = 0; r < rows; r++) {
    UNROLL for (int v = 0; v < VECTORS; v++) { kept[r][v] = first ? all_reals(0) : reals_at(sums + r * PANEL + v * LANES); }
  }
  for (int64_t g = 0, span; g < groups; g += span) {
    span = span_of(groups - g);
    if (format == Q8 || format == Q4) {
      add_span(format, rows, panel + panel_bytes(format, g), (const Group *)row + g, span, stride, kept, stream);
      continue;
    }
    for (int64_t i = g; i < g + span; i++) {
#ifdef __AVX512VNNI__
      if (format == BF16) {
        bf16_add_group(rows, panel + panel_bytes(format, i), (const BfloatGroup *)row + i, stride, kept, stream);
        continue;
      }
#endif
      f16_add_group(format == WIDE, rows, panel + panel_bytes(format, i), (const FloatGroup *)row + i, stride, kept, stream);
    }
  }
  UNROLL for (int r = 0; r < rows; r++) {
    UNROLL for (int v = 0; v < VECTORS; v++) { put_reals(sums + r * PANEL + v * LANES, kept[r][v]); }
  }
}

INLINE void multiply_rows(uint32_t format, int stream, int64_t rows, const uint8_t *panel, const void *row, int64_t stride, int64_t groups,
                          int first, float *sums) {
#define CASE(r) case r: multiply(format, stream, r, panel, row, stride, groups, first, sums); break;
  switch (rows) { CASE(1) CASE(2) CASE(3) CASE(4) CASE(5) CASE(6) CASE(7) default: CASE(8) }
#undef CASE
}

// The channels of a panel are done.
INLINE void put_channels(const LinearJob *job, int64_t row, int64_t channel, const float *sums) {
  float *out = job->out + row * job->n + channel;
  const float *h = job->h ? job->h + row * job->n + channel : NULL;
  int64_t count = job->n - channel;
  for (int i = 0; i < PANEL && i < count; i += WIDTH) {
    Floats sum = floats_at(sums + i);
    if (i + WIDTH <= count) {
      put_floats(out + i, h ? sum + floats_at(h + i) : sum);
    } else {
      Floats result = h ? sum + first_floats_at(h + i, count - i) : sum;
      __builtin_memcpy(out + i, &result, (size_t)(count - i) * sizeof(float));
    }
  }
}

// A few rows meet a panel as a whole. More meet several panels, in blocks: a part, so many groups of a panel, stays in the first-level
// cache while so many rows pass, a few at a time. These groups of the rows and the sums stay in the second-level cache for the other
// panels, and a row's results are written together: between one row's place and the next lie whole pages.
enum { BLOCK_PANELS = 4, BLOCK_ROWS = 128, PART = SPAN, WIDE_PART = 2 };

// So many rows meet a part, `pass` of them at a time. Meanwhile the next part is fetched, a share of it with each pass: all at once,
// while the first rows of its own pass, would be faster than memory is.
INLINE void pass_rows(uint32_t format, const uint8_t *part, const uint8_t *next, const uint8_t *rows, int64_t count, int64_t pass,
                      int64_t stride, int64_t groups, int first, float *sums) {
  float wide[WIDE_PART * GROUP * PANEL] __attribute__((aligned(64)));
  int64_t share = panel_bytes(format, groups) * pass / count / LINE + 1;
  if (format == F16) {
    f16_widen(part, groups, wide);
  }
  for (int64_t r = 0; r < count; r += pass) {
    const void *row = rows + r * stride * group_bytes(format);
    int64_t passing = count - r < pass ? count - r : pass;
    for (int64_t i = 0; i < share; i++, next += LINE) {
      fetch(next);
    }
    multiply_rows(format == F16 ? WIDE : format, 0, passing, format == F16 ? (const uint8_t *)wide : part, row, stride, groups, first,
                  sums + r * PANEL);
  }
}

// A few rows, from `block` on.
INLINE void multiply_few(uint32_t format, const LinearJob *job, int64_t block, int64_t count, int64_t begin, int64_t end) {
  float sums[ROWS * PANEL] __attribute__((aligned(64)));
  const uint8_t *rows = (const uint8_t *)job->rows + block * job->groups * group_bytes(format);
  for (int64_t panel = begin; panel < end; panel++) {
    multiply_rows(format, 1, count, job->weights + panel_bytes(format, panel * job->groups), rows, job->groups, job->groups, 1, sums);
    for (int64_t r = 0; r < count; r++) {
      put_channels(job, block + r, panel * PANEL, sums + r * PANEL);
    }
  }
}

// So many rows, from `block` on.
INLINE void multiply_block(uint32_t format, const LinearJob *job, int64_t block, int64_t count, int64_t begin, int64_t end) {
  float sums[BLOCK_PANELS][BLOCK_ROWS * PANEL] __attribute__((aligned(64)));
  const uint8_t *rows = (const uint8_t *)job->rows + block * job->groups * group_bytes(format);
  int64_t pass = format == F16 ? F16_PASS : format == BF16 ? ROWS : PASS, step = format == F16 ? WIDE_PART : PART;
  for (int64_t first = begin; first < end; first += BLOCK_PANELS) {
    int64_t panels = end - first < BLOCK_PANELS ? end - first : BLOCK_PANELS;
    const uint8_t *weights = job->weights + panel_bytes(format, first * job->groups);
    for (int64_t g = 0; g < job->groups; g += step) {
      int64_t groups = job->groups - g < step ? job->groups - g : step;
      for (int64_t p = 0; p < panels; p++) {
        // The next panel's groups, or the first one's next groups, or, after the last of them, those behind the last panel.
        int64_t next = p + 1 < panels ? (p + 1) * job->groups + g : g + step < job->groups ? g + step : panels * job->groups;
        pass_rows(format, weights + panel_bytes(format, p * job->groups + g), weights + panel_bytes(format, next),
                  rows + g * group_bytes(format), count, pass, job->groups, groups, g == 0, sums[p]);
      }
    }
    for (int64_t r = 0; r < count; r++) {
      for (int64_t p = 0; p < panels; p++) {
        put_channels(job, block + r, (first + p) * PANEL, sums[p] + r * PANEL);
      }
    }
  }
}

INLINE void multiply_panels(uint32_t format, const LinearJob *job, int64_t begin, int64_t end) {
  for (int64_t block = 0; block < job->count; block += BLOCK_ROWS) {
    int64_t count = job->count - block < BLOCK_ROWS ? job->count - block : BLOCK_ROWS;
    if (count <= (format == F16 ? F16_PASS : ROWS)) {
      multiply_few(format, job, block, count, begin, end);
    } else {
      multiply_block(format, job, block, count, begin, end);
    }
  }
}
