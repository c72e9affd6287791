# Turns stored weights into what the kernels read. KERNEL and HEAD are the kernels of the layers and of the output projection.

# Stored bytes as a tensor of their own type, without copying.
def stored(self, raw: Tensor, type: int, rows: int) -> Tensor:
  columns = torch.floordiv(torch.floordiv(raw.shape[0], 4 if type == 6 else 2), rows)
  return torch.set_(torch.empty([0], dtype=type), raw, 0, [rows, columns], [columns, 1])

def floats(self, raw: Tensor, type: int, rows: int) -> Tensor:
  return torch.to(self.stored(raw, type, rows), 6)

def gain(self, raw: Tensor, type: int) -> Tensor:
  return torch.to(torch.view(self.floats(raw, type, 1), [-1]), torch.device(self.device))

# The embedding table keeps its stored type: rows are converted when they are looked up.
def table(self, raw: Tensor, type: int) -> Tensor:
  return torch.to(self.stored(raw, type, self.vocabulary), torch.device(self.device))

# Stored matrices of so many rows each, one below the other -> one packed matrix.
def pack(self, raw: List[Tensor], types: List[int], rows: List[int]) -> Tensor:
  stored: List[Tensor] = []
  height = 0
  for i in range(torch.len(raw)):
    torch.append(stored, self.stored(raw[i], types[i], rows[i]))
    height = torch.add(height, rows[i])
  w = torch.empty([height, stored[0].shape[1]], dtype=6)
  begin = 0
  for i in range(torch.len(raw)):
    end = torch.add(begin, rows[i])
    torch.copy_(torch.slice(w, 0, begin, end), stored[i])
    begin = end
  return self.KERNEL_pack(w)

def pack_head(self, raw: Tensor, type: int) -> Tensor:
  return self.HEAD_pack(self.floats(raw, type, self.vocabulary))

def matrix(self, packed: List[Tensor], i: int) -> Tensor:
  return packed[i]

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
