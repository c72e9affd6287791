// The products of rows and panels.
typedef struct {
  uint32_t format;
  const Group *rows;
  int64_t count, n, groups;
  const uint8_t *weights;
  const float *h; // added to the result, or NULL
  float *out;
} LinearJob;

INLINE int64_t panel_bytes(uint32_t format, int64_t groups) { return format == Q8 ? q8_panel_bytes(groups) : groups * Q4_GROUP_BYTES; }

// Groups begin .. end - 1 of a panel and of so many rows, which lie `stride` groups apart. The sums [rows][PANEL] begin with the
// first group. The panel comes from memory if `stream`, else it is in a cache.
INLINE void multiply(uint32_t format, int stream, int rows, const uint8_t *panel, const Group *row, int64_t stride, int64_t begin, int64_t end,
                     float *sums) {
  Reals kept[ROWS][VECTORS];
  UNROLL for (int r = 0; r < rows; r++) {
    UNROLL for (int v = 0; v < VECTORS; v++) { kept[r][v] = begin == 0 ? all_reals(0) : reals_at(sums + r * PANEL + v * LANES); }
  }
  for (int64_t g = begin; g < end; g++) {
    if (format == Q8) {
      const uint8_t *scales = panel + q8_offset(g / SPAN * SPAN) - Q8_SCALES_BYTES;
      if (stream && g % SPAN == 0) {
        ahead_of(scales);
      }
      q8_add_group(rows, scales, panel + q8_offset(g), row + g, stride, kept, stream);
    } else {
      q4_add_group(rows, panel + g * Q4_GROUP_BYTES, row + g, stride, kept, stream);
    }
  }
  UNROLL for (int r = 0; r < rows; r++) {
    UNROLL for (int v = 0; v < VECTORS; v++) { put_reals(sums + r * PANEL + v * LANES, kept[r][v]); }
  }
}

INLINE void multiply_rows(uint32_t format, int stream, int64_t rows, const uint8_t *panel, const Group *row, int64_t stride, int64_t begin,
                          int64_t end, float *sums) {
#define CASE(r) case r: multiply(format, stream, r, panel, row, stride, begin, end, sums); break;
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

// Many rows meet a panel in blocks: so many groups of the panel stay in the first-level cache while so many rows pass, a few at a
// time, whose sums are in the second-level cache.
enum { BLOCK_GROUPS = 16, BLOCK_ROWS = 256 };

INLINE void multiply_panels(uint32_t format, const LinearJob *job, int64_t begin, int64_t end) {
  float sums[BLOCK_ROWS * PANEL] __attribute__((aligned(64)));
  for (int64_t panel = begin; panel < end; panel++) {
    const uint8_t *weights = job->weights + panel * panel_bytes(format, job->groups);
    for (int64_t block = 0; block < job->count; block += BLOCK_ROWS) {
      const Group *rows = job->rows + block * job->groups;
      int64_t count = job->count - block < BLOCK_ROWS ? job->count - block : BLOCK_ROWS;
      int64_t pass = count <= ROWS ? ROWS : PASS, step = count <= ROWS ? job->groups : BLOCK_GROUPS;
      for (int64_t g = 0; g < job->groups; g += step) {
        int64_t end_group = job->groups - g < step ? job->groups : g + step;
        for (int64_t r = 0; r < count; r += pass) {
          if (r == 0) {
            multiply_rows(format, 1, count < pass ? count : pass, weights, rows, job->groups, g, end_group, sums);
          } else {
            multiply_rows(format, 0, count - r < pass ? count - r : pass, weights, rows + r * job->groups, job->groups, g, end_group,
                          sums + r * PANEL);
          }
        }
      }
      for (int64_t r = 0; r < count; r++) {
        put_channels(job, block + r, panel * PANEL, sums + r * PANEL);
      }
    }
  }
}

static void multiply_q8(const void *job, int64_t begin, int64_t end) { multiply_panels(Q8, job, begin, end); }
static void multiply_q4(const void *job, int64_t begin, int64_t end) { multiply_panels(Q4, job, begin, end); }
