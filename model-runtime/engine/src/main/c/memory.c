// What the process keeps of memory that is free.
#include "torch.h"

extern int malloc_trim(size_t);

// Takes any tensor and leaves it. Gives all free memory back to the system, wherever it lies: malloc does so by itself only at the end
// of what it has, where some small thing that lives on nearly always stands in the way of a model that went.
static void give_back(Word *stack, uint64_t arguments, uint64_t results) {
  (void)stack, (void)arguments, (void)results;
  malloc_trim(0);
}

void define_memory(void *library, void *implementation) { OPERATOR(give_back, "(Tensor any) -> Tensor"); }
