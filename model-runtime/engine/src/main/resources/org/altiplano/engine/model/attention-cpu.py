# Rotary positions, KV memory and attention on CPUs: operators of our own. Per layer keys [blocks, kv_heads, head_dim, 32] and
# values [blocks, kv_heads, 32, head_dim]. A block holds 32 tokens of one prefix. Nothing reads an entry before it was
# written, so memory is taken only as it is used.
def arena(self, blocks: int, keys: bool) -> List[Tensor]:
  layers: List[Tensor] = []
  for l in range(self.layers):
    if keys:
      layer = torch.empty([blocks, self.kv_heads, self.head_dim, 32], dtype=KV)
    else:
      layer = torch.empty([blocks, self.kv_heads, 32, self.head_dim], dtype=KV)
    torch.append(layers, layer)
  return layers

# Gives memory that nothing uses any more back to the system.
def give_back(self) -> Tensor:
  return ops.OPERATORS.give_back(torch.empty([0]))

# What every layer's attention reads: the step, and the plan of the work, which reads the step; largest numbers of queries and of
# keys, which only CUDA's asks for.
def places(self, step: Tensor) -> Tuple[List[Tensor], int, int]:
  return ([step, ops.OPERATORS.plan_attention(step, self.heads, self.kv_heads, self.head_dim)], 0, 0)

# qkv [N, (H + 2K) * D] -> [N, H * D]
def attention(self, qkv: Tensor, places: List[Tensor], queries: int, entries: int, keys: Tensor, values: Tensor, rotary: List[Tensor]) -> Tensor:
  q = ops.OPERATORS.rope_store(qkv, rotary[0], rotary[1], places[1], keys, values)
  return ops.OPERATORS.attend(q, places[1], keys, values)
