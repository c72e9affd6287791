# Linear layers on CUDA in float32. An input is float32.
def cuda32_pack(self, w: Tensor) -> Tensor:
  return torch.to(w, torch.device(self.device), 6)

def cuda32_norm(self, h: Tensor, gain: Tensor) -> Tensor:
  return self.norm(h, gain)

def cuda32_input(self, x: Tensor) -> Tensor:
  return x

def cuda32_swiglu(self, gate_up: Tensor) -> Tensor:
  return self.swiglu(gate_up)

def cuda32_linear(self, x: Tensor, w: Tensor) -> Tensor:
  return torch.linear(x, w)

def cuda32_add(self, h: Tensor, x: Tensor, w: Tensor) -> Tensor:
  return torch.add(h, torch.linear(x, w))
