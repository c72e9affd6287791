# Rotary positions, KV memory and attention on CUDA. Per layer keys and values [blocks * 32, kv_heads, head_dim], bfloat16. One
# variable-length flash attention (Dao 2023) serves prefill and decode together. It knows no block table, so that the blocks of the
# step's sequences are gathered first: a copy of the keys and values that are read. Not measured: no GPU has run this yet.
def arena(self, blocks: int, keys: bool) -> List[Tensor]:
  layers: List[Tensor] = []
  for l in range(self.layers):
    torch.append(layers, torch.empty([blocks * 32, self.kv_heads, self.head_dim], dtype=15, device=torch.device(self.device)))
  return layers

# The host's memory is a small part here.
def give_back(self) -> Tensor:
  return torch.empty([0])

# -> positions and slots of the tokens [N], first query of each sequence and their number [S + 1], slots of all sequences' entries,
# first entry of each sequence among these [S + 1], entries in use of each [S]; most queries and most entries of a sequence
def places(self, step: Tensor) -> Tuple[List[Tensor], int, int]:
  words = torch.set_(torch.empty([0], dtype=3), step, 0, [torch.floordiv(step.shape[0], 4)], [1])
  N = int(torch.item(words[0]))
  S = int(torch.item(words[1]))
  positions = torch.to(torch.slice(words, 0, 2, 2 + N), 4)
  rows = torch.to(torch.view(torch.slice(words, 0, 2 + N, 2 + N + 3 * S), [S, 3]), 4)
  tables = torch.to(torch.slice(words, 0, 2 + N + 3 * S), 4)
  counts = torch.select(rows, 1, 1)
  starts = torch.select(rows, 1, 2)
  used = torch.add(torch.index_select(positions, 0, torch.select(rows, 1, 0)), counts)
  owners = torch.repeat_interleave(torch.arange(S, dtype=4), counts)
  at = torch.add(torch.index_select(starts, 0, owners), torch.floor_divide(positions, 32))
  slots = torch.add(torch.mul(torch.index_select(tables, 0, at), 32), torch.remainder(positions, 32))
  gathered = torch.flatten(torch.add(torch.unsqueeze(torch.mul(tables, 32), 1), torch.arange(32, dtype=4)))
  first = torch.constant_pad_nd(torch.cumsum(counts, 0), [1, 0])
  begins = torch.constant_pad_nd(torch.mul(starts, 32), [0, 1], gathered.shape[0])
  placed = [self.here(positions, 4), self.here(slots, 4), self.here(first, 3), self.here(gathered, 4), self.here(begins, 3), self.here(used, 3)]
  return (placed, int(torch.item(torch.amax(counts))), int(torch.item(torch.amax(used))))

def here(self, x: Tensor, type: int) -> Tensor:
  return torch.to(x, torch.device(self.device), type)

# x [N, heads, D] turned by its position's angles [N, 1, D]
def rotate(self, x: Tensor, cosine: Tensor, sine: Tensor) -> Tensor:
  half = torch.floordiv(self.head_dim, 2)
  turned = torch.cat([torch.neg(torch.slice(x, 2, half, self.head_dim)), torch.slice(x, 2, 0, half)], 2)
  return torch.addcmul(torch.mul(x, cosine), turned, sine)

# qkv [N, (H + 2K) * D] -> [N, H * D]
def attention(self, qkv: Tensor, places: List[Tensor], queries: int, entries: int, keys: Tensor, values: Tensor, rotary: List[Tensor]) -> Tensor:
  H = self.heads
  K = self.kv_heads
  N = qkv.shape[0]
  split = torch.view(qkv, [N, H + K + K, self.head_dim])
  cosine = torch.unsqueeze(torch.index_select(rotary[0], 0, places[0]), 1)
  sine = torch.unsqueeze(torch.index_select(rotary[1], 0, places[0]), 1)
  turned = torch.to(self.rotate(torch.slice(split, 1, 0, H + K), cosine, sine), 15)
  torch.index_copy_(keys, 0, places[1], torch.slice(turned, 1, H, H + K))
  torch.index_copy_(values, 0, places[1], torch.to(torch.slice(split, 1, H + K, H + K + K), 15))
  k = torch.index_select(keys, 0, places[3])
  v = torch.index_select(values, 0, places[3])
  scale = 1. / torch.sqrt(float(self.head_dim))
  mixed, _0, _1, _2, _3 = torch._flash_attention_forward(torch.contiguous(torch.slice(turned, 1, 0, H)), k, v, places[2], places[4], queries, entries, 0., True, False, scale=scale, seqused_k=places[5])
  return torch.to(torch.reshape(mixed, [N, H * self.head_dim]), 6)
