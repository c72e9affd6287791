# One step of a Llama 2 decoder (Touvron et al. 2023, section 2.2): RMSNorm before, rotary positions, grouped-query attention,
# SwiGLU. N tokens of all sequences in the step go through the linear layers together: first those of sequences that decode,
# one each, then the runs of those in prefill. Shapes: h [N, dim], H heads, K kv_heads, G = H / K, D head_dim.

# 1 / rms of each row, [N, 1]
def inverse_rms(self, h: Tensor) -> Tensor:
  length = torch.linalg_vector_norm(h, 2, [1], True)
  square = torch.mul_(torch.mul_(length, length), 1. / float(h.shape[1]))
  return torch.rsqrt_(torch.add_(square, self.eps))

# x [N, heads, D] turned by its position's angles [N, 1, D]
def rotate(self, x: Tensor, cosine: Tensor, sine: Tensor) -> Tensor:
  half = torch.floordiv(self.head_dim, 2)
  turned = torch.cat([torch.neg(torch.slice(x, 2, half, self.head_dim)), torch.slice(x, 2, 0, half)], 2)
  return torch.addcmul_(torch.mul(x, cosine), turned, sine)

# A group is a run of adjacent regions of one capacity: first and last decoding sequence, start, capacity, padded length.
# Its mask [n * K, 1, length] hides what lies behind each sequence; lengths are per sequence.
def group_masks(self, groups: List[int], lengths: List[int]) -> List[Tensor]:
  masks: List[Tensor] = []
  for g in range(torch.floordiv(torch.len(groups), 5)):
    first = groups[5 * g]
    last = groups[5 * g + 1]
    padded = groups[5 * g + 4]
    mask = torch.zeros([last - first, self.kv_heads, 1, padded], dtype=KV)
    for i in range(last - first):
      if lengths[first + i] < padded:
        torch.fill_(torch.slice(mask[i], 2, lengths[first + i], padded), -inf)
    torch.append(masks, torch.view(mask, [(last - first) * self.kv_heads, 1, padded]))
  return masks

# q [n, H, D] of one group -> [n, H * D]. The bfloat16 product wants dense batches: whole regions are; shorter reads are copied
# here, row by row, since it would copy them transposed. The float32 product reads in place.
def attend_group(self, q: Tensor, keys: Tensor, values: Tensor, start: int, capacity: int, padded: int, mask: Tensor) -> Tensor:
  K = self.kv_heads
  D = self.head_dim
  G = torch.floordiv(self.heads, K)
  n = q.shape[0]
  k = torch.as_strided(keys, [n * K, padded, D], [capacity * D, D, 1], start * K * D)
  v = torch.as_strided(values, [n * K, padded, D], [capacity * D, D, 1], start * K * D)
  if self.half_attention:
    k = torch.contiguous(k)
    v = torch.contiguous(v)
  scores = torch.add_(torch.bmm(torch.reshape(q, [n * K, G, D]), torch.transpose(k, 1, 2)), mask)
  return torch.reshape(torch.bmm(torch.softmax(scores, -1), v), [n, self.heads * D])

# q [c, H, D] of one sequence's run from a position on, whose keys and values are in place -> [c, H * D]. Causal, in chunks of
# queries, so that scores stay small and no chunk reads keys behind its last query. triangle: -inf above the diagonal.
def attend_run(self, q: Tensor, keys: Tensor, values: Tensor, start: int, capacity: int, position: int, triangle: Tensor) -> Tensor:
  K = self.kv_heads
  D = self.head_dim
  G = torch.floordiv(self.heads, K)
  c = q.shape[0]
  C = triangle.shape[0]
  grouped = torch.permute(torch.reshape(q, [c, K, G, D]), [1, 2, 0, 3])
  parts: List[Tensor] = []
  for i in range(torch.floordiv(c + C - 1, C)):
    a = i * C
    e = a + C if a + C < c else c
    n = e - a
    seen = position + e
    k = torch.transpose(self.entries(keys, start, capacity, 0, seen), 1, 2)
    scores = torch.bmm(torch.reshape(torch.slice(grouped, 2, a, e), [K, G * n, D]), k)
    torch.add_(torch.slice(torch.view(scores, [K, G, n, seen]), 3, seen - n, seen), torch.slice(torch.slice(triangle, 0, 0, n), 1, 0, n))
    mixed = torch.bmm(torch.softmax(scores, -1), self.entries(values, start, capacity, 0, seen))
    torch.append(parts, torch.view(mixed, [K, G, n, D]))
  return torch.reshape(torch.permute(torch.cat(parts, 2), [2, 0, 1, 3]), [c, self.heads * D])

