# A layer from the functions of a linear kernel and of attention. h [N, dim]
def layer(self, h: Tensor, l: int, places: List[Tensor], queries: int, entries: int, gains: List[Tensor], weights: List[Tensor], keys: Tensor, values: Tensor, rotary: List[Tensor]) -> Tensor:
  qkv = self.KERNEL_linear(self.KERNEL_norm(h, gains[2 * l]), weights[4 * l])
  mixed = self.attention(qkv, places, queries, entries, keys, values, rotary)
  h = self.KERNEL_add(h, self.KERNEL_input(mixed), weights[4 * l + 1])
  gate_up = self.KERNEL_linear(self.KERNEL_norm(h, gains[2 * l + 1]), weights[4 * l + 2])
  return self.KERNEL_add(h, self.KERNEL_swiglu(gate_up), weights[4 * l + 3])
