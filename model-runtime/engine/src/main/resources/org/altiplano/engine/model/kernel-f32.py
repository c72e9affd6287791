# Linear layers in float32 through oneDNN with prepacked weights. An input is float32.
def f32_pack(self, w: Tensor) -> Tensor:
  return ops.mkldnn._reorder_linear_weight(torch.contiguous(w), 1)

def f32_norm(self, h: Tensor, gain: Tensor) -> Tensor:
  return self.norm(h, gain)

def f32_input(self, x: Tensor) -> Tensor:
  return x

def f32_swiglu(self, gate_up: Tensor) -> Tensor:
  return self.swiglu(gate_up)

def f32_linear(self, x: Tensor, w: Tensor) -> Tensor:
  scalars: List[Optional[number]] = []
  return ops.mkldnn._linear_pointwise(x, w, None, "none", scalars, None)

def f32_add(self, h: Tensor, x: Tensor, w: Tensor) -> Tensor:
  return torch.add_(self.f32_linear(x, w), h)
