# Linear layers with int8 weights in groups of an output channel and int8 activations in groups of a row: operators of our own. An
# input is the row's numbers, scales and sums in one byte tensor.
def q8_pack(self, w: Tensor) -> Tensor:
  return ops.OPERATORS.q8_pack(torch.contiguous(w))

def q8_norm(self, h: Tensor, gain: Tensor) -> Tensor:
  return ops.OPERATORS.q8_norm(h, gain, self.eps)

def q8_linear(self, x: Tensor, w: Tensor) -> Tensor:
  return ops.OPERATORS.q8_linear(x, w)
