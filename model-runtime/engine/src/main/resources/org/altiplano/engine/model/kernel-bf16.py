# Linear layers in bfloat16 through oneDNN with prepacked weights, for CPUs that compute bfloat16. An input is bfloat16.
def bf16_pack(self, w: Tensor) -> Tensor:
  return ops.mkldnn._reorder_linear_weight(torch.contiguous(torch.to(w, 15)), 1)

def bf16_norm(self, h: Tensor, gain: Tensor) -> Tensor:
  return torch.to(self.norm(h, gain), 15)

def bf16_input(self, x: Tensor) -> Tensor:
  return torch.to(x, 15)

def bf16_swiglu(self, gate_up: Tensor) -> Tensor:
  return torch.to(self.swiglu(gate_up), 15)

def bf16_linear(self, x: Tensor, w: Tensor) -> Tensor:
  scalars: List[Optional[number]] = []
  return torch.to(ops.mkldnn._linear_pointwise(x, w, None, "none", scalars, None), 6)

def bf16_add(self, h: Tensor, x: Tensor, w: Tensor) -> Tensor:
  return torch.add(h, self.bf16_linear(x, w))
