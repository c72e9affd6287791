# Linear layers with 4-bit weights in groups of a row and the activations of q8: operators of our own.
def int4_pack(self, w: Tensor) -> Tensor:
  return ops.OPERATORS.q4_pack(torch.contiguous(w))

def int4_norm(self, h: Tensor, gain: Tensor) -> Tensor:
  return ops.OPERATORS.q8_norm(h, gain, self.eps)

def int4_linear(self, x: Tensor, w: Tensor) -> Tensor:
  return ops.OPERATORS.q4_linear(x, w)