# ids and positions: per token. decoding: arena rows of the decoding tokens' entries, K each. runs: per prefill run its first
# and last token, start, capacity, position of the first. -> the residual stream after the last layer, float32 [N, dim]
def decode_layers(self, ids: List[int], positions: List[int], groups: List[int], lengths: List[int], decoding: List[int], runs: List[int], embedding: Tensor, gains: List[Tensor], weights: List[WEIGHT], keys: List[Tensor], values: List[Tensor], rotary: List[Tensor]) -> Tensor:
  H = self.heads
  K = self.kv_heads
  D = self.head_dim
  N = torch.len(ids)
  B = torch.len(lengths)
  scale = 1. / torch.sqrt(float(D))
  h = torch.to(torch.embedding(embedding, torch.tensor(ids, dtype=4)), 6)
  places = torch.tensor(positions, dtype=4)
  cosine = torch.unsqueeze(torch.index_select(rotary[0], 0, places), 1)
  sine = torch.unsqueeze(torch.index_select(rotary[1], 0, places), 1)
  rows = torch.tensor(decoding, dtype=4)
  masks = self.group_masks(groups, lengths)
  triangle = torch.triu(torch.full([self.chunk, self.chunk], -inf, dtype=KV), 1)
  for l in range(self.layers):
    x, xs = self.KERNEL_norm(h, gains[2 * l])
    qkv = torch.view(torch.to(self.KERNEL_linear(x, xs, weights[4 * l]), 6), [N, H + K + K, D])
    qk = self.rotate(torch.slice(qkv, 1, 0, H + K), cosine, sine)
    q = torch.to(torch.mul(torch.slice(qk, 1, 0, H), scale), KV)
    k = torch.to(torch.slice(qk, 1, H, H + K), KV)
    v = torch.to(torch.slice(qkv, 1, H + K, H + K + K), KV)
    mixed: List[Tensor] = []
    if B > 0:
      torch.index_copy_(keys[l], 0, rows, torch.reshape(torch.slice(k, 0, 0, B), [B * K, D]))
      torch.index_copy_(values[l], 0, rows, torch.reshape(torch.slice(v, 0, 0, B), [B * K, D]))
      for g in range(torch.len(masks)):
        torch.append(mixed, self.attend_group(torch.slice(q, 0, groups[5 * g], groups[5 * g + 1]), keys[l], values[l], groups[5 * g + 2], groups[5 * g + 3], groups[5 * g + 4], masks[g]))
    for r in range(torch.floordiv(torch.len(runs), 5)):
      a = runs[5 * r]
      e = runs[5 * r + 1]
      start = runs[5 * r + 2]
      capacity = runs[5 * r + 3]
      position = runs[5 * r + 4]
      torch.copy_(self.entries(keys[l], start, capacity, position, e - a), torch.transpose(torch.slice(k, 0, a, e), 0, 1))
      torch.copy_(self.entries(values[l], start, capacity, position, e - a), torch.transpose(torch.slice(v, 0, a, e), 0, 1))
      torch.append(mixed, self.attend_run(torch.slice(q, 0, a, e), keys[l], values[l], start, capacity, position, triangle))
    if torch.len(mixed) == 1:
      attended = mixed[0]
    else:
      attended = torch.cat(mixed, 0)
    y, ys = self.KERNEL_input(attended)
    h = torch.add_(h, self.KERNEL_linear(y, ys, weights[4 * l + 1]))
    z, zs = self.KERNEL_norm(h, gains[2 * l + 1])
    gate_up = self.KERNEL_linear(z, zs, weights[4 * l + 2])
    hidden = torch.mul_(torch.silu_(torch.slice(gate_up, 1, 0, self.ffn)), torch.slice(gate_up, 1, self.ffn, 2 * self.ffn))
    u, us = self.KERNEL_input(hidden)
    h = torch.add_(h, self.KERNEL_linear(u, us, weights[4 * l + 3]))
  return h

# Residual rows [n, dim] -> logits, float32 [n, vocabulary]
def logits(self, h: Tensor, gain: Tensor, head: HEADWEIGHT) -> Tensor:
  x, xs = self.HEAD_norm(h, gain)
  return torch.to(self.HEAD_linear(x, xs, head), 6)

# Log-probabilities of known next tokens, a chunk of rows at a time since logits are wide. -> float64 [n, 2 + 2 * top]: whether
# the row's logits are numbers, the target's log-probability, the most likely ids, theirs.
def score(self, h: Tensor, targets: Tensor, top: int, gain: Tensor, head: HEADWEIGHT) -> Tensor:
  parts: List[Tensor] = []
  for i in range(torch.floordiv(h.shape[0] + 63, 64)):
    y = self.logits(torch.slice(h, 0, 64 * i, 64 * i + 64), gain, head)
    probabilities = torch.log_softmax(y, 1)
    value = torch.gather(probabilities, 1, torch.unsqueeze(torch.slice(targets, 0, 64 * i, 64 * i + 64), 1))
    best, ids = torch.topk(probabilities, top, 1, True, True)
    sound = torch.isfinite(torch.sum(y, [1], True))
    torch.append(parts, torch.cat([torch.to(sound, 7), torch.to(value, 7), torch.to(ids, 7), torch.to(best, 7)], 1))
  return torch.cat(parts, 0)

# The whole step: layers, then only where something is drawn or scored, logits. -> drawn (see sample) and scored (see score);
# empty where nothing is.
def step(self, ids: List[int], positions: List[int], groups: List[int], lengths: List[int], decoding: List[int], runs: List[int], draw_at: List[int], draw_kinds: List[int], draw_numbers: List[float], edit_at: List[int], edit_by: List[float], edit_counts: List[int], logprob_rows: List[int], logprob_top: int, score_at: List[int], targets: List[int], score_top: int, embedding: Tensor, gains: List[Tensor], weights: List[WEIGHT], head: HEADWEIGHT, keys: List[Tensor], values: List[Tensor], rotary: List[Tensor]) -> Tuple[Tensor, Tensor]:
  h = self.decode_layers(ids, positions, groups, lengths, decoding, runs, embedding, gains, weights, keys, values, rotary)
  gain = gains[2 * self.layers]
  drawn = torch.zeros([0], dtype=7)
  scored = torch.zeros([0], dtype=7)
  if torch.len(draw_at) > 0:
    y = self.logits(torch.index_select(h, 0, torch.tensor(draw_at, dtype=4)), gain, head)
    drawn = self.sample(y, draw_kinds, draw_numbers, edit_at, edit_by, edit_counts, logprob_rows, logprob_top)
  if torch.len(score_at) > 0:
    scored = self.score(torch.index_select(h, 0, torch.tensor(score_at, dtype=4)), torch.tensor(targets, dtype=4), score_top, gain, head)
  return (drawn, scored)
