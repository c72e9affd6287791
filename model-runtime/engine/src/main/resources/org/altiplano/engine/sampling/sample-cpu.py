# Draws one token per row of logits [n, V]: an operator of our own, see sampling.c, which says what draws holds. -> float64
# [n, 3 + 2 * top]: whether the row's logits are numbers, the token, its log-probability under the unedited logits, the most likely
# ids, theirs; the last three are zero outside logprob_rows.
def sample(self, y: Tensor, draws: Tensor, logprob_rows: List[int], top: int) -> Tensor:
  if torch.len(logprob_rows) > 0:
    reported = torch.tensor(logprob_rows, dtype=4)
    unedited = torch.log_softmax(torch.index_select(y, 0, reported), 1)
    drawn = ops.OPERATORS.draw(y, draws, 3 + 2 * top)
    tokens = torch.to(torch.index_select(torch.slice(drawn, 1, 1, 2), 0, reported), 4)
    value = torch.gather(unedited, 1, tokens)
    best, ids = torch.topk(unedited, top, 1, True, True)
    torch.index_copy_(torch.slice(drawn, 1, 2), 0, reported, torch.cat([torch.to(value, 7), torch.to(ids, 7), torch.to(best, 7)], 1))
  else:
    drawn = ops.OPERATORS.draw(y, draws, 3)
  return drawn
