# Linear layers with bfloat16 weights and activations, for CPUs that compute bfloat16: operators of our own.
def bf16_pack(self, w: Tensor) -> Tensor:
  return ops.OPERATORS.bf16_pack(torch.contiguous(w))
