# Layers from the functions of a linear kernel and of attention, which hold nothing.
def hold_layers(self, gains: List[Tensor], weights: List[Tensor], keys: List[Tensor], values: List[Tensor]) -> Tensor:
  return torch.empty([0])

def let_go(self, held: Tensor) -> Tensor:
  return held

# h [N, dim] -> the residual stream after the last layer
def decode(self, h: Tensor, places: List[Tensor], queries: int, entries: int, held: Tensor, gains: List[Tensor], weights: List[Tensor], keys: List[Tensor], values: List[Tensor], rotary: List[Tensor]) -> Tensor:
  for l in range(self.layers):
    qkv = self.KERNEL_linear(self.KERNEL_norm(h, gains[2 * l]), weights[4 * l])
    mixed = self.attention(qkv, places, queries, entries, keys[l], values[l], rotary)
    h = self.KERNEL_add(h, self.KERNEL_input(mixed), weights[4 * l + 1])
    gate_up = self.KERNEL_linear(self.KERNEL_norm(h, gains[2 * l + 1]), weights[4 * l + 2])
    h = self.KERNEL_add(h, self.KERNEL_swiglu(gate_up), weights[4 * l + 3])
  return h
