# Draws one token per row of logits [n, V]. Order: penalties and bias, temperature, top_k, top_p, min_p; then the uniform number
# of the row chooses by the inverse of the cumulative distribution.

# draws: see sampling.c of the operators, with the edits' places. -> float64 [n, 3 + 2 * top]: whether the row's logits are numbers,
# the token, its log-probability under the unedited logits, the most likely ids, theirs; the last three are zero outside
# logprob_rows.
def sample(self, y: Tensor, draws: Tensor, logprob_rows: List[int], top: int) -> Tensor:
  n = y.shape[0]
  sound = torch.isfinite(torch.sum(y, [1], True))
  reported = torch.tensor(logprob_rows, dtype=4, device=ops.prim.device(y))
  unedited = torch.log_softmax(torch.index_select(y, 0, reported), 1)
  words = torch.set_(torch.empty([0], dtype=7), draws, 0, [torch.floordiv(draws.shape[0], 8)], [1])
  numbers = torch.to(words, ops.prim.device(y))
  self.edit_logits(y, torch.slice(numbers, 0, 4 + 6 * n), int(torch.item(words[1])), int(torch.item(words[2])), int(torch.item(words[3])))
  rows = torch.view(torch.slice(numbers, 0, 4, 4 + 6 * n), [n, 6])
  p = torch.slice(rows, 1, 1, 6)
  k = torch.select(rows, 1, 0)
  greedy = torch.flatten(torch.nonzero(torch.eq(k, 0)))
  plain = torch.flatten(torch.nonzero(torch.eq(k, 1)))
  filtered = torch.flatten(torch.nonzero(torch.eq(k, 2)))
  tokens = torch.zeros([n], dtype=4, device=ops.prim.device(y))
  if greedy.shape[0] > 0:
    torch.index_copy_(tokens, 0, greedy, torch.argmax(self.those_of(y, greedy), 1))
  if plain.shape[0] > 0:
    torch.index_copy_(tokens, 0, plain, self.draw_plain(self.those_of(y, plain), torch.index_select(p, 0, plain)))
  if filtered.shape[0] > 0:
    torch.index_copy_(tokens, 0, filtered, self.draw_filtered(self.those_of(y, filtered), torch.index_select(p, 0, filtered)))
  report = torch.zeros([n, 1 + 2 * top], dtype=7, device=ops.prim.device(y))
  if reported.shape[0] > 0:
    value = torch.gather(unedited, 1, torch.unsqueeze(torch.index_select(tokens, 0, reported), 1))
    best, ids = torch.topk(unedited, top, 1, True, True)
    torch.index_copy_(report, 0, reported, torch.cat([torch.to(value, 7), torch.to(ids, 7), torch.to(best, 7)], 1))
  return torch.cat([torch.to(sound, 7), torch.to(torch.unsqueeze(tokens, 1), 7), report], 1)

# All rows: no copy.
def those_of(self, y: Tensor, rows: Tensor) -> Tensor:
  if rows.shape[0] == y.shape[0]:
    chosen = y
  else:
    chosen = torch.index_select(y, 0, rows)
  return chosen

# numbers: the places of all edits, then what the first two kinds are edited by.
def edit_logits(self, y: Tensor, numbers: Tensor, repeats: int, additions: int, bans: int) -> Tensor:
  flat = torch.view(y, [-1])
  e = repeats + additions
  at = torch.to(torch.slice(numbers, 0, 0, e + bans), 4)
  by = torch.to(torch.slice(numbers, 0, e + bans, e + bans + e), 6)
  repeated = torch.slice(at, 0, 0, repeats)
  penalty = torch.slice(by, 0, 0, repeats)
  old = torch.index_select(flat, 0, repeated)
  torch.index_copy_(flat, 0, repeated, torch.where(torch.gt(old, 0), torch.div(old, penalty), torch.mul(old, penalty)))
  torch.index_add_(flat, 0, torch.slice(at, 0, repeats, e), torch.slice(by, 0, repeats, e))
  return torch.index_fill_(flat, 0, torch.slice(at, 0, e), -inf)

