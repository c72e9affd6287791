// The operators of the model program on CPUs, one library for each kind of CPU: NAMESPACE is altiplano_avx2 (AVX2, FMA, F16C)
// or altiplano_avx512 (AVX-512 F, BW, VL, DQ and VNNI). Each row of a step is computed by the same operations in the same order
// whoever else is in the step, so that an answer does not depend on its company.
#include "torch.h"
#include "parallel.h"
#include "step.h"
#include "linear.c"
#include "attention.c"

#define TEXT2(x) #x
#define TEXT(x) TEXT2(x)

static inline void define(void *library, void *implementation, const char *schema, const char *name, Operator body) {
  aoti_torch_library_def(library, schema);
  aoti_torch_library_impl(implementation, name, body);
}

__attribute__((constructor)) static void define_operators(void) {
  void *library, *implementation;
  aoti_torch_library_init_def(TEXT(NAMESPACE), "kernels.c", __LINE__, &library);
  aoti_torch_library_init_impl(TEXT(NAMESPACE), "CPU", "kernels.c", __LINE__, &implementation);
#define OPERATOR(name, signature) define(library, implementation, #name signature, #name, name)
  OPERATORS_OF_LINEAR
  OPERATORS_OF_ATTENTION
}
