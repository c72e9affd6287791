# The KV arena: per layer two matrices [arena tokens * kv_heads, head_dim]. A region (start, capacity) holds the rows from
# start * kv_heads on, laid out [kv_heads, capacity, head_dim].
def arena(self, tokens: int) -> List[Tensor]:
  layers: List[Tensor] = []
  for l in range(self.layers):
    torch.append(layers, torch.zeros([tokens * self.kv_heads, self.head_dim], dtype=KV))
  return layers

# Entries [kv_heads, count, head_dim] of a region, from a position on; a view.
def entries(self, arena: Tensor, start: int, capacity: int, position: int, count: int) -> Tensor:
  D = self.head_dim
  return torch.as_strided(arena, [self.kv_heads, count, D], [capacity * D, D, 1], (start * self.kv_heads + position) * D)

# moves: from start, from capacity, to start, to capacity, length. A region that grows in place overlaps its old self.
def move(self, moves: List[int], keys: List[Tensor], values: List[Tensor]) -> int:
  for m in range(torch.floordiv(torch.len(moves), 5)):
    a = moves[5 * m]
    ac = moves[5 * m + 1]
    b = moves[5 * m + 2]
    bc = moves[5 * m + 3]
    n = moves[5 * m + 4]
    overlap = a < b + bc and b < a + ac
    for l in range(self.layers):
      for arena in [keys[l], values[l]]:
        old = self.entries(arena, a, ac, 0, n)
        if overlap:
          source = torch.clone(old)
        else:
          source = old
        torch.copy_(self.entries(arena, b, bc, 0, n), source)
  return 0

# Zeroes regions (start, capacity): padded attention multiplies what lies behind a sequence by zero, which not-a-number survives.
def wipe(self, regions: List[int], keys: List[Tensor], values: List[Tensor]) -> int:
  for r in range(torch.floordiv(torch.len(regions), 2)):
    for l in range(self.layers):
      for arena in [keys[l], values[l]]:
        torch.zero_(self.entries(arena, regions[2 * r], regions[2 * r + 1], 0, regions[2 * r + 1]))
  return 0
