# Linear layers in float32 through oneDNN with prepacked weights. An input is (x, unused).
def f32_pack(self, w: Tensor) -> Tensor:
  return ops.mkldnn._reorder_linear_weight(torch.contiguous(w), 1)

def f32_norm(self, h: Tensor, gain: Tensor) -> Tuple[Tensor, Tensor]:
  x = torch.mul_(torch.mul(h, self.inverse_rms(h)), gain)
  return (x, x)

def f32_input(self, x: Tensor) -> Tuple[Tensor, Tensor]:
  f = torch.to(x, 6)
  return (f, f)

def f32_linear(self, x: Tensor, unused: Tensor, w: Tensor) -> Tensor:
  scalars: List[Optional[number]] = []
  return ops.mkldnn._linear_pointwise(x, w, None, "none", scalars, None)
