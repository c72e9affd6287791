# Linear layers in bfloat16 through oneDNN with prepacked weights, for CPUs that compute bfloat16. An input is (x, unused).
def bf16_pack(self, w: Tensor) -> Tensor:
  return ops.mkldnn._reorder_linear_weight(torch.contiguous(torch.to(w, 15)), 1)

def bf16_norm(self, h: Tensor, gain: Tensor) -> Tuple[Tensor, Tensor]:
  x = torch.to(torch.mul_(torch.mul(h, self.inverse_rms(h)), gain), 15)
  return (x, x)

def bf16_input(self, x: Tensor) -> Tuple[Tensor, Tensor]:
  b = torch.to(x, 15)
  return (b, b)

def bf16_linear(self, x: Tensor, unused: Tensor, w: Tensor) -> Tensor:
  scalars: List[Optional[number]] = []
  return ops.mkldnn._linear_pointwise(x, w, None, "none", scalars, None)
