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
  return format == Q8 ? q8_panel_bytes(groups) : groups * (format == Q4 ? Q4_GROUP_BYTES : HALF_GROUP_BYTES);
}

// So many groups of a panel and of so many rows, which lie `stride` groups apart. The sums [rows][PANEL] are what they are, or zero
// if these are the `first` groups. The panel comes from memory if `stream`, else it is in a cache.
INLINE void multiply(uint32_t format, int stream, int rows, const uint8_t *panel, const void *row, int64_t stride, int64_t groups, int first,
                     float *sums) {
  Reals kept[ROWS][VECTORS];
  UNROLL for (int r = 0; r < rows; r++) {
    UNROLL for (int v = 0; v < VECTORS; v++) { kept[r][v] = first ? all_reals(0) : reals_at(sums + r * PANEL + v * LANES); }
  }
  for (int64_t g = 0; g < groups; g++) {
    if (format == Q8) {
      const uint8_t *scales = panel + q8_offset(g / SPAN * SPAN) - Q8_SCALES_BYTES;
      if (stream && g % SPAN == 0) {
        ahead_of(scales);
      }
      q8_add_group(rows, scales, panel + q8_offset(g), (const Group *)row + g, stride, kept, stream);
    } else if (format == Q4) {
      q4_add_group(rows, panel + g * Q4_GROUP_BYTES, (const Group *)row + g, stride, kept, stream);
#ifdef __AVX512VNNI__
    } else if (format == BF16) {
      bf16_add_group(rows, panel + g * HALF_GROUP_BYTES, (const BfloatGroup *)row + g, stride, kept, stream);
#endif
    } else {
      f16_add_group(format == WIDE, rows, panel + g * HALF_GROUP_BYTES * (format == WIDE ? 2 : 1), (const FloatGroup *)row + g, stride, kept, stream);
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

// A few rows meet a panel as a whole. More meet several panels, in blocks: so many groups of a panel stay in the first-level cache
// while so many rows pass, a few at a time. These groups of the rows and the sums stay in the second-level cache for the other
// panels, and a row's results are written together: between one row's place and the next lie whole pages.
enum { BLOCK_PANELS = 4, BLOCK_ROWS = 128, BLOCK_GROUPS = 16, WIDE_GROUPS = 4 };

// So many rows meet a part of a panel, `pass` of them at a time.
INLINE void pass_rows(uint32_t format, const uint8_t *part, const uint8_t *rows, int64_t count, int64_t pass, int64_t stride, int64_t groups,
                      int first, float *sums) {
  float wide[WIDE_GROUPS * GROUP * PANEL] __attribute__((aligned(64)));
  int widen = format == F16 && count > F16_PASS;
  if (widen) {
    f16_widen(part, groups, wide);
  }
  for (int64_t r = 0; r < count; r += pass) {
    const void *row = rows + r * stride * group_bytes(format);
    int64_t passing = count - r < pass ? count - r : pass;
    if (widen) {
      multiply_rows(WIDE, 0, passing, (const uint8_t *)wide, row, stride, groups, first, sums + r * PANEL);
    } else if (r == 0) {
      multiply_rows(format, 1, passing, part, row, stride, groups, first, sums);
    } else {
      multiply_rows(format, 0, passing, part, row, stride, groups, first, sums + r * PANEL);
    }
  }
}

INLINE void multiply_panels(uint32_t format, const LinearJob *job, int64_t begin, int64_t end) {
  float sums[BLOCK_PANELS][BLOCK_ROWS * PANEL] __attribute__((aligned(64)));
  int64_t few = format == F16 ? F16_PASS : ROWS, many = format == Q8 || format == Q4 ? PASS : few;
  for (int64_t block = 0; block < job->count; block += BLOCK_ROWS) {
    const uint8_t *rows = (const uint8_t *)job->rows + block * job->groups * group_bytes(format);
    int64_t count = job->count - block < BLOCK_ROWS ? job->count - block : BLOCK_ROWS;
    int64_t pass = count <= few ? few : many, step = count <= few ? job->groups : format == F16 ? WIDE_GROUPS : BLOCK_GROUPS;
    int64_t abreast = count <= few ? 1 : BLOCK_PANELS;
    for (int64_t first = begin; first < end; first += abreast) {
      int64_t panels = end - first < abreast ? end - first : abreast;
      const uint8_t *weights = job->weights + first * panel_bytes(format, job->groups);
      for (int64_t g = 0; g < job->groups; g += step) {
        int64_t groups = job->groups - g < step ? job->groups - g : step;
        for (int64_t p = 0; p < panels; p++) {
          const uint8_t *part = weights + p * panel_bytes(format, job->groups) + panel_bytes(format, g);
          pass_rows(format, part, rows + g * group_bytes(format), count, pass, job->groups, groups, g == 0, sums[p]);
        }
      }
      for (int64_t r = 0; r < count; r++) {
        for (int64_t p = 0; p < panels; p++) {
          put_channels(job, block + r, (first + p) * PANEL, sums[p] + r * PANEL);
        }
      }
    }
  }
}
