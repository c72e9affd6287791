// The operators of the model program on CPUs, one library for each kind of CPU: NAMESPACE is altiplano_avx2 (AVX2, FMA, F16C)
// or altiplano_avx512 (AVX-512 F, BW, VL, DQ and VNNI). Each row of a step is computed by the same operations in the same order
// whoever else is in the step, so that an answer does not depend on its company.
#include "torch.h"

#define TEXT2(x) #x
#define TEXT(x) TEXT2(x)

void define_linear(void *library, void *implementation);
void define_attention(void *library, void *implementation);
void define_sampling(void *library, void *implementation);
void define_memory(void *library, void *implementation);

__attribute__((constructor)) static void define_operators(void) {
  void *library, *implementation;
  aoti_torch_library_init_def(TEXT(NAMESPACE), "kernels.c", __LINE__, &library);
  aoti_torch_library_init_impl(TEXT(NAMESPACE), "CPU", "kernels.c", __LINE__, &implementation);
  define_linear(library, implementation);
  define_attention(library, implementation);
  define_sampling(library, implementation);
  define_memory(library, implementation);
}
