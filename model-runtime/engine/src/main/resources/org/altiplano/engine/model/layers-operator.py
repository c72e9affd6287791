# All layers as one operator of our own, which holds their tensors: hold_layers comes before the first step, let_go after the last.
def hold_layers(self, gains: List[Tensor], weights: List[Tensor], keys: List[Tensor], values: List[Tensor]) -> Tensor:
  held: List[Tensor] = []
  for l in range(self.layers):
    torch.append(held, ops.OPERATORS.hold_layer(gains[2 * l], weights[4 * l], weights[4 * l + 1], gains[2 * l + 1], weights[4 * l + 2], weights[4 * l + 3], keys[l], values[l]))
  return torch.cat(held, 0)

def let_go(self, held: Tensor) -> Tensor:
  return ops.OPERATORS.let_go(held)

# h [N, dim] -> the residual stream after the last layer
def decode(self, h: Tensor, places: List[Tensor], queries: int, entries: int, held: Tensor, gains: List[Tensor], weights: List[Tensor], keys: List[Tensor], values: List[Tensor], rotary: List[Tensor]) -> Tensor:
  return ops.OPERATORS.decoder(h, held, self.eps, rotary[0], rotary[1], places[1])