# Where the cumulative weights [n, W] pass the uniform share of their sum: an index whose own weight is positive (any
# index where the weights are no numbers).
def invert(self, weights: Tensor, uniform: Tensor) -> Tensor:
  passed = torch.cumsum(weights, 1, dtype=7)
  share = torch.mul(torch.clamp_max(uniform, 0.999999999999999), torch.slice(passed, 1, -1))
  return torch.clamp_max(torch.searchsorted(passed, share, right=True), weights.shape[1] - 1)

# Divided by the temperature, best at 0: low temperatures would leave large numbers without digits.
def temper(self, y: Tensor, p: Tensor) -> Tensor:
  return torch.div_(torch.sub(y, torch.amax(y, [1], True)), torch.to(torch.slice(p, 1, 0, 1), 6))

def draw_plain(self, y: Tensor, p: Tensor) -> Tensor:
  return torch.flatten(self.invert(torch.softmax(self.temper(y, p), 1), torch.slice(p, 1, 4, 5)))

# The 256 most likely tokens nearly always hold all that the filters keep; where they do not, the row is sorted whole.
def draw_filtered(self, y: Tensor, p: Tensor) -> Tensor:
  tempered = self.temper(y, p)
  V = y.shape[1]
  W = 256 if V > 256 else V
  best, ids = torch.topk(tempered, W, 1, True, True)
  probabilities = torch.exp(torch.sub(torch.to(best, 7), torch.to(torch.logsumexp(tempered, [1], True), 7)))
  tokens = self.draw_sorted(probabilities, ids, p)
  if W < V:
    short = torch.flatten(torch.nonzero(torch.logical_not(self.holds_all(probabilities, p))))
    if short.shape[0] > 0:
      all, order = torch.sort(torch.index_select(tempered, 0, short), 1, True)
      drawn = self.draw_sorted(torch.softmax(all, 1, dtype=7), order, torch.index_select(p, 0, short))
      torch.index_copy_(tokens, 0, short, drawn)
  return tokens

# Whether no token behind the first W, whose probabilities [n, W] fall, can be kept. -> bool [n]
def holds_all(self, probabilities: Tensor, p: Tensor) -> Tensor:
  k = torch.select(p, 1, 1)
  by_count = torch.logical_and(torch.gt(k, 0), torch.le(k, probabilities.shape[1]))
  by_mass = torch.logical_and(torch.eq(k, 0), torch.ge(torch.sum(probabilities, [1]), torch.select(p, 1, 2)))
  floor = torch.mul(torch.select(probabilities, 1, 0), torch.select(p, 1, 3))
  by_floor = torch.logical_and(torch.eq(k, 0), torch.lt(torch.select(probabilities, 1, -1), floor))
  return torch.logical_or(torch.logical_or(by_count, by_mass), by_floor)

# probabilities [n, W] fall, under the whole distribution; ids theirs. top_p (Holtzman et al. 2020) keeps a token while those
# before it hold less than top_p of what top_k kept; min_p keeps what reaches its share of the best.
def draw_sorted(self, probabilities: Tensor, ids: Tensor, p: Tensor) -> Tensor:
  k = torch.slice(p, 1, 1, 2)
  top_p = torch.slice(p, 1, 2, 3)
  rank = torch.unsqueeze(torch.arange(probabilities.shape[1], dtype=7, device=ops.prim.device(probabilities)), 0)
  counted = torch.where(torch.logical_and(torch.gt(k, 0), torch.ge(rank, k)), 0., probabilities)
  mass = torch.where(torch.gt(k, 0), torch.sum(counted, [1], True), 1.)
  share = torch.div(counted, mass)
  before = torch.sub(torch.cumsum(share, 1), share)
  nucleus = torch.logical_or(torch.lt(before, top_p), torch.ge(top_p, 1.))
  likely = torch.ge(share, torch.mul(torch.slice(share, 1, 0, 1), torch.slice(p, 1, 3, 4)))
  kept = torch.where(torch.logical_and(nucleus, likely), share, 0.)
  return torch.flatten(torch.gather(ids, 1, self.invert(kept, torch.slice(p, 1, 4, 5))))
