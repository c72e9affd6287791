# Linear layers with float16 weights and float32 activations through fbgemm, for CPUs without bfloat16. An input is (x, unused).
def f16_pack(self, w: Tensor) -> PACKED:
  return ops.quantized.linear_prepack_fp16(torch.contiguous(w), None)

def f16_norm(self, h: Tensor, gain: Tensor) -> Tuple[Tensor, Tensor]:
  x = torch.mul_(torch.mul(h, self.inverse_rms(h)), gain)
  return (x, x)

def f16_input(self, x: Tensor) -> Tuple[Tensor, Tensor]:
  f = torch.contiguous(torch.to(x, 6))
  return (f, f)

def f16_linear(self, x: Tensor, unused: Tensor, w: PACKED) -> Tensor:
  return ops.quantized.linear_dynamic_fp16(x, w)
