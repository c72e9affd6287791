# A layer as one operator of our own. h [N, dim]
def layer(self, h: Tensor, l: int, places: List[Tensor], queries: int, entries: int, gains: List[Tensor], weights: List[Tensor], keys: Tensor, values: Tensor, rotary: List[Tensor]) -> Tensor:
  return ops.OPERATORS.layer(h, gains[2 * l], weights[4 * l], weights[4 * l + 1], gains[2 * l + 1], weights[4 * l + 2], weights[4 * l + 3], self.eps, rotary[0], rotary[1], places[1], keys, values)
