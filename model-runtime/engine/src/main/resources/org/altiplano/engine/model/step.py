# One step of a Llama 2 decoder (Touvron et al. 2023, section 2.2): RMSNorm before, rotary positions, grouped-query attention,
# SwiGLU. N tokens of all sequences in the step go through the linear layers together. h [N, dim]. step: the positions of the N
# tokens and where their sequences' KV entries lie, see step.h of the operators.

def indices(self, list: List[int]) -> Tensor:
  return torch.tensor(list, dtype=4, device=torch.device(self.device))

# RMSNorm of each row
def norm(self, h: Tensor, gain: Tensor) -> Tensor:
  length = torch.linalg_vector_norm(h, 2, [1], True)
  square = torch.mul_(torch.mul_(length, length), 1. / float(h.shape[1]))
  return torch.mul_(torch.mul(h, torch.rsqrt_(torch.add_(square, self.eps))), gain)

# [N, gate|up] -> silu(gate) * up
def swiglu(self, gate_up: Tensor) -> Tensor:
  return torch.mul_(torch.silu(torch.slice(gate_up, 1, 0, self.ffn)), torch.slice(gate_up, 1, self.ffn, 2 * self.ffn))

# Residual rows [n, dim] -> logits, float32 [n, vocabulary]
def logits(self, h: Tensor, gain: Tensor, head: Tensor) -> Tensor:
  return self.HEAD_linear(self.HEAD_norm(h, gain), head)

# Log-probabilities of known next tokens, a chunk of rows at a time since logits are wide. -> float64 [n, 2 + 2 * top]: whether
# the row's logits are numbers, the target's log-probability, the most likely ids, theirs.
def score(self, h: Tensor, targets: Tensor, top: int, gain: Tensor, head: Tensor) -> Tensor:
  parts: List[Tensor] = []
  for i in range(torch.floordiv(h.shape[0] + 63, 64)):
    y = self.logits(torch.slice(h, 0, 64 * i, 64 * i + 64), gain, head)
    probabilities = torch.log_softmax(y, 1)
    value = torch.gather(probabilities, 1, torch.unsqueeze(torch.slice(targets, 0, 64 * i, 64 * i + 64), 1))
    best, ids = torch.topk(probabilities, top, 1, True, True)
    sound = torch.isfinite(torch.sum(y, [1], True))
    torch.append(parts, torch.cat([torch.to(sound, 7), torch.to(value, 7), torch.to(ids, 7), torch.to(best, 7)], 1))
  return torch.cat(parts, 0)

# Of h, which places that rise; all of them are h itself.
def rows_of(self, h: Tensor, places: List[int]) -> Tensor:
  if torch.len(places) == h.shape[0]:
    chosen = h
  else:
    chosen = torch.index_select(h, 0, self.indices(places))
  return chosen

# The whole step: layers, then only where something is drawn or scored, logits. -> drawn (see sample) and scored (see score);
# empty where nothing is.
def step(self, ids: List[int], step: Tensor, draw_at: List[int], draws: Tensor, logprob_rows: List[int], logprob_top: int, score_at: List[int], targets: List[int], score_top: int, embedding: Tensor, gains: List[Tensor], weights: List[Tensor], head: Tensor, keys: List[Tensor], values: List[Tensor], rotary: List[Tensor], held: Tensor) -> Tuple[Tensor, Tensor]:
  places, queries, entries = self.places(step)
  embedded = torch.to(torch.embedding(embedding, self.indices(ids)), 6)
  h = self.decode(embedded, places, queries, entries, held, gains, weights, keys, values, rotary)
  gain = gains[2 * self.layers]
  drawn = torch.zeros([0], dtype=7)
  scored = torch.zeros([0], dtype=7)
  if torch.len(draw_at) > 0:
    drawn = self.sample(self.logits(self.rows_of(h, draw_at), gain, head), draws, logprob_rows, logprob_top)
  if torch.len(score_at) > 0:
    scored = self.score(self.rows_of(h, score_at), self.indices(targets), score_top, gain, head)
  return (torch.to(drawn, torch.device("cpu")), torch.to(scored, torch.device("cpu")))
