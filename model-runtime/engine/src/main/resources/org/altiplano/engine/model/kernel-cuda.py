# Linear layers on CUDA with bfloat16 weights. An input is bfloat16.
def cuda_pack(self, w: Tensor) -> Tensor:
  return torch.to(w, torch.device(self.device), 15)

def cuda_norm(self, h: Tensor, gain: Tensor) -> Tensor:
  return torch.to(self.norm(h, gain), 15)

def cuda_input(self, x: Tensor) -> Tensor:
  return torch.to(x, 15)

def cuda_swiglu(self, gate_up: Tensor) -> Tensor:
  return torch.to(self.swiglu(gate_up), 15)

def cuda_linear(self, x: Tensor, w: Tensor) -> Tensor:
  return torch.to(torch.linear(x, w), 6)

def cuda_add(self, h: Tensor, x: Tensor, w: Tensor) -> Tensor:
  return torch.add(h, self.cuda_linear(x, w))
