# Linear layers with float16 weights and float32 activations through fbgemm, for CPUs without bfloat16. An input is float32.
def f16_pack(self, w: Tensor) -> PACKED:
  return ops.quantized.linear_prepack_fp16(torch.contiguous(w), None)

def f16_norm(self, h: Tensor, gain: Tensor) -> Tensor:
  return self.norm(h, gain)

def f16_input(self, x: Tensor) -> Tensor:
  return x

def f16_swiglu(self, gate_up: Tensor) -> Tensor:
  return self.swiglu(gate_up)

def f16_linear(self, x: Tensor, w: PACKED) -> Tensor:
  return ops.quantized.linear_dynamic_fp16(x, w)

def f16_add(self, h: Tensor, x: Tensor, w: PACKED) -> Tensor:
  return torch.add_(self.f16_linear(x, w), h)
