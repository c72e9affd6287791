# Turns stored weights into what the kernels read. KERNEL and HEAD are the kernels of the layers and of the output projection.

# Stored bytes as a tensor of their own type, without copying.
def stored(self, raw: Tensor, type: int, rows: int) -> Tensor:
  columns = torch.floordiv(torch.floordiv(raw.shape[0], 4 if type == 6 else 2), rows)
  return torch.set_(torch.empty([0], dtype=type), raw, 0, [rows, columns], [columns, 1])

def floats(self, raw: Tensor, type: int, rows: int) -> Tensor:
  return torch.to(self.stored(raw, type, rows), 6)

def gain(self, raw: Tensor, type: int) -> Tensor:
  return torch.to(torch.clone(torch.view(self.floats(raw, type, 1), [-1])), torch.device(self.device))

# The embedding table keeps its stored type: rows are converted when they are looked up.
def table(self, raw: Tensor, type: int) -> Tensor:
  return torch.to(torch.clone(self.stored(raw, type, self.vocabulary)), torch.device(self.device))

# One layer's q, k, v, o, gate, up, down -> four packed matrices: q|k|v, o, gate|up, down.
def pack_layer(self, raw: List[Tensor], types: List[int]) -> List[Tensor]:
  wide = self.heads * self.head_dim
  narrow = self.kv_heads * self.head_dim
  q = self.floats(raw[0], types[0], wide)
  k = self.floats(raw[1], types[1], narrow)
  v = self.floats(raw[2], types[2], narrow)
  packed: List[Tensor] = []
  torch.append(packed, self.KERNEL_pack(torch.cat([q, k, v], 0)))
  torch.append(packed, self.KERNEL_pack(self.floats(raw[3], types[3], self.dim)))
  gate = self.floats(raw[4], types[4], self.ffn)
  up = self.floats(raw[5], types[5], self.ffn)
  torch.append(packed, self.KERNEL_pack(torch.cat([gate, up], 0)))
  torch.append(packed, self.KERNEL_pack(self.floats(raw[6], types[6], self.dim)))
  return packed

def pack_head(self, raw: Tensor, type: int) -> Tensor:
  return self.HEAD_pack(self.floats(raw, type, self.vocabulary))

# Packed matrices that are plain bytes, from a file that is closed later.
def copies(self, packed: List[Tensor]) -> List[Tensor]:
  copied: List[Tensor] = []
  for i in range(torch.len(packed)):
    torch.append(copied, torch.clone(packed[i]))
  return copied

def copy(self, packed: Tensor) -> Tensor:
  return torch.clone(packed)

def matrix(self, packed: List[Tensor], i: int) -> Tensor:
  return packed[i]

def no_weights(self) -> List[Tensor]:
  none: List[Tensor] = []
  return none

def append_weights(self, all: List[Tensor], more: List[Tensor]) -> int:
  for i in range(torch.len(more)):
    torch.append(all, more[i])
  return torch.len(all)

def no_tensors(self) -> List[Tensor]:
  none: List[Tensor] = []
  return none

def append_tensor(self, all: List[Tensor], one: Tensor) -> int:
  torch.append(all, one)
  return torch.len(all)

# Rotary angles (Su et al. 2021), half-split pairs: cosines and sines [positions, head_dim]. Computed in float64, since at far
# positions float32 angles are off by more than float32 logits are.
def rotary_tables(self, positions: int) -> List[Tensor]:
  exponent = torch.div(torch.arange(0, self.head_dim, 2, dtype=7), float(self.head_dim))
  frequency = torch.reciprocal(torch.pow(self.rope_theta, exponent))
  half = torch.outer(torch.div(torch.arange(positions, dtype=7), self.rope_scale), frequency)
  angle = torch.cat([half, half], 1)
  here = torch.device(self.device)
  return [torch.to(torch.cos(angle), here, 6), torch.to(torch.sin(angle), here, 6)]
