# Linear layers with float16 weights and float32 activations: operators of our own.
def f16_pack(self, w: Tensor) -> Tensor:
  return ops.OPERATORS.f16_pack(torch.contiguous(w))

def f16_norm(self, h: Tensor, gain: Tensor) -> Tensor:
  return ops.OPERATORS.f32_norm(h, gain, self.eps)

def f16_linear(self, x: Tensor, w: Tensor) -> Tensor:
  return ops.OPERATORS.f16_linear(x, w)
