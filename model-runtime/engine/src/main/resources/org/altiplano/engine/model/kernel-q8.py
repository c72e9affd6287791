# Linear layers with int8 weights per output channel and int8 activations per token, through fbgemm: y = s_x s_w (q_x q_w).
# An input is (x / s_x, s_x [N, 1]); rounding to int8 happens inside the operator, which is told scale 1 and zero point 128.
# Without VNNI fbgemm adds two products in 16 bits: one bit is taken from the weights (q8_range 63) so that they cannot saturate.
def q8_pack(self, w: Tensor) -> PACKED:
  scale = torch.clamp_min_(torch.div(torch.amax(torch.abs(w), [1]), self.q8_range), 1e-20)
  q = torch.to(torch.round_(torch.div(w, torch.unsqueeze(scale, 1))), 1)
  zeros = torch.zeros([w.shape[0]], dtype=3)
  return ops.quantized.linear_prepack(torch._make_per_channel_quantized_tensor(q, scale, zeros, 0), None)

# RMSNorm's factor is constant in a row, so it leaves the quantised numbers alone and joins the scale.
def q8_norm(self, h: Tensor, gain: Tensor) -> Tuple[Tensor, Tensor]:
  x = torch.mul(h, gain)
  scale = self.q8_scale(x)
  return (torch.div_(x, scale), torch.mul_(self.inverse_rms(h), scale))

def q8_input(self, x: Tensor) -> Tuple[Tensor, Tensor]:
  f = torch.to(x, 6)
  scale = self.q8_scale(f)
  return (torch.div(f, scale), scale)

# 1/127 of the largest magnitude of each row, [N, 1]
def q8_scale(self, x: Tensor) -> Tensor:
  return torch.mul_(torch.clamp_min_(torch.amax(torch.abs(x), [1], True), 1e-20), 0.007874015748031496)

def q8_linear(self, x: Tensor, scale: Tensor, w: PACKED) -> Tensor:
  y = ops.quantized.linear_with_input_q_dq_qweight_dq_output_fp32(torch.contiguous(x), 1., 128, w)
  return torch.mul_(y, scale)
